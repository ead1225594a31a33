"""The catalogue as a file 目录导出: the list as it is filtered, CSV for spreadsheets, JSON for programs.

Rows leave as they are read, by place, a thousand at a time: what is withdrawn meanwhile does not come any more.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.catalogue import Catalogue, Place, turned
from cms.models import DisclosureIndexPage, DisclosurePage
from integrity.importing.export import harmless

CHUNK = 1000


def _rows(request: HttpRequest) -> Iterator[dict[str, str]]:
    """The fields of the catalogue (信息公开条例 12) of every document that fits, the newest first."""
    day = timezone.localdate()
    home = DisclosureIndexPage.objects.live().first()
    documents = DisclosurePage.objects.child_of(home) if home else DisclosurePage.objects.none()
    place: Place | None = None
    while True:
        page = turned(Catalogue(documents, request.GET, day).documents, place, CHUNK)
        for row in page.rows:
            yield _fields(row, request)
        if not page.after:
            return
        place = Place(page.rows[-1].generated_on, page.rows[-1].pk, backward=False)


def _fields(page: DisclosurePage, request: HttpRequest) -> dict[str, str]:
    return {
        "index_number": page.index_number,
        "title": page.title,
        "summary": page.summary,
        "generated_on": page.generated_on.isoformat(),
        "issuer": page.issuer,
        "document_number": page.document_number,
        "subject": page.subject,
        "validity": page.validity.value,
        "language": page.language,
        "url": request.build_absolute_uri(page.get_url(request)),
    }


def _heads() -> list[str]:
    return [
        _("索引号"), _("名称"), _("内容概述"), _("生成日期"), _("发布机构"), _("文号"), _("主题分类"), _("有效性"),
        _("正文语言"), _("网址"),
    ]  # fmt: skip


@require_safe
@cache_control(public=True, max_age=0, must_revalidate=True)
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """`/catalogue.csv`: UTF-8 with a mark, so that a spreadsheet reads the characters; no cell is a formula."""

    def lines() -> Iterator[str]:
        yield "\ufeff" + _line(_heads())
        for row in _rows(request):
            yield _line([harmless(value) for value in row.values()])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="catalogue.csv"'
    return response


@require_safe
@cache_control(public=True, max_age=0, must_revalidate=True)
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    """`/catalogue.json`: one object with the day and the list; codes, not words."""

    def parts() -> Iterator[str]:
        yield '{"as_of": ' + json.dumps(timezone.localdate().isoformat()) + ', "documents": [\n'
        for number, row in enumerate(_rows(request)):
            yield (",\n" if number else "") + json.dumps(row, ensure_ascii=False)
        yield "\n]}\n"

    return StreamingHttpResponse(parts(), content_type="application/json; charset=utf-8")


def _line(cells: list[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()

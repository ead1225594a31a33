"""Lists as files 列表导出: the rows a list shows as it is filtered now, for those who may export, for a stated purpose.

The whole list of ids is in the read log before the first byte leaves. After that each chunk asks the rule again: what
was taken away meanwhile does not come, and where the right itself is gone, the file ends there and says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from integrity import access
from integrity.access import Scope
from integrity.choices import Act, ReadOutcome
from integrity.exceptions import NotAdmitted
from integrity.forms.exports import ExportForm
from integrity.importing.export import harmless, masked, workbook_of
from integrity.models import Account
from integrity.templatetags.archive import date_zh, thousands
from integrity.views.base import ScopedList, chips_of, hide, scoped_rows
from integrity.views.columns import LISTS
from integrity.views.decisions import DecisionList
from integrity.views.files import FileList
from integrity.views.imports import workbook
from integrity.views.paging import page_of
from integrity.views.practitioners import PractitionerList
from integrity.views.publications import PublicationList

#: More than this is no list somebody works with; it is narrowed by the filters first.
EXPORT_ROWS = 100_000
#: Rows that are read, logged and asked for again together; one line of the log names so many ids.
CHUNK_ROWS = 500


class Export(ScopedList, abstract=True):
    """One list as CSV or XLSX 导出. GET asks what for; POST answers with the file."""

    act = Act.EXPORT
    template_name = "integrity/export.html"
    purpose: str = ""

    def scope(self, act: Act) -> Scope:
        """Asked of the account as it is at this moment, not as the request began."""
        if act != Act.EXPORT:
            return super().scope(act)
        account = Account.objects.filter(pk=self.account.pk).first()
        scope = access.scope_for(account or self.account, act, purpose=self.purpose)
        if scope.empty or account is None:
            access.log_read(scope, door=self.door, model=self.model, request=self.request, outcome=ReadOutcome.REFUSED)
            raise NotAdmitted
        return scope

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(ExportForm(), self.scope(Act.EXPORT))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.page(form, self.scope(Act.EXPORT), status=422)
        self.purpose = form.cleaned_data["purpose"]
        scope = self.scope(Act.EXPORT)
        count = self.count(scope)
        if not 0 < count <= EXPORT_ROWS:
            form.add_error(None, _refusal(count))
            return self.page(form, scope, status=422)
        ids = self.logged(scope)
        return self.sheet(ids) if form.cleaned_data["format"] == "xlsx" else self.stream(ids)

    def count(self, scope: Scope) -> int:
        rows, _form = self.asked(scope)
        return rows.order_by()[: EXPORT_ROWS + 1].count()

    def page(self, form: ExportForm, scope: Scope, status: int = 200) -> HttpResponse:
        """What would be exported, in figures: counted rows are a reading too."""
        filters, count = self.filter_form(), self.count(scope)
        chips = chips_of(filters, self.request) if filters is not None and filters.is_valid() else []
        access.log_read(scope, door=self.door, model=self.model, count=count, request=self.request, query=_asked(chips))
        context = {
            "form": form, "chips": chips, "count": min(count, EXPORT_ROWS), "capped": count > EXPORT_ROWS,
            "limit": EXPORT_ROWS, "what": self.title(), "export_url": self.request.get_full_path(),
            "list_url": f"../?{self.request.GET.urlencode()}", "heads": [column.label for column in LISTS[self.model]],
        }  # fmt: skip
        return self.answer(context, status=status)

    def title(self) -> str:
        return str(self.model._meta.verbose_name)

    def logged(self, scope: Scope) -> list[int]:
        """The ids in the list's own order, each in a line of the read log: the log first, then the file (H19)."""
        rows, filters = self.asked(scope)
        chips = chips_of(filters, self.request) if filters is not None and filters.is_valid() else []
        sort, ids, after = self.order(), [], ""
        while True:
            page = page_of(
                rows, self.sorts[sort.lstrip("-")], descending=sort.startswith("-"), after=after, before="",
                size=CHUNK_ROWS,
            )  # fmt: skip
            access.log_read(
                scope, door=self.door, model=self.model, rows=page.rows, request=self.request, query=_asked(chips)
            )
            ids += [row.pk for row in page.rows]
            after = page.after
            if not after:
                return ids

    def lines(self, ids: list[int]) -> Iterator[list[list[str]]]:
        """The cells, a chunk at a time, each within the scope of that moment."""
        columns = LISTS[self.model]
        for first in range(0, len(ids), CHUNK_ROWS):
            wanted = ids[first : first + CHUNK_ROWS]
            scope = self.scope(Act.EXPORT)
            found = scoped_rows(self.model, scope).filter(pk__in=wanted).select_related(*self.related)
            by_id = {row.pk: row for row in found}
            rows = [by_id[pk] for pk in wanted if pk in by_id]
            hide(rows, scope)
            yield [[harmless(masked(column.words(row))) for column in columns] for row in rows]

    def heads(self) -> list[str]:
        return [str(column.label) for column in LISTS[self.model]]

    def file_name(self, ending: str) -> str:
        return f"{self.title()}-{date_zh(timezone.localdate())}.{ending}"

    def sheet(self, ids: list[int]) -> HttpResponse:
        """XLSX: made before it leaves, so a right that ends meanwhile leaves nothing."""
        rows = (line for chunk in self.lines(ids) for line in chunk)
        return workbook(workbook_of(self.title(), self.heads(), rows), self.file_name("xlsx"))

    def stream(self, ids: list[int]) -> StreamingHttpResponse:
        answer = StreamingHttpResponse(self.csv(ids, get_language()), content_type="text/csv; charset=utf-8")
        name = self.file_name("csv")
        answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return answer

    def csv(self, ids: list[int], language: str | None) -> Iterator[str]:
        """CSV with the mark by which office spreadsheets know UTF-8."""
        chunks = self.lines(ids)
        with override(language):
            text: str | None = "\ufeff" + _csv([self.heads()])
        while text is not None:
            yield text
            with override(language):
                text = _next_text(chunks)


def _next_text(chunks: Iterator[list[list[str]]]) -> str | None:
    """The next chunk; a file that had to end early says so, for nobody would see it otherwise."""
    try:
        return _csv(next(chunks))
    except StopIteration:
        return None
    except NotAdmitted:
        return _csv([[_("（导出到此中断：授权已变更，其余各行没有导出。）")]])


def _refusal(count: int) -> str:
    if not count:
        return _("没有可以导出的记录：请放宽筛选条件；只能看、不能导出的记录不在其中。")
    return _("超过一次导出的上限 %(limit)s 条。请返回列表，用单位、状态、日期等条件缩小范围后分次导出。") % {
        "limit": thousands(EXPORT_ROWS)
    }


def _asked(chips: list[dict[str, Any]]) -> str:
    return "&".join(f"{chip['name']}={chip['value']}" for chip in chips)


def _csv(lines: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()


class FileExport(Export, FileList):
    """Files of civil servants 诚信档案导出."""


class DecisionExport(Export, DecisionList):
    """Decisions on civil servants 处分决定导出."""


class PractitionerExport(Export, PractitionerList):
    """Practitioners' records 执业记录导出."""


class PublicationExport(Export, PublicationList):
    """Publications of records 公示导出."""

"""Open data, removal log and timeliness 开放数据、撤下记录、公示时效: pages and files without a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms import compliance, open_data
from cms.frame import public_frame
from integrity.models.removals import OpenDataManifest, RemovalKind

PAGE_SIZE = 50
#: Asked anew each time: what is taken back must not stand in a cache.
_fresh: Callable[[Any], Any] = cache_control(public=True, max_age=0, must_revalidate=True)


@require_safe
@_fresh
def open_data_page(request: HttpRequest) -> HttpResponse:
    """Which files there are."""
    titles = {
        "disclosures": _("政府信息公开目录"),
        "removals": _("撤下记录"),
        "timeliness": _("公示时效"),
    }
    files = [{"name": name, "title": titles[name]} for name in open_data.DUMPS]
    signed = OpenDataManifest.objects.order_by("-id").first()
    return render(request, "cms/open_data.html", public_frame(request) | {"files": files, "signed": signed})


@require_safe
@_fresh
def open_data_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One file, made of the rows of now."""
    if name not in open_data.DUMPS or form not in open_data.FORMATS:
        raise Http404
    return HttpResponse(open_data.dump(name, form), content_type=open_data.FORMATS[form])


@require_safe
@_fresh
def manifest(request: HttpRequest) -> HttpResponse:
    """Digests of the files as they are now."""
    return JsonResponse({"algorithm": "SHA-256", "files": open_data.digests()})


@require_safe
@_fresh
def signed_manifest(request: HttpRequest) -> HttpResponse:
    """The newest list that the signer signed."""
    row = OpenDataManifest.objects.order_by("-id").first()
    if row is None:
        raise Http404
    return HttpResponse(row.note, content_type="text/plain; charset=utf-8")


@require_safe
@_fresh
def removals(request: HttpRequest) -> HttpResponse:
    """What left, by day, kind, ground and unit."""
    page = Paginator(open_data.removal_lines(), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        line | {"kind": RemovalKind(line["kind"]).label, "ground": _ground(line["ground"])} for line in page.object_list
    ]
    return render(request, "cms/removals.html", public_frame(request) | {"page": page, "lines": lines})


def _ground(ground: str) -> str:
    return open_data.ground_words(ground) if ground else _("其他法定事由")


@require_safe
@_fresh
def timeliness(request: HttpRequest) -> HttpResponse:
    """Figures of units, each table with what it counts."""
    tables = [
        {
            "title": _("行政处罚公示"),
            "definition": _(
                "分母：今天公示中、载明决定日期的行政处罚；分子：自作出决定之日起法定工作日内公示的。"
                "决定之日不计，调休上班日计，公示时刻按北京时间的日期。"
            ),
            "figures": compliance.double_publicity(),
        },
        {
            "title": _("主动公开"),
            "definition": _(
                "分母：今天公开中的政府信息；分子：自形成之日起法定工作日内首次公开的。"
                "形成之日不计，调休上班日计，公开时刻按北京时间的日期。"
            ),
            "figures": compliance.disclosures(),
        },
    ]
    return render(request, "cms/timeliness.html", public_frame(request) | {"tables": tables})


class RemovalFeed(Feed[dict[str, Any], None]):
    """The removal log as a feed 撤下记录订阅."""

    feed_type = Atom1Feed
    title = gettext_lazy("撤下记录")
    description_template = None

    def link(self) -> str:
        return reverse("site:removals")

    def items(self) -> Any:
        return list(open_data.removal_lines()[:100])

    def item_title(self, item: dict[str, Any]) -> str:
        return f"{item['removed_on']} {RemovalKind(item['kind']).label} {_ground(item['ground'])} {item['count']}"

    def item_description(self, item: dict[str, Any]) -> str:
        return str(item["authority__name"])

    def item_link(self, item: dict[str, Any]) -> str:
        return reverse("site:removals")

    def item_guid(self, item: dict[str, Any]) -> str:
        where = f"{item['removed_on']}/{item['kind']}/{item['ground'] or 'other'}/{item['authority__name']}"
        return f"urn:removal:{where}"

    def item_updateddate(self, item: dict[str, Any]) -> datetime:
        return datetime.combine(item["removed_on"], time(), tzinfo=UTC)


removal_feed = require_safe(_fresh(RemovalFeed()))

"""Reading by machines 只读接口: the lists and records of the staff site as JSON, behind the same doors.

Each address is the list or page beside it, with another way to answer: the same scope, filters, sort, cursors, hidden
columns and lines of the read log. GET and HEAD alone. Refused and absent are one answer; who is not signed in is told
so (401) instead of being led to a form. Purpose and case are those stated for the session.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext as _

from integrity.exceptions import ReadLogUnavailable
from integrity.models import Decision, IntegrityFile, PractitionerRecord, Publication
from integrity.sign_in.sessions import not_signed_in
from integrity.views.base import ScopedDetail, ScopedList, StaffView
from integrity.views.columns import LISTS, RECORDS, record_of
from integrity.views.decisions import DecisionList
from integrity.views.files import FileList
from integrity.views.paging import read_cursor
from integrity.views.practitioners import PractitionerList
from integrity.views.publications import PublicationList


def told(content: dict[str, Any], status: int = 200) -> JsonResponse:
    """An answer; texts stay readable, since most of them are Chinese."""
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def fault(code: str, message: str, status: int, **more: Any) -> JsonResponse:
    answer = told({"error": code, "message": message} | more, status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


class Answer(StaffView):
    """What all addresses of the interface share: who may ask how, and faults as JSON."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return not_signed_in()
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            return fault("not_found", _("没有找到，或不在您的查阅范围内。"), 404)
        except ReadLogUnavailable:
            answer = fault("read_log_unavailable", _("查阅日志不可用，暂停查阅。"), 503)
            answer.headers["Retry-After"] = "300"
            return answer

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = fault("method_not_allowed", _("本接口只读，只接受 GET 和 HEAD。"), 405)
        answer.headers["Allow"] = "GET, HEAD"
        return answer


class ListAnswer(Answer, ScopedList, abstract=True):
    """A page of a list: `results`, and the cursors of the pages beside it."""

    export_route = ""

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        cursor = request.GET.get("after", "") or request.GET.get("before", "")
        if cursor and read_cursor(cursor, self.sorts[self.order().lstrip("-")].column) is None:
            return fault("bad_cursor", _("翻页标记无效，或属于另一种排序。"), 400)  # a page would begin anew, for ever
        return super().get(request, **kwargs)

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        form = context["form"]
        if form is not None and not form.is_valid():
            faults = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            return fault("bad_filter", _("筛选条件有误。"), 400, fields=faults)
        return told({
            "count": context["count"], "count_is_lower_bound": context["capped"], "sort": context["sort"],
            "before": context["before"] or None, "after": context["after"] or None,
            "results": [record_of(row, LISTS[self.model]) | {"url": self.url_of(row)} for row in context["rows"]],
        })  # fmt: skip

    def url_of(self, row: Any) -> str:
        return reverse(f"staff:{_DETAILS[self.model]}", args=[row.ref])


class DetailAnswer(Answer, ScopedDetail, abstract=True):
    """One record, opened through access like its page."""

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        return told(record_of(context["row"], RECORDS[self.model]))


class Files(ListAnswer, FileList):
    door = "api.files"


class File(DetailAnswer):
    door = "api.file"
    model = IntegrityFile
    related = ("unit", "authority")


class Decisions(ListAnswer, DecisionList):
    door = "api.decisions"


class OneDecision(DetailAnswer):
    door = "api.decision"
    model = Decision
    related = ("file", "file__unit", "deciding_authority", "matter")


class Practitioners(ListAnswer, PractitionerList):
    door = "api.practitioners"


class Practitioner(DetailAnswer):
    door = "api.practitioner"
    model = PractitionerRecord
    related = ("profession", "authority")


class Publications(ListAnswer, PublicationList):
    door = "api.publications"


class OnePublication(DetailAnswer):
    door = "api.publication"
    model = Publication
    related = ("profession", "authority")


class Nothing(Answer):
    """Any other address below the interface: absent, said as JSON."""

    door = "api.nothing"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        raise Http404


_DETAILS: dict[Any, str] = {
    IntegrityFile: "api_file",
    Decision: "api_decision",
    PractitionerRecord: "api_practitioner",
    Publication: "api_publication",
}
urlpatterns: list[URLPattern] = [
    path("api/files/", Files.as_view(), name="api_files"),
    path("api/files/<uuid:ref>/", File.as_view(), name="api_file"),
    path("api/decisions/", Decisions.as_view(), name="api_decisions"),
    path("api/decisions/<uuid:ref>/", OneDecision.as_view(), name="api_decision"),
    path("api/practitioners/", Practitioners.as_view(), name="api_practitioners"),
    path("api/practitioners/<uuid:ref>/", Practitioner.as_view(), name="api_practitioner"),
    path("api/publications/", Publications.as_view(), name="api_publications"),
    path("api/publications/<uuid:ref>/", OnePublication.as_view(), name="api_publication"),
    re_path(r"^api/(?P<rest>.*)$", Nothing.as_view(), name="api_nothing"),
]

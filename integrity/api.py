"""Reading by machines 只读接口: the lists and records of the staff site as JSON, behind the same doors.

Each address is the list or page beside it, with another way to answer: the same scope, filters, sort, cursors, hidden
columns and lines of the read log. GET and HEAD alone. Refused and absent are one answer; who is not signed in is told
so (401) instead of being led to a form. Purpose and case are those stated for the session.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from integrity.exceptions import ReadLogUnavailable
from integrity.forms.decisions import DecisionFilterForm
from integrity.forms.files import FileFilterForm
from integrity.forms.practitioners import PractitionerFilter
from integrity.forms.publications import PublicationFilter
from integrity.models import Decision, IntegrityFile, PractitionerRecord, Publication
from integrity.openapi import FLAG, NUMBER, TEXT, Operation, nullable, parameter, record, rows
from integrity.problems import problem, wrong
from integrity.sign_in.sessions import not_signed_in
from integrity.views.base import ScopedDetail, ScopedList, StaffView
from integrity.views.columns import LISTS, RECORDS, record_of, schema_of
from integrity.views.decisions import DecisionList
from integrity.views.files import FileList
from integrity.views.paging import read_cursor
from integrity.views.practitioners import PractitionerList
from integrity.views.publications import PublicationList

#: What every address behind the sign-in may say instead.
SIGNED_IN = ("not_signed_in", "read_log_unavailable")


def told(content: dict[str, Any], status: int = 200) -> JsonResponse:
    """An answer; texts stay readable, since most of them are Chinese."""
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


@method_decorator(csrf_exempt, name="dispatch")  # it only reads: another method is told 405, not a form's 403
class Answer(StaffView):
    """What all addresses of the interface share: who may ask how, and faults as JSON."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return not_signed_in()
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            return problem("not_found", _("没有找到，或不在您的查阅范围内。"))
        except ReadLogUnavailable:
            answer = problem("read_log_unavailable", _("查阅日志不可用，暂停查阅。"))
            answer.headers["Retry-After"] = "300"
            return answer

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = problem("method_not_allowed", _("本接口只读，只接受 GET 和 HEAD。"))
        answer.headers["Allow"] = "GET, HEAD"
        return answer


class ListAnswer(Answer, ScopedList, abstract=True):
    """A page of a list: `results`, and the cursors of the pages beside it."""

    export_route = ""
    filters: ClassVar[type[forms.Form]]

    @classmethod
    def operation(cls) -> Operation:
        sorts = [f"{sign}{name}" for name in cls.sorts for sign in ("", "-")]
        rows_told = schema_of(cls.model, LISTS[cls.model], url=TEXT)
        page = {
            "count": NUMBER, "count_is_lower_bound": FLAG, "sort": {"type": "string", "enum": sorts},
            "before": nullable(TEXT), "after": nullable(TEXT), "results": rows(rows_told),
        }  # fmt: skip
        more = (
            parameter("sort", {"type": "string", "enum": sorts, "default": cls.default_sort}),
            parameter("after", TEXT, _("下一页的标记")),
            parameter("before", TEXT, _("上一页的标记")),
        )
        return Operation(
            cls.door, cls.model._meta.verbose_name, record(page), cls.filters.base_fields, more,
            (*SIGNED_IN, "bad_filter", "bad_cursor"),
        )  # fmt: skip

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        cursor = request.GET.get("after", "") or request.GET.get("before", "")
        if cursor and read_cursor(cursor, self.sorts[self.order().lstrip("-")].column) is None:
            return problem("bad_cursor", _("翻页标记无效，或属于另一种排序。"))  # a page would begin anew, for ever
        return super().get(request, **kwargs)

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        form = context["form"]
        if form is not None and not form.is_valid():
            return wrong(form.errors, "bad_filter")
        return told({
            "count": context["count"], "count_is_lower_bound": context["capped"], "sort": context["sort"],
            "before": context["before"] or None, "after": context["after"] or None,
            "results": [record_of(row, LISTS[self.model]) | {"url": self.url_of(row)} for row in context["rows"]],
        })  # fmt: skip

    def url_of(self, row: Any) -> str:
        return reverse(f"staff:{_DETAILS[self.model]}", args=[row.ref])


class DetailAnswer(Answer, ScopedDetail, abstract=True):
    """One record, opened through access like its page."""

    @classmethod
    def operation(cls) -> Operation:
        told_of = schema_of(cls.model, RECORDS[cls.model])
        return Operation(cls.door, cls.model._meta.verbose_name, told_of, problems=(*SIGNED_IN, "not_found"))

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        return told(record_of(context["row"], RECORDS[self.model]))


class Files(ListAnswer, FileList):
    door = "api.files"
    filters = FileFilterForm


class File(DetailAnswer):
    door = "api.file"
    model = IntegrityFile
    related = ("unit", "authority")


class Decisions(ListAnswer, DecisionList):
    door = "api.decisions"
    filters = DecisionFilterForm


class OneDecision(DetailAnswer):
    door = "api.decision"
    model = Decision
    related = ("file", "file__unit", "deciding_authority", "matter")


class Practitioners(ListAnswer, PractitionerList):
    door = "api.practitioners"
    filters = PractitionerFilter


class Practitioner(DetailAnswer):
    door = "api.practitioner"
    model = PractitionerRecord
    related = ("profession", "authority")


class Publications(ListAnswer, PublicationList):
    door = "api.publications"
    filters = PublicationFilter


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

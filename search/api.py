"""Search for machines 检索接口: the questions of the two pages as JSON, each behind the doors of its page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.api import PublicAnswer, told, too_many
from cms.asking import wait_of
from integrity.access import roles_of, scope_for
from integrity.api import SIGNED_IN, Answer
from integrity.choices import Act, Role
from integrity.openapi import CODED, DATE, FLAG, NUMBER, TEXT, Operation, Schema, nullable, record, rows
from integrity.problems import problem, wrong
from integrity.views.base import stated
from search.forms import SearchQuestion, looks_like_identity_number
from search.hits import Hit
from search.models import Kind, World
from search.narrowing import FACETS
from search.query import Results, is_place, search

PER_PAGE = 20

_HIT: Schema = record({
    "kind": CODED, "ref": {"type": "string", "format": "uuid"}, "title": TEXT, "subtitle": TEXT, "why": TEXT,
    "date": nullable(DATE), "state": nullable(CODED), "flags": rows(TEXT), "language": nullable(TEXT),
    "snippet": rows(record({"text": TEXT, "found": FLAG})), "url": TEXT, "api_url": nullable(TEXT),
})  # fmt: skip
_FACET: Schema = record({
    "name": {"type": "string", "enum": list(FACETS)}, "label": TEXT,
    "values": rows(record({"value": TEXT, "label": TEXT, "count": NUMBER})),
})  # fmt: skip
_RESULTS: dict[str, Schema] = {
    "count": NUMBER, "count_is_lower_bound": FLAG, "degraded": FLAG, "after": nullable(TEXT),
    "by_kind": rows(record({"kind": CODED, "count": NUMBER})), "facets": rows(_FACET), "results": rows(_HIT),
}  # fmt: skip
_NEAR: dict[str, Schema] = {"near": FLAG, "near_possible": FLAG, "case_needed": FLAG}


def _coded(kind: Kind) -> dict[str, str]:
    return {"code": kind.value, "label": str(kind.label)}


_ADDRESSES: dict[Kind, str] = {
    Kind.FILE: "staff:api_file",
    Kind.PRACTITIONER: "staff:api_practitioner",
    Kind.DECISION: "staff:api_decision",
    Kind.PUBLICATION: "public_api:publication",
    Kind.DISCLOSURE: "public_api:disclosure",
}


def _api_url(hit: Hit) -> str | None:
    """Where the same row is read by machines; penalties have no address of their own there."""
    try:
        return reverse(_ADDRESSES[hit.kind], args=[hit.ref])
    except (KeyError, NoReverseMatch):
        return None


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": _coded(hit.kind), "ref": hit.ref, "title": hit.title, "subtitle": hit.subtitle, "why": hit.why,
        "date": hit.date.isoformat() if hit.date else None,
        "state": {"code": hit.state, "label": hit.state_label} if hit.state else None,
        "flags": list(hit.flags), "language": hit.lang or None,
        "snippet": [{"text": text, "found": found} for text, found in hit.snippet],
        "url": hit.url, "api_url": _api_url(hit),
    }  # fmt: skip


def results_of(results: Results) -> dict[str, Any]:
    """The results of a search as both interfaces tell them."""
    return {
        "count": results.total, "count_is_lower_bound": results.capped, "degraded": results.degraded,
        "after": results.after or None,
        "by_kind": [{"kind": _coded(kind), "count": number} for kind, number in results.by_kind],
        "facets": [
            {
                "name": facet.name, "label": facet.label,
                "values": [{"value": one.value, "label": one.label, "count": one.count} for one in facet.values],
            }
            for facet in results.facets
        ],
        "results": [_hit(hit) for hit in results.hits],
    }  # fmt: skip


def fault_in(form: forms.Form, typed: QueryDict) -> HttpResponse | None:
    """What is wrong with a question, before anything is looked up."""
    if looks_like_identity_number(typed.get("q", "")):
        return problem("identity_number", _("请写全名，或写证照编号、文号。输入的号码没有查询，也没有记录。"))
    if unknown := sorted(set(typed) - set(form.fields)):
        return wrong({name: [_("没有这个参数。")] for name in unknown})
    if not form.is_valid():
        return wrong(form.errors)
    if form.cleaned_data["after"] and not is_place(form.cleaned_data["after"]):
        return problem("bad_cursor", _("翻页标记无效，请从第一页开始。"))
    return None


class StaffSearchAnswer(Answer):
    """Search within the reader's scope, with the purpose and case stated for the session; logged as the page is."""

    door = "api.search"

    @classmethod
    def operation(cls) -> Operation:
        return Operation(
            cls.door, gettext_lazy("内部检索"), record(_RESULTS | _NEAR), SearchQuestion(world=World.STAFF).fields,
            problems=(*SIGNED_IN, "bad_parameter", "bad_cursor"),
        )  # fmt: skip

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SearchQuestion(request.GET, world=World.STAFF)
        # An identity number is in no index; here, too, it is nothing that an answer or a log should hold.
        if fault := fault_in(form, request.GET):
            return fault
        asked = form.cleaned_data
        purpose, case = stated(request)
        scope = scope_for(self.account, Act.SEARCH, purpose=purpose, case=case)
        results = search(
            World.STAFF,
            asked["q"],
            scope=scope,
            kinds=form.kinds,
            page_after=asked["after"],
            limit=asked["limit"] or PER_PAGE,
            narrowing=form.narrowing(),
            by_date=form.by_date,
            near=asked["near"],
            door=self.door,
            request=request,
        )
        case_needed = Role.INSPECTOR in roles_of(self.account) and scope.case is None
        near = {"near": results.near, "near_possible": results.may_be_near, "case_needed": case_needed}
        return told(results_of(results) | near)


class PublicSearchAnswer(PublicAnswer):
    """Whole names and numbers of published records, full text of disclosures; persons under the page's limit."""

    @classmethod
    def operation(cls) -> Operation:
        return Operation(
            "search", gettext_lazy("公开检索"), record(_RESULTS), SearchQuestion(world=World.PUBLIC).fields,
            problems=("bad_parameter", "bad_cursor", "identity_number", "too_many"),
        )  # fmt: skip

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SearchQuestion(request.GET, world=World.PUBLIC)
        if fault := fault_in(form, request.GET):
            request.GET, request.META["QUERY_STRING"] = QueryDict(), ""  # gone from reports of errors, too
            return fault
        if (form.kinds is None or Kind.PUBLICATION in form.kinds) and (wait := wait_of(request)):
            return too_many(wait)
        asked = form.cleaned_data
        results = search(
            World.PUBLIC,
            asked["q"],
            kinds=form.kinds,
            page_after=asked["after"],
            limit=asked["limit"] or PER_PAGE,
            narrowing=form.narrowing(),
            by_date=form.by_date,
            request=request,
        )
        return told(results_of(results))

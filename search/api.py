"""Search for machines 检索接口: what the answers of both sites have in common.

`api_staff` knows the sign-in, which a public process does not have; `api_public` knows nothing of it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from integrity.openapi import CODED, DATE, FLAG, NUMBER, TEXT, Schema, nullable, record, rows
from integrity.problems import problem, wrong
from search.forms import looks_like_identity_number
from search.hits import Hit
from search.models import Kind
from search.narrowing import FACETS
from search.query import Results, is_place

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
RESULTS: dict[str, Schema] = {
    "count": NUMBER, "count_is_lower_bound": FLAG, "degraded": FLAG, "after": nullable(TEXT),
    "by_kind": rows(record({"kind": CODED, "count": NUMBER})), "facets": rows(_FACET), "results": rows(_HIT),
}  # fmt: skip


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


def as_json(content: Schema) -> JsonResponse:
    """A description, to be read by people too."""
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})

"""The two search pages 检索页: staff under scope, purpose and case; the public over what is public today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.asking import wait_of
from cms.frame import public_frame
from integrity.access import roles_of, scope_for
from integrity.choices import Act, Role
from integrity.views.base import SESSION_CASE, SESSION_PURPOSE, StaffView, stated
from search.desk import history
from search.desk.pages.base import desk_tabs
from search.feeds import feed_url
from search.forms import NarrowingForm, PublicSearchForm, StaffSearchForm, looks_like_identity_number
from search.hits import Hit
from search.models import Kind, World
from search.query import Results, search

DOOR = "staff.search"


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind on one page, in the order of the page."""

    kind: Kind
    hits: list[Hit]


def groups(results: Results) -> list[Group]:
    found: dict[Kind, list[Hit]] = {}
    for hit in results.hits:
        found.setdefault(hit.kind, []).append(hit)
    return [Group(kind, hits) for kind, hits in found.items()]


class StaffSearch(StaffView):
    """One box over files, decisions, practitioners and penalties within the reader's scope."""

    door = DOOR
    template_name = "search/staff.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Purpose and case as an inspector states them here: kept for the session, which a link must never do."""
        form = StaffSearchForm(request.POST, states_case=Role.INSPECTOR in roles_of(self.account))
        if not form.is_valid():
            return self._page(request.POST)
        if form.states_case:
            request.session[SESSION_PURPOSE] = form.cleaned_data["purpose"]
            request.session[SESSION_CASE] = form.cleaned_data["case"]
        return HttpResponseRedirect(f"?{urlencode({'q': form.cleaned_data['q']})}")

    def _page(self, typed: QueryDict) -> HttpResponse:
        request = self.request
        states_case = Role.INSPECTOR in roles_of(self.account)
        purpose, case = self._stated()
        form = StaffSearchForm(
            {"q": typed["q"], "purpose": purpose, "case": case} if "q" in typed else None,
            states_case=states_case,
            initial={"purpose": purpose, "case": case},
        )
        context: dict[str, Any] = {"form": form, "states_case": states_case, "quick_search": False}
        context["desk_tabs"] = desk_tabs(self.account, "search:staff")
        if not form.is_bound or not form.is_valid():
            return self.answer(context, status=400 if form.is_bound and form["q"].data else 200)
        narrowing = NarrowingForm(request.GET)
        context["narrowing"] = narrowing
        if not narrowing.is_valid():
            return self.answer(context, status=400)
        scope = scope_for(self.account, Act.SEARCH, purpose=purpose, case=case)
        kind = request.GET.get("kind", "")
        results = search(
            World.STAFF,
            form.cleaned_data["q"],
            scope=scope,
            kinds=[Kind(kind)] if kind in Kind.values else None,
            page_after=request.GET.get("after"),
            narrowing=narrowing.narrowing(),
            by_date=narrowing.by_date,
            near=narrowing.cleaned_data["near"],
            door=self.door,
            request=request,
        )
        refused = states_case and scope.case is None
        if not scope.empty and context["desk_tabs"]:
            history.remember(self.account, form.cleaned_data["q"], scope)
        context |= {"results": results, "groups": groups(results), "refused": refused}
        context["tabs"] = _tabs(request, results, kind)
        context["clear_url"] = f"?{urlencode({'q': form.cleaned_data['q']})}" if narrowing.narrowing() else ""
        context["near_url"] = _address(request, near="1") if results.may_be_near else ""
        narrowing.offer(results.facets)
        return self.answer(context)

    def _stated(self) -> tuple[str, str]:
        """Purpose and case as just typed into the form, else as stated for this session; never from an address."""
        typed, (purpose, case) = self.request.POST, stated(self.request)
        return typed.get("purpose", purpose).strip(), typed.get("case", case).strip()


def _address(request: HttpRequest, **changed: str) -> str:
    """This page with other values, from its first hit on."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _tabs(request: HttpRequest, results: Results, kind: str) -> list[dict[str, Any]]:
    """All hits, and each kind that has some; under one kind the others are not counted again."""

    everything = {
        "url": _address(request, kind=""),
        "label": _("全部"),
        "active": not kind,
        "count": "" if kind else results.total,
    }
    return [everything] + [
        {"url": _address(request, kind=one), "label": one.label, "active": one == kind, "count": number}
        for one, number in results.by_kind
    ]


@require_safe
def public_search(request: HttpRequest) -> HttpResponse:
    """Whole names and numbers of published records, full text of disclosures. Not for search engines and caches."""
    words = request.GET.get("q", "").strip()
    # Neither looked up, shown again nor written down: whoever types one here should learn that at once.
    by_number = looks_like_identity_number(words)
    if by_number:  # gone from the box in the header, the links to other languages and error reports alike
        request.GET, request.META["QUERY_STRING"] = QueryDict(), ""
    form = PublicSearchForm({"q": words} if words and not by_number else None)
    context: dict[str, Any] = public_frame(request) | {"form": form, "by_number": by_number}
    narrowing, wait = NarrowingForm(request.GET), 0
    if form.is_bound and form.is_valid() and narrowing.is_valid():
        kind = request.GET.get("kind", "")
        wait = 0 if kind == Kind.DISCLOSURE else wait_of(request)
        if wait:
            kind = Kind.DISCLOSURE.value  # no persons for a while; what the government disclosed is open to anybody
        results = search(
            World.PUBLIC,
            form.cleaned_data["q"],
            kinds=[Kind(kind)] if kind in Kind.values else None,
            page_after=request.GET.get("after"),
            narrowing=narrowing.narrowing(),
            by_date=narrowing.by_date,
            request=request,
        )
        context |= {"results": results, "groups": groups(results), "tabs": _tabs(request, results, kind)}
        narrowing.offer(results.facets)
        context["clear_url"] = f"?{urlencode({'q': form.cleaned_data['q']})}" if narrowing.narrowing() else ""
        context |= {"feed_url": feed_url(request.GET), "wait_minutes": -(-wait // 60)}
    if form.is_bound:
        context["narrowing"] = narrowing
    wrong = form.is_bound and not narrowing.is_valid()
    response = render(request, "search/public.html", context, status=400 if wrong else 429 if wait else 200)
    if wait:
        response["Retry-After"] = str(wait)
    response["X-Robots-Tag"] = "noindex, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response

"""Public search for machines 公开检索接口, and the description of the whole public interface."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.api import PublicAnswer, revalidated, told, too_many
from cms.asking import wait_of
from integrity import openapi
from integrity.openapi import Operation, record
from search.api import PER_PAGE, RESULTS, as_json, fault_in, results_of
from search.forms import SearchQuestion
from search.models import Kind, World
from search.query import search


class PublicSearchAnswer(PublicAnswer):
    """Whole names and numbers of published records, full text of disclosures; persons under the page's limit."""

    @classmethod
    def operation(cls) -> Operation:
        return Operation(
            "search", gettext_lazy("公开检索"), record(RESULTS), SearchQuestion(world=World.PUBLIC).fields,
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


class PublicDescription(PublicAnswer):
    """`/api/openapi.json`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        from search.urls_public_api import urlpatterns

        about = _(
            "公开只读接口：不登录，不设 Cookie。人员按全名加职业或单位，或按编号查询，次数有限；公示期满即不再提供。"
        )
        content = openapi.document(_("政务诚信公开接口"), about, openapi.paths("/api/", urlpatterns))
        return revalidated(request, as_json(content), "public, max-age=300")

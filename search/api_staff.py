"""Staff search for machines 内部检索接口, and the description of the whole staff interface."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.api import told
from integrity import api as records
from integrity import openapi
from integrity.access import roles_of, scope_for
from integrity.api import SIGNED_IN, Answer
from integrity.choices import Act, Role
from integrity.openapi import FLAG, Operation, Schema, record
from integrity.views.base import stated
from search.api import PER_PAGE, RESULTS, as_json, fault_in, results_of
from search.forms import SearchQuestion
from search.models import World
from search.query import search

_NEAR: dict[str, Schema] = {"near": FLAG, "near_possible": FLAG, "case_needed": FLAG}


class StaffSearchAnswer(Answer):
    """Search within the reader's scope, with the purpose and case stated for the session; logged as the page is."""

    door = "api.search"

    @classmethod
    def operation(cls) -> Operation:
        return Operation(
            cls.door, gettext_lazy("内部检索"), record(RESULTS | _NEAR), SearchQuestion(world=World.STAFF).fields,
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


class StaffDescription(Answer):
    """`/staff/api/openapi.json`; behind the sign-in as all that it describes."""

    door = "api.description"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        from search.urls_api import urlpatterns

        described = openapi.paths("/staff/", records.urlpatterns) | openapi.paths("/staff/api/", urlpatterns)
        about = _(
            "内部只读接口：与页面同一范围、用途、案件和查阅日志；登录会话为内部站点的会话。没有权限与不存在同为一种答复。"
        )
        title = _("诚信档案内部接口")
        return as_json(openapi.document(title, about, described, cookie=settings.SESSION_COOKIE_NAME))

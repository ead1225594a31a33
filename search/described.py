"""The two descriptions 接口说明: one for the staff site, one for the public, each at an address that stays."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from cms.api import PublicAnswer, revalidated
from integrity import api as records
from integrity import openapi
from integrity.api import Answer


def _as_json(content: openapi.Schema) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})


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
        return _as_json(openapi.document(title, about, described, cookie=settings.SESSION_COOKIE_NAME))


class PublicDescription(PublicAnswer):
    """`/api/openapi.json`."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        from search.urls_public_api import urlpatterns

        about = _(
            "公开只读接口：不登录，不设 Cookie。人员按全名加职业或单位，或按编号查询，次数有限；公示期满即不再提供。"
        )
        content = openapi.document(_("政务诚信公开接口"), about, openapi.paths("/api/", urlpatterns))
        return revalidated(request, _as_json(content), "public, max-age=300")

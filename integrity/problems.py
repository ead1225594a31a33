"""Problem answers 错误答复 (RFC 9457): one list of what an interface may say instead of an answer.

The list is what the description of the interfaces (`openapi`) tells as well: no code leaves that does not stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _

MEDIA = "application/problem+json"
#: A name, not an address: programs compare `code`, people read the title.
TYPE = "urn:integrity-archive:problem:%s"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem: its status and its title in words."""

    status: int
    title: Any


PROBLEMS: Mapping[str, Problem] = {
    "bad_parameter": Problem(400, _("参数有误")),
    "bad_filter": Problem(400, _("筛选条件有误")),
    "bad_cursor": Problem(400, _("翻页标记无效")),
    "identity_number": Problem(400, _("不按证件号码检索")),
    "not_signed_in": Problem(401, _("未登录")),
    "not_found": Problem(404, _("没有找到")),
    "method_not_allowed": Problem(405, _("只读接口")),
    "gone": Problem(410, _("已不再公示")),
    "too_many": Problem(429, _("按姓名查询过于频繁")),
    "read_log_unavailable": Problem(503, _("查阅日志不可用")),
}


def problem(code: str, detail: str = "", **more: Any) -> JsonResponse:
    """The answer of one kind; `more` are members of its own. Never for a cache."""
    kind = PROBLEMS[code]
    content = {"type": TYPE % code, "title": str(kind.title), "status": kind.status, "code": code}
    if detail:
        content["detail"] = detail
    answer = JsonResponse(
        content | more, status=kind.status, content_type=MEDIA, json_dumps_params={"ensure_ascii": False}
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def wrong(errors: Mapping[str, Any], code: str = "bad_parameter", detail: str = "") -> JsonResponse:
    """400 with what is wrong with each parameter, as the form that read them says it."""
    return problem(code, detail, fields={name: [str(one) for one in found] for name, found in errors.items()})

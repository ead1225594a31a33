"""Frame of each staff page 页面框架: navigation from roles, never from content; the stated purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from integrity import access
from integrity.choices import Act, Role
from integrity.models import Account
from integrity.views.base import stated

_FILE_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.ORGANISATION_OFFICER, Role.INSPECTOR})
_CHECKERS = frozenset({Role.REVIEWER, Role.ORGANISATION_OFFICER})
_PUBLICATION_ROLES = frozenset({Role.REGULATOR, Role.SECRECY_REVIEWER, Role.PUBLISHER})
_IMPORTERS = frozenset({Role.CLERK, Role.ORGANISATION_OFFICER, Role.REGULATOR})
_EMERGENCY_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.ORGANISATION_OFFICER})
_ERASING = frozenset(Role(role) for role, acts in access.ROLE_ACTS.items() if Act.ERASE in acts)
_CONTENT_ROLES = _FILE_ROLES | _PUBLICATION_ROLES | {Role.OBJECTION_OFFICER}
_REQUEST_ROLES = frozenset({Role.REQUEST_OFFICER, Role.REQUEST_HEAD})
_EVERYBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the navigation; no roles means everybody who is signed in."""

    route: str
    label: Any
    icon: str
    key: str
    roles: frozenset[Role]


ITEMS: tuple[Item, ...] = (
    Item("staff:worklist", _("我的工作台"), "house", "h", _EVERYBODY),
    Item("staff:files", _("诚信档案"), "folder2-open", "f", _FILE_ROLES),
    Item("staff:decisions", pgettext_lazy("导航", "处分决定"), "hammer", "d", _FILE_ROLES),
    Item("staff:approvals", _("待审核"), "check2-square", "a", _CHECKERS),
    Item("staff:practitioners", pgettext_lazy("导航", "执业记录"), "person-badge", "p", frozenset({Role.REGULATOR})),
    Item("staff:publications", _("公示"), "megaphone", "g", _PUBLICATION_ROLES),
    Item("staff:information_requests", _("依申请公开"), "envelope", "y", _REQUEST_ROLES),
    Item("staff:information_figures", _("申请年度统计"), "file-earmark-spreadsheet", "t", _REQUEST_ROLES),
    Item("staff:surveys", _("满意度调查"), "chat-square-text", "v", frozenset({Role.EDITOR, Role.PUBLISHER})),
    Item("staff:cases", _("案件授权"), "briefcase", "c", frozenset({Role.INSPECTOR})),
    Item("staff:imports", _("批量导入"), "upload", "i", _IMPORTERS),
    Item("staff:emergencies", _("紧急查阅"), "unlock", "e", _EMERGENCY_ROLES),
    Item("staff:erasures", _("删除与保全"), "trash", "z", _ERASING),
    Item("staff:accounts", _("账户与授权"), "people", "u", frozenset({Role.SECURITY_ADMIN})),
    Item("staff:changes", _("授权申请"), "check2-square", "q", frozenset({Role.SECURITY_ADMIN})),
    Item("staff:readers", _("谁能看"), "eye", "r", frozenset({Role.SECURITY_ADMIN})),
    Item("staff:recusals", _("回避登记"), "slash-circle", "b", frozenset({Role.SECURITY_ADMIN})),
    Item("staff:grants", _("有效的案件授权"), "briefcase", "c", frozenset({Role.SECURITY_ADMIN})),
    Item("staff:break_glass_list", _("紧急查阅登记"), "unlock", "e", frozenset({Role.SECURITY_ADMIN})),
    Item("staff:audit_lines", _("查阅日志"), "journal-text", "l", frozenset({Role.AUDIT_ADMIN})),
    Item("staff:audit_unusual", _("异常查阅"), "exclamation-triangle", "x", frozenset({Role.AUDIT_ADMIN})),
    Item("staff:system_status", _("运行状态"), "gear", "o", frozenset({Role.SYSTEM_ADMIN})),
    Item("staff:own_recusals", _("我的回避"), "slash-circle", "k", _CONTENT_ROLES),
    Item("staff:own_reads", _("谁看过我的档案"), "eye", "w", _EVERYBODY),
    Item("search", _("检索"), "search", "s", _FILE_ROLES | _PUBLICATION_ROLES),
)  # fmt: skip
SEARCH_ROUTES = ("search:search", "search:staff", "staff_search")


def address(route: str) -> str:
    """The address of a route, or nothing while that part of the site is not installed."""
    for name in SEARCH_ROUTES if route == "search" else (route,):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every staff page; nothing on public pages, in the editors' admin and in fragments."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not request.path.startswith(("/staff/", "/accounts/")):
        return {}
    if getattr(request, "htmx", None) and not request.htmx.boosted:  # type: ignore[attr-defined]
        return {}
    roles = access.roles_of(account)
    nav = []
    for item in ITEMS:
        if item.roles and not roles & item.roles:
            continue
        if item.route == "staff:own_reads" and account.subject_id is None:
            continue
        url = address(item.route)
        if url:
            active = request.path == url if item.route == "staff:worklist" else request.path.startswith(url)
            nav.append({"url": url, "label": item.label, "icon": item.icon, "key": item.key, "active": active})
    if sum(1 for item in nav if item["active"]) > 1:  # /decisions/approvals/ is below /decisions/
        longest = max((item for item in nav if item["active"]), key=lambda item: len(str(item["url"])))
        for line in nav:
            line["active"] = line is longest
    purpose, case = stated(request)
    return {
        "nav": nav,
        "person_name": str(account),
        "unit_name": str(account.organisation or ""),
        "role_name": gettext("、").join(str(Role(role).label) for role in sorted(roles)),
        "search_url": address("search") if roles & (_FILE_ROLES | _PUBLICATION_ROLES) else "",
        "home_url": address("staff:worklist"),
        "states_purpose": Role.INSPECTOR in roles,
        "stated_purpose": purpose,
        "stated_case": case,
    }

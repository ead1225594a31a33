"""Words of the audit pages 审计页面用语: tabs, kinds of records and doors as an administrator reads them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrity import administration
from integrity.models import Account
from integrity.views.base import StaffView

_TABS = {
    "audit.lines": _("全部"),
    "audit.person": _("按查阅人"),
    "audit.file": _("按档案"),
    "audit.case": _("按案件"),
    "audit.refusals": _("被拒绝"),
    "audit.unusual": _("异常查阅"),
    "audit.changes": _("账户与授权"),
    "audit.records": _("记录变更"),
    "audit.sign_ins": _("登录记录"),
    "audit.operations": _("管理操作表"),
}

#: Doors that are no page with a heading of its own.
_DOORS: dict[str, Any] = {
    "staff.WorklistView": _("我的工作台"),
    "staff.Approvals": _("待审核"),
    "staff.search": _("检索"),
    "search": _("检索"),
    "search-count": _("检索计数"),
    "search-suggest": _("检索提示"),
    "command.find": _("检索命令"),
    "command.restore_administrator": _("恢复安全管理员"),
    "staff.FileCompared": _("两日比对"),
    "staff.FileOnDay": _("某日档案"),
    "staff.RevealNumber": _("查看全号"),
    "staff.Receipt": _("历史回执"),
    "staff.ForecastPanel": _("测算"),
    "staff.PenaltyForecast": _("测算"),
    "staff.Emergencies": _("紧急查阅"),
    "staff.OwnReads": _("谁看过我的档案"),
    "staff.FindUsage": _("谁看过我的档案（接口）"),
    "staff.Heartbeat": _("谁看过我的档案（接口）"),
    "staff.OwnReaders": _("谁能看我的档案"),
    "staff.OwnRecusals": _("我的回避"),
    "staff.OrganisationOptions": _("机构提示"),
    "staff.StatePurposeView": _("用途与案件编号"),
    "staff.BatchProgress": _("导入进度"),
    "staff.ImportStarted": _("导入进度"),
    "staff.PreviewImport": _("导入预览"),
    "staff.RejectedRows": _("拒收行下载"),
    "staff.TemplateWorkbook": _("模板下载"),
    "staff.ApplyImport": _("导入"),
    "staff.ResumeImport": _("继续导入"),
}
#: Of the others the name says which way it is.
_WAYS: tuple[tuple[str, Any], ...] = (
    ("Export", _("导出")),
    ("Print", _("打印")),
    ("List", _("列表")),
    ("Page", _("页面")),
    ("Document", _("文书")),
    ("Part", _("分项")),
)


def tabs_of(active: str, account: Account) -> list[dict[str, Any]]:
    """The pages of the audit administrator that this account may open."""
    return [
        {"url": reverse(f"staff:{operation.route}"), "label": _TABS[operation.code], "active": operation.code == active}
        for operation in administration.OPERATIONS.values()
        if operation.code in _TABS and administration.may(account, operation.code)
    ]


def kind_in_words(model: str) -> str:
    """A kind of record by the name of its class: 处分决定, not `decision`."""
    for label in ("integrity", "search"):
        try:
            return str(apps.get_model(label, model)._meta.verbose_name)
        except LookupError:
            continue
    return model


def door_in_words(door: str) -> str:
    """A door as a reader of the log knows it: the page's heading, or what the way is called."""
    if door in _DOORS:
        return str(_DOORS[door])
    if door.startswith("api."):
        return gettext("接口")
    heading = _headings().get(door) or next((words for ending, words in _WAYS if door.endswith(ending)), "")
    return str(heading or door.removeprefix("staff."))


@cache
def _headings() -> dict[str, Any]:
    """The heading of every page that has one; asked for when all addresses are loaded."""
    found: dict[str, Any] = {}
    waiting: list[type[StaffView]] = [StaffView]
    while waiting:
        view = waiting.pop()
        waiting += view.__subclasses__()
        operation = administration.OPERATIONS.get(getattr(view, "operation", ""))
        heading = getattr(view, "heading", "") or (operation.label if operation else "")
        if heading:
            found[view.door] = heading
    return found

"""Administrative operations and who may do them 三员分立 (GB/T 22239; domain §10; design §3).

The table is what the doors ask, not a text beside them: `require(account, code)` opens every administrators' page and
act. System, security and audit administrators share no operation; none of them reads content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrity import access
from integrity.choices import Act, ReadOutcome, Role
from integrity.exceptions import NotAdmitted
from integrity.models import Account, Assignment, Organisation


@dataclass(frozen=True, slots=True)
class Operation:
    """One administrative operation 管理操作; `second` = a second person must confirm before it takes effect."""

    code: str
    label: Promise | str
    role: Role
    #: Address of the page or act, as a route of the staff site.
    route: str
    second: bool = False


_SYSTEM, _SECURITY, _AUDIT = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN

_ROWS: tuple[tuple[str, Any, Role, str, bool], ...] = (
    # 系统管理员: runs the place
    ("system.status", _("查看运行状态"), _SYSTEM, "system_status", False),
    ("system.queues", _("查看索引队列"), _SYSTEM, "system_queues", False),
    ("system.batches", _("查看导入批次状态（不含内容）"), _SYSTEM, "system_batches", False),
    ("system.migrations", _("查看数据库版本"), _SYSTEM, "system_migrations", False),
    ("system.rules", _("查看已装载的规则"), _SYSTEM, "system_rules", False),
    ("system.holidays", _("查看节假日安排"), _SYSTEM, "system_holidays", False),
    ("system.organisations", _("查看机构目录"), _SYSTEM, "system_organisations", False),
    # 安全管理员: accounts
    ("accounts.list", _("查看账户列表"), _SECURITY, "accounts", False),
    ("accounts.view", _("查看账户及其授权"), _SECURITY, "account", False),
    ("accounts.open", _("开设账户"), _SECURITY, "account_open", True),
    ("accounts.rename", _("更正账户姓名"), _SECURITY, "account_rename", False),
    ("accounts.place", _("变更账户所在单位"), _SECURITY, "account_place", True),
    ("accounts.link", _("账户与本人档案关联"), _SECURITY, "account_link", True),
    ("accounts.provider", _("关联统一身份"), _SECURITY, "account_provider", True),
    ("accounts.unlink", _("解除统一身份"), _SECURITY, "account_unlink", False),
    ("accounts.suspend", _("停用账户"), _SECURITY, "account_suspend", False),
    ("accounts.reactivate", _("恢复账户"), _SECURITY, "account_reactivate", True),
    ("accounts.password", _("签发设置口令的链接"), _SECURITY, "account_password", True),
    ("accounts.factor", _("重置第二因子"), _SECURITY, "account_factor", True),
    ("accounts.sessions", _("终止账户的全部登录"), _SECURITY, "account_sessions", False),
    # 安全管理员: assignments
    ("assignments.pending", _("查看待决定的授权申请"), _SECURITY, "changes", False),
    ("assignments.view", _("查看一项授权申请"), _SECURITY, "change", False),
    ("assignments.propose", _("提出岗位授权"), _SECURITY, "assignment_propose", True),
    ("assignments.change", _("提出变更级别或期限"), _SECURITY, "assignment_change", True),
    ("assignments.confirm", _("批准授权申请"), _SECURITY, "change_confirm", True),
    ("assignments.refuse", _("不予批准授权申请"), _SECURITY, "change_refuse", False),
    ("assignments.withdraw", _("撤回授权申请"), _SECURITY, "change_withdraw", False),
    ("assignments.end", _("终止岗位授权"), _SECURITY, "assignment_end", False),
    # 安全管理员: explaining, recusal, grants
    ("explain.readers", _("核对谁能看"), _SECURITY, "readers", False),
    ("explain.reach", _("核对某人能看什么"), _SECURITY, "reach", False),
    ("explain.why_not", _("核对为何不能看"), _SECURITY, "why_not", False),
    ("recusals.list", _("查看回避登记"), _SECURITY, "recusals", False),
    ("recusals.impose", _("责令回避"), _SECURITY, "recusal_impose", False),
    ("recusals.end", _("终止回避"), _SECURITY, "recusal_end", True),
    ("grants.list", _("查看有效的案件授权"), _SECURITY, "grants", False),
    ("grants.cut", _("终止案件授权"), _SECURITY, "grant_end", False),
    ("break_glass.list", _("查看紧急查阅登记"), _SECURITY, "break_glass_list", False),
    ("break_glass.cut", _("终止紧急查阅"), _SECURITY, "break_glass_cut", False),
    # 审计管理员: reads logs, changes nothing
    ("audit.lines", _("查看查阅日志"), _AUDIT, "audit_lines", False),
    ("audit.person", _("按查阅人查看日志"), _AUDIT, "audit_person", False),
    ("audit.file", _("按档案查看日志"), _AUDIT, "audit_file", False),
    ("audit.case", _("按案件查看日志"), _AUDIT, "audit_case", False),
    ("audit.refusals", _("查看被拒绝的查阅"), _AUDIT, "audit_refusals", False),
    ("audit.export", _("导出查阅日志"), _AUDIT, "audit_export", False),
    ("audit.unusual", _("查看异常查阅"), _AUDIT, "audit_unusual", False),
    ("audit.finding", _("查看一项异常查阅"), _AUDIT, "audit_finding", False),
    ("audit.judge", _("审查异常查阅"), _AUDIT, "audit_judge", False),
    ("audit.changes", _("查看账户与授权的变更"), _AUDIT, "audit_changes", False),
    ("audit.records", _("查看记录的变更（不含内容）"), _AUDIT, "audit_records", False),
    ("audit.sign_ins", _("查看登录记录"), _AUDIT, "audit_sign_ins", False),
    ("audit.operations", _("查看管理操作表"), _AUDIT, "audit_operations", False),
)

OPERATIONS: dict[str, Operation] = {code: Operation(code, *rest) for code, *rest in _ROWS}


def may(account: Account, code: str) -> bool:
    """Whether an account holds the role of an operation today."""
    return account.is_active and OPERATIONS[code].role in access.roles_of(account)


def require(account: Account, code: str, *, request: HttpRequest | None = None, door: str = "") -> Operation:
    """The operation, or `NotAdmitted`; the refusal is a line in the log (A8)."""
    if may(account, code):
        return OPERATIONS[code]
    scope = access.scope_for(account, Act.GRANT)
    access.log_read(
        scope, door=door or code, model=Account, ids=[code], request=request, outcome=ReadOutcome.REFUSED, count=0
    )
    raise NotAdmitted


# --- delegated administration at each of the five levels ------------------------------------------------------


def administers(account: Account, organisation: Organisation | None) -> bool:
    """Whether a security administrator's area covers an organisation 分级管理: own division and below, not above."""
    return organisation is not None and any(
        organisation.division.code.startswith(stem) and organisation.level >= level for stem, level in areas_of(account)
    )


def areas_of(account: Account) -> list[tuple[str, int]]:
    """Division stem and level of each security administrator's assignment of today."""
    rows = Assignment.objects.on(timezone.localdate()).filter(account=account, role=Role.SECURITY_ADMIN)
    return [
        (stem_of(row.authority.division.code), row.authority.level)
        for row in rows.select_related("authority__division")
    ]


def stem_of(code: str) -> str:
    """The part of a GB/T 2260 code that all divisions below share: 630000 → 63, 630100 → 6301."""
    while len(code) <= 6 and code.endswith("00"):
        code = code[:-2]
    return code

"""The security administrator's pages of accounts and assignments 账户与授权 (H18): own area, two persons."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import accounts
from integrity.forms.accounts import (
    AccountFilterForm,
)
from integrity.models import AccessChange, Account, Assignment, RecusalDeclaration
from integrity.views.account_changes import CHANGE_HEADS, change_cells
from integrity.views.administration import AdministrationView, badge, code, link, table, term
from integrity.views.paging import Sort, page_of

PAGE_SIZE = 50


class AccountList(AdministrationView):
    """The accounts of the own area 账户."""

    operation = "accounts.list"
    heading = gettext_lazy("账户")
    lede = gettext_lazy("本级区划及以下、不高于本级的单位的账户。")

    def get(self, request: HttpRequest) -> HttpResponse:
        form = AccountFilterForm(request.GET)
        rows = accounts.within_area(self.account)
        if form.is_valid():
            rows = _narrowed(rows, form.cleaned_data)
        page = page_of(
            rows.select_related("organisation"), Sort("display_name"), descending=False,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE_SIZE,
        )  # fmt: skip
        held = _roles_of(page.rows)
        lines = [
            [
                link(str(row), reverse("staff:account", args=[row.pk])),
                code(row.username),
                str(row.organisation or ""),
                "、".join(held.get(row.pk, [])),
                badge("active", _("启用")) if row.is_active else badge("closed", _("停用")),
            ]
            for row in page.rows
        ]
        waiting = accounts.waiting_for(self.account).count()
        return self.page(
            form=form, clear_url=request.path, paged=True, before=page.before, after=page.after, shown=len(lines),
            count_logged=len(lines),
            actions=[
                {"url": reverse("staff:account_open"), "label": _("开设账户"), "icon": "plus-lg"},
                {"url": reverse("staff:changes"), "label": _("待决定 %d") % waiting, "icon": "check2-square"},
            ],
            tables=[table(_("账户"), [_("姓名"), _("登录名"), _("单位"), _("角色"), _("状态")], lines,
                          empty=_("管理范围内没有符合条件的账户"))],
        )  # fmt: skip


def _narrowed(rows: Any, wanted: dict[str, Any]) -> Any:
    today = timezone.localdate()
    if wanted["text"]:
        rows = rows.filter(Q(username__icontains=wanted["text"]) | Q(display_name__icontains=wanted["text"]))
    if wanted["unit"]:
        rows = rows.filter(
            Q(organisation__name__icontains=wanted["unit"]) | Q(organisation__short_name__icontains=wanted["unit"])
        )
    if wanted["role"]:
        rows = rows.filter(pk__in=Assignment.objects.on(today).filter(role=wanted["role"]).values("account"))
    if wanted["state"]:
        rows = rows.filter(is_active=wanted["state"] == "active")
    return rows


def _roles_of(rows: list[Account]) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for row in Assignment.objects.on(timezone.localdate()).filter(account__in=rows).order_by("role"):
        label = str(row.get_role_display())
        if label not in held.setdefault(row.account_id, []):
            held[row.account_id].append(label)
    return held


def one_account(by: Account, pk: int) -> Account:
    """An account of the own area, or 404 alike."""
    row: Account | None = accounts.within_area(by).select_related("organisation", "subject").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


class AccountPage(AdministrationView):
    """One account: what it holds and held, by whom granted, what waits 账户详情."""

    operation = "accounts.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = one_account(self.account, pk)
        today = timezone.localdate()
        assignments = row.assignments.select_related("authority", "profession", "granted_by", "seconded_by")
        heads = [_("角色"), _("管理机关"), _("行业"), _("可接触级别"), _("有效期"), _("授权"), _("办理")]
        waiting = AccessChange.objects.waiting(today).filter(account=row)
        return self.page(
            about=[row],
            heading=str(row),
            lede=_("不显示任何档案内容。"),
            crumbs=[{"url": reverse("staff:accounts"), "label": _("账户")}],
            actions=self._actions(row),
            facts=[
                {"label": _("登录名"), "value": row.username},
                {"label": _("单位"), "value": str(row.organisation or "")},
                {"label": _("状态"), "value": _("启用") if row.is_active else _("停用")},
                {"label": _("口令"), "value": _("已设置") if row.has_usable_password() else _("未设置")},
                {"label": _("统一身份"), "value": row.provider_subject},
                {"label": _("关联本人档案"), "value": _("是") if row.subject_id else _("否")},
                {"label": _("有效回避"), "value": RecusalDeclaration.objects.on(today).filter(account=row).count()},
            ],
            tables=[
                table(_("岗位授权"), heads, [self._cells(one) for one in assignments.order_by("-valid_from", "-pk")],
                      empty=_("没有岗位授权")),
                table(_("待决定的申请"), CHANGE_HEADS, [change_cells(one) for one in waiting],
                      empty=_("没有待决定的申请")),
                table(_("历史"), [_("时间"), _("办理人"), _("事由"), _("文书")],
                      [[f"{timezone.localtime(one.history_date):%Y-%m-%d %H:%M}", str(one.history_user or _("系统")),
                        one.history_change_reason, one.history_document]
                       for one in row.history.select_related("history_user").order_by("-history_id")[:30]]),
            ],
        )  # fmt: skip

    def _cells(self, row: Assignment) -> list[Any]:
        over = row.valid_to is not None and row.valid_to < timezone.localdate()
        work: Any = _("已终止") if over else link(_("变更或终止"), reverse("staff:assignment_change", args=[row.pk]))
        return [
            row.get_role_display(),
            str(row.authority),
            str(row.profession or ""),
            row.get_clearance_display(),
            term(row),
            f"{row.granted_by} / {row.seconded_by}",
            work,
        ]

    def _actions(self, row: Account) -> list[dict[str, Any]]:
        if row.pk == self.account.pk:
            return []
        steps = [
            ("assignment_propose", _("提出岗位授权"), "plus-lg"),
            ("account_rename", _("更正姓名"), "pencil-square"),
            ("account_place", _("变更单位"), "arrow-repeat"),
            ("account_link", _("关联本人档案"), "person-badge"),
            ("account_password", _("签发口令链接"), "key"),
            *provider_steps(row),
            ("account_sessions", _("终止全部登录"), "box-arrow-right"),
            ("account_factor", _("重置第二因子"), "shield-lock"),
            ("account_suspend", _("停用"), "lock") if row.is_active else ("account_reactivate", _("恢复"), "unlock"),
        ]
        return [{"url": reverse(f"staff:{name}", args=[row.pk]), "label": label, "icon": icon}
                for name, label, icon in steps]  # fmt: skip


def provider_steps(row: Account) -> list[tuple[str, str, str]]:
    """Buttons about the identity provider; none where there is none, but a link left behind can be taken away."""
    if row.provider_subject:
        return [("account_unlink", _("解除统一身份"), "x-lg")]
    return [("account_provider", _("关联统一身份"), "link-45deg")] if settings.IDENTITY_PROVIDER is not None else []

"""The security administrator's pages of accounts and assignments 账户与授权 (H18): own area, two persons."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, administration
from integrity.choices import ChangeKind, ChangeState, Grade, Role
from integrity.forms.accounts import (
    AccountFilterForm,
    AlterForm,
    AnswerForm,
    AssignForm,
    ConfirmChangeForm,
    LinkForm,
    OpenAccountForm,
    PlaceForm,
    ProviderForm,
    RenameForm,
    RequestForm,
)
from integrity.forms.base import ActForm
from integrity.models import AccessChange, Account, Assignment, RecusalDeclaration
from integrity.sign_in.passwords import link_path
from integrity.views.administration import AdministrationAct, AdministrationView, badge, code, link, table
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
            f"{row.valid_from or '…'} – {row.valid_to or '…'}",
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


def words_of(change: AccessChange) -> str:
    """What a request asks for, in one line 申请内容."""
    match change.kind:
        case ChangeKind.OPEN:
            return f"{change.display_name}（{change.username}） {change.organisation or ''}"
        case ChangeKind.ASSIGN:
            parts = [
                change.get_role_display(),
                str(change.authority),
                str(change.profession or ""),
                change.get_clearance_display(),
                f"{change.valid_from or '…'} – {change.valid_to or '…'}",
            ]
            return " · ".join(part for part in parts if part)
        case ChangeKind.ALTER:
            return f"{change.assignment} → {change.get_clearance_display()} – {change.valid_to or '…'}"
        case ChangeKind.PLACE:
            return str(change.organisation)
        case ChangeKind.LINK_PROVIDER:
            return f"{change.provider_subject} @ {change.provider_issuer}"
    return str(change.get_kind_display())


# --- requests ------------------------------------------------------------------------------------------------------


CHANGE_HEADS = (
    gettext_lazy("事项"), gettext_lazy("账户"), gettext_lazy("内容"), gettext_lazy("申请人"), gettext_lazy("失效日期"),
)  # fmt: skip


def change_cells(row: AccessChange) -> list[Any]:
    return [
        link(row.get_kind_display(), reverse("staff:change", args=[row.ref])),
        str(row.account or row.display_name),
        words_of(row),
        str(row.proposed_by),
        row.lapses_on.isoformat(),
    ]


class Changes(AdministrationView):
    """Requests of the own area that wait, and what became of the last ones 待决定的申请."""

    operation = "assignments.pending"
    heading = gettext_lazy("授权申请")
    lede = gettext_lazy("放宽须由两名安全管理员办理；本人不得批准本人提出的或者关于本人的申请。")

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = accounts.waiting_for(self.account).select_related("account", "proposed_by", "authority")
        seen = Q(proposed_by=self.account) | Q(decided_by=self.account)
        decided = AccessChange.objects.filter(seen).exclude(state=ChangeState.PROPOSED).select_related("account")
        lines = [change_cells(row) for row in waiting.order_by("lapses_on", "pk")]
        return self.page(
            count_logged=len(lines),
            tables=[
                table(_("待决定"), CHANGE_HEADS, lines, empty=_("没有待决定的申请")),
                table(_("我经办的"), [_("事项"), _("账户"), _("内容"), _("状态")],
                      [[link(row.get_kind_display(), reverse("staff:change", args=[row.ref])), str(row.account or ""),
                        words_of(row), row.get_state_display()] for row in decided[:30]], empty=_("尚无记录")),
            ],
        )  # fmt: skip


def one_change(by: Account, ref: Any) -> AccessChange:
    """A request of the own area or of one's own, or 404 alike."""
    row = AccessChange.objects.select_related(
        "account__organisation", "proposed_by", "decided_by", "authority", "profession", "assignment", "organisation"
    ).filter(ref=ref).first()  # fmt: skip
    known = row is not None and (
        by.pk in (row.proposed_by_id, row.decided_by_id)
        or any(administration.administers(by, place) for place in (row.organisation, row.authority,
                                                                  row.account.organisation if row.account else None))
    )  # fmt: skip
    if row is None or not known:
        raise Http404
    return row


def change_of(row: AccessChange) -> access.Change | None:
    """What would change if it were confirmed, by the rule itself."""
    if row.account is None:
        return None
    if row.kind == ChangeKind.ASSIGN:
        return access.what_would_change(row.account, add=[accounts.assignment_of(row)])
    if row.kind == ChangeKind.ALTER and row.assignment is not None:
        altered = Assignment.objects.get(pk=row.assignment.pk)
        altered.clearance = row.clearance if row.clearance is not None else altered.clearance
        altered.valid_to = row.valid_to
        return access.what_would_change(row.account, add=[altered], end=[row.assignment])
    return None


class ChangePage(AdministrationView):
    """One request: what is asked, what would change, who decided 授权申请详情."""

    operation = "assignments.view"
    template_name = "integrity/administration/change.html"

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        row = one_change(self.account, ref)
        waits = row.waits_on(timezone.localdate())
        actions = []
        if waits and self.account.pk not in (row.proposed_by_id, row.account_id):
            for name, label, icon in (
                ("change_confirm", _("批准"), "check-circle"),
                ("change_refuse", _("不批准"), "x-lg"),
            ):
                actions.append({"url": reverse(f"staff:{name}", args=[row.ref]), "label": label, "icon": icon})
        if waits and self.account.pk == row.proposed_by_id:
            url = reverse("staff:change_withdraw", args=[row.ref])
            actions.append({"url": url, "label": _("撤回"), "icon": "x-lg"})
        return self.page(
            heading=f"{row.get_kind_display()} · {row.account or row.display_name}",
            crumbs=[{"url": reverse("staff:changes"), "label": _("授权申请")}],
            actions=actions,
            facts=change_facts(row),
            change=change_of(row) if waits else None,
        )


def change_facts(row: AccessChange) -> list[dict[str, Any]]:
    decided = f"{row.decided_by or ''} {row.answer}".strip()
    return [
        {"label": _("事项"), "value": row.get_kind_display()},
        {"label": _("账户"), "value": f"{row.account or row.display_name}"},
        {"label": _("内容"), "value": words_of(row), "wide": True},
        {"label": _("事由"), "value": row.reason},
        {"label": _("依据文书"), "value": row.document},
        {"label": _("申请人"), "value": str(row.proposed_by)},
        {"label": _("状态"), "value": row.get_state_display()},
        {"label": _("失效日期"), "value": row.lapses_on.isoformat()},
        {"label": _("决定"), "value": decided},
    ]


class ChangeAct(AdministrationAct, abstract=True):
    """A decision on a request."""

    row: AccessChange
    form_class: ClassVar[type[ActForm]] = AnswerForm

    def row_of(self, **kwargs: Any) -> AccessChange:
        return one_change(self.account, kwargs["ref"])

    def about(self) -> str:
        return str(self.row.account or self.row.display_name)

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"facts": change_facts(self.row)}

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:changes")

    def cancel_url(self) -> str:
        return reverse("staff:change", args=[self.row.ref])


class ConfirmChange(ChangeAct):
    operation = "assignments.confirm"
    form_class = ConfirmChangeForm
    template_name = "integrity/administration/confirm.html"
    heading = gettext_lazy("批准申请")
    lede = gettext_lazy("批准后自下一次请求起生效，并以两人名义记入历史。")
    submit = gettext_lazy("批准")
    done = gettext_lazy("已批准，变更生效。")

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | {"change": change_of(self.row)}

    def perform(self, form: ActForm) -> AccessChange:
        return accounts.confirm(change=self.row, by=self.account, answer=form.cleaned_data["answer"])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A link is shown once, on the answer itself: it stands in no address, no session and no log."""
        answer = super().post(request, **kwargs)
        account = self.row.account
        if answer.status_code != 302 or self.row.kind != ChangeKind.RESET_PASSWORD or account is None:
            return answer
        account.refresh_from_db()
        context = {
            "heading": _("设置口令的链接"), "row": account, "link": request.build_absolute_uri(link_path(account)),
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600, "cancel_url": reverse("staff:changes"),
        }  # fmt: skip
        return self.answer(context, "integrity/administration/password_link.html")


class RefuseChange(ChangeAct):
    operation = "assignments.refuse"
    heading = gettext_lazy("不予批准")
    submit = gettext_lazy("不予批准")
    done = gettext_lazy("已答复申请人。")

    def perform(self, form: ActForm) -> AccessChange:
        return accounts.refuse(change=self.row, by=self.account, answer=form.cleaned_data["answer"])


class WithdrawChange(ChangeAct):
    operation = "assignments.withdraw"
    heading = gettext_lazy("撤回申请")
    submit = gettext_lazy("撤回")
    done = gettext_lazy("申请已撤回。")

    def perform(self, form: ActForm) -> AccessChange:
        return accounts.withdraw(change=self.row, by=self.account, answer=form.cleaned_data["answer"])


# --- asking ---------------------------------------------------------------------------------------------------------


class AccountAct(AdministrationAct, abstract=True):
    """An act or a request about one account of the own area."""

    row: Account
    form_class: ClassVar[type[ActForm]] = RequestForm
    kind: ClassVar[ChangeKind | None] = None
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名安全管理员批准。")

    def row_of(self, **kwargs: Any) -> Account:
        return one_account(self.account, kwargs["pk"])

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        """The columns of the request, out of the form's declared fields alone."""
        return {}

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        if self.kind is None:
            raise NotImplementedError
        return accounts.propose(
            kind=self.kind, by=self.account, account=self.row, reason=given["reason"], document=given["document"],
            **self.columns(given),
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:account", args=[self.row.pk])

    def cancel_url(self) -> str:
        return reverse("staff:account", args=[self.row.pk])


class ProposeAssignment(AccountAct):
    operation = "assignments.propose"
    kind = ChangeKind.ASSIGN
    form_class = AssignForm
    heading = gettext_lazy("提出岗位授权")
    lede = gettext_lazy("由另一名安全管理员批准后生效；批准页会显示将新增哪些可查阅的记录。")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            name: given[name] for name in ("role", "authority", "profession", "clearance", "valid_from", "valid_to")
        }


class PlaceAccount(AccountAct):
    operation = "accounts.place"
    kind = ChangeKind.PLACE
    form_class = PlaceForm
    heading = gettext_lazy("变更账户所在单位")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"organisation": given["organisation"]}


class LinkAccount(AccountAct):
    operation = "accounts.link"
    kind = ChangeKind.LINK
    form_class = LinkForm
    heading = gettext_lazy("关联本人档案")
    lede = gettext_lazy("关联后该账户可查阅本人的全部记录。请核对本人身份。")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"subject": accounts.person_of(given["ref"])}


class LinkProvider(AccountAct):
    """Ask that an account signs in by the department's provider 关联统一身份: by its identifier there."""

    operation = "accounts.provider"
    kind = ChangeKind.LINK_PROVIDER
    form_class = ProviderForm
    heading = gettext_lazy("关联统一身份")
    lede = gettext_lazy("关联后，身份提供方以该标识认证的人可登录此账户。请核对本人身份和标识。")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        provider = settings.IDENTITY_PROVIDER
        return {
            "provider_issuer": provider.issuer if provider is not None else "",
            "provider_subject": given["identifier"],
        }


class ReactivateAccount(AccountAct):
    operation = "accounts.reactivate"
    kind = ChangeKind.REACTIVATE
    heading = gettext_lazy("恢复账户")


class ResetFactor(AccountAct):
    operation = "accounts.factor"
    kind = ChangeKind.RESET_FACTOR
    heading = gettext_lazy("重置第二因子")
    lede = gettext_lazy("批准后该账户须重新登记第二因子。请先核对本人身份。")


class OpenAccount(AdministrationAct):
    """Ask for a new account 开设账户."""

    operation = "accounts.open"
    form_class = OpenAccountForm
    heading = gettext_lazy("开设账户")
    lede = gettext_lazy("由另一名安全管理员批准后开设；不为他人设置口令，另行签发设置口令的链接。")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名安全管理员批准。")

    def perform(self, form: ActForm) -> AccessChange:
        given = form.cleaned_data
        return accounts.propose(
            kind=ChangeKind.OPEN, by=self.account, reason=given["reason"], document=given["document"],
            username=given["username"], display_name=given["display_name"], organisation=given["organisation"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:changes")

    def cancel_url(self) -> str:
        return reverse("staff:accounts")


# --- one person's acts: narrowing -------------------------------------------------------------------------------------


class RenameAccount(AccountAct):
    operation = "accounts.rename"
    form_class = RenameForm
    heading = gettext_lazy("更正账户姓名")
    submit = gettext_lazy("更正")
    done = gettext_lazy("姓名已更正。")

    def initial(self) -> dict[str, Any]:
        return {"display_name": self.row.display_name}

    def perform(self, form: ActForm) -> Account:
        given = form.cleaned_data
        return accounts.rename(
            account=self.row, by=self.account, display_name=given["display_name"], reason=given["reason"]
        )


class UnlinkProvider(AccountAct):
    operation = "accounts.unlink"
    heading = gettext_lazy("解除统一身份")
    lede = gettext_lazy("立即生效：已有登录终止，此后不能以统一身份登录。")
    submit = gettext_lazy("解除")
    done = gettext_lazy("已解除。")
    danger = True

    def perform(self, form: ActForm) -> Account:
        given = form.cleaned_data
        return accounts.unlink_provider(
            account=self.row, by=self.account, reason=given["reason"], document=given["document"]
        )


class SuspendAccount(AccountAct):
    operation = "accounts.suspend"
    heading = gettext_lazy("停用账户")
    lede = gettext_lazy("立即生效：已有登录在下一次请求时终止。恢复须由两名安全管理员办理。")
    submit = gettext_lazy("停用")
    done = gettext_lazy("账户已停用。")
    danger = True

    def perform(self, form: ActForm) -> Account:
        given = form.cleaned_data
        return accounts.suspend(account=self.row, by=self.account, reason=given["reason"], document=given["document"])


class EndSessions(AccountAct):
    operation = "accounts.sessions"
    heading = gettext_lazy("终止全部登录")
    lede = gettext_lazy("该账户的所有登录在下一次请求时终止。")
    submit = gettext_lazy("终止")
    done = gettext_lazy("全部登录已终止。")
    danger = True

    def perform(self, form: ActForm) -> Account:
        return accounts.end_sessions(account=self.row, by=self.account, reason=form.cleaned_data["reason"])


class ChangeAssignment(AdministrationAct):
    """Ask for another clearance or end; ending has its own button 变更或终止授权."""

    operation = "assignments.change"
    row: Assignment
    form_class = AlterForm
    template_name = "integrity/administration/assignment.html"
    heading = gettext_lazy("变更岗位授权")
    lede = gettext_lazy("变更须由另一名安全管理员批准；终止立即生效，由一人办理。")
    submit = gettext_lazy("提出变更")
    done = gettext_lazy("申请已提出，等待另一名安全管理员批准。")

    def row_of(self, **kwargs: Any) -> Assignment:
        return one_assignment(self.account, kwargs["pk"])

    def initial(self) -> dict[str, Any]:
        return {"clearance": int(Grade(self.row.clearance)), "valid_to": self.row.valid_to}

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"facts": assignment_facts(self.row), "end_url": reverse("staff:assignment_end", args=[self.row.pk])}

    def perform(self, form: ActForm) -> AccessChange:
        given = form.cleaned_data
        return accounts.propose(
            kind=ChangeKind.ALTER, by=self.account, account=self.row.account, assignment=self.row,
            clearance=given["clearance"], valid_to=given["valid_to"], reason=given["reason"],
            document=given["document"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:account", args=[self.row.account_id])

    def cancel_url(self) -> str:
        return reverse("staff:account", args=[self.row.account_id])


def one_assignment(by: Account, pk: int) -> Assignment:
    row = Assignment.objects.select_related("account", "authority__division").filter(pk=pk).first()
    if row is None or not administration.administers(by, row.authority):
        raise Http404
    return row


def assignment_facts(row: Assignment) -> list[dict[str, Any]]:
    return [
        {"label": _("账户"), "value": str(row.account)},
        {"label": _("角色"), "value": str(Role(row.role).label)},
        {"label": _("管理机关"), "value": str(row.authority)},
        {"label": _("可接触级别"), "value": row.get_clearance_display()},
        {"label": _("有效期"), "value": f"{row.valid_from or '…'} – {row.valid_to or '…'}"},
    ]


class EndAssignment(AdministrationAct):
    operation = "assignments.end"
    template_name = "integrity/administration/confirm.html"
    row: Assignment
    form_class = RequestForm
    heading = gettext_lazy("终止岗位授权")
    lede = gettext_lazy("立即生效：自下一次请求起失效。")
    submit = gettext_lazy("终止授权")
    done = gettext_lazy("授权已终止。")
    danger = True

    def row_of(self, **kwargs: Any) -> Assignment:
        return one_assignment(self.account, kwargs["pk"])

    def context(self, form: ActForm) -> dict[str, Any]:
        change = access.what_would_change(self.row.account, end=self.row)
        return {"facts": assignment_facts(self.row), "change": change}

    def perform(self, form: ActForm) -> Assignment:
        given = form.cleaned_data
        return accounts.end_assignment(
            assignment=self.row, by=self.account, reason=given["reason"], document=given["document"]
        )

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:account", args=[self.row.account_id])

    def cancel_url(self) -> str:
        return reverse("staff:account", args=[self.row.account_id])


class PasswordLink(AccountAct):
    """Ask for a link by which the holder sets the own password 签发口令链接: whoever has it could be the holder."""

    operation = "accounts.password"
    kind = ChangeKind.RESET_PASSWORD
    heading = gettext_lazy("签发设置口令的链接")
    lede = gettext_lazy("由另一名安全管理员批准；链接在批准后显示一次，请当面或者通过可靠渠道交给本人。")

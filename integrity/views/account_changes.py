"""Requests that two administrators settle 授权申请 (H18): asked by one, decided by another."""

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
from integrity.choices import ChangeKind, ChangeState
from integrity.forms.accounts import (
    AnswerForm,
    ConfirmChangeForm,
)
from integrity.forms.base import ActForm
from integrity.models import AccessChange, Account, Assignment
from integrity.sign_in.passwords import link_path
from integrity.views.administration import AdministrationAct, AdministrationView, link, table, term
from integrity.views.change_effects import effects_of


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
                term(change),
            ]
            return " · ".join(part for part in parts if part)
        case ChangeKind.ALTER:
            return f"{change.assignment} → {change.get_clearance_display()} – {change.valid_to or _('长期')}"
        case ChangeKind.PLACE:
            return str(change.organisation)
        case ChangeKind.LINK_PROVIDER:
            return f"{change.provider_subject} @ {change.provider_issuer}"
    return str(change.get_kind_display())


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
        "account__organisation", "proposed_by", "decided_by", "authority", "profession", "assignment", "organisation",
        "subject", "declaration__declared_by",
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
            about=[row],
            heading=f"{row.get_kind_display()} · {row.account or row.display_name}",
            crumbs=[{"url": reverse("staff:changes"), "label": _("授权申请")}],
            actions=actions,
            facts=change_facts(row) + effects_of(row),
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
        return {"facts": change_facts(self.row) + effects_of(self.row)}

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
    #: What this request confirmed, and nothing where it did not.
    confirmed: AccessChange | None = None

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | {"change": change_of(self.row)}

    def perform(self, form: ActForm) -> AccessChange:
        self.confirmed = accounts.confirm(change=self.row, by=self.account, answer=form.cleaned_data["answer"])
        return self.confirmed

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A link is shown once, on the answer to the very form that confirmed it: a form sent again shows none.

        It stands in no address, no session and no log.
        """
        answer = super().post(request, **kwargs)
        if self.confirmed is None or self.confirmed.kind != ChangeKind.RESET_PASSWORD:
            return answer
        account = self.confirmed.account
        if account is None:
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

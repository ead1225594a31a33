"""Assignments 岗位授权: proposed, altered, ended, each with what would change (H18)."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, administration
from integrity.choices import ChangeKind, Grade, Role
from integrity.forms.accounts import (
    AlterForm,
    AssignForm,
    RequestForm,
)
from integrity.forms.base import ActForm
from integrity.models import AccessChange, Account, Assignment
from integrity.views.account_acts import AccountAct
from integrity.views.administration import AdministrationAct, term


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
        {"label": _("有效期"), "value": term(row)},
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

"""Opening and extending a case 办案期限 (domain §10, H18): one officer asks, another decides."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, case_terms, cases
from integrity.choices import CaseRequestKind, Role
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ReasonForm, fresh_key
from integrity.forms.cases import DecideCaseForm, ExtendCaseForm, OpenCaseForm
from integrity.models import CaseRequest
from integrity.views.base import ActView
from integrity.views.cases import CaseAct


class AskOpening(ActView):
    """Ask for a case to be entered 申请登记案件; nothing of it enters a file (H3)."""

    form_class = OpenCaseForm
    heading = gettext_lazy("申请登记案件")
    lede = gettext_lazy("由另一名办案人员决定后登记。案件只是查阅档案的依据，其内容不进入档案（H3）。")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名办案人员决定。")

    def fetch(self, **kwargs: Any) -> Any:
        if Role.INSPECTOR not in access.roles_of(self.account):
            raise NotAdmitted

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        today = timezone.localdate()
        return OpenCaseForm(
            data, organisations=cases.bodies_of(self.account, today),
            latest=case_terms.latest_end(CaseRequestKind.OPEN, today), initial={"once": fresh_key()},
        )  # fmt: skip

    def perform(self, form: ActForm) -> CaseRequest:
        names = ("reference", "organisation", "reason", "ends_on", "document")
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
        return case_terms.ask_opening(by=self.account, **given)

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:cases")

    def cancel_url(self) -> str:
        return reverse("staff:cases")

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"crumbs": [{"url": reverse("staff:cases"), "label": _("案件授权")}]}


class AskExtension(CaseAct):
    form_class = ExtendCaseForm
    heading = gettext_lazy("申请延长办案期限")
    lede = gettext_lazy("由另一名办案人员决定；已有授权的截止日期不变。")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名办案人员决定。")

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        latest = case_terms.latest_end(CaseRequestKind.EXTEND, timezone.localdate())
        return ExtendCaseForm(data, latest=latest, initial={"once": fresh_key()})

    def perform(self, form: ActForm) -> CaseRequest:
        names = ("ends_on", "reason", "document")
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
        return case_terms.ask_extension(case=self.row, by=self.account, **given)


class TermRequestAct(ActView, abstract=True):
    """An act on a request of the own body that waits; decided, lapsed and another body's are absent alike."""

    row: CaseRequest

    def fetch(self, **kwargs: Any) -> CaseRequest:
        row = case_terms.requests_for(self.account).filter(ref=kwargs["ref"]).first()
        if row is None or not self.mine_to_do(row):
            raise NotAdmitted
        return row

    def mine_to_do(self, row: CaseRequest) -> bool:
        raise NotImplementedError

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:case", args=[result.case_id]) if result.case_id else reverse("staff:cases")

    def cancel_url(self) -> str:
        return reverse("staff:cases")

    def context(self, form: ActForm) -> dict[str, Any]:
        row = self.row
        facts = [
            (_("类别"), row.get_kind_display()), (_("案件编号"), row.reference), (_("办案机关"), str(row.organisation)),
            (_("事由"), row.reason), (_("原截止日期"), row.case.ends_on.isoformat() if row.case else None),
            (_("申请截止日期"), row.ends_on.isoformat()), (_("批准文书文号"), row.document),
            (_("申请人"), str(row.asked_by)),
        ]  # fmt: skip
        return {
            "facts": [{"label": label, "value": value} for label, value in facts if value],
            "crumbs": [{"url": reverse("staff:cases"), "label": _("案件授权")}],
        }


class DecideTerm(TermRequestAct):
    """The second officer 决定办案申请."""

    form_class = DecideCaseForm
    heading = gettext_lazy("决定办案申请")
    lede = gettext_lazy("不得决定本人的申请（H18）。同意后即登记案件或者延长期限；档案仍须另行申请查阅。")
    submit = gettext_lazy("决定")
    done = gettext_lazy("决定已记录。")

    def mine_to_do(self, row: CaseRequest) -> bool:
        return row.asked_by_id != self.account.pk

    def perform(self, form: ActForm) -> CaseRequest:
        given = form.cleaned_data
        return case_terms.decide(
            request=self.row, by=self.account, agreed=given["decision"] == "agree", answer=given["answer"]
        )


class WithdrawTerm(TermRequestAct):
    form_class = ReasonForm
    heading = gettext_lazy("撤回办案申请")
    submit = gettext_lazy("撤回")
    done = gettext_lazy("申请已撤回。")

    def mine_to_do(self, row: CaseRequest) -> bool:
        return row.asked_by_id == self.account.pk

    def perform(self, form: ActForm) -> CaseRequest:
        return case_terms.withdraw(request=self.row, by=self.account, answer=form.cleaned_data["reason"])

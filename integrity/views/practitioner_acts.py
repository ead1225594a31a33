"""Acts on practitioners' records 执业记录办理 (domain §6): a new record with its licence, its parts and their steps."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from integrity import parts, practitioners
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ConfirmForm, ReasonForm, fresh_key
from integrity.forms.practitioners import PARTS, PartForm, PractitionerForm
from integrity.models import (
    Licence,
    PractitionerPart,
    PractitionerRecord,
)
from integrity.views.base import ActView
from integrity.views.draft_effects import effect_shown
from integrity.views.practitioners import authorities_in, professions_in


class NewPractitioner(ActView):
    """A new practitioner with the licence the record rests on 拟建执业记录 (H7)."""

    heading = gettext_lazy("新建执业记录")
    lede = gettext_lazy("只收录持证、注册、登记的从业人员；无证照的职业须有执业处理决定（H7）。")
    submit = gettext_lazy("保存草稿")
    done = gettext_lazy("草稿已保存。另一人审核执业证后即可建立。")

    def fetch(self, **kwargs: Any) -> Any:
        if not authorities_in(self.scope(Act.ENTER)).exists():
            raise NotAdmitted

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        scope = self.scope(Act.ENTER)
        professions, authorities = professions_in(scope), authorities_in(scope)
        return PractitionerForm(data, professions=professions, authorities=authorities, initial={"once": fresh_key()})

    def perform(self, form: ActForm) -> PractitionerRecord:
        assert isinstance(form, PractitionerForm)  # noqa: S101  for the type checker
        given = form.cleaned_data
        return practitioners.propose_record(
            by=self.account,
            name=given["name"],
            profession=given["profession"],
            authority=given["authority"],
            unit_name=given["unit_name"],
            licence=form.licence(),
            reason=given["reason"],
        )

    def get_success_url(self, result: PractitionerRecord) -> str:
        return reverse("staff:practitioner", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("staff:practitioners")

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"crumbs": [{"url": reverse("staff:practitioners"), "label": pgettext("复数", "执业记录")}]}


class RecordAct(ActView, abstract=True):
    """An act on a practitioner's record, with the way back to its page."""

    model = PractitionerRecord
    related = ("profession", "authority")

    def record(self) -> PractitionerRecord:
        record: PractitionerRecord = self.row
        return record

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:practitioner", args=[self.record().ref])

    def cancel_url(self) -> str:
        return reverse("staff:practitioner", args=[self.record().ref])

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "crumbs": [
                {"url": reverse("staff:practitioners"), "label": pgettext("复数", "执业记录")},
                {"url": reverse("staff:practitioner", args=[self.record().ref]), "label": str(self.record())},
            ]
        }


class EstablishRecord(RecordAct):
    act = Act.APPROVE
    form_class = ReasonForm
    heading = gettext_lazy("建立执业记录")
    lede = gettext_lazy("由录入人以外的一人核对后建立（H18）。")
    submit = gettext_lazy("建立")
    done = gettext_lazy("执业记录已建立。")

    def perform(self, form: ActForm) -> PractitionerRecord:
        return practitioners.establish_record(record=self.row, by=self.account, reason=form.cleaned_data["reason"])


class EnterPart(RecordAct):
    """Enter a licence, a qualification, an assessment, an honour or a commitment 录入分项."""

    act = Act.ENTER
    submit = gettext_lazy("保存草稿")
    done = gettext_lazy("草稿已保存。")

    def fetch(self, **kwargs: Any) -> Any:
        if kwargs["kind"] not in PARTS:
            raise NotAdmitted
        return super().fetch(**kwargs)

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        model, columns, _words = PARTS[self.kwargs["kind"]]
        initial = {"once": fresh_key(), "title": "", "unit_name": self.row.unit_name}
        if model is Licence:
            initial["title"] = self.row.profession.licence_name
        return PartForm(data, part=model, columns=columns, initial=initial)

    def perform(self, form: ActForm) -> PractitionerPart:
        assert isinstance(form, PartForm)  # noqa: S101  for the type checker
        model = PARTS[self.kwargs["kind"]][0]
        return practitioners.add_practitioner_part(
            model=model, record=self.row, by=self.account, values=form.values(), reason=form.cleaned_data["reason"]
        )

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | {"heading": PARTS[self.kwargs["kind"]][2]}


class PartStep(RecordAct, abstract=True):
    """One step of a part's legal life."""

    form_class = ConfirmForm

    def fetch(self, **kwargs: Any) -> Any:
        if kwargs["kind"] not in PARTS:
            raise NotAdmitted
        model = PARTS[kwargs["kind"]][0]
        return self.opened(self.act, model, ("record__profession", "record__authority"), ref=kwargs["ref"])

    def record(self) -> PractitionerRecord:
        record: PractitionerRecord = self.row.record
        return record

    def context(self, form: ActForm) -> dict[str, Any]:
        columns = PARTS[self.kwargs["kind"]][1]
        facts = []
        for column in columns:
            display = getattr(self.row, f"get_{column}_display", None)
            value = display() if display else getattr(self.row, column)
            label = self.row._meta.get_field(column).verbose_name
            facts.append({"label": label, "value": _("是") if value is True else value})
        return super().context(form) | {"facts": facts}


class SubmitPart(PartStep):
    act = Act.ENTER
    heading = gettext_lazy("提交审核")
    submit = gettext_lazy("提交")
    done = gettext_lazy("已提交，等待另一人审核。")

    def perform(self, form: ActForm) -> Any:
        return parts.submit_part(part=self.row, by=self.account, reason=form.cleaned_data["reason"])


class ApprovePart(PartStep):
    act = Act.APPROVE
    heading = gettext_lazy("审核通过")
    submit = gettext_lazy("审核通过")
    done = gettext_lazy("已审核通过。")

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | effect_shown(self, self.row)

    def perform(self, form: ActForm) -> Any:
        return parts.approve_part(part=self.row, by=self.account, reason=form.cleaned_data["reason"])

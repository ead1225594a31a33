"""Parts of a file 分项: enter, change, hand in, approve, return; one view for all ten kinds."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import files, parts
from integrity.choices import Act, RecordState
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.forms.base import ConfirmForm, ReasonForm
from integrity.forms.parts import PART_FORMS, PartForm
from integrity.models import PARTS, FilePart, IntegrityFile
from integrity.views.base import ActView, ScopedDetail
from integrity.views.draft_effects import effect_shown
from integrity.views.part_columns import COLUMNS, heads_of, shown

MODELS: dict[str, type[FilePart]] = {str(model._meta.model_name): model for model, _grade in PARTS}


def model_of(label: str) -> type[FilePart]:
    if label not in MODELS:
        raise Http404
    return MODELS[label]


def crumbs(file: IntegrityFile) -> list[dict[str, Any]]:
    return [
        {"url": reverse("staff:files"), "label": _("诚信档案")},
        {"url": reverse("staff:file", args=[file.ref]), "label": file.name},
        {"url": reverse("staff:file_tab", args=[file.ref, "parts"]), "label": _("分项")},
    ]


def facts_of(part: FilePart) -> list[dict[str, Any]]:
    model = type(part)
    pairs = zip(heads_of(model), COLUMNS[model], strict=True)
    return [{"label": head, "value": shown(part, column)} for head, column in pairs]


class PartPage(ScopedDetail):
    """One part with its state and the acts that may follow."""

    template_name = "integrity/files/part.html"

    def fetch(self, **lookup: Any) -> Any:
        model = model_of(self.kwargs["label"])
        return self.opened(Act.READ, model, ("file", "entered_by", "submitted_by", "approved_by"), **lookup)

    def context(self) -> dict[str, Any]:
        part = self.row
        mine = part.entered_by_id == self.account.pk
        open_draft = part.state in (RecordState.DRAFT, RecordState.RETURNED)
        approving = part.state == RecordState.SUBMITTED and self.may(Act.APPROVE, part)
        return {
            "label": self.kwargs["label"],
            "title": part._meta.verbose_name,
            "facts": facts_of(part),
            "crumbs": crumbs(part.file),
            "may_change": mine and open_draft and self.may(Act.ENTER, part),
            "may_approve": approving,
            "refusals": parts.why_not_approve(part, by=self.account) if approving else [],
        } | effect_shown(self, part)


class PartForms(ActView, abstract=True):
    """Entering and changing share the form of the part."""

    template_name = "integrity/act.html"

    @property
    def part_model(self) -> type[FilePart]:
        return model_of(self.kwargs["label"])

    def build_form(self, data: Any = None, files: Any = None) -> PartForm:
        from integrity.forms.base import fresh_key

        form_class = PART_FORMS[self.part_model]
        return form_class(data, initial=self.initial() | {"once": fresh_key()})

    def refused_twice(self, error: IntegrityError) -> ActRefused:
        return ActRefused("exists_already", _("同一年度（或同一事项）已有记录，请核对后再录入"))


class NewPart(PartForms):
    """Enter a part as a draft 录入分项."""

    model = IntegrityFile
    submit = gettext_lazy("保存草稿")
    done = gettext_lazy("草稿已保存；提交后由第二人审核。")

    def fetch(self, **kwargs: Any) -> Any:
        file = super().fetch(**kwargs)
        if not self.may(Act.ENTER, files.blank_part(self.part_model, file, by=self.account)):
            raise NotAdmitted
        return file

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason_for_entry"] or _("录入%s") % self.part_model._meta.verbose_name
        try:
            return files.add_part(
                model=self.part_model, file=self.row, by=self.account, values=form.values(), reason=reason
            )
        except IntegrityError as error:
            raise self.refused_twice(error) from error

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:part", args=[self.kwargs["label"], result.ref])

    def cancel_url(self) -> str:
        return reverse("staff:file_tab", args=[self.row.ref, "parts"])

    def context(self, form: Any) -> dict[str, Any]:
        title = _("录入%s") % self.part_model._meta.verbose_name
        return {"heading": title, "crumbs": crumbs(self.row), "lede": f"{self.row.name} · {self.row.unit or ''}"}


class ChangePart(PartForms):
    """Change an own draft 修改草稿."""

    submit = gettext_lazy("保存")
    done = gettext_lazy("已保存。")

    def fetch(self, **kwargs: Any) -> Any:
        return self.opened(Act.ENTER, model_of(kwargs["label"]), ("file",), ref=kwargs["ref"], entered_by=self.account)

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in COLUMNS[type(self.row)]} | {
            name: getattr(self.row, name)
            for name in PART_FORMS[type(self.row)].base_fields
            if name not in PartForm.ABOUT_THE_ACT
        }

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason_for_entry"] or _("修改草稿")
        try:
            return files.change_part(part=self.row, by=self.account, values=form.values(), reason=reason)
        except IntegrityError as error:
            raise self.refused_twice(error) from error

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:part", args=[self.kwargs["label"], self.row.ref])

    def cancel_url(self) -> str:
        return self.get_success_url(None)

    def context(self, form: Any) -> dict[str, Any]:
        return {"heading": _("修改%s") % self.row._meta.verbose_name, "crumbs": crumbs(self.row.file)}


class PartStep(ActView, abstract=True):
    """A step of a part's life: submit, approve, return."""

    def fetch(self, **kwargs: Any) -> Any:
        return self.opened(self.act, model_of(kwargs["label"]), ("file", "entered_by"), ref=kwargs["ref"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:part", args=[self.kwargs["label"], self.row.ref])

    def cancel_url(self) -> str:
        return self.get_success_url(None)

    def context(self, form: Any) -> dict[str, Any]:
        return {"facts": facts_of(self.row), "crumbs": crumbs(self.row.file)}


class SubmitPart(PartStep):
    form_class = ConfirmForm
    heading, submit, done = gettext_lazy("提交审核"), gettext_lazy("提交审核"), gettext_lazy("已提交，等待第二人审核。")

    def perform(self, form: Any) -> Any:
        return parts.submit_part(part=self.row, by=self.account, reason=form.cleaned_data["reason"])


class ApprovePart(PartStep):
    act = Act.APPROVE
    form_class = ConfirmForm
    heading, submit, done = gettext_lazy("审核通过"), gettext_lazy("审核通过"), gettext_lazy("已审核，记录生效。")

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | effect_shown(self, self.row)

    def perform(self, form: Any) -> Any:
        return parts.approve_part(part=self.row, by=self.account, reason=form.cleaned_data["reason"])


class ReturnPart(PartStep):
    act = Act.APPROVE
    form_class = ReasonForm
    heading, submit, done = gettext_lazy("退回修改"), gettext_lazy("退回"), gettext_lazy("已退回录入人。")

    def perform(self, form: Any) -> Any:
        return parts.return_part(part=self.row, by=self.account, reason=form.cleaned_data["reason"])

"""Forms of practitioners' records 执业记录表单 (domain §6): parse and show; the acts decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from integrity.choices import FileStatus, LicenceState
from integrity.forms.base import ActForm, DateInput
from integrity.models import (
    Assessment,
    Licence,
    Organisation,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerPart,
    Profession,
    Qualification,
)


class PractitionerFilter(forms.Form):
    """Filters of the list of practitioners 筛选."""

    q = forms.CharField(label=_("姓名或执业单位"), required=False, max_length=100)
    profession = forms.ModelChoiceField(
        Profession.objects.none(), label=_("职业"), required=False, empty_label=_("全部")
    )
    licence_state = forms.ChoiceField(
        label=_("执业状态"), required=False, choices=[("", _("全部")), *LicenceState.choices]
    )
    status = forms.ChoiceField(label=_("记录状态"), required=False, choices=[("", _("全部")), *FileStatus.choices])

    def __init__(self, *args: Any, professions: QuerySet[Profession], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profession"].queryset = professions  # type: ignore[attr-defined]


class LicenceFields(forms.Form):
    """What a licence or registration says 执业证、登记."""

    title = forms.CharField(label=_("证照名称"), max_length=80, required=False)
    number = forms.CharField(label=_("编号"), max_length=60, required=False)
    is_registration = forms.BooleanField(label=_("登记（非许可）"), required=False)
    issuer_text = forms.CharField(label=_("发证机关"), max_length=160, required=False)
    scope = forms.CharField(label=_("执业范围"), max_length=200, required=False)
    valid_from = forms.DateField(label=_("有效期自"), required=False, widget=DateInput())
    valid_to = forms.DateField(label=_("有效期至"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("有效期至不能早于有效期自"))
        if cleaned.get("title") and not cleaned.get("number"):
            self.add_error("number", _("请填写证照编号"))
        return cleaned


LICENCE_COLUMNS = tuple(LicenceFields.base_fields)


class PractitionerForm(LicenceFields, ActForm):
    """A practitioner with the licence the record rests on 拟建执业记录."""

    name = forms.CharField(label=_("姓名"), max_length=100)
    profession = forms.ModelChoiceField(Profession.objects.none(), label=_("职业"))
    authority = forms.ModelChoiceField(Organisation.objects.none(), label=_("监管机关"))
    unit_name = forms.CharField(label=_("执业单位"), max_length=160, required=False)
    reason = forms.CharField(label=_("录入依据"), max_length=300, help_text=_("例如：许可决定文号。记入历史。"))

    field_order = ("name", "profession", "authority", "unit_name", *LICENCE_COLUMNS, "reason")

    def __init__(
        self,
        *args: Any,
        professions: QuerySet[Profession],
        authorities: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self.fields["profession"], professions)
        _choose_from(self.fields["authority"], authorities)

    def licence(self) -> dict[str, Any] | None:
        """The licence as entered, or None when nothing of it was filled in."""
        if not self.cleaned_data.get("number"):
            return None
        values = {column: self.cleaned_data[column] for column in LICENCE_COLUMNS}
        values["title"] = values["title"] or self.cleaned_data["profession"].licence_name or _("执业证")
        values["unit_name"] = self.cleaned_data["unit_name"]
        return values


def _choose_from(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Limit a choice to these rows; where there is one alone, it is chosen already."""
    field.queryset = rows  # type: ignore[attr-defined]
    only = list(rows[:2])
    if len(only) == 1:
        field.initial = only[0].pk
        field.empty_label = None  # type: ignore[attr-defined]


class PartForm(ActForm):
    """One part of a practitioner's record 执业记录分项; the fields are those of its table."""

    reason = forms.CharField(label=_("录入依据"), max_length=300, help_text=_("记入历史，不能删改。"))

    def __init__(self, *args: Any, part: type[PractitionerPart], columns: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = tuple(columns)
        made = forms.fields_for_model(part, fields=self.columns, formfield_callback=_form_field)
        self.fields = {**made, **self.fields}

    def values(self) -> dict[str, Any]:
        return {column: self.cleaned_data[column] for column in self.columns}


def _form_field(column: Any, **kwargs: Any) -> forms.Field | None:
    field: forms.Field | None = column.formfield(**kwargs)
    if isinstance(field, forms.DateField):
        field.widget = DateInput()
    return field


#: Parts a regulator enters, by their address: table, columns, heading.
PARTS: dict[str, tuple[type[PractitionerPart], tuple[str, ...], Any]] = {
    "licence": (
        Licence,
        (
            "title",
            "number",
            "is_registration",
            "issuer_text",
            "scope",
            "unit_name",
            "valid_from",
            "valid_to",
            "licence_state",
            "state_from",
            "document_no",
        ),
        _("登记执业证"),
    ),
    "qualification": (
        Qualification,
        ("title", "number", "issuer", "issued_on", "licence_state", "document_no"),
        _("登记职业资格"),
    ),
    "assessment": (Assessment, ("period", "result", "body", "decided_on", "document_no"), _("登记定期考核")),
    "honour": (PractitionerHonour, ("title", "body", "awarded_on", "document_no"), _("登记荣誉")),
    "commitment": (PractitionerCommitment, ("text", "made_on", "outcome", "document_no"), _("登记信用承诺")),
}

"""Forms of cases and case grants 案件授权表单 (domain §10)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrity.forms.base import ActForm, DateInput
from integrity.models import Case, Organisation


def _bounded(field: forms.Field, latest: date) -> None:
    """The days a date may be, in the calendar and in words; the act decides."""
    field.widget.attrs |= {"min": timezone.localdate().isoformat(), "max": latest.isoformat()}
    field.help_text = gettext("最晚为 %(day)s；到期后授权自行失效。") % {"day": latest}


class OpenCaseForm(ActForm):
    """A case with its reference and end date 登记案件."""

    reference = forms.CharField(label=_("案件编号"), max_length=60)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("办案机关"))
    reason = forms.CharField(label=_("事由"), max_length=200, help_text=_("不写当事人姓名；事由不进入任何档案（H3）。"))
    ends_on = forms.DateField(label=_("截止日期"), widget=DateInput())
    document = forms.CharField(label=_("批准文书文号"), max_length=80, required=False)

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations
        only = list(organisations[:2])
        if len(only) == 1:
            field.initial, field.empty_label = only[0].pk, None
        _bounded(self.fields["ends_on"], latest)


class FindFileForm(forms.Form):
    """Name a file exactly 查找档案: whole name and unit, or the identity number, or the file's own number."""

    name = forms.CharField(label=_("姓名（全名）"), max_length=100, required=False)
    unit = forms.CharField(label=_("单位名称"), max_length=120, required=False)
    number = forms.CharField(
        label=_("公民身份号码"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    ref = forms.UUIDField(label=_("档案编号"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        whole = cleaned.get("name") and cleaned.get("unit")
        if not self.errors and not (whole or cleaned.get("number") or cleaned.get("ref")):
            raise forms.ValidationError(_("请填写姓名和单位，或者公民身份号码，或者档案编号"))
        return cleaned


class AskForm(ActForm):
    """Ask for the found files 申请查阅 (H18)."""

    ends_on = forms.DateField(label=_("申请查阅至"), widget=DateInput(), help_text=_("不晚于案件截止日期。"))
    reason = forms.CharField(label=_("申请理由"), max_length=200)
    found = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].widget.attrs["max"] = case.ends_on.isoformat()


class DecideRequestForm(ActForm):
    """Grant all, some or none of the files asked for 决定查阅申请."""

    chosen = forms.TypedMultipleChoiceField(
        label=_("批准查阅的档案"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("一份也不选即为不批准。"),
    )  # fmt: skip
    answer = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ExtendForm(ActForm):
    """A later end 延长."""

    ends_on = forms.DateField(label=_("新的截止日期"), widget=DateInput())
    reason = forms.CharField(label=_("理由"), max_length=200)


class ExtendCaseForm(ExtendForm):
    """Ask for a later end of a case 申请延长办案期限."""

    document = forms.CharField(label=_("批准文书文号"), max_length=80, required=False)

    def __init__(self, *args: Any, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _bounded(self.fields["ends_on"], latest)


class DecideCaseForm(ActForm):
    """Agree or refuse 决定办案申请."""

    decision = forms.ChoiceField(
        label=_("决定"), choices=[("agree", _("同意")), ("refuse", _("不同意"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

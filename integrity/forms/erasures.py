"""Forms of erasure 删除 and legal hold 法律保全."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity import erasures
from integrity.forms.base import ActForm, DateInput, ReasonForm
from integrity.models import RuleSet


class RecordForm(ActForm):
    """A record by its number, and what is to be done 指明记录."""

    ref = forms.UUIDField(label=_("记录编号"), help_text=_("档案、执业记录或者其中一项的编号，见该页地址和打印件。"))
    what = forms.ChoiceField(
        label=_("办理事项"), choices=[("erase", _("申请删除")), ("hold", _("登记法律保全"))], widget=forms.RadioSelect
    )


class AskForm(ActForm):
    field = forms.ChoiceField(label=_("删除范围"), required=False)
    ground: Any = forms.ModelChoiceField(
        label=_("法定事由"), queryset=RuleSet.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("事由说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("记入历史，不能删改；不得写入拟删除的内容。"),
    )  # fmt: skip
    document = forms.CharField(label=_("依据文书"), max_length=120, help_text=_("文号"))

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["field"]
        chosen.choices = erasures.choices_of(row)
        ground: Any = self.fields["ground"]
        ground.queryset = erasures.grounds(timezone.localdate())
        ground.label_from_instance = lambda one: f"{one.text}（{one.basis}）"


class DecideForm(ReasonForm):
    approved = forms.ChoiceField(
        label=_("决定"), choices=[("yes", _("批准")), ("no", _("不批准"))], widget=forms.RadioSelect
    )
    field_order = ["approved", "reason"]


class HoldForm(ActForm):
    ground = forms.CharField(label=_("保全事由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    case_reference = forms.CharField(label=_("案号或者来函文号"), max_length=120)
    from_on = forms.DateField(label=_("起始日期"), widget=DateInput)
    to_on = forms.DateField(label=_("截止日期（含）"), widget=DateInput, required=False, help_text=_("空白为长期"))


class OfficerHoldForm(HoldForm):
    username = forms.CharField(label=_("经办人登录名"), max_length=150)
    field_order = ["username", "ground", "case_reference", "from_on", "to_on"]


class LiftForm(ActForm):
    words = forms.CharField(label=_("解除理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

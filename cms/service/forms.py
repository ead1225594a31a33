"""Forms of an applicant and of a respondent 公众表单: no account; what the law does not ask for is not asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.asking import intake
from integrity.choices import ApplicantKind, DeliveryForm, SurveyMode
from integrity.exceptions import ReasonedRefusal
from integrity.identifiers import check_credit_code, check_identity_number
from integrity.models import Organisation, Survey

LONGEST = 2000


class ApplicationForm(forms.Form):
    """A request 政府信息公开申请表 (信息公开条例 29)."""

    authority = forms.ModelChoiceField(Organisation.objects.none(), label=_("向哪个机关申请"), empty_label=_("请选择"))
    kind = forms.ChoiceField(label=_("申请人类别"), choices=ApplicantKind.choices)
    name = forms.CharField(label=_("姓名或者单位名称"), max_length=120)
    number = forms.CharField(
        label=_("身份证明号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}), required=False,
        help_text=_("自然人填公民身份号码，单位填统一社会信用代码。只填号码，不需要上传证件；加密保存，不公开。"),
    )  # fmt: skip
    contact = forms.CharField(label=_("联系电话或者电子邮箱"), max_length=120)
    wanted = forms.CharField(
        label=_("需要的政府信息"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写明名称、文号，或者便于查找的其他特征。"),
    )  # fmt: skip
    delivery = forms.ChoiceField(
        label=_("获取方式"), choices=DeliveryForm.choices, widget=forms.RadioSelect, initial=DeliveryForm.ONLINE
    )
    address = forms.CharField(
        label=_("邮寄地址"), max_length=200, required=False, help_text=_("选择邮寄的必填，其他方式不填。")
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=32, min_length=16)

    def __init__(self, *args: Any, offices: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authority"]
        field.queryset = offices
        only = list(field.queryset[:2])
        if len(only) == 1:
            field.initial, field.empty_label = only[0].pk, None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("delivery") == DeliveryForm.POST and not given.get("address"):
            self.add_error("address", _("请填写邮寄地址"))
        if given.get("delivery") != DeliveryForm.POST:
            given["address"] = ""  # not needed, so not kept
        kind = given.get("kind", "")
        if kind and intake.asks_identity(kind, timezone.localdate()):
            self._check_number(kind, given.get("number") or "")
        return given

    def _check_number(self, kind: str, number: str) -> None:
        try:
            if kind == ApplicantKind.NATURAL:
                check_identity_number(number, today=timezone.localdate())
            else:
                check_credit_code(number)
        except ReasonedRefusal as refusal:
            self.add_error("number", str(refusal))


class LookUpForm(forms.Form):
    """Code and passphrase 查询."""

    code = forms.CharField(label=_("受理编号"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    passphrase = forms.CharField(
        label=_("查询口令"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


class MissingForm(forms.Form):
    """The supplement 补正."""

    text = forms.CharField(label=_("补正内容"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))


class AnswerForm(forms.Form):
    """One answer 答卷."""

    option = forms.TypedChoiceField(label="", coerce=int, widget=forms.RadioSelect)
    group = forms.TypedChoiceField(label=_("您属于"), coerce=int, widget=forms.RadioSelect)
    code = forms.CharField(
        label=_("答卷代码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("每个代码只能使用一次；系统不知道代码发给了谁，也不保存哪个代码选了什么。"),
    )  # fmt: skip

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        option: Any = self.fields["option"]
        option.label, option.choices = survey.question, [(one.pk, one.text) for one in survey.options.all()]
        groups = [(one.pk, one.text) for one in survey.groups.all()]
        group: Any = self.fields["group"]
        group.choices = groups
        if len(groups) == 1:
            group.initial, group.widget = groups[0][0], forms.HiddenInput()
        if survey.mode != SurveyMode.CODE:
            del self.fields["code"]

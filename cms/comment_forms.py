"""Forms of comments 意见表单: what a stranger may send, and what an officer answers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.models.comments import Standpoint
from integrity.identifiers import IdentifierError, check_identity_number

LONGEST = 2000
SHORTEST = 5
#: A person needs longer than a program; a form left open over night is asked for anew.
SECONDS_AT_LEAST, SECONDS_AT_MOST = 3, 12 * 3600
_SIGNER = TimestampSigner(salt="cms.comment")
_NUMBERS = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONES = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def holds_numbers(text: str) -> bool:
    """Whether an identity number or a mobile number stands in a text, with or without spaces between the figures."""
    for plain in (text, re.sub(r"(?<=\d)[\s\-]+(?=[\dXx])", "", text)):
        if _PHONES.search(plain) or any(_is_identity_number(found[0]) for found in _NUMBERS.finditer(plain)):
            return True
    return False


def _is_identity_number(number: str) -> bool:
    try:
        check_identity_number(number, today=timezone.localdate())
    except IdentifierError:
        return False
    return True


class CommentForm(forms.Form):
    """A comment. The field that no person sees and the age of the form keep the simplest programs out."""

    standpoint = forms.ChoiceField(label=_("身份"), choices=Standpoint.choices, initial=Standpoint.UNSAID)
    text = forms.CharField(
        label=_("意见"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("不超过 2000 字。"),
    )
    website = forms.CharField(
        label=_("请留空"), required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    opened = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["opened"].initial = _SIGNER.sign("open")

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if holds_numbers(text):
            raise forms.ValidationError(_("意见里有身份证号码或者手机号码，请删去以后再提交。没有保存。"))
        return text

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("请留空这一项。"))
        return ""

    def clean_opened(self) -> str:
        value: str = self.cleaned_data["opened"]
        try:
            _SIGNER.unsign(value, max_age=SECONDS_AT_MOST)
        except BadSignature as error:
            raise forms.ValidationError(_("表单打开太久或者不完整，请重新打开本页。")) from error
        try:
            _SIGNER.unsign(value, max_age=SECONDS_AT_LEAST)
        except BadSignature:
            return value
        raise forms.ValidationError(_("提交得太快，请稍候几秒再提交。"))


class TakeBackForm(forms.Form):
    """A receipt 回执码."""

    code = forms.CharField(
        label=_("回执码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


class ReplyForm(forms.Form):
    """The unit's answer 答复."""

    reply = forms.CharField(label=_("答复"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    unit = forms.CharField(label=_("答复单位"), max_length=120)


class SetAsideForm(forms.Form):
    """Why a comment is not shown 不公开理由."""

    reason = forms.CharField(label=_("不公开理由"), max_length=300)

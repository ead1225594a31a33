"""The boxes of the two search pages 检索表单: they parse and show, and decide nothing about access."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_WORDS = 200
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# Eighteen characters (GB 11643) or the older fifteen, also with a wrong check character; numbers of licences have
# no date in this place.
_IDENTITY_NUMBER = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}(?:(?:18|19|20)\d{{2}}{_DATE}\d{{3}}[\dX]|\d{{2}}{_DATE}\d{{3}})(?![\dX])"
)
_BETWEEN = re.compile(r"[\s\-‐‑–—.·,]+")


def looks_like_identity_number(words: str) -> bool:
    """Whether what a visitor typed holds something like an identity number 身份号码."""
    return _IDENTITY_NUMBER.search(_BETWEEN.sub("", unicodedata.normalize("NFKC", words)).upper()) is not None


class StaffSearchForm(forms.Form):
    """Words, and for an inspector purpose and case reference 用途、案件编号 (domain §10)."""

    q = forms.CharField(label=_("检索内容"), max_length=MAX_WORDS, strip=True)
    purpose = forms.CharField(label=_("用途"), max_length=200, required=False)
    case = forms.CharField(label=_("案件编号"), max_length=60, required=False)

    def __init__(self, *args: Any, states_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states_case = states_case
        self.fields["q"].widget.attrs |= {
            "type": "search",
            "autocomplete": "off",
            "placeholder": _("姓名、拼音、单位、文号、证号或内容"),
        }
        self.fields["case"].widget.attrs["autocomplete"] = "off"
        if states_case:
            self.fields["purpose"].required = True
            self.fields["case"].required = True
            self.fields["purpose"].error_messages["required"] = _("请写明查阅用途；没有用途不能检索。")
            self.fields["case"].error_messages["required"] = _("请填写案件编号；没有案件编号不能检索。")
        else:
            del self.fields["purpose"], self.fields["case"]


class PublicSearchForm(forms.Form):
    """Words of a visitor; nothing else is asked and nothing is kept."""

    q = forms.CharField(label=_("检索内容"), max_length=MAX_WORDS, strip=True)

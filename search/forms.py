"""The boxes of the two search pages 检索表单: they parse and show, and decide nothing about access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_WORDS = 200


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

"""Forms of the two time axes 时点表单: a day on each, or two days to compare."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.forms.base import DateInput


def _not_after_today(day: date) -> None:
    if day > timezone.localdate():
        raise forms.ValidationError(_("不能晚于今天。"))


class MomentForm(forms.Form):
    """What was known on a day, and of that what held on a day 时点."""

    known = forms.DateField(
        label=_("截至何日所知"), widget=DateInput, validators=[_not_after_today], required=False,
        help_text=_("当日办结的录入、审核和更正都计入。"),
    )  # fmt: skip
    true = forms.DateField(
        label=_("何日有效"), widget=DateInput, validators=[_not_after_today], required=False,
        help_text=_("按任职、期限、作出日期；不填与前项同。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors:
            found["known"] = found.get("known") or timezone.localdate()
            found["true"] = found.get("true") or found["known"]
        return found


class CompareForm(forms.Form):
    """Two days of one file 两时点."""

    earlier = forms.DateField(label=_("自（当日所知）"), widget=DateInput, validators=[_not_after_today])
    later = forms.DateField(label=_("至（当日所知）"), widget=DateInput, validators=[_not_after_today], required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        found["later"] = found.get("later") or timezone.localdate()
        if found.get("earlier") and found["earlier"] >= found["later"]:
            self.add_error("earlier", _("前一日期必须早于后一日期。"))
        return found

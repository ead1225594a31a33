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


def _day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, widget=DateInput, validators=[_not_after_today], required=required, help_text=help_text
    )


class MomentForm(forms.Form):
    """What was known on a day, and of that what held on a day 时点."""

    known = _day(_("截至何日所知"), _("当日办结的录入、审核和更正都计入。"))
    true = _day(_("何日有效"), _("按任职、期限、作出日期；不填与前项同。"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors:
            found["known"] = found.get("known") or timezone.localdate()
            found["true"] = found.get("true") or found["known"]
        return found


class ListMomentForm(MomentForm):
    """A list as of a moment, narrowed by a part of the name 某日的名单."""

    name = forms.CharField(label=_("姓名（按当日所知）"), required=False, max_length=60)
    field_order = ("known", "true", "name")


class CompareForm(forms.Form):
    """Two days of one file or record 两时点: as they were known, as they held, or each axis by itself.

    Simple: two days, each as it was known and held. `known` asks both by what was known on one day; the two days that
    hold can be moved apart from the two that are known.
    """

    earlier = _day(_("前一日"), required=True)
    later = _day(_("后一日"), _("不填为今天。"))
    known = _day(_("两日都按何日所知"), _("填写后只比事实：两日各有哪些有效；不填按各自当日所知。"))
    earlier_true = _day(_("前一边：何日有效"))
    later_true = _day(_("后一边：何日有效"))

    #: Shown folded: few ask for them.
    APART = ("earlier_true", "later_true")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        found["later"] = found.get("later") or timezone.localdate()
        apart = found.get("earlier_true") or found.get("later_true")
        if found.get("known") and apart:
            self.add_error("known", _("已分别填写何日有效时，此项留空。"))
            return found
        days = (found["earlier"], found["later"])
        knowns = (found["known"], found["known"]) if found.get("known") else days
        trues = tuple(found.get(name) or day for name, day in zip(self.APART, days, strict=True))
        if (knowns[0], trues[0]) >= (knowns[1], trues[1]):
            self.add_error("earlier", _("前一日期必须早于后一日期。"))
        found["moments"] = tuple(zip(knowns, trues, strict=True))
        return found

    @property
    def is_apart(self) -> bool:
        """Whether the folded fields are in use, so that they stand open."""
        return any(self.data.get(name) for name in self.APART)

"""Forms of the audit administrator 审计表单."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.choices import FindingState, ReadOutcome
from integrity.forms.base import ActForm, DateInput


class LinesForm(forms.Form):
    """Filters of the read log 日志筛选; one of them may be what the page is about."""

    person = forms.CharField(label=_("查阅人（账户或姓名）"), required=False, max_length=100)
    ref = forms.UUIDField(label=_("档案编号"), required=False)
    case = forms.CharField(label=_("案件编号"), required=False, max_length=60)
    outcome = forms.ChoiceField(label=_("结果"), required=False, choices=[("", _("全部")), *ReadOutcome.choices])
    from_on = forms.DateField(label=_("自"), required=False, widget=DateInput())
    to_on = forms.DateField(label=_("至"), required=False, widget=DateInput())

    def __init__(self, *args: Any, asks: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.order_fields([asks])
            for name in {"person", "ref", "case", "outcome"} - {asks}:
                del self.fields[name]


class JudgeForm(ActForm):
    """What unusual reading was 审查意见."""

    state = forms.ChoiceField(
        label=_("结论"),
        choices=[(value, label) for value, label in FindingState.choices if value != FindingState.OPEN],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("意见"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

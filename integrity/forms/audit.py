"""Forms of the audit administrator 审计表单."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from integrity.choices import FindingState, ReadOutcome
from integrity.forms.base import ActForm, DateInput
from integrity.forms.fields import OrganisationField
from integrity.models.kinds import recorded_kinds

#: Days that a log may be asked about: beyond them there is none, and the day after the last one must be one too.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def day_field(label: Any = None) -> forms.DateField:
    """A day within bounds; one out of bounds is refused in words."""
    beyond = _("请填写 2000 年至 2999 年之间的日期。")
    bounds = [MinValueValidator(FIRST_DAY, beyond), MaxValueValidator(LAST_DAY, beyond)]
    return forms.DateField(label=label, required=False, widget=DateInput(), validators=bounds)


class LinesForm(forms.Form):
    """Filters of the read log 日志筛选; one of them may be what the page is about."""

    person = forms.CharField(label=_("查阅人（账户或姓名）"), required=False, max_length=100)
    ref = forms.UUIDField(label=_("记录编号"), required=False)
    case = forms.CharField(label=_("案件编号"), required=False, max_length=60)
    outcome = forms.ChoiceField(label=_("结果"), required=False, choices=[("", _("全部")), *ReadOutcome.choices])
    from_on = day_field(_("自"))
    to_on = day_field(_("至"))

    def __init__(self, *args: Any, asks: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.order_fields([asks])
            for name in {"person", "ref", "case", "outcome"} - {asks}:
                del self.fields[name]


class ChangesForm(forms.Form):
    """Filters of what administrators did 变更筛选; sign-ins only when they are asked for."""

    what = forms.ChoiceField(
        label=_("事项"),
        required=False,
        choices=[
            ("", _("全部（不含登录）")), ("account", _("账户")), ("assignment", _("岗位授权")),
            ("accesschange", _("授权申请")), ("sign_in", _("登录或修改口令")),
        ],
    )  # fmt: skip
    person = forms.CharField(label=_("办理人（账户或姓名）"), required=False, max_length=100)
    account = forms.CharField(label=_("所办账户（账户或姓名）"), required=False, max_length=100)
    from_on = day_field(_("自"))
    to_on = day_field(_("至"))


class RecordChangesForm(forms.Form):
    """Filters of the list of changed records 记录变更筛选."""

    kind = forms.ChoiceField(label=_("记录类别"), required=False)
    person = forms.CharField(label=_("办理人（账户或姓名）"), required=False, max_length=100)
    authority = OrganisationField(label=_("管理机关"), required=False, max_length=200)
    from_on = day_field(_("自"))
    to_on = day_field(_("至"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(str(model._meta.label_lower), model._meta.verbose_name) for model in recorded_kinds()]
        kinds.sort(key=lambda kind: str(kind[1]))
        field: Any = self.fields["kind"]
        field.choices = [("", _("全部")), *kinds]


class JudgeForm(ActForm):
    """What unusual reading was 审查意见."""

    state = forms.ChoiceField(
        label=_("结论"),
        choices=[(value, label) for value, label in FindingState.choices if value != FindingState.OPEN],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("意见"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

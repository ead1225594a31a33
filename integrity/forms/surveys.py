"""Forms of surveys 满意度调查表单: parse and show; the acts decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.choices import Satisfaction, SurveyMode
from integrity.forms.base import ActForm, DateInput
from integrity.models import Organisation

OPTIONS = 6
_USUAL = (
    (_("非常满意"), Satisfaction.SATISFIED), (_("满意"), Satisfaction.SATISFIED), (_("一般"), Satisfaction.UNSATISFIED),
    (_("不满意"), Satisfaction.UNSATISFIED), (_("非常不满意"), Satisfaction.UNSATISFIED),
    (_("不了解"), Satisfaction.NOT_VALID),
)  # fmt: skip


class SurveyForm(ActForm):
    """A new survey 编制调查: six lines of options, empty ones are left out."""

    authority = forms.ModelChoiceField(Organisation.objects.none(), label=_("主办机关"))
    year = forms.IntegerField(label=_("年度"), min_value=2014, max_value=2200)
    title = forms.CharField(label=_("标题"), max_length=120)
    question = forms.CharField(label=_("题目"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    introduction = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    sample = forms.CharField(
        label=_("调查对象与取样方式"), max_length=300, help_text=_("随结果公布，例如：网上自愿答卷，非随机样本。")
    )
    population = forms.IntegerField(
        label=_("总体人数"), min_value=1, required=False, help_text=_("已知时填写，用于有限总体修正")
    )
    mode = forms.ChoiceField(label=_("防重方式"), choices=SurveyMode.choices)
    opens_on = forms.DateField(label=_("开始日期"), widget=DateInput())
    closes_on = forms.DateField(label=_("截止日期（含）"), widget=DateInput())
    groups = forms.CharField(
        label=_("答卷人类别"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一类，由答卷人自选；不分类则不填。"),
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authority"]
        field.queryset = organisations
        only = list(organisations[:2])
        if len(only) == 1:
            field.initial, field.empty_label = only[0].pk, None
        self.fields["year"].initial = timezone.localdate().year
        for number in range(OPTIONS):
            text, counts = _USUAL[number]
            self.fields[f"option_{number}"] = forms.CharField(
                label=_("选项 %(number)s") % {"number": number + 1}, max_length=60, required=False, initial=text
            )
            self.fields[f"counts_{number}"] = forms.ChoiceField(
                label=_("选项 %(number)s 计入方式") % {"number": number + 1}, choices=Satisfaction.choices,
                initial=counts, required=False,
            )  # fmt: skip

    def options(self) -> list[tuple[str, str]]:
        given = self.cleaned_data
        lines = [(given[f"option_{n}"].strip(), given[f"counts_{n}"]) for n in range(OPTIONS)]
        return [(text, counts or Satisfaction.NOT_VALID) for text, counts in lines if text]

    def group_names(self) -> list[str]:
        return list(
            dict.fromkeys(line.strip()[:60] for line in self.cleaned_data["groups"].splitlines() if line.strip())
        )


class CodesForm(ActForm):
    number = forms.IntegerField(label=_("代码数量"), min_value=1, max_value=5000, initial=100)

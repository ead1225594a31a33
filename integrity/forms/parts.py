"""Forms of the parts of a file 分项表单: the columns a person may enter, and no other (mass assignment)."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.choices import (
    AppraisalGrade,
    CommitmentKind,
    CommitmentOutcome,
    FindingKind,
    HonourKind,
    IntegrityNoteKind,
    LeadingPost,
    PostCategory,
    Rank,
    ReportCheck,
    ReportKind,
    ReportResult,
    TrainingTheme,
)
from integrity.forms.base import ActForm, DateInput
from integrity.forms.fields import OrganisationField, number_choice
from integrity.models import (
    Appraisal,
    Breach,
    Commitment,
    FilePart,
    Honour,
    IntegrityNote,
    PersonalMattersReport,
    Post,
    Statement,
    Training,
    UseEntry,
)


def _text(label: Any, length: int = 120, required: bool = True, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=length, required=required, widget=widget)


def _day(label: Any, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput())


class PartForm(ActForm):
    """Common to all parts: the document, and why it is entered."""

    #: Fields that are about the act, not columns of the part.
    ABOUT_THE_ACT: ClassVar[frozenset[str]] = frozenset({"once", "reason_for_entry"})
    document_no = _text(_("文号"), 80, required=False)
    reason_for_entry = _text(_("录入说明"), 300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(n for n in self.fields if n not in ("document_no", "reason_for_entry")), "document_no"])

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in self.ABOUT_THE_ACT}


class PastPostForm(PartForm):
    unit = OrganisationField(label=_("单位"), max_length=180)
    title = _text(_("职务"))
    category = forms.ChoiceField(label=_("职位类别"), choices=PostCategory.choices)
    leading_post = number_choice(_("领导职务层次"), LeadingPost.choices)
    rank = number_choice(_("职级"), Rank.choices)
    managed_by = OrganisationField(label=_("当时的管理机关"), max_length=180)
    from_on = _day(_("任职自"))
    to_on = _day(_("任职至"))


class ReportForm(PartForm):
    """That a report was due and made 个人有关事项报告: its contents are never held (H8)."""

    year = forms.IntegerField(label=_("年度"), min_value=1950, max_value=2100)
    kind = forms.ChoiceField(label=_("类别"), choices=ReportKind.choices)
    due_on = _day(_("应报日期"))
    filed_on = _day(_("报告日期"), required=False)
    check_kind = forms.ChoiceField(label=_("查核"), choices=ReportCheck.choices)
    result = forms.ChoiceField(label=_("结果"), choices=ReportResult.choices)


class NoteForm(PartForm):
    kind = forms.ChoiceField(label=_("类别"), choices=IntegrityNoteKind.choices)
    held_on = _day(_("日期"))
    body = _text(_("机关"))
    text = _text(_("内容"), 2000, required=False, rows=3)


class AppraisalForm(PartForm):
    year = forms.IntegerField(label=_("年度"), min_value=1950, max_value=2100)
    result = forms.ChoiceField(label=_("等次"), choices=AppraisalGrade.choices)
    reason = _text(_("事由"), 200, required=False)
    body = _text(_("考核机关"))
    notice_on = _day(_("书面通知本人日期"), required=False)


class BreachForm(PartForm):
    finding_kind = forms.ChoiceField(label=_("认定依据"), choices=FindingKind.choices)
    body = _text(_("认定机关"))
    found_on = _day(_("认定日期"))
    text = _text(_("内容"), 2000, rows=4)


class TrainingForm(PartForm):
    theme = forms.ChoiceField(label=_("主题"), choices=TrainingTheme.choices)
    title = _text(_("名称"))
    organiser = _text(_("主办单位"))
    hours = forms.DecimalField(label=_("学时"), max_digits=5, decimal_places=1, min_value=0)
    completed_on = _day(_("完成日期"), required=False)


class HonourForm(PartForm):
    kind = forms.ChoiceField(label=_("种类"), choices=HonourKind.choices)
    title = _text(_("名称"), required=False)
    body = _text(_("授予机关"))
    awarded_on = _day(_("授予日期"))
    revoked_on = _day(_("撤销日期"), required=False)


class CommitmentForm(PartForm):
    kind = forms.ChoiceField(label=_("种类"), choices=CommitmentKind.choices)
    text = _text(_("内容"), 2000, rows=3)
    from_on = _day(_("自"))
    to_on = _day(_("至"), required=False)
    outcome = forms.ChoiceField(label=_("履行情况"), choices=CommitmentOutcome.choices)
    finding = _text(_("认定文书"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == CommitmentOutcome.BREACHED and not cleaned.get("finding"):
            self.add_error("finding", _("违反承诺须有认定文书"))
        return cleaned


class StatementForm(PartForm):
    text = _text(_("说明"), 2000, rows=4)
    made_on = _day(_("日期"))


class UseForm(PartForm):
    asked_by = _text(_("查询单位"))
    purpose = _text(_("用途"), 200)
    given = _text(_("提供内容"), 2000, rows=3)
    used_on = _day(_("日期"))


PART_FORMS: dict[type[FilePart], type[PartForm]] = {
    Post: PastPostForm,
    PersonalMattersReport: ReportForm,
    IntegrityNote: NoteForm,
    Appraisal: AppraisalForm,
    Breach: BreachForm,
    Training: TrainingForm,
    Honour: HonourForm,
    Commitment: CommitmentForm,
    Statement: StatementForm,
    UseEntry: UseForm,
}

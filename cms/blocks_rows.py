"""Rows of structured disclosures 结构化行: what an editor fills in field by field. No block takes markup."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    DateBlock,
    DecimalBlock,
    IntegerBlock,
    ListBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField

from cms.masking import MaskedNameBlock


def rows(name: str, block: Any, label: Any, *, min_num: int | None = None, max_num: int = 200) -> StreamField:
    """A field of rows of one kind."""
    return StreamField([(name, block)], verbose_name=label, blank=not min_num, min_num=min_num, max_num=max_num)


def line(label: Any, *, most: int = 200, required: bool = False, **more: Any) -> CharBlock:
    return CharBlock(max_length=most, required=required, label=label, **more)


def text(label: Any, *, most: int = 600, required: bool = False) -> TextBlock:
    return TextBlock(max_length=most, required=required, rows=2, label=label)


def files(label: Any = "") -> ListBlock:
    return ListBlock(DocumentChooserBlock(), default=[], label=label or _("文件"))


class OrderedDates(StructBlock):
    """A row in which one date may not come before another."""

    earlier: str
    later: str

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        first, second = cleaned[self.earlier], cleaned[self.later]
        if first and second and second < first:
            raise StructBlockValidationError(block_errors={self.later: ValidationError(_("不得早于起始日期。"))})
        return cleaned


class Step(models.TextChoices):
    """The five steps of a major decision 重大行政决策程序 (重大行政决策程序暂行条例 10, 14–26, 36)."""

    CONSULTATION = "consultation", _("公众参与征询")
    HEARING = "hearing", _("听证")
    EXPERTS = "experts", _("专家论证")
    LEGALITY = "legality", _("合法性审查")
    RESULT = "result", _("决策结果")


class StepBlock(OrderedDates):
    """One step 程序环节: when, what came out, the papers; or why it was not held."""

    earlier, later = "begins_on", "ends_on"

    step = ChoiceBlock(choices=Step.choices, label=_("环节"))
    begins_on = DateBlock(required=False, label=_("起始日期"))
    ends_on = DateBlock(required=False, label=_("结束日期"))
    outcome = text(_("结果说明"))
    not_held = line(_("不适用的理由"), help_text=_("依法不需要这一环节的，写明理由和依据"))
    documents = files()


class MilestoneBlock(StructBlock):
    """A step towards what was promised 节点: due, done, and what shows it."""

    title = line(_("节点"), required=True)
    owner = line(_("责任单位"), most=120)
    due_on = DateBlock(label=_("应完成日期"))
    done_on = DateBlock(required=False, label=_("完成日期"))
    evidence = text(_("完成情况与佐证"))
    documents = files(_("佐证文件"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["done_on"] and not (cleaned["evidence"] or any(cleaned["documents"])):
            message = ValidationError(_("写明完成日期的，须有佐证。"))
            raise StructBlockValidationError(block_errors={"evidence": message})
        return cleaned


class StandardBlock(StructBlock):
    """One step of a scale 裁量阶次 (行政处罚法 34)."""

    degree = line(_("裁量阶次"), most=60, required=True)
    circumstances = text(_("适用情形"), required=True)
    measure = text(_("裁量幅度"), required=True)


class EnforcementItemBlock(StructBlock):
    """One item of enforcement 执法事项: what is checked, on what basis, how often. Counts, never people."""

    item = line(_("事项"), required=True)
    basis = line(_("依据"))
    target = line(_("对象类别"), most=120)
    frequency = line(_("频次或时间"), most=120)
    checked = IntegerBlock(required=False, min_value=0, label=_("检查数"))
    found = IntegerBlock(required=False, min_value=0, label=_("发现问题数"))
    result = line(_("结果"))


class FigureBlock(StructBlock):
    """One figure 数字: a heading of the accounts with its amount and that of the year before."""

    part = line(_("部分"), most=60, required=True, help_text=_("如：收入、支出、债务余额"))
    name = line(_("科目"), most=120, required=True)
    amount = DecimalBlock(max_digits=18, decimal_places=2, label=_("金额"))
    before = DecimalBlock(required=False, max_digits=18, decimal_places=2, label=_("上年金额"))
    note = line(_("说明"))


class PostBlock(StructBlock):
    """One post to be filled 招录职位 (信息公开条例 20(14))."""

    name = line(_("职位"), most=120, required=True)
    code = line(_("职位代码"), most=40)
    unit = line(_("招录单位"), most=120)
    places = IntegerBlock(min_value=1, label=_("名额"))
    conditions = text(_("报考条件"))


class CandidateBlock(StructBlock):
    """A candidate 拟录用人员, masked as soon as the name is read; no number of a paper has a field (H7)."""

    name = MaskedNameBlock(max_length=100, label=_("姓名（保存时自动脱敏）"))
    post = line(_("职位"), most=120, required=True)
    ticket = line(_("准考证号后四位"), most=4)
    result = line(_("结果"), most=60)


class FindingBlock(StructBlock):
    """A finding of an inspection and what became of it 问题与整改."""

    problem = text(_("问题"), required=True)
    owner = line(_("整改单位"), most=120, required=True)
    due_on = DateBlock(label=_("整改期限"))
    done_on = DateBlock(required=False, label=_("完成日期"))
    evidence = text(_("整改结果"))
    documents = files(_("佐证文件"))


class SessionBlock(StructBlock):
    """One event of a campaign 活动场次; how many came, not who."""

    held_on = DateBlock(label=_("日期"))
    theme = line(_("主题"), required=True)
    place = line(_("地点"), most=120)
    audience = line(_("对象"), most=120)
    people = IntegerBlock(required=False, min_value=0, label=_("参加人次"))


class WayBlock(StructBlock):
    """A way to get what is disclosed 获取途径 (信息公开条例 12)."""

    kind = line(_("信息类别"), most=120, required=True)
    way = line(_("获取方式"), required=True)
    place = line(_("地点或网址"))
    hours = line(_("时间"), most=120)


class EnteredFigureBlock(StructBlock):
    """A figure of the yearly report that no database of this site holds 人工填报数, with where it comes from."""

    key = line(_("数字代号"), most=80, required=True)
    value = DecimalBlock(min_value=0, label=_("数值"))
    source = line(_("来源"), required=True)

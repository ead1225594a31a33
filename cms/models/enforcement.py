"""Discretion standards 裁量基准 (行政处罚法 34) and enforcement notices 执法公示 (行政处罚法 39, 48)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms.blocks_rows import EnforcementItemBlock, StandardBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import NONE, Fact, Table
from cms.vocabulary import Subject


class Stage(models.TextChoices):
    """What part of enforcement a notice tells of 公示阶段."""

    BEFORE = "before", _("事前公开（主体、依据、程序、清单）")
    PLAN = "plan", _("年度检查计划")
    AFTER = "after", _("事后公开（检查和处理结果统计）")


class DiscretionPage(DisclosurePage):
    """The scale for one kind of violation 行政裁量权基准: degree, circumstances, measure."""

    matter = models.CharField(_("违法行为"), max_length=200)
    organ = models.CharField(_("适用机关"), max_length=120)
    basis = models.TextField(_("处罚依据"), max_length=400)
    standards = rows("standard", StandardBlock(label=_("裁量阶次")), _("裁量阶次"), min_num=1)

    own_subject: ClassVar[Subject | None] = Subject.DISCRETION
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("matter"),
        FieldPanel("organ"),
        FieldPanel("basis"),
        FieldPanel("standards"),
        heading=_("裁量基准"),
    )

    class Meta:
        verbose_name = _("行政裁量权基准")

    def facts(self, day: date) -> list[Fact]:
        return [
            Fact(_("违法行为"), self.matter),
            Fact(_("适用机关"), self.organ),
            Fact(_("处罚依据"), self.basis, wide=True),
        ]

    def tables(self, day: date) -> list[Table]:
        found = [[row.value["degree"], row.value["circumstances"], row.value["measure"]] for row in self.standards]
        return [Table(_("裁量阶次"), [_("裁量阶次"), _("适用情形"), _("裁量幅度")], found)]


class EnforcementPage(DisclosurePage):
    """A notice about enforcement 行政执法公示. It counts; single decisions are the register's (双公示)."""

    organ = models.CharField(_("执法机关"), max_length=120)
    stage = models.CharField(_("公示阶段"), max_length=10, choices=Stage.choices)
    items = rows("item", EnforcementItemBlock(label=_("事项")), _("执法事项"), min_num=1)

    own_subject: ClassVar[Subject | None] = Subject.ENFORCEMENT
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("organ"), FieldPanel("stage"), FieldPanel("items"), heading=_("执法公示")
    )

    class Meta:
        verbose_name = _("行政执法公示")

    def facts(self, day: date) -> list[Fact]:
        return [Fact(_("执法机关"), self.organ), Fact(_("公示阶段"), self.get_stage_display())]

    def tables(self, day: date) -> list[Table]:
        counted = self.stage == Stage.AFTER
        columns = [_("事项"), _("依据"), _("对象类别"), _("频次或时间")]
        if counted:
            columns += [_("检查数"), _("发现问题数"), _("结果")]
        found = []
        for row in self.items:
            value = row.value
            cells = [value["item"], value["basis"] or NONE, value["target"] or NONE, value["frequency"] or NONE]
            if counted:
                cells += [_count(value["checked"]), _count(value["found"]), value["result"] or NONE]
            found.append(cells)
        return [Table(_("执法事项"), columns, found)]


def _count(value: int | None) -> str:
    return NONE if value is None else f"{value:,}"

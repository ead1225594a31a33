"""Inspections 督查检查 and campaigns 宣传教育 (plan: at least one special inspection a year; credit training)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks_rows import FindingBlock, SessionBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.models.pledges import MISSED, milestone_standing
from cms.structured import NONE, Fact, Standing, Table, backwards, documents, span
from cms.structured import day as words
from cms.vocabulary import Subject

MENDED = Standing("mended", _("全部整改"), "success", "check-circle")
MENDING = Standing("mending", _("整改中"), "info", "hourglass-split")
NOT_MENDED = Standing("not_mended", _("有逾期未整改"), "danger", "exclamation-octagon")


class InspectionPage(DisclosurePage):
    """A special inspection 专项督查: its findings, and whether each was mended, by date and evidence."""

    organ = models.CharField(_("督查机关"), max_length=120)
    inspected = models.CharField(_("督查范围"), max_length=300, help_text=_("单位和事项，不写个人"))
    begins_on = models.DateField(_("起始日期"))
    held_to = models.DateField(_("结束日期"))
    conclusion = models.TextField(_("督查结论"), max_length=1000, blank=True)
    findings = rows("finding", FindingBlock(label=_("问题")), _("问题与整改"))

    own_subject: ClassVar[Subject | None] = Subject.INSPECTIONS
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("organ"),
        FieldPanel("inspected"),
        FieldRowPanel([FieldPanel("begins_on"), FieldPanel("held_to")]),
        FieldPanel("conclusion"),
        FieldPanel("findings"),
        heading=_("督查检查"),
    )

    class Meta:
        verbose_name = _("督查检查")

    def clean(self) -> None:
        super().clean()
        if backwards(self.begins_on, self.held_to):
            raise ValidationError({"held_to": _("不得早于起始日期。")})

    def standing(self, day: date) -> Standing | None:
        states = [milestone_standing(row.value, day) for row in self.findings]
        if not states:
            return None
        if MISSED in states:
            return NOT_MENDED
        return MENDED if all(state.code in ("on_time", "late") for state in states) else MENDING

    def facts(self, day: date) -> list[Fact]:
        told = [
            Fact(_("督查机关"), self.organ),
            Fact(_("督查范围"), self.inspected),
            Fact(_("督查时间"), span(self.begins_on, self.held_to)),
        ]
        if self.conclusion:
            told.append(Fact(_("督查结论"), self.conclusion, wide=True))
        return told

    def tables(self, day: date) -> list[Table]:
        found = [
            [
                row.value["problem"], milestone_standing(row.value, day), row.value["owner"],
                words(row.value["due_on"]), words(row.value["done_on"]), row.value["evidence"] or NONE,
                documents(row.value["documents"]),
            ]
            for row in self.findings
        ]  # fmt: skip
        columns = [
            _("问题"), _("状态"), _("整改单位"), _("整改期限"), _("完成日期"), _("整改结果"), _("佐证文件"),
        ]  # fmt: skip
        return [Table(_("问题与整改"), columns, found)] if found else []


class EducationPage(DisclosurePage):
    """A campaign for integrity 诚信宣传教育: where and when, how many came."""

    theme = models.CharField(_("主题"), max_length=160)
    organiser = models.CharField(_("主办单位"), max_length=120)
    begins_on = models.DateField(_("起始日期"))
    held_to = models.DateField(_("结束日期"))
    sessions = rows("session", SessionBlock(label=_("场次")), _("活动安排"))

    own_subject: ClassVar[Subject | None] = Subject.EDUCATION
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("theme"),
        FieldPanel("organiser"),
        FieldRowPanel([FieldPanel("begins_on"), FieldPanel("held_to")]),
        FieldPanel("sessions"),
        heading=_("宣传教育"),
    )

    class Meta:
        verbose_name = _("宣传教育")

    def clean(self) -> None:
        super().clean()
        if backwards(self.begins_on, self.held_to):
            raise ValidationError({"held_to": _("不得早于起始日期。")})

    def facts(self, day: date) -> list[Fact]:
        people = sum(row.value["people"] or 0 for row in self.sessions)
        told = [
            Fact(_("主题"), self.theme),
            Fact(_("主办单位"), self.organiser),
            Fact(_("活动时间"), span(self.begins_on, self.held_to)),
        ]
        return [*told, Fact(_("参加人次"), f"{people:,}")] if people else told

    def tables(self, day: date) -> list[Table]:
        found = [
            [
                words(row.value["held_on"]), row.value["theme"], row.value["place"] or NONE,
                row.value["audience"] or NONE,
                NONE if row.value["people"] is None else f"{row.value['people']:,}",
            ]
            for row in self.sessions
        ]  # fmt: skip
        columns = [_("日期"), _("主题"), _("地点"), _("对象"), _("参加人次")]
        return [Table(_("活动安排"), columns, found)] if found else []

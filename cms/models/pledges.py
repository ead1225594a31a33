"""Service commitments 服务承诺 and livelihood promises 民生实事: kept, broken, under way, by dates and evidence."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks_rows import MilestoneBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import NONE, Fact, Standing, Table, documents
from cms.structured import day as words
from cms.vocabulary import Subject

KEPT = Standing("kept", _("已兑现"), "success", "check-circle")
KEPT_LATE = Standing("kept_late", _("逾期兑现"), "warning", "clock-history")
BROKEN = Standing("broken", _("未按期兑现"), "danger", "exclamation-octagon")
UNDER_WAY = Standing("under_way", _("进行中"), "info", "hourglass-split")

ON_TIME = Standing("on_time", _("按期完成"), "success", "check-circle")
LATE = Standing("late", _("逾期完成"), "warning", "clock-history")
MISSED = Standing("missed", _("逾期未完成"), "danger", "exclamation-octagon")
AHEAD = Standing("ahead", _("未到期"), "neutral", "hourglass-split")


def milestone_standing(value: Any, on: date) -> Standing:
    """A step counts as done when a day and evidence are there, and the day has come; nobody states it."""
    proven = value["done_on"] and value["done_on"] <= on and (value["evidence"] or any(value["documents"]))
    if proven:
        return ON_TIME if value["done_on"] <= value["due_on"] else LATE
    return MISSED if value["due_on"] < on else AHEAD


def pledge_standing(milestones: list[Standing]) -> Standing:
    """Of all steps: one missed breaks the promise; all proven keep it; otherwise it is under way."""
    if MISSED in milestones:
        return BROKEN
    if not milestones or AHEAD in milestones:
        return UNDER_WAY
    return KEPT_LATE if LATE in milestones else KEPT


class PledgePage(DisclosurePage):
    """What both kinds of promises hold 承诺要素."""

    owner_unit = models.CharField(_("责任单位"), max_length=120)
    standard = models.TextField(_("承诺内容与标准"), max_length=600)
    milestones = rows("milestone", MilestoneBlock(label=_("节点")), _("节点"), min_num=1)

    class Meta:
        abstract = True

    def standing(self, on: date) -> Standing:
        return pledge_standing([milestone_standing(block.value, on) for block in self.milestones])

    def last_due(self) -> date | None:
        return max((block.value["due_on"] for block in self.milestones), default=None)

    def facts(self, on: date) -> list[Fact]:
        done = sum(milestone_standing(block.value, on) in (ON_TIME, LATE) for block in self.milestones)
        return [
            Fact(_("责任单位"), self.owner_unit),
            Fact(_("最后期限"), words(self.last_due())),
            Fact(_("完成节点"), f"{done}/{len(self.milestones)}"),
            Fact(_("承诺内容与标准"), self.standard, wide=True),
        ]

    def tables(self, on: date) -> list[Table]:
        found = [
            [
                block.value["title"],
                milestone_standing(block.value, on),
                block.value["owner"] or self.owner_unit,
                words(block.value["due_on"]),
                words(block.value["done_on"]),
                block.value["evidence"] or NONE,
                documents(block.value["documents"]),
            ]
            for block in self.milestones
        ]
        columns = [
            _("节点"), _("状态"), _("责任单位"), _("应完成日期"), _("完成日期"), _("完成情况与佐证"), _("佐证文件"),
        ]  # fmt: skip
        note = _("状态按期限、完成日期和佐证计算，不由人工填写；没有佐证的不算完成。")
        return [Table(_("节点完成情况"), columns, found, note=note)]


def _pledge_panels(*first: Any, heading: Any) -> list[Any]:
    own = (*first, FieldPanel("owner_unit"), FieldPanel("standard"), FieldPanel("milestones"))
    return panels(*own, heading=heading)


class ServiceCommitmentPage(PledgePage):
    """A service commitment 服务承诺: what a unit promises everybody who comes, and by when."""

    service = models.CharField(_("服务事项"), max_length=160)
    channel = models.CharField(_("违诺投诉渠道"), max_length=200)

    own_subject: ClassVar[Subject | None] = Subject.PLEDGES
    content_panels: ClassVar[list[Any]] = _pledge_panels(
        FieldPanel("service"), FieldPanel("channel"), heading=_("服务承诺")
    )

    class Meta:
        verbose_name = _("服务承诺")

    def facts(self, on: date) -> list[Fact]:
        return [
            Fact(_("服务事项"), self.service),
            *super().facts(on),
            Fact(_("违诺投诉渠道"), self.channel, wide=True),
        ]


class LivelihoodProjectPage(PledgePage):
    """A livelihood promise of one year 民生实事 with its number on that year's list."""

    year = models.PositiveSmallIntegerField(_("年度"))
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    funding = models.DecimalField(_("安排资金（万元）"), max_digits=14, decimal_places=2, null=True, blank=True)

    own_subject: ClassVar[Subject | None] = Subject.PLEDGES
    content_panels: ClassVar[list[Any]] = _pledge_panels(
        FieldRowPanel([FieldPanel("year"), FieldPanel("ordinal"), FieldPanel("funding")]), heading=_("民生实事")
    )

    class Meta:
        verbose_name = _("民生实事")

    def clean(self) -> None:
        super().clean()
        if any(block.value["due_on"].year < self.year for block in self.milestones if block.value["due_on"]):
            raise ValidationError({"milestones": _("节点的应完成日期不得早于本年度。")})

    def facts(self, on: date) -> list[Fact]:
        told = [Fact(_("年度"), str(self.year)), Fact(_("序号"), str(self.ordinal)), *super().facts(on)]
        if self.funding is not None:
            told.insert(4, Fact(_("安排资金（万元）"), f"{self.funding:,}"))
        return told

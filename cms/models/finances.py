"""Budgets, final accounts and debt 预决算与债务 (预算法 14; 信息公开条例 20(7)): figures as rows, charts from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks_rows import FigureBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import NONE, Chart, Fact, Table, amount, chart
from cms.vocabulary import Subject


class Account(models.TextChoices):
    """What is accounted for 预决算类别."""

    BUDGET = "budget", _("预算")
    FINAL = "final", _("决算")
    DEBT = "debt", _("政府债务")


class MoneyUnit(models.TextChoices):
    """In what the figures are given 金额单位."""

    YUAN = "yuan", _("元")
    TEN_THOUSAND = "ten_thousand", _("万元")
    HUNDRED_MILLION = "hundred_million", _("亿元")


class FinancePage(DisclosurePage):
    """The accounts of one unit and one year 预算、决算或债务: sums are computed, never typed."""

    account = models.CharField(_("类别"), max_length=10, choices=Account.choices)
    unit = models.CharField(_("单位"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年度"))
    money = models.CharField(_("金额单位"), max_length=16, choices=MoneyUnit.choices, default=MoneyUnit.TEN_THOUSAND)
    figures = rows("figure", FigureBlock(label=_("数字")), _("收支或债务"), min_num=1)

    own_subject: ClassVar[Subject | None] = Subject.BUDGET
    content_panels: ClassVar[list[Any]] = panels(
        FieldRowPanel([FieldPanel("account"), FieldPanel("unit")]),
        FieldRowPanel([FieldPanel("year"), FieldPanel("money")]),
        FieldPanel("figures"),
        heading=_("预决算与债务"),
    )

    class Meta:
        verbose_name = _("预决算与债务")

    def parts(self) -> dict[str, list[Any]]:
        """The figures by their part, in the order of the page."""
        found: dict[str, list[Any]] = {}
        for row in self.figures:
            found.setdefault(row.value["part"], []).append(row.value)
        return found

    def facts(self, day: date) -> list[Fact]:
        totals = [
            Fact(_now("%(part)s合计") % {"part": part}, f"{amount(total(rows))} {self.get_money_display()}")
            for part, rows in self.parts().items()
        ]
        return [
            Fact(_("单位"), self.unit),
            Fact(_("年度"), str(self.year)),
            Fact(_("类别"), self.get_account_display()),
            *totals,
        ]

    def tables(self, day: date) -> list[Table]:
        columns = [_("科目"), _("金额"), _("上年金额"), _("比上年增减"), _("说明")]
        return [
            Table(
                f"{self.caption(part)}（{self.get_money_display()}）",
                columns,
                [*(_line(value) for value in rows), _sum(rows)],
                numeric=True,
            )
            for part, rows in self.parts().items()
        ]

    def charts(self) -> list[Chart]:
        drawn = [
            chart(self.caption(part), self.get_money_display(), [(row["name"], row["amount"]) for row in rows])
            for part, rows in self.parts().items()
        ]
        return [one for one in drawn if one is not None]

    def caption(self, part: str) -> str:
        named = {"year": self.year, "account": self.get_account_display(), "part": part}
        return _now("%(year)s年%(account)s：%(part)s") % named


def total(rows: list[Any], key: str = "amount") -> Decimal:
    return sum((row[key] or Decimal(0) for row in rows), Decimal(0))


def _line(value: Any) -> list[str]:
    return [
        value["name"], amount(value["amount"]), amount(value["before"]), change(value["amount"], value["before"]),
        value["note"] or NONE,
    ]  # fmt: skip


def _sum(rows: list[Any]) -> list[str]:
    now = total(rows)
    known = all(row["before"] is not None for row in rows)
    before = total(rows, "before") if known else None
    return [_now("合计"), amount(now), amount(before), change(now, before), NONE]


def change(now: Decimal, before: Decimal | None) -> str:
    """By how much it grew or fell, in per cent of the year before; nothing where that was nothing."""
    if not before:
        return NONE
    return f"{(now - before) / before * 100:+.1f}%"

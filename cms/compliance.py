"""Timeliness by unit 公示时效: computed from dates and timestamps, about units and never about a person (H1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cms.feeds import due
from cms.statistics import SMALL_CELL
from integrity.choices import RuleKind
from integrity.models import Publication
from integrity.rules import RuleMissing, rule
from integrity.workdays import Calendar, calendar_for, deadline


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """One unit: how many items, how many of them in time; none where the number is too small to print (domain §17)."""

    unit: str
    items: int | None
    in_time: int | None

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 says all of them."""
        return None if not self.items or self.in_time is None else self.in_time * 100 // self.items


class _Limits:
    """The last day for an item of a day, by the rule in force on it; asked once a day."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.calendar: Calendar = calendar_for()
        self.known: dict[date, date | None] = {}

    def last_day(self, start: date) -> date | None:
        """None: no rule was in force on that day, and there is nothing to be late for."""
        if start not in self.known:
            try:
                workdays = int(rule(RuleKind.DISCLOSURE_LIMIT, self.key, start).parameters["workdays"])
            except RuleMissing:
                self.known[start] = None
            else:
                self.known[start] = deadline(start, workdays=workdays, calendar=self.calendar)
        return self.known[start]


class _Count:
    def __init__(self, key: str) -> None:
        self.limits = _Limits(key)
        self.items: Counter[str] = Counter()
        self.in_time: Counter[str] = Counter()

    def add(self, unit: str, start: date, shown: date) -> None:
        last = self.limits.last_day(start)
        if last is not None:
            self.items[unit] += 1
            self.in_time[unit] += shown <= last

    def figures(self) -> list[UnitFigure]:
        """In the order of the units' names: a table, no ranking."""
        return [
            UnitFigure(unit, items, self.in_time[unit]) if items >= SMALL_CELL else UnitFigure(unit, None, None)
            for unit, items in sorted(self.items.items())
        ]


def double_publicity() -> list[UnitFigure]:
    """Penalties shown today: published within the limit from the decision, as calendar days of Asia/Shanghai."""
    count = _Count("double_publicity")
    rows = Publication.objects.current(timezone.localdate()).filter(penalty__isnull=False, published_at__isnull=False)
    for unit, decided, at in rows.order_by().values_list("authority__name", "projection__decided_on", "published_at"):
        if decided and at:
            count.add(unit, date.fromisoformat(decided), _day(at))
    return count.figures()


def disclosures() -> list[UnitFigure]:
    """Disclosures shown today: first published within the limit from the day they came into being."""
    count = _Count("proactive")
    rows = due().filter(first_published_at__isnull=False)
    for unit, made, told, first in rows.order_by().values_list(
        "issuer", "generated_on", "published_on", "first_published_at"
    ):
        if first is None:
            continue
        # A document that was public elsewhere before this site existed bears the day it was published.
        shown = _day(first)
        count.add(unit, made, min(told, shown) if told else shown)
    return count.figures()


def _day(at: datetime) -> date:
    return timezone.localdate(at)

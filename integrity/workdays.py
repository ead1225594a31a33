"""Working-day arithmetic 工作日与期间计算 (domain §16; 行政处罚法 85; effect periods domain §5).

All functions are pure and speak in dates (Asia/Shanghai calendar days). Which days are holidays or make-up
working days is data: rows of `integrity.models.rules.Holiday`, read by `calendar_for`. No period stands here;
callers pass the numbers they found in the rule row in force.
"""

from __future__ import annotations

import calendar as month_calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5
DIVISION_DIGITS = 6


@dataclass(frozen=True, slots=True)
class DayRow:
    """One row of a holiday notice 放假安排: a day off, or a make-up working day 调休上班."""

    on: date
    is_workday: bool
    division_code: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one place 工作日历: weekends, corrected by the rows of the notices."""

    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def from_rows(cls, rows: Iterable[DayRow], division: str | None = None) -> Calendar:
        """Build from notice rows; a local row outranks a wider one, the national one is the widest."""
        decided: dict[date, tuple[int, bool]] = {}
        years: set[int] = set()
        for row in rows:
            if not _applies(row.division_code, division):
                continue
            if not row.division_code:
                years.add(row.on.year)
            rank = len(_stem(row.division_code))
            known = decided.get(row.on)
            # Two notices of one rank contradict each other: the day counts as free, so nobody loses time.
            if known is None or rank > known[0] or (rank == known[0] and not row.is_workday):
                decided[row.on] = (rank, row.is_workday)
        return cls(
            holidays=frozenset(day for day, (_, working) in decided.items() if not working),
            makeup_days=frozenset(day for day, (_, working) in decided.items() if working),
            years=frozenset(years),
        )

    def covers(self, day: date) -> bool:
        """Whether the national notice of that year is loaded; otherwise a deadline there is provisional."""
        return day.year in self.years


def calendar_for(division: str | None = None) -> Calendar:
    """The working calendar of a division 行政区划 (None: national rows only), read from the holiday rows."""
    from integrity.models.rules import Holiday

    rows = Holiday.objects.values_list("on", "is_workday", "division_code")
    return Calendar.from_rows((DayRow(on, working, code) for on, working, code in rows), division)


def is_workday(day: date, calendar: Calendar) -> bool:
    """Whether offices work on that day 工作日."""
    if day in calendar.makeup_days:
        return True
    return day.weekday() < SATURDAY and day not in calendar.holidays


def next_workday(day: date, calendar: Calendar) -> date:
    """The day itself if it is a working day, otherwise the first one after it 节假日顺延."""
    while not is_workday(day, calendar):
        day += ONE_DAY
    return day


def add_workdays(start: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after `start`, which is not counted; before it if n is negative; 0: `start`."""
    step = ONE_DAY if n >= 0 else -ONE_DAY
    day, left = start, abs(n)
    while left:
        day += step
        if is_workday(day, calendar):
            left -= 1
    return day


def workdays_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

    Inverse of `add_workdays`: for n ≥ 0 `workdays_between(s, add_workdays(s, n, c), c) == n`.
    """
    if end < start:
        return -workdays_between(end, start, calendar)
    span = (end - start).days
    return sum(is_workday(start + timedelta(days=offset), calendar) for offset in range(1, span + 1))


def deadline(
    start: date,
    *,
    days: int | None = None,
    months: int | None = None,
    workdays: int | None = None,
    calendar: Calendar,
) -> date:
    """The last day of a time limit 期限届满日 (民法典 201–203): first day not counted, holidays move it on.

    Exactly one of `days` (calendar days), `months` (same day of the month, else month end), `workdays`.
    """
    given = [amount for amount in (days, months, workdays) if amount is not None]
    if len(given) != 1:
        raise ValueError("deadline() takes exactly one of days, months, workdays")
    if given[0] < 0:
        raise ValueError("a time limit cannot be negative")
    if workdays is not None:
        return next_workday(add_workdays(start, workdays, calendar), calendar)
    last = start + timedelta(days=days) if days is not None else add_months(start, given[0])
    return next_workday(last, calendar)


def deadline_with_pauses(
    start: date, workdays: int, pauses: Iterable[tuple[date, date | None]], calendar: Calendar
) -> date | None:
    """The last day of a limit in working days out of which time is taken 扣除期间后的届满日 (信息公开条例 33).

    A pause takes out the days after its first day up to and including its last one; without a last day nobody knows the
    end yet (None), unless it had come before. The first day is not counted, and every counted day is a working day.
    """
    taken = [(first, last) for first, last in pauses]
    day, left = start, workdays
    while left:
        day += ONE_DAY
        if any(first < day and last is None for first, last in taken):
            return None
        if is_workday(day, calendar) and not any(first < day <= (last or first) for first, last in taken):
            left -= 1
    return next_workday(day, calendar)


def add_months(start: date, months: int) -> date:
    """The same day of the month N months later, or that month's last day if it has no such day."""
    year, month = _shifted(start, months)
    return date(year, month, min(start.day, _last_day(year, month)))


def effect_end(start: date, months: int) -> date:
    """Last day of an effect period 处分期届满日, inclusive: start + N months - 1 day, clamped (domain §5).

    From 31 August six months end on the last of February: with no corresponding day, the month's end.
    An effect period runs over holidays: it is never moved on.
    """
    if months < 1:
        raise ValueError("an effect period lasts at least one month")
    year, month = _shifted(start, months)
    last = _last_day(year, month)
    if start.day > last:
        return date(year, month, last)
    return date(year, month, start.day) - ONE_DAY


def _shifted(start: date, months: int) -> tuple[int, int]:
    index = start.year * 12 + start.month - 1 + months
    return index // 12, index % 12 + 1


def _last_day(year: int, month: int) -> int:
    return month_calendar.monthrange(year, month)[1]


def _stem(code: str) -> str:
    """The significant part of a GB/T 2260 code: 630000 → 63, 632600 → 6326."""
    stem = code[:DIVISION_DIGITS]
    while stem.endswith("00"):
        stem = stem[:-2]
    return stem


def _applies(row_code: str, division: str | None) -> bool:
    """A row applies to its own division and to every one inside it; a national row everywhere."""
    if not row_code:
        return True
    return bool(division) and str(division).startswith(_stem(row_code))


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)

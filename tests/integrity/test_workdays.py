"""Working days and periods (domain §16, §5): calendar from rows, deadlines, effect periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.workdays import (
    Calendar,
    DayRow,
    add_months,
    add_workdays,
    calendar_for,
    deadline,
    effect_end,
    is_workday,
    next_workday,
    workdays_between,
)

# A made-up notice for one October: seven days off, a Saturday and a Sunday worked.
OCTOBER = [DayRow(date(2025, 10, day), is_workday=False) for day in range(1, 8)] + [
    DayRow(date(2025, 9, 28), is_workday=True),
    DayRow(date(2025, 10, 11), is_workday=True),
]
NATIONAL = Calendar.from_rows(OCTOBER)
PLAIN = Calendar()

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
calendars = st.lists(
    st.builds(
        DayRow,
        on=st.dates(min_value=date(2020, 1, 1), max_value=date(2021, 12, 31)),
        is_workday=st.booleans(),
    ),
    max_size=60,
).map(Calendar.from_rows)


def test_weekend_holiday_and_makeup_day() -> None:
    assert is_workday(date(2025, 9, 30), NATIONAL)
    assert not is_workday(date(2025, 10, 1), NATIONAL)
    assert is_workday(date(2025, 10, 11), NATIONAL), "a Saturday worked in exchange"
    assert not is_workday(date(2025, 10, 12), NATIONAL)
    assert next_workday(date(2025, 10, 1), NATIONAL) == date(2025, 10, 8)


def test_a_local_holiday_holds_in_its_division_and_those_inside_it_only() -> None:
    rows = [*OCTOBER, DayRow(date(2025, 7, 25), is_workday=False, division_code="632600")]
    day = date(2025, 7, 25)
    assert not is_workday(day, Calendar.from_rows(rows, "632600"))
    assert not is_workday(day, Calendar.from_rows(rows, "632621"))
    assert not is_workday(day, Calendar.from_rows(rows, "632621001"))
    assert is_workday(day, Calendar.from_rows(rows, "632700"))
    assert is_workday(day, Calendar.from_rows(rows, "630000"))
    assert is_workday(day, Calendar.from_rows(rows))


def test_the_narrower_row_outranks_the_wider_one_in_any_order() -> None:
    day = date(2025, 10, 8)
    rows = [
        DayRow(day, is_workday=False, division_code="630000"),
        DayRow(day, is_workday=True, division_code="632600"),
        DayRow(day, is_workday=False),
    ]
    for order in (rows, rows[::-1]):
        assert is_workday(day, Calendar.from_rows(order, "632621"))
        assert not is_workday(day, Calendar.from_rows(order, "630100"))


def test_a_year_without_national_notice_is_told() -> None:
    assert NATIONAL.covers(date(2025, 12, 31))
    assert not NATIONAL.covers(date(2026, 1, 5))
    assert not Calendar.from_rows([DayRow(date(2026, 7, 1), False, "632600")], "632600").covers(date(2026, 7, 1))


def test_deadline_does_not_count_the_first_day() -> None:
    """民法典 201: 行政处罚法 85 counts 2, 3, 5, 7 days in working days."""
    assert deadline(date(2025, 9, 25), workdays=2, calendar=NATIONAL) == date(2025, 9, 28)
    assert deadline(date(2025, 9, 30), workdays=3, calendar=NATIONAL) == date(2025, 10, 10)
    assert deadline(date(2025, 9, 30), workdays=4, calendar=NATIONAL) == date(2025, 10, 11)


def test_a_last_day_on_a_holiday_moves_on() -> None:
    """民法典 203."""
    assert deadline(date(2025, 9, 1), days=30, calendar=NATIONAL) == date(2025, 10, 8)
    assert deadline(date(2025, 9, 1), days=29, calendar=NATIONAL) == date(2025, 9, 30)
    assert deadline(date(2025, 9, 4), months=1, calendar=NATIONAL) == date(2025, 10, 8)
    assert deadline(date(2025, 1, 31), months=1, calendar=PLAIN) == date(2025, 2, 28)


def test_deadline_wants_exactly_one_unit() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        deadline(date(2025, 1, 1), calendar=PLAIN)
    with pytest.raises(ValueError, match="exactly one"):
        deadline(date(2025, 1, 1), days=1, workdays=1, calendar=PLAIN)
    with pytest.raises(ValueError, match="negative"):
        deadline(date(2025, 1, 1), days=-1, calendar=PLAIN)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 1, 1), 6, date(2024, 6, 30)),
        (date(2024, 1, 15), 6, date(2024, 7, 14)),
        (date(2024, 3, 1), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2024, 8, 29), 6, date(2025, 2, 28)),
        (date(2024, 8, 28), 6, date(2025, 2, 27)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2024, 10, 31), 1, date(2024, 11, 30)),
        (date(2024, 12, 31), 24, date(2026, 12, 30)),
    ],
)
def test_effect_period_ends_the_day_before_clamped_to_month_end(start: date, months: int, end: date) -> None:
    """政务处分法 8 (starts on the decision date); domain §5 gives the inclusive end."""
    assert effect_end(start, months) == end


def test_an_effect_period_is_not_moved_by_holidays_and_not_empty() -> None:
    assert effect_end(date(2025, 4, 4), 6) == date(2025, 10, 3)
    with pytest.raises(ValueError, match="at least one month"):
        effect_end(date(2025, 1, 1), 0)


@given(days, st.integers(min_value=0, max_value=300), calendars)
def test_counting_undoes_adding(start: date, n: int, calendar: Calendar) -> None:
    assert workdays_between(start, add_workdays(start, n, calendar), calendar) == n


@given(days, st.integers(min_value=1, max_value=60), calendars)
def test_adding_backwards_undoes_adding_from_a_working_day(start: date, n: int, calendar: Calendar) -> None:
    first = next_workday(start, calendar)
    assert add_workdays(add_workdays(first, n, calendar), -n, calendar) == first


@given(days, days, st.integers(min_value=0, max_value=60), calendars)
def test_adding_keeps_the_order(one: date, other: date, n: int, calendar: Calendar) -> None:
    earlier, later = sorted((one, other))
    assert add_workdays(earlier, n, calendar) <= add_workdays(later, n, calendar)
    assert deadline(earlier, workdays=n, calendar=calendar) <= deadline(later, workdays=n, calendar=calendar)
    assert deadline(earlier, months=n, calendar=calendar) <= deadline(later, months=n, calendar=calendar)


@given(days, st.integers(min_value=0, max_value=90), calendars)
def test_a_deadline_always_falls_on_a_working_day(start: date, n: int, calendar: Calendar) -> None:
    for last in (
        deadline(start, days=n, calendar=calendar),
        deadline(start, months=n, calendar=calendar),
        deadline(start, workdays=n, calendar=calendar),
    ):
        assert is_workday(last, calendar)
        assert last >= start


@given(days, days, st.integers(min_value=1, max_value=120))
def test_effect_periods_keep_the_order_and_grow(one: date, other: date, months: int) -> None:
    earlier, later = sorted((one, other))
    assert effect_end(earlier, months) <= effect_end(later, months)
    assert effect_end(earlier, months) < effect_end(earlier, months + 1)


@given(days, st.integers(min_value=1, max_value=120))
def test_an_effect_period_ends_within_a_day_of_the_same_day_later(start: date, months: int) -> None:
    assert timedelta(0) <= add_months(start, months) - effect_end(start, months) <= timedelta(days=1)


@pytest.mark.django_db
def test_the_calendar_is_read_from_the_holiday_rows() -> None:
    from integrity.models.rules import Holiday

    calendar = calendar_for("632600")
    for row in Holiday.objects.filter(division_code=""):
        assert is_workday(row.on, calendar) or not row.is_workday
        assert row.on in calendar.holidays | calendar.makeup_days

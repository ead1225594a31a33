"""The clock of a request 期限 (信息公开条例 30–33; domain §16): first day not counted, holidays move it, pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from integrity.asking import clock, handling, intake
from integrity.choices import RequestState
from integrity.models import InformationRequest
from integrity.workdays import (
    Calendar,
    add_workdays,
    calendar_for,
    deadline_with_pauses,
    is_workday,
    workdays_between,
)
from tests.asking import scenes
from tests.integrity.scenes import refused
from tests.personas import Province

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2024, 1, 1), date(2026, 6, 30))


@given(start=DAYS, count=st.integers(1, 40), begin=st.integers(0, 60), length=st.integers(0, 40))
def test_a_pause_moves_the_end_by_its_working_days(start: date, count: int, begin: int, length: int) -> None:
    calendar = Calendar()
    pause = (start + timedelta(days=begin), start + timedelta(days=begin + length))
    plain, paused = add_workdays(start, count, calendar), deadline_with_pauses(start, count, [pause], calendar)
    assert paused is not None
    assert is_workday(paused, calendar)
    taken = workdays_between(pause[0], min(pause[1], paused), calendar) if pause[0] < paused else 0
    assert workdays_between(start, paused, calendar) == count + taken
    assert (paused == plain) == (taken == 0)


def test_twenty_working_days_over_the_national_holiday(scene: Province) -> None:
    """Received on 2026-09-18: make-up days on 9-20 and 10-10 count, 9-25 to 27 and 10-1 to 7 do not."""
    with time_machine.travel(datetime(2026, 9, 18, 2, tzinfo=UTC)):
        row = scenes.lodged(scene).request
    calendar = calendar_for("630000")
    assert row.received_on == date(2026, 9, 18)
    assert row.due_on == date(2026, 10, 22)
    assert workdays_between(row.received_on, row.due_on, calendar) == 20


@pytest.mark.parametrize(("moment", "day"), [((15, 59), date(2026, 3, 10)), ((16, 1), date(2026, 3, 11))])
def test_midnight_is_that_of_shanghai(scene: Province, moment: tuple[int, int], day: date) -> None:
    with time_machine.travel(datetime(2026, 3, 10, *moment, tzinfo=UTC)):
        assert scenes.lodged(scene).request.received_on == day


def test_the_time_of_the_third_party_does_not_count(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC)) as now:
        row = scenes.accepted(scene)
        first = row.due_on
        row = handling.consult(request=row, by=scene.request_officer, text="征求某公司意见")
        assert row.due_on is None
        assert clock.clock_of(row).due is None
        assert not row.overdue_on(date(2027, 1, 1))
        now.move_to(datetime(2026, 3, 9, 2, tzinfo=UTC))
        row = handling.hear(request=row, by=scene.request_officer, text="同意", received_on=date(2026, 3, 9))
    assert row.state == RequestState.ACCEPTED
    assert first is not None
    assert row.due_on is not None
    assert workdays_between(first, row.due_on, calendar_for("630000")) == 5


def test_waiting_longer_than_the_law_gives_the_third_party_counts(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC)) as now:
        row = scenes.accepted(scene)
        first = row.due_on
        row = handling.consult(request=row, by=scene.request_officer, text="征求意见")
        now.move_to(datetime(2026, 5, 20, 2, tzinfo=UTC))
        row = handling.hear(request=row, by=scene.request_officer, text="逾期未提出", received_on=date(2026, 5, 20))
    assert first is not None
    assert row.due_on is not None
    assert workdays_between(first, row.due_on, calendar_for("630000")) == 15


def test_a_supplement_begins_the_time_anew_and_is_asked_once(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC)) as now:
        row = scenes.lodged(scene).request
        row = handling.ask_supplement(request=row, by=scene.request_officer, text="请写明年度")
        assert row.due_on is None
        now.move_to(datetime(2026, 3, 10, 2, tzinfo=UTC))
        row = intake.supplement(request=row, text="2025年度")
        assert row.clock_from == date(2026, 3, 10)
        assert row.due_on == add_workdays(date(2026, 3, 10), 20, calendar_for("630000"))
        with refused("asked_before"):
            handling.ask_supplement(request=row, by=scene.request_officer, text="再补")


def test_a_supplement_is_asked_within_seven_working_days(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC)) as now:
        row = scenes.lodged(scene).request
        now.move_to(datetime(2026, 3, 11, 16, 1, tzinfo=UTC))  # the 12th: the eighth working day
        with refused("ask_too_late"):
            handling.ask_supplement(request=row, by=scene.request_officer, text="请写明年度")


def test_a_supplement_that_never_came_has_lapsed_although_no_job_ran(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC)) as now:
        row = handling.ask_supplement(request=scenes.lodged(scene).request, by=scene.request_officer, text="请写明年度")
        due = row.supplement_due_on
        assert due is not None
        assert row.state_on(due) == RequestState.SUPPLEMENT_ASKED
        now.move_to(datetime(due.year, due.month, due.day, 17, tzinfo=UTC))  # the day after, in Shanghai
        assert row.state_on(due + timedelta(days=1)) == RequestState.LAPSED
        with refused("supplement_late"):
            intake.supplement(request=row, text="迟到的补正")
        assert handling.lapse_due(due) == 0
        assert handling.lapse_due(due + timedelta(days=1)) == 1
    stored = InformationRequest.objects.unscoped(reason="测试读取").get(pk=row.pk)
    assert (stored.state, stored.done_on) == (RequestState.LAPSED, due)


def test_an_extension_takes_another_person_and_at_most_the_days_of_the_rule(scene: Province) -> None:
    row = handling.ask_extension(request=scenes.accepted(scene), by=scene.request_officer, text="需要检索")
    first = row.due_on
    with refused("workdays"):
        handling.decide_extension(request=row, by=scene.request_head, approved=True, workdays=21, text="同意")
    row = handling.decide_extension(request=row, by=scene.request_head, approved=True, workdays=20, text="同意")
    assert row.state == RequestState.EXTENDED
    assert first is not None
    assert row.due_on == add_workdays(first, 20, clock.calendar_of(row))


def test_what_is_overdue_is_not_made_longer(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC)) as now:
        row = handling.ask_extension(request=scenes.accepted(scene), by=scene.request_officer, text="需要检索")
        now.move_to(datetime(2026, 5, 2, 2, tzinfo=UTC))
        assert row.overdue_on(date(2026, 5, 2))
        with refused("already_overdue"):
            handling.decide_extension(request=row, by=scene.request_head, approved=True, workdays=5, text="同意")

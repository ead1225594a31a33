"""Surveys 满意度调查 (domain §17): anonymous by construction, two persons, dates decide, small cells stay hidden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.choices import Satisfaction
from integrity.exceptions import NotAdmitted
from integrity.models import LedgerEntry, Survey, SurveyCode, SurveyCount
from integrity.surveys import acts
from integrity.surveys.answers import answer
from integrity.surveys.chart import chart_of
from integrity.surveys.figures import figures_of, margin_of, targets, trend
from integrity.surveys.suppression import Table, suppressed, with_sums
from tests.asking.test_requests import everything_stored
from tests.integrity.scenes import refused
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
OPTIONS = [("满意", "satisfied"), ("不满意", "unsatisfied"), ("不了解", "not_valid")]


def made(scene: Province, **changes: Any) -> Survey:
    today = timezone.localdate()
    given: dict[str, Any] = {
        "authority": scene.bureau, "year": today.year, "title": "政务诚信满意度", "introduction": "",
        "question": "您是否满意？", "sample": "网上自愿答卷", "population": None, "mode": "device", "opens_on": today,
        "closes_on": today + timedelta(days=10), "options": OPTIONS, "groups": ["城镇居民", "农牧民", "企业"],
        "reason": "",
    }  # fmt: skip
    return acts.make(by=scene.editor, **given | changes)


def published(scene: Province, **changes: Any) -> Survey:
    return acts.publish(survey=acts.propose(survey=made(scene, **changes), by=scene.editor), by=scene.publisher)


def cell(survey: Survey, option: int = 0, group: int = 0) -> dict[str, Any]:
    return {"option": survey.options.all()[option].pk, "group": survey.groups.all()[group].pk}


def fill(survey: Survey, numbers: Sequence[tuple[int, int]]) -> None:
    """So many satisfied and not in each group."""
    for group, (good, bad) in enumerate(numbers):
        for option, number in ((0, good), (1, bad)):
            place = cell(survey, option, group)
            SurveyCount.objects.filter(survey=survey, option=place["option"], group=place["group"]).update(
                number=number
            )


# --- two persons and dates -----------------------------------------------------------------------------------


def test_an_editor_makes_it_and_another_person_publishes(scene: Province) -> None:
    row = acts.propose(survey=made(scene), by=scene.editor)
    with pytest.raises(NotAdmitted):
        acts.publish(survey=row, by=scene.editor)
    both = assigned(scene.editor, "publisher", scene.bureau)
    with refused("second_person"):
        acts.publish(survey=row, by=both)
    assert acts.publish(survey=row, by=scene.publisher).published_by == scene.publisher
    with pytest.raises(NotAdmitted):
        made(scene, authority=scene.authority)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 3, 9, 15, 59, tzinfo=UTC), False), (datetime(2026, 3, 9, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 20, 15, 59, tzinfo=UTC), True), (datetime(2026, 3, 20, 16, 0, tzinfo=UTC), False),
    ],
)  # fmt: skip
def test_it_opens_and_closes_by_its_dates_in_shanghai(scene: Province, moment: datetime, is_open: bool) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 2, tzinfo=UTC)) as now:
        row = published(scene, opens_on=date(2026, 3, 10), closes_on=date(2026, 3, 20))
        now.move_to(moment)
        if is_open:
            answer(survey=row, **cell(row))
        else:
            with refused("closed"):
                answer(survey=row, **cell(row))


# --- nobody behind an answer ---------------------------------------------------------------------------------


def test_an_answer_leaves_a_count_and_nothing_else(scene: Province) -> None:
    row = published(scene)
    ledger, before = LedgerEntry.objects.count(), everything_stored()
    browser = Client(REMOTE_ADDR="10.9.8.7", HTTP_USER_AGENT="令牌浏览器")
    done = browser.post(f"/service/surveys/{row.ref}/", cell(row))
    assert done.status_code == 201
    assert LedgerEntry.objects.count() == ledger
    after = everything_stored()
    changed = set(after.splitlines()) ^ set(before.splitlines())
    assert changed <= {"0", "1"}, changed  # one number in one cell
    assert "10.9.8.7" not in after
    assert {field.name for field in SurveyCount._meta.fields} == {"id", "survey", "option", "group", "number"}


def test_a_device_answers_once_and_every_device_carries_the_same_mark(scene: Province) -> None:
    row = published(scene)
    marks = []
    for _device in range(2):
        browser = Client()
        assert browser.post(f"/service/surveys/{row.ref}/", cell(row)).status_code == 201
        marks.append({name: morsel.value for name, morsel in browser.cookies.items()})
        again = browser.post(f"/service/surveys/{row.ref}/", cell(row))
        assert "已经答过" in again.text
    assert marks[0] == marks[1]
    assert sum(SurveyCount.objects.values_list("number", flat=True)) == 2


def test_a_code_works_once_and_its_use_leaves_no_trace(scene: Province) -> None:
    row = published(scene, mode="code")
    codes = acts.hand_out(survey=row, by=scene.editor, number=20)
    assert len(set(codes)) == 20
    stored = everything_stored()
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    answer(survey=row, code=codes[7].lower(), **cell(row))
    for code in (codes[7], "ZZZZ-ZZZZ-ZZZZ", ""):
        with refused("code"):
            answer(survey=row, code=code, **cell(row))
    assert SurveyCode.objects.count() == 19
    assert {field.name for field in SurveyCode._meta.fields} == {"digest", "survey"}
    other = published(scene, mode="code", title="另一项")
    with refused("code"):
        answer(survey=other, code=codes[3], **cell(other))


def test_a_refused_answer_does_not_use_the_code_up(scene: Province) -> None:
    row, other = published(scene, mode="code"), published(scene, title="另一项")
    (code,) = acts.hand_out(survey=row, by=scene.editor, number=1)
    with refused("option"):
        answer(survey=row, code=code, option=cell(other)["option"], group=cell(row)["group"])
    assert SurveyCode.objects.count() == 1


# --- figures -------------------------------------------------------------------------------------------------


def test_satisfaction_is_satisfied_of_valid_with_its_margin(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 2, tzinfo=UTC)) as now:
        row = published(scene, closes_on=date(2026, 3, 9), population=1000)
        fill(row, [(40, 10), (30, 10), (20, 10)])
        place = cell(row, option=2)
        SurveyCount.objects.filter(survey=row, option=place["option"], group=place["group"]).update(number=50)
        assert trend(date(2026, 3, 9)) == []  # its last day is not over
        now.move_to(datetime(2026, 3, 10, 2, tzinfo=UTC))
        (told,) = trend(date(2026, 3, 10))
        page = Client().get(f"/service/surveys/{row.ref}/").text
        years = Client().get("/service/surveys/").text
    assert (told.satisfied, told.valid, told.percent) == (90, 120, 75.0)
    assert told.margin == 7.3  # 1.96·√(0.75·0.25/120)·√(880/999)
    assert told.options == (("满意", 90), ("不满意", 30), ("不了解", 50))
    for words in ("75.0 %", "± 7.3", "您是否满意？", "网上自愿答卷", "城镇居民"):
        assert words in page, words
    for words in ("<svg", "2020 · 90%", "2017 · 80%", "<desc"):
        assert words in years, words


def test_nothing_is_told_before_the_end(scene: Province) -> None:
    row = published(scene)
    fill(row, [(40, 10), (30, 10), (20, 10)])
    assert "80.0" not in scene.browser("editor").get(f"/staff/surveys/{row.ref}/").text
    assert "75.0" not in Client().get("/service/surveys/").text


def test_a_small_sample_has_no_margin(reference: None) -> None:
    assert margin_of(20, 29, None, date(2026, 1, 1)) is None
    assert margin_of(20, 30, None, date(2026, 1, 1)) == 16.9


def test_few_dissatisfied_are_not_told_by_the_headline(scene: Province) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 2, tzinfo=UTC)):
        row = published(scene, closes_on=date(2026, 3, 9), groups=[])
        place = cell(row)
        SurveyCount.objects.filter(survey=row, option=place["option"]).update(number=98)
        SurveyCount.objects.filter(survey=row, option=cell(row, option=1)["option"]).update(number=2)
    told = figures_of(row, date(2026, 3, 10))
    assert told.satisfied is None or told.valid is None
    assert told.percent is None
    assert told.options == ()


def test_targets_are_rows_of_the_plan(reference: None) -> None:
    assert [(year, percent) for year, percent, _row in targets(date(2026, 1, 1))] == [(2017, 80), (2020, 90)]


def test_no_chart_without_figures() -> None:
    assert chart_of([], [(2020, 90)]) is None


# --- suppression ---------------------------------------------------------------------------------------------


def consistent(printed: Table, rows: int, columns: int, highest: int) -> list[tuple[int, ...]]:
    """Every table of whole numbers that agrees with what is printed: what a reader can still think."""
    found = []
    for flat in product(range(highest + 1), repeat=rows * columns):
        table = with_sums([flat[r * columns : (r + 1) * columns] for r in range(rows)])
        if all(seen is None or seen == table[r][c] for r, line in enumerate(printed) for c, seen in enumerate(line)):
            found.append(tuple(value for line in table for value in line))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=3))
def test_no_small_cell_can_be_worked_out_from_what_is_printed(rows: list[list[int]]) -> None:
    """Compared with every table there could be, not with the rule the code uses."""
    least, full = 3, with_sums(rows)
    printed = suppressed(rows, least=least)
    if printed is None:
        return
    tables = consistent(printed, len(rows), len(rows[0]), 8)
    width = len(full[0])
    for r, line in enumerate(full):
        for c, value in enumerate(line):
            if 0 < value < least:
                assert printed[r][c] is None
                assert len({table[r * width + c] for table in tables}) > 1, (rows, printed, r, c)


def test_enough_is_printed_as_it_is() -> None:
    rows = [[40, 10], [30, 10]]
    assert suppressed(rows, least=5) == with_sums(rows)


def test_one_small_cell_takes_others_with_it() -> None:
    printed = suppressed([[40, 3], [30, 10], [20, 9]], least=5)
    assert printed is not None
    hidden = {(r, c) for r, line in enumerate(printed) for c, value in enumerate(line) if value is None}
    assert (0, 1) in hidden
    assert len(hidden) >= 4  # a closed walk: two rows, two columns
    assert printed[-1] == [90, 22, 112]  # the sums stay where they can


def test_the_vocabulary_of_counting_is_closed() -> None:
    assert set(Satisfaction.values) == {"satisfied", "unsatisfied", "not_valid"}

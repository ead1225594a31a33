"""Two time axes 双时间轴: what was known, what held; against a reference that replays every row of history."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from integrity import as_of, comparing, timeline, versions, wholes
from integrity.access import Scope, scope_for
from integrity.choices import Act, CommitmentKind, FileStatus, Grade, RecordState
from integrity.models import PARTS, Commitment, Decision, GuardedModel, Honour, IntegrityFile, Post, Training, recording
from tests import factories
from tests.integrity import scenes
from tests.integrity.conftest import clock, scene
from tests.integrity.scenes import raw
from tests.personas import Province

__all__ = ["clock", "scene"]
pytestmark = pytest.mark.django_db
WHY = "更正"
KINDS: tuple[type[GuardedModel], ...] = (IntegrityFile, *(model for model, _grade in PARTS), Decision)
READERS = (
    "clerk", "reviewer", "low_clearance_clerk", "clerk_of_other_authority", "organisation_officer", "subject_himself",
    "inspector_with_case", "nobody", "system_admin",
)  # fmt: skip


def at(day: date) -> Any:
    """Everything inside is recorded at noon of that day."""
    noon = timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=12)
    return patch("django.utils.timezone.now", lambda: noon)


def on(known: date, true: date | None = None) -> as_of.Moment:
    return as_of.Moment(known, true or known)


def read(scene: Province, name: str) -> Scope:
    return scope_for(getattr(scene, name), Act.READ, purpose=scene.purpose, case=scene.case.reference)


# --- what was known ---------------------------------------------------------------------------------------------------


def training(scene: Province, title: str) -> Any:
    return factories.part(Training, scene.file, by=scene.clerk, title=title, theme="integrity", hours=2)


def retitled(row: Any, by: Any, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    with recording(by=by, reason=WHY):
        row.save()


def test_a_later_correction_is_not_known_before(scene: Province) -> None:
    day = date(2026, 7, 1)
    with at(day):
        row = training(scene, "旧名称")
    with at(day + timedelta(days=10)):
        retitled(row, scene.clerk, title="新名称")
    scope = read(scene, "clerk")

    def titles(known: date) -> list[str]:
        return [one.title for one in as_of.rows_on(Training, scope, on(known), file_id=scene.file.pk)]

    assert titles(day - timedelta(days=1)) == []
    assert titles(day) == titles(day + timedelta(days=9)) == ["旧名称"]
    assert titles(day + timedelta(days=10)) == ["新名称"]


def test_what_was_removed_meanwhile_is_there_before_and_not_after(scene: Province) -> None:
    """Of a row that is gone today nobody can say who may see it: it is not shown."""
    day = date(2026, 7, 1)
    with at(day):
        row = training(scene, "误录")
    with at(day + timedelta(days=2)), recording(by=scene.clerk, reason="误录"):
        row.delete()
    assert as_of.rows_on(Training, read(scene, "clerk"), on(day), file_id=scene.file.pk) == []


def test_a_post_holds_from_its_first_to_its_last_day(scene: Province) -> None:
    first, last = date(2020, 3, 1), date(2024, 5, 31)
    factories.part(
        Post, scene.file, by=scene.clerk, unit=scene.authority, managed_by=scene.authority, title="科员",
        from_on=first, to_on=last,
    )  # fmt: skip
    scope, today = read(scene, "clerk"), timezone.localdate()

    def there(true: date) -> bool:
        rows = as_of.rows_on(Post, scope, on(today, true), file_id=scene.file.pk)
        return any(row.title == "科员" for row in rows)

    assert [there(day) for day in (first - timedelta(1), first, last, last + timedelta(1))] == [
        False,
        True,
        True,
        False,
    ]


def test_an_honour_ends_on_the_day_it_is_revoked(scene: Province) -> None:
    factories.part(
        Honour, scene.file, by=scene.clerk, kind="model", body="省委", awarded_on=date(2022, 1, 1),
        revoked_on=date(2023, 1, 1),
    )  # fmt: skip
    scope, today = read(scene, "clerk"), timezone.localdate()
    for day, there in ((date(2021, 12, 31), 0), (date(2022, 12, 31), 1), (date(2023, 1, 1), 0)):
        assert len(as_of.rows_on(Honour, scope, on(today, day), file_id=scene.file.pk)) == there


def test_a_renamed_unit_has_its_old_name_in_the_past(scene: Province) -> None:
    day = timezone.localdate()
    was = scene.authority.name
    with at(timezone.now().date() + timedelta(days=30)):
        retitled(scene.authority, scene.clerk, name="改名后的机关")
    then = wholes.whole_on(scene.file, read(scene, "clerk"), on(day))
    assert then is not None
    assert then.holder.authority.name == was


# --- under the same scope ---------------------------------------------------------------------------------------------


def test_a_draft_of_then_stays_with_those_who_read_drafts(scene: Province) -> None:
    row = scenes.in_force(scene)
    past = Decision.history.filter(id=row.pk)
    for reader, sees in (("reviewer", True), ("subject_himself", False), ("inspector_with_case", False)):
        states = {entry.state for entry in as_of.admitted(Decision, read(scene, reader), past)}
        assert bool(states & set(RecordState.unapproved())) is sees, reader


def test_a_grade_of_then_above_the_clearance_stays_hidden(scene: Province) -> None:
    row = factories.part(
        Training, scene.file, by=scene.clerk, title="当时定级高", theme="integrity", hours=1, grade=Grade.STRICT
    )
    retitled(row, scene.clerk, grade=Grade.INTERNAL)
    past = Training.history.filter(id=row.pk)
    grades = {entry.grade for entry in as_of.admitted(Training, read(scene, "low_clearance_clerk"), past)}
    assert grades == {Grade.INTERNAL}


def test_what_is_hidden_today_is_hidden_in_the_past(scene: Province) -> None:
    day = timezone.localdate()
    assert wholes.whole_on(scene.file, read(scene, "clerk"), on(day)) is not None
    raw(scene.file, grade=Grade.STRICT + 1)
    assert wholes.whole_on(scene.file, read(scene, "clerk"), on(day)) is None


def test_a_file_that_moved_brings_its_past_to_the_new_authority(scene: Province) -> None:
    day = timezone.localdate()
    raw(scene.file, authority=scene.other_authority)
    assert wholes.whole_on(scene.file, read(scene, "clerk"), on(day)) is None
    assert wholes.whole_on(scene.file, read(scene, "clerk_of_other_authority"), on(day)) is not None


def test_a_graded_column_of_then_is_hidden_too(scene: Province) -> None:
    retitled(scene.file, scene.clerk, last_appraisal_year=1987)
    low = wholes.whole_on(scene.file, read(scene, "low_clearance_clerk"), on(timezone.localdate()))
    assert low is not None
    file: Any = low.holder
    assert "last_appraisal_year" in file.hidden


def test_a_search_finds_what_it_would_have_found(scene: Province) -> None:
    day = timezone.localdate()
    with at(day + timedelta(days=5)):
        later = factories.file(scene.authority, by=scene.clerk, status=FileStatus.ESTABLISHED)
    ids = [later.pk, scene.file.pk]
    scope = read(scene, "clerk")
    assert as_of.recheck(scope, on(day), ids) == [scene.file.pk]
    assert as_of.recheck(scope, on(day + timedelta(days=5)), ids) == ids
    assert as_of.recheck(read(scene, "nobody"), on(day), ids) == []


# --- the reference ----------------------------------------------------------------------------------------------------


def replayed(model: type[GuardedModel], scope: Scope, moment: as_of.Moment) -> set[tuple[int, int]]:
    """Row by row in Python: the newest entry before the moment, if today's row and the row as it was are let in."""
    newest: dict[int, Any] = {}
    for entry in model.history.order_by("history_id"):
        if entry.history_date < moment.until:
            newest[entry.id] = entry
    today = {row.pk: row for row in model._base_manager.all()}
    found = set()
    for pk, entry in newest.items():
        if entry.history_type == "-" or pk not in today or not scope.admits(today[pk]):
            continue
        then = entry.instance
        then.authority_id = today[pk].authority_id
        if scope.admits(then):
            found.add((pk, entry.pk))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_database_answers_as_the_reference(scene: Province, seed: int) -> None:
    dice = Random(seed)  # noqa: S311  a test's dice
    start = date(2026, 6, 2)
    rows: list[Any] = []
    for step in range(24):
        with at(start + timedelta(days=dice.randrange(3) + 3 * step)):
            turn = dice.randrange(5)
            if turn == 0 or not rows:
                rows.append(training(scene, f"课{step}"))
            elif turn == 1:
                retitled(dice.choice(rows), scene.clerk, title=f"改{step}", grade=dice.choice(list(Grade)))
            elif turn == 2:
                state = dice.choice([RecordState.DRAFT, RecordState.IN_FORCE])
                retitled(dice.choice(rows), scene.clerk, state=state, entered_by=scene.clerk)
            elif turn == 3:
                with recording(by=scene.clerk, reason=WHY):
                    rows.pop(dice.randrange(len(rows))).delete()
            else:
                place = dice.choice([scene.authority, scene.other_authority])
                retitled(dice.choice(rows), scene.clerk, authority=place)
    compared = 0
    for reader in READERS:
        scope = read(scene, reader)
        for day in (start + timedelta(days=number) for number in range(-1, 75, 6)):
            for model in KINDS:
                asked = as_of.as_known_on(model, scope, on(day).until).values_list("id", "history_id")
                assert set(asked) == replayed(model, scope, on(day)), (reader, day, model)
                compared += 1
    assert compared == len(READERS) * 13 * len(KINDS)


@pytest.mark.parametrize("seed", range(2))
def test_what_held_is_what_the_dates_say(scene: Province, seed: int) -> None:
    """The second axis against a reading of every row's dates in Python, open ends and single days included."""
    dice, first = Random(seed), date(2020, 1, 1)  # noqa: S311  a test's dice

    def day() -> date:
        return first + timedelta(days=dice.randrange(40))

    for _number in range(12):
        begun, ended = sorted((day(), day()))
        factories.part(
            Post, scene.file, by=scene.clerk, unit=scene.authority, managed_by=scene.authority, title="科员",
            from_on=dice.choice([None, begun]), to_on=dice.choice([None, ended, begun]),
        )  # fmt: skip
        factories.part(
            Commitment, scene.file, by=scene.clerk, kind=CommitmentKind.values[0], text="承诺", from_on=begun,
            to_on=dice.choice([None, ended]),
        )  # fmt: skip
        factories.part(
            Honour, scene.file, by=scene.clerk, kind="model", body="省委", awarded_on=begun,
            revoked_on=dice.choice([None, ended]),
        )  # fmt: skip
    scope, today = read(scene, "clerk"), timezone.localdate()
    for true in (first + timedelta(days=number) for number in range(-1, 42, 3)):
        for model in (Post, Commitment, Honour):
            held = set()
            rows: Any = model._base_manager.filter(file=scene.file)
            for row in rows:
                start = row.awarded_on if model is Honour else row.from_on
                last = (row.revoked_on and row.revoked_on - timedelta(1)) if model is Honour else row.to_on
                if (start or date.min) <= true <= (last or date.max):
                    held.add(row.pk)
            asked = {row.pk for row in as_of.rows_on(model, scope, on(today, true), file_id=scene.file.pk)}
            assert asked == held, (model, true)


# --- pages of history, two days side by side --------------------------------------------------------------------------


def test_history_by_pages_is_the_whole_history(scene: Province) -> None:
    for number in range(23):
        with at(date(2026, 7, 1 + number // 3)):  # several of one moment
            training(scene, f"课{number}")
    scope = read(scene, "clerk")
    whole, end = versions.versions_of(scene.file, scope, size=500)
    assert end is None
    found: list[Any] = []
    place = None
    while True:
        page, place = versions.versions_of(scene.file, scope, place, size=5)
        found += page
        if place is None:
            break
        assert len(page) == 5
    assert [(one.table, one.history_id) for one in found] == [(one.table, one.history_id) for one in whole]
    assert len({(one.table, one.history_id) for one in found}) == len(found) > 23


def test_two_days_name_what_changed_who_and_why(scene: Province) -> None:
    day = date(2026, 7, 1)
    with at(day):
        row = training(scene, "旧名称")
    with at(day + timedelta(days=5)):
        retitled(row, scene.reviewer, title="新名称")
        training(scene, "另一课")
    scope, days = read(scene, "clerk"), (on(day), on(day + timedelta(days=5)))
    found = comparing.compare(scene.file, scope, *days)
    comparing.tell(found, scene.file, scope, *days)
    (changed, new) = sorted(found, key=lambda one: one.row.pk)
    assert [(change.old, change.new) for change in changed.changes] == [("旧名称", "新名称")]
    assert [(entry.history_user, entry.history_change_reason) for entry in changed.told] == [(scene.reviewer, WHY)]
    assert new.row.title == "另一课"
    assert comparing.compare(scene.file, read(scene, "nobody"), on(day), on(day + timedelta(days=5))) == []


def test_the_page_of_a_day_says_so_and_shows_that_day(scene: Province) -> None:
    day = date(2026, 7, 1)
    with at(day):
        row = training(scene, "旧名称")
    with at(day + timedelta(days=5)):
        retitled(row, scene.clerk, title="新名称")
    address = f"/staff/files/{scene.file.ref}/on-day/"
    with at(day + timedelta(days=9)):
        browser = scene.browser("clerk")
        then = browser.get(address, {"known": day.isoformat()})
        assert "以下为截至2026年7月1日系统所载" in then.text
        assert "旧名称" in then.text
        assert "新名称" not in then.text
        today = browser.get(address)
        assert "以下为今天的档案" in today.text
        assert "新名称" in today.text
        assert browser.get(address, {"known": "2030-01-01"}).status_code == 400
        side = browser.get(f"/staff/files/{scene.file.ref}/compared/", {"earlier": day.isoformat()})
        assert "旧名称" in side.text
        assert "新名称" in side.text
        assert scene.browser("clerk_of_other_authority").get(address).status_code == 404


def test_history_tells_a_unit_by_the_name_that_it_bore(scene: Province) -> None:
    unit, today = scene.file.unit, timezone.localdate()
    assert unit is not None
    was = unit.name
    with at(today + timedelta(days=2)):
        retitled(unit, scene.clerk, name="改名后的单位")
    found, _end = versions.versions_of(scene.file, read(scene, "clerk"))
    told = {change.new for one in found for change in one.changes if change.label == "单位"}
    assert was in " ".join(told)
    assert "改名后的单位" not in " ".join(told)


def test_the_timeline_tells_through_whose_hands_it_went(scene: Province) -> None:
    row = scenes.in_force(scene)
    event = next(one for one in timeline.timeline_of(scene.file, read(scene, "reviewer")) if one.ref == row.ref)
    assert (event.by, event.document) == (f"录入：{scene.clerk}；审核：{scene.reviewer}", row.document_no)
    page = scene.browser("reviewer").get(f"/staff/files/{scene.file.ref}/timeline/")
    assert event.by in page.text

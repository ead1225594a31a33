"""Metamorphic visibility 可见性的一致性 (assurance A2, A9): whatever the way of seeing, a reader sees the same rows.

Random worlds of Hypothesis × everybody × every way of `visibility.WAYS`. The ordinary run draws a few worlds and a few
readers of each; `pytest -m long` asks VISIBILITY_WORLDS worlds (200) and VISIBILITY_READERS readers of each (0: all).
On PostgreSQL the same is asked of the second wall alone, with the application's filter replaced by "all rows".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from random import Random
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cms.site_content import load_site
from integrity.models import BreakGlass
from integrity.models.publications import PublicationQuerySet
from tests.access.faults import PLANTED
from tests.access.visibility import WAYS, Crowd, Report, compare, crowd, drawn, rolled_back
from tests.access.ways import Way
from tests.integrity import scenes, wall
from tests.personas import Province

pytestmark = pytest.mark.django_db
FEW_WORLDS, FEW_READERS = 3, 4
MANY_WORLDS = int(os.environ.get("VISIBILITY_WORLDS", "200"))
MANY_READERS = int(os.environ.get("VISIBILITY_READERS", "0"))  # 0: all
#: Personas of which each ordinary world has one at least: without them little is shown.
SEEING = ("clerk", "reviewer", "organisation_officer", "regulator", "inspector_with_case", "subject_himself")


#: A world in which each planted fault has something to show.
SHOWING_WORLD = 5
#: The readers to whom a fault is shown, until one of them sees it.
TRIED = (
    "clerk_of_other_authority",
    "regulator",
    "clerk",
    "organisation_officer",
    "reviewer",
    "subject_himself",
    "objection_officer",
    "low_clearance_clerk",
)


@pytest.fixture
def people(scene: Province) -> Crowd:
    load_site()
    return crowd(scene)


def readers(people: Crowd, dice: Random, number: int) -> list[str]:
    """Some readers and the anonymous one; all of them for 0."""
    if not number:
        return []
    names = sorted(people.accounts)
    drawn_names = {dice.choice(SEEING)} | {dice.choice(names) for _number in range(number - 1)}
    return ["", *sorted(drawn_names)]


Behind = Callable[[], AbstractContextManager[object]]


def asked(
    people: Crowd, *, worlds: int, number: int, fixed: bool, behind: Behind = nullcontext,
    without: frozenset[str] = frozenset(),
) -> Report:  # fmt: skip
    """Compare many worlds, each rolled back; nothing is shrunk, the differences say where they are."""
    report = Report()

    @settings(
        max_examples=worlds, deadline=None, database=None, derandomize=fixed, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(dice=st.randoms(use_true_random=False))
    def one_world(dice: Random) -> None:
        with rolled_back():
            world = drawn(people.scene, dice, far=behind is not nullcontext)
            visits = list(people.visits(world, readers(people, dice, number)))
            with behind():
                compare(visits, report, without=without, joined=behind is not nullcontext)
        report.worlds += 1

    one_world()
    return report


def told(report: Report, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{report.words(name)}")  # noqa: T201  the figure is the point
    assert not report.differences, "\n".join(report.differences[:40])
    assert report.lost * 5 <= report.shown, "the second wall may lose a row that is joined to a hidden one, not many"
    assert report.shown > report.worlds * 20, "a corpus in which little may be seen proves little"


def test_every_way_shows_the_same_in_a_few_worlds(people: Crowd, capsys: pytest.CaptureFixture[str]) -> None:
    told(asked(people, worlds=FEW_WORLDS, number=FEW_READERS, fixed=True), "visibility", capsys)


@pytest.mark.long
def test_every_way_shows_the_same_in_many_worlds(people: Crowd, capsys: pytest.CaptureFixture[str]) -> None:
    told(asked(people, worlds=MANY_WORLDS, number=MANY_READERS, fixed=False), "visibility", capsys)


# --- the second wall alone (PostgreSQL) -----------------------------------------------------------------------------

#: Publications are no guarded table: the staff role is not held there, the public role is (docs/second-wall.md).
UNGUARDED = frozenset({"publication", "disclosure"})


@contextmanager
def staff_wall() -> Iterator[None]:
    """The application's filter replaced by "all rows", in the role of the staff process."""
    with wall.as_staff(), wall.all_rows():
        yield


@contextmanager
def public_wall() -> Iterator[None]:
    """The public site with every publication taken for current, in the role of the public process."""
    with wall.as_public(), patch.object(PublicationQuerySet, "current", lambda self, today: self.all()):
        yield


def behind_the_wall(people: Crowd, *, worlds: int, number: int, fixed: bool) -> Report:
    for row in BreakGlass.objects.all():
        scenes.raw(row, closes_at=timezone.now() + timedelta(days=25_000))  # by the database's clock, too
    with wall.as_staff():
        pass  # the roles of the database are made once, not once a world
    return asked(people, worlds=worlds, number=number, fixed=fixed, behind=staff_wall, without=UNGUARDED)


@pytest.mark.postgres
def test_the_second_wall_alone_in_a_few_worlds(people: Crowd, capsys: pytest.CaptureFixture[str]) -> None:
    told(behind_the_wall(people, worlds=FEW_WORLDS, number=FEW_READERS, fixed=True), "second wall alone", capsys)


@pytest.mark.postgres
@pytest.mark.long
def test_the_second_wall_alone_in_many_worlds(people: Crowd, capsys: pytest.CaptureFixture[str]) -> None:
    report = behind_the_wall(people, worlds=MANY_WORLDS, number=MANY_READERS, fixed=False)
    told(report, "second wall alone", capsys)


@pytest.mark.postgres
def test_the_public_role_alone_shows_what_is_current(people: Crowd, capsys: pytest.CaptureFixture[str]) -> None:
    ways = [way for way in WAYS if way.name.startswith(("register", "public search"))]
    report = Report()
    with wall.as_public():
        pass  # the roles of the database are made once, not once a world
    for seed in range(4):
        with rolled_back():
            world = drawn(people.scene, Random(seed), holders=4, far=True)  # noqa: S311  a world, no secret
            with public_wall():
                compare(people.visits(world, [""]), report, ways)
        report.worlds += 1
    with capsys.disabled():
        print(f"\n{report.words('public role alone')}")  # noqa: T201  the figure is the point
    assert not report.differences, "\n".join(report.differences)
    assert report.shown


@pytest.mark.postgres
def test_without_the_wall_all_rows_would_show(people: Crowd) -> None:
    """The same broken application in the role of a superuser: the comparison is not blind to it."""
    ways = [way for way in WAYS if way.name in ("list", "page", "search", "file: history")]
    with rolled_back():
        world = drawn(people.scene, Random(SHOWING_WORLD), holders=4)  # noqa: S311  a world, no secret
        with wall.all_rows():
            report = compare(people.visits(world, ["clerk_of_other_authority"]), Report(), ways, without=UNGUARDED)
    assert report.beyond > 0
    assert all(_reported(way, report) for way in ways), report.differences


# --- the proof bites ------------------------------------------------------------------------------------------------


def test_every_way_has_a_planted_fault() -> None:
    assert {name for planted in PLANTED for name in planted.ways} == {way.name for way in WAYS}


def test_each_planted_fault_is_seen(people: Crowd) -> None:
    """One fixed world, each fault by itself: every way it names reports a difference for some reader."""
    blind: list[str] = []
    with rolled_back():
        world = drawn(people.scene, Random(SHOWING_WORLD), holders=4)  # noqa: S311  a world, no secret
        for planted in PLANTED:
            waiting = [way for way in WAYS if way.name in planted.ways]
            names = [""] if waiting[0].public else TRIED
            with planted.fault():
                for name in names if waiting else ():
                    report = compare(people.visits(world, [name]), Report(), waiting)
                    waiting = [way for way in waiting if not _reported(way, report)]
                    if not waiting:
                        break
            blind += [f"{way.name} under {planted.ways}" for way in waiting]
    assert not blind, "\n".join(blind)


def _reported(way: Way, report: Report) -> bool:
    return any(difference.startswith(f"{way.name}: ") for difference in report.differences)

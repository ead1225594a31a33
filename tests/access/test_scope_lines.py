"""Lines of a scope 访问范围逐条 (decision 0014): the pieces a list is asked in, and whom a row is about."""

from __future__ import annotations

from typing import Any

import pytest

from integrity.access import Scope, scope_for
from integrity.choices import Act, Role
from integrity.models import Account, Assignment, GuardedModel, IntegrityFile, Publication, Recusal
from tests import factories
from tests.access.test_rule_lines import publication, reaches
from tests.factories import saved
from tests.integrity import scenes
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
MOST = 24  # pieces; above, one search through everything is quicker


def rows_in(scope: Scope, model: type[GuardedModel] = IntegrityFile) -> set[Any]:
    return set(model.objects.within(scope))


def pieces_of(account: Account, model: type[GuardedModel] = IntegrityFile) -> list[set[Any]]:
    """The rows of each piece of what somebody lists."""
    return [rows_in(piece, model) for piece in scope_for(account, Act.LIST).pieces(model)]


# --- pieces ------------------------------------------------------------


def test_an_office_at_two_authorities_lists_them_one_by_one(scene: Province) -> None:
    assigned(scene.clerk, Role.CLERK, scene.other_authority)
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    assert pieces_of(scene.clerk) == [{scene.file}, {foreign}]


def test_the_own_file_is_a_piece_beside_those_of_the_office(scene: Province) -> None:
    """Whoever has an office and a file lists both: the own file is no authority's piece, and is not lost."""
    officer = assigned(scene.subject_himself, Role.REVIEWER, scene.authority)
    other = factories.file(scene.authority, by=scene.clerk)
    assert pieces_of(officer) == [{other}, {scene.file}]


def test_an_office_without_such_rows_is_no_piece(scene: Province) -> None:
    """A publisher lists no files: a clerk who publishes too has the pieces of a clerk."""
    both = assigned(scene.clerk, Role.PUBLISHER, scene.authority)
    assert pieces_of(both) == []  # one it is already
    assigned(both, Role.CLERK, scene.other_authority)
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    assert pieces_of(both) == [{scene.file}, {foreign}]


def test_no_piece_has_whom_one_keeps_away_from(scene: Province) -> None:
    assigned(scene.clerk, Role.CLERK, scene.other_authority)
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    saved(Recusal(account=scene.clerk, subject=scene.person, reason="同学"))
    assert pieces_of(scene.clerk) == [set(), {foreign}]


@pytest.mark.parametrize(
    ("authorities", "pieces"), [(0, 0), (1, 0), (2, 2), (MOST, MOST), (MOST + 1, 0)],
    ids=["nothing", "one piece", "two", "as many as may be", "too many"],
)  # fmt: skip
def test_one_piece_or_too_many_are_asked_whole(scene: Province, authorities: int, pieces: int) -> None:
    offices = [
        Assignment(account=scene.clerk, role=Role.CLERK, authority_id=number, clearance=4)
        for number in range(authorities)
    ]
    scope = scope_for(scene.clerk, Act.LIST, assignments=offices)
    assert len(scope.pieces(IntegrityFile)) == pieces


# --- whom a row is about ------------------------------------------------------------


def test_a_publication_that_names_no_source_yet_is_about_nobody(scene: Province) -> None:
    """Recusal keeps from persons; the table takes no publication without a source, a form may hold one."""
    record = scenes.practitioner(scene)
    saved(Recusal(account=scene.publisher, subject=record.subject, reason="亲属"))
    scope = scope_for(scene.publisher, Act.READ)
    assert scope.admits(Publication(authority=record.authority, profession=record.profession))
    assert not reaches(scene.publisher, publication(record, scene))

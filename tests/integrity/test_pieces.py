"""The pieces of a scope 分块 (decision 0014): a list is asked and counted piece by piece; together they are it."""

from __future__ import annotations

import pytest

from integrity.access import scope_for
from integrity.choices import Act, Grade, Role
from integrity.models import IntegrityFile
from integrity.views.paging import count_of
from tests import factories
from tests.access.world import targets
from tests.integrity.test_wall import guarded
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db


def test_the_pieces_of_a_scope_are_the_scope(scene: Province) -> None:
    """Each list is asked and counted piece by piece: together they have the rows of the scope, each counted once."""
    targets(scene)
    wide = scene.organisation_officer
    for place, grade in ((scene.other_authority, Grade.INTERNAL), (scene.authority, Grade.SENSITIVE)):
        assigned(wide, Role.CLERK, place, clearance=grade)
    factories.file(scene.other_authority, by=scene.clerk)
    apart = 0
    for name in (*Province.SEE, *Province.DO_NOT_SEE):
        case = scene.case if name.startswith("inspector") else None
        scope = scope_for(getattr(scene, name), Act.LIST, purpose="审查调查" if case else "", case=case)
        for model in guarded():
            rows = model.objects.within(scope)
            pieces = [model.objects.within(piece) for piece in scope.pieces(model)]
            found = {row.pk for piece in pieces for row in piece}
            assert not pieces or found == {row.pk for row in rows}, (name, model)
            assert count_of(rows, pieces, 1000) == rows.count(), (name, model)
            apart += len(pieces)
    assert apart > 20
    scope = scope_for(wide, Act.LIST)
    pieces = [IntegrityFile.objects.within(piece) for piece in scope.pieces(IntegrityFile)]
    assert any(count_of(IntegrityFile.objects.within(scope), pieces[:n] + pieces[n + 1 :], 1000)
               < IntegrityFile.objects.within(scope).count() for n in range(len(pieces)))  # fmt: skip

"""The door of recorded writes knows a statement in every spelling that a database takes."""

from __future__ import annotations

import pytest
from django.db import connection

from integrity.exceptions import ClosedDoor
from integrity.models import IntegrityFile
from tests.personas import Province

pytestmark = pytest.mark.django_db

SPELLINGS = [
    "UPDATE INTEGRITY_INTEGRITYFILE SET name = 'x'",
    "UPDATE \"Integrity_IntegrityFile\" SET name = 'x'",
    "UPDATE/**/integrity_integrityfile SET name = 'x'",
    "UPDATE /* of a row */ integrity_integrityfile SET name = 'x'",
    "UPDATE -- of a row\n integrity_integrityfile SET name = 'x'",
    "UPDATE `integrity_integrityfile` SET name = 'x'",
    "UPDATE [integrity_integrityfile] SET name = 'x'",
    "UPDATE main . integrity_integrityfile SET name = 'x'",
    "/*wall open*/ UPDATE integrity_integrityfile SET name = 'x'",
    "REPLACE INTO INTEGRITY_INTEGRITYFILE SELECT * FROM integrity_integrityfile",
    "DELETE FROM INTEGRITY_ReadEntry WHERE 1 = 0; UPDATE integrity_integrityfile SET name = 'x'",
    "SELECT 1; UPDATE integrity_integrityfile SET name = 'x'",
    "UPDATE U&\"integrity\\005fintegrityfile\" SET name = 'x'",
]


@pytest.mark.parametrize("statement", SPELLINGS)
def test_no_spelling_of_a_change_passes_without_history(scene: Province, statement: str) -> None:
    with pytest.raises(ClosedDoor), connection.cursor() as cursor:
        cursor.execute(statement)
    assert IntegrityFile.objects.unscoped(reason="test").get(pk=scene.file.pk).name == scene.file.name


def test_words_in_a_text_are_no_statement_and_no_comment(scene: Province) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '-- of a row; no more'")
        assert cursor.fetchone() == ("-- of a row; no more",)

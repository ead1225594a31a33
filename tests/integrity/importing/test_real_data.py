"""The real data sets (INTEGRITY_DATA): no row unaccounted for. They name real people and stay outside the tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from integrity.choices import RowOutcome
from integrity.importing import run
from integrity.models import (
    Account,
    Decision,
    ImportBatch,
    ImportedRow,
    IntegrityFile,
    Organisation,
    PractitionerRecord,
    Rejection,
    Subject,
    SubjectName,
)
from integrity.names import name_key

pytestmark = pytest.mark.real_data


def _file(name: str) -> Path:
    path = Path(settings.INTEGRITY_DATA) / name
    if not path.is_file():
        pytest.skip(f"REAL DATA ABSENT: {path} (set INTEGRITY_DATA)")
    return path


def _accounted(batch: ImportBatch) -> None:
    assert batch.read == batch.total
    assert batch.read == batch.created + batch.changed + batch.unchanged + batch.rejected
    rows = ImportedRow.objects.filter(batch=batch)
    assert rows.count() == batch.read
    refused = set(rows.filter(outcome=RowOutcome.REJECTED).values_list("number", flat=True))
    assert refused == set(Rejection.objects.filter(batch=batch).values_list("number", flat=True))


def test_officials(clerk: Account, authority: Organisation) -> None:
    """Bare CR, a date header that lies, prose: everyone arrives, only final judgments become drafts (H3), no H8."""
    batch = run(_file("cped-officials/background1.csv"), "cped-officials", by=clerk, authority=authority)
    _accounted(batch)
    assert (batch.read, batch.rejected) == (4057, 0)
    assert IntegrityFile.objects.unscoped(reason="测试").count() == Subject.objects.count() == 4057
    drafts = Decision.objects.unscoped(reason="测试")
    assert set(drafts.values_list("state", flat=True)) == {"draft"}
    assert 150 < drafts.filter(kind="judgment").count() < 175
    for raw in ImportedRow.objects.filter(batch=batch).values_list("raw", flat=True):
        assert not {"民族", "籍贯省", "籍贯市", "籍贯县/区", "性别"} & set(raw)
        assert SubjectName.objects.filter(key=name_key(raw["姓名"])).exists()
    again = run(_file("cped-officials/background1.csv"), "cped-officials", by=clerk, authority=authority)
    assert again.pk == batch.pk
    other = run(_file("cped-officials/no_background2.csv"), "cped-no-background", by=clerk, authority=authority)
    _accounted(other)
    assert (other.read, other.unchanged, other.rejected) == (134, 134, 0)
    assert other.created == 0, "the same source keys: these people are on file already"


def test_physicians_in_two_layouts(regulator: Account, authority: Organisation, physician: Any) -> None:
    """The second layout finds the first one's people and facts."""
    first = run(_file("ny-medical-discipline/medMis.csv"), "ny-medical", by=regulator, authority=authority)
    _accounted(first)
    assert (first.read, first.created, first.changed, first.unchanged, first.rejected) == (6849, 6498, 70, 7, 274)
    people = PractitionerRecord.objects.unscoped(reason="测试").count()
    second = run(
        _file("ny-medical-discipline/medical_misconduct.csv"), "ny-medical-flags", by=regulator, authority=authority
    )
    _accounted(second)
    # New are facts the first layout does not have; refused are institutions, rows without a licence, other names.
    assert (second.read, second.created, second.changed, second.unchanged, second.rejected) == (2908, 16, 8, 2709, 175)
    accepted = second.read - second.rejected
    assert second.unchanged / accepted > 0.9
    assert PractitionerRecord.objects.unscoped(reason="测试").count() - people < accepted * 0.05


def test_members_and_their_misconduct(clerk: Account, authority: Organisation) -> None:
    """An unresolved accusation is refused, and its words are not kept (H3)."""
    batch = run(
        _file("congress-misconduct/misconduct-instances.csv"), "congress-misconduct", by=clerk, authority=authority
    )
    _accounted(batch)
    assert (batch.read, batch.created, batch.changed, batch.unchanged, batch.rejected) == (508, 247, 1, 0, 260)
    refused = ImportedRow.objects.filter(batch=batch, outcome=RowOutcome.REJECTED)
    assert refused.count() >= 17
    assert all(set(raw) <= {"person"} for raw in refused.values_list("raw", flat=True))

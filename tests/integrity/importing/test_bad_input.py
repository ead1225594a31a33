"""Bad input 错误输入: a clear error with place and remedy, nothing stored half (N7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from integrity.importing import ImportRefused, load_profile, run
from integrity.importing.readers import Layout, open_source
from integrity.models import Account, ImportBatch, ImportedRow, Organisation, Rejection, Subject, SubjectIdentifier
from tests.integrity.importing.sheets import (
    HEADER,
    bomb,
    csv_file,
    identity_number,
    people_profile,
    person,
    workbook,
)


def _refused(path: Path, clerk: Account, authority: Organisation, profile: Any = None) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        run(path, profile or people_profile(), by=clerk, authority=authority)
    assert Subject.objects.count() == 0
    assert not ImportBatch.objects.exists()
    assert caught.value.message
    return caught.value


def test_truncated_workbook(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *[person(n) for n in range(300)]])
    path.write_bytes(path.read_bytes()[:-2000])
    refused = _refused(path, clerk, authority)
    assert refused.code == "truncated"
    assert "a.xlsx" in refused.message


def test_wrong_profile_names_the_one_that_fits(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    path = csv_file(tmp_path / "a.csv", [["1", "示例"]], header=["colour", "taste"])
    assert _refused(path, clerk, authority).code == "wrong_profile"


def test_renamed_column_names_the_nearest(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    header = [text.replace("通知日期", "通知本人日期") for text in HEADER]
    refused = _refused(csv_file(tmp_path / "a.csv", [person(1)], header=header), clerk, authority)
    assert refused.code == "missing_column"
    assert "通知日期" in refused.message
    assert "最接近的是“通知本人日期”" in refused.message


def test_unknown_and_duplicate_columns(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    more = csv_file(tmp_path / "a.csv", [[*person(1), "x"]], header=[*HEADER, "备注"])
    assert _refused(more, clerk, authority).code == "unknown_column"
    twice = csv_file(tmp_path / "b.csv", [[*person(1), "x"]], header=[*HEADER, "姓名"])
    assert _refused(twice, clerk, authority).code == "duplicate_header"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03binary\x00\xff" * 30, b"%PDF-1.7 ..", b"\x1f\x8b\x08zzzz"])
def test_not_a_table(tmp_path: Path, clerk: Account, authority: Organisation, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    _refused(path, clerk, authority)


def test_a_quote_that_never_closes_is_found_before_row_one(
    tmp_path: Path, clerk: Account, authority: Organisation
) -> None:
    path = csv_file(tmp_path / "a.csv", [person(n) for n in range(3000)])
    path.write_text(path.read_text(encoding="utf-8") + '"P9,没有结束', encoding="utf-8")
    assert _refused(path, clerk, authority).code == "csv_broken"


def test_bomb(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    assert _refused(bomb(tmp_path / "a.xlsx"), clerk, authority).code == "bomb"


def test_one_row_with_30_february(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    path = csv_file(tmp_path / "a.csv", [person(1), person(2, 通知日期="2026-02-30"), person(3)])
    batch = run(path, people_profile(), by=clerk, authority=authority)
    assert (batch.read, batch.created, batch.rejected) == (3, 2, 1)
    rejection = Rejection.objects.get(batch=batch)
    assert (rejection.number, rejection.column, rejection.value) == (3, "通知日期", "2026-02-30")
    assert rejection.remedy
    assert Subject.objects.count() == 2


def _template_row(**changes: Any) -> tuple[list[str], list[Any]]:
    profile = load_profile("template-servants")
    values = {
        "姓名": "示例甲", "公民身份号码": identity_number(), "单位": "63-ORG", "职务": "科员",
        "人员类别": "公务员", "人员状态": "在职",
    } | changes  # fmt: skip
    return [column.header for column in profile.columns], [values.get(column.header, "") for column in profile.columns]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (identity_number()[:-1] + "?", "号码"),
        (110101199003074514, "数字"),
        (1.10101199003074514e17, "数字"),
        ("=A1", "公式"),
        ("110101202501011234", "号码"),
    ],
)
def test_identity_cells_that_cannot_be_trusted(
    tmp_path: Path, clerk: Account, authority: Organisation, cell: Any, rule: str
) -> None:
    """A number cell has lost what follows the 15th digit; a wrong check digit is a wrong person."""
    header, row = _template_row(公民身份号码=cell)
    path = workbook(tmp_path / "a.xlsx", [header, row])
    batch = run(path, "template-servants", by=clerk, authority=authority)
    assert (batch.read, batch.rejected) == (1, 1)
    rejection = Rejection.objects.get(batch=batch)
    assert rejection.column == "公民身份号码"
    assert rule in rejection.rule
    assert "11010119900307" not in rejection.value + str(ImportedRow.objects.get(batch=batch).raw)
    assert Subject.objects.count() == 0


def test_an_identity_number_is_stored_encrypted_and_nowhere_else(
    tmp_path: Path, clerk: Account, authority: Organisation
) -> None:
    header, row = _template_row()
    batch = run(workbook(tmp_path / "a.xlsx", [header, row]), "template-servants", by=clerk, authority=authority)
    assert batch.created == 1, list(Rejection.objects.values())
    identifier = SubjectIdentifier.objects.unscoped(reason="测试").get()
    assert identifier.number() == identity_number()
    assert identity_number() not in str(ImportedRow.objects.get(batch=batch).raw)


@pytest.mark.real_data
def test_awkward_files_never_crash_the_reader() -> None:
    """csv-spectrum and messytables' horror files: read, or refused with a reason."""
    root = Path(settings.INTEGRITY_DATA) / "conformance-vectors"
    if not root.is_dir():
        pytest.skip(f"REAL DATA ABSENT: {root} (set INTEGRITY_DATA)")
    read, refusals = 0, []
    for path in [*sorted((root / "csv-spectrum/csvs").iterdir()), *sorted((root / "spreadsheets").iterdir())]:
        try:
            with open_source(path, Layout()) as source:
                assert sum(1 for _row in source.rows) == source.total
                read += 1
        except ImportRefused as refused:
            refusals.append(refused)
    assert read >= 25
    assert all(refused.remedy for refused in refusals)

"""Runs 导入过程: every row accounted for, the same file once, a crash continues, nothing within another's scope."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrity.choices import BatchState, FileStatus, RecordState
from integrity.importing import ImportRefused, load_profile, parse_profile, preview, resume, run, runs
from integrity.importing.report import rejected_workbook
from integrity.importing.template import make_template
from integrity.importing.writer import write_chunk
from integrity.models import (
    Account,
    Appraisal,
    ImportBatch,
    ImportedRow,
    IntegrityFile,
    MatchProposal,
    Organisation,
    Rejection,
    Subject,
    SubjectName,
    recording,
)
from tests.integrity.importing.sheets import PROFILE, csv_file, people_profile, person


def _counts(batch: ImportBatch) -> tuple[int, int, int, int, int]:
    assert batch.read == batch.created + batch.changed + batch.unchanged + batch.rejected
    assert ImportedRow.objects.filter(batch=batch).count() == batch.read
    return batch.read, batch.created, batch.changed, batch.unchanged, batch.rejected


def _files() -> Any:
    return IntegrityFile.objects.unscoped(reason="测试")


def test_everything_lands_as_draft_with_history_and_without_h8(
    tmp_path: Path, clerk: Account, authority: Organisation
) -> None:
    batch = run(
        csv_file(tmp_path / "a.csv", [person(n) for n in range(5)]), people_profile(), by=clerk, authority=authority
    )
    assert _counts(batch) == (5, 5, 0, 0, 0)
    file = _files().first()
    assert (file.status, file.entered_by, file.batch, file.authority) == (FileStatus.DRAFT, clerk, batch, authority)
    appraisals = Appraisal.objects.unscoped(reason="测试")
    assert set(appraisals.values_list("state", flat=True)) == {RecordState.DRAFT}
    assert IntegrityFile.history.count() == _files().count() == 5
    assert SubjectName.history.count() == 5
    assert "某族" not in str(list(ImportedRow.objects.values_list("raw", flat=True)))


def test_the_same_content_again_writes_nothing(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    first = run(csv_file(tmp_path / "a.csv", [person(1)]), people_profile(), by=clerk, authority=authority)
    again = run(csv_file(tmp_path / "other name.csv", [person(1)]), people_profile(), by=clerk, authority=authority)
    assert again.pk == first.pk
    assert again.message
    assert ImportBatch.objects.count() == 1


def test_a_second_file_changes_drafts_only(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    """What is established is changed by an act, never by a spreadsheet."""
    run(csv_file(tmp_path / "a.csv", [person(n) for n in range(3)]), people_profile(), by=clerk, authority=authority)
    held = _files().order_by("pk").first()
    held.status, held.established_on = FileStatus.ESTABLISHED, held.recorded_at.date()
    with recording(by=clerk, reason="测试"):
        held.save()
    rows = [person(0, 职务="主任"), person(1, 职务="主任"), person(2), person(3)]
    batch = run(csv_file(tmp_path / "b.csv", rows), people_profile(), by=clerk, authority=authority)
    assert _counts(batch) == (4, 1, 1, 1, 1)
    assert "变更决定" in Rejection.objects.get(batch=batch).remedy
    changed = _files().get(post_title="主任")
    assert changed.history.count() == 2
    held.refresh_from_db()
    assert held.post_title == "科员"


def test_equal_rows_of_one_file_and_equal_keys_with_other_names(
    tmp_path: Path, clerk: Account, authority: Organisation
) -> None:
    rows = [person(1), person(1), person(1, 姓名="另一某人")]
    batch = run(csv_file(tmp_path / "a.csv", rows), people_profile(), by=clerk, authority=authority)
    assert _counts(batch) == (3, 1, 0, 1, 1)
    assert Subject.objects.count() == 1


def test_an_equal_name_is_proposed_never_linked(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    """H17."""
    rows = [person(1, 姓名="示例·某某"), person(2, 姓名="示例某某")]
    batch = run(csv_file(tmp_path / "a.csv", rows), people_profile(), by=clerk, authority=authority)
    assert Subject.objects.count() == 2
    proposal = MatchProposal.objects.get(batch=batch)
    assert proposal.same_person is None


def test_a_crash_between_chunks_continues(
    tmp_path: Path, clerk: Account, authority: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CHUNK_ROWS", 10)
    written = write_chunk
    calls: list[int] = []

    def crash(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("disk full")
        written(*args, **kwargs)

    monkeypatch.setattr(runs, "write_chunk", crash)
    path = csv_file(tmp_path / "a.csv", [person(n) for n in range(45)])
    with pytest.raises(OSError, match="disk full"):
        run(path, people_profile(), by=clerk, authority=authority)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.read) == (BatchState.INTERRUPTED, 20)
    assert _files().count() == 20
    path.unlink()  # the kept copy is enough
    done = resume(batch, by=clerk)
    assert (done.state, done.stored) == (BatchState.DONE, "")
    assert _counts(done) == (45, 45, 0, 0, 0)
    assert _files().count() == 45


def test_a_preview_and_a_dry_run_leave_nothing(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    path = csv_file(tmp_path / "a.csv", [person(1), person(2, 通知日期="31/31/2026")])
    seen = preview(path, people_profile(), by=clerk, authority=authority)
    assert (seen.total, seen.counts["created"], seen.counts["rejected"]) == (2, 1, 1)
    assert seen.problems[0][1].column == "通知日期"
    assert ("民族", "不得采集（H8）") in seen.ignored
    trial = run(path, people_profile(), by=clerk, authority=authority, dry_run=True)
    assert (trial.read, trial.created, trial.rejected) == (2, 1, 1)
    assert not ImportBatch.objects.exists()
    assert not Subject.objects.exists()


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_accounted_for_whatever_comes(
    tmp_path: Path, clerk: Account, authority: Organisation, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """read = created + changed + unchanged + rejected, over chunks, repeats, conflicts and uneven rows (N7)."""
    monkeypatch.setattr(runs, "CHUNK_ROWS", 7)
    chance = random.Random(seed)  # noqa: S311  test data, the same each time
    mistakes: list[dict[str, str]] = [
        {}, {}, {"通知日期": "2026-02-30"}, {"姓名": ""}, {"编号": ""}, {"等次": "甲"}, {"职务": "x" * 200},
        {"职务": "主任"},
        {"姓名": "另一某人"}, {"考核年度": "二〇二五"}, {"机关": ""}, {"姓名": "示\ue000例"},
    ]  # fmt: skip
    rows = [person(chance.randrange(20), **chance.choice(mistakes)) for _row in range(60)]
    rows[10] = rows[10][:-1]
    rows[20] = [*rows[20], "多出"]
    rows.insert(30, [])
    batch = run(csv_file(tmp_path / "a.csv", rows), people_profile(), by=clerk, authority=authority)
    assert _counts(batch)[0] == batch.total == 60
    refused = ImportedRow.objects.filter(batch=batch, outcome="rejected").values_list("number", flat=True)
    assert set(refused) == set(Rejection.objects.filter(batch=batch).values_list("number", flat=True))
    assert _files().count() == Subject.objects.count() == Subject.history.filter(history_type="+").count()


def test_only_within_ones_own_scope(
    tmp_path: Path, clerk: Account, regulator: Account, authority: Organisation
) -> None:
    with pytest.raises(ImportRefused) as caught:
        run(csv_file(tmp_path / "a.csv", [person(1)]), people_profile(), by=regulator, authority=authority)
    assert caught.value.code == "not_admitted"
    assert not Subject.objects.exists()


def test_the_command_accounts_for_every_row_in_its_last_line(
    tmp_path: Path, clerk: Account, authority: Organisation
) -> None:
    (tmp_path / "p.toml").write_text(PROFILE, encoding="utf-8")
    path = csv_file(tmp_path / "a.csv", [person(1), person(2, 等次="甲")])
    out = io.StringIO()
    call_command(
        "import_batch", str(path), profile=str(tmp_path / "p.toml"), by="clerk", stdout=out, stderr=io.StringIO()
    )
    assert out.getvalue().splitlines()[-1] == "read 2 = created 1 + changed 0 + unchanged 0 + rejected 1"
    with pytest.raises(CommandError, match="没有方案"):
        call_command("import_batch", str(path), profile="nothing", by="clerk", stdout=out)


def test_the_report_of_refused_rows_is_harmless(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    """N10: nothing a stranger typed runs in the officer's spreadsheet."""
    from openpyxl import load_workbook

    path = csv_file(tmp_path / "a.csv", [person(1, 通知日期='=HYPERLINK("http://x")'), person(2, 等次="@SUM(1)")])
    batch = run(path, people_profile(), by=clerk, authority=authority)
    sheet = load_workbook(io.BytesIO(rejected_workbook(batch))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert len(list(sheet.iter_rows())) == 3
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(str(cell.value).startswith(("=", "@")) for cell in cells)


@pytest.mark.parametrize("name", ["template-servants", "template-practitioners"])
def test_an_untouched_template_is_read_as_its_profile(
    tmp_path: Path, clerk: Account, regulator: Account, authority: Organisation, physician: Any, name: str
) -> None:
    """What is offered is what is read; the example sheet is never imported."""
    path = tmp_path / "template.xlsx"
    path.write_bytes(make_template(load_profile(name)))
    by = clerk if name.endswith("servants") else regulator
    assert preview(path, name, by=by, authority=authority).total == 0


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (('to = "person.name"', 'to = "person.ethnicity"'), "person.ethnicity"),
        (('header = "职务"', 'header = "民族成分"'), "H8"),
        (('"优秀" = "excellent"', '"优秀" = "superb"'), "superb"),
        (('type = "number"', 'type = "nummer"'), "nummer"),
        (('formats = ["%Y-%m-%d"]', ""), "formats"),
        (('model = "appraisal"', 'model = "publication"'), "publication"),
        (('to = "file.post_title"', 'to = "file.status"'), "file.status"),
        (("[person]", "[person"), "line"),
    ],
)
def test_a_profile_with_a_mistake_says_which(mistake: tuple[str, str], said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        parse_profile(PROFILE.replace(*mistake))

"""The ledger over real tables: nothing is written without its leaf, and what is changed behind it is named (B3, B4)."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.utils import DatabaseError

from integrity.exceptions import ClosedDoor
from integrity.ledger import checking, checkpoints, merkle, note, tree
from integrity.ledger.appending import Leaf, append
from integrity.ledger.looking import Break
from integrity.ledger.spreading import in_order
from integrity.ledger.values import recorded_tables
from integrity.ledger.verifier import main, verify_export
from integrity.models import LedgerCheckpoint, LedgerEntry, LedgerTile, ReadEntry, ReadSubject
from tests import factories
from tests.integrity.conftest import clock, scene
from tests.personas import Province
from tests.shadow import tampering

__all__ = ["clock", "scene"]
pytestmark = pytest.mark.django_db


def signed() -> LedgerCheckpoint:
    return checkpoints.sign_now(private=settings.LEDGER_KEY)


def breaks(*outside: str) -> list[Break]:
    return checking.verify(outside).breaks


def test_every_history_row_and_every_reading_has_its_leaf(lived: Province, capsys: pytest.CaptureFixture[str]) -> None:
    rows = sum(model._base_manager.count() for model in recorded_tables())
    assert LedgerEntry.objects.count() == rows
    assert ReadEntry.objects.count() > 0
    assert breaks() == []
    with capsys.disabled():
        print(f"\nledger: {rows} rows, {LedgerEntry.objects.count()} leaves, 0 breaks")  # noqa: T201


def test_a_write_that_is_taken_back_takes_its_leaf_back(scene: Province) -> None:
    before = LedgerEntry.objects.count()
    with transaction.atomic():
        factories.subject("示例")
        assert LedgerEntry.objects.count() > before
        transaction.set_rollback(True)
    assert LedgerEntry.objects.count() == before


def test_more_leaves_grow_the_same_tree(lived: Province) -> None:
    first = LedgerCheckpoint.objects.latest()
    factories.subject("后来的人")
    second = signed()
    assert second.size > first.size
    proof = merkle.consistency_proof(first.size, second.size, tree.stored_subtrees())
    merkle.check_consistency(first.size, second.size, bytes(first.root), bytes(second.root), proof)
    assert breaks(first.note, second.note) == []


def test_the_doors_of_the_ledger_are_closed(lived: Province) -> None:
    entry = LedgerEntry.objects.order_by("position").first()
    assert entry is not None
    with pytest.raises(ClosedDoor):
        entry.save()
    with pytest.raises(ClosedDoor):
        LedgerEntry.objects.all().delete()
    for statement in (
        "UPDATE integrity_ledgerentry SET leaf = leaf",
        "UPDATE integrity_ledgerentry SET position = position + 1",
        "DELETE FROM integrity_ledgerentry",
        "UPDATE integrity_ledgercheckpoint SET note = ''",
        "DELETE FROM integrity_ledgertile",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_verifier_of_its_own_says_the_same(
    lived: Province, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.jsonl"
    call_command("export_ledger", file)
    key = checkpoints.public_line_of(settings.LEDGER_KEY)
    assert main([str(file), "--key", key]) == 0
    assert "entries hold" in capsys.readouterr().out
    lines = file.read_text(encoding="utf-8").splitlines()
    number = next(number for number, text in enumerate(lines) if "河湟廉政课" in text)
    lines[number] = lines[number].replace("河湟廉政课", "河湟廉改课")
    for workers in (1, 2):
        found = verify_export(iter(lines), [key], workers=workers).breaks
        assert [(one.table, one.field) for one in found] == [("integrity_historicaltraining", "title")]


def test_a_checkpoint_after_its_leaves_is_no_checkpoint(lived: Province, tmp_path: Path) -> None:
    """The program reads once and keeps the edge of the tree alone: what could no longer be compared is a break."""
    factories.subject("后来的人")
    signed()
    file, key = tmp_path / "export.jsonl", checkpoints.public_line_of(settings.LEDGER_KEY)
    call_command("export_ledger", file)
    first, newest, *leaves = file.read_text(encoding="utf-8").splitlines()
    assert verify_export([first, newest, *leaves], [key]).breaks == []
    assert verify_export([first, *leaves, newest], [key]).breaks == []
    found = verify_export([newest, *leaves, first], [key]).breaks
    assert [(one.table, one.field) for one in found] == [("checkpoint", "size")]


def test_parts_come_back_in_order_whoever_did_them() -> None:
    assert list(in_order(abs, range(-50, 0), workers=2)) == list(range(50, 0, -1))
    assert list(in_order(abs, range(-50, 0), workers=1)) == list(range(50, 0, -1))


def test_commands_name_the_break_and_end_with_one(lived: Province, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_ledger")
    assert "entries hold" in capsys.readouterr().out
    raw("UPDATE integrity_training SET title = '改' WHERE title = '河湟廉政课'")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")
    assert ended.value.code == 1
    assert "integrity_training" in capsys.readouterr().out


def raw(statement: str, parameters: Any = ()) -> int:
    """Whoever has the database prompt: triggers are off for him, and no door is in his way."""
    with tampering(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


# --- tampering ------------------------------------------------------------------------------------------------


@pytest.fixture
def prompt(lived: Province) -> Province:
    """The database without its triggers."""
    tables = [model._meta.db_table for model in recorded_tables() + LEDGER] + [ReadSubject._meta.db_table]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of its rows wait
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    return lived


LEDGER: list[type[models.Model]] = [LedgerEntry, LedgerTile, LedgerCheckpoint]
EDITS = int(os.environ.get("LEDGER_EDITS", "40"))


def other(field: Any, value: Any, dice: random.Random) -> Any:
    """The stored value with one byte, digit or day changed; None where there is nothing to change."""
    if value is None or value == "" or value == b"" or isinstance(field, models.JSONField):
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, (bytes, memoryview)):
        plain = bytearray(value)
        plain[dice.randrange(len(plain))] ^= 1 << dice.randrange(8)
        return bytes(plain)
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 1 << dice.randrange(128))
    if isinstance(value, str) and field.get_internal_type() in ("CharField", "TextField"):
        place = dice.randrange(len(value))
        changed = "改" if value[place] != "改" and len(value.encode()) < 60 else "X" if value[place] != "X" else "Y"
        return value[:place] + changed + value[place + 1 :]
    return None


def test_each_edit_behind_the_archive_is_found_and_named(prompt: Province, capsys: pytest.CaptureFixture[str]) -> None:
    """One value of one row at a time: over history, read log, leaves, subtrees and checkpoints (assurance B3)."""
    dice = random.Random(20260402)  # noqa: S311  a test's dice
    places = [
        (model, field)
        for model in recorded_tables() + LEDGER
        for field in model._meta.concrete_fields
        if not field.primary_key and not (field.is_relation and model in LEDGER)
    ]
    tried: Counter[str] = Counter()
    missed, unnamed = [], []
    while sum(tried.values()) < EDITS:
        model, field = dice.choice(places)
        rows: Any = model._base_manager.order_by("pk").values_list("pk", field.attname)
        held = [(pk, changed) for pk, value in rows if (changed := other(field, value, dice)) is not None]
        if not held:
            places.remove((model, field))
            continue
        pk, changed = dice.choice(held)
        label = f"{model._meta.db_table}.{field.column}"
        with transaction.atomic():
            if not edited(model, field, pk, changed):
                transaction.set_rollback(True)
                continue
            tried[model._meta.db_table] += 1
            found = breaks()
            transaction.set_rollback(True)
        if not found:
            missed.append(label)
        elif model not in LEDGER and not any(
            one.table == model._meta.db_table and one.field == field.attname for one in found
        ):
            unnamed.append(f"{label}: {found[:2]}")
    with capsys.disabled():
        print(f"\ntamper: {sum(tried.values())} edits over {len(tried)} tables, "  # noqa: T201
              f"{len(missed)} missed, {len(unnamed)} not named")  # fmt: skip
    assert (missed, unnamed) == ([], [])
    assert breaks() == []


def edited(model: type[models.Model], field: Any, pk: Any, value: Any) -> bool:
    """Whether the database took the edit: a constraint may refuse it."""
    quote = connection.ops.quote_name
    table, column, key = (quote(name) for name in (model._meta.db_table, field.column, str(model._meta.pk.column)))
    statement = f"UPDATE {table} SET {column} = %s WHERE {key} = %s"  # noqa: S608
    try:
        with transaction.atomic():
            return raw(statement, [field.get_db_prep_save(value, connection), pk]) == 1
    except DatabaseError:
        return False


ATTACKS: dict[str, list[str]] = {
    "a history row is deleted": ["DELETE FROM integrity_historicaltraining WHERE title = '河湟廉政课'"],
    "a row is inserted into history": [
        "INSERT INTO integrity_historicalsubjectname ({columns}) SELECT {columns} FROM integrity_historicalsubjectname "
        "WHERE history_id = (SELECT min(history_id) FROM integrity_historicalsubjectname)"
    ],
    "two rows are swapped": [
        "UPDATE integrity_historicalsubject SET name = CASE name WHEN '示例1' THEN '示例2' ELSE '示例1' END "
        "WHERE name IN ('示例1', '示例2')"
    ],
    "a row is dated back": ["UPDATE integrity_historicaltraining SET history_date = '2020-01-01 00:00:00'"],
    "a row is given to another officer": [
        "UPDATE integrity_historicaltraining SET history_user_id = (SELECT max(id) FROM integrity_account)"
    ],
    "a row is moved to another person": [
        "UPDATE integrity_historicaltraining SET subject_id = (SELECT id FROM integrity_subject WHERE name = '示例1')"
    ],
    "the tail is cut": [
        "DELETE FROM integrity_historicalsubject WHERE history_id > (SELECT max(history_id) - 20 FROM "
        "integrity_historicalsubject)",
        "DELETE FROM integrity_ledgerentry WHERE position > (SELECT max(position) - 300 FROM integrity_ledgerentry)",
    ],
    "the checkpoints are cut with it": [
        "DELETE FROM integrity_ledgerentry WHERE position > (SELECT max(position) - 300 FROM integrity_ledgerentry)",
        "DELETE FROM integrity_ledgercheckpoint",
    ],
    "today's row is rewritten": ["UPDATE integrity_training SET title = '改' WHERE title = '河湟廉政课'"],
    "today's row is deleted": ["DELETE FROM integrity_training WHERE title = '河湟廉政课'"],
    "a line of the read log is taken out": [
        "DELETE FROM integrity_readsubject WHERE entry_id = (SELECT min(entry_id) FROM integrity_readsubject)"
    ],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found(prompt: Province, attack: str) -> None:
    """With the newest checkpoint in somebody else's hands."""
    outside = LedgerCheckpoint.objects.latest().note
    history = next(model for model in recorded_tables() if model._meta.db_table == "integrity_historicalsubjectname")
    columns = ", ".join(str(field.column) for field in history._meta.concrete_fields if not field.primary_key)
    changed = sum(raw(statement.format(columns=columns)) for statement in ATTACKS[attack])
    assert changed > 0
    assert breaks(outside) != []


def test_the_whole_chain_rewritten_without_the_key_is_found(prompt: Province) -> None:
    """Rows, leaves, subtrees: all made anew by somebody who has everything but the signing key."""
    outside = LedgerCheckpoint.objects.latest().note
    raw("UPDATE integrity_historicaltraining SET title = '改' WHERE title = '河湟廉政课'")
    raw("UPDATE integrity_training SET title = '改' WHERE title = '河湟廉政课'")
    for table in LEDGER:
        raw(f"DELETE FROM {table._meta.db_table}")  # noqa: S608
    for model in recorded_tables():
        rows: Any = model._base_manager.order_by("pk")
        if model is not ReadEntry:
            append(model, [Leaf(str(row.id), row.pk, row.history_type, row.history_date, row.__dict__) for row in rows])
    with pytest.raises(note.NoteError):
        note.read(checkpoints.sign_now(private=bytes(range(32))).note, checkpoints.trusted_keys())
    assert any(one.table == "checkpoint" for one in breaks(outside))
    assert breaks() != []


def test_an_older_backup_is_found_by_the_newest_checkpoint(lived: Province) -> None:
    with transaction.atomic():
        factories.subject("后来的人")
        newest = signed().note
        transaction.set_rollback(True)
    assert breaks() == []
    assert [(one.table, one.field) for one in breaks(newest)] == [("checkpoint", "size")]


BAD_CELLS = {
    "a text where bytes stand": (
        "integrity_historicalsubject",
        "birth_date_token",
        "'x'",
        "integrity_historicalsubject",
    ),
    "a day that is none": (
        "integrity_historicaldecision",
        "decided_on",
        "'2026-13-45'",
        "integrity_historicaldecision",
    ),
    "a word where money stands": ("integrity_penalty", "fine_amount", "'x'", "integrity_penalty"),
    "a moment that is none": ("integrity_ledgerentry", "at", "'x'", "integrity_"),
    "salts cut short": ("integrity_ledgerentry", "salts", "substr(salts, 1, 16)", "integrity_"),
    "commitments as a text": ("integrity_ledgerentry", "commitments", "'x'", "integrity_"),
    "a proof that is nothing": ("integrity_ledgercheckpoint", "proof", "'null'", "checkpoint"),
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only on SQLite: PostgreSQL takes no value of another kind")
@pytest.mark.parametrize("cell", BAD_CELLS)
def test_a_cell_of_another_kind_is_named_and_hides_no_other_fault(prompt: Province, cell: str) -> None:
    """SQLite takes anything into any column; one such cell must not blind the verifier."""
    table, column, value, named = BAD_CELLS[cell]
    if table == "integrity_ledgercheckpoint":
        signed()  # after the one before, to which its proof leads
    raw("UPDATE integrity_historicaltraining SET title = '改' WHERE title = '河湟廉政课'")
    last = f"SELECT max(rowid) FROM {table}"  # noqa: S608
    assert raw(f"UPDATE {table} SET {column} = {value} WHERE rowid = ({last})") == 1  # noqa: S608
    found = breaks(LedgerCheckpoint.objects.earliest().note)
    assert any(one.table.startswith(named) for one in found)
    assert any((one.table, one.field) == ("integrity_historicaltraining", "title") for one in found)

"""Erasure 删除: value, history and salt go; the tree still verifies; nobody erases past two persons (PIPL 47)."""

# ruff: noqa: S608  the attacks are statements
from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from integrity import erasures
from integrity.erasing import act
from integrity.ledger import checking
from integrity.models import LedgerEntry, Training
from integrity.models.door import writing
from tests.erasure.conftest import CANARY, approved, asked, signed
from tests.integrity.scenes import refused
from tests.personas import Province

pytestmark = pytest.mark.django_db


def breaks(*outside: str) -> list[str]:
    return [str(one) for one in checking.verify(outside).breaks]


def run() -> act.Report:
    return act.carry_out_due()


def test_one_field_goes_and_everything_verifies(scene: Province, training: Training) -> None:
    erasure = approved(scene, training)
    assert breaks() == []
    report = run()
    assert (len(report.done), report.columns, report.versions) == (1, 2, 3)
    training.refresh_from_db()
    assert (training.title, training.raw, int(training.hours)) == ("〔已删除〕", "", 4)
    told = list(Training.history.filter(id=training.pk).order_by("history_id"))
    assert {(one.title, one.raw) for one in told} == {("〔已删除〕", "")}
    assert len(told) == 4
    assert str(erasure.ref) in told[-1].history_change_reason
    assert CANARY not in told[-1].history_change_reason
    signed()
    assert breaks() == []
    erasure.refresh_from_db()
    assert erasure.state == "done"
    assert run().done == []  # again does nothing new


def test_without_approval_nothing_goes(scene: Province, training: Training) -> None:
    asked(scene, training)
    assert run().done == []
    training.refresh_from_db()
    assert training.title == CANARY


def test_two_persons_none_of_them_about_oneself(scene: Province, training: Training) -> None:
    erasure = asked(scene, training)
    with refused("same_person"):
        erasures.decide(erasure=erasure, by=scene.reviewer, approved=True, reason="可以")


STATEMENTS = {
    "a value": "UPDATE integrity_historicaltraining SET title = '' WHERE id = {pk}",
    "another value": "UPDATE integrity_historicaltraining SET title = '改' WHERE id = {pk}",
    "another column": "UPDATE integrity_historicaltraining SET organiser = '' WHERE id = {pk}",
    "a code": "UPDATE integrity_historicaltraining SET theme = '' WHERE id = {pk}",
    "a date": "UPDATE integrity_historicaltraining SET history_date = '2020-01-01 00:00:00' WHERE id = {pk}",
    "another row": "UPDATE integrity_historicalsubjectname SET text = ''",
    "a salt": "UPDATE integrity_ledgerentry SET salts = {zero} WHERE \"table\" = 'integrity_historicaltraining'",
    "another row's salt": (
        "UPDATE integrity_ledgerentry SET salts = {zero} WHERE \"table\" = 'integrity_historicalsubject'"
    ),
    "a row": "DELETE FROM integrity_historicaltraining WHERE id = {pk}",
}


def attempt(statement: str, pk: int) -> str:
    zero = "zeroblob(length(salts))" if connection.vendor == "sqlite" else "decode(repeat('00', length(salts)), 'hex')"
    try:
        with transaction.atomic(), writing(), connection.cursor() as cursor:
            cursor.execute(statement.format(pk=pk, zero=zero))
            transaction.set_rollback(True)
    except DatabaseError:
        return "refused"
    return "done"


@pytest.mark.parametrize("state", ["nothing asked", "asked", "approved", "carried out"])
def test_the_triggers_let_pass_what_an_approved_erasure_names(scene: Province, training: Training, state: str) -> None:
    """The value of a named column may become empty, between approval and act, and nothing else ever."""
    if state == "asked":
        asked(scene, training)
    elif state != "nothing asked":
        approved(scene, training)
    if state == "carried out":
        run()
    passed = {what for what, statement in STATEMENTS.items() if attempt(statement, training.pk) == "done"}
    assert passed == ({"a value"} if state == "approved" else set())


def behind(statements: list[str]) -> None:
    from tests.ledger.test_ledger import raw

    for statement in statements:
        assert raw(statement) > 0


@pytest.fixture
def no_triggers(scene: Province, training: Training) -> Training:
    tables = ["integrity_historicaltraining", "integrity_ledgerentry", "integrity_historicalerasure"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'append\\_only%%' "
                "AND tgrelid::regclass::text = ANY(%s)", [tables]
            )  # fmt: skip
            for table, name in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'shadow%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    return training


def zeroed(training: Training, *names: str) -> None:
    """The salts of columns of all leaves of a row taken at the database prompt."""
    from django.db import models

    from integrity.ledger.values import names_of

    table = "integrity_historicaltraining"
    every = names_of(Training.history.model)
    for leaf in LedgerEntry.objects.filter(table=table, row_pk=str(training.pk)):
        salts = bytearray(leaf.salts)
        for name in names:
            place = every.index(name) * 16
            salts[place : place + 16] = bytes(16)
        models.QuerySet(LedgerEntry).filter(pk=leaf.pk).update(salts=bytes(salts))


ATTACKS: dict[str, tuple[str, Any]] = {
    "value and salt go without any erasure": ("nothing", "was erased without an approved erasure"),
    "a request that nobody approved": ("asked", "was erased without an approved erasure"),
    "approved and never carried out": ("approved", "was erased without an approved erasure"),
    "another field beside the lawful one": ("beside", "was erased without an approved erasure"),
    "an erased value is written anew": ("refilled", "holds a value although it was erased"),
    "the value alone is emptied": ("value", "not what was committed to"),
    "the erasure is said to be of another person": ("same person", "not what was committed to"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_erasure_past_the_rule_is_a_break(scene: Province, no_triggers: Training, attack: str) -> None:
    how, said = ATTACKS[attack]
    pk = no_triggers.pk
    empty = [f"UPDATE integrity_historicaltraining SET title = '〔已删除〕' WHERE id = {pk}",
             f"UPDATE integrity_training SET title = '〔已删除〕' WHERE id = {pk}"]  # fmt: skip
    if how in ("asked",):
        asked(scene, no_triggers)
    if how in ("approved", "beside", "refilled", "same person"):
        approved(scene, no_triggers)
    if how in ("beside", "refilled", "same person"):
        run()
        assert breaks() == []
    match how:
        case "beside":
            behind([f"UPDATE integrity_historicaltraining SET organiser = '' WHERE id = {pk}",
                    f"UPDATE integrity_training SET organiser = '' WHERE id = {pk}"])  # fmt: skip
            zeroed(no_triggers, "organiser")
        case "refilled":
            first = f"(SELECT min(history_id) FROM integrity_historicaltraining WHERE id = {pk})"
            behind([f"UPDATE integrity_historicaltraining SET title = '编造' WHERE history_id = {first}"])
        case "same person":
            behind(["UPDATE integrity_historicalerasure SET decided_by_id = asked_by_id WHERE state = 'done'"])
        case "value":
            behind(empty)
        case _:
            behind(empty)
            zeroed(no_triggers, "title")
    signed()
    found = breaks()
    assert any(said in one for one in found), found[:5]

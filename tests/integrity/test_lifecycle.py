"""Lifecycle 状态机 (design §4, domain §15): what the tables do not name is refused, and nobody else moves a state."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from typing import Any

import pytest

from integrity import decisions, publications
from integrity.choices import (
    ErasureState,
    FileStatus,
    HoldState,
    PublicationState,
    RecordState,
    RequestState,
    SurveyState,
)
from integrity.lifecycle.disclosure_request import REQUEST_FOR_INFORMATION
from integrity.lifecycle.engine import Machine, Step, move, refusals
from integrity.lifecycle.erasure import ERASURE, HOLD
from integrity.lifecycle.file import FILE
from integrity.lifecycle.publication import PUBLICATION
from integrity.lifecycle.record import RECORD
from integrity.lifecycle.survey import SURVEY
from integrity.models import Decision
from tests.integrity import scenes, source
from tests.integrity.scenes import raw, refused
from tests.personas import Province

MACHINES: list[tuple[Machine, Any]] = [
    (FILE, FileStatus), (RECORD, RecordState), (PUBLICATION, PublicationState), (ERASURE, ErasureState),
    (HOLD, HoldState), (REQUEST_FOR_INFORMATION, RequestState), (SURVEY, SurveyState),
]  # fmt: skip
UNNAMED = [
    (machine, state, name)
    for machine, states in MACHINES
    for state in states
    for name in dict.fromkeys(entry.name for entry in machine.moves)
    if not any(entry.name == name and state in entry.sources for entry in machine.moves)
]


@pytest.mark.parametrize(("machine", "state", "name"), UNNAMED, ids=lambda value: str(getattr(value, "name", value)))
def test_a_move_the_table_does_not_name_is_refused(machine: Machine, state: str, name: str) -> None:
    with refused("no_such_move"):
        machine.find(name, state)


def test_the_tables_are_over_their_vocabularies() -> None:
    assert len(UNNAMED) > 100
    for machine, states in MACHINES:
        named = {state for entry in machine.moves for state in (*entry.sources, entry.target)}
        assert named <= set(states), machine.name
        assert named == set(states), machine.name  # no state that cannot be reached or left
        starts = [(entry.name, state) for entry in machine.moves for state in entry.sources]
        assert len(starts) == len(set(starts)), machine.name  # one answer for a name and a state


def test_adverse_states_are_left_by_two_persons_or_by_the_date() -> None:
    """H18: whatever ends or undoes an approved record asks for a second person, a document's act, or its end date."""
    for entry in RECORD.moves:
        if entry.target in (RecordState.APPROVED, RecordState.REVOKED, RecordState.SUSPENDED):
            assert "second_person" in {need.__name__ for need in entry.needs}, entry.name
        if entry.target == RecordState.VOIDED and RecordState.IN_FORCE in entry.sources:
            assert "second_person" in {need.__name__ for need in entry.needs}
        if entry.target in (RecordState.EXPIRED, RecordState.LIFTED):
            assert [need.__name__ for need in entry.needs] == ["end_passed"]


# --- nobody else assigns a state ------------------------------------------------------------------------------------

#: Rows that are not yet, or not any more, a machine's: each with its reason.
ASSIGNERS = {
    "integrity/demo/": "builds rows in every state at once, with history, for show",
    "integrity/importing/runs.py": "BatchState of an import, which is no legal life",
}
STATE_COLUMNS = {"state", "status"}


def assigned_states(trees: Any) -> set[str]:
    found = set()
    for name, tree in trees:
        for node in ast.walk(tree):
            targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign | ast.AugAssign):
                targets = [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr in STATE_COLUMNS:
                    found.add(name)
            if source.called(node) == "setattr" and isinstance(node, ast.Call):
                second = node.args[1]
                if isinstance(second, ast.Constant) and second.value in STATE_COLUMNS:
                    found.add(name)
    return found


def test_the_engine_alone_assigns_a_state() -> None:
    found = {
        name for name in assigned_states(source.modules(packages=("integrity",)))
        if not name.startswith(tuple(ASSIGNERS)) and not name.startswith("integrity/models/")
    }  # fmt: skip
    assert found == set()
    planted = ast.parse("row.state = 'approved'")
    assert assigned_states([("integrity/views/fault.py", planted)]) == {"integrity/views/fault.py"}
    assert assigned_states([("x.py", ast.parse("setattr(row, 'status', 1)"))]) == {"x.py"}


def test_no_act_gives_a_state_as_a_change() -> None:
    """`move(changes=…)` carries who and when; the state is the table's."""
    for name, tree in source.modules(packages=("integrity",)):
        for node in ast.walk(tree):
            for keyword in getattr(node, "keywords", []) if isinstance(node, ast.Call) else []:
                if keyword.arg == "changes" and isinstance(keyword.value, ast.Dict):
                    keys = {key.value for key in keyword.value.keys if isinstance(key, ast.Constant)}
                    assert not keys & STATE_COLUMNS, name


# --- the engine ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_state_that_counts_is_the_one_in_the_database(scene: Province) -> None:
    row = scenes.submitted(scene)
    stale = Decision.objects.unscoped(reason="测试").get(pk=row.pk)
    decisions.return_to_author(row=row, by=scene.reviewer, reason="补正")
    assert stale.state == RecordState.SUBMITTED
    with refused("no_such_move"):
        decisions.approve(row=stale, by=scene.reviewer)


@pytest.mark.django_db
def test_a_double_submit_is_one_submit(scene: Province) -> None:
    row = scenes.submitted(scene)
    with refused("no_such_move"):
        decisions.submit(row=row, by=scene.clerk)


@pytest.mark.django_db
def test_all_unmet_needs_are_told_at_once(scene: Province) -> None:
    row = scenes.submitted(scene, document=None, deciding_authority=None, bases=())
    found = refusals(RECORD, "approve", Step(row=row, by=scene.clerk, on=scenes.TODAY, reason=""))
    assert {"second_person", "document_missing", "authority_missing", "basis_missing"} <= {one.code for one in found}


@pytest.mark.django_db
def test_a_forged_move_by_the_engine_itself_still_asks_the_needs(scene: Province) -> None:
    row = scenes.in_force(scene)
    with refused("not_over"):
        move(RECORD, row, "lift", by=None, reason="期满")
    with refused("reason_missing"):
        move(RECORD, row, "revoke", by=scene.reviewer, reason=" ")


@pytest.mark.django_db
def test_the_end_is_a_date_and_the_job_only_writes_it_down(scene: Province, clock: Any) -> None:
    lifted = scenes.in_force(scene)
    expired = scenes.penalty_in_force(scene)
    waiting = scenes.published(scene)
    assert lifted.effective_to is not None
    clock.move_to(f"{(lifted.effective_to + timedelta(days=1)).isoformat()}T08:00:00+08:00")
    from django.core.management import call_command

    call_command("expire_due")
    for row, state in ((lifted, RecordState.LIFTED), (expired, RecordState.EXPIRED)):
        row.refresh_from_db()
        assert row.state == state
    waiting.refresh_from_db()
    assert waiting.ends_on is not None
    assert (waiting.state == PublicationState.WITHDRAWN) == (waiting.ends_on < lifted.effective_to)
    assert decisions.expire_due() == 0  # again: nothing left to do
    assert publications.withdraw_expired() == 0


@pytest.mark.django_db
def test_one_bad_row_is_named_by_the_database_not_moved(scene: Province) -> None:
    row = scenes.draft(scene)
    assert raw(row, state=RecordState.VOIDED) == 1  # an entry error needs no proof
    row.refresh_from_db()
    with refused("no_such_move"):
        decisions.submit(row=row, by=scene.clerk)


# --- the page says what the tables do --------------------------------------------------------------------------------


def table_of(machine: Machine) -> list[str]:
    """The lines of docs/lifecycle.md for one machine; run this file to print them."""
    lines = [f"<!-- {machine.name} -->", "| Move | From | To | Needs |", "|---|---|---|---|"]
    for entry in machine.moves:
        needs = ", ".join(f"`{need.__name__}`" for need in entry.needs) or "—"
        sources = ", ".join(str(state.value) for state in entry.sources)  # type: ignore[attr-defined]
        target = str(entry.target.value)  # type: ignore[attr-defined]
        lines.append(f"| `{entry.name}` {entry.label} | {sources} | {target} | {needs} |")
    return lines


@pytest.mark.parametrize("machine", [machine for machine, _ in MACHINES], ids=lambda machine: machine.name)
def test_docs_lifecycle_equals_the_code(machine: Machine) -> None:
    text = (source.REPOSITORY / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {machine.name} -->\n(?:\|.*\n)+", text)
    assert found is not None
    assert found.group(0).splitlines() == table_of(machine)

"""The engine of all state machines 状态机引擎 (design §4): the only code that assigns a state.

A table (`record.py`, `publication.py`, `file.py`) reads aloud: `Move("publish", NOTICED → PUBLISHED, needs=(…))`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.exceptions import MoveRefused
from integrity.models import Account, recording

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Step:
    """What a need is asked about: the locked row, who moves it (None: the system, by date), and when."""

    row: Any
    by: Account | None
    on: date
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A need that is not met: a reason code, a sentence for the user, the article."""

    code: str
    message: str
    article: str = ""
    field: str = ""


Need = Callable[[Step], Refusal | None]


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a state table 状态迁移."""

    name: str
    sources: tuple[str, ...]
    target: str
    needs: tuple[Need, ...] = ()
    label: Any = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """A state table 状态表 over one column."""

    name: str
    column: str
    moves: tuple[Move, ...]

    def find(self, name: str, state: str) -> Move:
        for move in self.moves:
            if move.name == name and state in move.sources:
                return move
        raise MoveRefused("no_such_move", _("当前状态不能执行此操作：%(state)s") % {"state": state})

    def offered(self, state: str) -> Iterator[Move]:
        """Moves that start from this state, whatever their needs say."""
        return (move for move in self.moves if state in move.sources)


def refusals(machine: Machine, name: str, step: Step) -> list[Refusal]:
    """Every need of the move that is not met, for a form that shows all of them at once."""
    found = machine.find(name, getattr(step.row, machine.column))
    return [refusal for need in found.needs if (refusal := need(step)) is not None]


@transaction.atomic
def move(
    machine: Machine,
    row: Row,
    name: str,
    *,
    by: Account | None,
    reason: str,
    document: str = "",
    acting_for: Account | None = None,
    on: date | None = None,
    changes: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
) -> Row:
    """Lock the row, find the move, ask each need, assign, save with actor and reason.

    `changes` are columns that belong to the same step (who approved, until when) and are seen by the needs.
    The state that counts is the one in the database, not the one in the caller's hands.
    """
    locked: Row = type(row)._base_manager.select_for_update().get(pk=row.pk)
    for column, value in (changes or {}).items():
        setattr(locked, column, value)
    state = getattr(locked, machine.column)
    found = machine.find(name, state)
    step = Step(row=locked, by=by, on=on or timezone.localdate(), reason=reason, facts=facts or {})
    for need in found.needs:
        refusal = need(step)
        if refusal is not None:
            raise MoveRefused(refusal.code, refusal.message, article=refusal.article, field=refusal.field)
    setattr(locked, machine.column, found.target)
    with recording(by=by, reason=reason, document=document, acting_for=acting_for):
        locked.save()
    row.refresh_from_db()
    return row

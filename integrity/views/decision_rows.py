"""Decisions as they are read on a day 决定的当日状态: by dates, not by whether a job has run (H5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from integrity import decisions
from integrity.access import Scope
from integrity.choices import RecordState
from integrity.models import Decision, IntegrityFile
from integrity.views.base import scoped_rows


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision with the state its dates give it, and whether its period is running."""

    row: Decision
    state: RecordState
    running: bool


def as_of_day(row: Decision, day: date) -> DecisionRow:
    state = decisions.state_on(row, day)
    begun = row.effective_from is None or row.effective_from <= day
    windowed = row.effective_to is not None or row.permanent
    return DecisionRow(row, state, state in RecordState.effective() and begun and windowed)


def as_of_today(row: Decision) -> DecisionRow:
    return as_of_day(row, timezone.localdate())


def decision_rows(file: IntegrityFile, scope: Scope, limit: int = 200) -> list[DecisionRow]:
    rows: Any = scoped_rows(Decision, scope).filter(file=file)
    return [as_of_today(row) for row in rows.select_related("deciding_authority", "matter", "document")[:limit]]

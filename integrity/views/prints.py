"""Pages for paper 打印页: a file, a decision; who printed it, for which unit, when, what for, and how it is graded.

Opened through access like the page on the screen, as a door of its own: the read log tells paper from screen. What
hangs on a file (parts, decisions) has its own lines too, since paper carries all of it away.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from integrity import access
from integrity.choices import Act, Grade, ObjectionState
from integrity.models import Decision, IntegrityFile, Objection, Remedy
from integrity.views.base import ScopedDetail, scoped_rows
from integrity.views.columns import RECORDS, facts_of
from integrity.views.decision_rows import as_of_today, decision_rows
from integrity.views.part_columns import PartTable, highest_grade, part_tables


class Paper(ScopedDetail, abstract=True):
    """What every printed page carries beside the record."""

    def context(self) -> dict[str, Any]:
        reading, account = self.scope(Act.READ), self.account
        printed = self.printed()
        rows = [self.row, *printed.pop("rows")]
        return printed | {
            "facts": facts_of(self.row, RECORDS[self.model]),
            "printed_by": str(account),
            "printed_unit": str(account.organisation or ""),
            "printed_at": timezone.localtime(),
            "purpose": access.purpose_for(reading, reading.clause_for(self.row)),
            "case": reading.case.reference if reading.case is not None else "",
            "grade": Grade(max(row.grade for row in rows)),
        }

    def printed(self) -> dict[str, Any]:
        """What hangs on the record; `rows` are those that the grade of the paper counts."""
        raise NotImplementedError

    def objections(self, **of: Any) -> list[Any]:
        """Open ones: who reads the paper later must know that something in it is disputed."""
        rows = scoped_rows(Objection, self.scope(Act.READ)).filter(state__in=ObjectionState.open(), **of)
        found = list(rows)
        self.log(Objection, found)
        return found

    def log(self, model: type[Model], rows: list[Any]) -> None:
        if rows:
            access.log_read(self.scope(Act.READ), door=self.door, model=model, rows=rows, request=self.request)


class FilePrint(Paper):
    """A file on paper 档案打印页: base facts, parts, decisions, open objections; no identity number."""

    model = IntegrityFile
    related = ("unit", "authority")
    template_name = "integrity/print/file.html"

    def printed(self) -> dict[str, Any]:
        reading = self.scope(Act.READ)
        tables: list[PartTable] = part_tables(self.row, reading)
        rows = [row for table in tables for row, _cells in table.lines]
        for model in {type(row) for row in rows}:
            self.log(model, [row for row in rows if isinstance(row, model)])
        decided = highest_grade(self.row, reading) >= Grade.STRICT
        decisions = decision_rows(self.row, reading) if decided else []
        self.log(Decision, [line.row for line in decisions])
        return {
            "rows": rows + [line.row for line in decisions],
            "tables": tables,
            "decided": decided,
            "decisions": decisions,
            "objections": self.objections(file=self.row),
            "back_url": reverse("staff:file", args=[self.row.ref]),
        }


class DecisionPrint(Paper):
    """A decision on paper 决定打印页: what it says, what it rests on, what was done about it."""

    model = Decision
    related = ("file", "file__unit", "deciding_authority", "matter", "entered_by", "approved_by")
    template_name = "integrity/print/decision.html"

    def printed(self) -> dict[str, Any]:
        reading = self.scope(Act.READ)
        remedies = list(scoped_rows(Remedy, reading).filter(decision=self.row))
        self.log(Remedy, remedies)
        return {
            "rows": [],
            "line": as_of_today(self.row),
            "remedies": remedies,
            "objections": self.objections(decision=self.row),
            "back_url": reverse("staff:decision", args=[self.row.ref]),
        }

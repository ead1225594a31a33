"""Which columns of each part a page shows, and the tables of a file's page 分项表."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from integrity.access import Scope
from integrity.models import (
    PARTS,
    Appraisal,
    Assessment,
    Breach,
    Commitment,
    FilePart,
    Honour,
    IntegrityFile,
    IntegrityNote,
    Licence,
    ListEntry,
    Objection,
    PenaltyRemedy,
    PersonalMattersReport,
    Post,
    PractitionerCommitment,
    PractitionerHonour,
    Qualification,
    Remedy,
    Statement,
    Training,
    UseEntry,
)
from integrity.templatetags.archive import date_zh
from integrity.views.base import scoped_rows

COLUMNS: dict[type[FilePart], tuple[str, ...]] = {
    Post: ("unit", "title", "category", "leading_post", "rank", "from_on", "to_on", "document_no"),
    PersonalMattersReport: ("year", "kind", "due_on", "filed_on", "check_kind", "result", "document_no"),
    IntegrityNote: ("kind", "held_on", "body", "text", "document_no"),
    Appraisal: ("year", "result", "reason", "body", "notice_on", "document_no"),
    Breach: ("finding_kind", "body", "found_on", "text", "document_no"),
    Training: ("theme", "title", "organiser", "hours", "completed_on"),
    Honour: ("kind", "title", "body", "awarded_on", "revoked_on", "document_no"),
    Commitment: ("kind", "text", "from_on", "to_on", "outcome", "finding"),
    Statement: ("text", "made_on"),
    UseEntry: ("asked_by", "purpose", "given", "used_on", "document_no"),
}
_REMEDY = ("kind", "body", "filed_on", "outcome", "decided_on", "document_no")
#: Of what hangs on a whole besides the parts of a file, for its page of a day.
OTHER_COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Licence: ("title", "number", "issuer", "scope", "unit_name", "valid_from", "valid_to", "licence_state"),
    Qualification: ("title", "number", "issuer", "issued_on", "licence_state"),
    Assessment: ("period", "result", "body", "decided_on"),
    PractitionerHonour: ("title", "body", "awarded_on", "revoked_on"),
    PractitionerCommitment: ("text", "made_on", "outcome"),
    ListEntry: ("list_type", "document_no", "deciding_authority", "listed_on", "ends_on", "removed_on"),
    Objection: ("kind", "lodged_on", "due_on", "closed_on"),
    Remedy: _REMEDY,
    PenaltyRemedy: _REMEDY,
}


def shown(row: Any, column: str) -> str:
    """A column in words: the choice's label, a date, or the value."""
    display = getattr(row, f"get_{column}_display", None)
    value = display() if display else getattr(row, column)
    if value is None:
        return ""
    return date_zh(value) if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True)
class PartTable:
    """One part of a file as a compact table."""

    label: str
    title: str
    heads: list[str]
    lines: list[tuple[Any, list[tuple[str, str]]]]
    #: Whether its rows have a state of their own.
    stated: bool = True


def columns_of(model: type[Any]) -> tuple[str, ...]:
    return COLUMNS[model] if model in COLUMNS else OTHER_COLUMNS[model]


def heads_of(model: type[Any]) -> list[str]:
    return [str(model._meta.get_field(column).verbose_name) for column in columns_of(model)]


def highest_grade(file: IntegrityFile, scope: Scope) -> int:
    """The grade up to which a scope reaches on this file; parts above it are not even named as empty."""
    return max(
        (clause.max_grade for clause in scope.clauses if clause.admits(file, scope.account_id)),
        default=0,
    )


def part_tables(file: IntegrityFile, scope: Scope) -> list[PartTable]:
    """Every part within the scope; an empty one stays, with the words of H16."""
    reach = highest_grade(file, scope)
    found: list[tuple[type[Any], Any]] = []
    for model, grade in PARTS:
        if grade <= reach:
            rows = scoped_rows(model, scope).filter(file=file)
            found.append((model, rows.select_related("unit") if model is Post else rows))
    return tables_of(found)


def tables_of(parts: Iterable[tuple[type[Any], Iterable[Any]]]) -> list[PartTable]:
    """Parts as tables, model by model."""
    return [
        PartTable(
            label=str(model._meta.model_name),
            title=str(model._meta.verbose_name),
            heads=heads_of(model),
            stated=bool(model.state_column),
            lines=[
                (row, list(zip(heads_of(model), (shown(row, column) for column in columns_of(model)), strict=True)))
                for row in rows
            ],
        )
        for model, rows in parts
    ]

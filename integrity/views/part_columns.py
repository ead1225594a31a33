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
    Breach,
    Commitment,
    FilePart,
    Honour,
    IntegrityFile,
    IntegrityNote,
    PersonalMattersReport,
    Post,
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


def heads_of(model: type[FilePart]) -> list[str]:
    return [str(model._meta.get_field(column).verbose_name) for column in COLUMNS[model]]  # type: ignore[union-attr]


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
            lines=[
                (row, list(zip(heads_of(model), (shown(row, column) for column in COLUMNS[model]), strict=True)))
                for row in rows
            ],
        )
        for model, rows in parts
    ]

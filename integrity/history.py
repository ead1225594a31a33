"""Timelines and versions 时间线与历史: under the same scope as the rows they tell of (design §5).

A version is shown only to somebody whom the scope would let into the row as it was then: drafts stay with author
and reviewer, grades above the clearance stay hidden, encrypted columns never appear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.models import (
    PARTS,
    Account,
    Appraisal,
    Breach,
    Commitment,
    Decision,
    FilePart,
    GuardedModel,
    Honour,
    IntegrityFile,
    IntegrityNote,
    Objection,
    Organisation,
    PersonalMattersReport,
    Post,
    Remedy,
    Statement,
    Training,
    UseEntry,
)

#: Columns that say nothing to a reader, or must not be shown.
_HIDDEN = frozenset({"id", "ref", "subject", "file", "entered_by", "submitted_by", "approved_by", "approved_at",
                     "recorded_at", "batch", "raw", "grade", "path", "sha256"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One dated thing on a file's timeline; `label` and `ref` name the row it comes from."""

    on: date
    title: str
    label: str
    ref: Any
    text: str = ""
    icon: str = "circle-fill"
    tone: str = "neutral"
    state: Any = None
    document: str = ""
    recorded: date | None = None


#: Which date of a part is the one it happened on.
_DATED: dict[type[FilePart], tuple[str, str]] = {
    Post: ("from_on", "briefcase"),
    PersonalMattersReport: ("filed_on", "file-earmark-text"),
    IntegrityNote: ("held_on", "journal-text"),
    Appraisal: ("notice_on", "clipboard-check"),
    Breach: ("found_on", "exclamation-triangle"),
    Training: ("completed_on", "mortarboard"),
    Honour: ("awarded_on", "award"),
    Commitment: ("from_on", "file-earmark-check"),
    Statement: ("made_on", "chat-square-text"),
    UseEntry: ("used_on", "eye"),
}


def rows_of(model: type[GuardedModel], scope: Scope, **lookup: Any) -> Any:
    """The rows of a file's part that this scope lets in."""
    rows: Any = model.objects
    return rows.within(scope).filter(**lookup)


def describe(row: Any) -> str:
    """A part in one line 摘要."""
    match row:
        case Post():
            return f"{row.unit} {row.title}"
        case PersonalMattersReport():
            return f"{row.year} {row.get_kind_display()} · {row.get_result_display()}"
        case Appraisal():
            return f"{row.year} {row.get_result_display()}"
        case IntegrityNote():
            return f"{row.get_kind_display()} · {row.body}"
        case Breach():
            return f"{row.get_finding_kind_display()} · {row.body}"
        case Training():
            return f"{row.get_theme_display()} · {row.title}"
        case Honour():
            return f"{row.get_kind_display()} {row.title}".strip()
        case Commitment():
            return f"{row.get_kind_display()} · {row.get_outcome_display()}"
        case Statement():
            return str(row.text[:60])
        case UseEntry():
            return f"{row.asked_by} · {row.purpose}"
    return str(row)


def timeline_of(file: IntegrityFile, scope: Scope) -> list[Event]:
    """Everything dated on a file, newest first 时间线."""
    events: list[Event] = []
    if file.established_on:
        events.append(Event(file.established_on, _("建立档案"), "integrityfile", file.ref, icon="folder2-open"))
    if file.informed_on:
        events.append(Event(file.informed_on, _("告知本人"), "integrityfile", file.ref, icon="bell"))
    for model, _grade in PARTS:
        related = ("unit",) if model is Post else ()
        column, icon = _DATED[model]
        for row in (
            rows_of(model, scope, file=file).select_related(*related) if related else rows_of(model, scope, file=file)
        ):
            recorded = timezone.localtime(row.recorded_at).date()
            events.append(
                Event(
                    getattr(row, column) or recorded,
                    str(model._meta.verbose_name),
                    str(model._meta.model_name),
                    row.ref,
                    text=describe(row),
                    icon=icon,
                    state=row,
                    document=row.document_no,
                    recorded=recorded,
                )
            )
    for row in rows_of(Decision, scope, file=file):
        events += _decision_events(row)
    for row in rows_of(Remedy, scope, decision__file=file):
        events.append(
            Event(
                row.filed_on,
                row.get_kind_display(),
                "remedy",
                row.ref,
                text=row.get_outcome_display(),
                icon="hammer",
                document=row.document_no,
            )
        )
    for row in rows_of(Objection, scope, file=file):
        events.append(
            Event(
                row.lodged_on,
                _("异议：%s") % row.get_kind_display(),
                "objection",
                row.ref,
                icon="flag",
                tone="warning",
                state=row,
            )
        )
    return sorted(events, key=lambda event: event.on, reverse=True)


def _decision_events(row: Decision) -> list[Event]:
    recorded = timezone.localtime(row.recorded_at).date()
    kind = row.get_kind_display()
    events = [
        Event(
            row.decided_on or recorded,
            kind,
            "decision",
            row.ref,
            icon="hammer",
            tone="danger",
            state=row,
            document=row.document_no,
            recorded=recorded,
        )
    ]
    if row.lifted_on:
        events.append(Event(row.lifted_on, _("%s 解除") % kind, "decision", row.ref, icon="unlock"))
    return events


@dataclass(frozen=True, slots=True)
class Change:
    """One column, before and after."""

    label: str
    old: str
    new: str


@dataclass(slots=True)
class Version:
    """One entry of the history: who, when, why, on which document, what changed 版本."""

    at: datetime
    kind: str
    act: str
    by: str
    reason: str
    document: str
    label: str
    ref: Any
    what: str
    changes: list[Change] = field(default_factory=list)
    #: Where it is recorded, and which of its columns this reader may see: for a receipt (integrity.ledger).
    table: str = ""
    history_id: int = 0
    shown: frozenset[str] = frozenset()


def versions_of(file: IntegrityFile, scope: Scope, limit: int | None = 200) -> list[Version]:
    """Every recorded change of a file, its parts and its decisions that this scope may see, newest first 历史."""
    found: list[Version] = []
    names = _Names()
    models_of: tuple[type[GuardedModel], ...] = (IntegrityFile, *(part for part, _grade in PARTS), Decision)
    for model in models_of:
        lookup = {"pk": file.pk} if model is IntegrityFile else {"file": file}
        rows = {row.pk: row for row in rows_of(model, scope, **lookup)}
        if rows:
            found += _versions(model, rows, scope, names)
    found.sort(key=lambda version: version.at, reverse=True)
    return found[:limit]


def _versions(model: type[Any], rows: dict[int, Any], scope: Scope, names: _Names) -> list[Version]:
    entries = model.history.filter(id__in=list(rows)).select_related("history_user").order_by("id", "history_id")
    shown: list[Version] = []
    before: Any = None
    for entry in entries:
        if before is not None and before.id != entry.id:
            before = None
        row = rows[entry.id]
        if not _admitted(entry, row, scope):
            before = entry
            continue
        changes = _changes(
            model,
            before if before is not None and _admitted(before, row, scope) else None,
            entry,
            names,
            scope.hidden(row),
        )
        if model.field_grades and entry.history_type == "~" and not changes:
            before = entry
            continue  # what changed is hidden from this reader, and a line without words would still tell of it
        shown.append(
            Version(
                at=entry.history_date,
                kind=str(model._meta.verbose_name),
                by=str(entry.history_user or _("系统")),
                act={"+": _("新增"), "~": _("修改"), "-": _("删除")}.get(entry.history_type, ""),
                reason=entry.history_change_reason or "",
                document=entry.history_document,
                label=str(model._meta.model_name),
                ref=row.ref,
                what="" if model is IntegrityFile else describe(row),
                changes=changes,
                table=type(entry)._meta.db_table,
                history_id=entry.pk,
                shown=_shown_columns(model, scope.hidden(row)),
            )
        )
        before = entry
    return shown


def _shown_columns(model: type[Any], hidden: frozenset[str]) -> frozenset[str]:
    """Columns whose value a receipt may carry: what the page shows, with time, reason and document of the change."""
    shown = {
        column.attname
        for column in model._meta.concrete_fields
        if column.name not in _HIDDEN and column.name not in hidden and not isinstance(column, models.BinaryField)
    }
    return frozenset(shown | {"history_date", "history_type", "history_change_reason", "history_document"})


def version_of(file: IntegrityFile, scope: Scope, table: str, history_id: int) -> Version | None:
    """One version by where it is recorded, if this reader may see it."""
    found = versions_of(file, scope, limit=None)
    return next((one for one in found if (one.table, one.history_id) == (table, history_id)), None)


def _admitted(entry: Any, row: Any, scope: Scope) -> bool:
    """Whether the scope lets this reader into the row as it was then; today's managing authority counts."""
    then = entry.instance
    then.authority_id = row.authority_id
    if hasattr(row, "record_id"):
        then.record = row.record  # asked for its profession: once a row, not once a version
    return scope.admits(then)


def entries_of(rows: Sequence[Any], scope: Scope, limit: int = 100) -> list[Any]:
    """The history of rows of one model, newest first: the versions into which the scope would have let its reader."""
    if not rows:
        return []
    known = {row.pk: row for row in rows}
    past = rows[0].history.model.objects.filter(id__in=list(known)).select_related("history_user")
    told = (
        entry for entry in past.order_by("-history_date", "-history_id") if _admitted(entry, known[entry.id], scope)
    )
    return list(islice(told, limit))


def _changes(
    model: type[Any], before: Any, entry: Any, names: _Names, hidden: frozenset[str] = frozenset()
) -> list[Change]:
    changes = []
    for column in model._meta.concrete_fields:
        if column.name in _HIDDEN or column.name in hidden or isinstance(column, models.BinaryField):
            continue
        new = getattr(entry, column.attname)
        old = getattr(before, column.attname) if before is not None else None
        if old == new or (before is None and new in (None, "", False)):
            continue
        changes.append(Change(str(column.verbose_name), names.show(column, old), names.show(column, new)))
    return changes


class _Names:
    """Words for stored values: choices, dates, and the names of organisations and accounts, each fetched once."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], Any], str] = {}

    def show(self, column: Any, value: Any) -> str:
        if value is None or value == "":
            return ""
        if column.is_relation:
            return self._related(column.related_model, value)
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return value.isoformat() if isinstance(value, date) else str(value)

    def _related(self, model: type[models.Model], pk: Any) -> str:
        if model not in (Organisation, Account):
            return _("（已登记）")
        if (model, pk) not in self._known:
            row = model._default_manager.filter(pk=pk).first()
            self._known[model, pk] = str(row or "")
        return self._known[model, pk]


def open_objections(file: IntegrityFile, scope: Scope) -> Iterable[Objection]:
    """Objections of a file, the open ones first 异议."""
    rows = list(rows_of(Objection, scope, file=file).select_related("decision"))
    from integrity.choices import ObjectionState

    return sorted(rows, key=lambda row: row.state not in ObjectionState.open())

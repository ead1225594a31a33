"""Timeline of a file 时间线: everything dated on it, under the same scope as the rows it tells of (design §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.models import (
    PARTS,
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
    PersonalMattersReport,
    Post,
    Remedy,
    Statement,
    Training,
    UseEntry,
)


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
    #: Who entered it, and who approved it.
    by: str = ""


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


#: Through whose hands a record went.
HANDS = ("entered_by", "approved_by")


def _hands(row: Any) -> str:
    """Who entered a record and who approved it 经手."""
    if row.approved_by is None:
        return str(_("录入：%s") % row.entered_by)
    return str(_("录入：%(entered)s；审核：%(approved)s") % {"entered": row.entered_by, "approved": row.approved_by})


def timeline_of(file: IntegrityFile, scope: Scope) -> list[Event]:
    """Everything dated on a file, newest first 时间线."""
    events: list[Event] = []
    if file.established_on:
        events.append(Event(file.established_on, _("建立档案"), "integrityfile", file.ref, icon="folder2-open"))
    if file.informed_on:
        events.append(Event(file.informed_on, _("告知本人"), "integrityfile", file.ref, icon="bell"))
    for model, _grade in PARTS:
        related = (*HANDS, "unit") if model is Post else HANDS
        column, icon = _DATED[model]
        for row in rows_of(model, scope, file=file).select_related(*related):
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
                    by=_hands(row),
                )
            )
    for row in rows_of(Decision, scope, file=file).select_related(*HANDS):
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
            by=_hands(row),
        )
    ]
    if row.lifted_on:
        events.append(Event(row.lifted_on, _("%s 解除") % kind, "decision", row.ref, icon="unlock"))
    return events


def open_objections(file: IntegrityFile, scope: Scope) -> Iterable[Objection]:
    """Objections of a file, the open ones first 异议."""
    rows = list(rows_of(Objection, scope, file=file).select_related("decision"))
    from integrity.choices import ObjectionState

    return sorted(rows, key=lambda row: row.state not in ObjectionState.open())

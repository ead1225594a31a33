"""Versions 历史: who changed what, when, why, on which document; under the scope of the rows they tell of (design §5).

A version is shown only to somebody whom the scope would let into the row as it was then: drafts stay with author
and reviewer, grades above the clearance stay hidden, encrypted columns never appear. Pages are asked by place, so that
ten thousand versions of one record cost what fifty do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.as_of import admitted
from integrity.models import PARTS, Account, Decision, GuardedModel, IntegrityFile, Organisation
from integrity.templatetags.archive import date_zh
from integrity.timeline import describe, rows_of

#: Columns that say nothing to a reader, or must not be shown.
_HIDDEN = frozenset({"id", "ref", "subject", "file", "entered_by", "submitted_by", "approved_by", "approved_at",
                     "recorded_at", "batch", "raw", "grade", "path", "sha256"})  # fmt: skip
#: What a file's history tells of; the order decides between two of one moment.
OF_FILE: tuple[type[GuardedModel], ...] = (IntegrityFile, *(part for part, _grade in PARTS), Decision)
PAGE_SIZE = 50


class Place(NamedTuple):
    """Where a page begins: everything older than this entry."""

    at: datetime
    rank: int
    history_id: int


def beyond(place: Place | None, rank: int, *, backward: bool = False) -> Q:
    """Older than a place, or newer: of the same moment the later histories are newer."""
    if place is None:
        return Q()
    past = "gt" if backward else "lt"
    if rank == place.rank:
        return Q(**{f"history_date__{past}": place.at}) | Q(
            history_date=place.at, **{f"history_id__{past}": place.history_id}
        )
    together = (rank > place.rank) == backward
    return Q(**{f"history_date__{past}{'e' if together else ''}": place.at})


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


def versions_of(
    file: IntegrityFile, scope: Scope, after: Place | None = None, size: int = PAGE_SIZE
) -> tuple[list[Version], Place | None]:
    """A page of the recorded changes of a file, its parts and decisions that this scope may see, newest first 历史;
    and the place where the next one begins."""
    names, found = Names(), []
    place = after
    while True:
        entries = _newest(file, scope, place, size + 1)
        for number, (entry, version) in enumerate(_told(entries[:size], scope, names), start=1):
            place = Place(entry.history_date, entry.which, entry.pk)
            if version is not None:
                found.append(version)
            if len(found) == size:
                return found, place if number < len(entries) else None
        if len(entries) <= size:
            return found, None


def version_of(file: IntegrityFile, scope: Scope, table: str, history_id: int) -> Version | None:
    """One version by where it is recorded, if this reader may see it."""
    for rank, model in enumerate(OF_FILE):
        if model.history.model._meta.db_table == table:
            entries = list(_entries(file, scope, model).filter(history_id=history_id))
            for entry in entries:
                entry.which = rank
            return next((version for _entry, version in _told(entries, scope, Names())), None)
    return None


def entries_between(file: IntegrityFile, scope: Scope, row: Any, since: datetime, until: datetime) -> list[Any]:
    """Who changed a row of a file between two moments, oldest first: the versions that this reader may see.

    An entry that changed nothing but what is hidden from the reader would tell of it by its reason and document.
    """
    rank = OF_FILE.index(type(row))
    past = _entries(file, scope, type(row)).filter(id=row.pk, history_date__gte=since, history_date__lt=until)
    entries = list(past.select_related("history_user", "history_acting_for").order_by("history_id"))
    for entry in entries:
        entry.which = rank
    return [entry for entry, version in _told(entries, scope, Names()) if version is not None]


def entries_of(rows: Sequence[Any], scope: Scope, limit: int = 100) -> list[Any]:
    """The history of rows of one model, newest first: the versions into which the scope would have let its reader."""
    if not rows:
        return []
    model = type(rows[0])
    known = {row.pk: row for row in rows}
    past = admitted(model, scope, model.history.filter(id__in=list(known)))
    told = past.select_related("history_user").order_by("-history_date", "-history_id")[:limit]
    return [entry for entry in told if _as_it_was(entry, known[entry.id], scope)]


def _entries(file: IntegrityFile, scope: Scope, model: type[GuardedModel]) -> Any:
    """The entries of one model that hang on a file, each with the number of the one before it."""
    past: Any = model.history.filter(**{"id" if model is IntegrityFile else "file_id": file.pk})
    before = model.history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    return admitted(model, scope, past).annotate(before_id=Subquery(before.values("history_id")[:1]))


def _newest(file: IntegrityFile, scope: Scope, place: Place | None, number: int) -> list[Any]:
    """The first entries beyond a place, of all models together."""
    found = []
    for rank, model in enumerate(OF_FILE):
        rows = _entries(file, scope, model).filter(beyond(place, rank)).select_related("history_user")
        for entry in rows.order_by("-history_date", "-history_id")[:number]:
            entry.which = rank
            found.append(entry)
    found.sort(key=lambda entry: (entry.history_date, entry.which, entry.pk), reverse=True)
    return found[:number]


def _told(entries: Sequence[Any], scope: Scope, names: Names) -> Iterator[tuple[Any, Version | None]]:
    """Each entry in words; None where all that changed is hidden: a line without words would still tell of it."""
    rows: dict[tuple[int, Any], Any] = {}
    before: dict[tuple[int, int], Any] = {}
    for rank in {entry.which for entry in entries}:
        model, own = OF_FILE[rank], [entry for entry in entries if entry.which == rank]
        rows |= {(rank, row.pk): row for row in rows_of(model, scope, pk__in={entry.id for entry in own})}
        earlier = model.history.filter(history_id__in={entry.before_id for entry in own})
        before |= {(rank, entry.pk): entry for entry in admitted(model, scope, earlier)}
    for entry in entries:
        row = rows[entry.which, entry.id]
        if not _as_it_was(entry, row, scope):
            yield entry, None
            continue
        earlier_one = before.get((entry.which, entry.before_id))
        known = earlier_one if earlier_one is not None and _as_it_was(earlier_one, row, scope) else None
        yield entry, _version(entry, known, row, scope.hidden(row), names)


def _as_it_was(entry: Any, row: Any, scope: Scope) -> bool:
    """The rule once more, on the object: histories have no second wall in the database."""
    then = entry.instance
    then.authority_id = row.authority_id
    if hasattr(row, "record_id"):
        then.record = row.record  # asked for its profession
    return scope.admits(then)


def _version(entry: Any, before: Any, row: Any, hidden: frozenset[str], names: Names) -> Version | None:
    model = type(row)
    changes = changed_columns(model, before, entry, names, hidden)
    if model.field_grades and entry.history_type == "~" and not changes:
        return None
    return Version(
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
        shown=_shown_columns(model, hidden),
    )


def _shown_columns(model: type[Any], hidden: frozenset[str]) -> frozenset[str]:
    """Columns whose value a receipt may carry: what the page shows, with time, reason and document of the change."""
    shown = {column.attname for column in _columns(model, hidden)}
    return frozenset(shown | {"history_date", "history_type", "history_change_reason", "history_document"})


def _columns(model: type[Any], hidden: frozenset[str]) -> Iterator[Any]:
    for column in model._meta.concrete_fields:
        if column.name not in _HIDDEN and column.name not in hidden and not isinstance(column, models.BinaryField):
            yield column


def changed_columns(
    model: type[Any], before: Any, after: Any, names: Names, hidden: frozenset[str] = frozenset()
) -> list[Change]:
    """Column by column what differs between two versions of a row; of a new one what it has."""
    changes = []
    for column in _columns(model, hidden):
        new = getattr(after, column.attname)
        old = getattr(before, column.attname) if before is not None else None
        if old == new or (before is None and new in (None, "", False)):
            continue
        told = names.show(column, old, before), names.show(column, new, after)
        changes.append(Change(str(column.verbose_name), *told))
    return changes


class Names:
    """Words for stored values: choices, dates, and the names of organisations and accounts, each fetched once.

    A unit has the name that it had when the version was recorded: one renamed since is not written into the past.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], Any], str] = {}
        self._borne: dict[Any, list[tuple[datetime, str]]] = {}

    def show(self, column: Any, value: Any, row: Any = None) -> str:
        if value is None or value == "":
            return ""
        if column.is_relation:
            if column.related_model is Organisation and row is not None:
                return self._unit(column, value, row)
            return self._related(column.related_model, value)
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return date_zh(value) if isinstance(value, date) else str(value)

    def _unit(self, column: Any, pk: Any, row: Any) -> str:
        """Under the name that the row was given with it (integrity.as_of), or that it bore when the entry was made."""
        if column.is_cached(row):
            return str(getattr(row, column.name))
        at = getattr(row, "history_date", None)
        if at is None:
            return self._related(Organisation, pk)
        if pk not in self._borne:
            past = Organisation.history.filter(id=pk).order_by("history_id")
            self._borne[pk] = [(entry.history_date, str(entry.instance)) for entry in past]
        borne = [name for since, name in self._borne[pk] if since <= at]
        return borne[-1] if borne else self._related(Organisation, pk)

    def _related(self, model: type[models.Model], pk: Any) -> str:
        if model not in (Organisation, Account):
            return _("（已登记）")
        if (model, pk) not in self._known:
            row = model._default_manager.filter(pk=pk).first()
            self._known[model, pk] = str(row or "")
        return self._known[model, pk]

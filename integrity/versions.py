"""Versions 历史: who changed what, when, why, on which document; under the scope of the rows they tell of (design §5).

A version is shown only to somebody whom the scope would let into the row as it was then: drafts stay with author
and reviewer, grades above the clearance stay hidden, encrypted columns never appear. Pages are asked by place, so that
ten thousand versions of one record cost what fifty do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.as_of import admitted
from integrity.carried import Carried
from integrity.changes import Change, Names, changed_columns, shown_columns
from integrity.chapters import Chapter, Holder, chapters_of
from integrity.timeline import describe, rows_of

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
    holder: Holder, scope: Scope, after: Place | None = None, size: int = PAGE_SIZE
) -> tuple[list[Version], Place | None]:
    """A page of the recorded changes of a file or record and of what hangs on it, as far as this scope may see them,
    newest first 历史; and the place where the next one begins."""
    names, found = Names(), []
    place = after
    while True:
        entries = _newest(holder, scope, place, size + 1)
        for number, (entry, version) in enumerate(_told(holder, entries[:size], scope, names), start=1):
            place = Place(entry.history_date, entry.which, entry.pk)
            if version is not None:
                found.append(version)
            if len(found) == size:
                return found, place if number < len(entries) else None
        if len(entries) <= size:
            return found, None


def version_of(holder: Holder, scope: Scope, table: str, history_id: int) -> Version | None:
    """One version by where it is recorded, if this reader may see it; what a transfer carried along as well."""
    for rank, chapter in enumerate(chapters_of(holder)):
        if chapter.model.history.model._meta.db_table == table:
            entries = list(_entries(holder, scope, chapter).filter(history_id=history_id))
            told = _told(holder, _ranked(entries, rank), scope, Names(), folded=False)
            return next((version for _entry, version in told), None)
    return None


def entries_between(
    holder: Holder, scope: Scope, rows: Iterable[Any], since: datetime, until: datetime
) -> dict[tuple[str, Any], list[Any]]:
    """Who changed rows of a whole between two moments, oldest first: the versions that this reader may see, by row.

    An entry that changed nothing but what is hidden from the reader would tell of it by its reason and document.
    """
    wanted: dict[type[Any], set[Any]] = {}
    for row in rows:
        wanted.setdefault(type(row), set()).add(row.pk)
    found: dict[tuple[str, Any], list[Any]] = {}
    for rank, chapter in enumerate(chapters_of(holder)):
        keys = wanted.get(chapter.owner)
        if not keys:
            continue
        key = f"{chapter.through}_id" if chapter.through else "id"
        past = _entries(holder, scope, chapter).filter(
            **{f"{key}__in": keys}, history_date__gte=since, history_date__lt=until
        )
        entries = _ranked(past.select_related("history_user", "history_acting_for"), rank)
        for entry, version in _told(holder, entries, scope, Names()):
            if version is not None:
                found.setdefault((str(chapter.owner._meta.model_name), getattr(entry, key)), []).append(entry)
    for told in found.values():
        told.sort(key=lambda entry: (entry.history_date, entry.which, entry.pk))
    return found


def entries_of(rows: Sequence[Any], scope: Scope, limit: int = 100) -> list[Any]:
    """The history of rows of one model, newest first: the versions into which the scope would have let its reader."""
    if not rows:
        return []
    model = type(rows[0])
    known = {row.pk: row for row in rows}
    past = admitted(model, scope, model.history.filter(id__in=list(known)))
    told = past.select_related("history_user").order_by("-history_date", "-history_id")[:limit]
    return [entry for entry in told if _as_it_was(entry, known[entry.id], scope)]


def _ranked(entries: Iterable[Any], rank: int) -> list[Any]:
    found = list(entries)
    for entry in found:
        entry.which = rank
    return found


def _entries(holder: Holder, scope: Scope, chapter: Chapter) -> Any:
    """The entries of one chapter of a whole, each with the number of the one before it."""
    history = chapter.model.history
    past: Any = history.filter(**{chapter.path: holder.pk})
    if chapter.through:  # let in through the decision: as it is today here, as it was when each is told
        owners = rows_of(chapter.owner, scope, **{chapter.path.partition("__")[2]: holder.pk})
        past = past.filter(**{f"{chapter.through}__in": owners.order_by().values("pk")})
    else:
        past = admitted(chapter.model, scope, past)
    before = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    return past.annotate(before_id=Subquery(before.values("history_id")[:1]))


def _newest(holder: Holder, scope: Scope, place: Place | None, number: int) -> list[Any]:
    """The first entries beyond a place, of all chapters together."""
    found = []
    for rank, chapter in enumerate(chapters_of(holder)):
        rows = _entries(holder, scope, chapter).filter(beyond(place, rank)).select_related("history_user")
        found += _ranked(rows.order_by("-history_date", "-history_id")[:number], rank)
    found.sort(key=lambda entry: (entry.history_date, entry.which, entry.pk), reverse=True)
    return found[:number]


def _told(
    holder: Holder, entries: Sequence[Any], scope: Scope, names: Names, *, folded: bool = True
) -> Iterator[tuple[Any, Version | None]]:
    """Each entry in words; None where all that changed is hidden: a line without words would still tell of it.

    `folded`: None too for what a transfer carried along, which the holder's own line tells once.
    """
    chapters = chapters_of(holder)
    rows: dict[tuple[int, Any], Any] = {}
    before: dict[tuple[int, int], Any] = {}
    for rank in {entry.which for entry in entries}:
        chapter, own = chapters[rank], [entry for entry in entries if entry.which == rank]
        key = f"{chapter.through}_id" if chapter.through else "id"
        rows |= {(rank, row.pk): row for row in rows_of(chapter.owner, scope, pk__in={getattr(e, key) for e in own})}
        if not chapter.through:
            earlier = chapter.model.history.filter(history_id__in={entry.before_id for entry in own})
            before |= {(rank, entry.pk): entry for entry in admitted(chapter.model, scope, earlier)}
    carried = Carried(holder, scope, entries) if folded else None
    for entry in entries:
        chapter = chapters[entry.which]
        if chapter.through:
            yield (
                entry,
                _basis(entry, chapter, rows[entry.which, getattr(entry, f"{chapter.through}_id")], scope, names),
            )
            continue
        row = rows[entry.which, entry.id]
        if not _as_it_was(entry, row, scope):
            yield entry, None
            continue
        earlier_one = before.get((entry.which, entry.before_id))
        known = earlier_one if earlier_one is not None and _as_it_was(earlier_one, row, scope) else None
        if carried is not None and known is not None and carried.along(entry, known):
            yield entry, None
            continue
        version = _version(entry, known, row, scope.hidden(row), names)
        if version is not None and carried is not None and entry.which == 0 and carried.moved(entry, known):
            version.what = _("管理权限移转，各分项和决定随之移转")
        yield entry, version


def _as_it_was(entry: Any, row: Any, scope: Scope) -> bool:
    """The rule once more, on the object: histories have no second wall in the database."""
    then = entry.instance
    then.authority_id = row.authority_id
    for path in ("record", "penalty", "decision"):  # asked for its profession, or for its file
        if getattr(row, f"{path}_id", None) == getattr(then, f"{path}_id", None) is not None:
            setattr(then, path, getattr(row, path))
    return scope.admits(then)


def _basis(entry: Any, chapter: Chapter, row: Any, scope: Scope, names: Names) -> Version | None:
    """A legal basis put to a decision or taken from it, for those who read the decision as it was at that moment."""
    past = chapter.owner.history.filter(id=row.pk, history_date__lte=entry.history_date)
    then = admitted(chapter.owner, scope, past).order_by("-history_id").first()
    newest = past.order_by("-history_id").values_list("history_id", flat=True).first()
    if then is None or then.history_id != newest or not _as_it_was(then, row, scope):
        return None
    basis = names.related(chapter.model._meta.get_field("basis").related_model, entry.basis_id)
    change = Change(str(_("法律依据")), *((basis, "") if entry.history_type == "-" else ("", basis)))
    told = _head(entry, row, chapter.model)
    told.changes, told.label = [change], str(chapter.owner._meta.model_name)
    told.shown = _WHO | {"basis_id"}
    return told


#: What a receipt tells besides the columns of the row: time, reason and document of the change.
_WHO = frozenset({"history_date", "history_type", "history_change_reason", "history_document"})


def _head(entry: Any, row: Any, model: Any) -> Version:
    return Version(
        at=entry.history_date,
        kind=str(model._meta.verbose_name),
        by=str(entry.history_user or _("系统")),
        act={"+": _("新增"), "~": _("修改"), "-": _("删除")}.get(entry.history_type, ""),
        reason=entry.history_change_reason or "",
        document=entry.history_document,
        label=str(model._meta.model_name),
        ref=row.ref,
        what=describe(row),
        table=type(entry)._meta.db_table,
        history_id=entry.pk,
    )


def _version(entry: Any, before: Any, row: Any, hidden: frozenset[str], names: Names) -> Version | None:
    model = type(row)
    changes = changed_columns(model, before, entry, names, hidden)
    if model.field_grades and entry.history_type == "~" and not changes:
        return None
    version = _head(entry, row, model)
    if isinstance(row, Holder):
        version.what = ""
    version.changes = changes
    # Columns whose value a receipt may carry: what the page shows.
    version.shown = _WHO | {column.attname for column in shown_columns(model, hidden)}
    return version


#: A basis that came with the decision itself is no change of it: one act writes both.
_AT_ONCE = timedelta(minutes=1)


def changes_of_proof(holder: Holder, scope: Scope) -> list[Version]:
    """What a decision rests on and was exchanged after it was entered 依据与文书变更: legal bases and documents."""
    names, found = Names(), []
    for rank, chapter in enumerate(chapters_of(holder)):
        if chapter.through:
            past = _entries(holder, scope, chapter).select_related("history_user").order_by("history_id")
            entries, key = _ranked(past, rank), f"{chapter.through}_id"
            began = _beginnings(chapter, entries)
            entries = [one for one in entries if one.history_date - began[getattr(one, key)] > _AT_ONCE]
            found += [version for _entry, version in _told(holder, entries, scope, names) if version is not None]
        elif hasattr(chapter.model, "document_id"):
            before = chapter.model.history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
            past = _entries(holder, scope, chapter).filter(history_type="~").annotate(
                document_before=Subquery(before.order_by("-history_id").values("document_id")[:1])
            ).exclude(document_id=F("document_before")).filter(document_before__isnull=False)  # fmt: skip
            entries = _ranked(past.select_related("history_user").order_by("history_id"), rank)
            label = str(chapter.model._meta.get_field("document").verbose_name)
            for _entry, version in _told(holder, entries, scope, names):
                if version is not None:
                    version.changes = [change for change in version.changes if change.label == label]
                    found += [version] if version.changes else []
    return found


def _beginnings(chapter: Chapter, entries: Sequence[Any]) -> dict[Any, datetime]:
    """When each decision was entered."""
    keys = {getattr(entry, f"{chapter.through}_id") for entry in entries}
    first = chapter.owner.history.filter(id__in=keys, history_type="+")
    return {entry["id"]: entry["history_date"] for entry in first.values("id", "history_date")}

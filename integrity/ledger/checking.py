"""The ledger against the tables 账本核验: leaves read with their rows, then what no leaf tells of.

Three questions: does each leaf hold (the verifier's), has each history row and each line of the read log its leaf, and
is today's row what its newest history row says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, cast

from django.apps import apps
from django.db import DatabaseError, models
from django.db.models import Exists, Max, OuterRef

from integrity.ledger import merkle, note, timestamps
from integrity.ledger.checkpoints import time_line, trusted_keys
from integrity.ledger.entry import SALT_BYTES, Head, canonical, moment
from integrity.ledger.erased import EMPTY, ITEMS, REQUESTS
from integrity.ledger.looking import Looked, Placed, look, split
from integrity.ledger.merkle import HASH_BYTES
from integrity.ledger.spreading import in_order, with_django
from integrity.ledger.today import not_as_recorded
from integrity.ledger.tree import LOOK_BACK
from integrity.ledger.values import converters, names_of, recorded_tables, tracked_models, values_of
from integrity.ledger.verifier import MOST_BREAKS, Verifier
from integrity.models import LedgerCheckpoint, LedgerEntry, LedgerShape, LedgerTile, ReadEntry

CHUNK = 2_000
RANGE = 10_000  # leaves that one process looks at before it reports
#: What a cell raises that somebody has filled with a value of another kind, past the application.
_BAD_CELL = (ValueError, TypeError, AttributeError, ArithmeticError, DatabaseError)
_UNREADABLE = b"?"  # no canonical bytes of any value
#: A break: table, key, field, what.
Told = tuple[str, str, str, str]


def verify(
    outside: Sequence[str] = (), keys: Sequence[str] | None = None, *, since: int = 0, workers: int = 1
) -> Verifier:
    """Everything; leaves before `since` are taken as they stand, without their rows. Breaks are in `.breaks`.

    With more than one worker other processes read the tables: what this one has not committed is not seen.
    """
    known = trusted_keys() if keys is None else list(keys)
    points, faults = [], []
    kept = list(LedgerCheckpoint.objects.order_by("id").values_list("id", "size", "root", "at", "note"))
    for pk, size, root, at, text in [*kept, *((None, None, None, None, text) for text in outside)]:
        try:
            point = note.read(text, known)
        except note.NoteError as fault:
            faults.append(("checkpoint", str(pk or "outside"), "note", str(fault)))
            continue
        points.append(point)
        if pk is not None:
            agree = {
                "size": point.size == size,
                "root": point.root == _bytes(root),
                "at": _signed_at(at) in point.extra,
            }
            faults += [("checkpoint", str(pk), name, "not what was signed") for name, same in agree.items() if not same]
    faults += _not_following()
    faults += [("timestamp", pk, column, what) for pk, column, what in timestamps.not_holding()]
    verifier = Verifier(points)
    for told in faults:
        verifier.say(*told)
    last = LedgerEntry.objects.aggregate(last=Max("position"))["last"]
    ranges = ((first, first + RANGE - 1, since) for first in range(0, -1 if last is None else last + 1, RANGE))
    for looked in in_order(_look, ranges, workers=workers, ready=with_django):
        for packed in looked:
            verifier.take(Looked(*packed))
    for placed in waiting_erasures():
        verifier.hear(look(placed))
    verifier.finish()
    _tiles(verifier)
    questions = [(_without_leaf, model._meta.label) for model in recorded_tables()]
    questions += [(not_as_recorded, tracked._meta.label) for tracked in tracked_models()]
    for found in in_order(_asked, questions, workers=workers, ready=with_django):
        for told in found:
            verifier.say(*told)
    return verifier


def _signed_at(at: datetime | None) -> str:
    """The line of time; a moment with a part of a second, or what is no moment, is none that was signed."""
    return time_line(at) if isinstance(at, datetime) and not at.microsecond else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _moment(at: Any) -> str:
    return moment(at) if isinstance(at, datetime) else ""


def _bytes(value: Any) -> bytes:
    """What stands in a column of bytes; a text there is nothing that was written by us."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""


def _look(asked: tuple[int, int, int]) -> list[tuple[Any, ...]]:
    first, last, since = asked
    return [look(placed).packed for placed in placed_entries(since=since, first=first, last=last)]


def _asked(question: tuple[Callable[[Any], Iterator[Told]], str]) -> list[Told]:
    ask, label = question
    return list(islice(ask(apps.get_model(label)), MOST_BREAKS))


def _not_following() -> Iterator[tuple[str, str, str, str]]:
    """Checkpoints whose stored proof does not lead from the one before."""
    before: LedgerCheckpoint | None = None
    for row in LedgerCheckpoint.objects.order_by("id"):
        if before is not None and before.size:
            try:
                proof = [bytes.fromhex(str(one)) for one in row.proof]
                merkle.check_consistency(before.size, row.size, _bytes(before.root), _bytes(row.root), proof)
            except (ValueError, TypeError) as fault:
                yield "checkpoint", str(row.pk), "proof", str(fault)
        before = row


def placed_entries(*, since: int = 0, first: int = 0, last: int | None = None) -> Iterator[Placed]:
    """Leaves in the order of their places, from `first` to `last`, each with its row's values."""
    start = first - 1
    wanted = LedgerEntry.objects.filter(position__isnull=False)
    wanted = wanted if last is None else wanted.filter(position__lte=last)
    columns = wanted.order_by("position").values_list(*Leaf._fields)
    while rows := _leaves(columns.filter(position__gt=start)):
        yield from _with_values(rows, since)
        start = int(rows[-1].position or 0)


def _leaves(columns: Any) -> list[Leaf]:
    """The next leaves; where one cannot be read, each by itself, and of that one the cells that can be."""
    try:
        return [Leaf(*row) for row in columns[:CHUNK]]
    except _BAD_CELL:
        places = list(columns.values_list("position", flat=True)[:CHUNK])
        return [Leaf(*_cells(LedgerEntry.objects.filter(position=place), Leaf._fields)) for place in places]


def _cells(rows: Any, names: Sequence[str]) -> tuple[Any, ...]:
    """One row, cell by cell where it cannot be read as a whole."""
    try:
        found: tuple[Any, ...] = rows.values_list(*names).get()
    except _BAD_CELL:
        found = tuple(_cell(rows, name) for name in names)
    return found


def _cell(rows: Any, name: str) -> Any:
    try:
        return rows.values_list(name, flat=True).get()
    except _BAD_CELL:
        return Unreadable()


class Unreadable:
    """What stands in a cell that cannot be read: like nothing else, not even like another one."""

    def __str__(self) -> str:
        return "?"


class Leaf(NamedTuple):
    """The columns of a leaf, without the object around them."""

    position: int | None
    table: str
    row_pk: str
    history_id: int
    op: str
    at: datetime
    previous: bytes
    commitments: bytes
    salts: bytes
    leaf: bytes
    shape_id: str


def waiting_erasures() -> Iterator[Placed]:
    """Leaves of erasures that the signer has not placed yet: what they erased must not look like a break until then."""
    rows = LedgerEntry.objects.filter(position__isnull=True, table__in=[REQUESTS, ITEMS])
    yield from _with_values([Leaf(*row) for row in rows.order_by("id").values_list(*Leaf._fields)], 0)


def _with_values(rows: Sequence[Leaf], since: int) -> Iterator[Placed]:
    shapes = {shape.pk: [str(name) for name in shape.names] for shape in LedgerShape.objects.all()}
    known = {model._meta.db_table: model for model in recorded_tables()}
    asked = [row for row in rows if row.position is None or row.position >= since]
    values: dict[tuple[str, int], list[bytes]] = {}
    for table in {row.table for row in asked if row.table in known}:
        ids = [row.history_id for row in asked if row.table == table]
        values |= {(table, pk): found for pk, found in _values(known[table], ids)}
    for row in rows:
        names = shapes.get(row.shape_id, [])
        salts = split(_bytes(row.salts), SALT_BYTES)
        yield Placed(
            position=-1 if row.position is None else row.position,
            head=Head(
                str(row.table),
                str(row.row_pk),
                _number(row.history_id),
                str(row.op),
                _moment(row.at),
                _bytes(row.previous).hex(),
            ),
            names=names,
            commitments=split(_bytes(row.commitments), HASH_BYTES),
            salts=salts,
            leaf=_bytes(row.leaf),
            values=_wanted(row, names, salts, values, known),
            with_row=row.position is None or row.position >= since,
        )


_ERASED = bytes(SALT_BYTES)


def _wanted(row: Leaf, names: list[str], salts: list[bytes], values: Any, known: Any) -> Sequence[bytes | None] | None:
    """The row's values by the names of its leaf: a column that came later is not among them, one that went is None.

    An erased one is None when it is empty, and else what stands there: the verifier has something to say to that.
    """
    found = values.get((row.table, row.history_id))
    if found is None:
        return None
    have = names_of(known[row.table])
    if _ERASED not in salts and list(have) == names:
        return cast(Sequence[bytes | None], found)
    by_name = dict(zip(have, found, strict=True))
    return [
        None if salt == _ERASED and by_name.get(name) in EMPTY else by_name.get(name)
        for name, salt in zip(names, salts, strict=False)
    ]


def _values(model: type[models.Model], ids: Sequence[int]) -> Iterator[tuple[int, list[bytes]]]:
    """The values of rows; of one that holds a cell of another kind, that cell alone is unreadable."""
    try:
        yield from list(_values_read(model, ids))
    except _BAD_CELL:
        for pk in ids:
            try:
                yield from list(_values_read(model, [pk]))
            except _BAD_CELL:
                yield pk, _values_by_cell(model, pk)


def _values_by_cell(model: type[models.Model], pk: int) -> list[bytes]:
    rows = model._base_manager.filter(pk=pk)
    found: list[bytes] = []
    for name, convert in converters(model):
        try:
            found.append(canonical(convert(rows.values_list(name, flat=True).get())))
        except _BAD_CELL:
            found.append(_UNREADABLE)
    if model is ReadEntry:
        subjects = ReadEntry(pk=pk).subject_ids
        found.insert(names_of(model).index("subjects"), canonical(sorted(subjects)))
    return found


def _values_read(model: type[models.Model], ids: Iterable[int]) -> Iterator[tuple[int, list[bytes]]]:
    attributes = [name for name, _convert in converters(model)]
    if model is ReadEntry:
        for entry in ReadEntry.objects.filter(pk__in=list(ids)).prefetch_related("subjects"):
            yield entry.pk, values_of(model, entry.__dict__, entry.subject_ids)
        return
    rows: Any = model._base_manager.filter(pk__in=list(ids)).values("pk", *attributes)
    for row in rows:
        yield row["pk"], values_of(model, row)


def _tiles(verifier: Verifier) -> None:
    """The kept subtrees are what the leaves make; one too many is of a tree that was cut."""
    kept = {(row.level, row.number): bytes(row.hash) for row in LedgerTile.objects.all()}
    for level, number in sorted(kept.keys() | verifier.tiles.keys()):
        if kept.get((level, number)) != verifier.tiles.get((level, number)):
            verifier.say(LedgerTile._meta.db_table, f"{level}/{number}", "hash", "is not what the leaves make")


def _without_leaf(model: type[models.Model]) -> Iterator[Told]:
    """Rows written past the ledger; lines of the read log get theirs from the sequencer, so the newest may wait."""
    table = model._meta.db_table
    leaf = LedgerEntry.objects.filter(table=table, history_id=OuterRef("pk"))
    rows: Any = model._base_manager.filter(~Exists(leaf))
    if model is ReadEntry:
        newest = LedgerCheckpoint.objects.aggregate(newest=Max("at"))["newest"]
        rows = rows.filter(at__lt=newest - LOOK_BACK) if newest is not None else rows.none()
    for pk in rows.order_by("pk").values_list("pk", flat=True)[:100]:
        yield table, str(pk), "", "has no entry in the ledger"

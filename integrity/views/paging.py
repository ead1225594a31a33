"""Keyset paging 键集翻页: the place is (sort value, id), never an offset, so that no row is lost or shown twice.

The cursor is ciphertext: a sort value may be a name, and addresses end up in logs.

Rows are looked for piece by piece, and the first of each piece are merged: an `OR` over authorities, or over "this
name and a later id, or a later name", is no range of an index, and costs the wide reader a sort of everything in reach.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, Expression, F, QuerySet

from integrity.identifiers import decrypt, encrypt
from integrity.versions import Place

_BINDING = "views.cursor"


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that a list may be sorted by; `empty` says where rows without a value stand when it ascends."""

    column: str
    empty: Literal["", "first", "last"] = ""

    @property
    def own_column(self) -> str:
        """The row's own column: where the value is another row's, the key of that row."""
        head, __, rest = self.column.partition("__")
        return f"{head}_id" if rest else head

    def empty_first(self, downward: bool) -> bool:
        return (self.empty == "first") != downward

    def order(self, downward: bool) -> list[Any]:
        """Which comes first, and of two alike the id: so every row has one place."""
        column: Any = F(self.column)
        if not self.empty:
            return [f"-{self.column}", "-pk"] if downward else [self.column, "pk"]
        first = self.empty_first(downward) or None
        last = None if first else True
        placed = column.desc if downward else column.asc
        return [placed(nulls_first=first, nulls_last=last), "-pk" if downward else "pk"]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    before: str
    after: str


class AmongFirst(Expression):
    """Whether a row is among the first of any of these ordered and cut querysets, in one statement."""

    conditional = True

    def __init__(self, pieces: Sequence[QuerySet[Any]]) -> None:
        super().__init__(output_field=BooleanField())
        self.key: Any = F("pk")
        self.pieces = [piece.values("pk").query for piece in pieces]

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.key,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        key, params = compiler.compile(self.key)
        text, values = _together(self.pieces, connection, "ALL")
        return f"{key} IN ({text})", (*params, *values)


def _together(pieces: Sequence[Any], connection: Any, kind: str = "") -> tuple[str, list[Any]]:
    """The keys of all pieces as one compound statement: each in brackets of its own, as SQLite asks."""
    texts: list[str] = []
    params: list[Any] = []
    for number, piece in enumerate(pieces):
        try:
            text, values = piece.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        if connection.vendor == "sqlite":
            text = _walked(text)
        texts.append(f"SELECT * FROM ({text}) AS piece{number}")  # noqa: S608  Django's own text around its own
        params += values
    if not texts:
        raise EmptyResultSet
    return f" UNION {kind} ".join(texts), params


_JOIN = re.compile(r'FROM ("\w+") INNER JOIN (("\w+")(?: (\w+))?) ON ')
_OF_AUTHORITY = '."authority_id" IN ('
_ORDER = re.compile(r' ORDER BY ("?\w+"?)\.')


def _walked(text: str) -> str:
    """SQLite would sort all rows of a piece by another row's column; told to begin with the other rows, it walks them
    in the order of their index and stops when the page is full. The order of a CROSS JOIN is one it keeps. Of an
    authority alone: from it and a unit an index leads on, while a case's thirty files are sooner sorted."""
    join, order = _JOIN.search(text), _ORDER.search(text)
    if join is None or order is None or order[1] != (join[4] or join[3]) or _OF_AUTHORITY not in text:
        return text
    return f"{text[: join.start()]}FROM {join[2]} CROSS JOIN {join[1]} ON {text[join.end() :]}"


def count_of(rows: QuerySet[Any], pieces: Sequence[QuerySet[Any]], most: int) -> int:
    """How many rows, up to `most`: counted in the pieces, each from an index that holds what the scope asks."""
    if not pieces:
        return rows.order_by()[:most].count()
    queries = [piece.order_by()[:most].values("pk").query for piece in pieces]
    connection = connections[rows.db]
    try:
        text, params = _together(queries, connection)
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({text}) AS pieces", params)  # noqa: S608
        return min(int(cursor.fetchone()[0]), most)


def page_of(
    rows: QuerySet[Any], sort: Sort, *, descending: bool, after: str, before: str, size: int,
    pieces: Sequence[QuerySet[Any]] = (),
) -> Page:  # fmt: skip
    """One page after or before a cursor; an unreadable cursor gives the first page.

    `pieces` together have the rows of `rows`, each in the order of an index; what is shown is read from `rows`.
    """
    place = read_cursor(after or before, sort.column)
    backward = bool(before) and not after and place is not None
    downward = descending != backward
    parts = [part for piece in pieces or [rows] for part in _parts(piece, sort, downward, place)]
    if len(parts) > 1:
        rows = rows.filter(AmongFirst([part[: size + 1] for part in parts]))
    elif place is not None:
        (rows,) = parts
    found = list(rows.order_by(*sort.order(downward))[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    has_before = more if backward else place is not None
    has_after = more or backward if not backward else True
    return Page(
        rows=found,
        before=make_cursor(found[0], sort.column) if found and has_before else "",
        after=make_cursor(found[-1], sort.column) if found and has_after else "",
    )


def _parts(rows: QuerySet[Any], sort: Sort, downward: bool, place: tuple[Any, Any] | None) -> Iterator[QuerySet[Any]]:
    """The rows beyond a place as ranges of an index: with the same value, with a further one, without any."""
    column, (sign, beyond) = sort.column, ("-", "lt") if downward else ("", "gt")
    filled = rows.order_by(f"{sign}{column}", f"{sign}pk")
    empty = rows.order_by(f"{sign}{sort.own_column}", f"{sign}pk")  # not by the id alone: that is another index
    value, pk = place or (None, None)
    if place is None:
        yield filled.filter(**{f"{column}__isnull": False}) if sort.empty else filled
    elif value is not None:
        yield filled.filter(**{column: value, f"pk__{beyond}": pk})
        yield filled.filter(**{f"{column}__{beyond}": value})
    elif sort.empty_first(downward):
        yield filled.filter(**{f"{column}__isnull": False})
    if not sort.empty:
        return
    if place is not None and value is None:
        yield empty.filter(**{f"{sort.own_column}__isnull": True, f"pk__{beyond}": pk})
    elif place is None or not sort.empty_first(downward):
        yield empty.filter(**{f"{sort.own_column}__isnull": True})


def make_cursor(row: Any, column: str) -> str:
    value = row
    for name in column.split("__"):
        value = getattr(value, name, None)
    kind = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else "v"
    plain = json.dumps([column, kind, value if kind == "v" else value.isoformat(), row.pk])
    return base64.urlsafe_b64encode(encrypt(plain, aad=_BINDING)).decode("ascii").rstrip("=")


def read_cursor(text: str, column: str) -> tuple[Any, Any] | None:
    """Sort value and id of a cursor, or None when it is absent, forged, or of another sort."""
    if not text or len(text) > 2000:
        return None
    try:
        token = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        of, kind, value, pk = json.loads(decrypt(token, aad=_BINDING))
    except Exception:
        return None
    if of != column:
        return None
    if kind == "t":
        value = datetime.fromisoformat(value)
    elif kind == "d":
        value = date.fromisoformat(value)
    return value, pk


def make_place(place: Place) -> str:
    """The cursor of a place in histories."""
    at = SimpleNamespace(history_date=place.at, pk=[place.rank, place.history_id])
    return make_cursor(at, "history_date")


def read_place(text: str) -> Place | None:
    found = read_cursor(text, "history_date")
    if found is None or not isinstance(found[0], datetime) or not isinstance(found[1], list):
        return None
    return Place(found[0], *found[1])

"""Keyset paging 键集翻页: the place is (sort value, id), never an offset, so that no row is lost or shown twice.

The cursor is ciphertext: a sort value may be a name, and addresses end up in logs.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from integrity.identifiers import decrypt, encrypt

_BINDING = "views.cursor"


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that a list may be sorted by; `empty` stands for an empty value, so that the key has no NULL."""

    column: str
    empty: Any = None

    @property
    def key(self) -> str:
        """What a cursor names: the column, or the value that stands for it and its empty ones."""
        return self.column if self.empty is None else "sort_value"


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    before: str
    after: str


def page_of(rows: QuerySet[Any], sort: Sort, *, descending: bool, after: str, before: str, size: int) -> Page:
    """One page after or before a cursor; an unreadable cursor gives the first page."""
    column = sort.key
    if sort.empty is not None:
        rows = rows.annotate(sort_value=Coalesce(F(sort.column), Value(sort.empty)))
    place = read_cursor(after or before, column)
    backward = bool(before) and not after and place is not None
    downward = descending != backward
    if place is not None:
        beyond = "lt" if downward else "gt"
        value, pk = place
        rows = rows.filter(Q(**{f"{column}__{beyond}": value}) | Q(**{column: value, f"pk__{beyond}": pk}))
    sign = "-" if downward else ""
    found = list(rows.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    has_before = more if backward else place is not None
    has_after = more or backward if not backward else True
    return Page(
        rows=found,
        before=make_cursor(found[0], column) if found and has_before else "",
        after=make_cursor(found[-1], column) if found and has_after else "",
    )


def make_cursor(row: Any, column: str) -> str:
    value = row
    for name in column.split("__"):
        value = getattr(value, name)
    kind = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else "v"
    plain = json.dumps([column, kind, value.isoformat() if kind != "v" else value, row.pk])
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

"""Leaves are written with what they tell of 追加存证: in the writer's transaction, or neither stands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import connection, models

from integrity.insertion import insert_columns, insert_one, prepare_column
from integrity.ledger.entry import SALT_BYTES, Head, canonical, commitment, leaf_of, moment
from integrity.ledger.values import names_of, recorded_tables, values_of
from integrity.ledger.watch import refuse_when_unsigned
from integrity.models import GuardedModel, LedgerEntry, LedgerShape


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is to be written: whose row, which history row, and its values by attribute."""

    row_pk: str
    history_id: int
    op: str
    at: datetime
    values: dict[str, Any]
    subjects: Sequence[str] = ()


def record_history(sender: Any, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    """Receiver of simple-history's signal after a history row was written."""
    row = history_instance
    append(type(row), [Leaf(str(instance.pk), row.pk, row.history_type, row.history_date, row.__dict__)])


def append(model: type[models.Model], leaves: Iterable[Leaf]) -> int:
    """Write the leaves of rows of one table, in the caller's transaction; returns how many."""
    if issubclass(getattr(model, "instance_type", model), GuardedModel):
        refuse_when_unsigned()
    shape = shape_of(model._meta.db_table, names_of(model))
    rows = [_row(model, shape, leaf) for leaf in leaves]
    if len(rows) == 1:
        insert_one(LedgerEntry, dict(zip(_COLUMNS, rows[0], strict=True)))
    elif rows:
        columns = dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
        at: Any = LedgerEntry._meta.get_field("at")  # the others go in as they are
        insert_columns(LedgerEntry, columns | {"at": prepare_column(at, columns["at"])})
    return len(rows)


def _row(model: type[models.Model], shape: str, leaf: Leaf) -> tuple[Any, ...]:
    """The values of `_COLUMNS` for one leaf: a salted commitment a field, and the hash of them all."""
    names, table = names_of(model), model._meta.db_table
    salts = os.urandom(SALT_BYTES * len(names))
    values = values_of(model, leaf.values, leaf.subjects)
    kept = [
        commitment(salts[place * SALT_BYTES : (place + 1) * SALT_BYTES], name, value)
        for place, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    previous = b"" if leaf.op in "+r" else _previous(table, leaf.row_pk)
    head = Head(table, leaf.row_pk, leaf.history_id, leaf.op, moment(leaf.at), previous.hex())
    return (shape, table, leaf.row_pk, leaf.history_id, leaf.op, leaf.at, previous, b"".join(kept), salts,
            leaf_of(head, names, kept))  # fmt: skip


_COLUMNS = (
    "shape_id", "table", "row_pk", "history_id", "op", "at", "previous", "commitments", "salts", "leaf",
)  # fmt: skip


def _previous(table: str, row_pk: str) -> bytes:
    """The leaf before this one of the same row; a row older than the ledger has none."""
    with connection.cursor() as cursor:  # asked with every change of a row; compiled anew it costs as much as a save
        cursor.execute(_BEFORE, [table, row_pk])
        found = cursor.fetchone()
    return bytes(found[0]) if found else b""


_BEFORE = 'SELECT leaf FROM "integrity_ledgerentry" WHERE "table" = %s AND row_pk = %s ORDER BY id DESC LIMIT 1'


def shape_of(table: str, names: Sequence[str]) -> str:
    """The key of a list of fields; the list is written after a migration, or with the first row that needs it."""
    digest = _digest(table, tuple(names))
    if digest not in _known:
        if LedgerShape.objects.filter(pk=digest).exists():
            _known.add(digest)
        else:
            text = json.dumps(list(names))
            insert_columns(LedgerShape, {"digest": [digest], "table": [table], "names": [text]})
    return digest


@cache
def _digest(table: str, names: tuple[str, ...]) -> str:
    return sha256(canonical([table, *names])).hexdigest()[:16]


#: Shapes that were found standing: not one that this transaction made and may still take back.
_known: set[str] = set()


def write_shapes(using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the shapes of all tables as they are now."""
    if using == connection.alias and LedgerShape._meta.db_table in connection.introspection.table_names():
        _known.clear()
        for model in recorded_tables():
            shape_of(model._meta.db_table, names_of(model))

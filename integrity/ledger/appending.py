"""Leaves are written with what they tell of 追加存证: in the writer's transaction, or neither stands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection, models

from integrity.insertion import insert_columns
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
    names, table = names_of(model), model._meta.db_table
    shape = shape_of(table, names)
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for leaf in leaves:
        salts = os.urandom(SALT_BYTES * len(names))
        values = values_of(model, leaf.values, leaf.subjects)
        kept = [
            commitment(salts[place * SALT_BYTES : (place + 1) * SALT_BYTES], name, value)
            for place, (name, value) in enumerate(zip(names, values, strict=True))
        ]
        previous = b"" if leaf.op in "+r" else _previous(table, leaf.row_pk)
        head = Head(table, leaf.row_pk, leaf.history_id, leaf.op, moment(leaf.at), previous.hex())
        row = (shape, table, leaf.row_pk, leaf.history_id, leaf.op, leaf.at, previous, b"".join(kept), salts,
               leaf_of(head, names, kept))  # fmt: skip
        for name, value in zip(_COLUMNS, row, strict=True):
            columns[name].append(value)
    if columns["table"]:
        insert_columns(LedgerEntry, {name: _prepared(name, column) for name, column in columns.items()})
    return len(columns["table"])


_COLUMNS = (
    "shape_id", "table", "row_pk", "history_id", "op", "at", "previous", "commitments", "salts", "leaf",
)  # fmt: skip
#: Those that go into the database in another form than they have here.
_CONVERTED = frozenset({"at", "previous", "commitments", "salts", "leaf"})


def _prepared(name: str, column: list[Any]) -> list[Any]:
    if name not in _CONVERTED:
        return column
    field: Any = LedgerEntry._meta.get_field(name)
    return [field.get_db_prep_save(value, connection) for value in column]


def _previous(table: str, row_pk: str) -> bytes:
    """The leaf before this one of the same row; a row older than the ledger has none."""
    found = LedgerEntry.objects.filter(table=table, row_pk=row_pk).order_by("-id").values_list("leaf", flat=True)
    leaf = found.first()
    return bytes(leaf) if leaf is not None else b""


def shape_of(table: str, names: Sequence[str]) -> str:
    """The key of a list of fields; the list is written after a migration, or with the first row that needs it."""
    digest = sha256(canonical([table, *names])).hexdigest()[:16]
    if digest not in _known:
        if LedgerShape.objects.filter(pk=digest).exists():
            _known.add(digest)
        else:
            text = json.dumps(list(names))
            insert_columns(LedgerShape, {"digest": [digest], "table": [table], "names": [text]})
    return digest


#: Shapes that were found standing: not one that this transaction made and may still take back.
_known: set[str] = set()


def write_shapes(using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: the shapes of all tables as they are now."""
    if using == connection.alias and LedgerShape._meta.db_table in connection.introspection.table_names():
        _known.clear()
        for model in recorded_tables():
            shape_of(model._meta.db_table, names_of(model))

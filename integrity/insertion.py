"""Insertion 成批插入: many rows of one table in one statement, with keys taken beforehand; for the bulk door alone.

Django compiles every value of every row on its own: half of an import's processor time. Here values are prepared
column by column, a value that repeats once, and a history table takes the very columns of its table. Nothing is
recorded, checked or told here: `writer.write_rows` is the door, the search index the other caller.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

from integrity.exceptions import ClosedDoor

#: Column of the table → prepared values, one a row, in the order of the rows.
Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Written:
    """What went into the table: the prepared columns by attribute, and the moment."""

    columns: Columns
    at: datetime


def insert(model: type[models.Model], objs: Sequence[Any]) -> Written:
    """Insert new objects as they are, in the caller's transaction; they get their keys and count as saved."""
    now = timezone.now()
    fields: list[models.Field[Any, Any]] = list(model._meta.concrete_fields)
    _take_keys(model, objs)
    columns: Columns = {}
    for field in fields:
        if isinstance(field, models.ForeignKey):
            _follow(field, objs)
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            for obj in objs:
                setattr(obj, field.attname, now)
        columns[field.attname] = prepare_column(field, [obj.__dict__[field.attname] for obj in objs])
    insert_columns(model, columns)
    for obj in objs:
        obj._state.adding, obj._state.db = False, connection.alias
    return Written(columns, now)


def insert_columns(model: type[models.Model], columns: Columns) -> None:
    """Insert prepared columns; attributes of the model that are not among them are left to the database."""
    quote = connection.ops.quote_name
    fields = _fields(model, columns)
    # Names come from the model, values are parameters.
    into = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"{into} VALUES ({marks})", list(zip(*columns.values(), strict=True)))
        else:
            # One statement with an array a column: PostgreSQL and its driver spend more on a statement than on a row,
            # and COPY knows no row-level security.
            arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
            cursor.execute(f"{into} SELECT * FROM unnest({arrays})", list(columns.values()))  # noqa: S608


def insert_one(model: type[models.Model], values: Mapping[str, Any]) -> int:
    """Insert one row with a numbered key, by a statement that is compiled once; `values` by attribute, without the
    key, which is returned."""
    statement, fields = _statement(model, tuple(values), connection.vendor)
    prepared = [
        value if type(value) in plain else field.get_db_prep_save(value, connection)
        for (field, plain), value in zip(fields, values.values(), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, prepared)
        return int(cursor.fetchone()[0])


_Prepared = tuple[tuple["models.Field[Any, Any]", frozenset[type]], ...]


@cache
def _statement(model: type[models.Model], attributes: tuple[str, ...], vendor: str) -> tuple[str, _Prepared]:
    """The insertion of these attributes, and for each its field with the types that need no preparation."""
    quote = connection.ops.quote_name
    fields = _fields(model, attributes)
    into, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    key = quote(str(model._meta.pk.column))
    # Names come from the model, values are parameters.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({marks}) RETURNING {key}"  # noqa: S608
    return statement, tuple((field, _plain_types(field)) for field in fields)


#: Kind of column → the type that both drivers take as it is; a number in a column of truths is not such a one.
_PLAIN: tuple[tuple[tuple[type, ...], type], ...] = (
    ((models.CharField, models.TextField), str),
    ((models.IntegerField,), int),
    ((models.BinaryField,), bytes),
)


def _plain_types(field: models.Field[Any, Any]) -> frozenset[type]:
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    return frozenset(kind for columns, plain in _PLAIN if isinstance(target, columns) for kind in (plain, type(None)))


def _fields(model: type[models.Model], attributes: Iterable[str]) -> list[models.Field[Any, Any]]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[attribute] for attribute in attributes]


def prepare(model: type[models.Model], attribute: str, value: Any, rows: int) -> list[Any]:
    """One value for all rows of a column."""
    (field,) = _fields(model, [attribute])
    return prepare_column(field, [value]) * rows


def prepare_column(field: models.Field[Any, Any], values: list[Any]) -> list[Any]:
    """The values of one column as the database takes them; one that repeats is prepared once."""
    if isinstance(field, models.CharField | models.TextField) and all(type(value) is str for value in values):
        return values
    memo: dict[Hashable, Any] = {}
    prepared = []
    for value in values:
        if not isinstance(value, Hashable):
            prepared.append(field.get_db_prep_save(value, connection))
            continue
        if value not in memo:
            memo[value] = field.get_db_prep_save(value, connection)
        prepared.append(memo[value])
    return prepared


def _follow(field: models.ForeignKey[Any, Any], objs: Iterable[Any]) -> None:
    """The key of a related object that got it after it was assigned."""
    for obj in objs:
        related = obj._state.fields_cache.get(field.name)
        if related is None:
            continue
        key = getattr(related, field.target_field.attname)
        if key is None:
            raise ClosedDoor(f"{type(obj).__name__}.{field.name}: points to a row that is not saved")
        obj.__dict__[field.attname] = key


def _take_keys(model: type[models.Model], objs: Sequence[Any]) -> None:
    """Give numbered rows their keys out of the database's own sequence."""
    pk = model._meta.pk
    if not isinstance(pk, models.AutoField | models.BigAutoField):
        return
    if any(obj.pk is not None for obj in objs):
        raise ClosedDoor(f"{model.__name__}: a new row must not bring its key")
    with connection.cursor() as cursor:
        for obj, key in zip(objs, _next_keys(cursor, model._meta.db_table, str(pk.column), len(objs)), strict=True):
            obj.pk = key


def take_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys for `count` new rows, out of the database's own sequence."""
    pk = model._meta.pk
    with connection.cursor() as cursor:
        return list(_next_keys(cursor, model._meta.db_table, str(pk.column), count))


def _next_keys(cursor: Any, table: str, column: str, count: int) -> Sequence[int]:
    if connection.vendor == "sqlite":
        # One writer at a time: the transaction that reads this number and then writes is alone with it.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = int(row[0] if row else 0) + 1
        return range(first, first + count)
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [connection.ops.quote_name(table), column, count],
    )
    return [int(row[0]) for row in cursor.fetchall()]

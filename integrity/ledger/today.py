"""Today's rows against their newest history 现值与历史: who wrote past the application, by table, key and column.

Asked of the database, which tells the differing rows alone: reading a million rows twice into Python cost three times
as much as hashing them.
"""

# ruff: noqa: S608  the tables' own names
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from integrity.models.guarded import OPEN_MARK

#: Null equals null, and a cell of another type is another value.
_DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def not_as_recorded(model: type[Any]) -> Iterator[tuple[str, str, str, str]]:
    """Table, key, column, what: rows that are not what their newest history row says, are without one, or are gone."""
    history, table = model.history.model._meta, model._meta.db_table
    kept = {field.column for field in history.concrete_fields}
    columns = [str(field.column) for field in model._meta.concrete_fields if field.column in kept]
    key = f'"{model._meta.pk.column}"'
    unequal = [f't."{column}" {_DIFFERS[connection.vendor]} h."{column}"' for column in columns]
    changed = (
        f'SELECT t.{key}, h.history_type, {", ".join(unequal)} FROM "{table}" t LEFT JOIN "{history.db_table}" h '
        f'ON h.history_id = (SELECT MAX(n.history_id) FROM "{history.db_table}" n WHERE n.{key} = t.{key}) '
        f"WHERE h.history_id IS NULL OR h.history_type = '-' OR {' OR '.join(unequal)} ORDER BY t.{key}"
    )
    for pk, kind, *differs in _asked(changed):
        if kind is None or kind == "-":
            yield table, _key(model, pk), "", "was written past the application"
            continue
        for column, differing in zip(columns, differs, strict=True):
            if differing:
                yield table, _key(model, pk), column, "is not what its history says"
    gone = (
        f"SELECT h.{key} FROM \"{history.db_table}\" h WHERE h.history_type <> '-' "
        f'AND NOT EXISTS (SELECT 1 FROM "{table}" t WHERE t.{key} = h.{key}) '
        f'AND NOT EXISTS (SELECT 1 FROM "{history.db_table}" n WHERE n.{key} = h.{key} '
        f"AND n.history_id > h.history_id) ORDER BY h.{key}"
    )
    for (pk,) in _asked(gone):
        yield table, _key(model, pk), "", "was deleted past the application"


def _asked(question: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(OPEN_MARK + question)
        yield from cursor.fetchall()


def _key(model: type[Any], raw: Any) -> str:
    """The key as the rest of the archive writes it; whatever else stands there, as it is."""
    try:
        return str(model._meta.pk.to_python(raw))
    except ValidationError:
        return str(raw)

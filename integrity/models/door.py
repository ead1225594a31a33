"""The door of recorded writes 留痕之门 (N3): a statement that changes tracked rows past it is refused.

simple-history hears of `save()` and `delete()`; a cursor, a migration's data move, another manager and every write
that Django will think of tomorrow change rows in silence. So each connection looks at its statements: what inserts
into, changes or empties a tracked table, or its history, must come through `writing()`, which the tracked models open
around their own `save()` and `delete()`, and the bulk door around its rows. Whoever comes to the database without the
application, or speaks to the driver past Django's cursor, is beyond this; the ledger names what he did.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps

from integrity.exceptions import ClosedDoor

_open: ContextVar[bool] = ContextVar("writing", default=False)
#: A comment, or a text, whose words are no comment.
_COMMENTS = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)
#: A name in any quotation that one of the two databases knows, with or without its schema.
_TABLE = r"(?:\s+ONLY\b)?\s*(?:[\"`\[]?\w+[\"`\]]?\s*\.\s*)?[\"`\[]?(integrity_\w+)"
_INSERTS = re.compile(rf"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|MERGE\s+INTO|COPY){_TABLE}", re.IGNORECASE)
#: `UPDATE OF` of a lock names a table that nobody calls OF.
_CHANGES = re.compile(rf"\b(?:UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?){_TABLE}", re.IGNORECASE)


@contextmanager
def writing() -> Iterator[None]:
    """What is written inside has its history, or is computed from rows that have; who opens it stands in
    tests/architecture/test_closed_doors.py."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


@cache
def _kept() -> frozenset[str]:
    """The tables with history, their histories, and their many-to-many tables: no history would tell of those."""
    from integrity.models.tracked import HistoryRow, RecordedModel

    models = [model for model in apps.get_models() if issubclass(model, RecordedModel | HistoryRow)]
    between = {field.m2m_db_table() for model in models for field in model._meta.local_many_to_many}
    return frozenset(between | {model._meta.db_table for model in models})


Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def refusing(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuse what writes past the door."""
    if not _open.get() and not (sql.startswith("SELECT") and ";" not in sql):
        words = _COMMENTS.sub(r"\1 ", sql)
        if 'u&"' in words.lower():
            raise ClosedDoor("a name in escapes is not read here; write it as it is")
        past = _kept().intersection(map(str.lower, _INSERTS.findall(words)))
        changed = _kept().intersection(map(str.lower, _CHANGES.findall(words)))
        past |= {table for table in changed if _has_rows(table, context)}
        if past:
            raise ClosedDoor(f"{', '.join(sorted(past))}: written past its history; use an act")
    return execute(sql, params, many, context)


def _has_rows(table: str, context: dict[str, Any]) -> bool:
    """A library's migration may rewrite accounts before there are any; an empty table has nothing to lose."""
    with closing(context["connection"].connection.cursor()) as cursor:  # the driver's own: past ourselves
        cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608  one of our tables
        return cursor.fetchone() is not None


def stand_by(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receiver of `connection_created`: every connection of every process."""
    if refusing not in connection.execute_wrappers:
        connection.execute_wrappers.append(refusing)

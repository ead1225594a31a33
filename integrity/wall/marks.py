"""Marks 语句标记: each statement on a guarded table says how it was opened, and the connection acts on it.

`/*wall {…}*/` names who reads, for what act and case; `/*wall open*/` is work for nobody's eyes (`unscoped`) or a row
followed from one that was admitted. A read without a mark is refused (SQLite) or finds no row (PostgreSQL).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings

from integrity.exceptions import UnscopedQuery
from integrity.models import GuardedModel, InformationRequest

_MARK = re.compile(r"/\*wall (open|\{[^*]*\})\*/")
_TABLE = re.compile(r'"(integrity_\w+)"')
_FROM = re.compile(r'\bFROM "(\w+)"')
_OPEN = "open"


@cache
def protected() -> frozenset[str]:
    """The tables behind the wall: every guarded model's, and requests for information."""
    guarded = {model._meta.db_table for model in apps.get_models() if issubclass(model, GuardedModel)}
    return frozenset(guarded | {InformationRequest._meta.db_table})


def reader_of(sql: str) -> str | None:
    """What the wall is told of a statement: "" none, "open", a reader as JSON; None where it concerns no guarded table.

    The outermost mark decides: what a scoped query asks inside is asked by the same reader. A guarded table joined to
    one that is not (a publication's penalty, a grant's file) is followed from a row that was found by its own rule.
    """
    if protected().isdisjoint(_TABLE.findall(sql)):
        return None
    if not sql.lstrip("( ").startswith(("SELECT", "WITH", "/*", "EXPLAIN")):
        return _OPEN  # a write: the acts asked access, and the row's history names who wrote
    found = _MARK.search(sql)
    if found:
        return found[1]
    first = _FROM.search(sql)
    return "" if first is None or first[1] in protected() else _OPEN


Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def refusing(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """SQLite: refuse what carries no mark."""
    if reader_of(sql) == "":
        raise UnscopedQuery(f"a guarded table was read without a scope: {sorted(_touched(sql))}")
    return execute(sql, params, many, context)


def telling(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """PostgreSQL: tell the policies who reads, for this statement alone.

    Inside a transaction the setting is local to it; outside it is taken back after the statement, because a
    connection outlives the request.
    """
    reader = reader_of(sql)
    if reader is None:
        return execute(sql, params, many, context)
    local = context["connection"].in_atomic_block
    _tell(context["connection"], reader, local=local)
    try:
        return execute(sql, params, many, context)
    finally:
        if not local:
            _tell(context["connection"], "", local=False)


def _tell(connection: Any, reader: str, *, local: bool) -> None:
    with connection.connection.cursor() as cursor:  # the driver's own: this statement needs no mark
        cursor.execute("SELECT set_config('archive.reader', %s, %s)", (reader, local))


def _touched(sql: str) -> set[str]:
    return set(_TABLE.findall(sql)) & protected()


def stand_by(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Every connection of this process, where the setting asks for the wall."""
    if not settings.SECOND_WALL:
        return
    wrapper = telling if connection.vendor == "postgresql" else refusing
    if wrapper not in connection.execute_wrappers:
        connection.execute_wrappers.append(wrapper)

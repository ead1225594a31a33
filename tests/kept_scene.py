"""A scene built once and put back row by row 场景复用: a third of a page test's time was building the same province.

What is put back is what the application wrote itself, history and ledger included, with the same keys and moments; it
is only used where the test's transaction begins in the same world as the first one did.
"""

# ruff: noqa: S608  the tables' own names
from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone

from integrity.models import Account, LedgerEntry
from integrity.models.door import writing

Scene = TypeVar("Scene")
#: Table → its columns and rows, in the order in which the tables were first written to.
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
_INSERTED = re.compile(r'INSERT (?:OR \w+ )?INTO "(\w+)"')


_kept: dict[tuple[Any, ...], tuple[Any, Rows]] = {}


def put_back_or_build(build: Callable[[], Scene]) -> Scene:
    """The scene of `build`, by its own rows where this world has seen it before."""
    if not connection.in_atomic_block:
        return build()
    key = (build, *_world())
    if key not in _kept:
        scene, written = _recorded(build)
        _kept[key] = copy.deepcopy(scene), written
        return scene
    scene, written = _kept[key]
    with writing(), connection.cursor() as cursor:
        for table, (columns, rows) in written.items():
            names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
    found: Scene = copy.deepcopy(scene)
    return found


def _world() -> tuple[Any, ...]:
    """What the rows depend on: the moment, and what stands already."""
    ledger = LedgerEntry.objects.aggregate(last=Max("id"), count=Count("id"))
    accounts = Account.objects.aggregate(last=Max("id"))
    return timezone.now(), ledger["last"], ledger["count"], accounts["last"], Group.objects.count()


def _recorded(build: Callable[[], Scene]) -> tuple[Scene, Rows]:
    """Build, and read what was written: once to learn the tables, once more to tell old rows from new."""
    tables: dict[str, None] = {}

    def listening(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := _INSERTED.match(sql.lstrip()):
            tables.setdefault(found.group(1))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(listening):
            build()
        transaction.set_rollback(True)
    before = {table: set(_rows(table)[1]) for table in tables}
    scene = build()
    written = {}
    for table in tables:
        columns, rows = _rows(table)
        written[table] = (columns, [row for row in rows if row not in before[table]])
    return scene, written


def _rows(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f'/*wall open*/ SELECT * FROM "{table}"')
        return [column[0] for column in cursor.description], [tuple(row) for row in cursor.fetchall()]

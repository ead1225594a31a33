"""What the files still hold after a DELETE 存储残留: rewritten, so that a search of their bytes finds nothing.

SQLite: pages that became free are overwritten (`secure_delete`), the file is written anew (VACUUM), the log is emptied.
PostgreSQL: old versions of rows go with VACUUM FULL. Its log of changes and every backup live on: docs/erasure.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.utils import DatabaseError

from integrity.models import ImportedRow, LedgerEntry, erasable

#: Tables that an erasure writes to besides those it names.
_ALWAYS = (LedgerEntry._meta.db_table, ImportedRow._meta.db_table)


def all_tables() -> list[str]:
    """Every table that an erasure may have written to."""
    tables = [model._meta.db_table for model in apps.get_models() if erasable.is_erasable(model)]
    return [*tables, *erasable.histories()]


def prepare() -> None:
    """Before the first statement: from now on SQLite overwrites what it frees."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def rewrite(tables: Iterable[str], *, wait: int = 60) -> list[str]:
    """After the transactions; returns in words what could not be done. `wait`: seconds for others to come to an end."""
    if connection.vendor == "sqlite":
        return _rewrite_sqlite()
    return _rewrite_postgresql(sorted({*tables, *_ALWAYS}), wait)


def _rewrite_sqlite() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = bool((cursor.fetchone() or [0])[0])
    return ["another process reads: the write-ahead log was not emptied; run again with --rewrite"] if busy else []


def _rewrite_postgresql(tables: list[str], wait: int) -> list[str]:
    faults = []
    with connection.cursor() as cursor:
        if not _others_ended(cursor, wait):
            faults.append("older transactions are open on this server, so old rows stay; run again with --rewrite")
        for table in tables:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
        try:
            cursor.execute("CHECKPOINT")
        except DatabaseError:  # needs pg_checkpoint or the server's owner
            faults.append("CHECKPOINT is not allowed to this role; the server does it by itself later")
    return faults


def _others_ended(cursor: Any, wait: int) -> bool:
    """Whether every transaction that began before now has ended.

    VACUUM FULL keeps old rows that its own snapshot may still see, and that one is as old as the oldest writer of the
    whole server, of other databases too.
    """
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    mark = cursor.fetchone()[0]
    until = time.monotonic() + wait
    while True:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [mark])
        if cursor.fetchone()[0]:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.2)

"""What the files still hold after a DELETE 存储残留: rewritten, so that a search of their bytes finds nothing.

SQLite: pages that became free are overwritten (`secure_delete`), the file is written anew (VACUUM), the log is emptied.
PostgreSQL: old versions of rows go with VACUUM FULL. Its log of changes and every backup live on: docs/erasure.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.utils import DatabaseError

from integrity.models import ImportedRow, LedgerEntry

#: Tables that an erasure writes to besides those it names.
_ALWAYS = (LedgerEntry._meta.db_table, ImportedRow._meta.db_table)


def prepare() -> None:
    """Before the first statement: from now on SQLite overwrites what it frees."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def rewrite(tables: Iterable[str]) -> list[str]:
    """After the transactions; returns in words what could not be done."""
    return _rewrite_sqlite() if connection.vendor == "sqlite" else _rewrite_postgresql(sorted({*tables, *_ALWAYS}))


def _rewrite_sqlite() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = bool((cursor.fetchone() or [0])[0])
    return ["another process reads: the write-ahead log was not emptied; run the command again"] if busy else []


def _rewrite_postgresql(tables: list[str]) -> list[str]:
    faults = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
        try:
            cursor.execute("CHECKPOINT")
        except DatabaseError:  # needs pg_checkpoint or the server's owner
            faults.append("CHECKPOINT is not allowed to this role; the server does it by itself later")
    return faults

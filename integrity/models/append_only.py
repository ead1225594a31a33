"""Triggers of append-only tables 只增不改: history and read log are neither rewritten nor cut.

Made after every migration and not in one: SQLite loses triggers whenever Django rebuilds a table, and tables of
history come with later migrations. Whoever owns the database can drop them; the ledger tells, they do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections

from integrity.models import erasable, erasure_triggers
from integrity.models.ledger import LedgerEntry
from integrity.models.readlog import AppendOnlyModel
from integrity.models.tracked import HistoryRow

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS "{table}_no_{name}" BEFORE {verb} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION archive_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_ROWS = """
CREATE OR REPLACE TRIGGER append_only_rows BEFORE {verb} OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION archive_append_only()
"""
_TABLE = """
CREATE OR REPLACE TRIGGER append_only_table BEFORE TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION archive_append_only()
"""


#: Of a leaf, a place is given once and salts are taken by erasure; everything else is as of the read log.
_OPEN_COLUMNS = {LedgerEntry._meta.db_table: ("position", "salts")}
_PLACED = """
CREATE TRIGGER IF NOT EXISTS "{table}_placed_once" BEFORE UPDATE OF position ON "{table}"
WHEN OLD.position IS NOT NULL BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_PLACED_ROWS = """
CREATE OR REPLACE TRIGGER append_only_placed BEFORE UPDATE OF position ON "{table}"
FOR EACH ROW WHEN (OLD.position IS NOT NULL) EXECUTE FUNCTION archive_append_only()
"""


def tables() -> list[str]:
    """Every table that is written once: the read log's, each history's, the ledger's."""
    kinds = (AppendOnlyModel, HistoryRow)
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, kinds))


def install(using: str = "default") -> int:
    """Put the triggers on every append-only table that exists; again does nothing. Returns the number of tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        wanted = [table for table in tables() if table in present]
        if connection.vendor == "postgresql":
            for statement in (_FUNCTION, *erasure_triggers.functions()):
                cursor.execute(statement)
        for table in wanted:
            for statement in _statements(connection.vendor, table):
                cursor.execute(statement)
    return len(wanted)


def _statements(vendor: str, table: str) -> Iterator[str]:
    """`verb` UPDATE closes every column, UPDATE OF those that are not open; these have triggers of their own."""
    erased = erasable.histories().get(table, ())
    may_change = _OPEN_COLUMNS.get(table, erased)
    update = f"UPDATE OF {_closed_columns(table, may_change)}" if may_change else "UPDATE"
    if vendor == "sqlite":
        for verb in (update, "DELETE"):
            yield f'DROP TRIGGER IF EXISTS "{table}_no_{verb.split()[0]}"'
            yield _SQLITE.format(table=table, name=verb.split()[0], verb=verb)
    else:
        yield from (_ROWS.format(table=table, verb=update), _TABLE.format(table=table))
    if table in _OPEN_COLUMNS:
        yield (_PLACED if vendor == "sqlite" else _PLACED_ROWS).format(table=table)
        yield from erasure_triggers.of_salts(vendor, table)
    elif erased:
        yield from erasure_triggers.of_history(vendor, table, erased)


def _closed_columns(table: str, may_change: tuple[str, ...]) -> str:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in may_change)


def install_after_migrating(using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    install(using)

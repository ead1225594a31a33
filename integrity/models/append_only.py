"""Triggers of append-only tables 只增不改: history and read log are neither rewritten nor cut.

Made after every migration and not in one: SQLite loses triggers whenever Django rebuilds a table, and tables of
history come with later migrations. Whoever owns the database can drop them; the ledger tells, they do not.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from integrity.models.readlog import AppendOnlyModel
from integrity.models.tracked import HistoryRow

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION archive_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_ROWS = """
CREATE OR REPLACE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION archive_append_only()
"""
_TABLE = """
CREATE OR REPLACE TRIGGER append_only_table BEFORE TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION archive_append_only()
"""


def tables() -> list[str]:
    """Every table that is written once: the read log's and each history's."""
    kinds = (AppendOnlyModel, HistoryRow)
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, kinds))


def install(using: str = "default") -> int:
    """Put the triggers on every append-only table that exists; again does nothing. Returns the number of tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        wanted = [table for table in tables() if table in present]
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in wanted:
            for statement in _statements(connection.vendor, table):
                cursor.execute(statement)
    return len(wanted)


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [_SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]
    return [_ROWS.format(table=table), _TABLE.format(table=table)]


def install_after_migrating(using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    install(using)

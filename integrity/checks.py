"""Checks at start 启动检查: what no setting shows and a deployment gets wrong."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def not_as_the_owner(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The second wall does not hold for the owner of the tables, nor for a superuser (docs/second-wall.md)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_tables WHERE tableowner = current_user "
                "AND tablename = 'integrity_integrityfile') FROM pg_roles WHERE rolname = current_user"
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            found.append(
                Warning(
                    "this database role owns the tables or passes row-level security",
                    hint="run the staff process as archive_staff (manage.py database_roles)",
                    id="integrity.W001",
                )
            )
    return found

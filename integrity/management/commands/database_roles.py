"""Roles of the database 数据库角色 (design §7), for the public, staff, audit and signer's process.

Prints the statements, or applies them with `--apply` as the owner of the tables: after every migration, for new tables
and functions belong to no role. Again does nothing new. Passwords are set apart: `ALTER ROLE … PASSWORD`.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from integrity.wall.database_roles import statements


class Command(BaseCommand):
    help = "Roles of the database for the public, staff, audit and signer's process (PostgreSQL)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="run the statements instead of printing them")
        parser.add_argument(
            "--prefix", default="archive", help="roles are named PREFIX_public, _staff, _audit and _signer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("roles are PostgreSQL's; SQLite has none (docs/second-wall.md)")
        prefix = options["prefix"]
        if not re.fullmatch(r"[a-z][a-z_]{1,30}", prefix):
            raise CommandError("a prefix is lower case letters and underscores")
        # One transaction: no role stands between two states.
        with transaction.atomic(), connection.cursor() as cursor:
            present = connection.introspection.table_names(cursor)
            if options["apply"]:
                # First, and in the mode that autovacuum takes: a grant changes the table's row of the catalogue, and
                # a vacuum that holds the table and waits for that row would wait for us as we for the table.
                tables = ", ".join(map(connection.ops.quote_name, sorted(present)))
                cursor.execute(f"LOCK TABLE {tables} IN SHARE UPDATE EXCLUSIVE MODE")
            for statement in statements(prefix, present):
                if options["apply"]:
                    cursor.execute(statement)
                else:
                    self.stdout.write(statement.rstrip(";") + ";")

"""Roles of the database 数据库角色 (design §7): public, staff, audit; each may do what its process needs, no more.

Prints the statements, or applies them with `--apply` as the owner of the tables. Again does nothing new. Passwords are
set apart: `ALTER ROLE … PASSWORD`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from integrity.models.append_only import tables as append_only

#: Tables of our own that the public process reads: pages and what they cite, never a person's record.
PUBLIC_TABLES = frozenset({
    "integrity_publication", "integrity_profession", "integrity_organisation", "integrity_division",
    "integrity_legalbasis", "integrity_ruleset", "integrity_holiday", "integrity_ledgercheckpoint",
})  # fmt: skip
#: What the audit administrator's process reads besides the log.
AUDIT_TABLES = frozenset({
    "integrity_readentry", "integrity_readsubject", "integrity_readfinding", "integrity_signinattempt",
    "integrity_account", "integrity_assignment", "integrity_case", "integrity_organisation", "integrity_division",
    "integrity_accesschange", "integrity_ruleset", "integrity_holiday",
})  # fmt: skip


class Command(BaseCommand):
    help = "Roles of the database for the public, the staff and the audit process (PostgreSQL)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="run the statements instead of printing them")
        parser.add_argument(
            "--prefix", default="archive", help="roles are named PREFIX_public, PREFIX_staff, PREFIX_audit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("roles are PostgreSQL's; SQLite has none (docs/second-wall.md)")
        prefix = options["prefix"]
        if not re.fullmatch(r"[a-z][a-z_]{1,30}", prefix):
            raise CommandError("a prefix is lower case letters and underscores")
        with connection.cursor() as cursor:
            present = connection.introspection.table_names(cursor)
            for statement in statements(prefix, present):
                if options["apply"]:
                    cursor.execute(statement)
                else:
                    self.stdout.write(statement + ";")


def statements(prefix: str, present: list[str]) -> Iterator[str]:
    """The statements, in order."""
    staff, public, audit = (f"{prefix}_{name}" for name in ("staff", "public", "audit"))
    for role in (staff, public, audit):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN "
            f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS; END IF; END $$"
        )
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {staff}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {staff}"
    for table in sorted(set(append_only()) & set(present)):
        yield f"REVOKE UPDATE, DELETE ON {table} FROM {staff}"
    yield f"GRANT SELECT ON {', '.join(sorted(_public(present)))} TO {public}"
    yield f"GRANT SELECT ON {', '.join(sorted(AUDIT_TABLES & set(present)))} TO {audit}"
    histories = [
        table for table in present if table.startswith(("integrity_historicalaccount", "integrity_historicalassign"))
    ]
    if histories:
        yield f"GRANT SELECT ON {', '.join(sorted(histories))} TO {audit}"


def _public(present: list[str]) -> set[str]:
    """Wagtail's and the site's tables, and the few of ours that a public page cites."""
    labels = {"cms", "wagtailcore", "wagtailimages", "wagtaildocs", "wagtailredirects", "wagtailsearch", "taggit"}
    ours = {
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels
    }
    ours |= {"django_content_type", "django_migrations", "search_searchdocument", "search_publictoken"}
    return (ours | PUBLIC_TABLES) & set(present)

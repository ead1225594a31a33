"""Tools of the second wall's tests: the roles of the database, and an application that forgot its filter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection
from django.db.models import Q

from integrity.access import Scope

STAFF, PUBLIC, AUDIT, SIGNER = (f"archive_test_{name}" for name in ("staff", "public", "audit", "signer"))


@contextmanager
def _role(name: str) -> Iterator[None]:
    """The tests' own role is a superuser's, for which no policy holds: be another one for a while."""
    with connection.cursor() as cursor:
        # Roles are the whole server's, grants this database's, and both go with the test's transaction.
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %(role)s) AND EXISTS (SELECT 1 FROM pg_class, "
            "aclexplode(relacl) WHERE relname = 'integrity_readentry' AND grantee = to_regrole(%(staff)s))",
            {"role": name, "staff": STAFF},
        )
        if not cursor.fetchone()[0]:
            # No table is altered while its foreign keys wait for the end of the transaction.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            call_command("database_roles", "--apply", "--prefix", "archive_test", verbosity=0)
        cursor.execute(f"SET LOCAL ROLE {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@contextmanager
def as_staff() -> Iterator[None]:
    with _role(STAFF):
        yield


@contextmanager
def as_public() -> Iterator[None]:
    with _role(PUBLIC):
        yield


@contextmanager
def as_audit() -> Iterator[None]:
    with _role(AUDIT):
        yield


@contextmanager
def as_signer() -> Iterator[None]:
    with _role(SIGNER):
        yield


@contextmanager
def all_rows() -> Iterator[None]:
    """The application's own filter replaced by "all rows", everywhere."""
    with patch.object(Scope, "condition", lambda self, model: Q()):
        yield


def ids(model: type[Any]) -> set[int]:
    """All rows of a table that this role and reader get, asked without a mark and without the connection's help."""
    with connection.connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {model._meta.db_table}")  # noqa: S608  the table's own name
        return {row[0] for row in cursor.fetchall()}

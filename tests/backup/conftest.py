"""The ledger's scene, and the database emptied under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from integrity.backup.lines import kept_models
from integrity.backup.saving import save
from integrity.models import append_only
from integrity.models.door import writing
from tests.integrity.conftest import clock, scene
from tests.ledger.conftest import lived
from tests.personas import Province

__all__ = ["clock", "lived", "scene"]
KEY: bytes = settings.BACKUP_KEY


@pytest.fixture
def made(lived: Province, tmp_path: Path) -> Path:
    """A backup of the scene."""
    file = tmp_path / "one.backup"
    save(file, KEY)
    return file


@pytest.fixture
def emptied() -> Callable[[], None]:
    """An archive as it stands before anything happened in it: what no application can do."""
    return _empty


def _empty() -> None:
    with connection.cursor() as cursor, writing():
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%no_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        for model in kept_models():
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    append_only.install()

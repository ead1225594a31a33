"""A province moves 迁移: from SQLite to PostgreSQL by the commands alone, and works there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.journeys.scene import ROOT, built

pytestmark = pytest.mark.postgres
KEYS = {
    "BACKUP_KEY": "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=",
    "LEDGER_KEY": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
}
NAME = "archive_moved"
SIGNS_IN = """
from django.test import Client
from integrity.models import Account, IntegrityFile
from search.query import search
from search.models import World
from integrity.access import scope_for
from integrity.choices import Act
from integrity.demo.accounts import PASSWORD
clerk = Account.objects.get(username="clerk")
browser = Client(SERVER_NAME="localhost")
browser.post("/accounts/login/", {"login": "clerk", "password": PASSWORD})
browser.get("/staff/")
file = IntegrityFile._base_manager.filter(authority=clerk.organisation, status="established").order_by("name")[0]
page = browser.get(f"/staff/files/{file.ref}/")
found = search(World.STAFF, file.name, scope=scope_for(clerk, Act.SEARCH), limit=200)
print(page.status_code, file.name in page.content.decode(), file.pk in {hit.id for hit in found.hits})
"""


@pytest.fixture
def other_database() -> Any:
    """A database of its own on the same server; its address."""
    given = settings.DATABASES["default"]
    login = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME}")
        server.execute(f"CREATE DATABASE {NAME} ENCODING 'UTF8' TEMPLATE template0")
        user = f"{given['USER']}:{quote(given['PASSWORD'])}" if given["PASSWORD"] else given["USER"]
        yield f"postgresql://{user}@{given['HOST']}:{given['PORT']}/{NAME}"
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def test_a_province_moves_to_postgresql_and_works_there(tmp_path: Path, other_database: str) -> None:
    assert connection.vendor == "postgresql"
    (tmp_path / "built").mkdir()
    old = built(tmp_path / "built").copy(tmp_path / "old")
    here = old.environment | KEYS
    manage(here, "sign_checkpoint")
    backup, note = tmp_path / "move.backup", tmp_path / "note.txt"
    assert "read back" in manage(here, "backup", str(backup))
    note.write_text(
        manage(here, "shell", "--no-imports", "--command",
               "from integrity.models import LedgerCheckpoint; print(LedgerCheckpoint.objects.latest().note, end='')"),
        encoding="utf-8",
    )  # fmt: skip
    there = here | {
        "DATABASE_URL": other_database, "CLOSED_ROOT": str(tmp_path / "closed"), "MEDIA_ROOT": str(tmp_path / "media"),
    }  # fmt: skip
    manage(there, "migrate", "--no-input", "--verbosity", "0")
    told = manage(there, "restore", str(backup), "--checkpoint", str(note))
    assert "the ledger holds" in told
    assert "entries hold" in manage(there, "verify_ledger", "--checkpoint", str(note), "--workers", "2")
    assert manage(there, "shell", "--no-imports", "--command", SIGNS_IN).split() == ["200", "True", "True"]
    assert any((tmp_path / "closed").iterdir())

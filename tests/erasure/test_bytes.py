"""After an erasure a search of the bytes finds nothing 字节检索: database file, write-ahead log, index, documents."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from integrity.erasing import storage
from tests.integrity.source import REPOSITORY


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[str]:
    """A copy of the tests' empty database, as an address."""
    told = connection.settings_dict
    name = str(told["NAME"])
    if connection.vendor == "sqlite":
        copy = tmp_path / "archive.sqlite3"
        with sqlite3.connect(f"file:{name}?mode=ro", uri=True) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        yield f"sqlite:///{copy}"
        return
    with django_db_blocker.unblock():
        connection.close()
    where = f"{told['USER']}{':' + told['PASSWORD'] if told['PASSWORD'] else ''}@{told['HOST']}:{told['PORT'] or 5432}"
    copy_name = f"{name}_bytes"[:63]
    with psycopg.connect(f"postgresql://{where}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{copy_name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{copy_name}" TEMPLATE "{name}"')
        try:
            yield f"postgresql://{where}/{copy_name}"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{copy_name}" WITH (FORCE)')


@pytest.mark.django_db
def test_sqlite_overwrites_what_it_frees() -> None:
    if connection.vendor != "sqlite":
        return
    storage.prepare()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)


def test_no_byte_is_left(own_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted before, when it must be found, and after."""
    environment = os.environ | {
        "DATABASE_URL": own_database,
        "CLOSED": str(tmp_path / "closed"),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "integrity.settings.test"),
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.erasure.bytes_left"], capture_output=True, text=True, env=environment,
        cwd=REPOSITORY, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    with capsys.disabled():
        print(f"\nbytes: {connection.vendor}, {told['files']} files, before {sum(told['before'].values())}, "  # noqa: T201
              f"after {sum(told['after'].values())}; rows {told['rows_before']} → {told['rows_after']}")  # fmt: skip
    assert told["indexed"] > 0
    assert told["rows_before"] > 0
    assert all(told["before"].values()), told["before"]
    assert told["rows_after"] == 0
    assert set(told["after"].values()) == {0}, (told["after"], told["where"])
    assert told["waiting"] == told["breaks"] == []

"""The made-up province as the journeys find it: built once, kept between runs, copied for each module.

Each journey has the whole province to itself, so that one clerk's import is not in another's worklist.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils import timezone

from tests.shadow import difference

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
#: What the province is made of; when one of these changes, it is built anew.
MADE_OF = (
    "*/migrations/*.py", "integrity/demo/*.py", "integrity/reference/*", "integrity/names.py", "integrity/rules.py",
    "search/management/commands/demo.py", "search/documents.py", "search/analysis.py", "search/engines/*.py",
    "cms/content/*", "cms/site_content.py", "cms/permissions.py", "tests/shadow.py",
    "uv.lock",
)  # fmt: skip
KEYS = {
    "SECRET_KEY": "journeys-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "FIELD_KEYS": "j1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "BLIND_INDEX_KEY": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
}


@dataclass(frozen=True)
class Province:
    """A database with its closed documents and public pictures."""

    database: Path
    closed: Path

    @classmethod
    def at(cls, stem: Path) -> Province:
        return cls(stem.with_suffix(".sqlite3"), stem.with_suffix(".closed"))

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the surrounding settings but the search path: no key, no database of somebody's own."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
        return inherited | KEYS | {
            "DJANGO_SETTINGS_MODULE": "integrity.settings.dev",
            "DEBUG": "0",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "CLOSED_ROOT": str(self.closed),
            "MEDIA_ROOT": str(self.closed.with_suffix(".media")),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def manage(self, *arguments: str) -> None:
        """Run one of our commands on it; its words appear when it fails."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(  # noqa: S603  our own command
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")

    def rest(self) -> None:
        """Bring the log of SQLite home, so that the file alone is the whole."""
        connection = sqlite3.connect(self.database)
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        finally:
            connection.close()

    def copy(self, stem: Path) -> Province:
        other = Province.at(stem)
        shutil.copyfile(self.database, other.database)
        shutil.copytree(self.closed, other.closed)
        return other

    def move(self, stem: Path) -> Province:
        other = Province.at(stem)
        shutil.rmtree(other.closed, ignore_errors=True)
        shutil.move(self.closed, other.closed)
        shutil.move(self.database, other.database)  # last: its presence says that all is there
        return other


def digest() -> str:
    """Of everything that makes the province, and of the day: its periods are counted from today."""
    total = hashlib.sha256(timezone.localdate().isoformat().encode())
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


def built(temporary: Path) -> Province:
    """The province of today's code: the kept one, or built now (half a minute)."""
    VAR.mkdir(exist_ok=True)
    with _alone():
        stem = VAR / f"journeys-{digest()}"
        kept = Province.at(stem)
        if kept.database.exists():
            return kept
        _throw_away_older()
        fresh = Province.at(temporary / "province")
        fresh.closed.mkdir()
        fresh.manage("migrate", "--no-input", "--verbosity", "0")
        fresh.manage("shell", "--no-imports", "--command", "from tests.shadow import install; install()")
        fresh.manage("load_reference")
        fresh.manage("demo")
        fresh.manage("compile_catalogues")
        fresh.rest()
        return fresh.move(stem)


@contextmanager
def _alone() -> Iterator[None]:
    """Two test runs started together build it once."""
    with (VAR / "journeys.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _throw_away_older() -> None:
    for path in VAR.glob("journeys-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@dataclass
class Site:
    """The province served by processes of its own: today's, and others at later days on the same database."""

    province: Province
    log: Path
    address: str = ""
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, at: date | None = None, **settings: str) -> str:
        """Start a server, with these settings besides, and return its address."""
        command = [sys.executable, "-m", "tests.journeys.server", "--port", "0"]
        if at is not None:
            command += ["--at", at.isoformat()]
        with self.log.open("a", encoding="utf-8") as log:
            process = subprocess.Popen(  # noqa: S603  our own command
                command,
                cwd=ROOT,
                env=self.province.environment | settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._running.append(process)
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"the server did not start:\n{self.log.read_text(encoding='utf-8')[-4000:]}")
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
            process.wait(timeout=20)
            if process.stdout is not None:
                process.stdout.close()

    def gaps(self) -> list[tuple[object, ...]]:
        """What its history does not tell of, since the province was made: the commands', and the visitors' doing."""
        return self.ask(difference(since=0))

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the database from outside, to find out whom to look for; journeys change nothing this way."""
        connection = sqlite3.connect(f"file:{self.province.database}?mode=ro", uri=True)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

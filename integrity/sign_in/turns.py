"""One attempt at a time 逐次登录: a name's attempts are counted before the next one is looked at.

Thirty attempts that arrive within the time of one password hash would all be counted before the first had failed. So
those of one name wait for one another, in every process: an advisory lock on PostgreSQL, and on SQLite, which is one
machine, a lock on a file.
"""

from __future__ import annotations

import fcntl
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

_SLOTS = 64  # files; two names of one slot wait for one another


@contextmanager
def turn(digest: str) -> Iterator[None]:
    """Wait until no other attempt that counts under `digest` is under way."""
    number = int.from_bytes(hashlib.sha256(b"sign-in " + digest.encode()).digest()[:8], "big", signed=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        return
    place = hashlib.sha256(str(connection.settings_dict["NAME"]).encode()).hexdigest()[:16]
    file = Path(tempfile.gettempdir()) / f"integrity-sign-in-{place}-{number % _SLOTS}"
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield

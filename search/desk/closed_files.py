"""Sealed files of the desk 密封文件: below CLOSED_ROOT under random names, ciphertext, overwritten when they go.

An uploaded list itself is kept as the bulk import keeps its uploads, for as long as it is being read.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from django.conf import settings

FOLDER = "checks"


def store(content: bytes) -> str:
    """Keep some ciphertext; the name to find it by."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(24)
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(content)
    return name


def read(name: str) -> bytes | None:
    """The ciphertext, or None when it is gone."""
    path = _folder() / Path(name).name
    return path.read_bytes() if path.is_file() else None


def shred(name: str) -> None:
    """Overwrite and remove; what the disk itself keeps of a file is for the disk's encryption."""
    path = _folder() / Path(name).name
    if not path.is_file():
        return
    with path.open("r+b") as opened:
        opened.write(bytes(path.stat().st_size))
        opened.flush()
        os.fsync(opened.fileno())
    path.unlink()


def names(*, older_than: float = 0) -> set[str]:
    """What lies there, of more than so many seconds."""
    folder = _folder()
    files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    return {path.name for path in files if path.stat().st_mtime <= time.time() - older_than}


def _folder() -> Path:
    return Path(settings.CLOSED_ROOT) / FOLDER

"""Uploads and running imports 上传与导入任务: files kept closed, work done beside the request, resumable.

One thread a job with its own database connection. What the job has done stands in the batch, so that any process
can show it, and a job that died is resumed from there.
"""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connections

from integrity.exceptions import ReasonedRefusal

log = logging.getLogger("integrity.imports")
#: An upload that nobody applied is thrown away after a day.
KEPT_SECONDS = 24 * 3600
_UNSAFE = re.compile(r"[^\w.()（）〔〕\-]+")
_TOKEN = re.compile(r"[0-9a-f]{32}")


def keep_upload(upload: Any) -> str:
    """Store an upload below CLOSED_ROOT under a random folder; its own name is kept for messages only."""
    throw_away_old()
    token = secrets.token_hex(16)
    folder = _folder(token)
    folder.mkdir(parents=True, mode=0o700)
    name = _UNSAFE.sub("_", Path(str(upload.name)).name)[-120:].lstrip(".") or "upload"
    with (folder / name).open("wb") as kept:
        for piece in upload.chunks():
            kept.write(piece)
    return token


def upload_of(token: str) -> Path | None:
    """The kept file, or None when it is gone or the token was never given."""
    if not _TOKEN.fullmatch(token):
        return None
    folder = _folder(token)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return found[0] if found else None


def throw_away(token: str) -> None:
    if _TOKEN.fullmatch(token):
        shutil.rmtree(_folder(token), ignore_errors=True)


def throw_away_old() -> None:
    root = Path(settings.CLOSED_ROOT) / "uploads"
    if not root.is_dir():
        return
    for folder in root.iterdir():
        if folder.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(token: str) -> Path:
    return Path(settings.CLOSED_ROOT) / "uploads" / token


def start(key: str, job: Callable[[], Any], *, wait: float = 2.0) -> None:
    """Run a job beside the request; a short one is waited for, so that its report comes at once."""
    cache.set(_state_key(key), "running", KEPT_SECONDS)
    thread = threading.Thread(target=_work, args=(key, job), name=f"import-{key[:8]}", daemon=True)
    thread.start()
    thread.join(wait)


def _work(key: str, job: Callable[[], Any]) -> None:
    try:
        carry_out(key, job)
    finally:
        connections.close_all()


def carry_out(key: str, job: Callable[[], Any]) -> None:
    """Do the job here; how it ended is kept for the page that waits."""
    try:
        job()
    except ReasonedRefusal as refusal:
        cache.set(_state_key(key), f"refused:{refusal}", KEPT_SECONDS)
    except Exception:
        log.exception("import %s stopped", key)
        cache.set(_state_key(key), "stopped", KEPT_SECONDS)
    else:
        cache.set(_state_key(key), "done", KEPT_SECONDS)


def state_of(key: str) -> str:
    """ "" (unknown here), "running", "done", "stopped", or "refused:" with the words."""
    return str(cache.get(_state_key(key), ""))


def _state_key(key: str) -> str:
    return f"import-job:{key}"

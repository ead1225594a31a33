"""Make a backup 备份: one moment of the database, the files that hang on it, a manifest; sealed while it is written.

Writers go on meanwhile. On SQLite the read transaction keeps one state of the write-ahead log, on PostgreSQL it is
REPEATABLE READ. The file appears under its name when it is whole; until then it is a `.part` beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from integrity.backup.lines import fields_of, kept_models, line_of
from integrity.backup.sealing import Sealer
from integrity.models import LedgerCheckpoint, LedgerEntry

FORMAT = 1
ROWS_A_PART = 5_000
MANIFEST = "manifest.json"
Told = Callable[[str], None]


def roots() -> dict[str, Path]:
    """Where files live: attachments of the public site, closed documents."""
    return {"media": Path(settings.MEDIA_ROOT), "closed": Path(settings.CLOSED_ROOT)}


def save(target: Path, key: bytes, tell: Told = lambda text: None) -> dict[str, Any]:
    """Write the backup; returns its manifest. `FileExistsError` where the name is taken: nothing is overwritten."""
    if target.exists():
        raise FileExistsError(target)
    part = target.with_name(target.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        manifest = _saved(os.fdopen(handle, "wb"), key, tell)
        part.replace(target)
        _keep(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _saved(opened: BinaryIO, key: bytes, tell: Told) -> dict[str, Any]:
    with opened as into:
        about = {"format": FORMAT, "made_at": timezone.now().isoformat(timespec="seconds")}
        with (
            Sealer(into, key, about) as sealer,
            one_moment(),
            tarfile.open(fileobj=cast(Any, sealer), mode="w|gz") as tar,
        ):
            manifest = about | _content(tar, tell)
            _add(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        into.flush()
        os.fsync(into.fileno())
    return manifest


def _keep(folder: Path) -> None:
    """The name survives a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is of one moment; nobody who writes waits for it."""
    if connection.in_atomic_block:
        yield  # the caller's transaction is the moment
        return
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # A role under the policies would save what it may see: with this it is refused instead.
            cursor.execute("SET LOCAL row_security = off")
            yield
        return
    connection.ensure_connection()
    driver = connection.connection
    driver.execute("BEGIN DEFERRED")  # Django's own would take the place of the one writer
    try:
        yield
    finally:
        driver.execute("ROLLBACK")


def _content(tar: tarfile.TarFile, tell: Told) -> dict[str, Any]:
    tables = {}
    for model in kept_models():
        tables[model._meta.label] = table = _table(tar, model)
        if table["rows"]:
            tell(f"{model._meta.label}: {table['rows']}")
    files = {name: told for name, path in _files() if (told := _file(tar, name, path)) is not None}
    newest = LedgerCheckpoint.objects.order_by("-id").first()
    return {
        "database": connection.vendor,
        "migrations": sorted([list(one) for one in MigrationRecorder(connection).applied_migrations()]),
        "tables": tables,
        "files": files,
        "ledger": {
            "size": LedgerEntry.objects.filter(position__isnull=False).count(),
            "checkpoint": newest.note if newest is not None else "",
        },
    }


def _table(tar: tarfile.TarFile, model: type[Any]) -> dict[str, Any]:
    """A table in parts, each small enough for memory; nothing is on a disk in clear."""
    fields, digest = fields_of(model), hashlib.sha256()
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    told = rows.iterator(chunk_size=ROWS_A_PART)
    count = number = 0
    while chunk := list(islice(told, ROWS_A_PART)):
        data = "".join(f"{line_of(fields, row)}\n" for row in chunk).encode("utf-8", "surrogatepass")
        digest.update(data)
        _add(tar, f"tables/{model._meta.label}/{number:06d}", data)
        count, number = count + len(chunk), number + 1
    columns = [field.attname for field in fields]
    return {"rows": count, "parts": number, "sha256": digest.hexdigest(), "columns": columns}


def _files() -> Iterator[tuple[str, Path]]:
    for kind, root in roots().items():
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"files/{kind}/{path.relative_to(root).as_posix()}", path


def _file(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any] | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None  # erased since it was listed
    _add(tar, name, data)
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))

"""Restore 恢复: open the whole backup, write it into an empty archive, verify it against a checkpoint kept outside.

Three gates, in this order, and behind each that stays shut nothing was written: every byte is authenticated and every
digest compared; what somebody outside has seen signed is not newer than this; after the rows are in, and before they
are committed, rows, leaves, tree and checkpoints agree.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from integrity.backup.lines import fields_of, kept_models, row_of
from integrity.backup.saving import FORMAT, MANIFEST, roots
from integrity.backup.sealing import Opener, SealError
from integrity.choices import Act
from integrity.insertion import insert_columns
from integrity.ledger import checking, note
from integrity.ledger.checkpoints import trusted_keys
from integrity.models import LedgerShape, ReadEntry
from integrity.models.door import writing
from integrity.models.readlog import AppendOnlyModel
from integrity.models.tracked import HistoryRow

Told = Callable[[str], None]
BUFFER = 1 << 20


class RestoreRefused(Exception):
    """Why nothing was restored; the target is as it was."""


@dataclass(frozen=True, slots=True)
class Member:
    """A part of the backup that has been authenticated."""

    name: str
    data: bytes


# --- the first gate: the file ----------------------------------------------------------------------------------


def members(source: Path, key: bytes) -> Iterator[Member]:
    """Everything in the backup, in its order; the manifest is the last."""
    try:
        with source.open("rb") as handle, Opener(handle, key) as opener:
            reader = io.BufferedReader(opener, BUFFER)
            with tarfile.open(fileobj=cast(Any, reader), mode="r|gz") as tar:
                for member in tar:
                    found = tar.extractfile(member) if member.isfile() else None
                    if found is None:
                        raise RestoreRefused(f"{member.name}: neither rows nor a file")
                    yield Member(member.name, found.read())
            while reader.read(BUFFER):  # to the last chunk, which alone says that nothing was cut off
                pass
    except OSError as fault:
        raise RestoreRefused(f"{source}: {fault.strerror or fault}") from fault
    except (SealError, tarfile.TarError, EOFError) as fault:
        raise RestoreRefused(f"{source}: {fault}") from fault


class Digests:
    """What has been read, to be compared with the manifest."""

    def __init__(self) -> None:
        self._tables: dict[str, Any] = {}
        self._rows: Counter[str] = Counter()
        self._files: dict[str, dict[str, Any]] = {}
        self.manifest: dict[str, Any] | None = None

    def take(self, member: Member) -> None:
        if self.manifest is not None:
            raise RestoreRefused("something stands after the manifest")
        if member.name == MANIFEST:
            self.manifest = json.loads(member.data)
        elif member.name.startswith("tables/"):
            label = member.name.split("/")[1]
            self._tables.setdefault(label, hashlib.sha256()).update(member.data)
            self._rows[label] += member.data.count(b"\n")
        else:
            digest = hashlib.sha256(member.data).hexdigest()
            self._files[member.name] = {"size": len(member.data), "sha256": digest}

    def compared(self) -> dict[str, Any]:
        """The manifest, once every row and file is what it says."""
        manifest = self.manifest
        if manifest is None or manifest.get("format") != FORMAT:
            raise RestoreRefused("there is no manifest, or one of another format")
        for label, told in manifest["tables"].items():
            found = self._tables.pop(label, hashlib.sha256()).hexdigest()
            if (self._rows[label], found) != (told["rows"], told["sha256"]):
                raise RestoreRefused(f"{label}: the rows are not those of the manifest")
        if self._tables or self._files != manifest["files"]:
            raise RestoreRefused("tables or files are not those of the manifest")
        return manifest


def checked(source: Path, key: bytes) -> dict[str, Any]:
    """Read it through; its manifest."""
    digests = Digests()
    for member in members(source, key):
        digests.take(member)
    return digests.compared()


# --- the second gate: what others have seen ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint that somebody outside keeps."""

    size: int
    text: str
    at: str


def kept_outside(places: Sequence[Path]) -> list[Kept]:
    """Every checkpoint in files and folders that somebody else keeps, by size; what is none of ours is passed over."""
    found = []
    for place in places:
        for file in sorted(place.iterdir()) if place.is_dir() else [place]:
            try:
                text = file.read_text(encoding="utf-8")
                point = note.read(text, trusted_keys())
                found.append(Kept(point.size, text, ", ".join(point.extra[:1])))
            except (OSError, UnicodeError, note.NoteError) as fault:
                if place == file:  # named by hand
                    raise RestoreRefused(f"{file}: no checkpoint of this archive ({fault})") from fault
    return sorted(found, key=lambda kept: kept.size)


def lost(manifest: dict[str, Any], outside: Sequence[Kept]) -> int:
    """How many entries were signed after this backup."""
    newest = outside[-1].size if outside else 0
    return max(0, newest - int(manifest["ledger"]["size"]))


def refuse_old(manifest: dict[str, Any], outside: Sequence[Kept]) -> None:
    number = lost(manifest, outside)
    if number:
        raise RestoreRefused(
            f"an older truth: it ends with entry {manifest['ledger']['size']}, outside {outside[-1].size} were signed "
            f"({outside[-1].at}); {number} entries would be lost. Look for a newer backup, or give --accept-older a "
            "reason."
        )


# --- the third gate: the archive itself --------------------------------------------------------------------------


def restore(
    source: Path,
    key: bytes,
    *,
    outside: Sequence[Path] = (),
    accept_older: bool = False,
    tell: Told = lambda text: None,
) -> dict[str, Any]:
    """All of it, or nothing; returns the manifest. `RestoreRefused` says which gate stayed shut."""
    manifest = checked(source, key)
    tell(f"authentic: {sum(one['rows'] for one in manifest['tables'].values())} rows, {len(manifest['files'])} files")
    kept = kept_outside(outside)
    number = lost(manifest, kept)
    if number and not accept_older:
        refuse_old(manifest, kept)
    _refuse_other_tables(manifest)
    _refuse_full()
    with _files_or_none(), tempfile.TemporaryDirectory(dir=_beside_files()) as folder, transaction.atomic():
        if _write(source, key, Path(folder)) != manifest:
            raise RestoreRefused(f"{source} was another file when it was read again")
        tell("written; verifying")
        connection.check_constraints()
        _verify([one.text for one in kept if one.size <= manifest["ledger"]["size"]])
        if number:
            _put_on_record(number)
        _put_files(Path(folder))
    return manifest


def _put_on_record(number: int) -> None:
    """What was lost stands in the read log, by nobody: the command's reason is in the system's own log."""
    ReadEntry.objects.create(act=Act.EXPORT, door="command.restore", model="ledgerentry", count=number)


def _refuse_other_tables(manifest: dict[str, Any]) -> None:
    here = sorted([list(one) for one in MigrationRecorder(connection).applied_migrations()])
    if here != manifest["migrations"]:
        there = manifest["migrations"]
        other = [one for one in there if one not in here] or [one for one in here if one not in there]
        raise RestoreRefused(
            f"the tables here are of another version (for one: {'.'.join(other[0])}). Restore with the version of the "
            "archive that made the backup, and migrate then."
        )
    columns = {model._meta.label: [field.attname for field in fields_of(model)] for model in kept_models()}
    told = {label: one["columns"] for label, one in manifest["tables"].items()}
    if columns != told:
        raise RestoreRefused("the tables here have other columns: the versions of the archive differ")


#: Apps whose tables have rows as soon as they are made; of pages Wagtail makes two.
SEEDED = frozenset({"auth", "contenttypes", "wagtailcore"})
SEEDED_PAGES = 2


def _refuse_full() -> None:
    for model in kept_models():
        seeded = model._meta.app_label in SEEDED or model is LedgerShape
        least = SEEDED_PAGES if model._meta.label == "wagtailcore.Page" else 0
        if (not seeded or least) and model._base_manager.count() > least:
            raise RestoreRefused(f"there are rows here already ({model._meta.label}): restore into an empty archive")
    for root in roots().values():
        if root.is_dir() and any(root.iterdir()):
            raise RestoreRefused(f"{root}: there are files here already: restore into an empty archive")


def _write(source: Path, key: bytes, folder: Path) -> dict[str, Any]:
    """Rows into the tables, files into a folder; the manifest of what was written."""
    known = {model._meta.label: model for model in kept_models()}
    shapes = set(LedgerShape.objects.values_list("pk", flat=True))
    digests = Digests()
    with writing():  # the rows bring their history along
        _clear(known.values())
        for member in members(source, key):
            digests.take(member)
            kind, _slash, rest = member.name.partition("/")
            if kind == "tables":
                model = known[rest.split("/")[0]]
                _insert(model, member.data.decode("utf-8", "surrogatepass"), shapes if model is LedgerShape else set())
            elif kind == "files":
                _spread(folder, rest, member.data)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(known.values())):
            cursor.execute(statement)
    return digests.compared()


def _clear(models: Iterable[type[Any]]) -> None:
    """What migrating put there; tables that are written once are empty, and stay closed."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for model in models:
            if not issubclass(model, (HistoryRow, AppendOnlyModel)):
                cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608  a table of ours


def _insert(model: type[Any], text: str, there: set[Any]) -> None:
    fields = fields_of(model)
    key = next(number for number, field in enumerate(fields) if field.primary_key)
    rows = [row_of(fields, line) for line in text.split("\n") if line]  # not `splitlines`: a value may hold U+2028
    rows = [row for row in rows if row[key] not in there]
    if rows:
        columns = zip(fields, zip(*rows, strict=True), strict=True)
        insert_columns(model, {field.attname: list(column) for field, column in columns})


def _verify(outside: Sequence[str]) -> None:
    breaks = checking.verify(outside).breaks
    if breaks:
        said = "; ".join(str(one) for one in breaks[:5])
        raise RestoreRefused(f"the ledger does not hold, {len(breaks)} breaks: {said}")


# --- files ---------------------------------------------------------------------------------------------------------


def _beside_files() -> Path:
    """A place on the same disk, so that a file is moved and not copied."""
    place = roots()["closed"].parent
    place.mkdir(parents=True, exist_ok=True)
    return place


def _spread(folder: Path, name: str, data: bytes) -> None:
    parts = PurePosixPath(name).parts
    if parts[0] not in roots() or ".." in parts or PurePosixPath(name).is_absolute():
        raise RestoreRefused(f"{name}: a file outside of the archive's folders")
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _put_files(folder: Path) -> None:
    for kind, root in roots().items():
        if (folder / kind).is_dir():
            shutil.copytree(folder / kind, root, dirs_exist_ok=True)


@contextmanager
def _files_or_none() -> Iterator[None]:
    """The folders were empty; when the rows are taken back, the files are too."""
    try:
        yield
    except BaseException:
        for root in roots().values():
            for path in root.iterdir() if root.is_dir() else ():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise

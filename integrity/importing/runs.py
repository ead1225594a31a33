"""Import runs 导入过程: preview, run, resume. Every row read is accounted for; a crash continues where it stopped."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access import Scope, scope_for
from integrity.choices import Act, BatchState, RowOutcome
from integrity.importing.mapping import Mapped, Mapper, Placed, meant_profile, place_columns
from integrity.importing.planning import Planner
from integrity.importing.profiles import Profile, load_profile
from integrity.importing.readers import CHUNK_ROWS, Source, digest_of, open_source
from integrity.importing.refusal import ImportRefused
from integrity.importing.targets import BASES
from integrity.importing.validation import Problem
from integrity.importing.workbooks import ManySheets
from integrity.importing.writer import write_chunk
from integrity.models import Account, ImportBatch, Organisation, Profession, recording

Progress = Callable[[int, int], None]
#: A preview plans this many rows; beyond, its counts are of the first rows and it says so.
PREVIEW_ROWS = 5_000
_SHOWN_ROWS = 20


@dataclass(slots=True)
class PreviewRow:
    """One row as the preview shows it."""

    sheet: str
    number: int
    cells: dict[str, str]
    outcome: RowOutcome
    note: str
    problems: list[Problem]


@dataclass(slots=True)
class Preview:
    """What an import would do 导入预览; nothing of it is stored."""

    profile: Profile
    format: str
    encoding: str
    sheet: str
    total: int
    planned: int
    mapping: list[tuple[str, str]]
    ignored: list[tuple[str, str]]
    counts: dict[str, int]
    rows: list[PreviewRow] = field(default_factory=list)
    problems: list[tuple[Mapped, Problem]] = field(default_factory=list)
    earlier: ImportBatch | None = None

    @property
    def complete(self) -> bool:
        return self.planned == self.total

    @property
    def note(self) -> str:
        if self.earlier is not None:
            return _("同一文件已按同一方案导入过，再次导入不会写入任何内容")
        return "" if self.complete else _("以下为前 %(planned)s 行的结果，共 %(total)s 行") % {
            "planned": self.planned, "total": self.total,
        }  # fmt: skip


class _Undo(Exception):
    """Ends a trial run: everything it wrote is rolled back."""


def import_scope(by: Account, authority: Organisation, profile: Profile) -> Scope:
    """The importing account's scope; refused when it does not reach this authority's files or records."""
    scope = scope_for(by, Act.IMPORT)
    family = "file" if profile.target == "servants" else "practitioner"
    if not any(authority.pk in clause.authorities and clause.family == family for clause in scope.clauses):
        raise ImportRefused(
            "not_admitted",
            _("账户“%(account)s”没有在“%(authority)s”导入%(what)s的权限")
            % {"account": by, "authority": authority, "what": BASES[profile.target][1]._meta.verbose_name},
            remedy=_("请由有权限的经办人导入，或核对管理机关"),
        )
    return scope


def default_authority(by: Account, profile: Profile) -> Organisation:
    """The authority an account imports for, when there is only one."""
    family = "file" if profile.target == "servants" else "practitioner"
    clauses = [clause for clause in scope_for(by, Act.IMPORT).clauses if clause.family == family]
    found = {pk for clause in clauses for pk in clause.authorities}
    if len(found) == 1:
        return Organisation.objects.get(pk=found.pop())
    if found:
        codes = "、".join(Organisation.objects.filter(pk__in=found).values_list("code", flat=True))
        raise ImportRefused(
            "many_authorities", _("账户有多个管理机关"), remedy=_("请用 --authority 写明其一：%s") % codes
        )
    raise ImportRefused("not_admitted", _("账户“%s”没有导入权限") % by, remedy=_("请由有权限的经办人导入"))


def _profession(profile: Profile) -> Profession | None:
    if profile.target != "practitioners":
        return None
    profession = Profession.objects.filter(code=profile.profession).first()
    if profession is None:
        raise ImportRefused(
            "no_profession",
            _("职业目录中没有“%s”") % profile.profession,
            remedy=_("请先载入职业目录或改正方案中的 profession"),
        )
    if not profession.enabled:
        raise ImportRefused(
            "profession_disabled", _("职业“%s”尚未启用") % profession, remedy=profession.disabled_reason
        )
    return profession


@contextmanager
def _opened(path: Path, profile: Profile, name: str) -> Iterator[tuple[Source, Placed]]:
    try:
        with open_source(path, profile.layout) as source:
            yield source, place_columns(profile, source.header, file=name)
    except ManySheets as refused:
        raise meant_profile(profile, refused, file=name) from None


# --- preview -----------------------------------------------------------------------------------


def preview(path: Path | str, profile: Profile | str, *, by: Account, authority: Organisation) -> Preview:
    """What would happen: planned exactly as the import would, in a transaction that is rolled back."""
    path, profile = Path(path), _profile(profile)
    scope = import_scope(by, authority, profile)
    with _opened(path, profile, path.name) as (source, placed):
        seen = Preview(
            profile=profile, format=source.format, encoding=source.encoding, sheet=source.sheet, total=source.total,
            planned=0, mapping=[(column.label, column.to) for _place, column in placed.columns],
            ignored=[(item.label, item.reason) for _place, item in placed.ignored],
            counts={outcome.value: 0 for outcome in RowOutcome},
            earlier=_earlier(digest_of(path), profile, authority),
        )  # fmt: skip
        source.rows = islice(source.rows, PREVIEW_ROWS)
        batch = ImportBatch(
            profile=profile.name, profile_digest=profile.digest, file_name=path.name[:200], digest="",
            authority=authority, started_by=by,
        )  # fmt: skip
        try:
            with transaction.atomic():
                with recording(by=by, reason=_("导入预览")):
                    batch.save()
                _work(source, placed, profile, batch, by=by, scope=scope, seen=seen)
                raise _Undo
        except _Undo:
            pass
    return seen


def _look(seen: Preview, outcomes: list[tuple[Mapped, RowOutcome, str]]) -> None:
    for row, outcome, note in outcomes:
        seen.planned += 1
        seen.counts[outcome] += 1
        if len(seen.rows) < _SHOWN_ROWS:
            cells = {label: row.raw.get(label, "") for label, _to in seen.mapping}
            seen.rows.append(PreviewRow(row.sheet, row.number, cells, outcome, note, row.problems))
        if len(seen.problems) < 200:
            seen.problems += [(row, problem) for problem in row.problems]


# --- run and resume ----------------------------------------------------------------------------


def run(
    path: Path | str,
    profile: Profile | str,
    *,
    by: Account,
    authority: Organisation,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportBatch:
    """Import a file under a profile for one managing authority.

    The same content, profile and authority again is the earlier batch: nothing is written. `dry_run` does everything
    and rolls it back. Raises ImportRefused before the first row when the file cannot be imported as it is.
    """
    path, profile = Path(path), _profile(profile)
    scope = import_scope(by, authority, profile)
    digest = digest_of(path) if path.is_file() else ""
    earlier = _earlier(digest, profile, authority)
    if earlier is not None and not dry_run:
        return _written_nothing(earlier)
    with _opened(path, profile, path.name) as (source, placed):
        halted = _halted(digest, profile, authority)
        if halted is not None and not dry_run:
            return _continue(halted, source, placed, profile, by=by, scope=scope, progress=progress)
        batch = ImportBatch(
            profile=profile.name, profile_digest=profile.digest, file_name=path.name[:200], digest=digest,
            authority=authority, started_by=by, state=BatchState.RUNNING, total=source.total,
        )  # fmt: skip
        if not dry_run:
            batch.stored = _keep(path, profile)
            with recording(by=by, reason=_reason(batch)):
                batch.save()
            return _continue(batch, source, placed, profile, by=by, scope=scope, progress=progress)
        try:
            with transaction.atomic():
                with recording(by=by, reason=_reason(batch)):
                    batch.save()
                _work(source, placed, profile, batch, by=by, scope=scope, progress=progress)
                _prove(batch)
                raise _Undo
        except _Undo:
            batch.pk = None
            batch.message = _("试运行：未写入任何内容")
        return batch


def resume(batch: ImportBatch, *, by: Account, progress: Progress | None = None) -> ImportBatch:
    """Continue an interrupted batch from its kept copy, after the last row that was committed."""
    if batch.state == BatchState.DONE:
        return batch
    kept = _closed(batch.stored)
    if not batch.stored or not kept.is_file():
        raise ImportRefused("no_copy", _("找不到该批次的文件副本"), remedy=_("请重新选择同一文件导入，将自动接续"))
    profile = _profile_copy(kept)
    if profile.digest != batch.profile_digest or digest_of(kept) != batch.digest:
        raise ImportRefused("copy_changed", _("文件副本与批次不符"), remedy=_("请重新选择同一文件导入"))
    scope = import_scope(by, batch.authority, profile)
    with _opened(kept, profile, batch.file_name) as (source, placed):
        return _continue(batch, source, placed, profile, by=by, scope=scope, progress=progress)


def _continue(
    batch: ImportBatch,
    source: Source,
    placed: Placed,
    profile: Profile,
    *,
    by: Account,
    scope: Scope,
    progress: Progress | None,
) -> ImportBatch:
    for _row in islice(source.rows, batch.read):
        pass  # committed before the interruption
    batch.state = BatchState.RUNNING
    try:
        _work(source, placed, profile, batch, by=by, scope=scope, progress=progress)
    except Exception as error:
        batch.refresh_from_db()
        batch.state = BatchState.INTERRUPTED
        batch.message = _("中断于第 %(read)s 行之后：%(error)s") % {"read": batch.read, "error": type(error).__name__}
        with recording(by=by, reason=_("导入中断")):
            batch.save()
        raise
    _prove(batch)
    batch.state, batch.finished_at, batch.message = BatchState.DONE, timezone.now(), ""
    kept, batch.stored = batch.stored, ""
    with recording(by=by, reason=_reason(batch)):
        batch.save()
    _forget(kept)
    return batch


def _work(
    source: Source,
    placed: Placed,
    profile: Profile,
    batch: ImportBatch,
    *,
    by: Account,
    scope: Scope,
    progress: Progress | None = None,
    seen: Preview | None = None,
) -> None:
    mapper = Mapper(profile, placed)
    planner = Planner(profile, batch.authority, by, batch, scope, _profession(profile))
    reason = _reason(batch)
    for chunk in source.chunks(CHUNK_ROWS):
        # Asked anew for each chunk: whoever lost the duty meanwhile writes no further row.
        scope = planner.scope = import_scope(Account.objects.get(pk=by.pk), batch.authority, profile)
        mapped = mapper.rows(chunk)
        plan = planner.plan(mapped)
        write_chunk(plan, batch, by=by, scope=scope, reason=reason)
        if seen is not None:
            _look(seen, [(item.row, item.outcome, item.note) for item in plan.outcomes])
        if progress is not None:
            progress(batch.read, source.total)


def _prove(batch: ImportBatch) -> None:
    """read = created + changed + unchanged + rejected = total; anything else is a fault of this program."""
    parts = batch.created + batch.changed + batch.unchanged + batch.rejected
    if not batch.read == parts == batch.total:
        raise AssertionError(f"import does not add up: total {batch.total}, read {batch.read}, parts {parts}")


def _reason(batch: ImportBatch) -> str:
    return _("批量导入 %(file)s（方案 %(profile)s）") % {"file": batch.file_name, "profile": batch.profile}


def _profile(profile: Profile | str) -> Profile:
    return profile if isinstance(profile, Profile) else load_profile(profile)


def _earlier(digest: str, profile: Profile, authority: Organisation) -> ImportBatch | None:
    rows = ImportBatch.objects.filter(digest=digest, profile_digest=profile.digest, authority=authority)
    return rows.filter(state=BatchState.DONE).first()


def _written_nothing(earlier: ImportBatch) -> ImportBatch:
    """The earlier batch with the figures of this run, which wrote nothing. Not to be saved."""
    when = timezone.localtime(earlier.finished_at or earlier.started_at)
    earlier.message = _(
        "该文件此前已导入（%(when)s，当时新增 %(created)s、变更 %(changed)s、未变 %(unchanged)s），本次未写入"
    ) % {
        "when": f"{when:%Y-%m-%d %H:%M}", "created": earlier.created, "changed": earlier.changed,
        "unchanged": earlier.unchanged,
    }  # fmt: skip
    earlier.unchanged += earlier.created + earlier.changed
    earlier.created = earlier.changed = 0
    return earlier


def _halted(digest: str, profile: Profile, authority: Organisation) -> ImportBatch | None:
    rows = ImportBatch.objects.filter(digest=digest, profile_digest=profile.digest, authority=authority)
    return rows.filter(state__in=(BatchState.RUNNING, BatchState.INTERRUPTED)).first()


# --- the copy that a resumed run reads ---------------------------------------------------------


def _closed(stored: str) -> Path:
    return Path(settings.CLOSED_ROOT) / "imports" / stored


def _keep(path: Path, profile: Profile) -> str:
    """A private copy of file and profile under a random name, until the batch is done."""
    stored = secrets.token_hex(16)
    target = _closed(stored)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy,
        path.open("rb") as source,
    ):
        while piece := source.read(1 << 20):
            copy.write(piece)
    target.with_suffix(".json").write_text(profile.model_dump_json(), encoding="utf-8")
    return stored


def _profile_copy(kept: Path) -> Profile:
    return Profile.model_validate_json(kept.with_suffix(".json").read_text(encoding="utf-8"))


def _forget(stored: str) -> None:
    if stored:
        _closed(stored).unlink(missing_ok=True)
        _closed(stored).with_suffix(".json").unlink(missing_ok=True)

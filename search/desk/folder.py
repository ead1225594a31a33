"""The folder of a case 案卷夹: records put side by side with notes, for those of the case while it is open.

It opens nothing: each reader sees the records that the own grants in this case reach, and their notes; the others are
neither shown nor counted. Nothing of it enters a record (H3), and all of it goes when the case ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.choices import Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import Account, Case
from search import hits
from search.analysis import parse
from search.desk.holders import scope_to_work
from search.documents import SOURCES
from search.hits import Hit
from search.models import FolderItem, FolderNote, Kind

MOST = 500


@dataclass(frozen=True, slots=True)
class Note:
    """One note with its words."""

    row: FolderNote
    text: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the folder as this reader sees it."""

    item: FolderItem
    row: Any
    hit: Hit
    notes: tuple[Note, ...]
    mine: bool


def scope_in_case(account: Account, *, purpose: str, case: Case | str) -> Scope:
    """What this account reaches by its grants in the case, and by nothing else; `NotAdmitted` without one."""
    scope = scope_to_work(account, purpose=purpose, case=case)
    granted = tuple(clause for clause in scope.clauses if clause.role == Role.INSPECTOR)
    if scope.case is None or not granted:
        raise NotAdmitted
    return replace(scope, clauses=granted)


def _case_of(scope: Scope) -> Case:
    if scope.case is None:
        raise NotAdmitted
    return scope.case


def _rows(kind: Kind, ids: Sequence[int], scope: Scope) -> Any:
    return SOURCES[kind].rows_for(scope).filter(pk__in=ids)


@transaction.atomic
def put_in(scope: Scope, kind: Kind, record: Any, *, by: Account, note: str = "") -> FolderItem:
    """Put a record into the folder 放入案卷夹; there already, it only gets the note."""
    case = _case_of(scope)
    if not _rows(kind, [record.pk], scope).exists():
        raise ActRefused("out_of_case", _("该记录不在本案授权的档案之内"))
    found = FolderItem.objects.filter(case=case, kind=kind, object_id=record.pk).first()
    if found is None and FolderItem.objects.filter(case=case).count() >= MOST:
        raise ActRefused("too_many", _("一个案卷夹最多 %d 条记录") % MOST)
    item = found or FolderItem.objects.create(case=case, kind=kind, object_id=record.pk, put_by=by)
    if note.strip():
        write_note(item, by=by, text=note)
    return item


def write_note(item: FolderItem, *, by: Account, text: str) -> FolderNote:
    """A note on a record of the folder 写备注, sealed."""
    note = FolderNote(item=item, by=by)
    note.token = note.sealed("token", text.strip())
    note.save()
    return note


def lines(scope: Scope, *, reader: Account) -> list[Line]:
    """The folder of the scope's case, newest first, of what this reader may see now."""
    items = FolderItem.objects.live().filter(case=_case_of(scope)).select_related("put_by")
    by_kind: dict[Kind, list[FolderItem]] = defaultdict(list)
    for item in items:
        by_kind[Kind(item.kind)].append(item)
    shown: dict[tuple[Kind, int], tuple[Any, Hit]] = {}
    for kind, some in by_kind.items():
        rows = list(_rows(kind, [item.object_id for item in some], scope))
        for row, hit in zip(rows, hits.build(kind, rows, parse("")), strict=True):
            shown[kind, row.pk] = row, hit
    seen = [item for item in items if (Kind(item.kind), item.object_id) in shown]
    notes = _notes(seen, reader)
    return [
        Line(
            item, *shown[Kind(item.kind), item.object_id], notes=tuple(notes[item.pk]), mine=item.put_by_id == reader.pk
        )
        for item in seen
    ]


def _notes(items: Sequence[FolderItem], reader: Account) -> dict[int, list[Note]]:
    found: dict[int, list[Note]] = defaultdict(list)
    for row in FolderNote.objects.filter(item__in=items).select_related("by"):
        found[row.item_id].append(Note(row, row.opened("token", row.token), row.by_id == reader.pk))
    return found


def line_of(scope: Scope, ref: Any, *, reader: Account) -> Line:
    """One record of the folder; absent, of another case and out of one's grants are one: `NotAdmitted`."""
    found: Iterator[Line] = (line for line in lines(scope, reader=reader) if line.item.ref == ref)
    line = next(found, None)
    if line is None:
        raise NotAdmitted
    return line


def take_out(line: Line) -> None:
    """Out of the folder 取出, by whoever put it in, with its notes; the record itself is untouched."""
    if not line.mine:
        raise NotAdmitted
    if any(not note.mine for note in line.notes):
        raise ActRefused("notes", _("他人已写备注，不能取出"))
    line.item.delete()


def drop_note(line: Line, ref: Any) -> None:
    """One's own note away 删除备注."""
    note = next((note for note in line.notes if note.mine and note.row.ref == ref), None)
    if note is None:
        raise NotAdmitted
    note.row.delete()


def throw_away_old() -> int:
    """Folders whose case is over 到期清除; how many records left them."""
    old = [row.pk for row in FolderItem.objects.over()]
    FolderItem.objects.filter(pk__in=old).delete()
    return len(old)

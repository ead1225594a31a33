"""Two moments of a file side by side 两时点比对 (design §5): what changed, in plain words; who, why, on what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.as_of import FileThen, Moment, file_on
from integrity.models import IntegrityFile
from integrity.timeline import describe
from integrity.versions import Change, Names, changed_columns, entries_between


@dataclass(slots=True)
class Difference:
    """One record of the file that is not as it was 差异."""

    kind: str
    what: str
    word: str
    row: Any
    is_new: bool = False
    changes: list[Change] = field(default_factory=list)
    #: The entries of its history between the two moments, oldest first.
    told: list[Any] = field(default_factory=list)


def compare(file: IntegrityFile, scope: Scope, earlier: Moment, later: Moment) -> list[Difference]:
    """What is new, gone or changed between two moments, as this reader may see both."""
    before, after = _by_row(file_on(file, scope, earlier)), _by_row(file_on(file, scope, later))
    names = Names()
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key), after.get(key)
        row: Any = new if new is not None else old
        changes = changed_columns(type(row), old, new, names, row.hidden) if new is not None else []
        if old is not None and new is not None and not changes:
            continue
        found.append(
            Difference(
                kind=str(row._meta.verbose_name),
                what="" if isinstance(row, IntegrityFile) else describe(row),
                word=_("新增") if old is None else _("不再显示") if new is None else _("修改"),
                row=row,
                is_new=old is None,
                changes=changes,
                told=entries_between(file, scope, row, earlier.until, later.until),
            )
        )
    return found


def _by_row(then: FileThen | None) -> dict[tuple[str, int], Any]:
    if then is None:
        return {}
    rows = [then.file, *then.decisions, *(row for _model, some in then.parts for row in some)]
    return {(str(row._meta.model_name), row.pk): row for row in rows}

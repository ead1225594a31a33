"""Two moments of a file or record side by side 两时点比对 (design §5): what changed, who, why, on what document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.as_of import Moment
from integrity.changes import Change, Names, changed_columns
from integrity.chapters import Holder
from integrity.timeline import describe
from integrity.versions import entries_between
from integrity.wholes import Whole, whole_on


@dataclass(slots=True)
class Difference:
    """One record that is not as it was 差异; `along`: how many followed it to another authority."""

    kind: str
    what: str
    word: str
    row: Any
    is_new: bool = False
    changes: list[Change] = field(default_factory=list)
    #: The entries of its history between the two moments, oldest first.
    told: list[Any] = field(default_factory=list)
    along: int = 0


def compare(holder: Holder, scope: Scope, earlier: Moment, later: Moment) -> list[Difference]:
    """What is new, gone or changed between two moments, as this reader may see both; who did it: `tell`."""
    old, new = whole_on(holder, scope, earlier), whole_on(holder, scope, later)
    before, after = _by_row(old), _by_row(new)
    bases_then, bases_now = old.bases if old else {}, new.bases if new else {}
    moved = old is not None and new is not None and old.holder.authority_id != new.holder.authority_id
    names, found, along = Names(), [], 0
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        row: Any = now if now is not None else was
        # A transfer carries every row to the new authority: told with the holder, not once for each.
        carried = moved and was is not None and now is not None and key != _key(holder)
        hidden = row.hidden | ({"authority"} if carried else frozenset())
        changes = changed_columns(type(row), was, now, names, hidden) if now is not None else []
        if now is not None:
            changes += _bases(bases_then.get(row.pk, []), bases_now.get(row.pk, []), row)
        if was is not None and now is not None and not changes:
            along += bool(carried and was.authority_id != now.authority_id)
            continue
        found.append(
            Difference(
                kind=str(row._meta.verbose_name),
                what="" if isinstance(row, Holder) else describe(row),
                word=_("新增") if was is None else _("不再显示") if now is None else _("修改"),
                row=row,
                is_new=was is None,
                changes=changes,
            )
        )
    if found and isinstance(found[0].row, Holder):
        found[0].along = along
    return found


def tell(differences: list[Difference], holder: Holder, scope: Scope, earlier: Moment, later: Moment) -> None:
    """Who brought these differences about between the two days of knowing, for as many as a page shows."""
    entries = entries_between(holder, scope, [one.row for one in differences], earlier.until, later.until)
    for one in differences:
        one.told = entries.get(_key(one.row), [])


def _bases(was: list[str], now: list[str], row: Any) -> list[Change]:
    if was == now or not hasattr(row, "decided_on") or not hasattr(row, "bases"):
        return []
    return [Change(str(_("法律依据")), _("、").join(was), _("、").join(now))]


def _key(row: Any) -> tuple[str, Any]:
    return str(row._meta.model_name), row.pk


def _by_row(then: Whole | None) -> dict[tuple[str, Any], Any]:
    return {_key(row): row for row in then.rows()} if then is not None else {}

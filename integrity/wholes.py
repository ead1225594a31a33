"""A whole file or record on a day 某日的档案 (design §5): its head, what hung on it, what the decisions rested on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from integrity.access import Scope
from integrity.as_of import Moment, newest, rows_on
from integrity.changes import Names
from integrity.chapters import Chapter, Holder, chapters_of
from integrity.heads import level_of_unit, name_units, settle, settle_heads
from integrity.models import Decision, IntegrityFile, LegalBasis, Objection, Penalty, PenaltyRemedy, Remedy

#: Shown apart from the parts.
_APART: dict[type[Any], str] = {
    Decision: "decisions", Penalty: "decisions", Objection: "objections", Remedy: "remedies", PenaltyRemedy: "remedies",
}  # fmt: skip


@dataclass(slots=True)
class Whole:
    """A file or a practitioner's record as of a moment."""

    holder: Any
    parts: list[tuple[Any, list[Any]]] = field(default_factory=list)
    decisions: list[Any] = field(default_factory=list)
    objections: list[Any] = field(default_factory=list)
    remedies: list[Any] = field(default_factory=list)
    #: Of each decision the legal bases that were recorded with it.
    bases: dict[int, list[str]] = field(default_factory=dict)

    def rows(self) -> Iterator[Any]:
        """Everything in it, in the order of the page."""
        yield self.holder
        yield from self.decisions
        for _model, rows in self.parts:
            yield from rows
        yield from self.objections
        yield from self.remedies


def whole_on(holder: Holder, scope: Scope, moment: Moment) -> Whole | None:
    """The file or record and what hung on it, or None where nothing was known of it then."""
    first, *rest = chapters_of(holder)
    found = rows_on(first.model, scope, moment, id=holder.pk)
    if not found:
        return None
    whole = Whole(found[0])
    for chapter in rest:
        if chapter.through:
            whole.bases = _bases(chapter, whole.decisions, moment)
            continue
        rows = rows_on(chapter.model, scope, moment, holder=holder, **{chapter.path: holder.pk})
        if chapter.model in _APART:
            setattr(whole, _APART[chapter.model], rows)
        else:
            whole.parts.append((chapter.model, rows))
    settle_heads([whole.holder], scope, moment)
    for row in whole.rows():
        if row is not whole.holder:
            settle(row, scope, moment)
    name_units(list(whole.rows()), moment.until)
    if isinstance(holder, IntegrityFile):
        level_of_unit([whole.holder])
    return whole


def _bases(chapter: Chapter, decisions: list[Any], moment: Moment) -> dict[int, list[str]]:
    """Legal bases as they were recorded, of decisions that are shown."""
    key, names = f"{chapter.through}_id", Names()
    known = newest(chapter.model, moment.until).filter(**{f"{key}__in": [row.pk for row in decisions]})
    found: dict[int, list[str]] = {}
    for entry in known.order_by("id"):
        found.setdefault(getattr(entry, key), []).append(names.related(LegalBasis, entry.basis_id))
    return found

"""What approving a draft would change 审核对照 (H2, H18): beside what is in force, and since it was sent back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integrity.access import Scope
from integrity.as_of import admitted
from integrity.changes import Change, Names, changed_columns
from integrity.choices import RecordState
from integrity.timeline import rows_of

#: What moves with every step of a record: it would be told as a change of each draft.
_OF_THE_STEP = frozenset({"state", "amends"})
SHOWN = 10


@dataclass(slots=True)
class Effect:
    """A draft before its approver, within what this approver may read."""

    #: The record that it changes and that ends with the approval; and column by column how they differ.
    against: Any = None
    changes: list[Change] = field(default_factory=list)
    #: The entry with which it was last sent back, and what its author changed since.
    returned: Any = None
    repaired: list[Change] = field(default_factory=list)
    #: Records of the same kind in force beside it, which stay as they are.
    standing: list[Any] = field(default_factory=list)

    @property
    def read(self) -> list[Any]:
        """The rows beside the draft that this shows: a reading to be logged."""
        return [*([self.against] if self.against is not None else []), *self.standing]


def effect_of(row: Any, scope: Scope) -> Effect:
    """The draft against the record that it amends, the version that was sent back, and what is in force beside it."""
    model, names, hidden = type(row), Names(), scope.hidden(row) | _OF_THE_STEP
    found = Effect()
    amended = getattr(row, "amends_id", None)
    if amended is not None:
        found.against = rows_of(model, scope, pk=amended).first()
    if found.against is not None:
        hidden_there = hidden | scope.hidden(found.against)
        found.changes = changed_columns(model, found.against, row, names, hidden_there)
    sent_back = model.history.filter(id=row.pk, state=RecordState.RETURNED)
    found.returned = admitted(model, scope, sent_back).select_related("history_user").order_by("-history_id").first()
    if found.returned is not None:
        # The last return may have been saved again by the author: what counts is the text as it was sent back.
        found.returned = _first_of_its_return(model, found.returned, scope)
        found.repaired = changed_columns(model, found.returned, row, names, hidden)
    holder = "file" if hasattr(row, "file_id") else "record"
    beside = rows_of(model, scope, **{holder: getattr(row, f"{holder}_id")}, state__in=RecordState.effective())
    found.standing = list(beside.exclude(pk__in=[row.pk, amended or 0])[:SHOWN])
    return found


def _first_of_its_return(model: Any, entry: Any, scope: Scope) -> Any:
    """The first entry in the state of this return: later ones of the same state are the author's repairs."""
    past = model.history.filter(id=entry.id, history_id__lt=entry.history_id).exclude(state=RecordState.RETURNED)
    before = past.order_by("-history_id").values_list("history_id", flat=True).first() or 0
    own = model.history.filter(id=entry.id, state=RecordState.RETURNED, history_id__gt=before)
    return admitted(model, scope, own).select_related("history_user").order_by("history_id").first()

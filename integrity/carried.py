"""A transfer 管理权限移转: one act that carries every row of a file to its new authority, told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from integrity.access import Scope
from integrity.as_of import admitted
from integrity.chapters import Holder

#: The act is one transaction; of a file with thousands of rows it takes minutes to write them.
_TOGETHER = timedelta(minutes=10)
#: Columns of a history that say about the change, not about the row.
_ABOUT = frozenset({"history_id", "history_date", "history_type", "history_change_reason", "history_user_id",
                    "history_document", "history_acting_for_id"})  # fmt: skip


class Carried:
    """Which entries of parts did nothing but follow their holder: same person, reason and document, same authority."""

    def __init__(self, holder: Holder, scope: Scope, entries: Sequence[Any]) -> None:
        self._acts: list[Any] = []
        days = [entry.history_date for entry in entries if entry.history_type == "~"]
        if days and any(entry.which for entry in entries):
            model = type(holder)
            past = model.history.filter(
                id=holder.pk, history_type="~",
                history_date__gte=min(days) - _TOGETHER, history_date__lte=max(days) + _TOGETHER,
            )  # fmt: skip
            # In the reader's sight: what the holder's line does not tell, the part's own line tells.
            self._acts = list(admitted(model, scope, past).order_by("history_id")[:1000])

    def along(self, entry: Any, before: Any) -> bool:
        """Whether a part's entry moved the row with its holder and changed nothing else."""
        if entry.which == 0 or entry.history_type != "~" or _differing(entry, before) - {"authority_id"}:
            return False
        return any(_one_act(entry, act) for act in self._acts)

    @staticmethod
    def moved(entry: Any, before: Any) -> bool:
        """Whether the holder's own entry took it to another authority."""
        return before is not None and entry.history_type == "~" and entry.authority_id != before.authority_id


def _differing(entry: Any, before: Any) -> set[str]:
    columns = {field.attname for field in type(entry)._meta.concrete_fields} - _ABOUT
    return {name for name in columns if getattr(entry, name) != getattr(before, name)}


def _one_act(entry: Any, act: Any) -> bool:
    together = abs(entry.history_date - act.history_date) <= _TOGETHER
    return together and all(
        getattr(entry, name) == getattr(act, name)
        for name in ("history_user_id", "history_change_reason", "history_document", "authority_id")
    )

"""What the domain says outward 领域信号: ids only; receivers write a queue row in the same transaction.

records_changed: `label` (model name), `ids`. decisions_changed: `label` ("decision" or "penalty"), `ids`.
publication_changed: `ids`. erased: none; what was erased is out of the tables, and their copies follow at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.dispatch import Signal

records_changed = Signal()
decisions_changed = Signal()
publication_changed = Signal()
erased = Signal()


def tell_records(label: str, ids: Iterable[int]) -> None:
    """Rows of a guarded model were written; the sender is the label, so that receivers stay apart from tables."""
    records_changed.send(sender=label, label=label, ids=list(ids))


def tell_decisions(label: str, ids: Iterable[int]) -> None:
    decisions_changed.send(sender=label, label=label, ids=list(ids))


def tell_publications(ids: Iterable[int]) -> None:
    publication_changed.send(sender="publication", ids=list(ids))


def tell_erased() -> tuple[list[str], list[Exception]]:
    """Rows were emptied and committed. Unlike the others, the receivers have done their work when this returns.

    Returns their tables, whose files may still hold what was erased, and what kept a receiver from its work: the
    caller goes on with the others, and says that copies are left.
    """
    tables: list[str] = []
    faults: list[Exception] = []
    for _receiver, answer in erased.send_robust(sender="erasure"):
        if isinstance(answer, Exception):
            faults.append(answer)
        else:
            tables += answer or ()
    return tables, faults

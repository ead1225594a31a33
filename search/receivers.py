"""What changed goes into the queue 变更入队, in the transaction that changed it (assurance: pitfalls 25–28).

A projection, not a rule: nothing is refused or decided here. The domain's signals name what the acts and the bulk
door wrote; a save or delete of a searched row is heard as well, so that no write path has to remember the index.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save

from cms.models import DISCLOSURE_KINDS
from integrity import signals
from integrity.insertion import insert
from integrity.models import (
    Decision,
    DecisionBasis,
    IntegrityFile,
    Licence,
    Penalty,
    PenaltyBasis,
    PractitionerRecord,
    Publication,
    Qualification,
    SubjectName,
)
from search.models import PendingIndex

log = logging.getLogger("search")

#: Row heard → (label in the queue, the column with the id to index again).
HEARD: dict[type[models.Model], tuple[str, str]] = {
    IntegrityFile: ("integrityfile", "pk"),
    PractitionerRecord: ("practitionerrecord", "pk"),
    Decision: ("decision", "pk"),
    Penalty: ("penalty", "pk"),
    Publication: ("publication", "pk"),
    **dict.fromkeys(DISCLOSURE_KINDS, ("disclosurepage", "pk")),
    SubjectName: ("subject", "subject_id"),
    Licence: ("practitionerrecord", "record_id"),
    Qualification: ("practitionerrecord", "record_id"),
    DecisionBasis: ("decision", "decision_id"),
    PenaltyBasis: ("penalty", "penalty_id"),
}
_LABELS = frozenset(label for label, _column in HEARD.values())


def connect() -> None:
    signals.erased.connect(_erased, dispatch_uid="search.erased")
    signals.records_changed.connect(_told, dispatch_uid="search.records")
    signals.decisions_changed.connect(_told, dispatch_uid="search.decisions")
    signals.publication_changed.connect(_publication_told, dispatch_uid="search.publications")
    for model in HEARD:
        post_save.connect(_saved, sender=model, dispatch_uid=f"search.saved.{model.__name__}")
        post_delete.connect(_saved, sender=model, dispatch_uid=f"search.deleted.{model.__name__}")


def enqueue(label: str, ids: Iterable[object]) -> None:
    """Queue rows of `label`; what nothing searches is passed over."""
    if label not in _LABELS:
        return
    rows = [PendingIndex(label=label, object_id=str(pk)) for pk in dict.fromkeys(ids)]
    if not rows:
        return
    insert(PendingIndex, rows)
    # Once a transaction: ten thousand saves ask for one drain, not for ten thousand.
    asked = any(entry[1] is _drain_now for entry in connection.run_on_commit)
    if settings.SEARCH_INLINE and not asked:
        transaction.on_commit(_drain_now, robust=True)


def _told(sender: Any, *, label: str, ids: Iterable[object], **kwargs: Any) -> None:
    enqueue(label, ids)


def _publication_told(sender: Any, *, ids: Iterable[object], **kwargs: Any) -> None:
    enqueue("publication", ids)


def _saved(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    if kwargs.get("raw"):
        return
    label, column = HEARD[sender]
    enqueue(label, [getattr(instance, column), *getattr(instance, "changes_pages", ())])


def _drain_now() -> None:
    from search import worker

    worker.drain(limit=getattr(settings, "SEARCH_INLINE_LIMIT", 20_000))


def _erased(sender: Any, **kwargs: Any) -> list[str]:
    """What was erased leaves the index now, and the index keeps no word of it behind."""
    from search import reconcile, worker
    from search.engines import EngineError, engine

    worker.drain()
    if waiting := worker.pending():
        raise EngineError(f"{waiting} changes are not in the index yet")
    return engine().forget(reconcile.rebuild)

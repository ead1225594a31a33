"""The worker 索引进程: takes queued rows after commit and writes their documents anew.

The queue rows go in the same transaction as the index rows they became. What fails stays, with its attempt and
the class of its error, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from integrity.models import Decision, IntegrityFile, Penalty, PractitionerRecord
from search.documents import REASON, SOURCES, document
from search.engines import EngineError, engine
from search.models import Kind, PendingIndex

log = logging.getLogger("search")

#: Entries of one transaction. A bulk import queues a person's record, licence and penalty: taken together, each of
#: them is indexed once.
BATCH = 10_000
#: Rows read and analysed at a time, so that memory stays flat.
_ROWS = 1000
MAX_ATTEMPTS = 5

Wanted = dict[Kind, set[int]]
_FAILURES = (DatabaseError, ValueError, TypeError, LookupError, AttributeError)


def drain(*, limit: int | None = None) -> int:
    """Work the queue until it is empty or `limit` entries are done; the number of entries worked.

    An engine that does not answer is no fault of a row: the queue waits as it is.
    """
    done = 0
    while limit is None or done < limit:
        try:
            taken = _take(BATCH if limit is None else min(BATCH, limit - done))
        except EngineError as error:
            log.error("the search engine does not answer (%s): %d entries wait", error, pending())
            break
        if not taken:
            break
        done += taken
    return done


def pending() -> int:
    return PendingIndex.objects.count()


def failed() -> int:
    return PendingIndex.objects.filter(attempts__gte=MAX_ATTEMPTS).count()


def _take(size: int) -> int:
    entries: list[PendingIndex] = []
    try:
        with transaction.atomic():
            waiting = PendingIndex.objects.filter(attempts__lt=MAX_ATTEMPTS).order_by("attempts", "id")
            if connection.features.has_select_for_update_skip_locked:
                waiting = waiting.select_for_update(skip_locked=True)
            entries = list(waiting[:size])
            if not entries:
                return 0
            _work(entries)
    except _FAILURES as error:
        if not entries:
            raise
        _apart(entries, error)
    return len(entries)


def _apart(entries: list[PendingIndex], error: Exception) -> None:
    """One bad row must not hold up the others of its batch: halves, until it stands alone."""
    log.warning("indexing %d entries failed: %s", len(entries), type(error).__name__)
    middle = (len(entries) + 1) // 2
    for half in (entries[:middle], entries[middle:]):
        if not half:
            continue
        try:
            with transaction.atomic():
                _work(half)
        except _FAILURES as own:
            if len(half) > 1:
                _apart(half, own)
                continue
            entry = half[0]
            log.warning("indexing %s %s failed: %s", entry.label, entry.object_id, type(own).__name__)
            PendingIndex.objects.filter(pk=entry.pk).update(attempts=entry.attempts + 1, last_error=type(own).__name__)


def _work(entries: list[PendingIndex]) -> None:
    _index(_wanted(entries))
    PendingIndex.objects.filter(pk__in=[entry.pk for entry in entries]).delete()


def _index(wanted: Wanted) -> None:
    for kind, ids in wanted.items():
        index_rows(kind, ids)


def index_rows(kind: Kind, ids: Collection[int]) -> int:
    """Index rows of one kind as they are now; a row that is gone, sealed or no longer public leaves the index."""
    source = SOURCES[kind]
    ordered, count, version = sorted(ids), 0, engine().version()
    for start in range(0, len(ordered), _ROWS):
        some = ordered[start : start + _ROWS]
        documents = [document(source, row) for row in source.all_rows().filter(pk__in=some)]
        engine().replace(source.world, kind, some, documents, version=version)
        count += len(documents)
    return count


# --- what a changed row means for the index --------------------------------------------------------------


def _wanted(entries: Iterable[PendingIndex]) -> Wanted:
    by_label: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        by_label[entry.label].add(entry.object_id)
    wanted: Wanted = defaultdict(set)
    for label, ids in by_label.items():
        if label in EXPANSIONS:
            EXPANSIONS[label](wanted, ids)
    return wanted


def _numbers(ids: Iterable[str]) -> set[int]:
    return {int(pk) for pk in ids}


def _files(wanted: Wanted, ids: set[str]) -> None:
    """A file carries the name that its decisions are found by."""
    files = _numbers(ids)
    wanted[Kind.FILE] |= files
    wanted[Kind.DECISION] |= _pks(Decision, file_id__in=files)


def _records(wanted: Wanted, ids: set[str]) -> None:
    records = _numbers(ids)
    wanted[Kind.PRACTITIONER] |= records
    wanted[Kind.PENALTY] |= _pks(Penalty, record_id__in=records)


def _subjects(wanted: Wanted, ids: set[str]) -> None:
    subjects = {UUID(pk) for pk in ids}
    wanted[Kind.FILE] |= _pks(IntegrityFile, subject_id__in=subjects)
    wanted[Kind.PRACTITIONER] |= _pks(PractitionerRecord, subject_id__in=subjects)


def _itself(kind: Kind) -> Callable[[Wanted, set[str]], None]:
    def expand(wanted: Wanted, ids: set[str]) -> None:
        wanted[kind] |= _numbers(ids)

    return expand


def _pks(model: Any, **lookup: Any) -> set[int]:
    return set(model.objects.unscoped(reason=REASON).filter(**lookup).values_list("pk", flat=True))


EXPANSIONS: dict[str, Callable[[Wanted, set[str]], None]] = {
    "integrityfile": _files,
    "practitionerrecord": _records,
    "subject": _subjects,
    "decision": _itself(Kind.DECISION),
    "penalty": _itself(Kind.PENALTY),
    "publication": _itself(Kind.PUBLICATION),
    "disclosurepage": _itself(Kind.DISCLOSURE),
}

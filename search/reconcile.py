"""Database and index compared 核对索引: what is missing, what is stale, what should not be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from search.documents import SOURCES, Source, document
from search.engines import Document, engine
from search.models import Kind
from search.worker import index_rows

BATCH = 400
Progress = Callable[[Kind, int], None]


@dataclass(frozen=True, slots=True)
class Differences:
    """Object ids of one kind that differ between database and index."""

    kind: Kind
    missing: frozenset[int]
    stale: frozenset[int]
    surplus: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.surplus)

    @property
    def ids(self) -> frozenset[int]:
        return self.missing | self.stale | self.surplus


def differences() -> list[Differences]:
    """Every kind whose index is not what the database would make it now."""
    found = []
    for kind, source in SOURCES.items():
        indexed = engine().digests(source.world, kind)
        wanted = {entry.object_id: entry.digest for batch in _batches(source) for entry in batch}
        both = wanted.keys() & indexed.keys()
        found.append(
            Differences(
                kind=kind,
                missing=frozenset(wanted.keys() - indexed.keys()),
                stale=frozenset(pk for pk in both if wanted[pk] != indexed[pk]),
                surplus=frozenset(indexed.keys() - wanted.keys()),
            )
        )
    return [difference for difference in found if difference]


def repair() -> int:
    """Index again what differs; the number of rows touched."""
    touched = 0
    for difference in differences():
        index_rows(difference.kind, difference.ids)
        touched += len(difference.ids)
    return touched


def rebuild(progress: Progress | None = None) -> dict[Kind, int]:
    """Build both worlds anew while the old index answers; a build that broke off goes on where the engine can."""
    counts: dict[Kind, int] = {}
    with engine().building() as building:
        for kind, source in SOURCES.items():
            counts[kind] = 0
            for batch in _batches(source, building.reached(source.world, kind)):
                building.add(source.world, kind, batch)
                counts[kind] += len(batch)
                if progress:
                    progress(kind, counts[kind])
    return counts


def _batches(source: Source, last: int = 0) -> Iterator[list[Document]]:
    rows: Any = source.all_rows().order_by("pk")
    while True:
        chunk = list(rows.filter(pk__gt=last)[:BATCH])
        if not chunk:
            return
        yield [document(source, row) for row in chunk]
        last = chunk[-1].pk

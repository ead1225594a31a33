"""The small interface of an engine 检索引擎接口: it proposes ids, the database disposes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from search.analysis import Query
from search.models import Kind, World


class EngineError(Exception):
    """The engine cannot answer; the caller falls back to exact look-ups under the same scope."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the engine proposes: an id and the class of its match. Nothing of its text leaves the engine."""

    kind: Kind
    object_id: int
    rank: int
    on: date | None = None

    @property
    def place(self) -> tuple[int, int, str, int]:
        """Where it stands among all: best class, then newest, then by kind and id."""
        return self.rank, -(self.on.toordinal() if self.on else 0), self.kind.value, -self.object_id


@dataclass(slots=True)
class Document:
    """One document to index, analysed 待入索引的文档: folded texts, tokens, and the access columns of its row."""

    world: World
    kind: Kind
    object_id: int
    names: str
    numbers: str
    text: str
    tokens: list[str]
    digest: str
    on: date | None = None
    columns: dict[str, int | str | UUID | None] = field(default_factory=dict)


class Building(Protocol):
    """An index under construction."""

    def reached(self, world: World, kind: Kind) -> int:
        """The last object id that is in already, when an earlier build broke off; else 0."""

    def add(self, world: World, kind: Kind, documents: Sequence[Document]) -> None:
        """The next documents, in the order of their ids."""


class Engine(Protocol):
    """What query, worker and build ask of an engine."""

    def find(
        self, world: World, query: Query, condition: Q, *, kinds: Sequence[Kind], limit: int, by_date: bool = False
    ) -> list[Candidate]:
        """At most `limit` candidates under `condition`, best class first, then newest; the condition comes first.
        `by_date`: all as one class, newest first."""

    def version(self) -> int:
        """A number to take before rows are read for `replace`: of two writes of a row the greater one stays."""

    def replace(
        self, world: World, kind: Kind, ids: Iterable[int], documents: Sequence[Document], *, version: int
    ) -> None:
        """Drop what is indexed under `ids` and index `documents`; ValueError for a document that is not taken."""

    def building(self) -> AbstractContextManager[Building]:
        """Build both worlds anew; searches are answered from the old index until the block ends well."""

    def forget(self, rebuild: Callable[[], object]) -> list[str]:
        """Keep nothing of deleted documents; returns the tables whose files are to be rewritten for it.
        `rebuild` builds the index anew, for an engine that has no other way."""

    def digests(self, world: World, kind: Kind) -> dict[int, str]:
        """What is indexed: object id → digest, for the comparison with the database."""


def engine() -> Engine:
    """The engine in use: an Elasticsearch cluster when its address is set, else the database (design §7)."""
    if settings.ELASTICSEARCH_URL:
        from search.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine()
    from search.engines.database import DatabaseEngine

    return DatabaseEngine()

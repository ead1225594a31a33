"""The small interface of an engine 检索引擎接口: it proposes ids, the database disposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

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


class Engine(Protocol):
    """What query, worker and build ask of an engine."""

    def find(self, world: World, query: Query, condition: Q, *, kinds: Sequence[Kind], limit: int) -> list[Candidate]:
        """At most `limit` candidates under `condition`, best class first, then newest; the condition comes first."""

    def replace(self, world: World, kind: Kind, ids: Iterable[int], documents: Sequence[Document]) -> None:
        """Drop what is indexed under `ids` and index `documents`, in the caller's transaction."""

    def clear(self) -> None:
        """Empty the whole index, both worlds."""

    def forget(self) -> list[str]:
        """Keep nothing of deleted documents; returns the tables whose files are to be rewritten for it."""

    def digests(self, world: World, kind: Kind) -> dict[int, str]:
        """What is indexed: object id → digest, for the comparison with the database."""


def engine() -> Engine:
    """The engine in use. One today; an Elasticsearch cluster is chosen by its address later (design §7)."""
    from search.engines.database import DatabaseEngine

    return DatabaseEngine()

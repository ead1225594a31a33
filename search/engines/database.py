"""The database as search engine 数据库检索: SQLite FTS5 or a PostgreSQL tsvector, both over the same tokens.

Tokens narrow down, `instr`/`strpos` on the folded text decides phrases. Positions are not kept: PostgreSQL keeps
256 a lexeme and 16,383 in all, too few for a long document, and FTS5 without them is a third smaller (measured at
100,000 documents: 34 against 48 MB, recall 1 for both).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import and_, or_
from typing import Any, ClassVar, TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, Expression, F, Func, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import Exact, GreaterThan, In

from integrity.insertion import insert
from search.analysis import Query, Term
from search.engines import Building, Candidate, Document, EngineError
from search.engines.ranks import PHRASE_COLUMN, RANKS, Conditions
from search.models import Kind, PendingIndex, SearchDocument, World

_CHUNK = 400
_T = TypeVar("_T")


class TokenMatch(Expression):
    """All of a term's tokens are in the document, or one of them where that is enough.

    The tokens are letters and digits only, see `analysis.safe`.
    """

    conditional: ClassVar[bool] = True

    def __init__(self, term: Term) -> None:
        super().__init__(output_field=BooleanField())
        self.term = term

    def _tokens(self) -> Iterator[tuple[str, bool]]:
        last = len(self.term.tokens) - 1
        for place, token in enumerate(self.term.tokens):
            yield self.term.field + token, self.term.prefix and place == last

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[str]]:
        joint = " OR " if self.term.any else " AND "
        match = joint.join(f'"{token}"*' if prefix else f'"{token}"' for token, prefix in self._tokens())
        sql = '"search_searchdocument"."id" IN (SELECT rowid FROM search_token WHERE search_token MATCH %s)'
        return sql, [match]

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[str]]:
        joint = " | " if self.term.any else " & "
        match = joint.join(f"'{token}':*" if prefix else f"'{token}'" for token, prefix in self._tokens())
        return '"search_searchdocument"."vector" @@ %s::tsquery', [match]


class Unindexed(Func):
    """A column that the planner must not start from: SQLite would walk a whole world instead of the few matches."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def _matches(term: Term) -> Q:
    found = Q(TokenMatch(term))
    column = PHRASE_COLUMN.get(term.field)
    if term.phrase and column:
        found &= Q(GreaterThan(StrIndex(F(column), Value(term.phrase)), 0))
    return found


CONDITIONS = Conditions(
    _matches,
    any_of=lambda ways: reduce(or_, ways),
    all_of=lambda parts: reduce(and_, parts),
    none_of=lambda ways: ~reduce(or_, ways),
)


class DatabaseEngine:
    """Search in the database that holds the records; index and records change in one transaction."""

    def find(
        self, world: World, query: Query, condition: Q, *, kinds: Sequence[Kind], limit: int, by_date: bool = False
    ) -> list[Candidate]:
        found: dict[tuple[str, int], Candidate] = {}
        rows = SearchDocument.objects.filter(
            Exact(Unindexed(F("world")), world.value),
            In(Unindexed(F("kind")), [kind.value for kind in kinds]),
            condition,
        )
        rows = rows.order_by(F("on").desc(nulls_last=True), "kind", "-object_id")
        try:
            # A savepoint: an engine that fails must not take the caller's transaction with it.
            with transaction.atomic():
                matches = [CONDITIONS.of(query, rank) for rank in RANKS]
                if by_date:
                    ways = [match for match in matches if match is not None]
                    matches = [reduce(or_, ways)] if ways else []
                for place, match in enumerate(matches):
                    if match is None or len(found) >= limit:
                        continue
                    for kind, pk, on in rows.filter(match).values_list("kind", "object_id", "on")[:limit]:
                        found.setdefault((kind, pk), Candidate(Kind(kind), pk, place, on))
        except DatabaseError as error:
            raise EngineError(type(error).__name__) from error
        return list(found.values())[:limit]

    def version(self) -> int:
        """Rows and index change in one transaction: nothing here can come late."""
        return 0

    def replace(
        self, world: World, kind: Kind, ids: Iterable[int], documents: Sequence[Document], *, version: int
    ) -> None:
        with transaction.atomic():
            for chunk in _chunks(sorted(set(ids))):
                self._drop(SearchDocument.objects.filter(world=world, kind=kind, object_id__in=chunk))
            for batch in _chunks(documents):
                rows = [_row(document) for document in batch]
                insert(SearchDocument, rows)
                _write_tokens([(row.pk, document.tokens) for row, document in zip(rows, batch, strict=True)])

    @contextmanager
    def building(self) -> Iterator[Building]:
        """In one transaction: readers see the old index until the new one stands."""
        with transaction.atomic():
            # What was queued before is in the new index; what comes later waits for the worker.
            PendingIndex.objects.all().delete()
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("DELETE FROM search_token")
            SearchDocument.objects.all().delete()
            yield _Building(self)

    def forget(self, rebuild: Callable[[], object]) -> list[str]:
        """FTS5 keeps deleted words until its segments are merged, PostgreSQL old rows until the table is vacuumed."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO search_token (search_token) VALUES ('optimize')")
        return [SearchDocument._meta.db_table]

    def digests(self, world: World, kind: Kind) -> dict[int, str]:
        return dict(SearchDocument.objects.filter(world=world, kind=kind).values_list("object_id", "digest"))

    def _drop(self, rows: Any) -> None:
        ids = list(rows.values_list("pk", flat=True))
        if not ids:
            return
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.executemany("DELETE FROM search_token WHERE rowid = %s", [(pk,) for pk in ids])
        SearchDocument.objects.filter(pk__in=ids).delete()


class _Building:
    """A build in the caller's transaction; it begins at the beginning."""

    def __init__(self, engine: DatabaseEngine) -> None:
        self.engine = engine

    def reached(self, world: World, kind: Kind) -> int:
        return 0

    def add(self, world: World, kind: Kind, documents: Sequence[Document]) -> None:
        self.engine.replace(world, kind, (), documents, version=0)


def _row(document: Document) -> SearchDocument:
    return SearchDocument(
        world=document.world,
        kind=document.kind,
        object_id=document.object_id,
        on=document.on,
        names=document.names,
        numbers=document.numbers,
        text=document.text,
        digest=document.digest,
        **document.columns,
    )


def _write_tokens(rows: Sequence[tuple[int, list[str]]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                "INSERT INTO search_token (rowid, tokens) VALUES (%s, %s)",
                [(pk, " ".join(tokens)) for pk, tokens in rows],
            )
        else:
            cursor.executemany(
                "UPDATE search_searchdocument SET vector = array_to_tsvector(%s::text[]) WHERE id = %s",
                [(tokens, pk) for pk, tokens in rows],
            )


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]

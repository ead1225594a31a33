"""Elasticsearch as search engine 检索集群: the same tokens as in the database, one index a world, moved by alias.

`tokens` are what `analysis` makes; `names`, `numbers` and `text` are indexed character by character, so that a phrase
is found exactly where `instr` finds it in the database engine, without any plugin (decision 0018). Nothing of a text
is stored: the database answers for every hit.

Writes carry a number that was taken before their rows were read (`version`): a late write never undoes a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.dsl import Keyword, Mapping, Search, Text, analyzer, tokenizer
from elasticsearch.helpers import bulk, scan

from search.analysis import Field, Query, Term
from search.documents import VERSION
from search.engines import Building, Candidate, Document, EngineError
from search.engines.ranks import PHRASE_COLUMN, RANKS, Conditions
from search.models import Kind, PendingIndex, SearchDocument, World

Clause = dict[str, Any]
#: A search gives up after two of these, so that the page has its exact look-ups within two seconds.
SEARCH_SECONDS = 0.8
WRITE_SECONDS = 30
#: `terms` takes 65,536 values.
_MOST_TERMS = 60_000
#: Pairs of a phrase that narrow it down before positions are compared; the phrase itself implies the others.
_NARROWING = 4
#: Batches between two notes of how far a rebuild has come; each is a change of the cluster's state.
_NOTED_EVERY = 20
#: Versions of deleted documents are kept this long.
_DELETES_KEPT = "1h"
_FAILURES = (ApiError, TransportError, ValueError, KeyError, TypeError)
#: Best class, then newest, then as the database engine breaks ties.
_ORDER: tuple[Any, ...] = (
    {"_score": {"order": "desc"}},
    {"on": {"order": "desc", "missing": "_last"}},
    {"kind": {"order": "asc"}},
    {"object_id": {"order": "desc"}},
)
_EPOCH = date(1970, 1, 1)
_NO_DATE = 2**62
_NOTHING: Clause = {"match_none": {}}
_COLUMNS = (
    "authority_id", "profession_id", "file_id", "subject_id", "entered_by_id", "grade", "state",
    "unit_id", "level", "category",
)  # fmt: skip


@cache
def _client(addresses: str, user: str, password: str, api_key: str, authority: str) -> Elasticsearch:
    return Elasticsearch(
        addresses.split(","),
        request_timeout=WRITE_SECONDS,
        max_retries=2,
        basic_auth=(user, password) if user else None,
        api_key=api_key or None,
        ca_certs=authority or DEFAULT,
    )


def client() -> Elasticsearch:
    """The cluster as this process may use it."""
    return _client(
        settings.ELASTICSEARCH_URL,
        settings.ELASTICSEARCH_USER,
        settings.ELASTICSEARCH_PASSWORD,
        settings.ELASTICSEARCH_API_KEY,
        settings.ELASTICSEARCH_CA,
    )


def alias(world: World) -> str:
    return f"{settings.ELASTICSEARCH_PREFIX}-{world.value}"


def building_alias(world: World) -> str:
    return f"{alias(world)}-building"


class ElasticsearchEngine:
    """Search in a cluster; what it proposes is re-checked by the database."""

    def __init__(self) -> None:
        self.client = client()

    # --- asking ----------------------------------------------------------------------------------------

    def find(
        self, world: World, query: Query, condition: Q, *, kinds: Sequence[Kind], limit: int, by_date: bool = False
    ) -> list[Candidate]:
        ways = [(place, CONDITIONS.of(query, rank)) for place, rank in enumerate(RANKS)]
        classes = [
            {"constant_score": {"filter": way, "boost": len(RANKS) - place}} for place, way in ways if way is not None
        ]
        within: list[Clause] = [
            {"terms": {"kind": [kind.value for kind in kinds]}},
            *([filter_of(condition)] if condition else []),
        ]
        asked = (
            Search(using=self.client.options(request_timeout=SEARCH_SECONDS, max_retries=1, retry_on_timeout=True))
            .index(alias(world))
            .query({"bool": {"filter": within, "must": [{"dis_max": {"queries": classes}}]}})
            .sort(*(_ORDER[1:] if by_date else _ORDER))
            .source(False)
            .extra(track_total_hits=False, size=limit)
            .params(allow_partial_search_results=False)
        )
        try:
            answer = asked.execute().to_dict()
            if answer["timed_out"]:
                raise EngineError("timed out")
            return [
                _candidate([len(RANKS), *hit["sort"]] if by_date else hit["sort"]) for hit in answer["hits"]["hits"]
            ]
        except _FAILURES as error:
            raise EngineError(type(error).__name__) from error

    def digests(self, world: World, kind: Kind) -> dict[int, str]:
        asked = {"query": {"term": {"kind": kind.value}}, "_source": False, "docvalue_fields": ["object_id", "digest"]}
        with _failing_loudly():
            self.client.indices.refresh(index=alias(world))
            found = scan(self.client, index=alias(world), query=asked, size=5000)
            return {int(hit["fields"]["object_id"][0]): str(hit["fields"]["digest"][0]) for hit in found}

    # --- writing ---------------------------------------------------------------------------------------

    def version(self) -> int:
        """The next number of the queue's sequence; it grows with every call, in every process."""
        marker = PendingIndex.objects.create(label="", object_id="")
        PendingIndex.objects.filter(pk=marker.pk).delete()
        return int(marker.pk)

    def replace(
        self, world: World, kind: Kind, ids: Iterable[int], documents: Sequence[Document], *, version: int
    ) -> None:
        given = {document.object_id: document for document in documents}
        keys = sorted({*ids, *given})
        with _failing_loudly():
            # The one being built first: if it has just become the live one, the second write meets it there.
            for target in (building_alias(world), alias(world)):
                # Asked first: a deletion, other than an indexing, would make the index that is not there.
                if self.client.indices.exists_alias(name=target):
                    self._write(target, kind, keys, given, version)
                elif target == alias(world):
                    raise EngineError(f"no index {target}: build_index makes it")

    def _write(
        self, target: str, kind: Kind, keys: Sequence[int], given: dict[int, Document], version: int,
        *, refresh: bool = True,
    ) -> None:  # fmt: skip
        actions = (_action(target, kind, pk, given.get(pk), version) for pk in keys)
        _done, errors = bulk(
            self.client, actions, raise_on_error=False, raise_on_exception=False, require_alias=True, refresh=refresh
        )
        for error in errors if isinstance(errors, list) else []:
            (told,) = error.values()
            status = told.get("status")
            if status == 409 or (status == 404 and told.get("result") == "not_found"):
                continue  # something newer stands there; or what is to go is not there
            if status == 404 and target.endswith("-building"):
                continue  # it went live in between, and is written to next
            if status == 400:
                raise ValueError(f"{kind} {told.get('_id')} was refused")
            raise EngineError(f"bulk {status}")

    def forget(self, rebuild: Callable[[], object]) -> list[str]:
        """New indices, and the old ones go with their files: merging alone keeps what was deleted, for a replica
        that may want to catch up (a byte search found it). A build that was left has it too."""
        with _failing_loudly():
            for world in World:
                for name in self._behind(building_alias(world)):
                    self.client.indices.delete(index=name)
        rebuild()
        return []

    # --- building anew ---------------------------------------------------------------------------------

    @contextmanager
    def building(self) -> Iterator[Building]:
        """New indices beside the live ones, which answer until the aliases move; a broken-off build goes on."""
        with _failing_loudly():
            building = _Building(self, {world: self._begun(world) for world in World}, self.version())
        yield building
        with _failing_loudly():
            for world in World:
                self._go_live(world, building.indices[world])

    def _begun(self, world: World) -> str:
        """The index under construction: the one that was left, when it is of this version, else a new one."""
        for name, mapping in self._behind(building_alias(world)).items():
            if mapping["mappings"].get("_meta", {}).get("version") == VERSION:
                return name
            self.client.indices.delete(index=name)
        name = f"{alias(world)}-{self.version()}"
        self.client.indices.create(
            index=name, aliases={building_alias(world): {}}, settings=_settings(), mappings=_mapping()
        )
        return name

    def _behind(self, name: str) -> dict[str, Any]:
        try:
            return dict(self.client.indices.get_mapping(index=name))
        except NotFoundError:
            return {}

    def _go_live(self, world: World, name: str) -> None:
        self.client.indices.refresh(index=name)
        old = [index for index in self._behind(alias(world)) if index != name]
        actions: list[dict[str, Any]] = [{"remove_index": {"index": index}} for index in old]
        actions += [
            {"add": {"index": name, "alias": alias(world)}},
            {"remove": {"index": name, "alias": building_alias(world)}},
        ]
        self.client.indices.update_aliases(actions=actions)


class _Building:
    """A build that is under way; how far it has come stands in the index itself."""

    def __init__(self, engine: ElasticsearchEngine, indices: dict[World, str], version: int) -> None:
        self.engine, self.indices, self.version = engine, indices, version
        self._reached: dict[World, dict[str, int]] = {}
        for world, name in indices.items():
            meta = engine._behind(name)[name]["mappings"].get("_meta", {})
            self._reached[world] = dict(meta.get("reached", {}))
        self._batches = 0

    def reached(self, world: World, kind: Kind) -> int:
        return int(self._reached[world].get(kind.value, 0))

    def add(self, world: World, kind: Kind, documents: Sequence[Document]) -> None:
        given = {document.object_id: document for document in documents}
        with _failing_loudly():
            self.engine._write(building_alias(world), kind, list(given), given, self.version, refresh=False)
            self._reached[world][kind.value] = max(given)
            self._batches += 1
            if self._batches % _NOTED_EVERY == 0:
                meta = {"version": VERSION, "reached": self._reached[world]}
                self.engine.client.indices.put_mapping(index=self.indices[world], meta=meta)


# --- documents and mapping -----------------------------------------------------------------------------------

_CHARACTERS = analyzer("characters", tokenizer=tokenizer("each_character", "ngram", min_gram=1, max_gram=1))


def _mapping() -> dict[str, Any]:
    mapping = Mapping()
    mapping.meta("dynamic", "strict")
    mapping.field("tokens", Keyword(doc_values=False))
    for name in sorted(set(PHRASE_COLUMN.values())):
        mapping.field(name, Text(analyzer=_CHARACTERS, norms=False))
    mapping.field("kind", "keyword")
    mapping.field("digest", Keyword(index=False))
    mapping.field("object_id", "long")
    mapping.field("on", "date")
    for name in _COLUMNS:
        field: Any = SearchDocument._meta.get_field(name)
        mapping.field(name, "keyword" if isinstance(field, models.CharField | models.UUIDField) else "long")
    return dict(mapping.to_dict()) | {"_source": {"enabled": False}, "_meta": {"version": VERSION, "reached": {}}}


def _settings() -> dict[str, Any]:
    analysis = _CHARACTERS.get_analysis_definition()
    return {
        "number_of_shards": 1,
        "number_of_replicas": settings.ELASTICSEARCH_REPLICAS,
        "gc_deletes": _DELETES_KEPT,
        "analysis": analysis,
    }


def _action(target: str, kind: Kind, pk: int, document: Document | None, version: int) -> dict[str, Any]:
    action = {"_index": target, "_id": f"{kind.value}-{pk}", "version": version, "version_type": "external_gte"}
    if document is None:
        return action | {"_op_type": "delete"}
    return action | {"_op_type": "index", "_source": _source(document)}


def _source(document: Document) -> dict[str, Any]:
    columns = {name: str(value) if isinstance(value, UUID) else value for name, value in document.columns.items()}
    return columns | {
        "kind": document.kind.value, "object_id": document.object_id, "on": document.on, "digest": document.digest,
        "names": document.names, "numbers": document.numbers, "text": document.text, "tokens": document.tokens,
    }  # fmt: skip


def _candidate(sort: Sequence[Any]) -> Candidate:
    score, on, kind, object_id = sort
    # Milliseconds since 1970; without a date the cluster sorts by its smallest number.
    day = _EPOCH + timedelta(milliseconds=on) if isinstance(on, int) and abs(on) < _NO_DATE else None
    return Candidate(Kind(kind), int(object_id), len(RANKS) - round(score), day)


# --- conditions ------------------------------------------------------------------------------------------------


def _matches(term: Term) -> Clause:
    """All tokens of a term, or one of them where that is enough, and its phrase where it has one."""
    if term.any:
        return {"terms": {"tokens": [term.field.value + token for token in term.tokens]}}
    last = len(term.tokens) - 1
    asked: list[Clause] = []
    pairs = 0
    for place, token in enumerate(term.tokens):
        prefix = term.prefix and place == last
        implied = bool(term.phrase) and not prefix and (len(token) == 2 and (not token.isascii() or _number(term)))
        pairs += implied
        if not implied or pairs <= _NARROWING:
            asked.append({"prefix" if prefix else "term": {"tokens": term.field.value + token}})
    column = PHRASE_COLUMN.get(term.field)
    if term.phrase and column:
        asked.append({"match_phrase": {column: term.phrase}})
    return _all(asked)


def _number(term: Term) -> bool:
    return term.field == Field.NUMBER


def _any(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _all(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}


def _none(clauses: list[Clause]) -> Clause:
    return {"bool": {"must_not": clauses}}


CONDITIONS: Conditions[Clause] = Conditions(_matches, _any, _all, _none)


def filter_of(condition: Q) -> Clause:
    """A condition over the columns of the index, as `filters.within` states it, in the cluster's language."""
    nodes: Sequence[Any] = condition.children
    clauses = [filter_of(child) if isinstance(child, Q) else _leaf(*child) for child in nodes]
    if not clauses:
        return {"match_all": {}}
    if condition.connector == Q.AND:
        found = _all(clauses)
    elif condition.connector == Q.OR:
        found = _any(clauses)
    else:
        raise LookupError(f"the cluster has no {condition.connector}")
    return {"bool": {"must_not": [found]}} if condition.negated else found


def _leaf(path: str, value: Any) -> Clause:
    column, _, lookup = path.partition("__")
    if column in {"pk", "id"} and lookup == "in" and not list(value):
        return _NOTHING
    if column not in {*_COLUMNS, "kind", "object_id", "on"}:
        raise LookupError(f"the index has no column {column!r}")
    if lookup == "isnull":
        there: Clause = {"exists": {"field": column}}
        return {"bool": {"must_not": [there]}} if value else there
    if lookup == "in":
        values = [_plain(one) for one in value]
        parts = [values[start : start + _MOST_TERMS] for start in range(0, len(values), _MOST_TERMS)]
        return _any([{"terms": {column: part}} for part in parts]) if parts else _NOTHING
    if lookup in {"lt", "lte", "gt", "gte"}:
        return {"range": {column: {lookup: _plain(value)}}}
    if lookup in {"", "exact"}:
        return (
            {"bool": {"must_not": [{"exists": {"field": column}}]}}
            if value is None
            else {"term": {column: _plain(value)}}
        )
    raise LookupError(f"the cluster has no lookup {lookup!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, models.Choices):
        return value.value
    return value


@contextmanager
def _failing_loudly() -> Iterator[None]:
    try:
        yield
    except (ApiError, TransportError) as error:
        raise EngineError(type(error).__name__) from error

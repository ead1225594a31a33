"""Search, suggest, count 检索: the engine proposes, the database disposes, the read log is written first.

Staff: terms → scope in the engine's query → ids → the same scope in the database → read log → answer. A stale index
can lose a hit, never show one. Public: `Publication.current(today)` and live pages are asked the same way (H5).
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from integrity.access import Scope, log_read
from integrity.choices import ReadOutcome
from integrity.exceptions import UnscopedQuery
from integrity.names import name_key
from search import filters, hits
from search.analysis import Query, parse
from search.documents import SOURCES, kinds_of
from search.engines import Candidate, EngineError, engine
from search.hits import Hit
from search.models import Kind, SearchDocument, World
from search.narrowing import Counting, Facet, Narrowing

log = logging.getLogger("search")

#: Candidates that are looked at; beyond it a count reads "N or more". Counting every frequent phrase makes the tail.
CAP = 1000
SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits and the number of all that this reader may see."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    #: There may be more than `total`.
    capped: bool = False
    #: The engine did not answer: exact look-ups only.
    degraded: bool = False
    more: bool = False
    after: str = ""
    by_kind: tuple[tuple[Kind, int], ...] = ()
    facets: tuple[Facet, ...] = ()
    #: These names are only like the one asked for.
    near: bool = False
    #: Names that are only like the one asked for could be looked for.
    may_be_near: bool = False


def search(
    world: World,
    text: str,
    *,
    scope: Scope | None = None,
    kinds: Sequence[Kind] | None = None,
    page_after: str | None = None,
    limit: int = 20,
    narrowing: Narrowing | None = None,
    by_date: bool = False,
    near: bool = False,
    door: str = "search",
    request: HttpRequest | None = None,
) -> Results:
    """Hits for `text`, best class first, then newest; no number of the collection (how rare a word is) plays a part.

    Staff search takes a scope; without a clause it finds nothing. `near`: also names that are only like the one asked
    for; staff get them unasked when nothing else is found. `page_after`: the `after` of the page before.
    """
    if world == World.STAFF and scope is None:
        raise UnscopedQuery("staff search without a scope")
    asked = [kind for kind in kinds_of(world) if kinds is None or kind in kinds]
    query = parse(text)
    if not query or not asked:
        return Results()
    if world == World.STAFF and scope is not None and scope.empty:
        log_read(
            scope, door=door, model=SearchDocument, count=0, query=text, request=request, outcome=ReadOutcome.REFUSED
        )
        return Results()
    narrowing = narrowing or Narrowing()
    condition = filters.within(scope, asked) if scope is not None and world == World.STAFF else Q()
    condition &= narrowing.condition()
    may_be_near = world == World.STAFF and query.may_be_alike
    near = near and may_be_near
    degraded = False
    counting = Counting()
    try:
        proposed = engine().find(
            world, replace(query, alike=near), condition, kinds=asked, limit=CAP + 1, by_date=by_date
        )
        found = _disposed(proposed, scope, narrowing, counting)
        if may_be_near and not near and not found:
            alike = replace(query, alike=True)
            proposed = engine().find(world, alike, condition, kinds=asked, limit=CAP + 1, by_date=by_date)
            found, near = _disposed(proposed, scope, narrowing, counting), True
    except EngineError as error:
        log.error("search engine failed (%s): exact look-ups only", error)
        proposed, degraded = _exact(query, scope, asked), True
        found = _disposed(proposed, scope, narrowing, counting)
    found.sort(key=lambda candidate: candidate.place)
    page, more = _page(found, page_after, limit)
    shown = _fetched(page, scope, query)
    results = Results(
        hits=tuple(hit for hit, _row in shown),
        total=min(len(found), CAP),
        capped=len(proposed) > CAP,
        degraded=degraded,
        more=more,
        after=_after(page[-1]) if more and shown else "",
        by_kind=_by_kind(found),
        facets=counting.facets(),
        near=near and bool(found),
        may_be_near=may_be_near and not near,
    )
    if scope is not None and world == World.STAFF:
        _log(scope, shown, results, text=text, door=door, request=request)
    return results


def count(world: World, text: str, *, scope: Scope | None = None, kinds: Sequence[Kind] | None = None) -> int:
    """The number of hits this reader may see, by the same path."""
    return search(world, text, scope=scope, kinds=kinds, limit=0, door="search-count").total


def suggest(scope: Scope | None, text: str) -> list[str]:
    """Completions from what this reader may see: persons for staff, titles of disclosures for the public."""
    if scope is None:
        found = search(World.PUBLIC, text, kinds=[Kind.DISCLOSURE], limit=SUGGESTIONS)
    else:
        found = search(
            World.STAFF,
            text,
            scope=scope,
            kinds=[Kind.FILE, Kind.PRACTITIONER],
            limit=SUGGESTIONS,
            door="search-suggest",
        )
    return list(dict.fromkeys(hit.title for hit in found.hits))


# --- the database's last word ------------------------------------------------------------------------------


def _disposed(
    proposed: Sequence[Candidate], scope: Scope | None, narrowing: Narrowing, counting: Counting
) -> list[Candidate]:
    """What remains of the proposals when the database is asked, in their order; its values are counted."""
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for candidate in proposed:
        by_kind[candidate.kind].append(candidate.object_id)
    admitted: set[tuple[Kind, int]] = set()
    for kind, ids in by_kind.items():
        rows = narrowing.rows(SOURCES[kind], SOURCES[kind].rows_for(scope).prefetch_related(None).filter(pk__in=ids))
        columns = counting.paths(SOURCES[kind])
        names = [name for name, _path in columns]
        for pk, *values in rows.values_list("pk", *(path for _name, path in columns)):
            admitted.add((kind, pk))
            counting.add(kind, names, values)
    return [candidate for candidate in proposed if (candidate.kind, candidate.object_id) in admitted]


def _page(found: Sequence[Candidate], after: str | None, limit: int) -> tuple[list[Candidate], bool]:
    """The hits behind a place, which need not be held by a hit any more: what left the list moves no page."""
    place = _place(after)
    start = 0 if place is None else bisect_right([candidate.place for candidate in found], place)
    page = list(found[start : start + limit])
    return page, limit > 0 and len(found) > start + limit


def _after(candidate: Candidate) -> str:
    rank, ordinal, kind, pk = candidate.place
    return f"{rank}.{-ordinal}.{kind}.{-pk}"


def _place(after: str | None) -> tuple[int, int, str, int] | None:
    """The place that an address names; one that is no place begins at the beginning."""
    found = re.fullmatch(r"(\d{1,3})\.(\d{1,8})\.([a-z]{1,20})\.(\d{1,19})", after or "", re.ASCII)
    return (int(found[1]), -int(found[2]), found[3], -int(found[4])) if found else None


def is_place(after: str) -> bool:
    """Whether an address names a place; one that names none would begin at the beginning, for ever."""
    return _place(after) is not None


def _fetched(page: Sequence[Candidate], scope: Scope | None, query: Query) -> list[tuple[Hit, Any]]:
    built: dict[tuple[Kind, int], tuple[Hit, Any]] = {}
    for kind in dict.fromkeys(candidate.kind for candidate in page):
        ids = [candidate.object_id for candidate in page if candidate.kind == kind]
        rows = list(SOURCES[kind].rows_for(scope).filter(pk__in=ids))
        for hit, row in zip(hits.build(kind, rows, query), rows, strict=True):
            built[kind, row.pk] = (hit, row)
    keys = [(candidate.kind, candidate.object_id) for candidate in page]
    return [built[key] for key in keys if key in built]


def _by_kind(found: Sequence[Candidate]) -> tuple[tuple[Kind, int], ...]:
    counts: dict[Kind, int] = defaultdict(int)
    for candidate in found:
        counts[candidate.kind] += 1
    return tuple((kind, counts[kind]) for kind in Kind if counts[kind])


def _log(
    scope: Scope,
    shown: Sequence[tuple[Hit, Any]],
    results: Results,
    *,
    text: str,
    door: str,
    request: HttpRequest | None,
) -> None:
    """One line a kind, before the answer leaves; the words searched for are kept as a digest only (H19)."""
    if not results.by_kind:
        log_read(scope, door=door, model=SearchDocument, count=0, query=text, request=request)
    for kind, number in results.by_kind:
        rows = [row for hit, row in shown if hit.kind == kind]
        log_read(scope, door=door, model=SOURCES[kind].model, rows=rows, count=number, query=text, request=request)


# --- when the engine is down -------------------------------------------------------------------------------


def _exact(query: Query, scope: Scope | None, kinds: Sequence[Kind]) -> list[Candidate]:
    """Whole names and whole numbers, asked of the database under the same scope; never an unfiltered fallback."""
    found = []
    for kind in kinds:
        lookup = _LOOKUPS[kind](query.raw, name_key(query.raw), number_forms(query.raw))
        rows = SOURCES[kind].rows_for(scope).prefetch_related(None).filter(lookup).distinct().order_by("-pk")
        found += [Candidate(kind, pk, 0) for pk in rows.values_list("pk", flat=True)[:CAP]]
    return found


def number_forms(text: str) -> list[str]:
    """A number as typed and with each usual kind of brackets."""
    plain = "".join(text.split())
    for other in "［[【（(":
        plain = plain.replace(other, "〔")
    for other in "］]】）)":
        plain = plain.replace(other, "〕")
    others = [plain.replace("〔", a).replace("〕", b) for a, b in ("[]", "［］", "（）", "()", "【】")]
    return list(dict.fromkeys([text, plain, *others]))


_LOOKUPS: dict[Kind, Any] = {
    Kind.FILE: lambda raw, key, _numbers: Q(name=raw) | Q(subject__names__key=key),
    Kind.PRACTITIONER: lambda raw, key, numbers: (
        Q(name=raw) | Q(subject__names__key=key) | Q(licences__number__in=numbers, licences__approved_by__isnull=False)
    ),
    Kind.DECISION: lambda raw, _key, numbers: Q(document_no__in=numbers) | Q(file__name=raw),
    Kind.PENALTY: lambda raw, _key, numbers: Q(document_no__in=numbers) | Q(record__name=raw),
    Kind.PUBLICATION: lambda raw, _key, numbers: (
        Q(name=raw) | Q(projection__document_no__in=numbers) | Q(projection__licence_no__in=numbers)
    ),
    Kind.DISCLOSURE: lambda raw, _key, numbers: (
        Q(document_number__in=numbers) | Q(index_number__in=numbers) | Q(title__icontains=raw)
    ),
}


# --- kept searches -----------------------------------------------------------------------------------------


def asked_again(scope: Scope, text: str, *, kinds: Sequence[Kind] | None = None) -> list[Candidate]:
    """What a kept search finds now, by the same path but without a page; `EngineError` when the engine is down.

    Nothing is logged here: nothing is told yet. Whoever tells of it, or shows it, writes the line.
    """
    asked = [kind for kind in kinds_of(World.STAFF) if kinds is None or kind in kinds]
    query = parse(text)
    if scope.empty or not query or not asked:
        return []
    # Without names that are only like it: they are no news.
    proposed = engine().find(World.STAFF, query, filters.within(scope, asked), kinds=asked, limit=CAP)
    return _disposed(proposed, scope, Narrowing(), Counting())


def hits_of(found: Sequence[Candidate], scope: Scope, text: str = "") -> list[tuple[Hit, Any]]:
    """Hits as they are shown, each with its row, of what this reader may see now; the caller logs the rows."""
    return _fetched(found, scope, parse(text))

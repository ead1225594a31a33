"""Ways through the search 检索途径: by parts, whole names and numbers, counted, suggested, with the engine down."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, ClassVar
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import UUID

from integrity.choices import Act
from search import query
from search.engines import EngineError
from search.engines.database import DatabaseEngine
from search.models import World
from tests.access.ways import MOST_PAGES, Seen, Unexpected, Visit, Way
from tests.access.worlds import BEGINNING, ORGAN, Fact

ADDRESS = "/staff/search/"
KINDS = ("file", "practitioner", "decision", "penalty")
_NEXT = re.compile(r'rel="next" href="([^"]+)"')


def asked(visit: Visit, words: str, address: str = ADDRESS) -> Iterator[Any]:
    """The results of every page of one question."""
    here = f"{address}?{urlencode({'q': words})}"
    for _number in range(MOST_PAGES):
        answer = visit.get(here)
        if answer is None or "results" not in answer.context:
            return
        yield answer.context["results"]
        link = _NEXT.search(answer.text)
        if link is None:
            return
        here = address + html.unescape(link[1])
    raise Unexpected(f"{visit.name} {words}: no end")


def hits(visit: Visit, words: Iterable[str], kinds: tuple[str, ...]) -> Seen:
    """What several questions find; a row found by two of them is one row."""
    found: dict[str, set[Hashable]] = {kind: set() for kind in kinds}
    for one in words:
        paged = [hit for results in asked(visit, one) for hit in results.hits]
        if len({hit.key for hit in paged}) != len(paged):
            raise Unexpected(f"{visit.name} {one}: a hit on two pages")
        for hit in paged:
            if str(hit.kind) in found:
                found[str(hit.kind)].add(UUID(hit.ref))
    return {kind: Counter(refs) for kind, refs in found.items()}


def sealed(fact: Fact) -> bool:
    """Sealed records are in no search (H13)."""
    return bool(getattr(fact.row, "sealed", False))


class _Search(Way):
    kinds: ClassVar[tuple[str, ...]] = KINDS
    act = Act.SEARCH

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return not sealed(fact)


class ByPart(_Search):
    """A part of a name that many have, page by page."""

    name = "search"

    def seen(self, visit: Visit) -> Seen:
        return hits(visit, [BEGINNING], KINDS)

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.name.startswith(BEGINNING) and not sealed(fact)


class ByName(_Search):
    """Every whole name of the world, namesakes too."""

    name = "search by name"

    def seen(self, visit: Visit) -> Seen:
        return hits(visit, sorted({fact.name for fact in visit.world.of(*KINDS)}), KINDS)


class ByNumber(_Search):
    """The numbers of decisions, by the organ's characters."""

    name = "search by number"
    kinds = ("decision", "penalty")

    def seen(self, visit: Visit) -> Seen:
        return hits(visit, [ORGAN], self.kinds)


class SearchCounts(ByPart):
    """The number of hits, and of each kind."""

    name = "search count"
    counts = True

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in KINDS}
        for results in asked(visit, BEGINNING):
            for kind, number in results.by_kind:
                found[str(kind)]["rows"] = number
            if results.total != sum(number for _kind, number in results.by_kind):
                raise Unexpected(f"{visit.name}: {results.total} hits in all, {results.by_kind}")
        return found


class CountAlone(ByPart):
    """`search.query.count`, as a command or another page asks it."""

    name = "search count alone"
    counts = True

    def seen(self, visit: Visit) -> Seen:
        scope = visit.scope(Act.SEARCH)
        number = query.count(World.STAFF, BEGINNING, scope=scope)
        return {"file": Counter({"rows": number})}

    def expected(self, visit: Visit) -> Seen:
        return {"file": sum(super().expected(visit).values(), Counter())}


class Suggestions(ByPart):
    """Names suggested: of visible rows, and all of them while they fit."""

    name = "search suggestions"
    kinds = ("file", "practitioner")

    def seen(self, visit: Visit) -> Seen:
        with patch.object(query, "SUGGESTIONS", query.CAP):
            everything = set(query.suggest(visit.scope(Act.SEARCH), BEGINNING))
        shown = query.suggest(visit.scope(Act.SEARCH), BEGINNING)
        rows = sum(sum(told.values()) for told in super().expected(visit).values())
        complete = rows > query.SUGGESTIONS or set(shown) == everything
        if not complete or not set(shown) <= everything or len(shown) > query.SUGGESTIONS:
            raise Unexpected(f"{visit.name}: suggested {shown} of {everything}")
        return {"file": Counter(everything)}

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        return (fact.name,)

    def expected(self, visit: Visit) -> Seen:
        return {"file": Counter(set(sum(super().expected(visit).values(), Counter())))}


class EngineDown(_Search):
    """Whole names while the engine does not answer: exact look-ups, under the same scope."""

    name = "search, engine down"

    def seen(self, visit: Visit) -> Seen:
        names = sorted({fact.name for fact in visit.world.of(*KINDS)})
        apart = Visit(**{**visit.__dict__, "known": {}})
        with patch.object(DatabaseEngine, "find", side_effect=EngineError("down")):
            return hits(apart, names, KINDS)


SEARCH_WAYS: tuple[type[Way], ...] = (
    ByPart, ByName, ByNumber, SearchCounts, CountAlone, Suggestions, EngineDown,
)  # fmt: skip

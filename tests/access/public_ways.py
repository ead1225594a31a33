"""Ways of the public site 公开途径: register, search, catalogue, sitemap and feed, for somebody without account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from typing import ClassVar
from urllib.parse import urlencode

from tests.access.search_ways import asked
from tests.access.ways import Seen, Visit, Way, refs
from tests.access.worlds import BEGINNING, Fact

_SEARCH = "/search/"


class _Public(Way):
    kinds = ("publication",)
    public = True


class RegisterPages(_Public):
    """The page of every publication: shown, or gone, or never there."""

    name = "register page"

    def seen(self, visit: Visit) -> Seen:
        rows = visit.world.of("publication")
        return {"publication": Counter(row.ref for row in rows if visit.get(f"/register/p/{row.ref}/") is not None)}


class RegisterByName(_Public):
    """Every whole name with each profession."""

    name = "register by name"

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {"publication": Counter()}
        questions = {(row.name, row.row.profession.code) for row in visit.world.of("publication")}
        for name, profession in sorted(questions):
            asked_for = urlencode({"name": name, "profession": profession})
            answer = visit.context(f"/register/?{asked_for}", "answer")
            found["publication"] += refs(answer.found if answer else ())
        return found


class RegisterByNumber(_Public):
    """Every document number."""

    name = "register by number"

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {"publication": Counter()}
        for row in visit.world.of("publication"):
            number = urlencode({"document_no": row.row.projection["document_no"]})
            answer = visit.context(f"/register/?{number}", "answer")
            found["publication"] += refs(answer.found if answer else ())
        return found


class PublicSearchByName(_Public):
    """Every whole name in the public search."""

    name = "public search by name"

    def seen(self, visit: Visit) -> Seen:
        names = sorted({row.name for row in visit.world.of("publication")})
        return _public_hits(visit, names)


class PublicSearchByNumber(_Public):
    """Every document number in the public search."""

    name = "public search by number"

    def seen(self, visit: Visit) -> Seen:
        numbers = [row.row.projection["document_no"] for row in visit.world.of("publication")]
        return _public_hits(visit, numbers)


def _public_hits(visit: Visit, words: list[str]) -> Seen:
    found: set[Hashable] = set()
    known = {str(row.ref): row.ref for row in visit.world.of("publication")}
    for one in words:
        for results in asked(visit, one, _SEARCH):
            found |= {known[hit.ref] for hit in results.hits if hit.kind == "publication"}
    return {"publication": Counter(found)}


class NoRecordFromParts(_Public):
    """A part of a name finds no person in public."""

    name = "public search by part"

    def seen(self, visit: Visit) -> Seen:
        return _public_hits(visit, [BEGINNING])

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return False


class _Disclosures(Way):
    kinds: ClassVar[tuple[str, ...]] = ("disclosure",)
    public = True

    def linked(self, visit: Visit, address: str) -> Seen:
        text = visit.text(address)
        found = [
            row.ref for row in visit.world.of("disclosure") if re.search(rf'{re.escape(row.row.url)}["<]', text)
        ]  # fmt: skip
        return {"disclosure": Counter(found)}


class Catalogue(_Disclosures):
    """The catalogue of disclosures."""

    name = "catalogue"

    def seen(self, visit: Visit) -> Seen:
        return self.linked(visit, visit.world.catalogue.url)


class Home(_Disclosures):
    """The newest disclosures on the first page of the site."""

    name = "home page"

    def seen(self, visit: Visit) -> Seen:
        return self.linked(visit, visit.world.catalogue.get_parent().url)


class Sitemap(_Disclosures):
    """The sitemap: disclosures alone; of publications nothing."""

    name = "sitemap"
    kinds = ("disclosure", "publication")

    def seen(self, visit: Visit) -> Seen:
        text = visit.text("/sitemap.xml")
        rows = visit.world.of("publication")
        return self.linked(visit, "/sitemap.xml") | {
            "publication": Counter(row.ref for row in rows if str(row.ref) in text)
        }

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.kind == "disclosure"


class FeedOfDisclosures(_Disclosures):
    """The feed: the newest disclosures, no publication."""

    name = "feed"
    kinds = ("disclosure", "publication")

    def seen(self, visit: Visit) -> Seen:
        rows, text = visit.world.of("publication"), visit.text("/feed.atom")
        return self.linked(visit, "/feed.atom") | {
            "publication": Counter(row.ref for row in rows if str(row.ref) in text or row.mark in text)
        }

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.kind == "disclosure"


class DisclosurePages(_Disclosures):
    """The page of every disclosure."""

    name = "disclosure page"

    def seen(self, visit: Visit) -> Seen:
        found = []
        for row in visit.world.of("disclosure"):
            answer = visit.browser.get(row.row.url)
            if answer.status_code == 200 and row.name in answer.text:
                found.append(row.ref)
        return {"disclosure": Counter(found)}


class DisclosureSearch(_Disclosures):
    """Disclosures by a part of their title, in the search and its suggestions."""

    name = "disclosure search"

    def seen(self, visit: Visit) -> Seen:
        from search import query

        found = {hit.id for results in asked(visit, BEGINNING, _SEARCH) for hit in results.hits}
        found &= {row.ref for row in visit.world.of("disclosure")}
        titles = {row.name: row.ref for row in visit.world.of("disclosure")}
        suggested = {titles[title] for title in query.suggest(None, BEGINNING)}
        return {"disclosure": Counter(found) | Counter(suggested)}

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.name.startswith(BEGINNING)


PUBLIC_WAYS: tuple[type[Way], ...] = (
    RegisterPages, RegisterByName, RegisterByNumber, PublicSearchByName, PublicSearchByNumber, NoRecordFromParts,
    Catalogue, Home, Sitemap, FeedOfDisclosures, DisclosurePages, DisclosureSearch,
)  # fmt: skip

"""The comparison of the visibility proof 可见性比对: what each way shows, and what the rule lets be seen."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.test import Client

from integrity.models import Account
from integrity.views.base import ScopedList
from search import worker
from tests.access.list_ways import LIST_WAYS
from tests.access.outward_ways import OUTWARD_WAYS
from tests.access.page_ways import PAGE_WAYS
from tests.access.public_ways import PUBLIC_WAYS
from tests.access.rule import reader_of
from tests.access.search_ways import SEARCH_WAYS
from tests.access.ways import Unexpected, Visit, Way
from tests.access.worlds import DrawnWorld, everybody
from tests.personas import Province, signed_in

#: Every way of seeing. A new door joins as one more line here or in the table of its chapter.
WAYS: tuple[Way, ...] = tuple(way() for way in (*LIST_WAYS, *PAGE_WAYS, *OUTWARD_WAYS, *SEARCH_WAYS, *PUBLIC_WAYS))
#: Rows of a list page in this proof, so that small worlds have pages to turn.
ROWS_A_PAGE = 2
STATES_A_CASE = frozenset({"inspector_with_case", "clerk_and_inspector"})


@dataclass
class Report:
    """What was compared and what differs; `beyond` counts what was shown beyond the rule, `lost` what joins lost."""

    worlds: int = 0
    comparisons: int = 0
    shown: int = 0
    beyond: int = 0
    lost: int = 0
    differences: list[str] = field(default_factory=list)

    def words(self, name: str = "visibility") -> str:
        lost = f", {self.lost} lost with what they are joined to" if self.lost else ""
        return (
            f"{name}: {self.worlds} worlds, {self.comparisons} comparisons, {self.shown} rows shown, "
            f"{len(self.differences)} differences{lost}"
        )


@dataclass
class Crowd:
    """Everybody with a browser, signed in once."""

    scene: Province
    accounts: dict[str, Account]
    browsers: dict[str, Client]

    def visits(self, world: DrawnWorld, names: Iterable[str] = ()) -> Iterator[Visit]:
        """Each reader before the doors of this world, an anonymous one first."""
        wanted = set(names) or {"", *self.accounts}
        if "" in wanted:
            yield Visit("anonymous", Client(), world)
        for name, account in self.accounts.items():
            if name in wanted:
                case = self.scene.case if name in STATES_A_CASE else None
                # Ties of the world may have made the account somebody on file.
                account = Account.objects.select_related("organisation").get(pk=account.pk)
                yield Visit(
                    name, self.browsers[name], world, account, reader_of(account, case=case),
                    purpose=self.scene.purpose if case else "", case=case,
                )  # fmt: skip


def crowd(scene: Province) -> Crowd:
    accounts = {name: account for name, account in everybody(scene).items() if account.is_active}
    stated = {"purpose": scene.purpose, "case": scene.case.reference}
    browsers = {
        name: signed_in(account, **(stated if name in STATES_A_CASE else {})) for name, account in accounts.items()
    }
    return Crowd(scene, accounts, browsers)


@contextmanager
def small_pages() -> Iterator[None]:
    with patch.object(ScopedList, "page_size", ROWS_A_PAGE):
        yield


@contextmanager
def rolled_back() -> Iterator[None]:
    """A world of its own that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def drawn(scene: Province, dice: Random, **size: Any) -> DrawnWorld:
    """A world, and its index built from the queue."""
    world = DrawnWorld(scene, dice, **size)
    worker.drain()
    return world


def compare(
    visits: Iterable[Visit], report: Report, ways: Iterable[Way] = WAYS, *, without: frozenset[str] = frozenset(),
    joined: bool = False,
) -> Report:  # fmt: skip
    """Each way against the rule, kind by kind.

    `joined`: behind the second wall a page that joins a row's file or decision loses the row with one that the reader
    may not open (a colleague's draft). Such rows are counted as lost there; none may be shown beyond the rule.
    """
    logging.disable(logging.CRITICAL)
    try:
        with small_pages():
            for visit in visits:
                for way in ways:
                    if way.public == (visit.account is None):
                        _compare_one(visit, way, report, without, joined=joined)
    finally:
        logging.disable(logging.NOTSET)
    return report


def _compare_one(visit: Visit, way: Way, report: Report, without: frozenset[str], *, joined: bool = False) -> None:
    expected = way.expected(visit)
    try:
        seen = way.seen(visit)
    except Unexpected as fault:
        report.differences.append(f"{way.name}: {fault}")
        return
    for kind in sorted({*expected, *seen} - without):
        wanted, found = +expected.get(kind, Counter()), +seen.get(kind, Counter())
        if joined:
            report.lost += sum((wanted - found).values())
            wanted = wanted & found
        report.comparisons += 1
        report.shown += sum(found.values())
        if wanted == found:
            continue
        beyond, lost = found - wanted, wanted - found
        report.beyond += sum(beyond.values())
        report.differences.append(
            f"{way.name}: {kind} as {visit.name}: beyond {_described(visit, beyond)}, lost {_described(visit, lost)}"
        )


def _described(visit: Visit, told: Counter[Any]) -> str:
    """Rows with what the rule reads of them; numbers as they are."""
    known = {fact.ref: fact for fact in visit.world.facts}
    words = [f"{number} × {known[ref].words() if ref in known else ref}" for ref, number in told.items()]
    return "; ".join(words) or "nothing"

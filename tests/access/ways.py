"""Ways of seeing 查看途径: one class a way; what it shows to a reader, and what of a row that may be seen it can show.

A new door (an export, an interface, a feed) is one more line of `tests.access.doorways.WAYS`.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.test import Client

from integrity.access import Scope, scope_for
from integrity.choices import Act
from integrity.models import Account
from tests.access import rule
from tests.access.rule import Reader
from tests.access.worlds import DrawnWorld, Fact

_REF = r"[0-9a-f]{8}-[0-9a-f-]{27}"
_NEXT = {"next": re.compile(r'rel="next" href="([^"]+)"'), "prev": re.compile(r'rel="prev" href="([^"]+)"')}
_COUNT = re.compile(r'共 <strong class="num">(\d+)</strong> 条')
_BODY = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)
MOST_PAGES = 60

#: kind → what was seen; a list page tells refs, a count tells how many of something.
Seen = dict[str, Counter[Hashable]]


class Unexpected(AssertionError):
    """A door answered with neither a page nor an absence."""


@dataclass
class Visit:
    """One reader before the doors of one world 一次访问."""

    name: str
    browser: Client
    world: DrawnWorld
    account: Account | None = None
    reader: Reader | None = None
    purpose: str = ""
    case: Any = None
    #: Pages already asked for: within one visit nothing changes.
    known: dict[str, Any] = field(default_factory=dict)

    def get(self, address: str) -> Any:
        """The answer of an address, or None where it is absent to this reader."""
        if address not in self.known:
            answer: Any = self.browser.get(address)
            if answer.status_code not in (200, 400, 404, 410):  # 400: a search without purpose
                raise Unexpected(f"{self.name} {address}: {answer.status_code}")
            self.known[address] = answer if answer.status_code == 200 else None
        return self.known[address]

    def text(self, address: str) -> str:
        answer = self.get(address)
        return "" if answer is None else str(answer.text)

    def context(self, address: str, name: str) -> Any:
        """A part of a page's context; nothing of a page that is absent."""
        answer = self.get(address)
        return () if answer is None else answer.context.get(name, ())

    def scope(self, act: Act) -> Scope:
        assert self.account is not None
        account = Account.objects.get(pk=self.account.pk)
        return scope_for(account, act, purpose=self.purpose, case=self.case)

    def may(self, fact: Fact, act: Act = Act.READ) -> bool:
        """By the second statement of the rule."""
        return self.reader is not None and rule.admits(self.reader, fact, act)

    def clearance(self, fact: Fact) -> int:
        return rule.clearance(self.reader, fact) if self.reader is not None else 0


class Way:
    """One way of seeing. Subclass: `name`, `kinds`, `seen`; where it shows less than may be seen, `reaches`."""

    name: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = ()
    act: ClassVar[Act] = Act.LIST
    public: ClassVar[bool] = False
    #: Whether it tells how many instead of which.
    counts: ClassVar[bool] = False

    def seen(self, visit: Visit) -> Seen:
        raise NotImplementedError

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        """Whether this way can show a row at all, given that it may be seen."""
        return True

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        """What it tells of a row: its ref, once."""
        return ("rows",) if self.counts else (fact.ref,)

    def expected(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for fact in visit.world.of(*self.kinds):
            admitted = fact.open if self.public else visit.may(fact, self.act)
            if admitted and self.reaches(visit, fact):
                found[fact.kind].update(self.tells(visit, fact))
        return found


def refs(rows: Iterable[Any]) -> Counter[Hashable]:
    """Refs of rows as a page's context holds them."""
    return Counter(UUID(str(row.ref)) for row in rows)


def linked(text: str, folder: str) -> Counter[Hashable]:
    """Refs of the rows of a table, by the link to each one's own page."""
    found: list[str] = []
    for body in _BODY.findall(text):
        found += re.findall(rf'href="{folder}({_REF})/"', body)
    return Counter(UUID(ref) for ref in found)


def pages(visit: Visit, address: str, onward: str = "next") -> Iterator[str]:
    """Every page from an address on, by the links a reader follows."""
    here = address
    for _number in range(MOST_PAGES):
        text = visit.text(here)
        yield text
        link = _NEXT[onward].search(text)
        if link is None:
            return
        here = address.partition("?")[0] + html.unescape(link[1])
    raise Unexpected(f"{visit.name} {address}: no end")


def last_address(visit: Visit, address: str) -> str:
    here = address
    for _number in range(MOST_PAGES):
        link = _NEXT["next"].search(visit.text(here))
        if link is None:
            return here
        here = address.partition("?")[0] + html.unescape(link[1])
    raise Unexpected(f"{visit.name} {address}: no end")


def counted(text: str) -> int:
    """The number a list shows over its rows."""
    found = _COUNT.search(text)
    return int(found[1]) if found else 0

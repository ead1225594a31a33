"""Ways through the lists 列表途径: pages forward and backward, the number shown, the parts of a filter, its offers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, ClassVar

from integrity.choices import Act
from tests.access.ways import Seen, Visit, Way, counted, last_address, linked, pages, refs
from tests.access.worlds import Fact

LISTS = {
    "file": "/staff/files/",
    "decision": "/staff/decisions/",
    "practitioner": "/staff/practitioners/",
    "publication": "/staff/publications/",
}
#: Another order of each list, walked from its end.
OTHER_ORDER = {"file": "-recorded", "decision": "ends", "practitioner": "-profession", "publication": "ends"}
#: Filters that part a list: name → column. Each row has one value, so the parts together are the whole.
FILTERS: dict[str, dict[str, str]] = {
    "file": {"status": "status", "level": "level", "unit": "unit_id"},
    "decision": {"state": "state", "kind": "kind"},
    "practitioner": {"status": "status", "profession": "profession_id", "licence_state": "licence_state"},
    "publication": {"state": "state", "publication_class": "publication_class"},
}
_OPTION = re.compile(r'<option value="(\d+)"')


class Lists(Way):
    """Every page of a list, forward."""

    name = "list"
    kinds = tuple(LISTS)

    def seen(self, visit: Visit) -> Seen:
        return {
            kind: sum((linked(text, address) for text in pages(visit, address)), Counter())
            for kind, address in LISTS.items()
        }  # fmt: skip


class ListsBackward(Way):
    """The same in another order, from the last page to the first."""

    name = "list backward"
    kinds = tuple(LISTS)

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {}
        for kind, address in LISTS.items():
            last = last_address(visit, f"{address}?sort={OTHER_ORDER[kind]}")
            found[kind] = sum((linked(text, address) for text in pages(visit, last, "prev")), Counter())
        return found


class Counts(Way):
    """The number over the list."""

    name = "count"
    kinds = tuple(LISTS)
    counts = True

    def seen(self, visit: Visit) -> Seen:
        return {kind: Counter({"rows": counted(visit.text(address))}) for kind, address in LISTS.items()}


def parts_of(visit: Visit, kind: str) -> list[str]:
    """The addresses of one filter's parts: every value that some row has, seen or not."""
    names = sorted(FILTERS[kind])
    name = names[len(visit.world.facts) % len(names)]  # another one from world to world
    values = {getattr(fact.row, FILTERS[kind][name]) for fact in visit.world.of(kind)}
    return [f"{LISTS[kind]}?{name}={value}" for value in sorted(values)]


class Filters(Way):
    """The parts of a filter together."""

    name = "filter"
    kinds = tuple(LISTS)

    def seen(self, visit: Visit) -> Seen:
        return {
            kind: sum(
                (linked(text, LISTS[kind]) for part in parts_of(visit, kind) for text in pages(visit, part)), Counter()
            )
            for kind in LISTS
        }


class FilterCounts(Way):
    """The numbers of a filter's parts, summed."""

    name = "filter count"
    kinds = tuple(LISTS)
    counts = True

    def seen(self, visit: Visit) -> Seen:
        return {
            kind: Counter({"rows": sum(counted(visit.text(part)) for part in parts_of(visit, kind))}) for kind in LISTS
        }


class Offers(Way):
    """What a filter offers: the units of files and the professions of records that may be seen, no others."""

    name = "filter offers"
    kinds = ("file", "practitioner")

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {}
        for kind, name in (("file", "unit"), ("practitioner", "profession")):
            select = re.search(rf'<select name="{name}".*?</select>', visit.text(LISTS[kind]), re.DOTALL)
            offered = {int(value) for value in _OPTION.findall(select[0])} if select else set()
            known = {self.told(fact) for fact in visit.world.of(kind)}
            # A regulator's professions are offered by office, with or without a record.
            found[kind] = Counter(offered if kind == "file" else offered & known & self.of_rows(visit))
        return found

    def of_rows(self, visit: Visit) -> set[int]:
        return {self.told(fact) for fact in visit.world.of("practitioner") if visit.may(fact, Act.LIST)}

    def told(self, fact: Fact) -> int:
        return int(fact.row.unit_id if fact.kind == "file" else fact.row.profession_id)

    def expected(self, visit: Visit) -> Seen:
        return {kind: Counter(set(found)) for kind, found in super().expected(visit).items()}

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        return (self.told(fact),)


class Approvals(Way):
    """What waits for this approver 待审核: submitted by others, within the scope of approving (H18)."""

    name = "approvals"
    kinds = ("file", "decision", "part", "penalty")
    act = Act.APPROVE
    _KIND: ClassVar[dict[str, str]] = {"integrityfile": "file", "decision": "decision", "penalty": "penalty"}

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        queue: Any = visit.context("/staff/approvals/", "queue")
        for item in queue.rows if queue else ():
            found[self._KIND.get(item.label, "part")].update(refs([item]))
        return found

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        waits = fact.state == ("draft" if fact.kind == "file" else "submitted")
        return waits and visit.reader is not None and fact.author != visit.reader.account


class OwnDrafts(Way):
    """The number of own drafts on the worklist 我的草稿."""

    name = "worklist drafts"
    kinds = ("decision", "part", "penalty")
    counts = True

    def seen(self, visit: Visit) -> Seen:
        block: Any = visit.context("/staff/", "drafts")
        return {"decision": Counter({"rows": block.count})} if block else {"decision": Counter()}

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.state == "draft" and visit.reader is not None and fact.author == visit.reader.account

    def expected(self, visit: Visit) -> Seen:
        return {"decision": sum(super().expected(visit).values(), Counter())}


LIST_WAYS: tuple[type[Way], ...] = (
    Lists, ListsBackward, Counts, Filters, FilterCounts, Offers, Approvals, OwnDrafts,
)  # fmt: skip

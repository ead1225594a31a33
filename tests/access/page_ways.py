"""Ways through single pages 页面途径: the page itself, its document, and what pages tell of other rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, ClassVar
from uuid import UUID

from integrity.choices import Act
from integrity.models import PARTS
from tests.access import rule
from tests.access.ways import Seen, Visit, Way, refs
from tests.access.worlds import Fact

_NOMINAL = {str(model._meta.model_name): int(grade) for model, grade in PARTS}
_PAGES = {
    "file": "/staff/files/{ref}/",
    "decision": "/staff/decisions/{ref}/",
    "part": "/staff/parts/{label}/{ref}/",
    "practitioner": "/staff/practitioners/{ref}/",
    "penalty": "/staff/penalties/{ref}/",
    "publication": "/staff/publications/{ref}/",
}


def page_of(fact: Fact) -> str:
    return _PAGES[fact.kind].format(ref=fact.ref, label=fact.label)


class Details(Way):
    """The page of every row of the world: there, or absent."""

    name = "page"
    kinds = tuple(_PAGES)
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for fact in visit.world.of(*self.kinds):
            if visit.get(page_of(fact)) is not None:
                found[fact.kind][fact.ref] += 1
        return found


class Documents(Way):
    """The bytes of every decision's document 决定文书."""

    name = "document"
    kinds = ("decision", "penalty")
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for fact in visit.world.of(*self.kinds):
            answer = visit.get(page_of(fact) + "document/")
            if answer is not None and answer.content.startswith(b"%PDF"):
                found[fact.kind][fact.ref] += 1
        return found

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.row.document_id is not None


class FileTab(Way):
    """A tab of every file's page: what it tells of the file's rows, to whoever may open the file."""

    act = Act.READ
    tab = ""

    def tab_of(self, fact: Fact) -> str:
        return f"{page_of(fact)}{self.tab}/"

    def told(self, visit: Visit, address: str) -> Seen:
        raise NotImplementedError

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for file in visit.world.of("file"):
            for kind, told in self.told(visit, self.tab_of(file)).items():
                found[kind] += told
        return found

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return fact.file is not None and fact.holder is not None and visit.may(fact.holder)


class Parts(FileTab):
    """Tab 分项: the parts of the grades that the reader reaches on this file."""

    name = "file: parts"
    kinds = ("part",)
    tab = "parts"

    def told(self, visit: Visit, address: str) -> Seen:
        tables: Any = visit.context(address, "tables")
        return {"part": refs(row for table in tables for row, _cells in table.lines)}

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        assert fact.holder is not None
        return super().reaches(visit, fact) and _NOMINAL[fact.label] <= visit.clearance(fact.holder)


class Decisions(FileTab):
    """Tab 处分决定, with remedies; not there below S4."""

    name = "file: decisions"
    kinds = ("decision", "remedy")
    tab = "decisions"

    def told(self, visit: Visit, address: str) -> Seen:
        lines: Any = visit.context(address, "decisions")
        return {"decision": refs(line.row for line in lines), "remedy": refs(visit.context(address, "remedies"))}

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        return super().reaches(visit, fact) and fact.holder is not None and visit.clearance(fact.holder) >= 4


class Timeline(FileTab):
    """Tab 时间线: an event for each row."""

    name = "file: timeline"
    kinds = ("part", "decision", "remedy", "objection")
    tab = "timeline"

    def told(self, visit: Visit, address: str) -> Seen:
        known = {fact.ref: fact.kind for fact in visit.world.of(*self.kinds)}
        found: Seen = {}
        for ref in _told_on(visit, address):
            if ref in known:
                found.setdefault(known[ref], Counter())[ref] += 1
        return found


def _told_on(visit: Visit, address: str) -> list[Hashable]:
    """Refs of a timeline: the page links some of its rows and tells of the others in words, so its events are asked."""
    from integrity import timeline
    from integrity.models import IntegrityFile

    answer = visit.get(address)
    if answer is None:
        return []
    file = IntegrityFile.objects.unscoped(reason="测试").get(ref=answer.context["row"].ref)
    told = timeline.timeline_of(file, visit.scope(Act.READ))
    assert len(told) == len(answer.context["entries"])
    return [UUID(str(event.ref)) for event in told]


class Objections(FileTab):
    """Tab 异议."""

    name = "file: objections"
    kinds = ("objection",)
    tab = "objections"

    def told(self, visit: Visit, address: str) -> Seen:
        return {"objection": refs(visit.context(address, "objections"))}


class FileHistory(FileTab):
    """Tab 历史: a line for each version that the reader would have been let into then."""

    name = "file: history"
    kinds = ("file", "part", "decision", "remedy", "objection")
    tab = "history"

    def told(self, visit: Visit, address: str) -> Seen:
        known = {fact.ref: fact.kind for fact in visit.world.of(*self.kinds)}
        found: Seen = {}
        for version, *_urls in visit.context(address, "versions"):
            ref = UUID(str(version.ref))
            found.setdefault(known[ref], Counter())[ref] += 1
        return found

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        return [fact.ref for draft in fact.drafts if self._then(visit, fact, draft)]

    def _then(self, visit: Visit, fact: Fact, draft: bool) -> bool:
        return visit.reader is not None and rule.admits(visit.reader, fact, draft=draft)


class RecordPage(Way):
    """A practitioner's page: licences, penalties, open objections, publications, to whoever may open the record."""

    name = "record: rows"
    kinds: ClassVar[tuple[str, ...]] = ("licence", "penalty", "objection", "publication")
    act = Act.READ
    names = {
        "licence": "licences",
        "penalty": "penalties",
        "objection": "open_objections",
        "publication": "publications",
    }

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for record in visit.world.of("practitioner"):
            for kind, name in self.names.items():
                found[kind] += refs(visit.context(page_of(record), name))
        return found

    def record_of(self, visit: Visit, fact: Fact) -> Fact | None:
        if fact.kind != "publication":
            return fact.holder if fact.file is None else None
        source = fact.row.penalty or fact.row.licence
        return next(one for one in visit.world.of("practitioner") if one.pk == source.record_id)

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        record = self.record_of(visit, fact)
        waiting = fact.kind != "objection" or fact.state in ("received", "checking")
        return record is not None and visit.may(record) and waiting


class RecordHistory(RecordPage):
    """A practitioner's history: a line for each version that the reader would have been let into then."""

    name = "record: history"
    kinds = ("practitioner", "licence", "penalty", "objection")

    def seen(self, visit: Visit) -> Seen:
        kinds = {fact.label: fact.kind for fact in visit.world.of(*self.kinds)}
        found: Seen = {kind: Counter() for kind in self.kinds}
        for record in visit.world.of("practitioner"):
            for version, *_urls in visit.context(f"{page_of(record)}?tab=history", "versions"):
                found[kinds[version.label]][record.ref] += 1
        return found

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        assert fact.holder is not None
        return [fact.holder.ref for draft in fact.drafts if self._then(visit, fact, draft)]

    def _then(self, visit: Visit, fact: Fact, draft: bool) -> bool:
        return visit.reader is not None and rule.admits(visit.reader, fact, draft=draft)


class PenaltyHistory(Way):
    """The history on a penalty's own page."""

    name = "penalty: history"
    kinds = ("penalty",)
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {"penalty": Counter()}
        for fact in visit.world.of("penalty"):
            found["penalty"][fact.ref] += len(visit.context(page_of(fact), "history"))
        return found

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        reader = visit.reader
        return [fact.ref for draft in fact.drafts if reader is not None and rule.admits(reader, fact, draft=draft)]


class PenaltyPublications(Way):
    """Publications named on a penalty's page."""

    name = "penalty: publications"
    kinds = ("publication",)
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {"publication": Counter()}
        for fact in visit.world.of("penalty"):
            found["publication"] += refs(visit.context(page_of(fact), "publications"))
        return found

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        sources = [one for one in visit.world.of("penalty") if one.pk == fact.row.penalty_id]
        return any(visit.may(source) for source in sources)


class SameMatter(Way):
    """Decisions of one matter, each named on the pages of the others (H10)."""

    name = "decision: same matter"
    kinds = ("decision",)
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {"decision": Counter()}
        for fact in visit.world.of("decision"):
            found["decision"] += refs(visit.context(page_of(fact), "same_matter"))
        return found

    def tells(self, visit: Visit, fact: Fact) -> Iterable[Hashable]:
        others = [one for one in visit.world.of("decision") if one.matter == fact.matter and one is not fact]
        return [fact.ref for one in others if fact.matter is not None and visit.may(one)]


PAGE_WAYS: tuple[type[Way], ...] = (
    Details, Documents, Parts, Decisions, Timeline, Objections, FileHistory, RecordPage, RecordHistory, PenaltyHistory,
    PenaltyPublications, SameMatter,
)  # fmt: skip

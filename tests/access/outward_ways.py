"""Ways out of the screen 导出途径: lists as CSV and XLSX, the interface for machines, paper."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from openpyxl import load_workbook

from integrity.choices import Act
from tests.access.list_ways import LISTS
from tests.access.page_ways import Decisions, FileTab, Objections, Parts, page_of
from tests.access.ways import MOST_PAGES, Seen, Unexpected, Visit, Way, refs
from tests.access.worlds import Fact


class CsvExport(Way):
    """Every list as CSV, for whoever may export; rows are known by a word that each of them alone carries."""

    name = "export CSV"
    kinds = tuple(LISTS)
    act = Act.EXPORT
    form: ClassVar[str] = "csv"

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {}
        for kind, address in LISTS.items():
            answer: Any = visit.browser.post(f"{address}export/", {"purpose": "核对", "format": self.form})
            if answer.status_code not in (200, 404, 422):  # 422: nothing to export
                raise Unexpected(f"{visit.name} {address}export/: {answer.status_code}")
            lines = list(self.lines(answer)) if answer.status_code == 200 else []
            known = {fact.mark: fact.ref for fact in visit.world.of(kind)}
            found[kind] = Counter(known[cell] for line in lines for cell in line if cell in known)
            if len(lines) > 1 and sum(found[kind].values()) != len(lines) - 1:
                raise Unexpected(f"{visit.name} {address}export/: lines of nobody")
        return found

    def lines(self, answer: Any) -> Iterable[list[str]]:
        return csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))


class XlsxExport(CsvExport):
    """The same as a workbook."""

    name = "export XLSX"
    form = "xlsx"

    def lines(self, answer: Any) -> Iterable[list[str]]:
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def api_of(address: str) -> str:
    return address.replace("/staff/", "/staff/api/")


def told(visit: Visit, address: str) -> Any:
    answer = visit.get(address)
    return {} if answer is None else answer.json()


class ApiLists(Way):
    """Every page of a list of the interface, by its cursors."""

    name = "API list"
    kinds = tuple(LISTS)

    def seen(self, visit: Visit) -> Seen:
        return {kind: Counter(self._rows(visit, api_of(address))) for kind, address in LISTS.items()}

    def _rows(self, visit: Visit, address: str) -> Iterable[UUID]:
        here = address
        for _number in range(MOST_PAGES):
            page = told(visit, here)
            yield from (UUID(row["ref"]) for row in page.get("results", ()))
            if not page.get("after"):
                return
            here = f"{address}?after={page['after']}"
        raise Unexpected(f"{visit.name} {address}: no end")


class ApiCounts(Way):
    """The number that a list of the interface tells."""

    name = "API count"
    kinds = tuple(LISTS)
    counts = True

    def seen(self, visit: Visit) -> Seen:
        return {
            kind: Counter({"rows": told(visit, api_of(address)).get("count", 0)}) for kind, address in LISTS.items()
        }


class ApiRecords(Way):
    """Every record of the interface: there, or absent."""

    name = "API record"
    kinds = tuple(LISTS)
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for fact in visit.world.of(*self.kinds):
            if told(visit, api_of(page_of(fact))).get("ref") == str(fact.ref):
                found[fact.kind][fact.ref] += 1
        return found


class FilePaper(FileTab):
    """A file on paper: itself, parts and decisions by grade, open objections."""

    name = "file on paper"
    kinds = ("file", "part", "decision", "objection")
    tab = "print"

    def told(self, visit: Visit, address: str) -> Seen:
        answer = visit.get(address)
        if answer is None:
            return {}
        return Parts().told(visit, address) | {
            "file": refs([answer.context["row"]]),
            "decision": Decisions().told(visit, address)["decision"],
            "objection": Objections().told(visit, address)["objection"],
        }

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        by_kind: dict[str, FileTab] = {"part": Parts(), "decision": Decisions()}
        waiting = fact.kind != "objection" or fact.state in ("received", "checking")
        return waiting and (
            by_kind[fact.kind].reaches(visit, fact) if fact.kind in by_kind else super().reaches(visit, fact)
        )


class DecisionPaper(Way):
    """A decision on paper, with its remedies."""

    name = "decision on paper"
    kinds = ("decision", "remedy")
    act = Act.READ

    def seen(self, visit: Visit) -> Seen:
        found: Seen = {kind: Counter() for kind in self.kinds}
        for fact in visit.world.of("decision"):
            address = page_of(fact) + "print/"
            answer = visit.get(address)
            if answer is not None:
                found["decision"] += refs([answer.context["row"]])
                found["remedy"] += refs(answer.context["remedies"])
        return found

    def reaches(self, visit: Visit, fact: Fact) -> bool:
        if fact.kind == "decision":
            return True
        return any(visit.may(one) for one in visit.world.of("decision") if one.pk == fact.row.decision_id)


OUTWARD_WAYS: tuple[type[Way], ...] = (
    CsvExport, XlsxExport, ApiLists, ApiCounts, ApiRecords, FilePaper, DecisionPaper,
)  # fmt: skip

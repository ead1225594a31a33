"""Batch check 批量核对: a list against the archive, each row in the read log, the result sealed for some days.

The result says who may be on file, never what is on file: it carries no decision, and no row of it is a finding about
a person. What is kept are the list's own words and the keys of records; the records are asked for again at every look,
so a right that ended takes its lines along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access import Scope, log_read
from integrity.choices import Act, ReadOutcome
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import mask_identity_number
from integrity.models import Account
from search.desk import closed_files
from search.desk.holders import over, scope_of, scope_to_work
from search.desk.lists import Listed, PersonList, read_list
from search.desk.matching import KINDS, Finding, Match, Outcome, compare
from search.documents import SOURCES
from search.models import BatchCheck, Kind, SearchDocument

DOOR = "staff.batch_check"
#: A result is worked off in a few days; then it is gone, and the list is checked again if need be.
KEPT = timedelta(days=7)
#: Rows compared, and logged, together.
CHUNK = 200
#: A file that has no row after a day was left by a crash.
_LOST_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a kept result as its owner sees it now. `number` is masked."""

    place: int
    name: str
    number: str
    unit: str
    outcome: str
    note: str
    more: int
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A kept result 核对结果, opened under the scope of this moment."""

    file: str
    ignored: list[str]
    lines: list[Line]

    def of(self, outcome: str) -> list[Line]:
        return [line for line in self.lines if line.outcome == outcome]


def check_list(
    path: Path, *, by: Account, purpose: str, case: str = "", door: str = DOOR, request: HttpRequest | None = None
) -> BatchCheck:
    """Compare an uploaded list 核对名单; every row is a reading of its own in the log before it is shown (H19)."""
    if not purpose.strip():
        raise ActRefused("no_purpose", _("请写明用途；没有用途不能核对。"), field="purpose")
    scope = _scope(by, purpose.strip(), case.strip(), door, request)
    listed = read_list(path)
    found: list[Finding] = []
    for start in range(0, len(listed.rows), CHUNK):
        with transaction.atomic():
            some = compare(listed.rows[start : start + CHUNK], scope)
            for finding in some:
                _log(finding, scope, door, request)
        found += some
    return _keep(path.name, listed, found, by, scope)


def _scope(by: Account, purpose: str, case: str, door: str, request: HttpRequest | None) -> Scope:
    try:
        return scope_to_work(by, purpose=purpose, case=case)
    except NotAdmitted:
        scope = Scope(account_id=by.pk, act=Act.SEARCH, purpose=purpose, clauses=())
        log_read(scope, door=door, model=BatchCheck, count=0, request=request, outcome=ReadOutcome.REFUSED)
        raise ActRefused(
            "no_scope", _("按所填案件编号没有授权给您、且在期限内的档案，或者您的岗位不能核对。"), field="case"
        ) from None


def _log(finding: Finding, scope: Scope, door: str, request: HttpRequest | None) -> None:
    """One line of the log a kind; an answer that nobody was found is an answer too."""
    asked = _asked(finding.listed)
    by_kind: dict[Kind, list[Any]] = defaultdict(list)
    for match in finding.matches:
        by_kind[match.kind].append(match.row)
    for kind, rows in by_kind.items():
        log_read(scope, door=door, model=SOURCES[kind].model, rows=rows, query=asked, request=request)
    if not by_kind:
        log_read(scope, door=door, model=SearchDocument, count=0, query=asked, request=request)


def _asked(row: Listed) -> str:
    return "|".join((row.name, row.number, row.unit))


def _keep(file: str, listed: PersonList, found: Sequence[Finding], by: Account, scope: Scope) -> BatchCheck:
    counts = {outcome: sum(1 for one in found if one.outcome == outcome) for outcome in Outcome.ALL}
    row = BatchCheck(
        account=by, purpose=scope.purpose, case=scope.case, rows=len(found), exact=counts[Outcome.EXACT],
        proposed=counts[Outcome.PROPOSED], absent=counts[Outcome.NONE], unread=counts[Outcome.UNREAD],
        expires_at=timezone.now() + KEPT,
    )  # fmt: skip
    content = {"file": file, "ignored": listed.ignored, "rows": [_kept(finding) for finding in found]}
    row.path = closed_files.store(row.sealed("path", content))
    try:
        row.save()
    except BaseException:
        closed_files.shred(row.path)
        raise
    return row


def _kept(finding: Finding) -> dict[str, Any]:
    """Of the list its own words, the number masked; of records their keys and the codes of the reasons."""
    listed = finding.listed
    return {
        "place": listed.place, "name": listed.name, "unit": listed.unit, "outcome": finding.outcome,
        "number": mask_identity_number(listed.number), "note": finding.note, "more": finding.more,
        "matches": [[match.kind.value, match.row.pk, list(match.reasons)] for match in finding.matches],
    }  # fmt: skip


# --- a kept result -------------------------------------------------------------------------------------------


def own_checks(account: Account) -> QuerySet[BatchCheck]:
    """The results this account may still look at, newest first."""
    rows: QuerySet[BatchCheck] = BatchCheck.objects.live().filter(account=account, expires_at__gt=timezone.now())
    return rows.select_related("case")


def open_result(
    row: BatchCheck, *, door: str, request: HttpRequest | None, outcome: str = "", most: int | None = None
) -> Result:
    """Open a kept result under the scope of now, logged; `outcome` and `most`: which lines are wanted, and how many.

    A record that is out of reach by now has left its line; a line that loses all of them says that nothing was found.
    """
    scope = scope_of(row)
    token = closed_files.read(row.path)
    if token is None:
        raise NotAdmitted
    content = row.opened("path", token)
    rows = _rows_now(content["rows"], scope)
    lines = [_line(kept, rows) for kept in content["rows"]]
    result = Result(content["file"], content["ignored"], lines)
    _log_look([line for line in lines if not outcome or line.outcome == outcome][:most], scope, door, request)
    return result


def _rows_now(kept: Iterable[dict[str, Any]], scope: Scope) -> dict[tuple[str, int], Any]:
    ids: dict[str, set[int]] = defaultdict(set)
    for line in kept:
        for kind, pk, _reasons in line["matches"]:
            ids[kind].add(pk)
    found: dict[tuple[str, int], Any] = {}
    for kind in KINDS:
        if ids[kind.value]:
            rows = SOURCES[kind].rows_for(scope).prefetch_related(None).filter(pk__in=ids[kind.value])
            found |= {(kind.value, row.pk): row for row in rows}
    return found


def _line(kept: dict[str, Any], rows: dict[tuple[str, int], Any]) -> Line:
    matches = tuple(
        Match(Kind(kind), rows[kind, pk], tuple(reasons)) for kind, pk, reasons in kept["matches"] if (kind, pk) in rows
    )
    gone = bool(kept["matches"]) and not matches
    return Line(
        place=kept["place"], name=kept["name"], number=kept["number"], unit=kept["unit"], note=kept["note"],
        outcome=Outcome.NONE if gone else kept["outcome"], more=0 if gone else kept["more"], matches=matches,
    )  # fmt: skip


def _log_look(lines: Sequence[Line], scope: Scope, door: str, request: HttpRequest | None) -> None:
    """The lines that are looked at again, some hundred in one entry of the log."""
    matches = [match for line in lines for match in line.matches]
    for kind in KINDS:
        rows = [match.row for match in matches if match.kind == kind]
        for start in range(0, len(rows), CHUNK):
            log_read(scope, door=door, model=SOURCES[kind].model, rows=rows[start : start + CHUNK], request=request)
    if not matches:
        log_read(scope, door=door, model=BatchCheck, count=0, request=request)


def throw_away(row: BatchCheck) -> None:
    """The owner is done with a result 删除结果: file first, so that no row without one looks alive."""
    closed_files.shred(row.path)
    row.delete()


def throw_away_old() -> int:
    """Results whose days are over, whose case or owner is, and files whose row is gone 到期删除; how many."""
    old = over(BatchCheck.objects.all(), BatchCheck.objects.filter(expires_at__lte=timezone.now()))
    for row in old:
        throw_away(row)
    lost = closed_files.names(older_than=_LOST_SECONDS) - set(BatchCheck.objects.values_list("path", flat=True))
    for name in lost:
        closed_files.shred(name)
    return len(old)

"""Reading the read log 查阅日志的查询与审查 (H19; domain §10): who read mine, what is unusual, who judged it.

The figures of the rules are dated rows (`access_limit`, `unusual|…`); a rule without a row finds nothing and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.choices import Act, FindingState, ReadOutcome, RuleKind, UnusualReading
from integrity.exceptions import ActRefused
from integrity.lifecycle.engine import move
from integrity.lifecycle.requests import FINDING
from integrity.models import (
    Account,
    Assignment,
    IntegrityFile,
    ReadEntry,
    ReadFinding,
    ReadSubject,
    SubjectName,
    recording,
)
from integrity.rules import rules_of
from integrity.workdays import calendar_for, is_workday

#: The clause of one's own records, as `access.rule` words it.
OWN = "本人"
#: Days of which the own readings of a person are counted on a page.
DAYS_SHOWN = 100
#: Lines of the log that a finding names; the count tells of all.
NAMED_LINES = 100


def about(subject_id: UUID, *, reader: Account, today: date) -> QuerySet[ReadEntry]:
    """Other people's readings of one person, newest first 谁看过我的档案.

    A case that is still open is as if it were not there: neither shown, nor counted, nor paged (H3, N9).
    """
    over = Q(case__closed_on__lte=today) | Q(case__ends_on__lt=today)
    rows = ReadEntry.objects.filter(Q(case__isnull=True) | over, outcome=ReadOutcome.SHOWN)
    rows = rows.filter(pk__in=ReadSubject.objects.filter(subject_id=subject_id).values("entry"))
    return rows.exclude(account=reader).exclude(act=Act.GRANT).order_by("-at", "-id")


def concerning(ref: UUID, subject_ids: Iterable[UUID] = ()) -> Q:
    """Lines about a record by its number, as a condition: what was refused and asked about it too; and of persons."""
    about = ReadSubject.objects.filter(Q(ref=ref) | Q(subject_id__in=list(subject_ids)))
    return Q(pk__in=about.values("entry"))


def told(rows: QuerySet[ReadEntry]) -> QuerySet[ReadEntry]:
    """The lines that an administrator is shown: readings of the own records would tell whose account is whose file's.

    Whoever they are left out for, no filter, order, page or export brings them back; `own_by_day` counts them.
    """
    return rows.exclude(clause=OWN)


def own_by_day(ref: UUID, subject_ids: Iterable[UUID], period: Q) -> list[tuple[date, int]]:
    """How often the persons themselves read, by day, newest first: neither account, hour nor address."""
    rows = ReadEntry.objects.filter(concerning(ref, subject_ids) & period, clause=OWN)
    days = rows.annotate(day=TruncDate("at")).order_by("-day").values_list("day").annotate(number=Count("pk"))
    return list(days[:DAYS_SHOWN])


def between(wanted: dict[str, Any], column: str = "at") -> Q:
    """The period that a form asks for, both days included."""
    condition = Q()
    if wanted.get("from_on"):
        condition &= Q(**{f"{column}__gte": timezone.make_aware(datetime.combine(wanted["from_on"], time.min))})
    if wanted.get("to_on"):
        after = timezone.make_aware(datetime.combine(wanted["to_on"], time.min)) + timedelta(days=1)
        condition &= Q(**{f"{column}__lt": after})
    return condition


# --- unusual reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule says of one account on one day."""

    rule: UnusualReading
    account_id: int
    count: int
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    """The lines of one day, as the rules read them."""

    day: date
    lines: Sequence[ReadEntry]
    subjects: dict[int, list[UUID]]  # line → persons it is about

    def by_account(self) -> dict[int, list[ReadEntry]]:
        found: dict[int, list[ReadEntry]] = defaultdict(list)
        for line in self.lines:
            if line.account_id is not None:
                found[line.account_id].append(line)
        return found


def unusual_on(day: date) -> list[Found]:
    """What the rules in force find in the lines of one day."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    lines = list(ReadEntry.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by("at", "pk"))
    subjects: dict[int, list[UUID]] = defaultdict(list)
    about = ReadSubject.objects.filter(entry__at__gte=start, entry__at__lt=start + timedelta(days=1))
    for entry_id, subject_id in about.exclude(subject_id=None).values_list("entry_id", "subject_id").distinct():
        subjects[entry_id].append(subject_id)
    looked = _Day(day, lines, subjects)
    found: list[Found] = []
    for rule, judge in _RULES.items():
        rows = rules_of(RuleKind.ACCESS_LIMIT, f"unusual|{rule.value}", day)
        if rows:
            found += judge(looked, rows[0].parameters)
    return found


def _found(rule: UnusualReading, account_id: int, lines: Sequence[ReadEntry], count: int | None = None) -> Found:
    return Found(
        rule, account_id, len(lines) if count is None else count, tuple(line.pk for line in lines[:NAMED_LINES])
    )


def _rate(looked: _Day, figures: dict[str, int]) -> list[Found]:
    """More persons opened in an hour than work asks for; a list counts as its page, once."""
    found = []
    for account_id, lines in looked.by_account().items():
        opened = [line for line in lines if line.act in (Act.READ, Act.REVEAL) and line.outcome == ReadOutcome.SHOWN]
        hours: dict[int, set[UUID]] = defaultdict(set)
        for line in opened:
            hours[timezone.localtime(line.at).hour] |= set(looked.subjects.get(line.pk, ()))
        worst = max(hours, key=lambda hour: len(hours[hour]), default=None)
        if worst is not None and len(hours[worst]) > figures["persons_an_hour"]:
            then = [line for line in opened if timezone.localtime(line.at).hour == worst]
            found.append(_found(UnusualReading.RATE, account_id, then, len(hours[worst])))
    return found


def _off_hours(looked: _Day, figures: dict[str, int]) -> list[Found]:
    """Content opened before or after office hours, or on a day off."""
    working = is_workday(looked.day, calendar_for())
    found = []
    for account_id, lines in looked.by_account().items():
        late = [
            line
            for line in lines
            if looked.subjects.get(line.pk)
            and not (working and figures["from_hour"] <= timezone.localtime(line.at).hour < figures["to_hour"])
        ]
        late = [line for line in late if not _own(line, looked)]
        if len(late) >= figures["lines"]:
            found.append(_found(UnusualReading.OFF_HOURS, account_id, late))
    return found


def _own(line: ReadEntry, looked: _Day) -> bool:
    """A person reading the own file reads when he likes."""
    own = line.account.subject_id if line.account is not None else None
    return own is not None and looked.subjects.get(line.pk) == [own]


def _colleagues(looked: _Day, figures: dict[str, int]) -> list[Found]:
    """Opening the files of people of one's own unit."""
    units = dict(Account.objects.filter(pk__in=looked.by_account()).values_list("pk", "organisation_id"))
    persons = {subject for subjects in looked.subjects.values() for subject in subjects}
    files = IntegrityFile.objects.unscoped(reason="查阅日志审查：当事人所在单位")
    unit_of = dict(files.filter(subject_id__in=persons).values_list("subject_id", "unit_id"))
    found = []
    for account_id, lines in looked.by_account().items():
        unit = units.get(account_id)
        near = [
            line
            for line in lines
            if unit is not None
            and line.act in (Act.READ, Act.REVEAL)
            and line.outcome == ReadOutcome.SHOWN
            and not _own(line, looked)
            and any(unit_of.get(subject) == unit for subject in looked.subjects.get(line.pk, ()))
        ]
        if len(near) >= figures["lines"]:
            found.append(_found(UnusualReading.COLLEAGUES, account_id, near))
    return found


def _namesakes(looked: _Day, figures: dict[str, int]) -> list[Found]:
    """One name, many persons: somebody looks for a certain namesake."""
    persons = {subject for subjects in looked.subjects.values() for subject in subjects}
    key_of = dict(SubjectName.objects.filter(subject_id__in=persons, kind="legal").values_list("subject_id", "key"))
    found = []
    for account_id, lines in looked.by_account().items():
        same: dict[str, set[UUID]] = defaultdict(set)
        opened = [line for line in lines if line.act in (Act.READ, Act.REVEAL) and line.outcome == ReadOutcome.SHOWN]
        for line in opened:
            for subject in looked.subjects.get(line.pk, ()):
                if subject in key_of:
                    same[key_of[subject]].add(subject)
        many = {subject for people in same.values() if len(people) >= figures["persons"] for subject in people}
        if many:
            then = [line for line in opened if many & set(looked.subjects.get(line.pk, ()))]
            found.append(_found(UnusualReading.NAMESAKES, account_id, then, len(many)))
    return found


def _refusals(looked: _Day, figures: dict[str, int]) -> list[Found]:
    """Asking again and again for what one may not see."""
    found = []
    for account_id, lines in looked.by_account().items():
        refused = [line for line in lines if line.outcome == ReadOutcome.REFUSED]
        if len(refused) >= figures["lines"]:
            found.append(_found(UnusualReading.REFUSALS, account_id, refused))
    return found


def _out_of_duty(looked: _Day, figures: dict[str, int]) -> list[Found]:
    """Much reading in the last days of an assignment, or on the day after it ended."""
    soon = looked.day + timedelta(days=figures["days_before_end"])
    ending = set(
        Assignment.objects.filter(
            valid_to__gte=looked.day - timedelta(days=1), valid_to__lte=soon, account__in=looked.by_account()
        ).values_list("account_id", flat=True)
    )
    found = []
    for account_id, lines in looked.by_account().items():
        read = [line for line in lines if looked.subjects.get(line.pk) and not _own(line, looked)]
        if account_id in ending and len(read) >= figures["lines"]:
            found.append(_found(UnusualReading.OUT_OF_DUTY, account_id, read))
    return found


_RULES = {
    UnusualReading.RATE: _rate,
    UnusualReading.OFF_HOURS: _off_hours,
    UnusualReading.COLLEAGUES: _colleagues,
    UnusualReading.NAMESAKES: _namesakes,
    UnusualReading.REFUSALS: _refusals,
    UnusualReading.OUT_OF_DUTY: _out_of_duty,
}


@transaction.atomic
def review_day(day: date) -> list[ReadFinding]:
    """Write down what is unusual in a day's lines 异常查阅检出; again it changes what grew, never a judgment."""
    written = []
    known = {(row.rule, row.account_id): row for row in ReadFinding.objects.filter(day=day)}
    with recording(by=None, reason=_("查阅日志例行检查")):
        for found in unusual_on(day):
            row = known.get((found.rule, found.account_id))
            if row is None:
                row = ReadFinding(rule=found.rule, account_id=found.account_id, day=day)
            elif row.count == found.count or row.state != FindingState.OPEN:
                continue
            row.count, row.entries = found.count, list(found.entries)
            row.save()
            written.append(row)
    return written


@transaction.atomic
def judge(*, finding: ReadFinding, by: Account, state: FindingState, words: str) -> ReadFinding:
    """Say what a finding was 审查异常查阅: explained or handed on, with words; nobody judges the own reading."""
    locked = ReadFinding.objects.select_for_update().get(pk=finding.pk)
    if locked.account_id == by.pk:
        raise ActRefused("own_reading", _("不得审查本人的查阅记录"), article="H18")
    if locked.state != FindingState.OPEN:
        raise ActRefused("judged", _("该异常查阅已经审查"))
    if state == FindingState.OPEN or not words.strip():
        raise ActRefused("words_missing", _("请选择结论并写明理由"), field="words")
    judged = {"words": words.strip(), "reviewed_by": by, "reviewed_at": timezone.now()}
    name = "explain" if state == FindingState.EXPLAINED else "escalate"
    return move(FINDING, locked, name, by=by, reason=words.strip(), changes=judged)

"""What waits for a person 我的工作台: queries within that person's scope; no row is read here without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Q, Value
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.choices import DecisionKind, FileStatus, ObjectionState, PenaltyKind, RecordState, RemedyOutcome, Role
from integrity.models import (
    PARTS,
    Account,
    Assignment,
    Case,
    CaseGrant,
    Decision,
    GuardedModel,
    IntegrityFile,
    Objection,
    Penalty,
    PersonalMattersReport,
    Remedy,
)

FIRST = 10
#: How far ahead an end date is shown; a matter of the screen, no legal period.
SOON_DAYS = 30

_MODELS: tuple[type[GuardedModel], ...] = (*(part for part, _grade in PARTS), Decision, Penalty)
_LABELS = {str(model._meta.model_name): model for model in _MODELS}


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One row that waits: enough to name and open it."""

    label: str
    pk: int
    ref: UUID
    subject_id: UUID
    holder_ref: UUID
    name: str
    at: datetime
    author: str
    kind: str
    document_no: str

    @property
    def title(self) -> str:
        """Kind and document number: 「记过 西纪处〔2025〕12号」."""
        return f"{self._kind_in_words()} {self.document_no}".strip()

    def _kind_in_words(self) -> str:
        if self.label == "integrityfile":
            return _("新建档案")
        model = _LABELS[self.label]
        if not self.kind:
            return str(model._meta.verbose_name)
        if self.kind == DecisionKind.UNCLASSIFIED:
            return _("种类待定的决定")
        kinds = DecisionKind if model is Decision else PenaltyKind
        return str(kinds(self.kind).label)


@dataclass(frozen=True, slots=True)
class Block:
    """One heading of the worklist: how many wait, and the first of them."""

    count: int
    rows: list[Any]


def due_appraisal_year(day: date) -> int:
    """The last year whose appraisal must be on file: the year before."""
    return day.year - 1


def drafts(scope: Scope, account: Account) -> Block:
    """Own drafts 我的草稿."""
    return _block(scope, Q(state=RecordState.DRAFT, entered_by=account))


def returned(scope: Scope, account: Account) -> Block:
    """Own records that came back 退回给我的."""
    return _block(scope, Q(state=RecordState.RETURNED, entered_by=account))


def to_approve(scope: Scope, account: Account, first: int = FIRST) -> Block:
    """Submitted by others and within the approver's scope 待审核 (H18)."""
    mine = Q(entered_by=account) | Q(submitted_by=account)
    files = Q(status=FileStatus.DRAFT) & ~Q(entered_by=account)
    return _block(scope, Q(state=RecordState.SUBMITTED) & ~mine, files=files, first=first)


def _block(scope: Scope, condition: Q, files: Q | None = None, first: int = FIRST) -> Block:
    if scope.empty:
        return Block(0, [])
    parts = [_columns(model, scope, condition) for model in _LABELS.values()]
    if files is not None:
        parts.append(_columns(IntegrityFile, scope, files))
    together = parts[0].union(*parts[1:], all=True)
    rows = [WorkItem(*row) for row in together.order_by("-recorded_at", "-pk")[:first]]
    count = len(rows) if len(rows) < first else together.count()
    return Block(count, rows)


_COLUMNS = (
    "label", "pk", "ref", "subject_id", "holder_ref", "holder_name", "recorded_at", "author", "kind_code", "number",
)  # fmt: skip


def _columns(model: type[GuardedModel], scope: Scope, condition: Q) -> Any:
    """The same columns of any table, for one union."""
    holder = "" if model is IntegrityFile else "record__" if model is Penalty else "file__"
    rows: Any = model.objects
    empty = Value("", output_field=CharField())
    return (
        rows.within(scope)
        .filter(condition)
        .order_by()
        .annotate(
            label=Value(str(model._meta.model_name), output_field=CharField()),
            holder_ref=F(f"{holder}ref"),
            holder_name=F(f"{holder}name"),
            author=F("entered_by__display_name"),
            kind_code=F("kind") if model in (Decision, Penalty) else empty,
            number=empty if model is IntegrityFile else F("document_no"),
        )
        .values_list(*_COLUMNS)
    )


def incomplete_condition(scope: Scope, today: date) -> Q:
    """Files that lack what completeness asks for (domain §17), as far as this reader may know of it."""
    lacking = (
        Q(identity_confirmed_on__isnull=True) | Q(informed_on__isnull=True) | Q(unit__isnull=True) | Q(post_title="")
    )
    if not scope.may_ask_for(IntegrityFile, "last_appraisal_year"):
        return lacking
    return lacking | Q(last_appraisal_year__isnull=True) | Q(last_appraisal_year__lt=due_appraisal_year(today))


def _first(rows: Any) -> Block:
    found = list(rows[:FIRST])
    return Block(len(found) if len(found) < FIRST else rows.count(), found)


def incomplete_files(scope: Scope, today: date) -> Block:
    """Established files that are not complete 不完整档案."""
    rows: Any = IntegrityFile.objects
    found = rows.within(scope).filter(incomplete_condition(scope, today), status=FileStatus.ESTABLISHED)
    return _first(found.select_related("unit").order_by("name", "pk"))


def ending_soon(scope: Scope, today: date) -> Block:
    """Decisions in force whose period ends within the next weeks 即将期满."""
    rows: Any = Decision.objects
    found = rows.within(scope).filter(
        state__in=RecordState.effective(),
        effective_to__gte=today,
        effective_to__lte=today + timedelta(days=SOON_DAYS),
    )
    return _first(found.select_related("file").order_by("effective_to", "pk"))


def overdue_reports(scope: Scope, today: date) -> Block:
    """Personal-matters reports due and not filed 逾期未报."""
    rows: Any = PersonalMattersReport.objects
    found = (
        rows.within(scope)
        .filter(due_on__lt=today, filed_on__isnull=True)
        .exclude(state__in=[*RecordState.thrown_away(), RecordState.REVOKED])
    )
    return _first(found.select_related("file").order_by("due_on", "pk"))


def overdue_objections(scope: Scope, today: date) -> Block:
    """Objections past their limit 逾期异议."""
    rows: Any = Objection.objects
    found = rows.within(scope).filter(due_on__lt=today, state__in=ObjectionState.open())
    return _first(found.select_related("file", "record").order_by("due_on", "pk"))


def overdue_remedies(scope: Scope, today: date) -> Block:
    """Remedies past their limit 逾期救济."""
    rows: Any = Remedy.objects
    found = rows.within(scope).filter(due_on__lt=today, outcome=RemedyOutcome.PENDING)
    return _first(found.select_related("decision__file").order_by("due_on", "pk"))


def under_objection(scope: Scope, records: frozenset[tuple[str, int]]) -> list[tuple[type[GuardedModel], list[Any]]]:
    """Disputed decisions that an objection officer may list, of each kind the first 在办异议所涉记录."""
    found: list[tuple[type[GuardedModel], list[Any]]] = []
    for model, holder in ((Decision, "file"), (Penalty, "record")):
        rows: Any = model.objects
        keys = [pk for label, pk in records if label == model._meta.model_name]
        listed = rows.within(scope).filter(pk__in=keys) if keys else rows.none()
        found.append((model, list(listed.select_related(holder).order_by("-pk")[:FIRST])))
    return found


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case that lets an inspector into files, with its end date."""

    case: Case
    files: int
    until: date


def my_cases(account: Account, today: date) -> list[MyCase]:
    """The inspector's open cases 我的案件: how many files, until when; no name of anybody."""
    duties = Assignment.objects.on(today).filter(account=account, role=Role.INSPECTOR)
    grants = CaseGrant.objects.filter(
        Q(cut_on__isnull=True) | Q(cut_on__gt=today), user=account, ends_on__gte=today,
        case__organisation__in=duties.values("authority"),
    ).select_related("case")  # fmt: skip
    found: dict[int, list[CaseGrant]] = {}
    for grant in grants:
        if grant.case.open_on(today):
            found.setdefault(grant.case_id, []).append(grant)
    return [
        MyCase(rows[0].case, len(rows), min(row.ends_on for row in rows))
        for rows in sorted(found.values(), key=lambda rows: rows[0].case.reference)
    ]

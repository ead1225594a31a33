"""The rule 访问规则 (domain §10): which clauses an account has today. Default deny."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, IntegerField, Model, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from integrity.access.clauses import Clause
from integrity.access.roles import (
    DRAFT_READERS,
    EMERGENCY,
    EMERGENCY_ROLES,
    ROLE_ACTS,
    ROLE_FAMILY,
    STANDING_PURPOSE,
    SUBJECT_ACTS,
)
from integrity.access.scope import Scope
from integrity.choices import Act, Grade, LeadingPost, ObjectionState, Role, RuleKind
from integrity.exceptions import NotAdmitted
from integrity.models import (
    Account,
    Assignment,
    BreakGlass,
    Case,
    CaseGrant,
    IntegrityFile,
    Kinship,
    Objection,
    Recusal,
    RuleSet,
)


def scope_for(
    account: Account | AnonymousUser,
    act: Act,
    *,
    purpose: str = "",
    case: Case | str | None = None,
    include_self: bool = True,
    assignments: Sequence[Assignment] | None = None,
) -> Scope:
    """Resolve what `account` may reach for `act` today.

    `case` is a case or its reference; an inspector without an open case and a purpose gets no clause.
    `assignments` asks "what if": the rule over other assignments than those held, saved or not.
    """
    today = timezone.localdate()
    if not isinstance(account, Account) or not account.is_active:
        return Scope(account_id=None, act=act, purpose=purpose, clauses=(), on=today)
    held = list(assignments_today(account, today) if assignments is None else assignments)
    found_case = _case(case, account, held)
    clauses: list[Clause] = []
    if not any(row.role in Role.administrators() for row in held):
        for row in held:
            clauses += _clauses_of(row, act, purpose=purpose, case=found_case, today=today)
        if act == Act.READ:
            clauses += _emergency_clauses(account, held)
    if include_self and account.subject_id is not None and act in SUBJECT_ACTS:
        clauses.append(_own_clause(account.subject_id))
    stated = purpose or _standing_purpose(clauses)
    return Scope(
        account_id=account.pk,
        act=act,
        purpose=stated,
        clauses=tuple(clauses),
        recused=recused_subjects(account, today) if any(c.subject_id is None for c in clauses) else frozenset(),
        case=found_case if any(clause.role == Role.INSPECTOR for clause in clauses) else None,
        on=today,
    )


def assignments_today(account: Account, today: date) -> Iterable[Assignment]:
    rows: Iterable[Assignment] = Assignment.objects.on(today).filter(account=account).order_by("pk")
    return rows


def offices_of(account: Account | AnonymousUser, role: str) -> frozenset[str]:
    """Codes of the offices at which the account holds that role today 任职机构: whose pages it edits, reviews or
    publishes (cms.permissions); an account that is closed holds none."""
    if not isinstance(account, Account) or not account.is_active:
        return frozenset()
    rows = account.assignments.on(timezone.localdate()).filter(role=role)
    return frozenset(rows.values_list("authority__code", flat=True))


def _own_clause(subject_id: UUID) -> Clause:
    return Clause(why="本人", role="subject", family="own", max_grade=Grade.STRICT, subject_id=subject_id)


def _standing_purpose(clauses: Sequence[Clause]) -> str:
    for clause in clauses:
        if clause.role in STANDING_PURPOSE:
            return STANDING_PURPOSE[Role(clause.role)]
    return "查阅本人记录" if clauses else ""


def _case(case: Case | str | None, account: Account, held: Sequence[Assignment]) -> Case | None:
    """The stated case: a reference is one body's, so it is looked up among those the account inspects for today."""
    if not isinstance(case, str):
        return case
    bodies = {row.authority_id for row in held if row.role == Role.INSPECTOR}
    if not case.strip() or not bodies:
        return None
    granted = CaseGrant.objects.filter(case=OuterRef("pk"), user=account)
    named = Case.objects.filter(reference=case.strip(), organisation__in=bodies)
    found: Case | None = named.order_by(Exists(granted).desc(), "pk").first()
    return found


def _clauses_of(row: Assignment, act: Act, *, purpose: str, case: Case | None, today: date) -> list[Clause]:
    if act not in ROLE_ACTS.get(row.role, frozenset()):
        return []
    why = f"岗位授权{row.pk}"
    if row.role == Role.INSPECTOR:
        return _case_clauses(row, purpose=purpose, case=case, today=today)
    if row.role == Role.OBJECTION_OFFICER:
        disputed = _disputed(row)
        if not disputed:
            return []
        return [Clause(why=why, role=row.role, family="disputed", max_grade=row.clearance, records=disputed)]
    return [
        Clause(
            why=why,
            role=row.role,
            family=ROLE_FAMILY[row.role],
            max_grade=row.clearance,
            authorities=frozenset({row.authority_id}),
            professions=frozenset({row.profession_id}) if row.profession_id else frozenset(),
            until=row.valid_to,
            drafts="all" if row.role in DRAFT_READERS else "own",
        )
    ]


def _case_clauses(row: Assignment, *, purpose: str, case: Case | None, today: date) -> list[Clause]:
    """An inspector of the case's body reaches the files granted in the named case, for its duration, nothing else."""
    if case is None or not purpose.strip() or not case.open_on(today) or row.authority_id != case.organisation_id:
        return []
    grants = CaseGrant.objects.filter(
        Q(cut_on__isnull=True) | Q(cut_on__gt=today), user_id=row.account_id, case=case, ends_on__gte=today
    ).values_list("content_object_id", "ends_on")
    files = dict(grants)
    if not files:
        return []
    return [
        Clause(
            why=f"案件 {case.reference}",
            role=row.role,
            family="case",
            max_grade=row.clearance,
            files=frozenset(files),
            until=min(files.values()),
        )
    ]


def _emergency_clauses(account: Account, held: Sequence[Assignment]) -> list[Clause]:
    """Files opened to this account in an emergency, for reading alone, until their hours are over.

    Within today's clearance in the duty it was asked in; it ends with that duty.
    """
    duties: dict[int, int] = {}
    for row in held:
        if row.role in EMERGENCY_ROLES:
            duties[row.authority_id] = max(row.clearance, duties.get(row.authority_id, 0))
    if not duties:
        return []
    opened = BreakGlass.objects.open_at(timezone.now()).filter(asked_by=account, office__in=duties)
    return [
        Clause(
            why=f"紧急查阅{one.pk}",
            role=EMERGENCY,
            family="case",
            max_grade=min(one.max_grade, duties[one.office_id]),
            files=frozenset({one.file_id}),
            until=timezone.localtime(one.closes_at).date() if one.closes_at else None,
        )
        for one in opened
    ]


def _disputed(row: Assignment) -> frozenset[tuple[str, int]]:
    """The disputed record only, and not its author (domain §10)."""
    open_rows = (
        Objection.objects.unscoped(reason="异议处理人的范围由在办异议决定")
        .filter(authority_id=row.authority_id, state__in=ObjectionState.open())
        .select_related("decision", "penalty")
    )
    found: set[tuple[str, int]] = set()
    for objection in open_rows:
        record = objection.decision or objection.penalty
        if record is not None and record.entered_by_id == row.account_id:
            continue
        found.add(("objection", objection.pk))
        if record is not None:
            found.add((str(record._meta.model_name), record.pk))
    return frozenset(found)


def recused_subjects(account: Account, today: date) -> frozenset[UUID]:
    """Own file, relatives, declared conflicts, the own unit's leaders (政务处分法 47; 公务员法 76; H18).

    A relative that one declared is closed to oneself; the relative's account is closed by its own declaration or by an
    administrator (责令回避).
    """
    recused = set(Recusal.objects.on(today).filter(account=account).values_list("subject_id", flat=True))
    if account.subject_id is not None:
        own = account.subject_id
        recused |= {own} | set(Kinship.objects.filter(subject_id=own).values_list("relative_id", flat=True))
        # What somebody else declared does not close this account's duties by itself: a person on file could shut out
        # whoever handles the case. Kin recorded by personnel counts both ways.
        recorded = Kinship.objects.filter(relative_id=own, declaration__isnull=True)
        recused |= set(recorded.values_list("subject_id", flat=True))
    return frozenset(recused | _own_leaders(account, today))


def _own_leaders(account: Account, today: date) -> set[UUID]:
    """The leaders of the account's own unit: managed one level up, not by those they lead (domain §3, §10).

    A level without a rule is read strictly: every leading post counts.
    """
    unit = account.organisation
    if unit is None:
        return set()
    limit = RuleSet.objects.on(today).filter(kind=RuleKind.ACCESS_LIMIT, key=f"unit_leaders|{unit.level}")
    stated = limit.order_by("ordinal", "-valid_from").values(
        post=Cast(KT("parameters__leading_post_up_to"), IntegerField())
    )
    lowest = Coalesce(Subquery(stated[:1]), Value(int(max(LeadingPost))))
    files = IntegrityFile.objects.unscoped(reason="回避：本单位领导成员")  # one question: it is asked at every door
    return set(files.filter(unit=unit, leading_post__lte=lowest).values_list("subject_id", flat=True))


def may(account: Account | AnonymousUser, act: Act, target: Model, *, case: Case | str | None = None) -> bool:
    """Whether to show a button. The act itself asks again."""
    return scope_for(account, act, purpose="", case=case).admits(target)


def require(account: Account, act: Act, target: Model, *, case: Case | str | None = None) -> Clause:
    """The clause that lets `account` do `act` on `target`, or `NotAdmitted`. Every act of the domain begins here."""
    scope = scope_for(account, act, case=case)
    clause = scope.clause_for(target)
    if clause is None:
        raise NotAdmitted
    return clause


def has_any(account: Account | AnonymousUser, act: Act) -> bool:
    """Whether the account has any role for an act; for navigation, never for content."""
    if not isinstance(account, Account) or not account.is_active:
        return False
    return any(act in ROLE_ACTS.get(role, ()) for role in roles_of(account))


def roles_of(account: Account) -> frozenset[str]:
    return frozenset(row.role for row in assignments_today(account, timezone.localdate()))

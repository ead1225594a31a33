"""THE access decision 访问决定 (domain §10, design §3): asked once, here. Default deny.

Allow = role ∧ managing authority today ∧ grade ≤ clearance ∧ stated purpose ∧ no recusal ∧ in time.
A scope is data: each clause is one reason to be let in; no clause, no rows. `Scope.condition` (SQL) and
`Scope.admits` (one object) say the same thing, and a property test compares them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.choices import Act, Grade, ReadOutcome, Role
from integrity.exceptions import NotAdmitted
from integrity.models import (
    Account,
    Assignment,
    Case,
    CaseGrant,
    GuardedModel,
    GuardedQuerySet,
    IntegrityFile,
    Kinship,
    Objection,
    Publication,
    ReadEntry,
    Recusal,
    SubjectIdentifier,
)

_READING = frozenset({Act.LIST, Act.READ, Act.SEARCH})
_ENTERING = _READING | {Act.REVEAL, Act.ESTABLISH, Act.ENTER, Act.IMPORT}
_APPROVING = _READING | {Act.REVEAL, Act.APPROVE, Act.REVOKE, Act.EXPORT}

#: What each role may do (domain §10). Administrators are absent: they read no content (三员分立).
ROLE_ACTS: dict[str, frozenset[Act]] = {
    Role.CLERK: _ENTERING,
    Role.REVIEWER: _APPROVING,
    Role.ORGANISATION_OFFICER: _ENTERING | _APPROVING,
    Role.INSPECTOR: _READING,
    Role.REGULATOR: _ENTERING | _APPROVING | {Act.PROPOSE, Act.SERVE},
    Role.OBJECTION_OFFICER: _READING,
    Role.SECRECY_REVIEWER: _READING | {Act.REVIEW_PUBLICATION},
    Role.PUBLISHER: _READING | {Act.PUBLISH},
}
SUBJECT_ACTS = frozenset({Act.LIST, Act.READ, Act.OBJECT})

#: Which rows a role's clause reaches: files of civil servants, practitioners' records, publications.
ROLE_FAMILY: dict[str, str] = {
    Role.CLERK: "file",
    Role.REVIEWER: "file",
    Role.ORGANISATION_OFFICER: "file",
    Role.INSPECTOR: "file",
    Role.REGULATOR: "practitioner",
    Role.OBJECTION_OFFICER: "disputed",
    Role.SECRECY_REVIEWER: "publication",
    Role.PUBLISHER: "publication",
}
#: Roles that see drafts which are not their own: those who check them (H2), and a regulator, who does both.
DRAFT_READERS = frozenset({Role.REVIEWER, Role.ORGANISATION_OFFICER, Role.REGULATOR})
#: Everyday work states its purpose by the role itself; an inspector states it each time, with a case.
STANDING_PURPOSE = {
    Role.CLERK: "档案日常管理",
    Role.REVIEWER: "档案审核",
    Role.ORGANISATION_OFFICER: "公务员管理",
    Role.REGULATOR: "行业监管",
    Role.OBJECTION_OFFICER: "异议核查",
    Role.SECRECY_REVIEWER: "公示审查",
    Role.PUBLISHER: "公示发布",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One reason to be let in 准入依据. Empty sets reach nothing, except `professions`, where empty means any."""

    why: str
    role: str
    family: str
    max_grade: int
    authorities: frozenset[int] = frozenset()
    professions: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()
    records: frozenset[tuple[str, int]] = frozenset()
    subject_id: UUID | None = None
    until: date | None = None
    drafts: str = "none"

    def condition(self, model: type[Model], account_id: int | None) -> Q | None:
        """This clause over a model's own columns, or None where it reaches none of its rows."""
        if model is Publication:
            return self._publication_condition()
        if not issubclass(model, GuardedModel):
            return None
        base = self._reach(model)
        if base is None:
            return None
        return base & Q(grade__lte=self.max_grade) & self._draft_condition(model, account_id)

    def _reach(self, model: type[GuardedModel]) -> Q | None:
        if self.subject_id is not None:
            return Q(subject_id=self.subject_id)
        if self.records:
            ids = [pk for label, pk in self.records if label == model._meta.model_name]
            return Q(pk__in=ids) if ids else None
        if self.files:
            return Q(**{f"{model.case_column}__in": self.files}) if model.case_column else None
        # "either" rows belong to a file or to a practitioner, to nobody else who has authorities.
        families = ("file", "practitioner") if model.family == "either" else (model.family,)
        if not self.authorities or self.family not in families:
            return None
        reach = Q(authority_id__in=self.authorities)
        if model.family == "either":
            reach &= Q(file_id__isnull=self.family != "file")
        if self.family == "practitioner" and self.professions:
            reach &= Q(**{f"{model.profession_column}__in": self.professions})
        return reach

    def _draft_condition(self, model: type[GuardedModel], account_id: int | None) -> Q:
        if not model.state_column or self.drafts == "all":
            return Q()
        not_draft = ~Q(**{f"{model.state_column}__in": model.draft_states})
        return not_draft | Q(entered_by_id=account_id) if self.drafts == "own" else not_draft

    def _publication_condition(self) -> Q | None:
        if self.family not in ("publication", "practitioner") or not self.authorities:
            return None
        reach = Q(authority_id__in=self.authorities)
        return reach & Q(profession_id__in=self.professions) if self.professions else reach

    def admits(self, obj: Model, account_id: int | None) -> bool:
        """The same rule on one object."""
        if isinstance(obj, Publication):
            return (
                self.family in ("publication", "practitioner")
                and obj.authority_id in self.authorities
                and (not self.professions or obj.profession_id in self.professions)
            )
        if not isinstance(obj, GuardedModel) or obj.grade > self.max_grade:
            return False
        return self._reaches(obj) and self._admits_draft(obj, account_id)

    def _reaches(self, obj: GuardedModel) -> bool:
        if self.subject_id is not None:
            return obj.subject_id == self.subject_id
        if self.records:
            return (str(obj._meta.model_name), obj.pk) in self.records
        if self.files:
            return bool(obj.case_column) and _column(obj, obj.case_column) in self.files
        family = obj.family
        if family == "either":
            family = "file" if _column(obj, "file_id") is not None else "practitioner"
        if family != self.family or obj.authority_id not in self.authorities:
            return False
        if self.family == "practitioner" and self.professions:
            return _column(obj, obj.profession_column) in self.professions
        return True

    def _admits_draft(self, obj: GuardedModel, account_id: int | None) -> bool:
        if not obj.state_column or self.drafts == "all":
            return True
        if getattr(obj, obj.state_column) not in obj.draft_states:
            return True
        return self.drafts == "own" and account_id is not None and obj.entered_by_id == account_id


def _subject_of(obj: Model) -> UUID | None:
    """Whom a row is about, as `Scope._recused_rows` has it."""
    if isinstance(obj, Publication):
        source = obj.penalty or obj.licence
        return source.subject_id if source is not None else None
    return getattr(obj, "subject_id", None)


def _column(obj: Model, path: str) -> Any:
    """The value at a column path like `decision__file_id`."""
    value: Any = obj
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value


@dataclass(frozen=True, slots=True)
class Scope:
    """What one account may reach for one act, now 访问范围: resolved once a request, passed on as data."""

    account_id: int | None
    act: Act
    purpose: str
    clauses: tuple[Clause, ...]
    recused: frozenset[UUID] = frozenset()
    case: Case | None = None
    on: date = field(default_factory=timezone.localdate)

    @property
    def empty(self) -> bool:
        return not self.clauses

    def condition(self, model: type[Model]) -> Q:
        """The scope as a filter over the columns of `model`; matches nothing when no clause reaches it."""
        parts = [(clause, clause.condition(model, self.account_id)) for clause in _merged(self.clauses)]
        own = [q for clause, q in parts if q is not None and clause.subject_id is not None]
        other = [q for clause, q in parts if q is not None and clause.subject_id is None]
        if other and self.recused:
            other = [reduce(or_, other) & ~self._recused_rows(model)]
        return reduce(or_, own + other) if own or other else Q(pk__in=[])

    def _recused_rows(self, model: type[Model]) -> Q:
        """Rows about a person this account keeps away from; a publication is about the person of its source."""
        if model is Publication:
            return Q(penalty__subject_id__in=self.recused) | Q(licence__subject_id__in=self.recused)
        return Q(subject_id__in=self.recused) if issubclass(model, GuardedModel) else Q(pk__in=[])

    def restrict(self, rows: GuardedQuerySet[Any]) -> GuardedQuerySet[Any]:
        return rows.filter(self.condition(rows.model))

    def admits(self, obj: Model) -> bool:
        return self.clause_for(obj) is not None

    def clause_for(self, obj: Model) -> Clause | None:
        """The first clause that lets this object in; its reason goes into the read log."""
        subject_id = _subject_of(obj) if self.recused else None
        for clause in self.clauses:
            if clause.subject_id is None and subject_id in self.recused:
                continue
            if clause.admits(obj, self.account_id):
                return clause
        return None


def _merged(clauses: Sequence[Clause]) -> list[Clause]:
    """Clauses that differ in their authorities alone become one, so that the filter stays one `IN`."""
    merged: dict[tuple[Any, ...], Clause] = {}
    for clause in clauses:
        key: tuple[Any, ...] = (clause.family, clause.max_grade, clause.professions, clause.drafts)
        key += (clause.files, clause.records, clause.subject_id)
        if key in merged and clause.authorities:
            earlier = merged[key]
            clause = Clause(
                why=f"{earlier.why},{clause.why}",
                role=clause.role,
                family=clause.family,
                max_grade=clause.max_grade,
                authorities=earlier.authorities | clause.authorities,
                professions=clause.professions,
                drafts=clause.drafts,
            )
        merged[key] = clause
    return list(merged.values())


def scope_for(
    account: Account | AnonymousUser,
    act: Act,
    *,
    purpose: str = "",
    case: Case | str | None = None,
    include_self: bool = True,
) -> Scope:
    """Resolve what `account` may reach for `act` today.

    `case` is a case or its reference; an inspector without an open case and a purpose gets no clause.
    """
    today = timezone.localdate()
    if not isinstance(account, Account) or not account.is_active:
        return Scope(account_id=None, act=act, purpose=purpose, clauses=(), on=today)
    found_case = _case(case)
    assignments = list(assignments_today(account, today))
    clauses: list[Clause] = []
    if not any(row.role in Role.administrators() for row in assignments):
        for row in assignments:
            clauses += _clauses_of(row, act, purpose=purpose, case=found_case, today=today)
    if include_self and account.subject_id is not None and act in SUBJECT_ACTS:
        clauses.append(_own_clause(account.subject_id))
    stated = purpose or _standing_purpose(clauses)
    return Scope(
        account_id=account.pk,
        act=act,
        purpose=stated,
        clauses=tuple(clauses),
        recused=recused_subjects(account, today) if clauses else frozenset(),
        case=found_case if any(clause.files for clause in clauses) else None,
        on=today,
    )


def assignments_today(account: Account, today: date) -> Iterable[Assignment]:
    rows: Iterable[Assignment] = Assignment.objects.on(today).filter(account=account).order_by("pk")
    return rows


def _own_clause(subject_id: UUID) -> Clause:
    return Clause(why="本人", role="subject", family="own", max_grade=Grade.STRICT, subject_id=subject_id)


def _standing_purpose(clauses: Sequence[Clause]) -> str:
    for clause in clauses:
        if clause.role in STANDING_PURPOSE:
            return STANDING_PURPOSE[Role(clause.role)]
    return "查阅本人记录" if clauses else ""


def _case(case: Case | str | None) -> Case | None:
    if isinstance(case, str):
        return Case.objects.filter(reference=case.strip()).first() if case.strip() else None
    return case


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
    """An inspector reaches the files granted in the named case, for its duration, and nothing else."""
    if case is None or not purpose.strip() or not case.open_on(today):
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


def _disputed(row: Assignment) -> frozenset[tuple[str, int]]:
    """The disputed record only, and not its author (domain §10)."""
    from integrity.choices import ObjectionState

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
    """Own file, declared relatives, declared conflicts (政务处分法 47; H18)."""
    recused = set(Recusal.objects.on(today).filter(account=account).values_list("subject_id", flat=True))
    if account.subject_id is not None:
        recused.add(account.subject_id)
        pairs = Kinship.objects.filter(Q(subject_id=account.subject_id) | Q(relative_id=account.subject_id))
        for one, other in pairs.values_list("subject_id", "relative_id"):
            recused |= {one, other}
    return frozenset(recused)


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


def open_one(
    account: Account | AnonymousUser,
    act: Act,
    rows: GuardedQuerySet[Any],
    *,
    door: str,
    purpose: str = "",
    case: Case | str | None = None,
    request: HttpRequest | None = None,
    **lookup: Any,
) -> Any:
    """Fetch, check and log in one call. Refused and absent are one answer: `NotAdmitted` (404)."""
    scope = scope_for(account, act, purpose=purpose, case=case)
    found = rows.within(scope).filter(**lookup).first()
    if found is None:
        log_read(
            scope, door=door, model=rows.model, ids=[str(value) for value in lookup.values()],
            request=request, outcome=ReadOutcome.REFUSED,
        )  # fmt: skip
        raise NotAdmitted
    log_read(scope, door=door, model=rows.model, rows=[found], request=request)
    return found


def log_read(
    scope: Scope,
    *,
    door: str,
    model: type[Model],
    rows: Sequence[Any] = (),
    ids: Sequence[Any] = (),
    count: int | None = None,
    query: str = "",
    request: HttpRequest | None = None,
    outcome: str = ReadOutcome.SHOWN,
) -> ReadEntry:
    """Write one line of the read log before the answer leaves (H19). Raises when the log cannot be written."""
    clause = scope.clause_for(rows[0]) if rows else None
    entry = ReadEntry(
        account_id=scope.account_id,
        act=scope.act,
        door=door,
        model=str(model._meta.model_name),
        ids=[row.pk for row in rows] or list(ids),
        subject_ids=sorted({str(row.subject_id) for row in rows if getattr(row, "subject_id", None)}),
        count=len(rows) if count is None else count,
        clause=clause.why if clause else "",
        purpose=scope.purpose[:200],
        case=scope.case,
        query_hash=hashlib.sha256(query.encode()).hexdigest() if query else "",
        outcome=outcome,
        address=request.META.get("REMOTE_ADDR") or None if request else None,
        request_id=str(getattr(request, "request_id", "")) if request else "",
    )
    entry.save()
    return entry


def reveal_identifier(
    account: Account, identifier: SubjectIdentifier, holder: GuardedModel, *, purpose: str, door: str,
    request: HttpRequest | None = None,
) -> str:  # fmt: skip
    """The full number, by a logged act with a stated purpose (domain §2). Needs clearance S3 on the holder's record."""
    scope = scope_for(account, Act.REVEAL, purpose=purpose)
    clause = scope.clause_for(holder)
    if not purpose.strip() or clause is None or clause.max_grade < Grade.SENSITIVE:
        log_read(
            scope,
            door=door,
            model=SubjectIdentifier,
            ids=[identifier.pk],
            request=request,
            outcome=ReadOutcome.REFUSED,
        )
        raise NotAdmitted
    if identifier.subject_id != holder.subject_id:
        raise NotAdmitted
    log_read(scope, door=door, model=SubjectIdentifier, rows=[identifier], request=request)
    return identifier.number()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can see a file, and by which path 可查阅人."""

    account: Account
    why: str
    until: date | None


def readers_of(file: IntegrityFile, *, with_cases: bool = False) -> list[Reader]:
    """Who can see this file today, and why.

    Inspectors of a case are named to the security administrator alone (`with_cases`): the person on file and the
    person's own department must not learn from a list of readers that a case is open (N9, H3).
    """
    today = timezone.localdate()
    readers: list[Reader] = []
    rows = Assignment.objects.on(today).filter(account__is_active=True).select_related("account", "authority")
    for row in rows.filter(Q(authority_id=file.authority_id) & ~Q(role=Role.INSPECTOR)):
        scope = scope_for(row.account, Act.READ, include_self=False)
        if scope.admits(file) and ROLE_FAMILY.get(row.role) == "file":
            readers.append(Reader(row.account, f"{row.get_role_display()} · {row.authority}", row.valid_to))
    grants = CaseGrant.objects.filter(content_object=file, ends_on__gte=today).select_related("user", "case")
    for grant in grants if with_cases else ():
        if scope_for(grant.user, Act.READ, purpose="查阅范围核对", case=grant.case).admits(file):
            readers.append(Reader(grant.user, _("案件 %s") % grant.case.reference, grant.ends_on))
    own = Account.objects.filter(subject_id=file.subject_id, is_active=True).first()
    if own is not None:
        readers.append(Reader(own, _("本人"), None))
    return readers


class ScopeBackend:
    """Object permissions for Django's `has_perm`: answered by the same rule, so the two can never disagree.

    guardian's own backend would still say yes after a grant's end date, and its list function ignores
    `is_active`; neither is used.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def has_perm(self, user: Any, permission: str, obj: Model | None = None) -> bool:
        if obj is None or permission != f"{obj._meta.app_label}.view_{obj._meta.model_name}":
            return False
        if not isinstance(user, Account):
            return False
        if isinstance(obj, IntegrityFile):
            for grant in CaseGrant.objects.filter(user=user, content_object=obj).select_related("case"):
                if scope_for(user, Act.READ, purpose="权限核对", case=grant.case).admits(obj):
                    return True
        return scope_for(user, Act.READ).admits(obj)

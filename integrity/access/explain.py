"""Who can see what, and why or why not 访问解释: answered by the rule itself, never by a second statement of it."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access.clauses import Clause, column_of
from integrity.access.roles import EMERGENCY, ROLE_ACTS, ROLE_FAMILY
from integrity.access.rule import assignments_today, scope_for
from integrity.access.scope import Scope, subject_of
from integrity.choices import Act, Grade, ObjectionState, Role
from integrity.models import (
    Account,
    Assignment,
    BreakGlass,
    Case,
    CaseGrant,
    GuardedModel,
    Objection,
    Organisation,
    Profession,
    Publication,
    Recusal,
)

#: The purpose stated when the rule is asked for somebody who is not asking: it opens nothing to anybody.
ASKED_FOR = "查阅范围核对"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can see a row, and by which path 可查阅人; one line for each clause."""

    account: Account
    why: str
    until: date | None
    clause: Clause
    case: Case | None = None


def words_of(clause: Clause, offices: dict[int, Organisation] | None = None) -> str:
    """A clause as an administrator reads it: role, authority, profession, highest grade."""
    if clause.subject_id is not None:
        return _("本人")
    if clause.role == EMERGENCY:
        return _("紧急查阅（两人批准）")
    parts = [str(Role(clause.role).label)]
    if clause.family == "case":
        parts.append(clause.why)
    elif clause.family == "disputed":
        parts.append(_("在办异议所涉记录"))
    known = offices if offices is not None else {}
    if not clause.authorities <= known.keys():
        known = Organisation.objects.in_bulk(list(clause.authorities))
    parts += [str(known[pk]) for pk in sorted(clause.authorities) if pk in known]
    if clause.professions:
        parts += list(Profession.objects.filter(pk__in=clause.professions).values_list("name", flat=True))
    return " · ".join([*parts, str(Grade(clause.max_grade).label)])


def readers_of(row: Model, *, with_cases: bool = False, act: Act = Act.READ) -> list[Reader]:
    """Who can see this row today, and why: any guarded row, or a publication.

    Inspectors of a case are named to the security administrator alone (`with_cases`): the person on file and the
    person's own department must not learn from a list of readers that a case is open (N9, H3).
    """
    accounts = list(candidates(row).select_related("organisation").order_by("display_name", "pk"))
    held = _held_today(accounts)
    granted = _granted(accounts, row) if with_cases else {}
    authority = getattr(row, "authority", None)
    offices = {authority.pk: authority} if authority is not None else {}
    readers: list[Reader] = []
    for account in accounts:
        own = held.get(account.pk, [])
        plain = scope_for(account, act, assignments=own)
        readers += [_reader(account, clause, row, offices) for clause in plain.clauses_for(row)]
        for grant in granted.get(account.pk, ()):
            scope = scope_for(account, act, purpose=ASKED_FOR, case=grant.case, assignments=own, include_self=False)
            if any(clause.role == Role.INSPECTOR for clause in scope.clauses_for(row)):
                clause = next(clause for clause in scope.clauses_for(row) if clause.role == Role.INSPECTOR)
                until = min(grant.ends_on, grant.case.ends_on)
                readers.append(Reader(account, words_of(clause, offices), until, clause, grant.case))
    return readers


def _reader(account: Account, clause: Clause, row: Model, offices: dict[int, Organisation]) -> Reader:
    words = words_of(clause, offices)
    if clause.drafts == "own" and _is_draft(row):
        words = _("%(clause)s（本人录入的草稿）") % {"clause": words}
    return Reader(account, words, clause.until, clause)


def _is_draft(row: Model) -> bool:
    column = getattr(row, "state_column", "")
    return bool(column) and getattr(row, column) in cast(GuardedModel, row).draft_states


def candidates(row: Model) -> QuerySet[Account]:
    """Accounts that may have a clause for this row at all, found by indexes: a test proves that it leaves nobody out.

    Whoever holds an office of its authority or of an objection to it today, has a grant of its file, had it opened in
    an emergency, or is the person on record.
    """
    today = timezone.localdate()
    offices = Assignment.objects.on(today).filter(authority_id__in=_authorities_of(row)).exclude(role=Role.INSPECTOR)
    wanted = Q(pk__in=offices.values("account"))
    file_id = _file_of(row)
    if file_id is not None:
        duty = Assignment.objects.on(today).filter(
            role=Role.INSPECTOR, account=OuterRef("user"), authority=OuterRef("case__organisation")
        )
        granted = CaseGrant.objects.filter(Exists(duty), content_object=file_id, ends_on__gte=today)
        wanted |= Q(pk__in=granted.values("user"))
        opened = BreakGlass.objects.open_at(timezone.now()).filter(file_id=file_id)
        wanted |= Q(pk__in=opened.values("asked_by"))
    person = subject_of(row)
    if person is not None:
        wanted |= Q(subject_id=person)
    found: QuerySet[Account] = Account.objects.filter(wanted, is_active=True)
    return found


def _authorities_of(row: Model) -> set[int]:
    """The row's own authority, and those that handle an open objection to it."""
    found = {cast(Any, row).authority_id}
    if row._meta.model_name in ("decision", "penalty"):
        rows = Objection.objects.unscoped(reason="访问解释：在办异议的管理机关")
        disputed = rows.filter(**{f"{row._meta.model_name}_id": row.pk}, state__in=ObjectionState.open())
        found |= set(disputed.values_list("authority_id", flat=True))
    return found


def _file_of(row: Model) -> int | None:
    column = getattr(row, "case_column", "")
    found: int | None = column_of(row, column) if column else None
    return found


def _held_today(accounts: Iterable[Account]) -> dict[int, list[Assignment]]:
    """Assignments of all of them in one query; the rule would ask for each account."""
    held: dict[int, list[Assignment]] = defaultdict(list)
    for one in Assignment.objects.on(timezone.localdate()).filter(account__in=list(accounts)).order_by("pk"):
        held[one.account_id].append(one)
    return held


def _granted(accounts: Iterable[Account], row: Model) -> dict[int, list[CaseGrant]]:
    found: dict[int, list[CaseGrant]] = defaultdict(list)
    file_id = _file_of(row)
    if file_id is not None:
        for grant in CaseGrant.objects.filter(content_object=file_id).select_related("case").order_by("pk"):
            found[grant.user_id].append(grant)
    return found


# --- why not ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps an account from a row 不能看的原因; were all of them gone, it would see the row."""

    code: str
    words: str

    def __str__(self) -> str:
        return self.words


#: What may be thought away, the heaviest first: it is dropped first, so that the nearest miss remains.
_THOUGHT_AWAY = (
    "office", "authority", "separated", "act", "case", "ended", "profession", "clearance", "draft", "recused", "closed",
)  # fmt: skip


def why_not(account: Account, row: Model, act: Act = Act.READ) -> list[Obstacle]:
    """Why this account cannot do this with this row 为何不能看; empty when it can (an inspector: with the case stated).

    The rule is asked again with something thought away, until nothing more can be put back: what remains is a
    smallest set of obstacles. Nothing is decided here.
    """
    if _would(account, row, act, frozenset()):
        return []
    lifted = frozenset(_THOUGHT_AWAY)
    if not _would(account, row, act, lifted):
        return [Obstacle("sealed", _("任何岗位都不能查阅（S5 封存，或者没有岗位可以这样做）"))]
    for code in _THOUGHT_AWAY:
        if _would(account, row, act, lifted - {code}):
            lifted -= {code}
    return [
        Obstacle(code, _obstacle_words(code, account, row, act)) for code in reversed(_THOUGHT_AWAY) if code in lifted
    ]


def disputed_records(scope: Scope) -> frozenset[tuple[str, int]]:
    """Kind and id of what a scope reaches as disputed records alone 在办异议所涉记录."""
    return frozenset(one for clause in scope.clauses if clause.family == "disputed" for one in clause.records)


def touches_person(account: Account, row: Model) -> bool:
    """Whether an account is the person's own: whoever must not learn whose a record is must not learn this either."""
    person = subject_of(row)
    return person is not None and person == account.subject_id


def _would(account: Account, row: Model, act: Act, lifted: frozenset[str]) -> bool:
    """The rule's answer, were these obstacles not there."""
    someone = copy.copy(account)
    someone.is_active = account.is_active or "closed" in lifted
    held = _as_if_held(account, row, act, lifted)
    asked = Act.READ if "act" in lifted else act
    cases = Case.objects.filter(grants__user=account, grants__content_object=_file_of(row)).distinct()
    for case in (None, *cases):
        scope = scope_for(someone, asked, purpose=ASKED_FOR if case else "", case=case, assignments=held)
        if _as_if_asked(scope, held, row, lifted).admits(row):
            return True
    return False


def _as_if_held(account: Account, row: Model, act: Act, lifted: frozenset[str]) -> list[Assignment]:
    everything = Assignment.objects.filter(account=account).order_by("pk")
    held = list(everything if "ended" in lifted else assignments_today(account, timezone.localdate()))
    if "separated" in lifted:
        held = [one for one in held if one.role not in Role.administrators()]
    columns: dict[str, Any] = {}
    if "authority" in lifted:
        columns["authority_id"] = cast(Any, row).authority_id
    if "profession" in lifted:
        columns["profession_id"] = None
    if "clearance" in lifted:
        columns["clearance"] = Grade.STRICT
    held = [_with(one, **_fitting(one, columns)) for one in held] if columns else held
    if "office" in lifted:
        held += [
            Assignment(
                account=account, role=role, authority_id=cast(Any, row).authority_id, clearance=Grade.STRICT
            )
            for role in ROLE_FAMILY
            if role != Role.INSPECTOR and act in ROLE_ACTS[role]
        ]  # fmt: skip
    return held


def _fitting(row: Assignment, columns: dict[str, Any]) -> dict[str, Any]:
    """An inspector's authority is the body of the case, not the one that manages the file: it is not moved."""
    kept = {"authority_id"} if row.role == Role.INSPECTOR else set()
    return {name: value for name, value in columns.items() if name not in kept}


def _with(row: Assignment, **columns: Any) -> Assignment:
    """The same assignment with other columns, for asking alone; never saved."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return Assignment(**values | columns)


def _as_if_asked(scope: Scope, held: Sequence[Assignment], row: Model, lifted: frozenset[str]) -> Scope:
    clauses = list(scope.clauses)
    file_id = _file_of(row)
    if "case" in lifted and file_id is not None and scope.account_id is not None:
        separated = any(one.role in Role.administrators() for one in held)
        clauses += [
            Clause(why="", role=one.role, family="case", max_grade=one.clearance, files=frozenset({file_id}))
            for one in held
            if one.role == Role.INSPECTOR and scope.act in ROLE_ACTS[Role.INSPECTOR] and not separated
        ]
    if "draft" in lifted:
        clauses = [replace(clause, drafts="all") for clause in clauses]
    # The rule leaves recusal out where nobody has an office; a clause thought up is one.
    recused = frozenset() if "recused" in lifted else scope.recused
    return replace(scope, clauses=tuple(clauses), recused=recused)


def _obstacle_words(code: str, account: Account, row: Model, act: Act) -> str:
    match code:
        case "closed":
            return _("账户已停用")
        case "recused":
            return _recusal_words(account, row)
        case "draft":
            return _("草稿只有录入人和审核人可以看（H2）")
        case "clearance":
            held = [one.clearance for one in assignments_today(account, timezone.localdate())]
            own = str(Grade(max(held)).label) if held else "—"
            return _("可接触级别不够：本人最高 %(own)s，本条 %(row)s") % {"own": own, "row": _grade_words(row)}
        case "profession":
            return _("岗位授权限于其他行业")
        case "ended":
            return _term_words(account)
        case "case":
            return _case_words(account, row)
        case "act":
            return _("其岗位不能办理“%(act)s”") % {"act": Act(act).label}
        case "separated":
            return _("三员分立：管理员不查阅内容（GB/T 22239）")
        case "authority":
            return _("不属于其管理机关，本条由%(authority)s管理") % {"authority": cast(Any, row).authority}
        case _:
            return _("没有接触这类数据的岗位授权")


def _grade_words(row: Model) -> str:
    return str(Grade(row.grade).label) if isinstance(row, GuardedModel) else str(Grade.PUBLIC.label)


def _recusal_words(account: Account, row: Model) -> str:
    person = subject_of(row)
    if person is not None and person == account.subject_id:
        return _("应当回避：本人的记录不得以职务查阅")
    declared = person and Recusal.objects.on(timezone.localdate()).filter(account=account, subject_id=person).first()
    if declared:
        return _("应当回避：%(kind)s") % {"kind": declared.get_kind_display()}
    return _("应当回避：亲属，或者本单位领导成员")


def _term_words(account: Account) -> str:
    today = timezone.localdate()
    over = Assignment.objects.filter(account=account, valid_to__lt=today).order_by("-valid_to").first()
    if over is not None:
        return _("岗位授权已于 %(day)s 终止") % {"day": over.valid_to}
    later = Assignment.objects.filter(account=account, valid_from__gt=today).order_by("valid_from").first()
    return _("岗位授权自 %(day)s 起生效") % {"day": later.valid_from if later else "—"}


def _case_words(account: Account, row: Model) -> str:
    grant = CaseGrant.objects.filter(user=account, content_object=_file_of(row)).select_related("case").last()
    if grant is None:
        return _("没有该档案的案件授权")
    if grant.cut_on is not None:
        return _("案件授权已于 %(day)s 提前终止") % {"day": grant.cut_on}
    if grant.case.closed_on is not None:
        return _("案件已于 %(day)s 结案") % {"day": grant.case.closed_on}
    over = min(grant.ends_on, grant.case.ends_on)
    if over >= timezone.localdate():
        return _("没有该案件办案机关的岗位授权")
    return _("案件授权已于 %(day)s 到期") % {"day": over}


def publicly_shown(row: Model) -> bool:
    """Whether everybody sees its projection on the public site today 公示中."""
    return isinstance(row, Publication) and Publication.objects.current(timezone.localdate()).filter(pk=row.pk).exists()

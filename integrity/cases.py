"""Acts on case grants 案件授权 (domain §10): asked with a reference, granted by a second officer, ends by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, names
from integrity.administration import stem_of
from integrity.choices import Act, ChangeState, FileStatus, IdentifierKind, Role, RuleKind
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import normalise_identity_number
from integrity.lifecycle.engine import move
from integrity.lifecycle.requests import REQUEST
from integrity.models import (
    Account,
    Assignment,
    Case,
    CaseGrant,
    GrantRequest,
    IntegrityFile,
    Organisation,
    SubjectIdentifier,
    SubjectName,
    recording,
)
from integrity.rules import rule

#: More namesakes than this in one unit are not listed: the officer names the file more exactly.
MOST_CANDIDATES = 20
#: What the pages of a case are opened for, as the read log has it.
PAGE_PURPOSE = "案件授权"
_RECUSAL = "《公职人员政务处分法》第四十七条"


def bodies_of(account: Account, today: date) -> QuerySet[Organisation]:
    """The inspection bodies this inspector works for today 办案机关."""
    rows = Assignment.objects.on(today).filter(account=account, role=Role.INSPECTOR)
    return Organisation.objects.filter(pk__in=rows.values("authority_id")).order_by("pk")


def cases_of(account: Account) -> QuerySet[Case]:
    """Cases an inspector may know of: those of the bodies worked for today, and of no other."""
    return Case.objects.filter(organisation__in=bodies_of(account, timezone.localdate()).order_by())


def inspectors_in(body: Organisation, today: date) -> QuerySet[Account]:
    """The inspectors of a body today 办案人员."""
    rows = Assignment.objects.on(today).filter(role=Role.INSPECTOR, authority=body)
    accounts: QuerySet[Account] = Account.objects.filter(is_active=True, pk__in=rows.values("account_id"))
    return accounts.order_by("display_name", "pk")


def find_files(
    *,
    case: Case,
    by: Account,
    name: str = "",
    unit: str = "",
    number: str = "",
    ref: UUID | None = None,
    door: str,
    request: HttpRequest | None = None,
) -> list[IntegrityFile]:
    """Files an officer names exactly, to grant them 查找拟授权档案: no browsing, no part of a name, logged (H19).

    Whole name and unit, or the whole identity number, or the file's own number; within the body's division.
    """
    today = timezone.localdate()
    if not _of_the_body(case, by, today):
        raise NotAdmitted
    named = _named(name=name, unit=unit, number=number, ref=ref)
    rows: list[IntegrityFile] = []
    if named is not None and case.open_on(today):
        found = IntegrityFile.objects.unscoped(reason="案件授权：按全名和单位、证件号码或档案编号查找")
        found = found.filter(named, authority__division__code__startswith=stem_of(case.organisation.division.code))
        found = found.exclude(status=FileStatus.DRAFT).exclude(subject_id__in=access.recused_subjects(by, today))
        rows = list(found.select_related("unit").order_by("name", "pk")[: MOST_CANDIDATES + 1])
    access.log_read(
        shown_in(case, by, Act.GRANT), door=door, model=IntegrityFile, rows=rows,
        query=f"{name}|{unit}|{number}|{ref}", request=request,
    )  # fmt: skip
    if len(rows) > MOST_CANDIDATES:
        raise ActRefused("too_many", _("同名人员过多，请改用公民身份号码或档案编号"), field="number")
    return rows


def shown_in(case: Case, account: Account, act: Act, *, purpose: str = PAGE_PURPOSE) -> access.Scope:
    """The scope under which what a case's pages show is logged: with the case, or its person would see it (H3, H19)."""
    return replace(access.scope_for(account, act, purpose=purpose, case=case), purpose=purpose, case=case)


def _named(*, name: str, unit: str, number: str, ref: UUID | None) -> Q | None:
    if ref is not None:
        return Q(ref=ref)
    if number:
        index = SubjectIdentifier.index_of(normalise_identity_number(number), kind=IdentifierKind.IDENTITY_NUMBER)
        rows = SubjectIdentifier.objects.unscoped(reason="案件授权：按证件号码查找")
        return Q(subject_id__in=rows.filter(index=index, retired_on__isnull=True).values("subject_id"))
    if name and unit:
        same = SubjectName.objects.filter(key=names.name_key(names.normalise_name(name)))
        place = Q(unit__name=unit.strip()) | Q(unit__short_name=unit.strip())
        return Q(subject_id__in=same.values("subject_id")) & place
    return None


def _of_the_body(case: Case, account: Account, today: date) -> bool:
    """Whether this inspector works for the body that has the case; no other body decides over it."""
    return bodies_of(account, today).filter(pk=case.organisation_id).exists()


def _let_in(request: GrantRequest, files: Iterable[IntegrityFile], by: Account) -> list[CaseGrant]:
    """The grants of a decided request, read-only: its asker alone is let in, and only because of the request (H18)."""
    case, inspector, reason = request.case, request.inspector, request.reason
    today = timezone.localdate()
    if not _of_the_body(case, inspector, today):
        raise ActRefused("asker_gone", _("申请人已不在办案岗位，请重新申请"))
    until = min(request.ends_on, case.ends_on)
    if not case.open_on(today) or until < today:
        raise ActRefused("case_closed", _("案件已结束，不能授权"))
    permission = Permission.objects.get(content_type__app_label="integrity", codename="view_integrityfile")
    grants = []
    recused, kept = access.recused_subjects(inspector, today), access.recused_subjects(by, today)
    with recording(by=by, reason=reason, document=case.reference):
        for file in files:
            if file.subject_id in recused:
                raise ActRefused("recused", _("被授权人应当回避该档案"), article=_RECUSAL)
            if file.subject_id in kept:
                raise ActRefused("recused", _("授权人应当回避该档案"), article=_RECUSAL)
            grant = CaseGrant.objects.filter(
                user=inspector, permission=permission, content_object=file, case=case
            ).first() or CaseGrant(user=inspector, permission=permission, content_object=file, case=case)
            grant.granted_by, grant.ends_on, grant.cut_on = by, until, None
            grant.save()
            grants.append(grant)
    return grants


@transaction.atomic
def ask_files(
    *, case: Case, by: Account, files: Iterable[IntegrityFile], reason: str, ends_on: date | None = None
) -> GrantRequest:
    """An inspector asks for files of a case 申请查阅; another officer of the body decides (H18)."""
    today = timezone.localdate()
    if not _of_the_body(case, by, today):
        raise NotAdmitted
    if not case.open_on(today):
        raise ActRefused("case_closed", _("案件已结束，不能申请"))
    recused = access.recused_subjects(by, today)
    asked = list(files)
    if not asked or any(file.subject_id in recused for file in asked):
        raise ActRefused("recused", _("请选择档案；应当回避的档案不能申请"), article=_RECUSAL)
    days = rule(RuleKind.ACCESS_LIMIT, "request_lapses", today).parameters["days"]
    row = GrantRequest(
        case=case,
        inspector=by,
        files=sorted(file.pk for file in asked),
        reason=reason.strip(),
        ends_on=min(ends_on or case.ends_on, case.ends_on),
        lapses_on=today + timedelta(days=days),
    )
    with recording(by=by, reason=reason, document=case.reference):
        row.save()
    return row


def requests_of(case: Case) -> QuerySet[GrantRequest]:
    """Requests of a case that wait 待决定的查阅申请."""
    rows: QuerySet[GrantRequest] = GrantRequest.objects.filter(
        case=case, state=ChangeState.PROPOSED, lapses_on__gte=timezone.localdate()
    )
    return rows.select_related("inspector").order_by("asked_at", "pk")


def files_of(request: GrantRequest, by: Account) -> list[IntegrityFile]:
    """The files a request names and this account may decide about: not those of persons it keeps away from."""
    rows = IntegrityFile.objects.unscoped(reason="案件授权：查阅申请所列档案")
    rows = rows.exclude(subject_id__in=access.recused_subjects(by, timezone.localdate()))
    return list(rows.filter(pk__in=request.files).select_related("unit").order_by("name", "pk"))


def waiting_for(case: Case, account: Account) -> list[GrantRequest]:
    """Requests of a case that this account made or may decide, wholly or in part."""
    return [row for row in requests_of(case) if row.inspector_id == account.pk or files_of(row, account)]


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as one officer sees it on the page of its case 授权一览.

    `known`: the name may stand there, which is while the grant is in force: for its inspector, where the rule lets him
    into the file now, and for who granted it.
    """

    grant: CaseGrant
    state: str
    known: bool


def grants_of(case: Case, account: Account) -> list[GrantLine]:
    """The grants of a case, newest first, without those about persons this account keeps away from."""
    today = timezone.localdate()
    rows = CaseGrant.objects.filter(case=case).select_related("user", "granted_by", "content_object__unit")
    rows = rows.exclude(content_object__subject_id__in=access.recused_subjects(account, today))
    scope = access.scope_for(account, Act.READ, purpose=PAGE_PURPOSE, case=case, include_self=False)
    on_duty = set(inspectors_in(case.organisation, today).values_list("pk", flat=True))
    lines = []
    for grant in rows.order_by("-granted_at", "-pk"):
        state = _state_of(grant, case, today, on_duty)
        opens = any(clause.role == Role.INSPECTOR for clause in scope.clauses_for(grant.content_object))
        mine = opens if grant.user_id == account.pk else grant.granted_by_id == account.pk
        lines.append(GrantLine(grant, state, known=state == "active" and mine))
    return lines


def _state_of(grant: CaseGrant, case: Case, today: date, on_duty: set[int]) -> str:
    """What became of a grant: in force, cut, over with its case, expired, or its inspector left the body."""
    if grant.cut_on is not None and grant.cut_on <= today:
        return "cut"
    if case.closed_on is not None and case.closed_on <= today and grant.ends_on >= case.closed_on:
        return "closed"
    if grant.ends_on < today or not case.open_on(today):
        return "expired"
    return "active" if grant.user_id in on_duty else "off_duty"


def in_force(listed: Iterable[Case], account: Account) -> dict[int, int]:
    """How many grants of each case let somebody in today, of those this account may know of."""
    today = timezone.localdate()
    duty = Assignment.objects.on(today).filter(
        role=Role.INSPECTOR, account=OuterRef("user"), authority=OuterRef("case__organisation")
    )
    rows = CaseGrant.objects.filter(Exists(duty), Q(cut_on__isnull=True) | Q(cut_on__gt=today), ends_on__gte=today)
    rows = rows.filter(case__in=[case.pk for case in listed if case.open_on(today)], user__is_active=True)
    rows = rows.exclude(content_object__subject_id__in=access.recused_subjects(account, today))
    return Counter(rows.values_list("case_id", flat=True))


def grant_of(case: Case, pk: int, by: Account) -> CaseGrant:
    """One grant of a case, for an act on it; absent, of another case and about a person to keep away from are one."""
    grant: CaseGrant | None = (
        CaseGrant.objects.filter(case=case, pk=pk).select_related("case", "content_object").first()
    )
    if grant is None or _kept_from(grant, by):
        raise NotAdmitted
    return grant


def _kept_from(grant: CaseGrant, by: Account) -> bool:
    return grant.content_object.subject_id in access.recused_subjects(by, timezone.localdate())


@transaction.atomic
def decide_request(*, request: GrantRequest, by: Account, chosen: Iterable[int], answer: str) -> GrantRequest:
    """A second officer grants all, some or none of the files asked for 决定查阅申请.

    Files of persons the officer keeps away from stay out of it: they wait on, as a request of their own.
    """
    row = GrantRequest.objects.select_for_update().select_related("case", "inspector").get(pk=request.pk)
    if by.pk == row.inspector_id:
        raise ActRefused("self_grant", _("不得为本人授权，请由另一名办案人员授权"), article="H18")
    if not _of_the_body(row.case, by, timezone.localdate()):
        raise NotAdmitted
    if row.state != ChangeState.PROPOSED or row.lapses_on < timezone.localdate():
        raise ActRefused("decided", _("该申请已经决定或者失效"))
    open_files = {file.pk: file for file in files_of(row, by)}
    if not open_files:
        raise NotAdmitted
    wanted = set(chosen) & set(row.files)
    if wanted - open_files.keys():
        raise ActRefused("recused", _("授权人应当回避该档案"), article=_RECUSAL)
    if wanted:
        files = [open_files[pk] for pk in sorted(wanted)]
        _let_in(row, files, by)
    _leave_waiting(row, set(row.files) - open_files.keys(), by)
    decided = {"decided_by": by, "decided_at": timezone.now(), "answer": answer.strip(), "files": sorted(open_files)}
    return move(
        REQUEST, row, "confirm" if wanted else "refuse", by=by, reason=answer.strip() or row.reason,
        document=row.case.reference, changes=decided,
    )  # fmt: skip


def _leave_waiting(request: GrantRequest, files: set[int], by: Account) -> None:
    """What this officer may not decide becomes a request of its own, with the same days, for another one."""
    if not files:
        return
    rest = GrantRequest(
        case=request.case, inspector=request.inspector, files=sorted(files), reason=request.reason,
        ends_on=request.ends_on, lapses_on=request.lapses_on,
    )  # fmt: skip
    with recording(by=by, reason=_("因回避由其他办案人员另行决定"), document=request.case.reference):
        rest.save()


@transaction.atomic
def withdraw_request(*, request: GrantRequest, by: Account, answer: str) -> GrantRequest:
    """Whoever asked takes it back 撤回申请."""
    row = GrantRequest.objects.select_for_update().select_related("case").get(pk=request.pk)
    if by.pk != row.inspector_id:
        raise NotAdmitted
    return move(
        REQUEST, row, "withdraw", by=by, reason=answer, document=row.case.reference, changes={"answer": answer.strip()}
    )


@transaction.atomic
def extend_grant(*, grant: CaseGrant, by: Account, ends_on: date, reason: str) -> CaseGrant:
    """A second officer lets a grant last longer 延长授权, never beyond the case."""
    today = timezone.localdate()
    if by.pk == grant.user_id:
        raise ActRefused("self_grant", _("不得为本人授权，请由另一名办案人员授权"), article="H18")
    if not _of_the_body(grant.case, by, today) or _kept_from(grant, by):
        raise NotAdmitted
    if not grant.case.open_on(today) or ends_on > grant.case.ends_on or ends_on < today:
        raise ActRefused("beyond_case", _("授权不得晚于案件截止日期，也不得早于今天"), field="ends_on")
    if grant.cut_on is not None:
        raise ActRefused("cut", _("授权已提前终止，请重新申请"))
    grant.ends_on, grant.granted_by = ends_on, by
    with recording(by=by, reason=reason, document=grant.case.reference):
        grant.save()
    return grant


@transaction.atomic
def cut_grant(*, grant: CaseGrant, by: Account, reason: str) -> CaseGrant:
    """End a grant at once 终止授权: from the next request on it lets nobody in."""
    today = timezone.localdate()
    if _kept_from(grant, by):
        raise NotAdmitted  # nobody ends the access to the own file, an administrator as little as an officer
    if not _of_the_body(grant.case, by, today) and Role.SECURITY_ADMIN not in access.roles_of(by):
        raise NotAdmitted
    grant.cut_on = today
    with recording(by=by, reason=reason, document=grant.case.reference):
        grant.save()
    return grant


@transaction.atomic
def close_case(*, case: Case, by: Account, reason: str) -> Case:
    """Close a case 结案: every grant of it ends with it."""
    today = timezone.localdate()
    if not _of_the_body(case, by, today):
        raise NotAdmitted
    case.closed_on = today
    with recording(by=by, reason=reason, document=case.reference):
        case.save()
    return case

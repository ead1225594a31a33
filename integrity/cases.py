"""Acts on case grants 案件授权 (domain §10): asked with a reference, granted by a second officer, ends by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, names
from integrity.choices import Act, FileStatus, IdentifierKind, Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import normalise_identity_number
from integrity.models import (
    Account,
    Assignment,
    Case,
    CaseGrant,
    IntegrityFile,
    Organisation,
    SubjectIdentifier,
    SubjectName,
    recording,
)

#: More namesakes than this in one unit are not listed: the officer names the file more exactly.
MOST_CANDIDATES = 20


def bodies_of(account: Account, today: date) -> QuerySet[Organisation]:
    """The inspection bodies this inspector works for today 办案机关."""
    rows = Assignment.objects.on(today).filter(account=account, role=Role.INSPECTOR)
    return Organisation.objects.filter(pk__in=rows.values("authority_id")).order_by("pk")


def cases_of(account: Account) -> QuerySet[Case]:
    """Cases an inspector may know of: those of the own body, and those with a grant to the account itself."""
    today = timezone.localdate()
    if Role.INSPECTOR not in access.roles_of(account):
        return Case.objects.none()
    own = Q(organisation__in=bodies_of(account, today)) | Q(grants__user=account)
    return Case.objects.filter(own).distinct()


def inspectors_of(case: Case, today: date) -> QuerySet[Account]:
    """Who may be let in for a case: the inspectors of its body 可被授权的办案人员."""
    rows = Assignment.objects.on(today).filter(role=Role.INSPECTOR, authority=case.organisation)
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
        found = found.filter(named, authority__division__code__startswith=_stem(case.organisation.division.code))
        found = found.exclude(status=FileStatus.DRAFT).exclude(subject_id__in=access.recused_subjects(by, today))
        rows = list(found.select_related("unit").order_by("name", "pk")[: MOST_CANDIDATES + 1])
    scope = replace(access.scope_for(by, Act.GRANT, purpose=_("案件授权")), case=case)
    access.log_read(
        scope, door=door, model=IntegrityFile, rows=rows, query=f"{name}|{unit}|{number}|{ref}", request=request
    )
    if len(rows) > MOST_CANDIDATES:
        raise ActRefused("too_many", _("同名人员过多，请改用公民身份号码或档案编号"), field="number")
    return rows


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


def _stem(code: str) -> str:
    """The part of a GB/T 2260 code that all divisions below share: 630000 → 63, 630100 → 6301."""
    while code.endswith("00"):
        code = code[:-2]
    return code


@transaction.atomic
def open_case(
    *, by: Account, reference: str, organisation: Organisation, reason: str, ends_on: date, document: str = ""
) -> Case:
    """Open a case 立案登记: nothing of it enters a file (H3); it only opens files for its duration."""
    if not bodies_of(by, timezone.localdate()).filter(pk=organisation.pk).exists():
        raise NotAdmitted
    case = Case(
        reference=reference.strip(),
        organisation=organisation,
        reason=reason,
        opened_on=timezone.localdate(),
        ends_on=ends_on,
    )
    if case.ends_on < case.opened_on:
        raise ActRefused("ends_before", _("截止日期不能早于今天"), field="ends_on")
    with recording(by=by, reason=reason, document=document or reference):
        case.save()
    return case


@transaction.atomic
def grant_files(
    *,
    case: Case,
    inspector: Account,
    files: Iterable[IntegrityFile],
    by: Account,
    ends_on: date | None = None,
    reason: str,
) -> list[CaseGrant]:
    """A second officer of the inspection body lets one inspector into files for the case, read-only (H18)."""
    if by.pk == inspector.pk:
        raise ActRefused("self_grant", _("不得为本人授权，请由另一名办案人员授权"), article="H18")
    today = timezone.localdate()
    if not _of_the_body(case, by, today) or Role.INSPECTOR not in access.roles_of(inspector):
        raise NotAdmitted
    until = min(ends_on or case.ends_on, case.ends_on)
    if not case.open_on(today) or until < today:
        raise ActRefused("case_closed", _("案件已结束，不能授权"))
    permission = Permission.objects.get(content_type__app_label="integrity", codename="view_integrityfile")
    grants = []
    recused = access.recused_subjects(inspector, today)
    with recording(by=by, reason=reason, document=case.reference):
        for file in files:
            if file.subject_id in recused:
                raise ActRefused("recused", _("被授权人应当回避该档案"), article="《公职人员政务处分法》第四十七条")
            grant = CaseGrant.objects.filter(
                user=inspector, permission=permission, content_object=file, case=case
            ).first() or CaseGrant(user=inspector, permission=permission, content_object=file, case=case)
            grant.granted_by, grant.ends_on, grant.cut_on = by, until, None
            grant.save()
            grants.append(grant)
    return grants


@transaction.atomic
def cut_grant(*, grant: CaseGrant, by: Account, reason: str) -> CaseGrant:
    """End a grant at once 终止授权: from the next request on it lets nobody in."""
    today = timezone.localdate()
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

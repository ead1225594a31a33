"""Acts on case grants 案件授权 (domain §10): asked with a reference, granted by a second officer, ends by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.choices import Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import Account, Case, CaseGrant, IntegrityFile, Organisation, recording


@transaction.atomic
def open_case(
    *, by: Account, reference: str, organisation: Organisation, reason: str, ends_on: date, document: str = ""
) -> Case:
    """Open a case 立案登记: nothing of it enters a file (H3); it only opens files for its duration."""
    if Role.INSPECTOR not in access.roles_of(by):
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
    if Role.INSPECTOR not in access.roles_of(by) or Role.INSPECTOR not in access.roles_of(inspector):
        raise NotAdmitted
    until = min(ends_on or case.ends_on, case.ends_on)
    today = timezone.localdate()
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
    if Role.INSPECTOR not in access.roles_of(by) and Role.SECURITY_ADMIN not in access.roles_of(by):
        raise NotAdmitted
    grant.cut_on = timezone.localdate()
    with recording(by=by, reason=reason, document=grant.case.reference):
        grant.save()
    return grant


@transaction.atomic
def close_case(*, case: Case, by: Account, reason: str) -> Case:
    """Close a case 结案: every grant of it ends with it."""
    if Role.INSPECTOR not in access.roles_of(by):
        raise NotAdmitted
    case.closed_on = timezone.localdate()
    with recording(by=by, reason=reason, document=case.reference):
        case.save()
    return case

"""Who can see what, and why 访问解释: answered by the rule itself, never by a second statement of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access.roles import ROLE_FAMILY
from integrity.access.rule import scope_for
from integrity.choices import Act, Role
from integrity.models import Account, Assignment, CaseGrant, IntegrityFile


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

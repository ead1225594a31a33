"""The last security administrator without a factor or a password 恢复安全管理员: on the machine, by two named persons.

Where two other able administrators exist, they reset a factor and give out a link as for everybody; this is for the
office that has nobody left who could.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, accounts, administration
from integrity.choices import Act, Role
from integrity.exceptions import ActRefused
from integrity.models import Account, Assignment, recording

DOOR = "command.restore_administrator"


@transaction.atomic
def restore(*, account: Account, second: Account, reason: str) -> Account:
    """End the sessions, take every factor off and the password away; the caller hands over a link to set a new one."""
    row: Account = Account.objects.select_for_update().get(pk=account.pk)
    _check(row, second, reason)
    now = timezone.localtime()
    why = _("命令恢复管理员（%(first)s、%(second)s 在场）：%(reason)s") % {
        "first": row.username, "second": second.username, "reason": reason.strip(),
    }  # fmt: skip
    accounts.reset_second_factor(row)
    row.set_unusable_password()
    row.signed_out_at = now
    with recording(by=second, reason=why, acting_for=row):
        row.save()
    scope = access.scope_for(second, Act.GRANT)
    access.log_read(scope, door=DOOR, model=Account, ids=[row.username], count=1)
    return row


def _check(row: Account, second: Account, reason: str) -> None:
    if not reason.strip():
        raise ActRefused("reason", _("请写明事由"), field="reason")
    if row.pk == second.pk or not second.is_active or not access.roles_of(second) & set(Role.administrators()):
        raise ActRefused("second", _("第二人须为另一名在岗管理员（系统、安全或审计）"))
    if not row.is_active or Role.SECURITY_ADMIN not in access.roles_of(row):
        raise ActRefused("no_administrator", _("只能恢复在岗的安全管理员账户"))
    if len(able_beside(row)) >= 2:
        raise ActRefused("others_can", _("尚有两名安全管理员能够办理：请在系统中重置第二因子并签发口令链接"))


def able_beside(row: Account) -> list[Account]:
    """Other security administrators who look after this account and can sign in today."""
    held = Assignment.objects.on(timezone.localdate()).filter(role=Role.SECURITY_ADMIN)
    others = Account.objects.filter(pk__in=held.values("account"), is_active=True).exclude(pk=row.pk)
    return [one for one in others if administration.administers(one, row.organisation) and _can_sign_in(one)]


def _can_sign_in(account: Account) -> bool:
    """With a password or by the identity provider; and with a factor, where one is asked for."""
    by_provider = bool(account.provider_subject) and settings.IDENTITY_PROVIDER is not None
    if not account.has_usable_password() and not by_provider:
        return False
    factors = Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return not settings.SECOND_FACTOR_REQUIRED or bool(factors.exists())

"""Who needs a second factor 双因子: whoever may read S3 and above, the own records included, and each administrator."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from integrity import access
from integrity.choices import Grade, Role
from integrity.models import Account

#: Mark of a session that the identity provider opened by two factors (OIDC_TWO_FACTORS).
BY_TWO_FACTORS = "by_two_factors"


def needs_second_factor(account: Account) -> bool:
    """By the offices of today, and by being on file oneself: the own records are shown up to S4."""
    if account.subject_id is not None:
        return True
    rows = access.assignments_today(account, timezone.localdate())
    return any(row.clearance >= Grade.SENSITIVE or row.role in Role.administrators() for row in rows)


def factors_of(account: Account) -> QuerySet[Authenticator]:
    """The factors one signs in with; recovery codes alone are none."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=account)
    return rows.exclude(type=Authenticator.Type.RECOVERY_CODES)


def has_second_factor(account: Account) -> bool:
    return factors_of(account).exists()


def lacks_second_factor(account: Account, session: Any = None) -> bool:
    """Whether a needed factor is missing; one that the identity provider asked for counts where it is said to."""
    if session is not None and session.get(BY_TWO_FACTORS):
        return False
    return bool(settings.SECOND_FACTOR_REQUIRED) and not has_second_factor(account) and needs_second_factor(account)

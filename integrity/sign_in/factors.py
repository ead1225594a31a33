"""Who needs a second factor 双因子: clearance S3 and above, and each of the three administrators."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from integrity import access
from integrity.choices import Grade, Role
from integrity.models import Account


def needs_second_factor(account: Account) -> bool:
    rows = access.assignments_today(account, timezone.localdate())
    return any(row.clearance >= Grade.SENSITIVE or row.role in Role.administrators() for row in rows)


def has_second_factor(account: Account) -> bool:
    """A factor one signs in with; recovery codes alone are none."""
    rows = Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(rows.exists())


def lacks_second_factor(account: Account) -> bool:
    return bool(settings.SECOND_FACTOR_REQUIRED) and not has_second_factor(account) and needs_second_factor(account)

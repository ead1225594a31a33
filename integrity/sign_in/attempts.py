"""Attempts and lockout 登录限制: kept in the database, so that every process counts alike.

Who hammers at an account must not lock its owner out, be it a stranger or a colleague behind the same office address:
a browser in which the owner has signed in (`browsers`) is counted by itself, and addresses the account has signed in
from lately are counted apart from all others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from integrity.choices import SignInOutcome
from integrity.identifiers import keyed_digest
from integrity.models import Account, SignInAttempt
from integrity.sign_in import browsers


def digest_of(username: str) -> str:
    return keyed_digest(username.strip().casefold(), purpose="sign-in-name")


def digest_for(username: str, request: HttpRequest | None) -> str:
    """What an attempt counts under: the name, or the name in this browser where its owner has signed in before."""
    digest = digest_of(username)
    known = browsers.known(request)
    if known is None or digest not in known.names:
        return digest
    return keyed_digest(f"{digest} {known.ident}", purpose="sign-in-browser")


def address_of(request: HttpRequest | None) -> str | None:
    return request.META.get("REMOTE_ADDR") or None if request is not None else None


def _failed_lately() -> QuerySet[SignInAttempt]:
    since = timezone.now() - timedelta(minutes=settings.SIGN_IN_LIMITS["window_minutes"])
    rows: QuerySet[SignInAttempt] = SignInAttempt.objects.filter(at__gt=since, outcome=SignInOutcome.FAILED)
    return rows


def address_refused(request: HttpRequest | None) -> bool:
    """Whether nothing from this address is looked at for now, whatever the name; known browsers are not held up."""
    if browsers.known(request) is not None:
        return False
    return _address_full(request)


def _address_full(request: HttpRequest | None) -> bool:
    here = _failed_lately().filter(address=address_of(request))
    return here.count() >= int(settings.SIGN_IN_LIMITS["failures_an_address"])


def refused(username: str, request: HttpRequest | None) -> bool:
    """Whether this attempt is refused before any password is looked at 登录限制."""
    limits, address = settings.SIGN_IN_LIMITS, address_of(request)
    digest = digest_for(username, request)
    mine = _failed_lately().filter(name_digest=digest)
    if digest != digest_of(username):
        return mine.count() >= int(limits["failures_a_browser"])
    if _address_full(request):
        return True
    if mine.filter(address=address).count() >= limits["failures_here"]:
        return True
    if _known(username, address):
        return False
    return mine.count() >= limits["failures_elsewhere"]


def _known(username: str, address: str | None) -> bool:
    """Whether the account has signed in from this address lately."""
    since = timezone.now() - timedelta(days=settings.SIGN_IN_LIMITS["known_days"])
    good = SignInAttempt.objects.filter(at__gt=since, outcome=SignInOutcome.SIGNED_IN, address=address)
    return good.filter(name_digest=digest_of(username)).exists()


def failures_since_last(account: Account) -> int:
    """Failed attempts at this account between the last sign-in and this one."""
    attempts = SignInAttempt.objects.filter(Q(account=account) | Q(name_digest=digest_of(account.username)))
    good = list(attempts.filter(outcome=SignInOutcome.SIGNED_IN).order_by("-pk")[:2])
    rows = attempts.exclude(outcome=SignInOutcome.SIGNED_IN)
    return rows.filter(pk__gt=good[1].pk).count() if len(good) > 1 else rows.count()


def note(username: str, outcome: SignInOutcome, request: HttpRequest | None) -> None:
    known = Account.objects.filter(username=username).first()
    good = outcome == SignInOutcome.SIGNED_IN
    digest = digest_of(username) if good else digest_for(username, request)
    SignInAttempt(account=known, name_digest=digest, address=address_of(request), outcome=outcome).save()


@receiver(user_login_failed)
def _failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    note(str(credentials.get("username") or ""), SignInOutcome.FAILED, request)


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if isinstance(user, Account):
        note(user.username, SignInOutcome.SIGNED_IN, request)
        browsers.remember(request, digest_of(user.username))

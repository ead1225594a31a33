"""Officers who left 离任经办人: after the configured term history shows a pseudonym in the place of the name.

The account's id stays in every row and leaf; what says who it was goes, by the same act as every erasure.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from integrity import erasures
from integrity.choices import ErasureKind
from integrity.exceptions import MoveRefused
from integrity.models import Account, Assignment, Erasure
from integrity.workdays import years_before


def left_on(account: Account) -> date | None:
    """The day the account was closed for good, or its last duty ended, whichever is later; None while it is open."""
    if account.is_active:
        return None
    told = account.history.order_by("-history_id").values_list("is_active", "history_date")
    closed: date | None = None
    for active, at in told:
        if active:
            break
        closed = at.date()
    ends = list(Assignment.objects.filter(account=account).values_list("valid_to", flat=True))
    if closed is None or None in ends:
        return closed
    return max([closed, *(end for end in ends if end is not None)])


def due(on: date) -> list[Account]:
    """Closed accounts whose term is over and whose name still stands."""
    latest = years_before(on, settings.ACTOR_PSEUDONYM_YEARS)
    gone = Erasure.objects.filter(kind=ErasureKind.ACTOR).values("account")
    closed = Account.objects.filter(is_active=False).exclude(pk__in=gone).order_by("pk")
    return [one for one in closed if (left := left_on(one)) is not None and left <= latest]


def let_go(on: date) -> tuple[list[Erasure], int]:
    """Approve by rule what is due; returns the erasures and how many a legal hold stops."""
    approved, held = [], 0
    for account in due(on):
        try:
            with transaction.atomic():
                approved.append(erasures.let_actor_go(account=account, term=settings.ACTOR_PSEUDONYM_YEARS, on=on))
        except MoveRefused:
            held += 1
    return approved, held

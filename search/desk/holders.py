"""Who has a desk 办案工具的使用人, and the scope under which a kept row is asked again.

The desk gives nothing that the search does not give: each answer is `scope_for(…, Act.SEARCH)` of that moment, with the
purpose and the case the row was made for.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet

from integrity.access import Scope, roles_of, scope_for
from integrity.choices import Act, Role
from integrity.exceptions import NotAdmitted
from integrity.models import Account, Case
from search.models_desk import DeskRow

Row = TypeVar("Row", bound=DeskRow)
#: Those whose work is records of persons: inspectors, personnel departments, regulators.
ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.ORGANISATION_OFFICER, Role.REGULATOR, Role.INSPECTOR})


def has_desk(account: Account) -> bool:
    roles = roles_of(account)
    return bool(roles & ROLES) and not roles & set(Role.administrators())


def states_case(account: Account) -> bool:
    """An inspector states purpose and case (domain §10); who is something else beside it states them too."""
    return Role.INSPECTOR in roles_of(account)


def scope_to_work(account: Account, *, purpose: str, case: Case | str | None) -> Scope:
    """The scope of a tool; `NotAdmitted` for who has no desk, and for a case that lets this account into nothing."""
    if not has_desk(account):
        raise NotAdmitted
    scope = scope_for(account, Act.SEARCH, purpose=purpose, case=case)
    named = case if isinstance(case, Case) else (case or "").strip()
    if scope.empty or ((named or states_case(account)) and scope.case is None):
        raise NotAdmitted
    return scope


def scope_of(row: DeskRow) -> Scope:
    """The scope of a kept row as it is now; `NotAdmitted` when its case or its owner's duty is over."""
    return scope_to_work(row.account, purpose=row.purpose, case=row.case)


def over(*rows: QuerySet[Row]) -> list[Row]:
    """Of the first rows those that end with their case or their owner's duty, and all of the others 到期内容.

    Without the duty there is no purpose to keep anything for.
    """
    every, *others = rows
    owners = Account.objects.filter(pk__in=every.order_by().values("account"))
    gone = [account.pk for account in owners if not account.is_active or not has_desk(account)]
    ended = every.exclude(pk__in=every.live().values("pk")) | every.filter(account__in=gone)  # type: ignore[attr-defined]
    return list({row.pk: row for some in (ended, *others) for row in some}.values())

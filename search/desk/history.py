"""Search history of one's own 检索记录: the words, sealed, for whoever typed them; never an identity number.

It is a convenience and no evidence: what was read stands in the read log, with the words as a digest alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from integrity.access import Scope
from integrity.identifiers import keyed_digest
from integrity.models import Account
from search.desk.holders import over
from search.forms import looks_like_identity_number
from search.models import PastSearch

MOST = 100
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history with its words."""

    row: PastSearch
    words: str


def remember(account: Account, words: str, scope: Scope) -> None:
    """Keep what was just searched for; the same words in the same case move up."""
    if looks_like_identity_number(words):
        return
    case_id = scope.case.pk if scope.case is not None else None
    digest = keyed_digest(f"{account.pk}|{case_id}|{words}", purpose="search-history")
    row = PastSearch.objects.filter(account=account, digest=digest).first()
    if row is None:
        row = PastSearch(account=account, case=scope.case, digest=digest)
        row.token = row.sealed("token", words)
    row.purpose, row.at = scope.purpose[:200], timezone.now()
    row.save()
    beyond = PastSearch.objects.filter(account=account).order_by("-at", "-id").values_list("pk", flat=True)[MOST:]
    PastSearch.objects.filter(pk__in=list(beyond)).delete()


def own_history(account: Account) -> QuerySet[PastSearch]:
    rows: QuerySet[PastSearch] = PastSearch.objects.live().filter(account=account, at__gt=timezone.now() - KEPT)
    return rows.select_related("case")


def told(rows: QuerySet[PastSearch]) -> Iterator[Past]:
    for row in rows:
        yield Past(row, row.opened("token", row.token))


def forget(rows: Iterable[PastSearch]) -> int:
    """Lines the owner wants gone 清除; how many."""
    return len([row.delete() for row in rows])


def throw_away_old() -> int:
    """What is over with its case, its owner or its days 到期清除."""
    return forget(over(PastSearch.objects.all(), PastSearch.objects.filter(at__lte=timezone.now() - KEPT)))

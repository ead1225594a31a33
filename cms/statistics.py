"""Public figures 公示统计: counts by profession, small cells hidden so that nobody can be picked out (domain §17)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from integrity.models import Publication

SMALL_CELL = 5  # a design choice of this house, not a rule of law: cells below it are not printed


@dataclass(frozen=True)
class ProfessionCount:
    """Published records of one profession; None is a cell too small to print."""

    profession: str
    licences: int | None
    penalties: int | None


def _printable(count: int) -> int | None:
    return None if 0 < count < SMALL_CELL else count


def published_counts() -> list[ProfessionCount]:
    """What is public today, by profession. No total is printed: it would give a hidden cell away."""
    rows = (
        Publication.objects.current(timezone.localdate())
        .order_by("profession__code")
        .values("profession__name")
        .annotate(
            licences=Count("id", filter=Q(licence__isnull=False)),
            penalties=Count("id", filter=Q(penalty__isnull=False)),
        )
    )
    return [
        ProfessionCount(row["profession__name"], _printable(row["licences"]), _printable(row["penalties"]))
        for row in rows
    ]

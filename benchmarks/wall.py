"""What the second wall costs: the list's questions as the staff role behind row-level security, and as the owner."""

# ruff: noqa: T201  a benchmark prints
from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.db import connection

from benchmarks.access_lists import ROUNDS, Question, interleaved
from benchmarks.million import World
from integrity.wall.marks import telling

STAFF = "archive_bench_staff"


def behind_the_wall(world: World, rows: int) -> None:
    call_command("database_roles", "--apply", "--prefix", STAFF.removesuffix("_staff"), verbosity=0)
    print("\nas the staff role, row-level security on; in brackets how often the owner's time, who is asked nothing")
    for name in ("clerk", "officer", "officer of three", "inspector", "administrator"):
        ours = Question(world, name)
        cursor = ours.deep("name", rows)
        one = ours.rows().order_by("pk").first()
        print(f"{name}")
        for label, ask in (
            ("first page, name", ours.page), ("first page, -recorded", lambda ours=ours: ours.page("-recorded")),
            ("deep page, name", lambda ours=ours, cursor=cursor: ours.page(after=cursor)),
            ("capped count", ours.capped_count),
            ("detail", lambda ours=ours, one=one: ours.detail(one.ref if one else world.case.pk and None)),
        ):  # fmt: skip
            behind, owner = both(ask)
            print(f"  {label:22} {behind:8.1f}   ({behind / owner:.1f}×)")


def both(ask: Callable[[], Any]) -> tuple[float, float]:
    """Medians in ms behind the wall and as the owner, asked in turn; changing the role is not timed."""
    sums: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for kept, role in zip(sums, (STAFF, None), strict=True):
            _become(role)
            kept += interleaved(ask, rounds=1)
    _become(None)
    return statistics.median(sums[0]), statistics.median(sums[1])


def _become(role: str | None) -> None:
    """The owner is not asked who reads: its connection has no wrapper."""
    present = telling in connection.execute_wrappers
    if role and not present:
        connection.execute_wrappers.append(telling)
    if not role and present:
        connection.execute_wrappers.remove(telling)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}" if role else "RESET ROLE")

"""How fast a list opens among a million files, for narrow and wide readers (docs/decisions/0014-lists-at-a-million.md).

    DATABASE_URL=sqlite:///var/bench-access.sqlite3 .venv/bin/python -m benchmarks.access_lists [--rows 1000000]

Asked by a clerk of 1,000 files, an officer of every tenth file, an officer of three authorities with three clearances,
an inspector with 30 grants, and an administrator, who has none; the first four with a file of their own and three
recusals. What is timed are the list's own querysets, in processor time of this process and of the database's (a busy
machine cannot change it; where the database is elsewhere, time passed). Each time is printed with its ratio to the same
question without any scope, asked in turn with it; counts and pages with guardian's `get_objects_for_user` over the same
files as grants; on PostgreSQL each question again as the staff role, behind row-level security. Medians; ratios count,
times do not.
"""

# ruff: noqa: T201  a benchmark prints
from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.million import World

ROUNDS = 7
SORTS = ("name", "-name", "unit", "level", "recorded", "-recorded")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.million import load

    settings.DEBUG = False  # or each statement is kept
    call_command("migrate", verbosity=0)
    began = time.monotonic()
    world = load(rows)
    print(f"{connection.vendor}, {rows:,} files (made or found in {time.monotonic() - began:.0f} s)")
    print(f"medians of {ROUNDS}, ms of processor time; in brackets how often the same question's without a scope")
    for name in ("clerk", "officer", "officer of three", "inspector", "administrator"):
        reader(world, name, rows)
    for name in ("clerk", "officer"):
        beside_guardian(world, name)
    if connection.vendor == "postgresql":
        from benchmarks.wall import behind_the_wall

        behind_the_wall(world, rows)


class Question:
    """The list page of one reader, or of nobody's scope: the view's own rows, filters, sorts and paging."""

    def __init__(self, world: World, name: str | None) -> None:
        from django.test import RequestFactory

        from integrity.choices import Act
        from integrity.views.files import FileList

        self.request = RequestFactory().get("/staff/files/")
        self.request.user = world.accounts[name or "first"]
        of_case = {"purpose": "benchmark", "case": world.case.reference} if name == "inspector" else {}
        self.request.session = of_case  # type: ignore[assignment]  # all the scope asks of a session
        self.view = FileList()
        self.view.setup(self.request)
        self.scoped = name is not None
        self.act = Act.LIST

    def scope(self) -> Any:
        """The scope, resolved anew, as the first question of a request does."""
        self.request.__dict__.pop("_scopes", None)
        return self.view.scope(self.act)

    def rows(self) -> Any:
        from benchmarks.million import files

        return self.view.scoped(self.view.scope(self.act)) if self.scoped else files()

    def pieces(self) -> list[Any]:
        if not self.scoped:
            return []
        return [self.view.scoped(piece) for piece in self.view.scope(self.act).pieces(self.view.model)]

    def page(self, sort: str = "name", after: str = "", before: str = "") -> Any:
        from integrity.views.base import PAGE_SIZE
        from integrity.views.paging import page_of

        return page_of(
            self.rows().select_related(*self.view.related), self.view.sorts[sort.lstrip("-")],
            descending=sort.startswith("-"), after=after, before=before, size=PAGE_SIZE, pieces=self.pieces(),
        )  # fmt: skip

    def capped_count(self) -> int:
        """As the page asks it."""
        from integrity.views.base import COUNT_CAP
        from integrity.views.paging import count_of

        return count_of(self.rows(), self.pieces(), COUNT_CAP + 1)

    def whole_count(self) -> int:
        from integrity.views.paging import count_of

        return count_of(self.rows(), self.pieces(), 10**9)

    def units(self) -> Any:
        """The choices of the filter by unit."""
        return list(self.view.units_in_reach())

    def detail(self, ref: Any) -> Any:
        return self.rows().filter(ref=ref).first()

    def deep(self, sort: str, rows: int) -> str:
        """A cursor in the middle of all files."""
        from benchmarks.million import files
        from integrity.views.paging import make_cursor

        column = self.view.sorts[sort.lstrip("-")].column
        middle = files().order_by(column, "pk")[rows // 2]
        return make_cursor(middle, column)


def reader(world: World, name: str, rows: int) -> None:
    ours, plain = Question(world, name), Question(world, None)
    print(f"\n{name}: {ours.whole_count():,} files")
    for label, ask, baseline in questions(ours, plain, rows):
        times = interleaved(ask, baseline)
        print(f"  {label:22} {times[0]:8.1f}   ({times[0] / times[1]:.1f}×)")


def questions(ours: Question, plain: Question, rows: int) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    for sort in SORTS:
        yield f"first page, {sort}", partial(ours.page, sort), plain.page
    cursor = plain.deep("name", rows)
    yield "deep page, name", lambda: ours.page(after=cursor), lambda: plain.page(after=cursor)
    yield "deep against first", lambda: ours.page(after=cursor), lambda: ours.page()
    yield "page before it", lambda: ours.page(before=cursor), lambda: plain.page(before=cursor)
    yield "capped count", ours.capped_count, plain.capped_count
    one = ours.rows().order_by("pk").first()
    if one is not None:
        yield "detail", lambda: ours.detail(one.ref), lambda: plain.detail(one.ref)
    yield "units of the filter", ours.units, plain.page
    yield "scope alone", ours.scope, plain.page


def beside_guardian(world: World, name: str) -> None:
    """The same files granted one by one: in a table of its own (direct key), and in guardian's table for any model."""
    from unittest.mock import patch

    from guardian.models import UserObjectPermission
    from guardian.shortcuts import get_objects_for_user

    from benchmarks.million import files
    from integrity.views.base import PAGE_SIZE
    from integrity.views.paging import page_of

    ours, user = Question(world, name), world.accounts[f"granted {name}"]
    sort = ours.view.sorts["name"]

    def granted() -> Any:
        return get_objects_for_user(user, "integrity.view_integrityfile", files(), accept_global_perms=False)

    def page() -> Any:
        return page_of(granted(), sort, descending=False, after="", before="", size=PAGE_SIZE)

    print(f"\nguardian over the same files as the {name}: how often our time")
    for kind in ("direct", "generic"):
        model = patch("guardian.shortcuts.get_user_obj_perms_model", lambda *args: UserObjectPermission)
        if kind == "generic":
            model.start()
        for label, ask, other in (
            ("count as the page's", ours.capped_count, lambda: granted().count()),
            ("whole count", ours.whole_count, lambda: granted().count()), ("first page", ours.page, page),
        ):  # fmt: skip
            times = interleaved(ask, other, rounds=3 if kind == "direct" else 1)  # some take seconds
            print(f"  {label + ', ' + kind:22} {times[0]:8.1f} {times[1]:8.1f}   {times[1] / times[0]:.1f}×")
        if kind == "generic":
            model.stop()


def clock() -> float:
    """Seconds of processor time, this process and the database's backend; of time passed where that cannot be read."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time()
    connection.ensure_connection()
    try:
        spent = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    except OSError:
        return time.perf_counter()
    return time.process_time() + int(spent) / 1e9


def interleaved(*asked: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Medians in ms of questions asked in turn."""
    times: list[list[float]] = [[] for _question in asked]
    for _round in range(rounds):
        for kept, question in zip(times, asked, strict=True):
            began = clock()
            question()
            kept.append((clock() - began) * 1000)
    return [statistics.median(kept) for kept in times]


if __name__ == "__main__":
    main()

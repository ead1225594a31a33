"""How fast a list opens among a million files, for narrow and wide readers (issue goals; performance.md part 1).

    DATABASE_URL=sqlite:///var/bench-access.sqlite3 .venv/bin/python -m benchmarks.access_lists [--rows 1000000]

Loads made-up files once and keeps them. Each question is asked by (a) a clerk of 1,000 files, (b) an officer of
100,000, (c) an inspector with 30 grants, (d) an administrator; each time is printed with its ratio to the same question
without any scope, asked in turn with it, and the count with its ratio to guardian's `get_objects_for_user` on the same
number of direct grants. Medians of seven; ratios count, times do not.
"""

# ruff: noqa: T201  a benchmark prints
from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

ROUNDS = 7
NARROW, WIDE, GRANTS = 1_000, 100_000, 30
BATCH = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    people = load(rows)
    measure(people, rows)


def load(rows: int) -> dict[str, Any]:
    """The files, offices and accounts; again only finds them."""
    from django.db import connection, models

    from integrity.choices import Grade, Level, OrganKind, Role
    from integrity.models import (
        Account,
        Assignment,
        Case,
        CaseGrant,
        Division,
        IntegrityFile,
        Organisation,
        Subject,
        recording,
    )  # fmt: skip
    from integrity.models.files import FileStatus

    def plain(model: Any) -> Any:
        return models.QuerySet(model)

    with recording(by=None, reason="benchmark"):
        division = Division.objects.filter(code="630000").first() or Division(code="630000", name="青海省", level=1)
        division.save()
        offices = []
        for number in range(12):
            office = Organisation.objects.filter(code=f"bench-{number}").first() or Organisation(
                code=f"bench-{number}", name=f"第{number}组织部", kind=OrganKind.ORGANISATION_DEPARTMENT,
                level=Level.PREFECTURE, division=division,
            )  # fmt: skip
            office.save()
            offices.append(office)
        accounts = {}
        for name in (
            "first",
            "second",
            "narrow",
            "wide",
            "inspector",
            "administrator",
            "guardian1000",
            "guardian100000",
        ):
            account = Account.objects.filter(username=f"bench-{name}").first() or Account(username=f"bench-{name}")
            account.save()
            accounts[name] = account
        for name, role, office in (
            ("narrow", Role.CLERK, offices[0]), ("wide", Role.CLERK, offices[1]),
            ("inspector", Role.INSPECTOR, offices[2]), ("administrator", Role.SYSTEM_ADMIN, offices[2]),
        ):  # fmt: skip
            if not Assignment.objects.filter(account=accounts[name]).exists():
                Assignment(account=accounts[name], role=role, authority=office, clearance=Grade.STRICT,
                           granted_by=accounts["first"], seconded_by=accounts["second"]).save()  # fmt: skip
        today = date.today()  # noqa: DTZ011  a benchmark's case
        case = Case.objects.filter(reference="bench").first() or Case(
            reference="bench", organisation=offices[2], reason="bench", opened_on=today, ends_on=today
        )
        case.opened_on, case.ends_on = today, today + timedelta(days=300)
        case.save()
    have = IntegrityFile.objects.unscoped(reason="benchmark").count()
    began = time.monotonic()
    while have < rows:
        subjects = [Subject(name=name_of(have + n)) for n in range(min(BATCH, rows - have))]
        plain(Subject).bulk_create(subjects)
        plain(IntegrityFile).bulk_create(
            [
                IntegrityFile(
                    subject=subject, name=subject.name, authority=offices[office_of(have + n)], grade=Grade.INTERNAL,
                    entered_by=accounts["first"], status=FileStatus.ESTABLISHED, established_on=today,
                    unit=offices[office_of(have + n)], level=Level.PREFECTURE, post_title="科员",
                )
                for n, subject in enumerate(subjects)
            ]
        )  # fmt: skip
        have += len(subjects)
    if time.monotonic() - began > 1:
        print(f"loaded {rows:,} files in {time.monotonic() - began:.0f} s")
    ids = list(IntegrityFile.objects.unscoped(reason="benchmark").order_by("pk").values_list("pk", flat=True)[:WIDE])
    from django.contrib.auth.models import Permission

    view = Permission.objects.get(content_type__app_label="integrity", codename="view_integrityfile")
    for name, number in (("inspector", GRANTS), ("guardian1000", NARROW), ("guardian100000", WIDE)):
        if CaseGrant.objects.filter(user=accounts[name]).count() < min(number, len(ids)):
            plain(CaseGrant).bulk_create(
                [CaseGrant(user=accounts[name], permission=view, content_object_id=pk, case=case,
                           granted_by=accounts["first"], ends_on=case.ends_on) for pk in ids[:number]],
                batch_size=BATCH, ignore_conflicts=True,
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return accounts | {"case": case}


def office_of(number: int) -> int:
    """Spread over the offices, and over the names: 1,000 files of the first, 100,000 of the second."""
    mixed = (number * 7919) % 1_000_000
    return 0 if mixed < NARROW else 1 if mixed < NARROW + WIDE else 2 + mixed % 10


def name_of(number: int) -> str:
    surnames, given = "王李张马韩冶才扎索旦", "文武春生玉梅卓玛多杰平措东珠存福"
    mixed = (number * 104729) % 1_000_003
    return surnames[mixed % 10] + given[mixed // 10 % 16] + given[mixed // 160 % 16] + str(mixed % 97)


def measure(people: dict[str, Any], rows: int) -> None:
    from django.db import connection
    from guardian.shortcuts import get_objects_for_user

    from integrity.access import scope_for
    from integrity.choices import Act
    from integrity.models import IntegrityFile
    from integrity.views.paging import Sort, make_cursor, page_of

    sort = Sort("name")

    def unscoped() -> Any:
        return IntegrityFile.objects.unscoped(reason="benchmark")

    def page(source: Any, after: str = "") -> Any:
        return page_of(source.select_related("unit"), sort, descending=False, after=after, before="", size=50)

    middle = unscoped().order_by("name", "pk")[min(rows // 2, rows - 1) : min(rows // 2, rows - 1) + 1][0]
    deep = make_cursor(middle, "name")
    print(f"{connection.vendor}, {rows:,} files, medians of {ROUNDS}, ms (× the same without scope)")
    for name, number in (("narrow", NARROW), ("wide", WIDE), ("inspector", GRANTS), ("administrator", 0)):
        account, case = people[name], people["case"] if name == "inspector" else None

        def scope(account: Any = account, case: Any = case) -> Any:
            return scope_for(account, Act.LIST, purpose="benchmark" if case else "", case=case)

        def within(scope: Any = scope) -> Any:
            return IntegrityFile.objects.within(scope())

        one = within().order_by("pk").first()
        asked: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
            ("first page", lambda: page(within()), lambda: page(unscoped())),
            ("deep page", lambda: page(within(), deep), lambda: page(unscoped(), deep)),
            (
                "capped count",
                lambda: within().order_by()[:10_001].count(),
                lambda: unscoped().order_by()[:10_001].count(),
            ),
        ]
        if one is not None:
            asked.append(("detail", partial(detail, within, one.ref), partial(detail, unscoped, one.ref)))
        for label, scoped_question, plain_question in asked:
            ours, plain = interleaved(scoped_question, plain_question)
            print(f"  {name:14} {label:13} {ours:8.1f}   {ours / plain:6.1f}×")
        if number >= NARROW:
            guardian_user = people[f"guardian{number}"]

            def granted(user: Any = guardian_user) -> Any:
                return get_objects_for_user(user, "integrity.view_integrityfile", unscoped(), accept_global_perms=False)

            ours, guardian = interleaved(lambda: within().count(), lambda: granted().count())
            print(f"  {name:14} {'whole count':13} {ours:8.1f}   guardian {guardian / ours:.1f}× slower")
            ours, guardian = interleaved(lambda: page(within()), lambda: page(granted()))
            print(f"  {name:14} {'first page':13} {ours:8.1f}   guardian {guardian / ours:.1f}× slower")


def capped(rows: Any) -> int:
    """The count of a list, as the pages ask it."""
    number: int = rows.order_by()[:10_001].count()
    return number


def detail(source: Callable[[], Any], ref: Any) -> Any:
    return source().filter(ref=ref).first()


def interleaved(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[float, float]:
    """Medians in ms of two questions asked in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for kept, question in zip(times, (first, second), strict=True):
            began = time.perf_counter()
            question()
            kept.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()

"""What a past day costs among many files (docs/decisions/0017-two-time-axes.md).

    DATABASE_URL=sqlite:///var/bench-as-of.sqlite3 .venv/bin/python -m benchmarks.as_of [--rows 1000000]

Every file has one entry of history, every third a second one, every ninth a third; one file has a record with 10,000
versions. Asked by an officer of every tenth file: one file with its parts and decisions as of a day, a county's list as
of a day (the first page by name, and how many there are), the page of a record with 10,000 versions: the newest and the
one in the middle. Medians of processor time, of this process and of the database's (a busy machine cannot change it);
in brackets how often the same question about today. simple-history's own `as_of` is asked the same day of the same
file, and counted over the same authority without any rule of access; it is given up after `--patience` seconds.
"""

# ruff: noqa: T201, S608  a benchmark prints; statements made of our own tables
from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.million import World

ROUNDS = 5
VERSIONS = 10_000
#: Files are recorded from 2023-01-01, one in ninety seconds; the second entries follow a year later.
LATER, LAST = timedelta(days=365), timedelta(days=730)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--patience", type=int, default=60)
    asked = parser.parse_args()
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
    world = load(asked.rows)
    entries = fill_history()
    fill_versions(world)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    made = f"{connection.vendor}, {asked.rows:,} files, {entries:,} entries of their history"
    print(f"{made} (made or found in {time.monotonic() - began:.0f} s); medians of {ROUNDS}, ms of processor time")
    measure(world, asked.patience)


# --- a past -----------------------------------------------------------------------------------------------------------


def fill_history() -> int:
    """The files' history in three statements: as they were recorded, changed once, changed twice."""
    from django.db import connection

    from integrity.models import IntegrityFile
    from integrity.models.door import writing

    history = IntegrityFile.history.model
    if not history.objects.exists():
        with writing(), connection.cursor() as cursor:
            for kind, every, after in (("+", 1, timedelta()), ("~", 3, LATER), ("~", 9, LAST)):
                title = f"'第{after.days // 365}任'"
                moment = _later("recorded_at", after)
                cursor.execute(_copied(IntegrityFile, kind, moment, {"post_title": title}) + f" WHERE id % {every} = 0")
    return int(history.objects.count())


def _copied(model: Any, kind: str, moment: str, changed: dict[str, str]) -> str:
    """One entry of history for every row, as it is but for `changed`."""
    history = model.history.model
    told = {"history_date": moment, "history_type": f"'{kind}'", "history_change_reason": "'benchmark'",
            "history_document": "''"}  # fmt: skip
    columns: dict[str, str] = {}
    for field in history._meta.concrete_fields:
        if field.column in told:
            columns[field.column] = told[field.column]
        elif not field.column.startswith("history_"):
            columns[field.column] = changed.get(field.column, f'"{field.column}"')
    into = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(columns.values())
    return f'INSERT INTO "{history._meta.db_table}" ({into}) SELECT {values} FROM "{model._meta.db_table}"'


def _later(column: str, after: timedelta) -> str:
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"{column} + interval '{after.days} days'"
    return f"datetime({column}, '+{after.days} days')"


def fill_versions(world: World) -> None:
    """One training with ten thousand versions, on the officer's first file."""
    from django.db import connection

    from benchmarks.million import files
    from integrity.choices import Grade, RecordState
    from integrity.models import Training, recording
    from integrity.models.door import writing

    if Training.history.count() >= VERSIONS:
        return
    file = files().filter(authority=world.offices[1]).order_by("pk").first()
    with recording(by=world.accounts["first"], reason="benchmark"):
        row = Training(
            file=file, subject_id=file.subject_id, authority_id=file.authority_id, grade=Grade.INTERNAL,
            entered_by=world.accounts["first"], theme="integrity", title="第0版", organiser="党校", hours=1,
            state=RecordState.IN_FORCE,
        )  # fmt: skip
        row.save()
    numbers = (
        f"generate_series(1, {VERSIONS}) AS s(n)" if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {VERSIONS}) SELECT n FROM s)"
    )  # fmt: skip
    minute = (
        "recorded_at + n * interval '1 minute' - interval '100 days'" if connection.vendor == "postgresql"
        else "datetime(recorded_at, '-100 days', n || ' minutes')"
    )  # fmt: skip
    statement = _copied(Training, "~", minute, {"title": "'第' || n || '版'"})
    with writing(), connection.cursor() as cursor:
        cursor.execute(f"{statement}, {numbers} WHERE id = {row.pk}")


# --- what is asked ----------------------------------------------------------------------------------------------------


def measure(world: World, patience: int) -> None:
    from benchmarks.million import files
    from integrity import as_of, wholes
    from integrity.access import scope_for
    from integrity.choices import Act
    from integrity.models import IntegrityFile, Training

    scope = scope_for(world.accounts["officer"], Act.READ, purpose="benchmark")
    day = date(2024, 12, 31)
    today = date.today()  # noqa: DTZ011
    moment = as_of.Moment(day, today)
    file = files().within(scope).filter(recorded_at__date__lt=day).order_by("-pk").first()
    long = Training._base_manager.get(pk=Training.history.order_by("-history_id").values("id")[:1]).file

    def listed(asked: as_of.Moment) -> Any:
        return list(as_of.files_on(scope, asked).order_by("name", "id")[:50])

    now = files().within(scope)
    print(f"  the officer's files: {now.count():,} today, {as_of.files_on(scope, moment).count():,} on {day}")
    ids = list(now.order_by("name").values_list("pk", flat=True)[:50])
    compare("one file as of a day", lambda: wholes.whole_on(file, scope, moment), lambda: whole(file, scope))
    compare("county's list, first page", lambda: listed(moment), lambda: list(now.order_by("name", "id")[:50]))
    compare("county's list, counted", as_of.files_on(scope, moment).count, now.count)
    compare("re-check of 50 found", lambda: as_of.recheck(scope, moment, ids), lambda: list(now.filter(pk__in=ids)))
    paged(long, scope)
    now_both = as_of.Moment(today, today)
    now_both = as_of.Moment(today, today)
    compare("the day today", lambda: wholes.whole_on(file, scope, now_both), lambda: whole(file, scope))
    theirs(IntegrityFile, file, moment.until, file.authority_id, patience)


def whole(file: Any, scope: Any) -> list[Any]:
    """The same file today: itself, its parts, its decisions."""
    from integrity.chapters import OF_FILE
    from integrity.timeline import rows_of

    return [list(rows_of(chapter.model, scope, **{chapter.path: file.pk}))
            for chapter in OF_FILE if not chapter.through]  # fmt: skip


def paged(file: Any, scope: Any) -> None:
    from django.utils import timezone

    from integrity import versions

    middle = timezone.now() - timedelta(days=100) + timedelta(minutes=VERSIONS // 2)
    place = versions.Place(middle, 0, 0)
    compare("10,000 versions, newest page", lambda: versions.versions_of(file, scope), lambda: whole(file, scope))
    compare("10,000 versions, in the middle", lambda: versions.versions_of(file, scope, place),
            lambda: versions.versions_of(file, scope))  # fmt: skip


def theirs(model: Any, file: Any, until: datetime, authority: int, patience: int) -> None:
    """simple-history's own way, without any rule of access."""
    for label, ask in (
        ("simple-history as_of, one file", lambda: list(model.history.as_of(until).filter(id=file.pk))),
        ("simple-history as_of, counted", lambda: model.history.as_of(until).filter(authority=authority).count()),
    ):
        passed = within(ask, patience)
        print(f"  {label:32} {f'{passed * 1000:10.1f}' if passed is not None else f'over {patience} s'}")


def within(ask: Callable[[], Any], patience: int) -> float | None:
    """Seconds of one question, or None where it was given up."""
    from django.db import connection
    from django.db.utils import OperationalError

    from benchmarks.access_lists import clock

    began, used = time.perf_counter(), clock()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{patience}s'")
    else:
        raw: Any = connection.connection
        raw.set_progress_handler(lambda: time.perf_counter() - began > patience, 100_000)
    try:
        ask()
    except OperationalError:
        return None
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")
        else:
            raw.set_progress_handler(None, 0)
    return clock() - used


def compare(label: str, ask: Callable[[], Any], baseline: Callable[[], Any]) -> None:
    from benchmarks.access_lists import interleaved

    ours, today = interleaved(ask, baseline, rounds=ROUNDS)
    print(f"  {label:32} {ours:10.1f}   ({ours / today:.1f}×)", flush=True)


if __name__ == "__main__":
    main()

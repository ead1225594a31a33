"""What history and ledger cost: a save, a bulk import, a verification (performance.md part 2).

    DATABASE_URL=sqlite:///var/bench-ledger.sqlite3 .venv/bin/python -m benchmarks.ledger [--rows 20000]
    DATABASE_URL=sqlite:///var/bench-verify.sqlite3 .venv/bin/python -m benchmarks.ledger --verify 1000000

Baselines, measured in turn in the same run: a save of the same row with neither; the same rows by COPY or
`executemany`. Medians; ratios count, times do not. Everything is rolled back; `--verify` keeps its rows, because other
processes read them, and wants a database of its own.
"""

# ruff: noqa: T201  a benchmark prints
from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS, SAVES = 5, 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--verify", type=int, default=0, metavar="ENTRIES")
    asked = parser.parse_args()
    rows = asked.rows
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction

    settings.DEBUG = False  # the log of statements would be measured with them
    call_command("migrate", verbosity=0)
    if asked.verify:
        verified_by_processes(asked.verify)
        return
    print(f"{connection.vendor}, medians of {ROUNDS}, microseconds of processor time a row (× the baseline)")
    for ask in (saves, lambda: bulk(rows), lambda: verification(rows)):
        with transaction.atomic():
            ask()
            transaction.set_rollback(True)


def measured(ways: dict[str, Callable[[], None]], count: int) -> None:
    """Each way in turn, `ROUNDS` times; the first is the baseline."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, way in ways.items():
            began = time.process_time()
            way()
            times[name].append((time.process_time() - began) / count * 1e6)
    base = statistics.median(next(iter(times.values())))
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"  {name:40} {middle:8.0f}   {middle / base:5.1f}×")


def saves() -> None:
    from django.test import override_settings
    from simple_history.signals import post_create_historical_record

    from integrity.ledger.appending import record_history
    from integrity.models import Subject, recording

    def saved() -> None:
        with recording(by=None, reason="benchmark"):
            for number in range(SAVES):
                Subject(name=f"扎西{number}").save()

    def plain() -> None:
        with override_settings(SIMPLE_HISTORY_ENABLED=False):
            saved()

    def history_alone() -> None:
        post_create_historical_record.disconnect(record_history)
        try:
            saved()
        finally:
            post_create_historical_record.connect(record_history)

    measured({"save": plain, "save, history": history_alone, "save, history and ledger": saved}, SAVES)


def bulk(rows: int) -> None:
    from integrity.importing.writer import write_rows
    from integrity.insertion import insert
    from integrity.models import Subject
    from integrity.models.door import writing

    def made() -> list[Any]:
        return [Subject(name=f"卓玛{number}") for number in range(rows)]

    def alone() -> None:
        with writing():
            insert(Subject, made())

    def whole() -> None:
        write_rows(Subject, made(), by=None, reason="benchmark")

    batches = [prepared(Subject, rows) for _round in range(ROUNDS)]
    ways = {"COPY or executemany, values ready": lambda: driver(Subject, batches.pop()), "insert": alone}
    measured(ways | {"bulk door, history and ledger": whole}, rows)


def prepared(model: Any, rows: int) -> list[list[Any]]:
    """Values of new rows as the driver takes them."""
    from uuid import uuid4

    from django.db import connection

    fields, new = list(model._meta.concrete_fields), model(name="卓玛")
    key = fields.index(model._meta.pk)
    row = [field.get_db_prep_save(field.pre_save(new, add=True), connection) for field in fields]
    keys = [fields[key].get_db_prep_save(uuid4(), connection) for _row in range(rows)]
    return [[*row[:key], one, *row[key + 1 :]] for one in keys]


def driver(model: Any, values: list[list[Any]]) -> None:
    """The same rows by COPY or `executemany`, past everything."""
    from django.db import connection

    into = f"{model._meta.db_table} ({', '.join(field.column for field in model._meta.concrete_fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(values[0]))
            cursor.connection.executemany(f"INSERT INTO {into} VALUES ({marks})", values)  # noqa: S608  our own names
        else:
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for one in values:
                    copy.write_row(one)


def verification(rows: int) -> None:
    from integrity.importing.writer import write_rows
    from integrity.ledger import checking, checkpoints, tree
    from integrity.models import Subject

    write_rows(Subject, [Subject(name=f"卓玛{number}") for number in range(rows)], by=None, reason="benchmark")
    began = time.process_time()
    size = tree.place_all()
    print(f"  places and subtrees                      {(time.process_time() - began) / size * 1e6:8.0f}")
    checkpoints.sign_now(private=bytes(range(32)))
    began = time.process_time()
    checked = checking.verify(keys=[checkpoints.public_line_of(bytes(range(32)))])
    took = time.process_time() - began
    if checked.breaks:
        raise SystemExit(f"breaks: {checked.breaks[:3]}")
    each = took / size * 1e6
    print(f"  verification                             {each:8.0f}   a million entries in {each:.0f} s")


def verified_by_processes(entries: int) -> None:
    """A ledger of this size read by one process and by one for each processor, by the clock on the wall."""
    from django.db import connection

    from integrity.importing.writer import write_rows
    from integrity.ledger import checking, checkpoints, tree
    from integrity.models import LedgerEntry, Subject

    while (standing := LedgerEntry.objects.count()) < entries:
        part = min(50_000, entries - standing)
        write_rows(Subject, [Subject(name=f"卓玛{number}") for number in range(part)], by=None, reason="benchmark")
        tree.place_all()
    seed = bytes(range(32))
    checkpoints.sign_now(private=seed)
    keys = [checkpoints.public_line_of(seed)]
    print(f"{connection.vendor}, {LedgerEntry.objects.count():,} entries, {os.cpu_count()} processors")
    alone = 0.0
    for workers in (1, os.cpu_count() or 1):
        connection.close()
        began = time.perf_counter()
        checked = checking.verify(keys=keys, workers=workers)
        took = time.perf_counter() - began
        alone = alone or took
        if checked.breaks:
            raise SystemExit(f"breaks: {checked.breaks[:3]}")
        print(
            f"  {workers} processes: {took:6.1f} s, {took / checked.size * 1e6:5.0f} µs an entry, {took / alone:.2f}×"
        )


if __name__ == "__main__":
    main()

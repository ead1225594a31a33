"""Import speed 导入速度: rows a second through the whole chain, and its ratio to raw `executemany` of the same rows.

    python benchmarks/import_rows.py FILE PROFILE USER      (a migrated database with demo data, see DATABASE_URL)

The baseline, in the same run: what the import wrote into every numbered table and every history table (queue and
index left out) is read back and inserted into bare copies of the tables (no index, no constraint) by `executemany`.
"""

# ruff: noqa: E402, T201  Django is set up before its models are imported; a benchmark prints
from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")

import django

django.setup()

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from integrity.importing import default_authority, load_profile, run
from integrity.models import Account, ImportedRow, Rejection, TrackedModel
from search import worker


def main(path: str, profile_name: str, username: str) -> None:
    settings.DEBUG = False
    settings.SEARCH_INLINE = False  # measured apart
    profile, by = load_profile(profile_name), Account.objects.get(username=username)
    authority = default_authority(by, profile)
    before = {model: _last(model) for model in _tables()}
    wall, cpu = time.perf_counter(), time.process_time()
    batch = run(path, profile, by=by, authority=authority)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if batch.message:
        sys.exit(batch.message)
    rows = [(model, _written(model, last)) for model, last in before.items()]
    raw_wall, raw_cpu, written = _raw(rows)
    index_wall, index_cpu = time.perf_counter(), time.process_time()
    worker.drain()
    index_wall, index_cpu = time.perf_counter() - index_wall, time.process_time() - index_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{batch.read} rows read, {written} rows written: {batch.created} created, {batch.rejected} rejected")
    print(f"import   {_rate(batch.read, cpu)} rows/s CPU, {_rate(batch.read, wall)} wall")
    print(f"baseline {_rate(batch.read, raw_cpu)} rows/s CPU, {_rate(batch.read, raw_wall)} wall (raw executemany)")
    print(f"ratio    {cpu / raw_cpu:.1f} x the baseline's CPU")
    print(
        f"with the index, {_rate(batch.read, cpu + index_cpu)} rows/s CPU, {_rate(batch.read, wall + index_wall)} wall"
    )
    print(f"peak memory {peak:.0f} MB")


def _rate(rows: int, seconds: float) -> str:
    return f"{rows / seconds:.0f}"


def _tables() -> list[type[models.Model]]:
    tracked = [model for model in apps.get_models() if issubclass(model, TrackedModel)]
    histories = [model.history.model for model in tracked]
    return [model for model in (*tracked, *histories, ImportedRow, Rejection) if _numbered(model)]


def _numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _last(model: type[models.Model]) -> int:
    plain: Any = models.QuerySet(model)
    return int(plain.aggregate(last=models.Max("pk"))["last"] or 0)


def _written(model: type[models.Model], last: int) -> list[tuple[Any, ...]]:
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {key} > %s", [last])  # noqa: S608  names of the model
        return list(cursor.fetchall())


def _raw(tables: list[tuple[type[models.Model], list[tuple[Any, ...]]]]) -> tuple[float, float, int]:
    wall = cpu = 0.0
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in tables:
            if not rows:
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.execute(f"CREATE TEMPORARY TABLE bare AS SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608
            started, used = time.perf_counter(), time.process_time()
            cursor.executemany(f"INSERT INTO bare VALUES ({marks})", rows)  # noqa: S608
            wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - used
            cursor.execute("DROP TABLE bare")
            count += len(rows)
    return wall, cpu, count


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

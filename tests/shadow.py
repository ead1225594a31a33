"""The shadow log 影子日志 (assurance B2): triggers write down what happens to every tracked table, and to its history.

Whatever the application thinks it did, the database tells: after each test, every row that was inserted, changed or
deleted has one row of history with the same values, and no history tells of what did not happen. Tests that tamper
on purpose do it inside `tampering()`.
"""

# ruff: noqa: S608  the tables' own names
from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from pytest_django.plugin import DjangoDbBlocker

from integrity.models.door import writing
from integrity.models.tracked import RecordedModel

LOG = "tests_shadow_log"
_TABLE = {
    "sqlite": f"CREATE TABLE IF NOT EXISTS {LOG} (id INTEGER PRIMARY KEY AUTOINCREMENT, side INTEGER, "
    "name TEXT, pk TEXT, op TEXT, content TEXT)",
    "postgresql": f"CREATE UNLOGGED TABLE IF NOT EXISTS {LOG} (id BIGSERIAL PRIMARY KEY, side INTEGER, "
    "name TEXT, pk TEXT, op TEXT, content TEXT)",
}
_SQLITE = """
CREATE TRIGGER "{trigger}" AFTER {verb} ON "{table}" BEGIN
INSERT INTO {log} (side, name, pk, op, content) VALUES ({side}, '{name}', {row}."{pk}", {op}, {content}); END
"""
#: As its owner: the roles of the second wall's tests have no right to the log.
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION "{trigger}"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
INSERT INTO public.{log} (side, name, pk, op, content) VALUES ({side}, '{name}', {row}."{pk}", {op}, {content});
RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER "{trigger}" AFTER {verb} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{trigger}"()
"""
#: Writes and tests looked at, for the last line of the run.
seen: Counter[str] = Counter()


def tracked() -> list[type[models.Model]]:
    """Every model with history."""
    return [model for model in apps.get_models() if issubclass(model, RecordedModel) and hasattr(model, "history")]


def install() -> None:
    """The log and its triggers, made anew: columns may have come since."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE[connection.vendor])
        for model in tracked():
            for statement in _statements(model):
                cursor.execute(statement)


def _statements(model: type[models.Model]) -> Iterator[str]:
    history: Any = model.history.model  # type: ignore[attr-defined]
    kept = {field.column for field in history._meta.concrete_fields}
    columns = [str(field.column) for field in model._meta.concrete_fields if field.column in kept]
    common = {"log": LOG, "name": model._meta.db_table}
    pk = model._meta.pk.column
    for side, table, verb, row, op in (
        (1, model._meta.db_table, "INSERT", "NEW", "'+'"),
        (1, model._meta.db_table, "UPDATE", "NEW", "'~'"),
        (1, model._meta.db_table, "DELETE", "OLD", "'-'"),
        (-1, history._meta.db_table, "INSERT", "NEW", 'NEW."history_type"'),
    ):
        trigger = f"shadow_{table}_{verb.lower()}"[:63]
        made = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
        if connection.vendor == "sqlite":
            yield f'DROP TRIGGER IF EXISTS "{trigger}"'
        yield made.format(
            **common, trigger=trigger, side=side, table=table, verb=verb, row=row, op=op, pk=pk,
            content=_content(row, columns),
        )  # fmt: skip


def _content(row: str, columns: list[str]) -> str:
    if connection.vendor == "sqlite":
        return " || ',' || ".join(f'quote({row}."{column}")' for column in columns)
    return "md5(ROW(" + ", ".join(f'{row}."{column}"' for column in columns) + ")::text)"


# --- looking --------------------------------------------------------------------------------------------------------


def _ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def _last() -> int:
    return int(_ask(f"SELECT coalesce(max(id), 0) FROM {LOG}")[0][0])


def difference(since: int) -> str:
    """The question for what was told once too often on one side."""
    return (
        f"SELECT name, pk, op, sum(side), min(content), max(content) FROM {LOG} WHERE id > {since:d} "
        "GROUP BY name, pk, op, content HAVING sum(side) <> 0"
    )


def differences() -> list[str]:
    """What was written and not told, or told and not written, since the last look that is still there."""
    # PostgreSQL keeps the numbers, and for a while the dead rows, of what was undone; SQLite neither.
    since = seen["last"] if connection.vendor == "postgresql" else 0
    found = _ask(difference(since))
    seen["writes"] += int(_ask(f"SELECT count(*) FROM {LOG} WHERE id > %s AND side = 1", since)[0][0])
    seen["last"] = max(_last(), since)
    seen["missing"] += sum(row[3] for row in found if row[3] > 0)
    seen["extra"] -= sum(row[3] for row in found if row[3] < 0)
    if not connection.in_atomic_block:  # committed, and nobody undoes it
        _ask(f"DELETE FROM {LOG}")
    return [
        f"{name} {pk}: {op} {'without history' if side > 0 else 'told, not done'} {content}"
        for name, pk, op, side, content, _ in found
    ]


@contextmanager
def tampering() -> Iterator[None]:
    """What is written behind the archive's back on purpose is no gap of its history."""
    since = _last()
    with writing():
        yield
    _ask(f"DELETE FROM {LOG} WHERE id > %s", since)


# --- the tests' plumbing --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        install()


def _asked(item: pytest.Item) -> bool:
    """Whether this test has the database, and did not go behind the archive's back."""
    with_database = item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ())
    return bool(with_database) and item.get_closest_marker("tampers") is None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Before the test's transaction is undone: nothing missing, nothing extra."""
    result = yield
    if _asked(item) and connection.is_usable() and not connection.needs_rollback:
        found = differences()
        seen["tests"] += 1
        assert not found, "history is not what happened:\n" + "\n".join(found[:20])
    return result


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if seen["tests"]:
        terminalreporter.write_line(
            f"shadow log: {seen['writes']} writes in {seen['tests']} tests, "
            f"{seen['missing']} without history, {seen['extra']} told and not done"
        )

"""Which state the public site is in 公开内容版次, asked in one query; every write of what it shows makes another.

Not signals: `update()`, the bulk door and Wagtail's moving of pages send none. Each connection looks at its own
statements, as the door of recorded writes does. The tables are those that the public process may read
(`integrity.wall.database_roles`): a table that comes on that list is watched from then on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from integrity.wall.database_roles import PUBLIC_TABLES, page_tables

TABLE = "cms_sitegeneration"
#: Read by public pages and written without anything changing on them.
_QUIET = frozenset({"django_content_type", "search_searchdocument", TABLE})
_WRITES = re.compile(
    r"\s*(?:/\*.*?\*/\s*)?(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|TRUNCATE)"
    r"\s+[\"`]?(\w+)",
    re.IGNORECASE,
)
_EXISTS = {
    "sqlite": f"SELECT 1 FROM sqlite_master WHERE name = '{TABLE}'",  # noqa: S608  our own table
    "postgresql": f"SELECT 1 WHERE to_regclass('{TABLE}') IS NOT NULL",
}
_TOKEN = {"sqlite": "hex(randomblob(16))", "postgresql": "gen_random_uuid()::text"}
#: Rows beyond these are taken away: the number of rows is part of the name, so it must stay small to be counted fast.
KEPT, EVERY = 200, 400

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@cache
def watched() -> frozenset[str]:
    """Tables whose writes may change a public page: what the public role reads, and everything of cms."""
    own = {model._meta.db_table for model in apps.get_app_config("cms").get_models()}
    return frozenset((PUBLIC_TABLES | page_tables() | own) - _QUIET)


def current_generation() -> str:
    """The name of the state of the site, as this connection sees it: ask before reading what is to be kept under it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT token, (SELECT count(*) FROM {TABLE}) FROM {TABLE} ORDER BY id DESC LIMIT 1")  # noqa: S608  our own table
        row = cursor.fetchone()
    return f"{row[0]}.{row[1]}" if row else "0"


def noticing(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """After a write of a watched table, in its transaction, a new generation."""
    answer = execute(sql, params, many, context)
    found = _WRITES.match(sql)
    if found and found[1].lower() in watched():
        _begin_another(context["connection"])
    return answer


def _begin_another(database: Any) -> None:
    """Through the driver: past ourselves, and past who counts the queries of an act."""
    with closing(database.connection.cursor()) as cursor:
        if not getattr(database, "has_generations", False):
            cursor.execute(_EXISTS[database.vendor])
            if cursor.fetchone() is None:  # while the tables are made
                return
            database.has_generations = True
        cursor.execute(f"INSERT INTO {TABLE} (token) VALUES ({_TOKEN[database.vendor]}) RETURNING id")  # noqa: S608  as above
        number = cursor.fetchone()[0]
        if number % EVERY == 0:
            cursor.execute(f"DELETE FROM {TABLE} WHERE id < {number - KEPT}")  # noqa: S608  as above


def stand_by(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receiver of `connection_created`."""
    if noticing not in connection.execute_wrappers and connection.vendor in _TOKEN:
        connection.execute_wrappers.append(noticing)

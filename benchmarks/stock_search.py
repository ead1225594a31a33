"""Wagtail's stock database search 现成检索 over rows that are given to it, as a baseline in the same run.

Its own index tables and its own tokens; two searched fields, `names` and `text`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from wagtail.search import index
from wagtail.search.backends.database import SearchBackend

BATCH = 1_000


class StockRow(index.Indexed, models.Model):
    """A row to search; the table is made and left by the benchmark."""

    names = models.TextField()
    text = models.TextField()

    search_fields = (index.SearchField("names"), index.SearchField("text"))

    class Meta:
        app_label = "search"
        managed = False
        db_table = "bench_stock_row"

    def __str__(self) -> str:
        return self.names


class StockSearch:
    """Rows once given, then searched as `Page.objects.search(…)` would."""

    def __init__(self) -> None:
        self.backend: Any = SearchBackend({})
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_stock_row")
            cursor.execute("CREATE TABLE bench_stock_row (id integer PRIMARY KEY, names text, text text)")

    def index(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """(id, names, text)."""
        index_of = self.backend.get_index_for_model(StockRow)
        made = iter(rows)
        while batch := [StockRow(id=pk, names=names, text=text) for pk, names, text in itertools.islice(made, BATCH)]:
            StockRow.objects.bulk_create(batch)
            index_of.add_items(StockRow, batch)

    def page(self, text: str, size: int) -> list[int]:
        return [row.pk for row in self.backend.search(text, StockRow)[:size]]

    def count(self, text: str) -> int:
        return int(self.backend.search(text, StockRow).count())

    def all(self, text: str) -> set[int]:
        return {row.pk for row in self.backend.search(text, StockRow)[:100_000]}

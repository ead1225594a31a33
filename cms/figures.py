"""Figures of the yearly report 年报数字: whoever counts something registers here, the report asks.

A provider is asked for one organ and year and answers with the figures it knows, by name (`requests.new.person`).
What nobody answers is not nought: it stays open, and the page says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

Number = int | Decimal
FORM = Path(__file__).resolve().parent / "content" / "annual_report.toml"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, of which year 填报单位和年度; the code where the organ has one here."""

    issuer: str
    issuer_code: str
    year: int


Provider = Callable[[Asked], Mapping[str, Number]]
_PROVIDERS: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a source of figures under a name of its own; a second one of that name takes the place of the first."""
    _PROVIDERS[name] = provider


def forget(name: str) -> None:
    _PROVIDERS.pop(name, None)


def collected(asked: Asked) -> dict[str, str]:
    """Every figure that somebody counts, as text: a decimal is no JSON number. A name counted twice is an error."""
    found: dict[str, str] = {}
    for name, provider in _PROVIDERS.items():
        for key, value in provider(asked).items():
            if key in found:
                raise ValueError(f"{key} is counted twice, the second time by {name}")
            found[key] = str(value)
    return found


# --- the fixed form ----------------------------------------------------------------------------


@dataclass(frozen=True)
class FormTable:
    """A table of the form: rows and columns with their keys."""

    key: str
    title: str
    columns: list[tuple[str, str]]
    rows: list[tuple[str, str]]

    def names(self) -> list[str]:
        return [f"{self.key}.{row}.{column}" for row, _ in self.rows for column, _ in self.columns]


@dataclass(frozen=True)
class FormChapter:
    """A fixed chapter of the report with the tables under it."""

    key: str
    title: str
    tables: list[FormTable]


@lru_cache
def _versions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(FORM.read_text(encoding="utf-8"))["version"]
    return found


def form_on(day: date) -> list[FormChapter]:
    """The chapters as prescribed on that day; a day before the first form has the first."""
    versions = _versions()
    fitting = [row for row in versions if row["valid_from"] <= day <= row.get("valid_to", date.max)]
    version = fitting[0] if fitting else versions[0]
    tables = {
        row["key"]: FormTable(
            row["key"], row["title"], [(key, label) for key, label in row["columns"]],
            [(key, label) for key, label in row["rows"]],
        )
        for row in version["tables"]
    }  # fmt: skip
    return [
        FormChapter(row["key"], row["title"], [tables[key] for key in row.get("tables", [])])
        for row in version["chapters"]
    ]


def known_keys(day: date) -> set[str]:
    return {key for chapter in form_on(day) for table in chapter.tables for key in table.names()}

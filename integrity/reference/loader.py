"""Loads the law, the catalogue and the divisions from the data files beside it 法律与目录装载 (domain, head).

Idempotent by natural key (code and start of validity): a row is created or changed only where it differs, never
deleted; rows that the files no longer name are counted, so that a person can end them by date.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from integrity.models import (
    Account,
    Division,
    Holiday,
    LegalBasis,
    ListType,
    Measure,
    Profession,
    ProfessionSanction,
    RuleSet,
)
from integrity.models.tracked import TrackedModel, recording

HERE = Path(__file__).resolve().parent


class ReferenceFault(ValueError):
    """A data file contradicts itself: a basis, parent or profession that no row names."""


@dataclass(slots=True)
class Tally:
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    unnamed: int = 0  # rows in the database that the files do not name


@dataclass(slots=True)
class LoadReport:
    """What a load did, by model 装载结果."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    @property
    def written(self) -> int:
        return sum(tally.created + tally.changed for tally in self.tallies.values())

    def lines(self) -> Iterator[str]:
        for name, t in self.tallies.items():
            yield f"{name}: +{t.created} ~{t.changed} ={t.unchanged} ?{t.unnamed}"


class _Table:
    """One model's rows by natural key; `put` writes what differs and nothing else."""

    def __init__(self, model: type[TrackedModel], key: tuple[str, ...], report: LoadReport) -> None:
        self.model, self.key, self.tally = model, key, report.tallies[model.__name__]
        self.rows: dict[tuple[Any, ...], Any] = {}
        for row in model._default_manager.order_by("pk"):
            self.rows[self._free(tuple(getattr(row, name) for name in key))] = row
        self.left = set(self.rows)
        self._seen: set[tuple[Any, ...]] = set()

    def _free(self, key: tuple[Any, ...]) -> tuple[Any, ...]:
        """Sanctions may repeat kind and article in one profession: the repeats are numbered in order."""
        if self.model is not ProfessionSanction:
            return key
        return (*key, sum(1 for known in self.rows if known[:-1] == key))

    def put(self, **values: Any) -> Any:
        key = tuple(values[name] for name in self.key)
        if self.model is ProfessionSanction:
            key = (*key, sum(1 for seen in self._seen if seen[:-1] == key))
        if key in self._seen:
            raise ReferenceFault(f"{self.model.__name__}: {key} stands twice in the files")
        self._seen.add(key)
        self.left.discard(key)
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = self.model(**values)
            row.save()
            self.tally.created += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
            self.tally.changed += 1
        else:
            self.tally.unchanged += 1
        return row

    def close(self) -> None:
        self.tally.unnamed = len(self.left)


class _Bases:
    """Finds the article a row cites, in the version in force at the start of that row."""

    def __init__(self) -> None:
        self._by_code: dict[str, list[LegalBasis]] = defaultdict(list)

    def add(self, basis: LegalBasis) -> None:
        self._by_code[basis.code].append(basis)

    def get(self, code: str, on: date | None) -> LegalBasis:
        versions = self._by_code.get(code)
        if not versions:
            raise ReferenceFault(f"no legal basis {code}")
        for row in versions:
            if on and (row.valid_from or date.min) <= on <= (row.valid_to or date.max):
                return row
        # A row without a start, or older than every loaded version, cites the newest one.
        return max(versions, key=lambda row: row.valid_from or date.min)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def load_reference(by: Account | None, reason: str) -> LoadReport:
    """Bring the database to the state of the data files, in one transaction, with history 装载法律与目录."""
    report = LoadReport()
    with transaction.atomic(), recording(by=by, reason=reason, document="integrity/reference"):
        _load_divisions(report)
        bases = _load_bases(report)
        _load_rules(report, bases)
        _load_professions(report, bases)
        _load_lists(report, bases)
        _load_holidays(report)
    return report


def _load_divisions(report: LoadReport) -> None:
    table = _Table(Division, ("code", "valid_from"), report)
    known: dict[str, list[Division]] = defaultdict(list)
    with (HERE / "divisions.csv").open(encoding="utf-8", newline="") as handle:
        rows = sorted(csv.DictReader(handle), key=lambda row: (int(row["level"]), row["code"]))
    for row in rows:
        start, end = _date(row["valid_from"]), _date(row["valid_to"])
        division = table.put(
            code=row["code"],
            name=row["name"],
            level=int(row["level"]),
            parent_id=_parent(known, row["parent"], end or start).pk if row["parent"] else None,
            valid_from=start,
            valid_to=end,
        )
        known[row["code"]].append(division)
    table.close()


def _parent(known: dict[str, list[Division]], code: str, on: date | None) -> Division:
    """The parent row that was in force on that day (a code may have had several names)."""
    for row in reversed(known[code]):
        if on is None and row.valid_to is None:
            return row
        if on and (row.valid_from or date.min) <= on <= (row.valid_to or date.max):
            return row
    raise ReferenceFault(f"no parent division {code} on {on}")


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _load_bases(report: LoadReport) -> _Bases:
    table, bases = _Table(LegalBasis, ("code", "valid_from"), report), _Bases()
    for law in _toml("legal_bases.toml")["law"]:
        for article in law["articles"]:
            bases.add(
                table.put(
                    code=f"{law['code']}#{article['number']}",
                    law=law["law"],
                    short_title=law["short_title"],
                    level=law["level"],
                    article=article["article"],
                    text=article.get("text", "").strip(),
                    checked=law["checked"] and bool(article.get("text")),
                    valid_from=law.get("valid_from"),
                    valid_to=law.get("valid_to"),
                )
            )
    table.close()
    return bases


def _load_rules(report: LoadReport, bases: _Bases) -> None:
    table = _Table(RuleSet, ("kind", "key", "ordinal", "valid_from"), report)
    for kind, rows in _toml("rules.toml").items():
        for row in rows:
            start = row.get("valid_from")
            for key in row["keys"]:
                table.put(
                    kind=kind,
                    key=key,
                    ordinal=row.get("ordinal", 0),
                    parameters=row.get("parameters", {}),
                    basis_id=bases.get(row["basis"], start).pk,
                    text=row.get("text", ""),
                    valid_from=start,
                    valid_to=row.get("valid_to"),
                )
    table.close()


def _load_professions(report: LoadReport, bases: _Bases) -> None:
    professions = _Table(Profession, ("code",), report)
    sanctions = _Table(ProfessionSanction, ("profession_id", "kind", "basis_id", "valid_from"), report)
    for row in _toml("professions.toml")["profession"]:
        start = row.get("valid_from")
        profession = professions.put(
            code=row["code"],
            name=row["name"],
            group=row["group"],
            status_basis=row["status_basis"],
            licence_name=row.get("licence_name", ""),
            regulators=row.get("regulators", {}),
            reentry_bar=row.get("reentry_bar", ""),
            public_items=row.get("public_items", []),
            basis_id=bases.get(row["basis"], start).pk if "basis" in row else None,
            enabled=row.get("enabled", True),
            disabled_reason=row.get("disabled_reason", ""),
            valid_from=start,
            valid_to=row.get("valid_to"),
        )
        for entry in row.get("sanctions", []):
            _put_sanction(sanctions, profession, entry, bases)
    professions.close()
    sanctions.close()


def _put_sanction(table: _Table, profession: Profession, row: dict[str, Any], bases: _Bases) -> None:
    basis = bases.get(row["basis"], row.get("valid_from"))
    amounts = {name: Decimal(row[name]) if name in row else None for name in ("min_amount", "max_amount")}
    table.put(
        profession_id=profession.pk,
        kind=row["kind"],
        imposed_by=row.get("imposed_by", ""),
        lowest_level=row.get("lowest_level"),
        min_months=row.get("min_months"),
        max_months=row.get("max_months"),
        permanent=row.get("permanent", False),
        basis_id=basis.pk,
        note=row.get("note", ""),
        valid_from=row.get("valid_from", basis.valid_from),
        valid_to=row.get("valid_to", basis.valid_to),
        **amounts,
    )


def _load_lists(report: LoadReport, bases: _Bases) -> None:
    types = _Table(ListType, ("code",), report)
    for row in _toml("list_types.toml")["list_type"]:
        types.put(
            code=row["code"],
            name=row["name"],
            basis_id=bases.get(row["basis"], row.get("valid_from")).pk,
            criteria=row["criteria"],
            term_months=row.get("term_months"),
            early_removal_months=row.get("early_removal_months"),
            enabled=row.get("enabled", True),
            valid_from=row.get("valid_from"),
            valid_to=row.get("valid_to"),
        )
    types.close()
    measures = _Table(Measure, ("code",), report)
    for row in _toml("measures.toml")["measure"]:
        measures.put(
            code=row["code"],
            name=row["name"],
            incentive=row.get("incentive", False),
            basis_id=bases.get(row["basis"], row.get("valid_from")).pk,
            valid_from=row.get("valid_from"),
            valid_to=row.get("valid_to"),
        )
    measures.close()


def _load_holidays(report: LoadReport) -> None:
    table = _Table(Holiday, ("on", "division_code"), report)
    for year in _toml("holidays.toml")["year"]:
        for day in year["days"]:
            for on in day["on"]:
                table.put(
                    on=on,
                    division_code=year.get("division_code", ""),
                    is_workday=day.get("is_workday", False),
                    name=day["name"],
                    notice=year["notice"],
                )
    table.close()

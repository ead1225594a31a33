"""What a reader narrows hits by 筛选, and how many there are of each 分面: both under the scope, as every hit is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.vocabulary import Subject
from integrity.choices import (
    DecisionKind,
    FileStatus,
    Level,
    PenaltyKind,
    PublicationClass,
    PublicationState,
    RecordState,
)
from integrity.models import Organisation, Profession
from search.documents import Source
from search.models import Kind

#: What can be narrowed by and counted, in the order of the page.
FACETS: Mapping[str, Any] = {
    "unit_id": _("单位"),
    "authority_id": _("管理机关"),
    "level": _("层级"),
    "profession_id": _("职业"),
    "category": _("种类"),
    "state": _("状态"),
    "year": _("年份"),
}
_CATEGORIES: Mapping[Kind, type[models.TextChoices]] = {
    Kind.DECISION: DecisionKind,
    Kind.PENALTY: PenaltyKind,
    Kind.PUBLICATION: PublicationClass,
    Kind.DISCLOSURE: Subject,
}
_STATES: Mapping[Kind, type[models.TextChoices]] = {
    Kind.FILE: FileStatus,
    Kind.PRACTITIONER: FileStatus,
    Kind.DECISION: RecordState,
    Kind.PENALTY: RecordState,
    Kind.PUBLICATION: PublicationState,
}
#: Values shown of one facet.
MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is left of the hits; nothing stated leaves all. `unit_id` takes the units below it along."""

    unit_id: int | None = None
    authority_id: int | None = None
    level: int | None = None
    profession_id: int | None = None
    category: str | None = None
    state: str | None = None
    year: int | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) is not None for one in fields(self))

    def _stated(self) -> list[tuple[str, str, Any]]:
        """Column of the index, lookup, value."""
        stated: list[tuple[str, str, Any]] = []
        if self.unit_id is not None:
            stated.append(("unit_id", "in", sorted(below(self.unit_id))))
        for name in ("authority_id", "level", "profession_id", "category", "state"):
            if (value := getattr(self, name)) is not None:
                stated.append((name, "exact", value))
        since, until = self.since, self.until
        if self.year is not None:
            first, last = date(self.year, 1, 1), date(self.year, 12, 31)
            since, until = max(first, since or first), min(last, until or last)
        if since is not None:
            stated.append(("on", "gte", since))
        if until is not None:
            stated.append(("on", "lte", until))
        return stated

    def condition(self) -> Q:
        """Over the columns of the index."""
        return Q(*[(f"{column}__{lookup}", value) for column, lookup, value in self._stated()])

    def rows(self, source: Source, rows: Any) -> Any:
        """The same over the rows themselves, for the database's last word; a row without the column is none."""
        for column, lookup, value in self._stated():
            path = source.path(column)
            rows = rows.filter(**{f"{path}__{lookup}": value}) if path else rows.none()
        return rows


def below(unit_id: int) -> set[int]:
    """A unit and all below it 本单位及下级."""
    found = {unit_id}
    last = {unit_id}
    while last:
        last = set(Organisation.objects.filter(parent_id__in=last).values_list("pk", flat=True)) - found
        found |= last
    return found


# --- facets ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet and the number of hits that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """What hits can be narrowed by 分面, most frequent values first."""

    name: str
    label: str
    values: tuple[Value, ...]


class Counting:
    """Counts values of the rows that this reader may see."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[tuple[Any, str]]] = {name: Counter() for name in FACETS}

    def paths(self, source: Source) -> list[tuple[str, str]]:
        """Facet and column of the model, for what this kind of row has."""
        named = [(name, source.path("on" if name == "year" else name)) for name in FACETS]
        return [(name, path) for name, path in named if path]

    def add(self, kind: Kind, names: Sequence[str], values: Iterable[Any]) -> None:
        for name, value in zip(names, values, strict=True):
            if value in (None, ""):
                continue
            one = value.year if name == "year" else value
            self._counts[name][one, kind.value if name in {"category", "state"} else ""] += 1

    def facets(self) -> tuple[Facet, ...]:
        return tuple(facet for name in FACETS if len((facet := self._facet(name)).values) > 1)

    def _facet(self, name: str) -> Facet:
        counts = self._counts[name].most_common(MOST_VALUES)
        labels = _labels(name, [key for key, _number in counts])
        values = tuple(Value(str(key[0]), labels.get(key, str(key[0])), number) for key, number in counts)
        return Facet(name, str(FACETS[name]), values)


def label_of(name: str, value: str) -> str:
    """The words for a value that somebody chose; empty for one that is none."""
    if name not in {"category", "state"} and not value.isdecimal():
        return ""
    kinds = _CATEGORIES if name == "category" else _STATES if name == "state" else {"": None}
    keys: list[tuple[Any, str]] = [
        (value if name in {"category", "state"} else int(value), str(kind)) for kind in kinds
    ]
    return next(iter(_labels(name, keys).values()), "")


def _labels(name: str, keys: Sequence[tuple[Any, str]]) -> dict[tuple[Any, str], str]:
    ids = [value for value, _kind in keys]
    if name in {"unit_id", "authority_id"}:
        named = {pk: str(row) for pk, row in Organisation.objects.in_bulk(ids).items()}
    elif name == "profession_id":
        named = {pk: str(row) for pk, row in Profession.objects.in_bulk(ids).items()}
    elif name == "level":
        named = {value: str(Level(value).label) for value in ids if value in Level.values}
    elif name == "year":
        named = {year: f"{year}年" for year in ids}
    else:
        return {
            (value, kind): str(choices(value).label)
            for value, kind in keys
            if (choices := (_CATEGORIES if name == "category" else _STATES).get(Kind(kind))) and value in choices.values
        }
    return {key: named[key[0]] for key in keys if key[0] in named}

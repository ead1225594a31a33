"""Values as the database gives them back 规范值: what is committed to when a row is written must be what is read later.

A row in memory may hold "3" where the column holds 3, a tuple where JSON gives a list, a decimal with other places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models

from integrity.ledger.entry import canonical
from integrity.models import ReadEntry
from integrity.models.tracked import RecordedModel, history_model

Convert = Callable[[Any], Any]


@cache
def converters(model: type[models.Model]) -> tuple[tuple[str, Convert], ...]:
    """Field by field, sorted by attribute, how a value becomes the stored one; without the key of the row itself."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return tuple(sorted((field.attname, _converter(field)) for field in fields))


@cache
def names_of(model: type[models.Model]) -> tuple[str, ...]:
    """The fields that a leaf of this table commits to, sorted."""
    extra = ["subjects"] if model is ReadEntry else []
    return tuple(sorted([name for name, _convert in converters(model)] + extra))


def values_of(model: type[models.Model], row: dict[str, Any], subjects: Iterable[str] = ()) -> list[bytes]:
    """Canonical bytes of a row's values in the order of `names_of`; `row` by attribute."""
    found = [canonical(convert(row[name])) for name, convert in converters(model)]
    if model is ReadEntry:
        found.insert(names_of(model).index("subjects"), canonical(sorted(subjects)))
    return found


def _converter(field: models.Field[Any, Any]) -> Convert:
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.JSONField):
        return lambda value: _json(value, target.encoder)
    if isinstance(target, models.BinaryField):
        return lambda value: None if value is None else bytes(value)
    if isinstance(target, models.CharField | models.TextField):
        return lambda value: None if value is None else str(value)
    if isinstance(target, models.DecimalField):
        step = Decimal(1).scaleb(-target.decimal_places)
        return lambda value: None if value is None else target.to_python(value).quantize(step)
    convert: Convert = target.to_python
    return convert


def _json(value: Any, encoder: Any) -> Any:
    """JSON as text with sorted keys: both databases give numbers back as numbers, in no order of keys."""
    plain = json.loads(json.dumps(value, cls=encoder))
    return {"json": json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))}


def tracked_models() -> list[type[RecordedModel]]:
    """Every model with a history, in the order of their names."""
    from django.apps import apps

    found = [model for model in apps.get_models() if issubclass(model, RecordedModel)]
    return sorted(found, key=lambda model: model._meta.label)


def recorded_tables() -> list[type[models.Model]]:
    """Every table whose rows are leaves: the read log and each history."""
    return [ReadEntry, *(history_of(model) for model in tracked_models())]


def history_of(model: type[RecordedModel]) -> type[models.Model]:
    """The table of its history."""
    return history_model(model)

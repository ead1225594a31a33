"""Rows as lines 行文本: a JSON list a row, typed, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

#: Made anew after a restore, or not worth keeping: the search index with its queue, sessions, counts of questions that
#: end with their day; apps and tables.
LEFT_OUT = frozenset({
    "search.SearchDocument", "search.PendingIndex", "wagtailsearch", "sessions", "usersessions", "cms.AskingCount",
})  # fmt: skip


def kept_models() -> list[type[Any]]:
    """Every table that a backup holds, many-to-many tables too, by label."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not {model._meta.app_label, model._meta.label} & LEFT_OUT
    ]
    return sorted(found, key=lambda model: model._meta.label)


def fields_of(model: type[models.Model]) -> list[Any]:
    return list(model._meta.local_concrete_fields)


def line_of(fields: Sequence[Any], row: Sequence[Any]) -> str:
    """One row, in the order of its fields."""
    told = [_told(field, value) for field, value in zip(fields, row, strict=True)]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def row_of(fields: Sequence[Any], line: str) -> list[Any]:
    """The row of a line, as the connection's database takes it."""
    told = json.loads(line)
    if not isinstance(told, list) or len(told) != len(fields):
        raise ValueError("a row with other columns")
    return [field.get_db_prep_save(_value(field, one), connection) for field, one in zip(fields, told, strict=True)]


def _told(field: Any, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return None if value is None else {"json": json.dumps(value, cls=field.encoder, ensure_ascii=False)}
    match value:
        case None | bool() | int() | float():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case UUID():
            return {"uuid": str(value)}
        case bytes() | bytearray() | memoryview():
            return {"bytes": base64.b64encode(bytes(value)).decode()}
    return value if type(value) is str else {"text": str(field.get_prep_value(value))}


def _value(field: Any, told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    ((kind, text),) = told.items()
    match kind:
        case "json":
            return json.loads(text, cls=field.decoder)
        case "decimal":
            return Decimal(text)
        case "moment":
            return datetime.fromisoformat(text)
        case "date":
            return date.fromisoformat(text)
        case "time":
            return time.fromisoformat(text)
        case "uuid":
            return UUID(text)
        case "bytes":
            return base64.b64decode(text, validate=True)
        case "text":
            return field.to_python(text)
    raise ValueError(f"a value of an unknown kind: {kind}")

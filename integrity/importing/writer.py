"""THE bulk door 批量写入: the one place where many tracked rows are inserted at once, each with its history row.

`bulk_create` of a tracked model leaves no history and is closed there (N3); here rows and history are written
together in one transaction. Measured: 2,000 rows with history 0.26 s, one by one with `save()` about 8 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models.expressions import BaseExpression

from integrity.choices import Grade
from integrity.exceptions import ClosedDoor, UnrecordedWrite
from integrity.models import Account, Decision, GuardedModel, Penalty, TrackedModel
from integrity.signals import tell_decisions, tell_records

Row = TypeVar("Row", bound=TrackedModel)

_BATCH = 500


def write_rows(
    model: type[Row], objs: Sequence[Row], *, by: Account | None, reason: str, document: str = ""
) -> list[Row]:
    """Insert new rows of one model and their history rows ('+') in one transaction; returns them with keys.

    Sends `records_changed` (and `decisions_changed`) once for all of them. `save()` is not called; what the
    models' own `save()` sets is set here.
    """
    if not reason.strip():
        raise UnrecordedWrite("a bulk write needs a reason")
    if not issubclass(model, TrackedModel):
        raise ClosedDoor(f"{model.__name__} is not a tracked model")
    rows = [_as_saved(obj) for obj in objs]
    if any(type(row) is not model for row in rows):
        raise ClosedDoor(f"write_rows({model.__name__}): a row of another model")
    if not rows:
        return []
    with transaction.atomic():
        # The plain queryset: the model's own one closes this door.
        written = models.QuerySet(model).bulk_create(rows, batch_size=_BATCH)
        model.history.bulk_history_create(  # type: ignore[attr-defined]
            written,
            batch_size=_BATCH,
            default_user=by,
            default_change_reason=reason.strip(),
            custom_historical_attrs={"history_document": document},
        )
        _tell(model, written)
    return written


def _as_saved(obj: Row) -> Row:
    """What `save()` of the model would have set or refused."""
    for field in obj._meta.concrete_fields:
        if isinstance(obj.__dict__.get(field.attname), BaseExpression):
            raise ClosedDoor(f"{type(obj).__name__}.{field.name}: an expression cannot be recorded")
    if isinstance(obj, Decision):
        obj.grade = Grade.STRICT
    elif isinstance(obj, Penalty):
        obj.grade = max(obj.grade, Grade.SENSITIVE)
    return obj


def _tell(model: type[TrackedModel], rows: Sequence[Any]) -> None:
    label = str(model._meta.model_name)
    if issubclass(model, GuardedModel):
        tell_records(label, [row.pk for row in rows])
    if model in (Decision, Penalty):
        tell_decisions(label, [row.pk for row in rows])

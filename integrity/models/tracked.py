"""Tracked rows 留痕数据: every write names its actor and its reason; the doors that would bypass history are closed.

django-simple-history misses `update()`, `bulk_create`, `bulk_update`, upserts and raw SQL. On tracked models those
raise; bulk writing goes through the one bulk door, which writes the history rows itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone
from simple_history.manager import HistoricalQuerySet
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record, pre_create_historical_record

from integrity.exceptions import ClosedDoor, UnrecordedWrite
from integrity.insertion import insert_one
from integrity.models.door import writing

if TYPE_CHECKING:
    from integrity.models.grants import Account


@dataclass(frozen=True, slots=True)
class Recording:
    """Who writes, why, on which document, on whose behalf 操作依据; None as actor means the system itself."""

    by: Account | None
    reason: str
    document: str = ""
    acting_for: Account | None = None


_current: ContextVar[Recording | None] = ContextVar("recording", default=None)


def current_recording() -> Recording | None:
    return _current.get()


@contextmanager
def recording(
    *, by: Account | None, reason: str, document: str = "", acting_for: Account | None = None
) -> Iterator[Recording]:
    """State actor and reason for every tracked write inside; nested use replaces the outer one.

    `by=None` is for work no person asked for (expiry by date, loading of law rows); the reason says which.
    """
    if not reason.strip():
        raise UnrecordedWrite("a tracked write needs a reason")
    entry = Recording(by=by, reason=reason.strip(), document=document, acting_for=acting_for)
    token = _current.set(entry)
    try:
        yield entry
    finally:
        _current.reset(token)


class _WrittenOnce(models.QuerySet[Any]):
    """History is written once: nothing rewrites it, nothing deletes it (N4)."""

    def _closed(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ClosedDoor(f"{self.model.__name__}: history is neither rewritten nor deleted")

    update = bulk_update = update_or_create = delete = _raw_delete = _closed


class HistoryQuerySet(_WrittenOnce, HistoricalQuerySet):
    """What `Model.history` answers with; its own questions are simple-history's."""


HistoryRowManager = models.Manager.from_queryset(_WrittenOnce)


class HistoryRow(models.Model):
    """What every history row carries beside simple-history's own columns."""

    history_document = models.CharField(max_length=200, blank=True, default="")
    history_acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = HistoryRowManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ClosedDoor(f"{type(self).__name__}: history is neither rewritten nor deleted")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ClosedDoor(f"{type(self).__name__}: history is neither rewritten nor deleted")


@receiver(pre_create_historical_record)
def _name_the_writer(sender: type[models.Model], **kwargs: Any) -> None:
    """Fill actor, reason and document of a history row, or refuse the write (N3)."""
    row = kwargs["history_instance"]
    entry = _current.get()
    if entry is None:
        raise UnrecordedWrite(f"{sender.__name__}: written outside of recording(by=…, reason=…)")
    if getattr(kwargs["instance"], "saved_in_part", False):
        _as_stored(row, kwargs["instance"])
    row.history_user = entry.by
    row.history_change_reason = entry.reason
    if isinstance(row, HistoryRow):
        row.history_document = entry.document
        row.history_acting_for = entry.acting_for


def _as_stored(row: Any, instance: models.Model) -> None:
    """What was not saved may be older in memory, or never meant for the table: history tells what the table says."""
    names = [field.attname for field in row.tracked_fields]
    stored: dict[str, Any] = type(instance)._base_manager.values(*names).get(pk=instance.pk)
    for name, value in stored.items():
        setattr(row, name, value)


Row = TypeVar("Row", bound=models.Model, covariant=True)


class TrackedQuerySet(models.QuerySet[Row, Row]):
    """A queryset without the write paths that leave no history."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise ClosedDoor(f"{self.model.__name__}.update() leaves no history: use an act")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ClosedDoor(f"{self.model.__name__}.bulk_create() leaves no history: use importing.writer")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ClosedDoor(f"{self.model.__name__}.bulk_update() leaves no history: use importing.writer")

    # The async twins of Django call the methods above, so they are closed with them.

    def delete(self) -> tuple[int, dict[str, int]]:
        """Row by row, each with its history: the signals of history keep Django from a shorter way."""
        with writing():
            return super().delete()

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise ClosedDoor(f"{self.model.__name__}._raw_delete() leaves no history")


#: Manager of tracked rows that need no scope (organisations, law, grants).
TrackedManager = models.Manager.from_queryset(TrackedQuerySet)


class RecordedModel(models.Model):
    """A row that refuses to be written outside of `recording(…)`; its history is declared by the subclass."""

    #: Whether the last save named its fields; the row of history then comes from the table.
    saved_in_part = False

    objects = TrackedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if _current.get() is None:
            raise UnrecordedWrite(f"{type(self).__name__}: save outside of recording(by=…, reason=…)")
        if getattr(self, "skip_history_when_saving", False):
            raise ClosedDoor(f"{type(self).__name__}: skip_history_when_saving is closed")
        # save() with an expression changes the row and then fails to write its history: refuse before.
        for field in self._meta.concrete_fields:
            if hasattr(self.__dict__.get(field.attname), "resolve_expression"):  # F() is no BaseExpression
                raise ClosedDoor(f"{type(self).__name__}.{field.name}: an expression cannot be recorded")
        self.saved_in_part = kwargs.get("update_fields") is not None
        with transaction.atomic(using=kwargs.get("using")), writing():
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if _current.get() is None:
            raise UnrecordedWrite(f"{type(self).__name__}: delete outside of recording(by=…, reason=…)")
        with transaction.atomic(using=kwargs.get("using")), writing():
            return super().delete(*args, **kwargs)


@receiver(pre_save)
def _no_raw_save(sender: type[models.Model], **kwargs: Any) -> None:
    """The door of `loaddata`: a raw save passes by `save()`, and simple-history leaves it out."""
    if kwargs.get("raw") and issubclass(sender, RecordedModel):
        raise ClosedDoor(f"{sender.__name__}: a raw save leaves no history")


class Records(HistoricalRecords):
    """simple-history's records, told in its own order of signals, and written by one prepared statement.

    The library makes a manager's class anew for every row, inspecting all its methods, and compiles every insertion:
    more than the ledger costs. `_name_the_writer` states the writer, so nobody is looked for in the request.
    Many-to-many tables have no history here: the door refuses what writes them.
    """

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        of: type[models.Model] = type(instance)
        model = history_model(of, self.manager_name)
        at = getattr(instance, "_history_date", None) or timezone.now()
        values = {field.attname: getattr(instance, field.attname) for field in self.fields_included(instance)}
        row: Any = model(history_date=at, history_type=history_type, **values)
        told: dict[str, Any] = {"sender": model, "instance": instance, "history_instance": row, "history_date": at}
        pre_create_historical_record.send(**told, history_user=None, history_change_reason=None, using=None)
        row.pk = insert_one(model, {name: row.__dict__[name] for name in columns_of(model)})
        row._state.adding, row._state.db = False, connection.alias
        writer = {"history_user": row.history_user, "history_change_reason": row.history_change_reason}
        post_create_historical_record.send(**told, **writer, using=None)


@cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """The attributes of a table's columns but for its key."""
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


@cache
def history_model(model: type[models.Model], attribute: str = "history") -> type[models.Model]:
    """The table of a model's history; `model.history` would make a manager's class at every call."""
    return inspect.getattr_static(model, attribute).model  # type: ignore[no-any-return]


class RecordsInOrder(Records):
    """History indexed by (row, entry): the newest entry of a row before a moment is one step in it, and so is the one
    before; simple-history's own index of the row alone is left out, which this one serves too."""

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        fields: dict[str, Any] = super().copy_fields(model)
        fields[model._meta.pk.name].db_index = False
        return fields

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        options: dict[str, Any] = super().get_meta_options(model)
        return options | {"indexes": [models.Index(fields=[model._meta.pk.name, "history_id"])]}


class TrackedModel(RecordedModel):
    """A row with complete history of every column."""

    history = RecordsInOrder(
        inherit=True,
        bases=[HistoryRow],
        historical_queryset=HistoryQuerySet,
        history_id_field=models.BigAutoField(primary_key=True),
        history_change_reason_field=models.TextField(),
    )

    class Meta:
        abstract = True

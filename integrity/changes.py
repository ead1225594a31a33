"""Changes 变更: column by column what differs between two versions of a row, in words (design §5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from integrity.models import Account, Document, LegalBasis, ListType, Organisation, Profession
from integrity.templatetags.archive import date_zh

#: Columns that say nothing to a reader, or must not be shown.
_HIDDEN = frozenset({"id", "ref", "subject", "file", "entered_by", "submitted_by", "approved_by", "approved_at",
                     "recorded_at", "batch", "raw", "grade", "path", "sha256",
                     "record", "penalty"})  # fmt: skip
#: Rows that a column names in words; of any other that it is there.
_NAMED = frozenset({Account, Document, LegalBasis, ListType, Organisation, Profession})


@dataclass(frozen=True, slots=True)
class Change:
    """One column, before and after."""

    label: str
    old: str
    new: str


def shown_columns(model: type[Any], hidden: frozenset[str]) -> Iterator[Any]:
    for column in model._meta.concrete_fields:
        if column.name not in _HIDDEN and column.name not in hidden and not isinstance(column, models.BinaryField):
            yield column


def changed_columns(
    model: type[Any], before: Any, after: Any, names: Names, hidden: frozenset[str] = frozenset()
) -> list[Change]:
    """Column by column what differs between two versions of a row; of a new one what it has."""
    changes = []
    for column in shown_columns(model, hidden):
        new = getattr(after, column.attname)
        old = getattr(before, column.attname) if before is not None else None
        if old == new or (before is None and new in (None, "", False)):
            continue
        told = names.show(column, old, before), names.show(column, new, after)
        changes.append(Change(str(column.verbose_name), *told))
    return changes


class Names:
    """Words for stored values: choices, dates, and the names of organisations and accounts, each fetched once.

    A unit has the name that it had when the version was recorded: one renamed since is not written into the past.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], Any], str] = {}
        self._borne: dict[Any, list[tuple[datetime, str]]] = {}

    def show(self, column: Any, value: Any, row: Any = None) -> str:
        if value is None or value == "":
            return ""
        if column.is_relation:
            if column.related_model is Organisation and row is not None:
                return self._unit(column, value, row)
            return self.related(column.related_model, value)
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return date_zh(value) if isinstance(value, date) else str(value)

    def _unit(self, column: Any, pk: Any, row: Any) -> str:
        """Under the name that the row was given with it (integrity.as_of), or that it bore when the entry was made."""
        if column.is_cached(row):
            return str(getattr(row, column.name))
        at = getattr(row, "history_date", None)
        if at is None:
            return self.related(Organisation, pk)
        if pk not in self._borne:
            past = Organisation.history.filter(id=pk).order_by("history_id")
            self._borne[pk] = [(entry.history_date, str(entry.instance)) for entry in past]
        borne = [name for since, name in self._borne[pk] if since <= at]
        return borne[-1] if borne else self.related(Organisation, pk)

    def related(self, model: type[models.Model], pk: Any) -> str:
        """The row that a column names: what is public knowledge, and the document of a decision that is shown."""
        if model not in _NAMED:
            return _("（已登记）")
        if (model, pk) not in self._known:
            row = model._default_manager.filter(pk=pk).first()
            self._known[model, pk] = _document(row) if isinstance(row, Document) else str(row or "")
        return self._known[model, pk]


def _document(row: Document) -> str:
    """A document by its number and what its bytes are: two scans under one number are told apart 文书."""
    return _("%(number)s（文件摘要 SHA-256 %(digest)s）") % {"number": row.number, "digest": row.sha256}

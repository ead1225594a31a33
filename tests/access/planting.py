"""Canaries 标记: a unique token in each text field of a row, found by walking its fields, with who may see it.

A new field gets its token by itself. Fields whose values are constrained stand in `KEPT`, with the reason.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import models

from integrity.models import SubjectIdentifier, SubjectName, recording
from integrity.models.readlog import AppendOnlyModel
from integrity.models.tracked import RecordedModel
from integrity.names import name_key
from tests import factories

TOKEN = re.compile(r"zq[0-9]{6}x")
#: Identity numbers are tokens of their own: 17 digits and a check character.
NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9X](?![0-9A-Za-z])")
SHORTEST = 10  # a field that holds less has no room for a token

#: Text columns that hold no token, each with its reason.
KEPT: dict[str, str] = {
    "SubjectName.key": "folded from `text`, which has one",
    "SubjectIdentifier.masked": "made of the number, which is a token itself",
    "Document.path": "the name of a file that exists, where the bytes have their token",
    "Document.content_type": "decides how the file is sent",
    "Document.sha256": "checked against the bytes",
    "Publication.projection": "made of the source's columns by the act that proposes it",
    "Publication.digest": "checked against the projection",
    "ImportBatch.profile": "names a profile",
    "ImportBatch.profile_digest": "digest of the profile",
    "ImportBatch.digest": "digest of the file",
    "ImportBatch.stored": "the name of a file that exists",
    "ImportedRow.target_model": "names a table",
    "ImportedRow.target_id": "names a row",
    "GrantRequest.files": "ids of files",
    "Statement.about_model": "names a table",
    "Erasure.label": "names a table",
    "Erasure.field": "names a column",
    "ErasureItem.label": "names a table",
    "ErasureItem.history_table": "names a table",
    "ErasureItem.row_pk": "names a row",
    "ErasureItem.name": "names a column",
    "ErasureItem.marker": "stands in the place of what was erased",
    "LegalHold.label": "names a table",
    "ReadEntry.door": "names a door of the code",
    "ReadEntry.model": "names a table",
    "ReadEntry.ids": "ids of rows",
    "ReadEntry.query_hash": "a digest",
    "ReadEntry.request_id": "a number of the web server",
    "ReadFinding.entries": "ids of lines",
}


@dataclass(frozen=True)
class Canary:
    """One token: where it stands, whose it is, and which personas may be shown it."""

    token: str
    model: str
    pk: Any
    column: str
    audience: frozenset[str]
    subject_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.token} ({self.model}.{self.column} {self.pk})"


def text_columns(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """The columns of a model that hold free text."""
    for column in model._meta.concrete_fields:
        if f"{model.__name__}.{column.name}" in KEPT or column.flatchoices or column.primary_key:
            continue
        roomy = column.max_length is None or column.max_length >= SHORTEST
        if isinstance(column, models.JSONField) or (roomy and isinstance(column, (models.CharField, models.TextField))):
            yield column


@dataclass
class Planter:
    """Puts tokens into rows and remembers them."""

    canaries: dict[str, Canary] = field(default_factory=dict)
    planted: set[type[models.Model]] = field(default_factory=set)
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def token(self) -> str:
        return f"zq{next(self._serial):06d}x"

    def remember(self, token: str, row: models.Model, column: str, audience: Iterable[str],
                 subject_id: UUID | None = None) -> None:  # fmt: skip
        about = subject_id or getattr(row, "subject_id", None)
        self.canaries[token] = Canary(token, type(row).__name__, row.pk, column, frozenset(audience), about)

    def plant(self, row: Any, audience: Iterable[str] = (), *, subject_id: UUID | None = None,
              past: Iterable[str] | None = None) -> Any:  # fmt: skip
        """A token in every text column, then saved with a token as reason and one as document.

        `audience` sees the row, `past` its history (the same people unless told).
        """
        self.planted.add(type(row))
        tokens = {column.name: self.token() for column in text_columns(type(row))}
        for name, token in tokens.items():
            column = row._meta.get_field(name)
            setattr(row, name, {"原文": token} if isinstance(column, models.JSONField) else token)
        if isinstance(row, SubjectName):
            row.key = name_key(row.text)
        reason, document = self.token(), self.token()
        if isinstance(row, AppendOnlyModel) or not isinstance(row, RecordedModel):
            row.save()
        else:
            with recording(by=None, reason=reason, document=document):
                row.save()
            seen = frozenset(audience if past is None else past)
            self.remember(reason, row, "history_change_reason", seen, subject_id)
            self.remember(document, row, "history_document", seen, subject_id)
        for name, token in tokens.items():
            self.remember(token, row, name, audience, subject_id)
        return row

    def number(self, of: Any, audience: Iterable[str], serial: int) -> SubjectIdentifier:
        """An identity number, itself a token."""
        number = factories.identity_number(serial % 1000, born=f"19{60 + serial // 1000 % 40:02d}0101")
        row = factories.identifier(of, number)
        self.planted.add(SubjectIdentifier)
        self.remember(number, row, "number", audience, of.pk)
        return row

    def widen(self, row: models.Model, columns: Iterable[str], audience: Iterable[str], *,
              subject_id: UUID | None = None) -> None:  # fmt: skip
        """More people see these columns of a row, by another path; `subject_id`: whose they are by that path."""
        wanted, more = set(columns), frozenset(audience)
        for token, canary in self.canaries.items():
            if (canary.model, canary.pk) == (type(row).__name__, row.pk) and canary.column in wanted:
                about = canary.subject_id or subject_id
                self.canaries[token] = replace(canary, audience=canary.audience | more, subject_id=about)

    def found(self, text: str) -> Iterator[Canary]:
        """The canaries that stand in a text."""
        for pattern in (TOKEN, NUMBER):
            for token in set(pattern.findall(text)):
                if token in self.canaries:
                    yield self.canaries[token]

"""What an erasure empties 删除范围: the columns of one row, or everything that hangs on one record of a person (H9)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from integrity.models import (
    PARTS,
    AccessChange,
    Account,
    Assessment,
    Decision,
    Document,
    FilePart,
    GuardedModel,
    GuardedQuerySet,
    IntegrityFile,
    Licence,
    ListEntry,
    Matter,
    Notice,
    Objection,
    Penalty,
    PenaltyRemedy,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerPart,
    PractitionerRecord,
    Publication,
    Qualification,
    RecusalDeclaration,
    Remedy,
    Subject,
    SubjectIdentifier,
    SubjectName,
)
from integrity.models.erasable import erasable_columns, marker_of

WHY = "依法删除"
_PRACTITIONER_PARTS: tuple[type[GuardedModel], ...] = (
    Qualification, Licence, Assessment, PractitionerHonour, PractitionerCommitment, Penalty, ListEntry,
)  # fmt: skip
#: Columns that go together: one of them would tell the others.
_TOGETHER = (
    frozenset({"token", "index", "masked"}),
    frozenset({"projection", "title", "name", "digest"}),
    frozenset({"text", "raw", "key"}),
)


@dataclass(frozen=True, slots=True)
class Target:
    """One column of one row, and what will stand there."""

    model: type[models.Model]
    pk: Any
    name: str
    marker: str


def rows(model: type[models.Model]) -> Any:
    """All rows of a model, for nobody's eyes."""
    manager: Any = model.objects  # type: ignore[attr-defined]
    every = manager.all()
    return every.unscoped(reason=WHY) if isinstance(every, GuardedQuerySet) else every


def model_of(label: str) -> type[Any]:
    found: type[Any] = apps.get_model("integrity", label)
    return found


def everything_of(holder: GuardedModel) -> list[models.Model]:
    """A record of a person with all that hangs on it; the person too, where no other record is left."""
    found: list[models.Model] = [holder]
    found += _of_file(holder) if isinstance(holder, IntegrityFile) else _of_record(holder)
    found += _documents([row for row in found if isinstance(row, Decision | Penalty)])
    if not _other_records(holder):
        found += _person(holder.subject_id)
    return found


def _of_file(file: GuardedModel) -> list[models.Model]:
    found: list[models.Model] = []
    models_of: list[type[models.Model]] = [*(part for part, _grade in PARTS), Decision, Objection]
    for model in models_of:
        found += rows(model).filter(file=file)
    return found + list(rows(Remedy).filter(decision__file=file))


def _of_record(record: GuardedModel) -> list[models.Model]:
    found: list[models.Model] = []
    models_of: list[type[models.Model]] = [*_PRACTITIONER_PARTS, Objection]
    for model in models_of:
        found += rows(model).filter(record=record)
    found += rows(PenaltyRemedy).filter(penalty__record=record)
    return found + publications_of([row for row in found if isinstance(row, Penalty | Licence)])


def publications_of(sources: Sequence[models.Model]) -> list[models.Model]:
    """What was shown of these, and the notices of it."""
    penalties = [row.pk for row in sources if isinstance(row, Penalty)]
    licences = [row.pk for row in sources if isinstance(row, Licence)]
    shown = list(rows(Publication).filter(Q(penalty__in=penalties) | Q(licence__in=licences)))
    return [*shown, *rows(Notice).filter(publication__in=shown)]


def _documents(decided: Sequence[Any]) -> list[models.Model]:
    """Documents and matters that no other person's decision names."""
    found: list[models.Model] = []
    for model, column in ((Document, "document_id"), (Matter, "matter_id")):
        keys = {getattr(row, column) for row in decided} - {None}
        mine = {(type(row), row.pk) for row in decided}
        for row in rows(model).filter(pk__in=keys):
            users = [*rows(Decision).filter(**{column: row.pk}), *rows(Penalty).filter(**{column: row.pk})]
            if all((type(one), one.pk) in mine for one in users):
                found.append(row)
    return found


def _other_records(holder: GuardedModel) -> bool:
    """Whether the person has another record whose name still stands."""
    for model in (IntegrityFile, PractitionerRecord):
        others = rows(model).filter(subject_id=holder.subject_id)
        others = others.exclude(pk=holder.pk) if isinstance(holder, model) else others
        if any(row.name and row.name != marker_of(model._meta.get_field("name"), "") for row in others):
            return True
    return False


def _person(subject_id: Any) -> list[models.Model]:
    declared = RecusalDeclaration.objects.filter(recusals__subject_id=subject_id).distinct()
    return [
        *rows(Subject).filter(pk=subject_id),
        *rows(SubjectName).filter(subject_id=subject_id),
        *rows(SubjectIdentifier).filter(subject_id=subject_id),
        *declared,
    ]


def of_officer(account: Account) -> list[models.Model]:
    """An officer's own rows: who somebody was, never what somebody did."""
    return [account, *AccessChange.objects.filter(account=account),
            *RecusalDeclaration.objects.filter(account=account)]  # fmt: skip


def of_field(row: models.Model, name: str) -> Iterator[tuple[models.Model, str]]:
    """A column with all that repeats it: the imported text, the document, what was shown of it."""
    if name == "document":
        document = getattr(row, "document", None)
        if document is not None:
            yield from ((document, column) for column in erasable_columns(type(document)))
        return
    columns = set(erasable_columns(type(row)))
    together = {name}.union(*(group for group in _TOGETHER if name in group)) & columns
    if isinstance(row, FilePart | PractitionerPart):
        together |= {"raw"} & columns
    yield from ((row, column) for column in sorted(together))
    if isinstance(row, Penalty | Licence):
        for shown in publications_of([row]):
            yield from ((shown, column) for column in erasable_columns(type(shown)))


def targets(chosen: Iterable[tuple[models.Model, str]]) -> list[Target]:
    """Those columns that hold something, now or in history."""
    found = []
    for row, name in chosen:
        field = next(field for field in row._meta.concrete_fields if field.column == name)
        token = secrets.token_hex(6)
        marker = marker_of(field, token)
        told = type(row).history.filter(id=row.pk).values_list(name, flat=True)  # type: ignore[attr-defined]
        if any(_holds(value, marker) for value in [getattr(row, field.attname), *told]):
            found.append(Target(type(row), row.pk, name, marker))
    return found


def _holds(value: Any, marker: str) -> bool:
    plain = bytes(value) if isinstance(value, memoryview) else value
    return plain not in (None, "", b"", {}, [], marker)


def of_whole(found: Iterable[models.Model]) -> list[Target]:
    return targets((row, name) for row in found for name in erasable_columns(type(row)))

"""What an import may fill 导入目标: the tables and columns a profile may name, and nothing beside them.

States, authorities, approvals and grades are not among them: everything lands as a draft (H2).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models

from integrity.choices import Grade
from integrity.models import (
    PARTS,
    Appraisal,
    Assessment,
    Decision,
    GuardedModel,
    Honour,
    IntegrityFile,
    Licence,
    Penalty,
    Post,
    PractitionerHonour,
    PractitionerRecord,
    Qualification,
    Training,
)

#: kind of profile → (name of its base, table, column of the parts that points to it)
BASES: dict[str, tuple[str, type[GuardedModel], str]] = {
    "servants": ("file", IntegrityFile, "file"),
    "practitioners": ("record", PractitionerRecord, "record"),
}
PART_MODELS: dict[str, dict[str, type[GuardedModel]]] = {
    "servants": {
        "post": Post,
        "decision": Decision,
        "appraisal": Appraisal,
        "training": Training,
        "honour": Honour,
    },
    "practitioners": {
        "licence": Licence,
        "qualification": Qualification,
        "penalty": Penalty,
        "assessment": Assessment,
        "honour": PractitionerHonour,
    },
}
#: Of the person: what identifies and names them. Nothing of H8.
PERSON_FIELDS = frozenset({"name", "former_name", "tibetan_name", "birth", "identity_number"})

_CLOSED = frozenset(
    [
        "id",
        "ref",
        "subject",
        "authority",
        "grade",
        "entered_by",
        "recorded_at",
        "file",
        "record",
        "state",
        "status",
        "submitted_by",
        "approved_by",
        "approved_at",
        "raw",
        "batch",
        "document",
        "amends",
        "matter",
        "sealed",
        "lifted_on",
        "ended_reason",
        "established_on",
        "identity_confirmed_on",
        "informed_on",
        "closed_on",
        "last_appraisal_year",
        "profession",
        "managed_by",
        "name",
        "level",
        "announcement",
        "licence",
        "decision",
    ]
)
_GRADES: dict[type[Any], Grade] = {**dict(PARTS), Decision: Grade.STRICT, Penalty: Grade.SENSITIVE}


@cache
def fields_of(model: type[GuardedModel]) -> dict[str, models.Field[Any, Any]]:
    """The columns of a table that a profile may fill."""
    return {field.name: field for field in model._meta.concrete_fields if field.name not in _CLOSED}


@cache
def required_fields(model: type[GuardedModel]) -> tuple[str, ...]:
    """Columns without which a row of this table cannot stand."""
    return tuple(
        name
        for name, field in fields_of(model).items()
        if not field.null and not field.blank and not field.has_default() and field.db_default is models.NOT_PROVIDED
    )


def grade_of(model: type[GuardedModel]) -> Grade:
    """The grade a part's rows carry; files, records and the rest are internal."""
    return _GRADES.get(model, Grade.INTERNAL)

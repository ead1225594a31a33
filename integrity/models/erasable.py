"""What erasure may empty 可删除的字段: contents, never the frame of a record.

Codes, dates, states and keys stay: without the contents they tell of nobody (个人信息保护法 4, 73), and the limits of
the law (H2, H18) hold on them. The triggers of the histories are made from this list (`append_only`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

#: Shown where something was erased and a column may not be empty.
ERASED = "〔已删除〕"
#: Before the pseudonym of an officer who left.
LEFT = "离任人员-"
#: Models with contents about a person on file, or about an officer (the last three).
MODELS = frozenset({
    "subject", "subjectname", "subjectidentifier", "integrityfile", "personalmattersreport", "post", "integritynote",
    "appraisal", "breach", "training", "honour", "commitment", "statement", "useentry", "decision", "remedy",
    "objection", "document", "matter", "practitionerrecord", "qualification", "licence", "assessment",
    "practitionerhonour", "practitionercommitment", "penalty", "penaltyremedy", "listentry", "publication", "notice",
    "account", "accesschange", "recusaldeclaration",
})  # fmt: skip
_CONTENT = (models.CharField, models.TextField, models.BinaryField, models.JSONField)
#: Texts that are no contents: where a closed document lies, by whom a number was issued, why an act was done.
_FRAME = frozenset({
    "path", "content_type", "issuer", "about_model", "password", "reason", "answer", "ended_reason", "annotation",
})  # fmt: skip
#: Why a grade was given is content of the appraisal.
_CONTENT_AFTER_ALL = frozenset({("appraisal", "reason")})
#: Of accounts and what was asked about them, who somebody is; why something was asked for stays.
_NAMING = frozenset({
    "username", "display_name", "first_name", "last_name", "email", "provider_issuer", "provider_subject",
    "name", "unit_name", "number_masked", "number_index",
})  # fmt: skip
_OFFICERS = frozenset({"account", "accesschange", "recusaldeclaration"})
#: Columns that constraints ask for although a form may leave them empty.
_NEVER_EMPTY = frozenset({"document_no", "finding", "proof"})
#: Empty ones find nobody, and without a name an account is called by its login name.
_LOOKED_UP = frozenset({"key", "display_name"})


def is_erasable(model: type[models.Model]) -> bool:
    return model._meta.app_label == "integrity" and model._meta.model_name in MODELS


def erasable_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a model that erasure may empty, sorted."""
    if not is_erasable(model):
        return ()
    return tuple(sorted(str(field.column) for field in model._meta.concrete_fields if _is_content(model, field)))


def _is_content(model: type[models.Model], field: Any) -> bool:
    if (model._meta.model_name, field.name) == ("account", "subject"):
        return True  # whose person the officer is
    if not isinstance(field, _CONTENT) or field.primary_key or field.choices:
        return False
    if model._meta.model_name in _OFFICERS:
        return field.name in _NAMING
    return field.name not in _FRAME or (model._meta.model_name, field.name) in _CONTENT_AFTER_ALL


def marker_of(field: Any, token: str) -> str:
    """What stands in the place of the value: nothing where the column allows it, else a neutral text.

    Two erased rows must not be in each other's way, so a unique column gets the token; a login name is the pseudonym.
    """
    if field.name == "username":
        return f"{LEFT}{token}" if field.unique else ""
    if field.name == "index":
        return token
    if field.name in _LOOKED_UP or not isinstance(field, models.CharField | models.TextField):
        return ""
    return ERASED if not field.blank or field.name in _NEVER_EMPTY else ""


def empty_value(field: Any, marker: str) -> Any:
    """The value that is written."""
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.BinaryField):
        return marker.encode() if marker else (None if field.null else b"")
    return None if field.null and not marker else marker


@cache
def histories() -> dict[str, tuple[str, ...]]:
    """Table of a history → its columns that erasure may empty."""
    found: dict[str, tuple[str, ...]] = {}
    for model in apps.get_models():
        columns = erasable_columns(model) if hasattr(model, "history") else ()
        if columns:
            history: Any = model.history.model  # type: ignore[attr-defined]
            kept = {field.column for field in history._meta.concrete_fields}
            found[history._meta.db_table] = tuple(column for column in columns if column in kept)
    return found

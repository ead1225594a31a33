"""Kinds of recorded rows 记录类别: every model with a history, and what of its changes is no content."""

from __future__ import annotations

from functools import cache

from django.apps import apps

from integrity.models.tracked import RecordedModel, history_model

_ABOUT = ("history_id", "history_date", "history_type", "history_user", "history_acting_for")
#: Whose a row is: the authority that manages it, or the body that it belongs to.
_BODIES = ("authority", "organisation")


@cache
def recorded_kinds() -> tuple[type[RecordedModel], ...]:
    """Every kind of recorded row, in the order of their names."""
    found = [model for model in apps.get_models() if issubclass(model, RecordedModel)]
    return tuple(sorted(found, key=lambda model: str(model._meta.label_lower)))


def number_of(model: type[RecordedModel]) -> str:
    """The column that a change is named by: the reference, or the key where there is none."""
    return "ref" if _has(model, "ref") else str(model._meta.pk.name)


def body_of(model: type[RecordedModel]) -> str:
    """The column of the authority or body that a row belongs to, or nothing."""
    return next((name for name in _BODIES if _has(model, name)), "")


def about_oneself(model: type[RecordedModel]) -> str:
    """The column that says whom the row is about, where there is one."""
    if str(model._meta.model_name) == "subject":
        return "id"
    return "subject" if _has(model, "subject") else ""


def told_of_changes(model: type[RecordedModel]) -> tuple[str, ...]:
    """Columns of a history that tell of a change and not of what stands in the row (三员分立)."""
    more = (number_of(model), body_of(model), about_oneself(model))
    return tuple(dict.fromkeys((*_ABOUT, *(name for name in more if name))))


def _has(model: type[RecordedModel], name: str) -> bool:
    return name in {field.name for field in history_model(model)._meta.concrete_fields}

"""What the interfaces are 接口说明 (OpenAPI 3.1), told by what parses and answers.

Paths come from the addresses themselves, parameters from the form that reads them, problems from the list they are
taken from. Nothing is written down a second time, so nothing can drift.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _

from integrity.problems import MEDIA, PROBLEMS

Schema = dict[str, Any]

CODED: Schema = {
    "type": "object",
    "properties": {"code": {"type": ["string", "integer"]}, "label": {"type": "string"}},
    "required": ["code", "label"],
    "additionalProperties": False,
}
PLACE: Schema = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
    "required": ["code", "name"],
    "additionalProperties": False,
}
TEXT: Schema = {"type": "string"}
DATE: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT, "title": TEXT, "status": NUMBER, "code": {"type": "string", "enum": list(PROBLEMS)},
        "detail": TEXT, "fields": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        "reason": TEXT, "suspended": FLAG, "retry_after": NUMBER,
    },
    "required": ["type", "title", "status", "code"],
    "additionalProperties": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """What one address answers: the form that reads its parameters, the shape of its answer, its problems."""

    name: str
    summary: Any
    answer: Schema
    form: Mapping[str, forms.Field] | None = None
    #: Parameters that no form reads: sort and cursors of a list.
    more: tuple[Schema, ...] = ()
    problems: tuple[str, ...] = ()
    media: str = "application/json"
    #: Whether it knows If-None-Match.
    conditional: bool = False


def record(properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    """An object of exactly these members; those named optional may be missing."""
    left_out = set(optional)
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in left_out],
        "additionalProperties": False,
    }


def rows(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def parameter(
    name: str, schema: Schema, description: str = "", *, required: bool = False, place: str = "query"
) -> Schema:
    found: Schema = {"name": name, "in": place, "required": required, "schema": schema}
    if description:
        found["description"] = description
    return found


def read_by(name: str, field: forms.Field) -> Schema:
    """The parameter that a form's field reads."""
    words = " ".join(str(part) for part in (field.label or "", field.help_text or "") if part)
    return parameter(name, _schema(field), words, required=field.required)


def _schema(field: forms.Field) -> Schema:
    if isinstance(field, forms.ModelChoiceField):
        return NUMBER
    if isinstance(field, forms.MultipleChoiceField):
        return rows({"type": "string", "enum": _values(field)})
    if isinstance(field, forms.ChoiceField):
        return {"type": "string", "enum": _values(field)}
    if isinstance(field, forms.BooleanField):
        return FLAG
    if isinstance(field, forms.DateField):
        return DATE
    if isinstance(field, forms.UUIDField):
        return {"type": "string", "format": "uuid"}
    if isinstance(field, forms.IntegerField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return NUMBER | {name: limit for name, limit in limits.items() if limit is not None}
    longest = getattr(field, "max_length", None)
    return TEXT | ({"maxLength": longest} if longest else {})


def _values(field: Any) -> list[str]:
    """The values that may be chosen; the empty one is left out, as leaving out the parameter says the same."""
    return [str(value) for value, _label in field.choices if str(value)]


# --- the document --------------------------------------------------------------------------------------------

_PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_KINDS: Mapping[str, Schema] = {"uuid": {"type": "string", "format": "uuid"}, "int": NUMBER}


def paths(prefix: str, patterns: Iterable[URLPattern | URLResolver]) -> Schema:
    """The described addresses among these, each below `prefix`."""
    found: Schema = {}
    for entry in patterns:
        view = getattr(getattr(entry, "callback", None), "view_class", None)
        described = getattr(view, "operation", None)
        if described is None or not isinstance(entry, URLPattern):
            continue
        route = str(entry.pattern)
        inside = [
            parameter(one["name"], _KINDS.get(one["kind"] or "", TEXT), required=True, place="path")
            for one in _PLACE.finditer(route)
        ]
        found[prefix + _PLACE.sub(lambda one: f"{{{one['name']}}}", route)] = {"get": _told(described(), inside)}
    return found


def _told(operation: Operation, inside: list[Schema]) -> Schema:
    parameters = [*inside, *(read_by(name, field) for name, field in (operation.form or {}).items()), *operation.more]
    responses: Schema = {
        "200": {"description": str(operation.summary), "content": {operation.media: {"schema": operation.answer}}}
    }
    if operation.conditional:
        parameters.append(parameter("If-None-Match", TEXT, place="header"))
        responses["304"] = {"description": _("没有变化")}
    for status, codes in _by_status((*operation.problems, "method_not_allowed")).items():
        titles = "；".join(str(PROBLEMS[code].title) for code in codes)
        responses[str(status)] = {
            "description": titles,
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status == 429:
            responses["429"]["headers"] = {"Retry-After": {"schema": NUMBER, "required": True}}
    return {
        "operationId": operation.name,
        "summary": str(operation.summary),
        "parameters": parameters,
        "responses": responses,
    }


def _by_status(codes: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        found.setdefault(PROBLEMS[code].status, []).append(code)
    return dict(sorted(found.items()))


def document(title: str, about: str, described: Schema, *, cookie: str = "") -> Schema:
    """The whole description; `cookie` names the session where one must be signed in."""
    components: Schema = {"schemas": {"Problem": PROBLEM}}
    told: Schema = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": about},
        "servers": [{"url": "/"}],
        "paths": described,
        "components": components,
    }
    if cookie:
        components["securitySchemes"] = {"session": {"type": "apiKey", "in": "cookie", "name": cookie}}
        told["security"] = [{"session": []}]
    return told

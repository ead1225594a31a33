"""Persons of one matter 同案人员: whose decisions share a document, its number, or a matter; within the scope (H10).

What stands on one paper is shown as it is; it is no finding that they acted together (H9).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from integrity.access import Scope
from integrity.models import Decision, Penalty
from search import hits
from search.analysis import number_key, parse
from search.documents import SOURCES
from search.hits import Hit
from search.models import Kind
from search.query import number_forms

KINDS = (Kind.DECISION, Kind.PENALTY)
#: More decisions on one paper than this are searched for by its number.
MOST = 200
#: Without its year a number is everybody's: each organ has a first one.
_YEAR = re.compile(r"(?:19|20)\d\d")
REASONS = {
    "matter": gettext_noop("同一事项"),
    "document": gettext_noop("同一文书"),
    "number": gettext_noop("文号相同"),
    "number_elsewhere": gettext_noop("文号相同，决定机关不同，请核对"),
}


@dataclass(frozen=True, slots=True)
class Other:
    """Another person's decision, and what the two have in common."""

    row: Decision | Penalty
    hit: Hit
    name: str
    reasons: str


def others_in(row: Decision | Penalty, scope: Scope) -> list[Other]:
    """Decisions on other persons that share something with this one, of those this reader may see."""
    condition = _shared(row)
    if condition is None:
        return []
    found: list[Other] = []
    for kind in KINDS:
        rows = SOURCES[kind].rows_for(scope).filter(condition).exclude(subject_id=row.subject_id)
        some: Sequence[Any] = list(rows.order_by("-decided_on", "-pk")[:MOST])
        built = hits.build(kind, some, parse(""))
        found += [Other(one, hit, _name(one), _reasons(row, one)) for one, hit in zip(some, built, strict=True)]
    return sorted(found, key=lambda other: other.name)


def _shared(row: Decision | Penalty) -> Q | None:
    parts = []
    if row.matter_id is not None:
        parts.append(Q(matter_id=row.matter_id))
    if row.document_id is not None:
        parts.append(Q(document_id=row.document_id))
    if _YEAR.search(row.document_no):
        parts.append(Q(document_no__in=number_forms(row.document_no)))
    if not parts:
        return None
    condition = parts[0]
    for part in parts[1:]:
        condition |= part
    return condition


def _reasons(row: Decision | Penalty, other: Decision | Penalty) -> str:
    codes = []
    if row.matter_id is not None and row.matter_id == other.matter_id:
        codes.append("matter")
    if row.document_id is not None and row.document_id == other.document_id:
        codes.append("document")
    if number_key(row.document_no) == number_key(other.document_no):
        codes.append("number" if _decider(row) == _decider(other) else "number_elsewhere")
    return _("；").join(_(REASONS[code]) for code in codes)


def _decider(row: Decision | Penalty) -> Any:
    return row.deciding_authority_id or row.deciding_authority_text


def _name(row: Decision | Penalty) -> str:
    return row.file.name if isinstance(row, Decision) else row.record.name

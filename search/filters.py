"""Scope → condition on the index 范围过滤: the scope's own condition, in the index's names.

The access rule stands in `integrity.access` and nowhere else. `Scope.condition(model)` is a tree of conditions over
the model's columns; here each column is renamed to the column of `SearchDocument` that repeats it. A column the
source does not name is an error, never an open door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from integrity.access import Scope
from search.documents import SOURCES
from search.models import Kind

NOTHING = Q(pk__in=[])
_LOOKUPS = frozenset({"exact", "in", "lte", "gte", "lt", "gt", "isnull"})


def within(scope: Scope, kinds: Sequence[Kind]) -> Q:
    """The rows of the index that this scope reaches; no clause, no rows."""
    if scope.empty:
        return NOTHING
    parts = [Q(kind=kind) & renamed(scope.condition(SOURCES[kind].model), SOURCES[kind].columns) for kind in kinds]
    return reduce(or_, parts) if parts else NOTHING


def renamed(condition: Q, columns: Mapping[str, str]) -> Q:
    """The same condition over other column names."""
    children: list[Any] = []
    nodes: Sequence[Any] = condition.children
    for child in nodes:
        if isinstance(child, Q):
            children.append(renamed(child, columns))
        else:
            path, value = child
            children.append((_renamed_path(path, columns), value))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _renamed_path(path: str, columns: Mapping[str, str]) -> str:
    column, _, lookup = path.rpartition("__")
    if not column or lookup not in _LOOKUPS:
        column, lookup = path, "exact"
    if column not in columns:
        raise LookupError(f"the index has no column for {column!r}")
    return f"{columns[column]}__{lookup}"

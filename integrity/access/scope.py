"""A scope 访问范围: what one account may reach for one act, now; data that lists, pages and the search read alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, cast
from uuid import UUID

from django.db.models import Model, Q
from django.utils import timezone

from integrity.access.clauses import Clause
from integrity.choices import Act, Grade
from integrity.models import Case, GuardedModel, GuardedQuerySet, Publication

#: Above this many, one search through everything in order finds a page sooner than many small ones.
MOST_PIECES = 24


def subject_of(obj: Model) -> UUID | None:
    """Whom a row is about, as `Scope._recused_rows` has it."""
    if isinstance(obj, Publication):
        source = obj.penalty or obj.licence
        return source.subject_id if source is not None else None
    return getattr(obj, "subject_id", None)


@dataclass(frozen=True, slots=True)
class Scope:
    """What one account may reach for one act, now 访问范围: resolved once a request, passed on as data."""

    account_id: int | None
    act: Act
    purpose: str
    clauses: tuple[Clause, ...]
    recused: frozenset[UUID] = frozenset()
    case: Case | None = None
    on: date = field(default_factory=timezone.localdate)

    @property
    def mark(self) -> str:
        """Who reads, for the second wall (integrity.wall.marks): numbers and an act, nothing a person typed."""
        case_id = self.case.pk if self.case is not None else None
        told = {
            "account": self.account_id,
            "act": str(self.act),
            "case": case_id,
            "purpose": bool(self.purpose.strip()),
        }
        return f"/*wall {json.dumps(told)}*/ "

    @property
    def empty(self) -> bool:
        return not self.clauses

    def condition(self, model: type[Model]) -> Q:
        """The scope as a filter over the columns of `model`; matches nothing when no clause reaches it."""
        parts = [(clause, clause.condition(model, self.account_id)) for clause in _merged(self.clauses)]
        own = [q for clause, q in parts if q is not None and clause.subject_id is not None]
        other = [q for clause, q in parts if q is not None and clause.subject_id is None]
        if other and self.recused:
            other = [reduce(or_, other) & ~self._recused_rows(model)]
        return reduce(or_, own + other) if own or other else Q(pk__in=[])

    def condition_then(self, model: type[Model]) -> Q:
        """The scope over the history of `model` 历史范围: what the row was then, under whoever manages it today.

        Asked of history rows annotated with `authority_now`, the authority of the row as this scope finds it today.
        """
        return _renamed(self.condition(model), {"pk": "id", "authority_id": "authority_now"})

    def _recused_rows(self, model: type[Model]) -> Q:
        """Rows about a person this account keeps away from; a publication is about the person of its source."""
        if model is Publication:
            return Q(penalty__subject_id__in=self.recused) | Q(licence__subject_id__in=self.recused)
        return Q(subject_id__in=self.recused) if issubclass(model, GuardedModel) else Q(pk__in=[])

    def pieces(self, model: type[Model]) -> tuple[Scope, ...]:
        """The scope as scopes of one clause and one authority each 分块; none where it is one already, or many.

        Each is one range of an index in the order of a list; together they have the same rows (docs/decisions/0014).
        """
        single: list[Clause] = []
        for clause in _merged(self.clauses):
            if clause.condition(model, self.account_id) is None:
                continue
            apart = [replace(clause, authorities=frozenset({one})) for one in sorted(clause.authorities)]
            single += apart or [clause]
        if not 1 < len(single) <= MOST_PIECES:
            return ()
        return tuple(replace(self, clauses=(clause,)) for clause in single)

    def restrict(self, rows: GuardedQuerySet[Any]) -> GuardedQuerySet[Any]:
        return rows.filter(self.condition(rows.model))

    def admits(self, obj: Model) -> bool:
        return self.clause_for(obj) is not None

    def clause_for(self, obj: Model) -> Clause | None:
        """The first clause that lets this object in; its reason goes into the read log."""
        return next(self.clauses_for(obj), None)

    def clauses_for(self, obj: Model) -> Iterator[Clause]:
        """Every clause that lets this object in."""
        recused = bool(self.recused) and subject_of(obj) in self.recused
        for clause in self.clauses:
            if (clause.subject_id is not None or not recused) and clause.admits(obj, self.account_id):
                yield clause

    def hidden(self, row: Model) -> frozenset[str]:
        """Columns of a row one may see that are graded above what lets one see it 字段级控制 (domain §9)."""
        grades: dict[str, Grade] = getattr(row, "field_grades", {})
        if not grades:
            return frozenset()
        highest = max((clause.max_grade for clause in self.clauses_for(row)), default=0)
        return frozenset(name for name, grade in grades.items() if grade > highest)

    def may_ask_for(self, model: type[GuardedModel], name: str) -> bool:
        """Whether a list may be filtered or sorted by a column: an answer to a filter is an answer about the column."""
        grade = model.field_grades.get(name, Grade.PUBLIC)
        return all(clause.max_grade >= grade for clause in self.clauses)


def _renamed(condition: Q, names: dict[str, str]) -> Q:
    """The same condition over other columns."""
    children: list[Any] = []
    for child in condition.children:
        if isinstance(child, Q):
            children.append(_renamed(child, names))
        else:
            path, value = cast(tuple[str, Any], child)
            column, lookup, rest = path.partition("__")
            children.append((names.get(column, column) + lookup + rest, value))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _merged(clauses: Sequence[Clause]) -> list[Clause]:
    """Clauses that differ in their authorities alone become one, so that the filter stays one `IN`."""
    merged: dict[tuple[Any, ...], Clause] = {}
    for clause in clauses:
        key: tuple[Any, ...] = (clause.family, clause.max_grade, clause.professions, clause.drafts)
        key += (clause.files, clause.records, clause.subject_id)
        if key in merged and clause.authorities:
            earlier = merged[key]
            clause = Clause(
                why=f"{earlier.why},{clause.why}",
                role=clause.role,
                family=clause.family,
                max_grade=clause.max_grade,
                authorities=earlier.authorities | clause.authorities,
                professions=clause.professions,
                drafts=clause.drafts,
            )
        merged[key] = clause
    return list(merged.values())

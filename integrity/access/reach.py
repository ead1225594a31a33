"""Everything in reach of an account, and what would change if 可及范围与变化: numbers, never a name of anybody.

The rule is asked, over the assignments held or over others; what is counted are the rows its scope lets in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access.clauses import Clause
from integrity.access.explain import ASKED_FOR, words_of
from integrity.access.roles import EMERGENCY, ROLE_ACTS, SUBJECT_ACTS
from integrity.access.rule import assignments_today, scope_for
from integrity.access.scope import Scope
from integrity.choices import Act, Grade, Role
from integrity.models import (
    PARTS,
    Account,
    Assignment,
    Case,
    Decision,
    GuardedModel,
    IntegrityFile,
    Organisation,
    Penalty,
    PractitionerRecord,
    Publication,
)

#: What is counted, and by which column. Decisions only by authority: a unit of three with one decision names somebody.
COUNTED: tuple[tuple[type[Any], str], ...] = (
    (IntegrityFile, "unit_id"),
    (Decision, "authority_id"),
    (PractitionerRecord, "authority_id"),
    (Penalty, "authority_id"),
    (Publication, "authority_id"),
    *((part, "authority_id") for part, grade in PARTS if grade >= Grade.SENSITIVE),
)


class Number(NamedTuple):
    """How many rows of one kind in one place 数量: a unit, or a grade."""

    kind: str
    place: str
    number: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by kind and unit, and by kind and grade 按单位、按级别计数."""

    units: tuple[Number, ...] = ()
    grades: tuple[Number, ...] = ()

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """The sum of each kind, in the order counted."""
        sums: dict[str, int] = {}
        for one in self.units:
            sums[one.kind] = sums.get(one.kind, 0) + one.number
        return list(sums.items())

    def __bool__(self) -> bool:
        return bool(self.units)


@dataclass(frozen=True, slots=True)
class Line:
    """One capacity of an account 依据: which clause, until when, what it may do."""

    why: str
    until: date | None
    grade: str
    acts: tuple[str, ...]
    case: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything one account reaches today 可及范围."""

    lines: tuple[Line, ...]
    counts: Counts
    recused: int


@dataclass(frozen=True, slots=True)
class Change:
    """What an account would gain and lose 授权变化, by unit and by grade; capacities and acts before and after."""

    gained: tuple[Number, ...]
    lost: tuple[Number, ...]
    grades_gained: tuple[Number, ...]
    grades_lost: tuple[Number, ...]
    lines_gained: tuple[Line, ...]
    lines_lost: tuple[Line, ...]
    acts: tuple[str, ...]
    acts_lost: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.gained or self.lost or self.lines_gained or self.lines_lost)


def reach_of(account: Account) -> Reach:
    """Each capacity of an account, and how much all of them together open today; no name of anybody on file."""
    scope = whole_scope(account)
    lines = _lines(scope)
    if account.is_active and account.subject_id is not None:  # not counted: how much is on record is content
        lines += _lines(scope_for(account, Act.READ, assignments=()))
    return Reach(lines, counts_of(scope), len(scope.recused))


def whole_scope(
    account: Account, act: Act = Act.READ, *, assignments: Sequence[Assignment] | None = None
) -> Scope:  # fmt: skip
    """One scope of all an account reaches for an act, every granted case stated; for counting, never for showing."""
    today = timezone.localdate()
    held = list(assignments_today(account, today) if assignments is None else assignments)
    scopes = [scope_for(account, act, include_self=False, assignments=held)]
    if any(row.role == Role.INSPECTOR for row in held):
        inspector = [row for row in held if row.role == Role.INSPECTOR or row.role in Role.administrators()]
        for case in Case.objects.filter(grants__user=account, grants__ends_on__gte=today).distinct().order_by("pk"):
            scopes.append(
                scope_for(account, act, purpose=ASKED_FOR, case=case, include_self=False, assignments=inspector)
            )
    clauses = dict.fromkeys(clause for scope in scopes for clause in scope.clauses)
    recused = frozenset[Any]().union(*(scope.recused for scope in scopes))
    return replace(scopes[0], clauses=tuple(clauses), recused=recused)


def _lines(scope: Scope) -> tuple[Line, ...]:
    places = {pk for clause in scope.clauses for pk in clause.authorities}
    offices = Organisation.objects.in_bulk(list(places))
    return tuple(
        Line(
            why=words_of(clause, offices),
            until=clause.until,
            grade=str(Grade(clause.max_grade).label),
            acts=_named(_acts_of(clause)),
            case=clause.why if clause.family == "case" and clause.role == Role.INSPECTOR else "",
        )
        for clause in scope.clauses
    )


def _acts_of(clause: Clause) -> frozenset[Act]:
    if clause.subject_id is not None:
        return SUBJECT_ACTS
    return frozenset({Act.READ}) if clause.role == EMERGENCY else ROLE_ACTS.get(clause.role, frozenset())


def _named(acts: Iterable[Act]) -> tuple[str, ...]:
    wanted = set(acts)
    return tuple(str(act.label) for act in Act if act in wanted)


def counts_of(scope: Scope, *, less: Scope | None = None) -> Counts:
    """How many rows a scope opens, by kind and unit and by kind and grade; `less` what another scope opens."""
    units: list[Number] = []
    grades: list[Number] = []
    for model, column in COUNTED:
        condition = _countable(scope, model).condition(model)
        if less is not None:
            condition &= ~Q(pk__in=_opened(model, _countable(less, model).condition(model)).values("pk"))
        _count(model, column, condition, units, grades)
    grades += _graded_columns(scope, less)
    return Counts(tuple(units), tuple(grades))


def _graded_columns(scope: Scope, less: Scope | None) -> list[Number]:
    """Files whose columns above the row's own grade are opened 字段级: a clearance that opens no further row may open
    these."""
    found: list[Number] = []
    for grade in sorted(set(IntegrityFile.field_grades.values())):
        condition = _cleared(scope, grade).condition(IntegrityFile)
        if less is not None:
            before = _opened(IntegrityFile, _cleared(less, grade).condition(IntegrityFile))
            condition &= ~Q(pk__in=before.values("pk"))
        number = _opened(IntegrityFile, condition).count()
        names = [name for name, needed in IntegrityFile.field_grades.items() if needed == grade]
        labels = _("、").join(_column_label(name) for name in names)
        if number:
            found.append(Number(labels, str(Grade(grade).label), number))
    return found


def _cleared(scope: Scope, grade: int) -> Scope:
    return replace(scope, clauses=tuple(clause for clause in scope.clauses if clause.max_grade >= grade))


def _column_label(name: str) -> str:
    if name == "identifiers":
        return _("证件号码")
    return str(IntegrityFile._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _countable(scope: Scope, model: type[Model]) -> Scope:
    """Of what was opened file by file only files are counted: the number of decisions in one file is its content."""
    if model is IntegrityFile:
        return scope
    return replace(scope, clauses=tuple(clause for clause in scope.clauses if clause.authorities))


def _opened(model: type[Any], condition: Q) -> Any:
    rows = model.objects
    if issubclass(model, GuardedModel):
        rows = rows.unscoped(reason="访问解释：只计数")
    return rows.filter(condition)


def _count(model: type[Any], column: str, condition: Q, units: list[Number], grades: list[Number]) -> None:
    keys = [column, "grade"] if issubclass(model, GuardedModel) else [column]
    by_unit: dict[int | None, int] = {}
    by_grade: dict[int, int] = {}
    for row in _opened(model, condition).order_by().values(*keys).annotate(number=Count("pk")):
        by_unit[row[column]] = by_unit.get(row[column], 0) + row["number"]
        grade = row.get("grade", Grade.PUBLIC)
        by_grade[grade] = by_grade.get(grade, 0) + row["number"]
    kind = str(model._meta.verbose_name)
    places = Organisation.objects.in_bulk([pk for pk in by_unit if pk is not None])
    most_first = sorted(by_unit.items(), key=lambda pair: (-pair[1], pair[0] or 0))
    units += [Number(kind, str(places.get(pk, "—")) if pk is not None else "—", number) for pk, number in most_first]
    grades += [Number(kind, str(Grade(grade).label), number) for grade, number in sorted(by_grade.items())]


def what_would_change(
    account: Account,
    *,
    add: Assignment | Sequence[Assignment] | None = None,
    end: Assignment | Sequence[Assignment] | None = None,
) -> Change:
    """The rule asked twice 如果批准会怎样: over the assignments held today, and over those that would be held.

    `add` need not be saved; its dates are taken as reached. An altered assignment is one ended and one added.
    """
    held = list(assignments_today(account, timezone.localdate()))
    gone = {row.pk for row in _several(end)}
    then = [row for row in held if row.pk not in gone] + _several(add)
    before, after = whole_scope(account, assignments=held), whole_scope(account, assignments=then)
    old, new = _lines(before), _lines(after)
    old_acts = {act for clause in before.clauses for act in _acts_of(clause)}
    new_acts = {act for clause in after.clauses for act in _acts_of(clause)}
    gained, lost = counts_of(after, less=before), counts_of(before, less=after)
    return Change(
        gained=gained.units,
        lost=lost.units,
        grades_gained=gained.grades,
        grades_lost=lost.grades,
        lines_gained=tuple(line for line in new if line not in old),
        lines_lost=tuple(line for line in old if line not in new),
        acts=_named(new_acts - old_acts),
        acts_lost=_named(old_acts - new_acts),
    )


def _several(rows: Assignment | Sequence[Assignment] | None) -> list[Assignment]:
    if rows is None:
        return []
    return [rows] if isinstance(rows, Assignment) else list(rows)

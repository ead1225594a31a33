"""A list compared with what is on file 名单比对: proposes, never decides (H17); records within the scope, no others.

Same identity number: by the keyed index, as the archive itself looks numbers up. Everything else is a proposal with its
reasons. Whoever may not see a record's number gets no answer about it: the number is then as if it were not given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from integrity.access import Scope
from integrity.choices import IdentifierKind, NameKind
from integrity.models import IntegrityFile, PractitionerRecord, SubjectIdentifier, SubjectName
from integrity.names import name_key
from search.analysis import fold
from search.desk.lists import Listed
from search.documents import SOURCES
from search.likeness import Likeness, likeness
from search.models import Kind

#: More namesakes than this tell nothing about anybody: the office adds the unit or the number.
MAX_PROPOSALS = 5
#: Records that a person on the list may have.
KINDS = (Kind.FILE, Kind.PRACTITIONER)
_WHY = "批量核对：按证件号码查找，结果限于查阅范围"
#: A shorter part of a unit's name fits too many units.
_PART_OF_UNIT = 4


class Outcome:
    """What became of a row 核对结果: in which sheet it stands."""

    EXACT, PROPOSED, NONE, UNREAD = "exact", "proposed", "none", "unread"
    ALL = (EXACT, PROPOSED, NONE, UNREAD)


#: Reason → its words. A kept result holds the codes alone, so that it repeats nothing of a record.
REASONS = {
    "number": gettext_noop("证件号码一致"),
    "shared_number": gettext_noop("同一号码登记了多人，请核对（重号）"),
    "name_differs": gettext_noop("姓名不一致，请核对"),
    "old_number": gettext_noop("与已停用的证件号码一致"),
    "name": gettext_noop("姓名一致"),
    "key": gettext_noop("姓名写法不同，检索键一致"),
    "former": gettext_noop("与曾用名一致"),
    "other_name": gettext_noop("与登记的其他姓名一致"),
    "elements": gettext_noop("译名写法不同"),
    "order": gettext_noop("词序不同"),
    "sound": gettext_noop("读音相同，用字不同"),
    "near_sound": gettext_noop("读音相近"),
    "slip": gettext_noop("拼写差一处"),
    "unit": gettext_noop("单位一致"),
    "unit_like": gettext_noop("单位名称相近"),
    "unit_differs": gettext_noop("单位不同"),
    "number_differs": gettext_noop("登记的证件号码不同"),
    "no_number": gettext_noop("未登记证件号码"),
}
_BY_NAME_KIND = {NameKind.FORMER: "former"}
#: Likeness that proposes → its reason, the strongest first. The same name is found by its key, in every unit.
_ALIKE = {
    Likeness.ELEMENTS: "elements",
    Likeness.ORDER: "order",
    Likeness.READING: "sound",
    Likeness.SOUND: "near_sound",
    Likeness.SLIP: "slip",
}
#: Proposals come in this order; what is not named changes nothing.
_WEIGHT = {
    "old_number": -8, "unit": -4, "unit_like": -2, "elements": 1, "order": 1, "sound": 1, "near_sound": 2, "slip": 2,
    "number_differs": 4,
}  # fmt: skip


def words_of(reasons: Iterable[str]) -> str:
    return _("；").join(_(REASONS[code]) for code in reasons)


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the person's, and why 比对理由."""

    kind: Kind
    row: IntegrityFile | PractitionerRecord
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the list with what was found; `more`: namesakes beyond those that are listed."""

    listed: Listed
    outcome: str
    matches: tuple[Match, ...] = ()
    more: int = 0
    note: str = ""


@dataclass(slots=True)
class _Known:
    """What the archive has about the persons some rows may mean, within the scope."""

    by_index: Mapping[bytes, list[SubjectIdentifier]]
    by_key: Mapping[str, list[SubjectName]]
    rows: Mapping[UUID, list[tuple[Kind, Any]]]
    names: Mapping[UUID, list[SubjectName]]
    numbered: frozenset[UUID]
    #: Unit → its records, for names that are only alike.
    mates: Mapping[str, list[tuple[Kind, Any]]]


def compare(listed: Sequence[Listed], scope: Scope) -> list[Finding]:
    """Compare some rows of a list in a fixed number of queries."""
    readable = [row for row in listed if not row.problem]
    known = _load(readable, scope)
    found = []
    for row in listed:
        if row.problem:
            found.append(Finding(row, Outcome.UNREAD, note=row.problem))
        else:
            found.append(_one(row, known, scope))
    return found


def _load(listed: Sequence[Listed], scope: Scope) -> _Known:
    by_index: dict[bytes, list[SubjectIdentifier]] = defaultdict(list)
    wanted = {_index(row.number) for row in listed if row.number}
    numbers = SubjectIdentifier.objects.unscoped(reason=_WHY)
    for identifier in numbers.filter(index__in=wanted) if wanted else ():
        by_index[bytes(identifier.index)].append(identifier)
    by_key: dict[str, list[SubjectName]] = defaultdict(list)
    for name in SubjectName.objects.filter(key__in={name_key(row.name) for row in listed}).order_by("id"):
        by_key[name.key].append(name)
    candidates = {one.subject_id for rows in by_index.values() for one in rows}
    candidates |= {one.subject_id for rows in by_key.values() for one in rows}
    rows = _rows_of(Q(subject_id__in=candidates), scope) if candidates else {}
    mates = _unit_mates({fold(row.unit): row.unit for row in listed if row.unit}, scope)
    reached = set(rows) | {record.subject_id for records in mates.values() for _kind, record in records}
    names: dict[UUID, list[SubjectName]] = defaultdict(list)
    for name in SubjectName.objects.filter(subject_id__in=reached).order_by("id"):
        names[name.subject_id].append(name)
    holders = numbers.filter(subject_id__in=reached, kind__in=_NUMBERS, retired_on__isnull=True)
    numbered = frozenset(holders.values_list("subject_id", flat=True))
    return _Known(by_index, by_key, rows, names, numbered, mates)


#: Numbers that share one space: old, new, and those of residence permits.
_NUMBERS = (IdentifierKind.IDENTITY_NUMBER, IdentifierKind.RESIDENCE_PERMIT, IdentifierKind.HISTORICAL_15)


def _index(number: str) -> bytes:
    return SubjectIdentifier.index_of(number, kind=IdentifierKind.IDENTITY_NUMBER)


def _rows_of(condition: Q, scope: Scope) -> dict[UUID, list[tuple[Kind, Any]]]:
    """Records of persons that this reader may see, by person."""
    found: dict[UUID, list[tuple[Kind, Any]]] = defaultdict(list)
    for kind in KINDS:
        for row in SOURCES[kind].rows_for(scope).prefetch_related(None).filter(condition).order_by("pk"):
            found[row.subject_id].append((kind, row))
    return found


def _unit_mates(units: Mapping[str, str], scope: Scope) -> dict[str, list[tuple[Kind, Any]]]:
    """Records of the units that the list names, for names that are alike: likeness alone proposes nobody."""
    if not units:
        return {}
    names = set(units.values())
    mates: dict[str, list[tuple[Kind, Any]]] = defaultdict(list)
    conditions = {
        Kind.FILE: Q(unit__name__in=names) | Q(unit__short_name__in=names),
        Kind.PRACTITIONER: Q(unit_name__in=names),
    }
    for kind, condition in conditions.items():
        for row in SOURCES[kind].rows_for(scope).prefetch_related(None).filter(condition).order_by("pk"):
            for unit in {fold(text) for text in _units_of(row)} & units.keys():
                mates[unit].append((kind, row))
    return mates


def _one(listed: Listed, known: _Known, scope: Scope) -> Finding:
    note = listed.note
    exact, old = _by_number(listed, known, scope)
    if exact:
        return Finding(listed, Outcome.EXACT, tuple(exact), note=note)
    if listed.number and not any(clause.max_grade >= _number_grade() for clause in scope.clauses):
        note = _("级别不足，未按证件号码核对")
    proposed = {(match.kind, match.row.pk): match for match in old}
    for match in [*_by_name(listed, known, scope), *_by_likeness(listed, known, scope)]:
        proposed.setdefault((match.kind, match.row.pk), match)
    if not proposed:
        return Finding(listed, Outcome.NONE, note=note)
    ordered = sorted(proposed.values(), key=lambda match: (_order(match), match.row.pk))
    return Finding(
        listed, Outcome.PROPOSED, tuple(ordered[:MAX_PROPOSALS]), more=max(0, len(ordered) - MAX_PROPOSALS), note=note
    )


def _order(match: Match) -> int:
    return sum(_WEIGHT.get(code, 0) for code in match.reasons)


def _number_grade() -> int:
    return int(SOURCES[Kind.FILE].model.field_grades["identifiers"])  # type: ignore[attr-defined]  # a guarded model


def _by_number(listed: Listed, known: _Known, scope: Scope) -> tuple[list[Match], list[Match]]:
    """Records of who has this very number, and of who had it before it was corrected."""
    if not listed.number:
        return [], []
    exact: dict[UUID, list[Match]] = {}
    old: dict[UUID, list[Match]] = {}
    for identifier in known.by_index.get(_index(listed.number), ()):
        current = identifier.retired_on is None
        reasons = ["number" if current else "old_number"]
        if name_key(listed.name) not in {name.key for name in known.names.get(identifier.subject_id, ())}:
            reasons.append("name_differs")
        matches = [
            Match(kind, row, tuple(reasons))
            for kind, row in known.rows.get(identifier.subject_id, ())
            if "identifiers" not in scope.hidden(row)
        ]
        if matches:
            (exact if current else old)[identifier.subject_id] = matches
    if len(exact) > 1:
        exact = {
            person: [Match(one.kind, one.row, (*one.reasons, "shared_number")) for one in matches]
            for person, matches in exact.items()
        }
    flat_old = [match for person, matches in old.items() if person not in exact for match in matches]
    return [match for matches in exact.values() for match in matches], flat_old


def _by_name(listed: Listed, known: _Known, scope: Scope) -> list[Match]:
    matches = []
    for name in known.by_key.get(name_key(listed.name), ()):
        for kind, row in known.rows.get(name.subject_id, ()):
            reasons = (_name_reason(listed, name), *_beside(listed, row, known, scope))
            matches.append(Match(kind, row, reasons))
    return matches


def _name_reason(listed: Listed, name: SubjectName) -> str:
    if name.kind in _BY_NAME_KIND:
        return _BY_NAME_KIND[NameKind(name.kind)]
    if name.kind != NameKind.LEGAL:
        return "other_name"
    return "name" if name.text == listed.name else "key"


def _by_likeness(listed: Listed, known: _Known, scope: Scope) -> list[Match]:
    """Names that are alike in the same unit: 张维 for 张伟. Each is a question for the office, nothing more."""
    matches = []
    for kind, row in known.mates.get(fold(listed.unit), ()) if listed.unit else ():
        ways = {likeness(listed.name, name.text) for name in known.names.get(row.subject_id, ())} & _ALIKE.keys()
        if ways:
            code = next(code for way, code in _ALIKE.items() if way in ways)
            matches.append(Match(kind, row, (code, *_beside(listed, row, known, scope))))
    return matches


def _beside(listed: Listed, row: Any, known: _Known, scope: Scope) -> list[str]:
    """What speaks for and against a name: the unit, and a number that is another one."""
    reasons = []
    if listed.unit:
        reasons.append(_unit_reason(fold(listed.unit), [fold(text) for text in _units_of(row)]))
    if listed.number and "identifiers" not in scope.hidden(row):
        reasons.append("number_differs" if row.subject_id in known.numbered else "no_number")
    return [code for code in reasons if code]


def _units_of(row: Any) -> list[str]:
    unit = getattr(row, "unit", None)
    texts = [unit.name, unit.short_name] if unit is not None else [getattr(row, "unit_name", "")]
    return [text for text in texts if text]


def _unit_reason(wanted: str, units: Sequence[str]) -> str:
    if not units or not wanted:
        return ""
    if wanted in units:
        return "unit"
    near = any(min(len(wanted), len(unit)) >= _PART_OF_UNIT and (wanted in unit or unit in wanted) for unit in units)
    return "unit_like" if near else "unit_differs"

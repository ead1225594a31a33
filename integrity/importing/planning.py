"""Planning 比对: each mapped row against what is on file: new, changed, unchanged, or refused with its reason.

Nothing is written here. A person is found by identity number or by the source system's own key; an equal name never
links (H17), and an equal key with quite another name is refused (N12).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.choices import FileStatus, IdentifierKind, Level, NameKind, RecordState, RelationKind, RowOutcome
from integrity.duplicates import note_duplicate, within_reach
from integrity.identifiers import encrypt
from integrity.importing.mapping import Mapped
from integrity.importing.profiles import Profile, Record
from integrity.importing.targets import BASES, PART_MODELS, fields_of, grade_of, required_fields
from integrity.importing.validation import Partial, PersonName, Problem
from integrity.matching import birth_aad, birth_text
from integrity.models import (
    Account,
    GuardedModel,
    ImportBatch,
    ImportedRow,
    Licence,
    Organisation,
    OrganisationRelation,
    Penalty,
    Post,
    Profession,
    Subject,
    SubjectIdentifier,
    SubjectName,
    TrackedModel,
)
from integrity.names import name_key
from integrity.rules import lowest_leading_post

_ENDED_FILES = (FileStatus.TRANSFERRED, FileStatus.ARCHIVED)
_ENDED_RECORDS = (*RecordState.thrown_away(), RecordState.AMENDED, RecordState.REVOKED)
_LOOKUP = "批量导入：比对已有记录"


@dataclass(slots=True)
class Outcome:
    """What becomes of one row 处理结果."""

    row: Mapped
    outcome: RowOutcome
    target: GuardedModel | None = None
    note: str = ""


@dataclass(slots=True)
class Plan:
    """What one chunk writes 写入计划, in the order of its tables."""

    outcomes: list[Outcome] = field(default_factory=list)
    new: dict[type[TrackedModel], list[Any]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[int, TrackedModel] = field(default_factory=dict)
    new_people: list[tuple[Subject, Mapped]] = field(default_factory=list)

    def add(self, obj: TrackedModel) -> None:
        self.new[type(obj)].append(obj)

    def change(self, obj: TrackedModel) -> None:
        if not obj._state.adding:
            self.changed[id(obj)] = obj


@dataclass(slots=True)
class _Known:
    """A person on file, or about to be, with what the profile touches."""

    subject: Subject
    names: list[SubjectName]
    base: GuardedModel | None = None
    parts: dict[type[GuardedModel], list[GuardedModel]] = field(default_factory=lambda: defaultdict(list))
    numbers: int = 1


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(slots=True)
class Planner:
    """Compares chunk after chunk with what is on file."""

    profile: Profile
    authority: Organisation
    by: Account
    batch: ImportBatch
    scope: Scope
    profession: Profession | None = None
    _organisations: dict[str, list[Organisation]] = field(default_factory=dict)
    _known: dict[bytes, _Known] = field(default_factory=dict)
    #: Persons of other authorities with a number of this chunk: to this account they are unknown.
    _elsewhere: dict[bytes, set[UUID]] = field(default_factory=dict)
    _managing: dict[tuple[int, bool], set[int]] | None = None
    _lowest: dict[int, int] = field(default_factory=dict)
    #: Line of the file that spoke of a row first: rows of this chunk, and rows that were on file before.
    #: Those that this file made in an earlier chunk carry the batch.
    _lines: dict[int, int] = field(default_factory=dict)
    _lines_on_file: dict[type[GuardedModel], dict[Any, int]] = field(default_factory=lambda: defaultdict(dict))

    def plan(self, rows: Sequence[Mapped]) -> Plan:
        plan = Plan()
        indices = {row.number: self._index(row) for row in rows if row.key and not row.problems}
        self._load(set(indices.values()))
        for row in rows:
            plan.outcomes.append(self._row(row, indices.get(row.number), plan))
        return plan

    # --- what is on file -----------------------------------------------------------------------

    def _index(self, row: Mapped) -> bytes:
        return SubjectIdentifier.index_of(row.key, kind=self._kind(), issuer=self.profile.person.source)

    def _kind(self) -> str:
        by_number = self.profile.by_identity_number
        return IdentifierKind.IDENTITY_NUMBER if by_number else IdentifierKind.SOURCE_KEY

    def _load(self, indices: set[bytes]) -> None:
        """People of this chunk by their keys, with their base rows and parts, in a fixed number of queries."""
        self._known, self._elsewhere, self._lines = {}, {}, {}
        found = (
            SubjectIdentifier.objects.unscoped(reason=_LOOKUP)
            .filter(index__in=indices, retired_on__isnull=True)
            .select_related("subject")
        )
        reached = within_reach({identifier.subject_id for identifier in found}, self.scope)
        by_subject: dict[UUID, _Known] = {}
        for identifier in found:
            if identifier.subject_id not in reached:
                self._elsewhere.setdefault(bytes(identifier.index), set()).add(identifier.subject_id)
                continue
            known = by_subject.setdefault(identifier.subject_id, _Known(identifier.subject, []))
            other = self._known.setdefault(bytes(identifier.index), known)
            if other.subject.pk != identifier.subject_id:
                other.numbers += 1
        for name in SubjectName.objects.filter(subject_id__in=by_subject):
            by_subject[name.subject_id].names.append(name)
        self._load_bases(by_subject)

    def _load_bases(self, by_subject: dict[UUID, _Known]) -> None:
        _name, model, column = BASES[self.profile.target]
        bases = (
            model.objects.unscoped(reason=_LOOKUP)
            .filter(subject_id__in=by_subject)
            .exclude(**{f"{model.state_column}__in": _ENDED_FILES})
        )
        if self.profession is not None:
            bases = bases.filter(**{model.profession_column: self.profession.pk})
        owner: dict[int, _Known] = {}
        for base in bases:
            by_subject[base.subject_id].base = base
            owner[base.pk] = by_subject[base.subject_id]
        for part_model in self._part_models():
            parts = part_model.objects.unscoped(reason=_LOOKUP).filter(**{f"{column}_id__in": owner})
            for part in parts.exclude(**{f"{part_model.state_column}__in": _ENDED_RECORDS}).order_by("pk"):
                owner[getattr(part, f"{column}_id")].parts[part_model].append(part)

    def _part_models(self) -> Iterable[type[GuardedModel]]:
        return dict.fromkeys(PART_MODELS[self.profile.target][record.model] for record in self.profile.records)

    # --- one row -------------------------------------------------------------------------------

    def _row(self, row: Mapped, index: bytes | None, plan: Plan) -> Outcome:
        if not row.problems:
            try:
                if index is None:
                    key = "、".join(self.profile.person.key)
                    raise _refused(
                        key, "", _("没有人员标识，无法再次认出此人（H17）"), _("请补填该列；仅凭姓名不建记录")
                    )
                return self._apply(row, index, plan)
            except _Refused as refused:
                row.problems.append(refused.problem)
        return Outcome(row, RowOutcome.REJECTED, note="；".join(row.notes)[:300])

    def _apply(self, row: Mapped, index: bytes, plan: Plan) -> Outcome:
        """Check everything about the row first, then take it over: a refused row leaves nothing behind."""
        known = self._known.get(index)
        drafts: list[tuple[GuardedModel, dict[str, Any], bool]] = []
        fresh = known is None
        if known is None:
            known = self._new_person(row)
        else:
            self._check_person(row, known)
        base_name, base_model, column = BASES[self.profile.target]
        base = known.base or self._new_base(base_model, known.subject)
        base_values = self._base_values(row)
        drafts.append((base, self._differences(base, base_values, base_name, row), known.base is None))
        made: dict[str, GuardedModel] = {}
        for record, values in row.records:
            part, is_new = self._part(record, values, known, base, column)
            drafts.append((part, self._differences(part, values, record.name, row), is_new))
            made[record.name] = part
        self._check_twice(drafts, row)
        self._check_drafts(drafts)
        # From here on nothing can refuse.
        people = self._take_person(row, known, plan, fresh=fresh, index=index)
        results = {base_name: self._take(*drafts[0], plan)}
        if self.profile.template or self.profile.by_identity_number:
            for obj, _differences, _is_new in drafts:
                self._remember(obj, row.number)
        known.base = base
        for (record, _values), (part, differences, is_new) in zip(row.records, drafts[1:], strict=True):
            results[record.name] = self._take(part, differences, is_new, plan)
            if is_new:
                known.parts[type(part)].append(part)
        self._link_licence(made)
        principal = self.profile.principal if self.profile.principal in results else base_name
        return self._outcome(row, results, principal, made.get(principal, base), people)

    def _outcome(
        self, row: Mapped, results: dict[str, str], principal: str, target: GuardedModel, people: bool
    ) -> Outcome:
        if results[principal] == RowOutcome.CREATED:
            outcome = RowOutcome.CREATED
        elif people or any(result != RowOutcome.UNCHANGED for result in results.values()):
            outcome = RowOutcome.CHANGED
        else:
            outcome = RowOutcome.UNCHANGED
        return Outcome(row, outcome, target, "；".join(row.notes)[:300])

    # --- persons -------------------------------------------------------------------------------

    def _new_person(self, row: Mapped) -> _Known:
        name: PersonName = row.person["name"]
        subject = Subject(name=name.text)
        return _Known(subject, [])

    def _check_person(self, row: Mapped, known: _Known) -> None:
        if known.numbers > 1:
            raise _refused(
                "、".join(self.profile.person.key),
                "",
                _("同一号码下有多人（重号）"),
                _("请先核实身份，更正错号后再导入"),
            )
        if known.base is not None and not self.scope.admits(known.base):
            raise _refused(
                "、".join(self.profile.person.key),
                "",
                _("不在你的导入权限之内"),
                _("请核对人员；需要转入的，按干部管理权限办理"),
            )
        name: PersonName = row.person["name"]
        if row.person.get("name_only_when_new") or _same_person_name(name.text, known, self.profile.by_identity_number):
            return
        raise _refused(
            self._label_of("person.name"), name.raw[:200], _("标识相同而姓名不同"),
            _("请核对编号与姓名；确系同一人改名的，先在档案中登记曾用名"),
        )  # fmt: skip

    def _label_of(self, to: str) -> str:
        return next((column.label for column in self.profile.columns if column.to == to), to)

    def _take_person(self, row: Mapped, known: _Known, plan: Plan, *, fresh: bool, index: bytes) -> bool:
        """Add what the row tells about the person; True when something about a known person is new."""
        subject, changed = known.subject, False
        birth = row.person.get("birth")
        text = birth.text if isinstance(birth, Partial) else birth.isoformat() if isinstance(birth, date) else ""
        if fresh:
            plan.add(subject)
            self._known[index] = known
            identifier = SubjectIdentifier(subject=subject, kind=self._kind(), issuer=self.profile.person.source)
            identifier.set_number(row.key)
            plan.add(identifier)
            plan.new_people.append((subject, row))
            if elsewhere := self._elsewhere.get(index):
                note_duplicate(subject=subject.pk, known=elsewhere, by=self.by)
        if text and not subject.birth_date_token:
            subject.birth_date_token = encrypt(text, aad=birth_aad(subject.pk))
            plan.change(subject)
            changed = not fresh
        elif text and _more_exact(text, birth_text(subject)):
            subject.birth_date_token = encrypt(text, aad=birth_aad(subject.pk))
            plan.change(subject)
            changed = True
        elif text and not birth_text(subject).startswith(text):
            row.notes.append(_("出生日期与已有的不同，未改动"))
        return self._take_names(row, known, plan, fresh=fresh) or changed

    def _take_names(self, row: Mapped, known: _Known, plan: Plan, *, fresh: bool) -> bool:
        held = {(name.kind, name.key) for name in known.names}
        keys = {name.key for name in known.names}
        changed = False
        for field_name, kind in (
            ("name", NameKind.LEGAL), ("former_name", NameKind.FORMER), ("tibetan_name", NameKind.TIBETAN),
        ):  # fmt: skip
            name: PersonName | None = row.person.get(field_name)
            if name is None or (field_name == "name" and not fresh and row.person.get("name_only_when_new")):
                continue
            key = name_key(name.text)[:100]
            if (kind, key) in held or (field_name == "name" and key in keys):
                continue
            used = NameKind.VARIANT if field_name == "name" and not fresh else kind
            entry = SubjectName(subject=known.subject, kind=used, text=name.text, raw=name.raw[:200], key=key)
            plan.add(entry)
            known.names.append(entry)
            changed = changed or not fresh
            if used == NameKind.VARIANT:
                row.notes.append(_("同一标识下的另一写法，已登记为异体写法"))
        return changed

    # --- rows of the tables --------------------------------------------------------------------

    def _new_base(self, model: type[GuardedModel], subject: Subject) -> GuardedModel:
        values: dict[str, Any] = {"name": subject.name, "batch": self.batch}
        if self.profession is not None:
            values["profession"] = self.profession
        return model(subject=subject, authority=self.authority, entered_by=self.by, grade=grade_of(model), **values)

    def _base_values(self, row: Mapped) -> dict[str, Any]:
        values = dict(row.base)
        if self.profile.target == "servants" and values.get("unit"):
            unit = self.organisation(str(values["unit"]), self._label_of("file.unit"))
            if unit.secret_staffing:
                raise _refused(
                    self._label_of("file.unit"),
                    str(values["unit"])[:200],
                    _("该单位编制涉密"),
                    _("涉密单位人员不得录入本系统"),
                )
            self._check_unit(unit, str(values["unit"]), values.get("leading_post"))
            values["unit"], values["level"] = unit, unit.level
        return values

    def _check_unit(self, unit: Organisation, text: str, leading_post: int | None) -> None:
        """The authority manages these people of the unit, as `files.managing_authorities` has it 干部管理权限."""
        today = timezone.localdate()
        if self._managing is None:
            self._managing = defaultdict(set)
            rows = OrganisationRelation.objects.on(today).filter(kind=RelationKind.MANAGING_AUTHORITY)
            for source, leaders, target in rows.values_list("source_id", "applies_to_leaders", "target_id"):
                self._managing[source, leaders].add(target)
            self._lowest = {level: lowest_leading_post(level, today) for level in Level.values}
        leads = leading_post is not None and leading_post <= self._lowest[unit.level]
        managing = self._managing.get((unit.pk, leads)) or self._managing.get((unit.pk, not leads))
        if managing and self.authority.pk not in managing:
            raise _refused(
                self._label_of("file.unit"),
                text[:200],
                _("该单位不属于所选管理机关的管理权限"),
                _("请按干部管理权限核对单位，或由其管理机关导入"),
            )

    def organisation(self, text: str, label: str) -> Organisation:
        """The one organisation with this code, credit code or name."""
        if not self._organisations:
            for row in Organisation.objects.all():
                for term in {row.code, row.credit_code, row.name, row.short_name} - {""}:
                    self._organisations.setdefault(term, []).append(row)
        found = self._organisations.get(text, [])
        if len(found) == 1:
            return found[0]
        rule = _("机构名称对应多个机构") if found else _("机构目录中没有这个机构")
        raise _refused(label, text[:200], rule, _("请填写机构代码或统一社会信用代码"))

    def _part(
        self, record: Record, values: dict[str, Any], known: _Known, base: GuardedModel, column: str
    ) -> tuple[GuardedModel, bool]:
        model = PART_MODELS[self.profile.target][record.model]
        for name, value in values.items():
            if isinstance(value, str) and name in fields_of(model) and fields_of(model)[name].is_relation:
                values[name] = self.organisation(value, self._label_of(f"{record.name}.{name}"))
        missing = [name for name in (*required_fields(model), *record.key) if values.get(name) in (None, "")]
        if missing:
            label = self._label_of(f"{record.name}.{missing[0]}")
            raise _refused(label, "", _("记录缺少必需的内容"), _("请补填该列；不需要这条记录的，请清空该行有关各列"))
        for part in known.parts.get(model, ()):
            if all(_same(getattr(part, name), values.get(name), loosely=True) for name in record.key):
                return part, False
        extra = {column: base, "subject": known.subject, "authority": self.authority, "batch": self.batch}
        if model is Post:
            extra["managed_by"] = self.authority
        return model(entered_by=self.by, grade=grade_of(model), **extra), True

    def _differences(self, obj: GuardedModel, values: dict[str, Any], group: str, row: Mapped) -> dict[str, Any]:
        """Values of the row that the object does not have yet; an empty cell erases nothing."""
        differences: dict[str, Any] = {}
        adding = obj._state.adding
        for name, value in values.items():
            if value in (None, "") or (name == "raw" and not adding):
                continue
            value = self._fitting(obj, name, value, group)
            if (adding and getattr(obj, name) != value) or (not adding and not _same(getattr(obj, name), value)):
                differences[name] = value
        return differences

    def _fitting(self, obj: GuardedModel, name: str, value: Any, group: str) -> Any:
        target = obj._meta.get_field(name)
        if isinstance(target, models.CharField) and target.max_length and len(str(value)) > target.max_length:
            raise _refused(
                self._label_of(f"{group}.{name}"), str(value)[:200],
                _("超过 %s 个字符") % target.max_length, _("请缩短内容，全文另作附件"),
            )  # fmt: skip
        if isinstance(target, models.PositiveSmallIntegerField) and not isinstance(value, int):
            try:
                return int(Decimal(str(value)))
            except ArithmeticError:
                raise _refused(
                    self._label_of(f"{group}.{name}"), str(value)[:200], _("不是整数"), _("请填写整数")
                ) from None
        return value

    def _check_drafts(self, drafts: list[tuple[GuardedModel, dict[str, Any], bool]]) -> None:
        for obj, differences, is_new in drafts:
            if is_new:
                if not self.scope.admits(obj):
                    raise _refused("", "", _("不在你的导入权限之内，或须回避（H18）"), _("请由有权限的经办人导入"))
                continue
            if not differences:
                continue
            column = obj.state_column
            if obj._state.adding or (getattr(obj, column) == "draft" and getattr(obj, "batch_id", None)):
                if obj._state.adding or self.scope.admits(obj):
                    continue
                raise _refused("", "", _("不在你的导入权限之内"), _("请由有权限的经办人导入"))
            names = "、".join(str(obj._meta.get_field(name).verbose_name) for name in differences)  # type: ignore[union-attr]
            raise _refused(
                names[:120],
                "",
                _("已有记录与本行不同，且不是导入的草稿"),
                _("已审核的记录须以变更决定更正；手工录入的请在页面上修改"),
            )

    def _check_twice(self, drafts: list[tuple[GuardedModel, dict[str, Any], bool]], row: Mapped) -> None:
        """Of two rows of a workbook that contradict each other about one person the later does not win silently.

        Lists of events name a person once an event by design; there a later line is a change like any other.
        """
        if not (self.profile.template or self.profile.by_identity_number):
            return
        for obj, differences, is_new in drafts:
            held = [name for name in differences if getattr(obj, name) not in (None, "")]
            if is_new or not held:
                continue
            first = self._line_of(obj)
            if first is None:
                continue
            where = _("同一人重复，前见第 %s 行") % first if first else _("同一人重复，前面已有一行")
            names = "、".join(str(obj._meta.get_field(name).verbose_name) for name in held)  # type: ignore[union-attr]
            raise _refused(names[:120], "", where, _("两行内容不同：请核对后只留正确的一行；确为后来变更的，另行导入"))

    def _line_of(self, obj: GuardedModel) -> int | None:
        """The line of this file that gave the row its values; 0 where only that there was one is known."""
        line = self._lines.get(id(obj)) or self._lines_on_file[type(obj)].get(obj.pk)
        if line is None and obj.pk is not None and getattr(obj, "batch_id", None) == self.batch.pk:
            earlier = ImportedRow.objects.filter(
                batch=self.batch, target_model=str(obj._meta.model_name), target_id=str(obj.pk)
            )
            return earlier.order_by("number").values_list("number", flat=True).first() or 0
        return line

    def _remember(self, obj: GuardedModel, line: int) -> None:
        self._lines.setdefault(id(obj), line)
        if not obj._state.adding and getattr(obj, "batch_id", None) != self.batch.pk:
            self._lines_on_file[type(obj)].setdefault(obj.pk, line)

    def _take(self, obj: GuardedModel, differences: dict[str, Any], is_new: bool, plan: Plan) -> str:
        for name, value in differences.items():
            setattr(obj, name, value)
        if is_new:
            plan.add(obj)
            return RowOutcome.CREATED
        if differences:
            plan.change(obj)
            return RowOutcome.CHANGED
        return RowOutcome.UNCHANGED

    def _link_licence(self, made: dict[str, GuardedModel]) -> None:
        licence = next((part for part in made.values() if isinstance(part, Licence)), None)
        for part in made.values():
            if isinstance(part, Penalty) and licence is not None and part._state.adding:
                part.licence = licence


def _refused(column: str, value: str, rule: str, remedy: str) -> _Refused:
    return _Refused(Problem(column, value, rule, remedy))


def _more_exact(text: str, held: str) -> bool:
    return len(text) > len(held) and text.startswith(held)


_WORD = re.compile(r"[^\W\d_]{3,}")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


def _same_person_name(text: str, known: _Known, by_number: bool) -> bool:
    """Whether the name agrees with one on file. Under a source's own key one common word of a Latin name is enough."""
    key = name_key(text)
    if any(name.key == key for name in known.names):
        return True
    if by_number or _HAN.search(text):
        return False
    words = set(_WORD.findall(text.casefold()))
    return any(words & set(_WORD.findall(name.text.casefold())) for name in known.names)


_SPACES = re.compile(r"\s+")
_LOOSE = re.compile(r"[\W_]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def plain(text: str, *, loosely: bool = False) -> str:
    """Text as far as it states a fact: without differences of blanks, quotes and letter case."""
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return _LOOSE.sub("", folded) if loosely else _SPACES.sub("", folded).rstrip(".。")


def _same(held: Any, given: Any, *, loosely: bool = False) -> bool:
    if isinstance(held, str) and isinstance(given, str):
        return plain(held, loosely=loosely) == plain(given, loosely=loosely)
    if held is None or given is None:
        return held is given
    return bool(held == given)

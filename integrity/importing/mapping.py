"""Mapping 映射: columns of the source onto the profile's fields; an unknown or missing column stops before row one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from integrity.importing.cells import FormulaCell, SourceRow
from integrity.importing.profiles import Column, Ignored, Profile, Record, built_in_profiles
from integrity.importing.refusal import ImportRefused
from integrity.importing.validation import (
    CellRefused,
    Partial,
    PersonName,
    Problem,
    Sentence,
    convert,
    parse_money,
    shown_value,
)
from integrity.importing.workbooks import ManySheets

_BLANK = re.compile(r"\s+")


@dataclass(slots=True)
class Mapped:
    """One row after mapping 映射后的行."""

    sheet: str
    number: int
    raw: dict[str, str] = field(default_factory=dict)
    key: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    base: dict[str, Any] = field(default_factory=dict)
    records: list[tuple[Record, dict[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def clean_header(text: str) -> str:
    return _BLANK.sub(" ", text.replace("\ufeff", "")).strip()


@dataclass(slots=True)
class Placed:
    """Where each column of the profile stands in this file 列位置."""

    columns: list[tuple[int, Column]]
    ignored: list[tuple[int, Ignored]]


def place_columns(profile: Profile, header: list[str], *, file: str) -> Placed:
    """Match the header with the profile; raises ImportRefused that names the column and the nearest one."""
    titles = [clean_header(text) for text in header]
    items: tuple[Column | Ignored, ...] = profile.columns + profile.ignored
    wanted: dict[tuple[str, int | None], Column | Ignored] = {
        (item.header, item.index if not item.header else None): item for item in items
    }
    expected = {item.header for item in wanted.values() if item.header}
    if not expected & set(titles):
        raise _wrong_profile(profile, titles, file)
    twice = [title for title, count in Counter(titles).items() if title and count > 1]
    if twice:
        raise ImportRefused(
            "duplicate_header", _("表头“%s”出现两次") % "”“".join(twice), place=file, remedy=_("请改名或删去多余的列")
        )
    placed = Placed([], [])
    unknown: list[str] = []
    for position, title in enumerate(titles):
        item = wanted.pop((title, None) if title else ("", position + 1), None)
        if isinstance(item, Column):
            placed.columns.append((position, item))
        elif isinstance(item, Ignored):
            placed.ignored.append((position, item))
        else:
            unknown.append(title or f"#{position + 1}")
    missing = [item for item in wanted.values() if isinstance(item, Column) and not item.optional]
    if missing or unknown:
        if len(placed.columns) * 2 < len(profile.columns) - len([c for c in profile.columns if c.optional]):
            raise _wrong_profile(profile, titles, file)
        raise _misfit([item.label for item in missing], unknown, file)
    return placed


def _misfit(missing: list[str], unknown: list[str], file: str) -> ImportRefused:
    said = []
    for label in missing:
        near = get_close_matches(label, unknown, n=1, cutoff=0.4)
        hint = _("（最接近的是“%s”）") % near[0] if near else ""
        said.append(_("缺少列“%(label)s”%(hint)s") % {"label": label, "hint": hint})
    rest = [_("方案中没有列“%s”") % label for label in unknown]
    return ImportRefused(
        "missing_column" if missing else "unknown_column",
        "；".join([*said, *rest]),
        place=file,
        remedy=_("请改正表头，或在方案的 columns、ignored 中补上这些列"),
    )


def fitting_profiles(profile: Profile, titles: list[str]) -> list[str]:
    """Titles of the other built-in profiles whose columns are all there."""
    return [
        other.title
        for other in built_in_profiles()
        if other.name != profile.name and {c.header for c in other.columns if not c.optional} <= set(titles) | {""}
    ]


def meant_profile(profile: Profile, refused: ManySheets, *, file: str) -> ImportRefused:
    """A workbook of several sheets under the wrong profile: name the one that fits, else the sheets."""
    for header in refused.headers.values():
        titles = [clean_header(text) for text in header]
        if fitting_profiles(profile, titles):
            return _wrong_profile(profile, titles, file)
    return refused


def _wrong_profile(profile: Profile, titles: list[str], file: str) -> ImportRefused:
    fitting = fitting_profiles(profile, titles)
    remedy = _("可用的方案：%s") % "、".join(fitting) if fitting else _("请选择与文件相符的方案")
    return ImportRefused("wrong_profile", _("表头与方案“%s”不符") % profile.title, place=file, remedy=remedy)


class Mapper:
    """Turns source rows into mapped rows; a distinct text of a column is converted once."""

    def __init__(self, profile: Profile, placed: Placed) -> None:
        self.profile = profile
        self.placed = placed
        self._empty = frozenset(profile.file.empty)
        self._cache: list[dict[tuple[type, str], Any]] = [{} for _column in placed.columns]
        self._never_natural = re.compile(profile.person.never_natural, re.I) if profile.person.never_natural else None

    def rows(self, rows: Iterable[SourceRow]) -> list[Mapped]:
        return [self.row(row) for row in rows]

    def row(self, row: SourceRow) -> Mapped:
        mapped = Mapped(row.sheet, row.number)
        if row.ragged:
            return self._ragged(row, mapped)
        texts = self._texts(row, mapped)
        if self._refused_by_rule(texts, mapped):
            return mapped
        values: dict[str, dict[str, Any]] = {}
        for (position, column), cache in zip(self.placed.columns, self._cache, strict=True):
            self._take(column, row.cells[position], texts[column.label], cache, values, mapped)
        mapped.key = self._key(texts, values)
        mapped.person = values.pop("person", {})
        self._require_name(texts, mapped)
        mapped.base = values.pop(self.profile.base_name, {})
        for record in self.profile.records:
            if record.applies(texts):
                mapped.records.append((record, self._record(record, values.get(record.name, {}), texts)))
        mapped.notes += [rule.note for rule in self.profile.note_when if rule.applies(texts)]
        return mapped

    def _ragged(self, row: SourceRow, mapped: Mapped) -> Mapped:
        mapped.problems.append(
            Problem(
                _("（整行）"),
                _("%s 个单元格") % len(row.cells),
                _("列数与表头不一致"),
                _("请检查该行是否缺少或多出分隔符"),
            )
        )
        return mapped

    def _texts(self, row: SourceRow, mapped: Mapped) -> dict[str, str]:
        """The text of every column that may be kept; ignored columns (H8) leave no trace."""
        texts: dict[str, str] = {}
        for position, column in self.placed.columns:
            text = row.cells[position].strip()
            texts[column.label] = "" if text in self._empty else text
            if text:
                mapped.raw[column.label] = shown_raw(column, row.cells[position])
        return texts

    def _refused_by_rule(self, texts: dict[str, str], mapped: Mapped) -> bool:
        for rule in self.profile.reject_when:
            if rule.refuses(texts):
                column = rule.columns[0]
                value = "" if rule.discard else texts.get(column, "")
                mapped.problems.append(Problem(column, value[:200], rule.rule, rule.remedy))
                if rule.discard:
                    mapped.raw = {label: mapped.raw[label] for label in self.profile.person.key if label in mapped.raw}
                return True
        return False

    def _take(
        self,
        column: Column,
        cell: str,
        text: str,
        cache: dict[tuple[type, str], Any],
        values: dict[str, dict[str, Any]],
        mapped: Mapped,
    ) -> None:
        if not text and not isinstance(cell, FormulaCell):
            if column.required:
                mapped.problems.append(Problem(column.label, "", _("必填而没有填"), _("请补填该列")))
            return
        cell_key = (type(cell), text)
        if cell_key not in cache:
            if len(cache) > 50_000:
                cache.clear()
            try:
                cache[cell_key] = convert(column, cell, text)
            except CellRefused as refused:
                cache[cell_key] = refused
        value = cache[cell_key]
        if isinstance(value, CellRefused):
            mapped.problems.append(Problem(column.label, shown_value(column, text), value.rule, value.remedy))
        elif column.to:
            self._store(column, value, values, mapped)

    def _store(self, column: Column, value: Any, values: dict[str, dict[str, Any]], mapped: Mapped) -> None:
        group, _dot, name = column.to.partition(".")
        held = values.setdefault(group, {})
        if isinstance(value, Sentence):
            if value.months or value.permanent:
                held["period_months"], held["permanent"] = value.months, value.permanent
        elif isinstance(value, Partial) and group != "person":
            mapped.notes.append(
                _("“%(column)s”只到%(value)s，未写入日期") % {"column": column.label, "value": value.text}
            )
        elif group == "person" and isinstance(value, PersonName):
            if self._never_natural is not None and name == "name" and self._never_natural.search(value.raw):
                mapped.problems.append(
                    Problem(
                        column.label, value.raw, _("不是自然人（H7）"), _("机构不建个人记录；请从导入文件中删去该行")
                    )
                )
            held[name] = value
            if column.only_when_new:
                held["name_only_when_new"] = True
        else:
            held[name] = value

    def _require_name(self, texts: dict[str, str], mapped: Mapped) -> None:
        """A person has a name; where its column is empty, the parts the source keeps apart are joined as they are."""
        if "name" in mapped.person or mapped.problems:
            return
        column = next(column for column in self.profile.columns if column.to == "person.name")
        text = " ".join(filter(None, (texts.get(label, "") for label in self.profile.person.name_parts)))
        try:
            if text:
                mapped.person["name"] = convert(column, text, text)
                return
            raise CellRefused(_("必填而没有填"), _("请补填该列"))
        except CellRefused as refused:
            mapped.problems.append(Problem(column.label, text[:200], refused.rule, refused.remedy))

    def _key(self, texts: dict[str, str], values: dict[str, dict[str, Any]]) -> str:
        if self.profile.by_identity_number:
            return str(values.get("person", {}).get("identity_number", ""))
        by_label = {column.label: column for _position, column in self.placed.columns}
        parts = []
        for label in self.profile.person.key:
            text = texts.get(label, "")
            zeros = label in by_label and by_label[label].strip_zeros and text.isdecimal()
            parts.append(text.lstrip("0") if zeros else text.upper())
        return "-".join(parts) if parts[-1] else ""

    def _record(self, record: Record, given: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {**record.set, **given}
        for name, template in record.text.items():
            values[name] = fill(template, texts)
        if record.raw:
            values["raw"] = "\n".join(f"{label}：{texts[label]}" for label in record.raw if texts.get(label))
        return values


def shown_raw(column: Column, cell: str) -> str:
    """The text as received; an identity number is masked here and encrypted in its own row."""
    return shown_value(column, cell) if column.type == "identity_number" else cell.replace("\x00", "�")


_PLACEHOLDER = re.compile(r"\{([^{}|]+)(\|money)?\}")


def fill(template: str, texts: dict[str, str]) -> str:
    """`{column}` is its text or 未载明; `{column|money}` adds the sum in yuan where it is certain."""

    def replace(found: re.Match[str]) -> str:
        text = texts.get(found[1], "")
        if not found[2]:
            return text or _("未载明")
        amount = parse_money(text) if text else None
        return _("（合 %s 元）") % f"{amount.normalize():f}" if amount is not None else ""

    return _PLACEHOLDER.sub(replace, template)

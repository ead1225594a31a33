"""Profiles 映射方案: a small TOML file that a department writes without code (docs/import-profiles.md).

Validated as a whole, with the line or the column named, before any row is read.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from integrity.importing.readers import Layout
from integrity.importing.refusal import ImportRefused
from integrity.importing.targets import BASES, PART_MODELS, PERSON_FIELDS, fields_of
from integrity.models import GuardedModel

BUILT_IN = Path(__file__).with_name("profiles")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")
#: H8: a column with such a header may only be ignored, with its reason.
_NOT_COLLECTED = re.compile(
    "民族|宗教|籍贯|出生地|性别|血型|疾病|病史|健康|基因|指纹|家庭|配偶|子女|父母|收入|存款|房产|住址|地址"
    r"|\b(gender|sex|ethnic\w*|race|religion|address|birthplace|income|health|blood|latitude|longitude|zip code)\b",
    re.IGNORECASE,
)
ColumnType = Literal[
    "text", "name", "date", "choice", "number", "money", "flag",
    "identity_number", "credit_code", "organisation", "sentence",
]  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pattern(_Strict):
    """A word of a free text that decides a code, e.g. `revo(ked|cation)` → revocation."""

    match: str
    value: str

    @field_validator("match")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(_("不是有效的匹配式：%s") % error) from None
        return value


class Column(_Strict):
    """One source column and where it goes; without `to` its text is kept as raw text only."""

    header: str
    index: int | None = Field(default=None, ge=1, description="position, for a column without a header")
    to: str = ""
    type: ColumnType = "text"
    required: bool = False
    optional: bool = Field(default=False, description="the column itself may be absent")
    formats: tuple[str, ...] = ()
    month_when_day: int | None = Field(default=None, description="this day of the month means: only the month is known")
    codes: dict[str, str] = {}
    patterns: tuple[Pattern, ...] = ()
    otherwise: str = Field(default="", description="code where no pattern, or more than one, applies")
    max: float | None = None
    strip_zeros: bool = False
    only_when_new: bool = False
    drop_note: bool = True
    note: str = Field(default="", description="shown over the header of the template workbook")

    @property
    def label(self) -> str:
        return self.header or f"#{self.index}"


class Ignored(_Strict):
    """A column that is not taken over, not even as raw text, and why (H8)."""

    header: str
    index: int | None = Field(default=None, ge=1)
    reason: str = Field(min_length=2)

    @property
    def label(self) -> str:
        return self.header or f"#{self.index}"


class Condition(_Strict):
    """True when any of the columns is as stated."""

    columns: tuple[str, ...] = Field(min_length=1)
    filled: bool | None = None
    equals: tuple[str, ...] = ()
    matches: str = ""

    def holds(self, text_of: dict[str, str]) -> bool:
        return any(self._one(text_of.get(column, "")) for column in self.columns)

    def _one(self, text: str) -> bool:
        if self.filled is not None and bool(text) != self.filled:
            return False
        if self.equals and text not in self.equals:
            return False
        return not self.matches or re.search(self.matches, text) is not None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.filled is None and not self.equals and not self.matches:
            raise ValueError(_("条件须写明 filled、equals 或 matches"))
        return self


class RejectWhen(Condition):
    """Rows that are not imported, by rule. With `discard` their text is not kept either (H3, H7)."""

    unless: tuple[Condition, ...] = ()
    rule: str = Field(min_length=2)
    remedy: str = Field(min_length=2)
    discard: bool = False

    def refuses(self, text_of: dict[str, str]) -> bool:
        return self.holds(text_of) and not any(other.holds(text_of) for other in self.unless)


class Record(_Strict):
    """A record that one row gives beside the person, when its conditions hold."""

    name: str
    model: str
    when: tuple[Condition, ...] = Field(default=(), description="all of them")
    any_of: tuple[Condition, ...] = Field(default=(), description="at least one of them")
    key: tuple[str, ...] = Field(min_length=1, description="fields by which the same record is found again")
    set: dict[str, str] = {}
    text: dict[str, str] = Field(default={}, description="field → text with {column} in it")
    raw: tuple[str, ...] = Field(default=(), description="columns whose text is kept on the record")

    def applies(self, text_of: dict[str, str]) -> bool:
        if not all(condition.holds(text_of) for condition in self.when):
            return False
        return not self.any_of or any(condition.holds(text_of) for condition in self.any_of)


class NoteWhen(Condition):
    """A remark on the imported row, where something was deliberately not made a record."""

    unless: tuple[Condition, ...] = ()
    note: str

    def applies(self, text_of: dict[str, str]) -> bool:
        return self.holds(text_of) and not any(other.holds(text_of) for other in self.unless)


class Person(_Strict):
    """How a person is found again: by identity number, or by the source system's own key."""

    key: tuple[str, ...] = Field(min_length=1)
    source: str = Field(default="", max_length=60)
    name_parts: tuple[str, ...] = Field(default=(), description="columns joined to a name where the name is empty")
    never_natural: str = Field(default="", description="names that match are not of natural persons (H7)")


class File(_Strict):
    """What the file looks like."""

    encodings: tuple[str, ...] = ()
    delimiter: str = ""
    header_row: int = Field(default=1, ge=1)
    sheets: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


class Profile(_Strict):
    """One profile 映射方案."""

    name: str
    title: str
    about: str = ""
    target: Literal["servants", "practitioners"]
    profession: str = ""
    file: File = File()
    person: Person
    columns: tuple[Column, ...]
    ignored: tuple[Ignored, ...] = ()
    records: tuple[Record, ...] = ()
    reject_when: tuple[RejectWhen, ...] = ()
    note_when: tuple[NoteWhen, ...] = ()
    principal: str = ""
    template: bool = False

    @property
    def layout(self) -> Layout:
        return Layout(self.file.encodings, self.file.delimiter, self.file.header_row, self.file.sheets)

    @property
    def base_name(self) -> str:
        return BASES[self.target][0]

    @property
    def base_model(self) -> type[GuardedModel]:
        return BASES[self.target][1]

    @property
    def by_identity_number(self) -> bool:
        return any(column.to == "person.identity_number" for column in self.columns)

    @property
    def digest(self) -> str:
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def model_of(self, group: str) -> type[GuardedModel]:
        if group == self.base_name:
            return self.base_model
        record = next(record for record in self.records if record.name == group)
        return PART_MODELS[self.target][record.model]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _problems(profile: Profile) -> Iterator[str]:
    """Everything that does not fit together, each with the place."""
    if not _NAME.fullmatch(profile.name):
        yield _("name：只能用小写字母、数字和连字符")
    if profile.target == "practitioners" and not profile.profession:
        yield _("profession：执业人员方案须写明职业代码")
    groups = {profile.base_name: profile.base_model}
    for record in profile.records:
        if record.model not in PART_MODELS[profile.target]:
            yield _("records.%(name)s：没有“%(model)s”这类记录") % {"name": record.name, "model": record.model}
            return
        groups[record.name] = PART_MODELS[profile.target][record.model]
        yield from _record_problems(profile, record)
    seen: set[tuple[str, int | None]] = set()
    items: tuple[Column | Ignored, ...] = profile.columns + profile.ignored
    for item in items:
        if not item.header and item.index is None:
            yield _("没有表头的列须写明 index")
        if (item.header, item.index) in seen:
            yield _("列“%s”写了两次") % item.label
        seen.add((item.header, item.index))
    for column in profile.columns:
        yield from _column_problems(column, groups)
    labels = {column.label for column in profile.columns}
    named = [
        *profile.person.key,
        *profile.person.name_parts,
        *(c for rule in (*profile.reject_when, *profile.note_when) for c in rule.columns),
    ]
    named += [c for record in profile.records for rule in (*record.when, *record.any_of) for c in rule.columns]
    named += [c for record in profile.records for c in record.raw]
    for label in dict.fromkeys(named):
        if label not in labels:
            yield _("条件或标识中提到的列“%s”不在 columns 中") % label
    if not any(column.to == "person.name" for column in profile.columns):
        yield _('缺少姓名列（to = "person.name"）')
    if not profile.by_identity_number and not profile.person.source:
        yield _("person.source：以来源编号识别人员时须写明来源系统名称")
    if profile.principal and profile.principal not in groups:
        yield _("principal：没有“%s”") % profile.principal


def _record_problems(profile: Profile, record: Record) -> Iterator[str]:
    fields = fields_of(PART_MODELS[profile.target][record.model])
    for name in (*record.key, *record.set, *record.text):
        if name not in fields:
            yield _("records.%(record)s：没有字段“%(field)s”") % {"record": record.name, "field": name}
    for name, value in record.set.items():
        choices = dict(fields[name].flatchoices) if name in fields and fields[name].choices else {}
        if choices and value not in {str(code) for code in choices}:
            yield _("records.%(record)s.set.%(field)s：没有代码“%(value)s”") % {
                "record": record.name, "field": name, "value": value,
            }  # fmt: skip


def _column_problems(column: Column, groups: dict[str, type[GuardedModel]]) -> Iterator[str]:
    place = _("列“%s”") % column.label
    if _NOT_COLLECTED.search(column.header):
        yield _("%s：这类信息不得采集（H8），只能写在 ignored 中并说明理由") % place
    if not column.to:
        return
    group, _dot, field_name = column.to.partition(".")
    if group == "person":
        if field_name not in PERSON_FIELDS:
            yield _("%(place)s：to 中没有“%(to)s”") % {"place": place, "to": column.to}
        return
    fields = fields_of(groups[group]) if group in groups else {}
    if column.type == "sentence" and group in groups:
        if not {"period_months", "permanent"} <= set(fields):
            yield _("%s：刑期只能写入决定") % place
        return
    if field_name not in fields:
        yield _("%(place)s：to 中没有“%(to)s”") % {"place": place, "to": column.to}
        return
    choices = {str(code) for code, _label in fields[field_name].flatchoices} if fields[field_name].choices else set()
    values = {*column.codes.values(), *(pattern.value for pattern in column.patterns), column.otherwise} - {""}
    for value in sorted(values - choices) if choices else ():
        yield _("%(place)s：字段“%(to)s”没有代码“%(value)s”") % {"place": place, "to": column.to, "value": value}
    if column.type == "date" and not column.formats:
        yield _('%s：日期列须写明 formats，例如 ["%%Y-%%m-%%d"]') % place


# --- loading -----------------------------------------------------------------------------------


def parse_profile(text: str, *, place: str = "") -> Profile:
    """A profile from TOML text; raises ImportRefused naming line or column of every mistake."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused("profile_syntax", _("方案不是有效的 TOML：%s") % error, place=place) from None
    except ValidationError as error:
        said = "；".join(_said(problem) for problem in error.errors(include_url=False, include_context=False))
        raise ImportRefused("profile", _("方案有误：%s") % said, place=place) from None


def _said(problem: Any) -> str:
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    given = problem.get("input")
    shown = _("（写的是 %r）") % given if isinstance(given, str | int | float) else ""
    return f"{where}：{message}{shown}" if where else message


def load_profile(name_or_path: str | Path) -> Profile:
    """A built-in profile by name, or any TOML file by path."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = BUILT_IN / f"{path.name}.toml"
    if not path.is_file():
        known = "、".join(sorted(file.stem for file in BUILT_IN.glob("*.toml")))
        raise ImportRefused("no_profile", _("没有方案“%s”") % name_or_path, remedy=_("现有方案：%s") % known)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ImportRefused("profile_syntax", _("方案须为 UTF-8 编码"), place=path.name) from None
    return parse_profile(text, place=path.name)


def built_in_profiles() -> list[Profile]:
    """All profiles that come with the system, in the order of their names."""
    return [load_profile(path) for path in sorted(BUILT_IN.glob("*.toml"))]

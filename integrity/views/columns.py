"""Columns of lists and records 列表与记录的栏目: said once for the export, the interface and the printed page.

A column has a key, the words above it, and what a row holds there: a value (typed, for machines) and its words. What
`row.hidden` names is left out; nothing here knows an identity number, not even a masked one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from integrity import files
from integrity.choices import PublicationState
from integrity.models import Decision, IntegrityFile, Organisation, PractitionerRecord, Profession, Publication
from integrity.openapi import CODED, DATE, FLAG, MOMENT, NUMBER, PLACE, TEXT, Schema, nullable, record, rows
from integrity.projection import shown
from integrity.templatetags.archive import date_zh, look_of
from integrity.views.decision_rows import as_of_today


@dataclass(frozen=True, slots=True)
class Coded:
    """A value of a closed vocabulary with its words 代码值."""

    code: Any
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its heading, and how a row answers it."""

    key: str
    label: Any
    of: Callable[[Any], Any]
    #: The model's column (or thing) whose grade hides this one, where it has one.
    graded: str = ""
    #: The model's column that it reads, or the shape of what it answers; for the description of the interface.
    path: str = ""
    shape: Schema | None = None

    def hidden_in(self, row: Any) -> bool:
        return bool(self.graded) and self.graded in getattr(row, "hidden", ())

    def words(self, row: Any) -> str:
        """What the list shows in this cell."""
        return _("超出可接触级别") if self.hidden_in(row) else in_words(self.of(row))


def in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Coded):
        return value.label
    if isinstance(value, date):
        return date_zh(value)
    if isinstance(value, list):
        return _("、").join(in_words(one) for one in value)
    return str(value)


def plain(key: str, label: Any, path: str = "", graded: str = "") -> Column:
    """A column that is the row's own, or one of a row it names (`file__name`)."""
    steps = (path or key).split("__")

    def of(row: Any) -> Any:
        value = row
        for step in steps:
            value = getattr(value, step, None)
        return value

    return Column(key, label, of, graded, path or key)


def coded(key: str, label: Any, graded: str = "") -> Column:
    """A column of a vocabulary; empty where nothing is chosen."""

    def of(row: Any) -> Coded | None:
        value = getattr(row, key)
        return None if value in (None, "") else Coded(value, str(getattr(row, f"get_{key}_display")()))

    return Column(key, label, of, graded, shape=nullable(CODED))


def ended(row: Publication) -> bool:
    """Past its last day and not taken down by anybody: no longer shown (H5)."""
    gone = row.state in (PublicationState.WITHDRAWN, PublicationState.REFUSED)
    return row.ends_on is not None and row.ends_on < timezone.localdate() and not gone


def _decision_state(row: Decision) -> Coded:
    state = as_of_today(row).state
    return Coded(state.value, str(look_of(state).label))


def _publication_state(row: Publication) -> Coded:
    if ended(row):
        return Coded("expired", _("期满，不再显示"))
    return Coded(row.state, str(row.get_state_display()))


def _decider(row: Decision) -> Any:
    return row.deciding_authority or row.deciding_authority_text


def _last_day(row: Decision) -> Any:
    return Coded("permanent", _("长期")) if row.permanent else row.effective_to


def _bases(row: Decision) -> list[str]:
    return [str(link.basis) for link in row.bases.select_related("basis")]


def _complete(row: Any) -> list[str] | Coded:
    return files.missing_of(row, hidden=getattr(row, "hidden", frozenset())) or Coded("complete", _("完整"))


def _projected(row: Publication) -> dict[str, str]:
    return {key: value for key, _label, value in shown(row.projection)}


_WORDS_OR_CODED: Schema = {"anyOf": [rows(TEXT), CODED]}
_PROJECTED: Schema = {"type": "object", "additionalProperties": TEXT}
_RECORDED = plain("recorded_at", gettext_lazy("录入时间"))

#: The columns of each list, in the list's own order and words.
LISTS: dict[type[Model], tuple[Column, ...]] = {
    IntegrityFile: (
        plain("name", gettext_lazy("姓名")),
        plain("unit", gettext_lazy("单位")),
        plain("post_title", gettext_lazy("职务")),
        coded("level", gettext_lazy("层级")),
        coded("status", gettext_lazy("状态")),
        Column("complete", gettext_lazy("完整性"), _complete, shape=_WORDS_OR_CODED),
        plain("last_appraisal_year", gettext_lazy("最近考核"), graded="last_appraisal_year"),
        _RECORDED,
    ),
    Decision: (
        coded("kind", gettext_lazy("种类")),
        plain("name", gettext_lazy("当事人"), "file__name"),
        plain("unit", gettext_lazy("单位"), "file__unit"),
        Column("state", gettext_lazy("状态"), _decision_state, shape=CODED),
        plain("document_no", gettext_lazy("文号")),
        Column("deciding_authority", gettext_lazy("决定机关"), _decider, shape={"anyOf": [PLACE, TEXT]}),
        plain("decided_on", gettext_lazy("决定日期")),
        Column("ends_on", gettext_lazy("期限至"), _last_day, shape={"anyOf": [CODED, DATE, {"type": "null"}]}),
        _RECORDED,
    ),
    PractitionerRecord: (
        plain("name", gettext_lazy("姓名")),
        plain("profession", gettext_lazy("职业")),
        plain("unit_name", gettext_lazy("执业单位")),
        coded("licence_state", gettext_lazy("执业状态")),
        coded("status", gettext_lazy("记录状态")),
        plain("authority", gettext_lazy("监管机关")),
        _RECORDED,
    ),
    Publication: (
        plain("title", gettext_lazy("标题")),
        plain("profession", gettext_lazy("职业")),
        coded("publication_class", gettext_lazy("等级")),
        Column("state", gettext_lazy("状态"), _publication_state, shape=CODED),
        plain("authority", gettext_lazy("公示机关")),
        plain("ends_on", gettext_lazy("截止日（含）")),
        plain("recorded_at", gettext_lazy("提出时间")),
    ),
}

#: What a record says of itself on its page, without what hangs on it.
RECORDS: dict[type[Model], tuple[Column, ...]] = {
    IntegrityFile: (
        plain("name", gettext_lazy("姓名")),
        coded("status", gettext_lazy("档案状态")),
        coded("servant_kind", gettext_lazy("人员类别")),
        coded("service_status", gettext_lazy("人员状态"), graded="service_status"),
        plain("unit", gettext_lazy("单位")),
        plain("post_title", gettext_lazy("职务")),
        coded("level", gettext_lazy("层级")),
        coded("leading_post", gettext_lazy("领导职务层次")),
        coded("rank", gettext_lazy("职级")),
        plain("authority", gettext_lazy("管理机关")),
        plain("established_on", gettext_lazy("建档日期")),
        plain("last_appraisal_year", gettext_lazy("最近考核"), graded="last_appraisal_year"),
        Column("complete", gettext_lazy("完整性"), _complete, shape=_WORDS_OR_CODED),
    ),
    Decision: (
        plain("name", gettext_lazy("当事人"), "file__name"),
        plain("unit", gettext_lazy("单位"), "file__unit"),
        plain("capacity", gettext_lazy("行为时职务")),
        coded("kind", gettext_lazy("种类")),
        Column("state", gettext_lazy("状态"), _decision_state, shape=CODED),
        Column("deciding_authority", gettext_lazy("决定机关"), _decider, shape={"anyOf": [PLACE, TEXT]}),
        plain("document_no", gettext_lazy("文号")),
        plain("decided_on", gettext_lazy("决定日期")),
        plain("served_on", gettext_lazy("送达日期")),
        plain("effective_from", gettext_lazy("生效日期")),
        Column("ends_on", gettext_lazy("期限至"), _last_day, shape={"anyOf": [CODED, DATE, {"type": "null"}]}),
        plain("remedies_told", gettext_lazy("已告知救济途径")),
        Column("bases", gettext_lazy("法律依据"), _bases, shape=rows(TEXT)),
        plain("facts", gettext_lazy("事实")),
        plain("announcement", gettext_lazy("宣布范围")),
        plain("execution", gettext_lazy("执行情况")),
        plain("matter", gettext_lazy("事项")),
        plain("ended_reason", gettext_lazy("变更、撤销或作废事由")),
    ),
    PractitionerRecord: (
        *(column for column in LISTS[PractitionerRecord] if column.key != "recorded_at"),
        plain("unit_credit_code", gettext_lazy("单位统一社会信用代码")),
        plain("established_on", gettext_lazy("建立日期")),
        _RECORDED,
    ),
    Publication: (
        *LISTS[Publication],
        plain("starts_on", gettext_lazy("公示起始日")),
        plain("published_at", pgettext_lazy("经手", "发布")),
        plain("withdrawn_at", pgettext_lazy("经手", "撤下")),
        coded("withdrawal_reason", gettext_lazy("撤下原因")),
        plain("annotation", gettext_lazy("标注")),
        Column("shown", gettext_lazy("公众将看到的全部内容"), _projected, shape=_PROJECTED),
    ),
}


def as_json(value: Any) -> Any:
    """A value for machines: ISO 8601, codes beside their words, organisations by code and name."""
    if isinstance(value, Coded):
        return {"code": value.code, "label": value.label}
    if isinstance(value, Organisation | Profession):
        return {"code": value.code, "name": value.name}
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_json(one) for one in value]
    if isinstance(value, Model):
        return str(value)
    return value


def record_of(row: Any, columns: tuple[Column, ...]) -> dict[str, Any]:
    """A row for machines: its reference and its columns; hidden ones are not there at all."""
    told = {column.key: as_json(column.of(row)) for column in columns if not column.hidden_in(row)}
    return {"ref": str(row.ref)} | told


def schema_of(model: type[Model], columns: tuple[Column, ...], **more: Schema) -> Schema:
    """The shape of `record_of`; what a grade may hide may be missing."""
    told = {column.key: column.shape or _column_schema(model, column.path) for column in columns}
    hidden = [column.key for column in columns if column.graded]
    return record({"ref": {"type": "string", "format": "uuid"}} | told | more, optional=hidden)


def _column_schema(model: type[Model], path: str) -> Schema:
    """As `as_json` writes what the model keeps there."""
    empty, field = False, None
    for step in path.split("__"):
        field = model._meta.get_field(step)
        empty, model = empty or bool(field.null), field.related_model or model
    if field is not None and field.is_relation:
        schema = PLACE if issubclass(model, Organisation | Profession) else TEXT
    else:
        kinds = ((models.DateTimeField, MOMENT), (models.DateField, DATE), (models.BooleanField, FLAG))
        whole = ((models.IntegerField, NUMBER),)
        schema = next((one for kind, one in (*kinds, *whole) if isinstance(field, kind)), TEXT)
    return nullable(schema) if empty else schema


def facts_of(row: Any, columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """A row for people: heading and words of each column."""
    return [{"key": column.key, "label": column.label, "value": column.words(row)} for column in columns]

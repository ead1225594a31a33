"""The workbooks of the batch check 核对结果表、名单模板: a sheet a kind of answer, texts that stay texts (N10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.importing.export import Sheet, masked, workbook_with
from integrity.importing.template import text_columns
from integrity.templatetags.archive import date_zh
from search.desk.checks import Line, Result
from search.desk.lists import TEMPLATE
from search.desk.matching import Match, Outcome, words_of
from search.models import BatchCheck

_TEMPLATE_ROWS = 500
_WIDTHS = (8, 16, 22, 26, 40, 10, 16, 26, 20, 38)


def result_workbook(row: BatchCheck, result: Result) -> bytes:
    """Explanation first, then exact numbers, proposals, nobody, and rows that could not be read."""
    return workbook_with(
        [
            Sheet(_("说明"), [_("批量核对结果")], [[text] for text in _explained(row, result)], widths=(110,)),
            _matched(_("证件号码一致"), result.of(Outcome.EXACT)),
            _matched(_("待核实的建议"), result.of(Outcome.PROPOSED)),
            _plain(_("范围内无记录"), result.of(Outcome.NONE)),
            _plain(_("未能核对"), result.of(Outcome.UNREAD)),
        ]
    )


def _explained(row: BatchCheck, result: Result) -> Iterator[str]:
    yield _("名单：%s") % result.file
    yield _("核对人：%(name)s；核对时间：%(at)s") % {
        "name": row.account, "at": timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    yield _("用途：%s") % row.purpose
    if row.case is not None:
        yield _("案件编号：%s") % row.case.reference
    yield _("只核对核对人在查阅范围内的档案和执业记录；范围以外有无记录，本表不作说明。")
    yield _("“证件号码一致”指登记的号码与名单相同；号码有错号、重号，仍须核对证件。")
    yield _("“待核实的建议”只列出可能，姓名、单位相同不等于同一人，由经办人核实认定（H17）。")
    yield _("“范围内无记录”指截至%s，在查阅范围内本系统无记录，不是对任何人的评价（H16）。") % date_zh(
        timezone.localdate()
    )
    yield _("本表不含处分、处罚等内容；须查阅的，按用途打开档案，逐次记入查阅日志。")
    if result.ignored:
        yield _("名单中未读取的列：%s") % _("、").join(result.ignored)


def _matched(title: str, lines: Sequence[Line]) -> Sheet:
    header = [
        _("名单行号"), _("名单姓名"), _("名单证件号码"), _("名单单位"), _("理由"), _("类别"), _("登记姓名"),
        _("登记单位"), _("职务或职业"), _("编号"),
    ]  # fmt: skip
    return Sheet(title, header, _matched_rows(lines), widths=_WIDTHS)


def _matched_rows(lines: Sequence[Line]) -> Iterator[list[Any]]:
    for line in lines:
        for match in line.matches:
            about = _("；").join(text for text in (words_of(match.reasons), line.note) if text)
            kind, name, unit, post = described(match)
            yield [*_given(line), about, kind, name, unit, post, match.row.ref]
        if line.more:
            more = _("同名人员另有 %d 人未列出，请补充单位或证件号码后再核对") % line.more
            yield [*_given(line), more]


def _plain(title: str, lines: Sequence[Line]) -> Sheet:
    header = [_("名单行号"), _("名单姓名"), _("名单证件号码"), _("名单单位"), _("说明")]
    return Sheet(title, header, ([*_given(line), line.note] for line in lines), widths=_WIDTHS)


def _given(line: Line) -> list[Any]:
    return [line.place, masked(line.name), line.number, masked(line.unit)]


def described(match: Match) -> tuple[str, str, str, str]:
    """What tells one namesake from another: kind, name, unit, post or profession. Nothing of a record's content."""
    row: Any = match.row
    if hasattr(row, "profession"):
        return str(match.kind.label), row.name, row.unit_name, str(row.profession)
    return str(match.kind.label), row.name, str(row.unit or ""), row.post_title


def template_workbook() -> bytes:
    """The list to fill in 名单模板; its columns are texts, so that a number keeps its digits."""
    return text_columns(_("名单"), TEMPLATE, rows=_TEMPLATE_ROWS)

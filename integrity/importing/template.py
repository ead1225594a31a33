"""Template workbook 采集表模板: made from a profile, so that what is offered is what is read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from integrity.importing.export import harmless
from integrity.importing.profiles import Column, Profile
from integrity.importing.refusal import ImportRefused

#: Rows of the data sheet that carry a drop-down and the text format.
_PREPARED_ROWS = 2_000
_TEXT = "@"
#: Excel takes no longer list in a cell's rule; longer ones stand on a sheet of their own.
_CODES_SHEET = "代码"
_EXAMPLE_SHEET = "示例"
_HELP_SHEET = "说明"
#: Made up; the number is the example of the standard itself (GB 11643, appendix).
_EXAMPLES = {
    "name": "示例·某某",
    "identity_number": "11010519491231002X",
    "date": "2026-01-15",
    "number": "2025",
    "money": "5000.00",
    "organisation": "示例机构代码",
    "credit_code": "",
}


def make_template(profile: Profile) -> bytes:
    """The workbook that a department fills in: data, example, explanation, codes."""
    from openpyxl import Workbook

    if not profile.template:
        raise ImportRefused("no_template", _("方案“%s”没有采集表模板") % profile.title, remedy=_("请选择模板方案"))
    book = Workbook()
    data = book.active
    if data is None:
        raise AssertionError("a new workbook has a sheet")
    data.title = profile.file.sheets[0] if profile.file.sheets else "数据"
    example = book.create_sheet(_EXAMPLE_SHEET)
    guide = book.create_sheet(_HELP_SHEET)
    codes = book.create_sheet(_CODES_SHEET)
    for sheet in (data, example):
        _header(sheet, profile)
    _prepare(data, codes, profile)
    example.append([_example(column) for column in profile.columns])
    _explain(guide, profile)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text_columns(title: str, header: Sequence[str], *, rows: int) -> bytes:
    """A sheet to fill in whose columns are all of the text format: a number typed there keeps its digits."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title, sheet.freeze_panes = title, "A2"
    for position, text in enumerate(header, start=1):
        sheet.cell(row=1, column=position, value=harmless(text)).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(position)].number_format = _TEXT
        sheet.column_dimensions[get_column_letter(position)].width = 24
        for row in range(2, rows + 2):
            sheet.cell(row=row, column=position).number_format = _TEXT
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _header(sheet: Any, profile: Profile) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for position, column in enumerate(profile.columns, start=1):
        cell = sheet.cell(row=1, column=position, value=harmless(column.header))
        cell.font = Font(bold=True)
        if column.required:
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
        cell.comment = Comment(_says(column), "诚信档案")
        sheet.column_dimensions[get_column_letter(position)].width = 22 if column.type == "identity_number" else 16
    sheet.freeze_panes = "B2"


def _says(column: Column) -> str:
    parts = [_("必填") if column.required else _("可不填")]
    if column.note:
        parts.append(column.note)
    if column.type == "date":
        parts.append(_("日期格式 YYYY-MM-DD"))
    if column.codes:
        parts.append(_("从下拉列表中选择"))
    return "；".join(parts)


def _prepare(sheet: Any, codes: Any, profile: Profile) -> None:
    """Text format everywhere (a number typed into a text cell keeps its digits) and drop-downs for the codes."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for position, column in enumerate(profile.columns, start=1):
        letter = get_column_letter(position)
        # The column's own format covers cells nobody has touched yet.
        sheet.column_dimensions[letter].number_format = _TEXT
        for row in range(2, 202 if column.type in ("identity_number", "credit_code") else 2):
            sheet.cell(row=row, column=position).number_format = _TEXT
        if not column.codes:
            continue
        codes.cell(row=1, column=position, value=harmless(column.header))
        for row, text in enumerate(column.codes, start=2):
            codes.cell(row=row, column=position, value=harmless(text))
        last = len(column.codes) + 1
        rule = DataValidation(
            type="list", formula1=f"'{_CODES_SHEET}'!${letter}$2:${letter}${last}", allow_blank=not column.required
        )
        rule.error, rule.showErrorMessage = _("请从下拉列表中选择"), True
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{_PREPARED_ROWS}")


def _example(column: Column) -> str:
    if column.codes:
        return next(iter(column.codes))
    return _EXAMPLES.get(column.type, "示例")


def _explain(sheet: Any, profile: Profile) -> None:
    sheet.append([profile.title])
    sheet.append([profile.about])
    sheet.append(
        [
            _("只填写“%s”工作表；“示例”为虚构内容，不会导入。")
            % (profile.file.sheets[0] if profile.file.sheets else "数据")
        ]
    )
    sheet.append(
        [_("不得填写民族、宗教、健康、家庭成员、收入财产、住址、出生地（H8）；线索、举报、立案不得填写（H3）。")]
    )
    sheet.append([_("导入后均为草稿，经第二人审核后生效（H2、H18）。")])
    sheet.append([])
    sheet.append([_("列"), _("填写要求")])
    for column in profile.columns:
        sheet.append([harmless(column.header), _says(column)])
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 60

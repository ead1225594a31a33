"""Exported cells 导出单元格: texts that stay texts; nothing in them runs in a spreadsheet (N10)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: A cell beginning with one of these may be read as a formula, in XLSX as in CSV.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Characters no XML file may hold; openpyxl refuses them.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
#: 18-digit numbers that stand in free text (a wrong column, a typing error) are masked as well.
_LIKE_A_NUMBER = re.compile(r"(?<!\d)(\d)\d{13,16}([\dXx])(?![\dXx])")


def harmless(value: object) -> str:
    """A text that every spreadsheet shows as text: an apostrophe before what would be a formula."""
    text = _UNWRITABLE.sub("\ufffd", str(value))
    if text.lstrip(" ").startswith(_LIVE):
        text = "'" + text
    return text[:_LONGEST]


def masked(text: str) -> str:
    """Identity numbers in any text, first and last character only."""
    return _LIKE_A_NUMBER.sub(lambda found: found[1] + "*" * (len(found[0]) - 2) + found[2], text)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of texts 工作表; `widths`: of its columns, in characters."""

    title: str
    header: Sequence[str]
    rows: Iterable[Iterable[object]]
    widths: Sequence[int] = (14, 8, 20, 30, 36, 48)


def workbook_of(title: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """One sheet of texts, header fixed; written row by row so that its size is no matter."""
    return workbook_with([Sheet(title, list(header), rows)])


def workbook_with(sheets: Iterable[Sheet]) -> bytes:
    """Several sheets of texts, one after the other."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    out = io.BytesIO()
    try:
        for sheet in sheets:
            _write(book.create_sheet(harmless(sheet.title)[:31]), sheet)
    finally:
        book.save(out)  # also when the rows break off: openpyxl keeps them in a file that only saving takes away
    return out.getvalue()


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    page.freeze_panes = "A2"
    for position, width in enumerate(sheet.widths):
        page.column_dimensions["ABCDEFGHIJ"[position]].width = width
    bold = Font(bold=True)
    titles = [WriteOnlyCell(page, value=harmless(text)) for text in sheet.header]
    for cell in titles:
        cell.font = bold
    page.append(titles)
    for row in sheet.rows:
        cells = [WriteOnlyCell(page, value=harmless(value)) for value in row]
        for cell in cells:
            cell.data_type = "s"  # a text, whatever it begins with
        page.append(cells)

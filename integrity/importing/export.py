"""Exported cells 导出单元格: texts that stay texts; nothing in them runs in a spreadsheet (N10)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

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


def workbook_of(title: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """One sheet of texts, header fixed; written row by row so that its size is no matter."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(harmless(title)[:31])
    sheet.freeze_panes = "A2"
    titles = [harmless(text) for text in header]
    for position, width in enumerate((14, 8, 20, 30, 36, 48), start=1):
        sheet.column_dimensions["ABCDEFGHIJ"[position - 1]].width = width
    cells = []
    for text in titles:
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    out = io.BytesIO()
    try:
        for row in rows:
            written = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=harmless(value))
                cell.data_type = "s"  # a text, whatever it begins with
                written.append(cell)
            sheet.append(written)
    finally:
        book.save(out)  # also when the rows break off: openpyxl keeps them in a file that only saving takes away
    return out.getvalue()

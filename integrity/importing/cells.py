"""Cells as a reader hands them on 单元格: text, with what the spreadsheet said about it.

A plain `str` was text. The subclasses keep what a department cannot see in the text: that a number was stored as a
number (digits after the 15th are lost), that a date was a date, that a value is a formula's.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class NumberCell(str):
    """Stored as a number."""

    __slots__ = ()


class DateCell(str):
    """Stored as a date; the text is ISO 8601."""

    __slots__ = ()


class FormulaCell(str):
    """Computed by a formula; the text is the cached value, which may be old or absent."""

    __slots__ = ()


@dataclass(slots=True)
class SourceRow:
    """One row of the source 来源行: its number is the one the spreadsheet shows."""

    sheet: str
    number: int
    cells: list[str]
    #: Set where the row has more or fewer cells than the header.
    ragged: bool = False


@dataclass(slots=True)
class SourceTable:
    """The rows of one sheet 来源表 with its header."""

    sheet: str
    header: list[str]
    header_number: int
    total: int
    rows: list[SourceRow] = field(default_factory=list)

"""Reading an official document 公文: plain lines to blocks, by the numbering that Chinese documents use (GB/T 9704).

第一章 · 一、 · （一） · 1. · （1） become headings when they stand alone on their line, and a bold lead when the text
runs on behind them. 专栏 with 年份 and 工作任务 become tables. Nothing is dropped and nothing is added: the words of
the blocks, in order, are the words of the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape

_NUMERALS = "一二三四五六七八九十百"
_MARKS: list[tuple[int, re.Pattern[str]]] = [
    (1, re.compile(rf"(第[{_NUMERALS}]+章)\s*")),
    (2, re.compile(rf"([{_NUMERALS}]+、)\s*")),
    (3, re.compile(rf"([(（][{_NUMERALS}]+[)）])\s*")),
    (4, re.compile(r"(\d+[.．、])\s*(?!\d)")),
    (5, re.compile(r"([(（]\d+[)）])\s*")),
]
_TASK_TABLE = re.compile(r"专栏\s*\d+")
_YEAR = re.compile(r"\d{4}年")
_LEAD = re.compile(r"(——)?[^。]{2,40}。")
LONGEST_HEADING = 60


@dataclass
class _Lines:
    """The lines still to be read."""

    lines: list[str]
    at: int = field(default=0)

    def more(self) -> bool:
        return self.at < len(self.lines)

    def peek(self) -> str:
        return self.lines[self.at] if self.more() else ""

    def take(self) -> str:
        self.at += 1
        return self.lines[self.at - 1]


def blocks_of(text: str) -> list[tuple[str, Any]]:
    """Raw blocks (`StreamField` data) of a document given as lines; blank lines mean nothing."""
    lines = _Lines([stripped for line in text.splitlines() if (stripped := line.strip())])
    return list(_read(lines))


def _read(lines: _Lines) -> Iterator[tuple[str, Any]]:
    while lines.more():
        line = lines.take()
        if _TASK_TABLE.match(line) and not _YEAR.fullmatch(lines.peek()):
            yield "table", _task_table(line, lines)
        else:
            yield _heading_or_paragraph(line)


def _task_table(caption: str, lines: _Lines) -> dict[str, Any]:
    """Column names up to the first year, then a year and its cells, row by row."""
    columns = []
    while lines.more() and not _YEAR.fullmatch(lines.peek()):
        columns.append(lines.take())
    rows = []
    while _YEAR.fullmatch(lines.peek()):
        rows.append([lines.take() for _column in columns])
    return {"caption": caption, "columns": columns, "rows": rows, "row_heads": True}


def _heading_or_paragraph(line: str) -> tuple[str, Any]:
    for level, mark in _MARKS:
        found = mark.match(line)
        if found is None:
            continue
        rest = line[found.end() :]
        if rest and "。" not in rest and len(rest) <= LONGEST_HEADING and not rest.endswith((";", "；", ":", "：")):
            return "heading", {"level": str(level), "number": found[1], "text": rest}
        return "paragraph", _with_lead(line)
    return "paragraph", _with_lead(line) if line.startswith("——") else f"<p>{escape(line)}</p>"


def _with_lead(line: str) -> str:
    lead = _LEAD.match(line)
    if lead is None or lead.end() == len(line):
        return f"<p>{escape(line)}</p>"
    return f"<p><b>{escape(lead[0])}</b>{escape(line[lead.end() :])}</p>"

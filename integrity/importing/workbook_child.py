"""Reads one workbook in a process of its own 读取子进程: run as a script, with limits; knows nothing of the project.

Arguments: path, kind, output, seconds, bytes of memory, sheets. Output: one JSON line a row, `[sheet, number, cells]`,
a cell being text or `["n"|"d"|"f", text]`; beside it a list of the sheets with their number of rows.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f\b')
_PIECE = 1 << 20
_OVERLAP = 512
#: A sheet may claim 17 billion cells; rows are counted while they are read, and this many cells are the end.
_MAX_CELLS = 60_000_000


def limit(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cell_text(value: Any) -> Any:
    """A cell as JSON: text as it is, numbers and dates with their kind."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return ["n", "TRUE" if value else "FALSE"]
    if isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer()
        return ["n", str(int(value)) if whole else repr(value)]
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return ["d", value.date().isoformat() if midnight else value.isoformat(sep=" ")]
    if isinstance(value, dt.date | dt.time):
        return ["d", value.isoformat()]
    return str(value)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def formula_cells(path: str) -> dict[str, set[tuple[int, int]]]:
    """Cells with a formula, by sheet: a workbook that was written by a program may hold no value for them."""
    found: dict[str, set[tuple[int, int]]] = {}
    with zipfile.ZipFile(path) as archive:
        for name, part in sheet_parts(archive):
            cells: set[tuple[int, int]] = set()
            with archive.open(part) as stream:
                tail = b""
                while piece := stream.read(_PIECE):
                    text = tail + piece
                    cells.update((int(row), column_number(column)) for column, row in _FORMULA.findall(text))
                    tail = text[-_OVERLAP:]
            if cells:
                found[name] = cells
    return found


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Sheet names and the parts they stand in. Only names and ids are picked out; no XML parser, no entities."""
    import html

    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    target = {}
    for element in re.findall(r"<Relationship\b[^>]*>", links):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', element))
        target[attributes.get("Id", "")] = attributes.get("Target", "")
    parts = []
    for element in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        attributes = dict(re.findall(r'([\w:]+)="([^"]*)"', element))
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        part = target.get(link, "")
        part = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
        if part in archive.namelist():
            parts.append((html.unescape(attributes.get("name", "")), part))
    return parts


def main(path: str, kind: str, out: str, wanted: list[str]) -> int:
    import python_calamine

    formulas = formula_cells(path) if kind == "xlsx" else {}
    try:
        book = python_calamine.load_workbook(path)
    except python_calamine.PasswordError:
        sys.stderr.write("encrypted\n")
        return 2
    sheets: list[dict[str, Any]] = []
    cells_read = 0
    with Path(out).open("w", encoding="utf-8") as lines:
        for meta in book.sheets_metadata:
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet or (wanted and meta.name not in wanted):
                continue
            sheet = book.get_sheet_by_name(meta.name)
            # Rows come from row 1 on, but columns from the first filled one.
            blank = [""] * (sheet.start or (0, 0))[1]
            marked = by_row(formulas.get(meta.name, set()))
            count = 0
            for number, row in enumerate(sheet.iter_rows(), start=1):
                cells_read += len(row)
                if cells_read > _MAX_CELLS:
                    sys.stderr.write("MemoryError: too many cells\n")
                    return 3
                cells = mark_formulas(blank + [cell_text(value) for value in row], marked.pop(number, ()))
                if any(cells):
                    count += 1
                    lines.write(json.dumps([meta.name, number, cells], ensure_ascii=False) + "\n")
            for number in sorted(marked):  # rows that hold nothing but formulas without a value
                count += 1
                lines.write(json.dumps([meta.name, number, mark_formulas([], marked[number])]) + "\n")
            sheets.append({"name": meta.name, "rows": count})
    Path(out + ".sheets").write_text(json.dumps(sheets, ensure_ascii=False), encoding="utf-8")
    return 0


def by_row(cells: set[tuple[int, int]]) -> dict[int, set[int]]:
    rows: dict[int, set[int]] = {}
    for number, column in cells:
        rows.setdefault(number, set()).add(column)
    return rows


def mark_formulas(cells: list[Any], columns: Iterable[int]) -> list[Any]:
    """Mark formula cells, also those behind the row's last value."""
    for column in columns:
        cells += [""] * (column - len(cells))
        cell = cells[column - 1]
        cells[column - 1] = ["f", cell[1] if isinstance(cell, list) else cell]
    return cells


if __name__ == "__main__":
    limit(int(sys.argv[4]), int(sys.argv[5]))
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[6:]))

"""Workbooks 工作簿: checked from outside, then read by a child process that may not grow without end.

A workbook of 1.4 kB can cost gigabytes. The directory of the archive is looked at first; the reading itself happens
in a process with limits on memory, processor time and wall time, which can die without taking anything along.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from integrity.importing.cells import DateCell, FormulaCell, NumberCell, SourceRow
from integrity.importing.refusal import ImportRefused

MAX_ENTRIES = 2_000
MAX_UNPACKED = 1 << 30
MAX_SHARED_STRINGS = 256 << 20
#: A million rows of text compress about 12 to 1, repeated ones 40 to 1.
MAX_RATIO = 150
_RATIO_FROM = 8 << 20
_CHILD_SECONDS = 20
_SECONDS_A_MEGABYTE = 3
_CHILD_MEMORY = 1 << 30
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHILD = Path(__file__).with_name("workbook_child.py")
_CELLS = {"n": NumberCell, "d": DateCell, "f": FormulaCell}


class ManySheets(ImportRefused):
    """Several sheets hold something, and the profile names none; `headers` may tell which profile was meant."""

    def __init__(self, path: Path, filled: list[str], headers: dict[str, list[str]]) -> None:
        super().__init__(
            "many_sheets",
            _("有多张非空工作表：%s") % "、".join(filled),
            place=path.name,
            remedy=_("请在方案的 sheets 中写明，或每次只留一张"),
        )
        self.headers = headers


@dataclass(slots=True)
class Book:
    """The one sheet that is imported 导入的工作表."""

    sheet: str
    header: list[str]
    total: int
    rows: Iterator[SourceRow]


def workbook_format(path: Path, head: bytes) -> str:
    """`xlsx`, `xls`, `ods`, or empty for text; archives and formats that are none of these are refused."""
    if head.startswith(_OLE):
        # An encrypted workbook is an OLE file too; the name of its stream stands in UTF-16 in the directory.
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise _unreadable(path, "encrypted", _("工作簿设有打开密码"), _("请取消密码后另存"))
        return "xls"
    if not head.startswith(b"PK"):
        for mark in (b"\x1f\x8b", b"%PDF", b"7z\xbc\xaf", b"Rar!"):
            if head.startswith(mark):
                raise _unreadable(path, "format", _("这种文件不能导入"), _("请另存为 XLSX 或 CSV"))
        return ""
    try:
        with zipfile.ZipFile(path) as archive:
            return _kind_of(path, archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _unreadable(path, "truncated", _("工作簿不完整，可能传输中断"), _("请重新下载或另存后再导入")) from None


def _kind_of(path: Path, entries: list[zipfile.ZipInfo]) -> str:
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    shared = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml"))
    too_big = unpacked > MAX_UNPACKED or shared > MAX_SHARED_STRINGS
    if len(entries) > MAX_ENTRIES or too_big or (unpacked > _RATIO_FROM and unpacked / packed > MAX_RATIO):
        raise _unreadable(path, "bomb", _("工作簿展开后过大，已停止读取"), _("请删去空白区域和多余工作表后另存"))
    if any(entry.flag_bits & 1 for entry in entries):
        raise _unreadable(path, "encrypted", _("压缩包设有密码"), _("请取消密码后另存"))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _unreadable(path, "macros", _("工作簿含有宏"), _("请另存为不含宏的 XLSX"))
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    raise _unreadable(path, "format", _("压缩文件中没有工作簿"), _("请选择 XLSX、XLS、ODS 或 CSV 文件"))


def _unreadable(path: Path, code: str, message: str, remedy: str) -> ImportRefused:
    return ImportRefused(code, message, place=path.name, remedy=remedy)


@contextmanager
def open_workbook(path: Path, kind: str, sheets: tuple[str, ...], header_row: int) -> Iterator[Book]:
    """Read a workbook in a limited child process, then hand on its rows from a scratch file."""
    with tempfile.TemporaryDirectory(prefix="integrity-import-") as scratch:
        out = Path(scratch) / "rows.jsonl"
        _run_child(path, kind, out, sheets)
        found = json.loads((Path(scratch) / "rows.jsonl.sheets").read_text(encoding="utf-8"))
        sheet = _choose(path, out, found, sheets)
        lines = _lines(out, sheet)
        header: list[str] = []
        header_number = 0
        for header_number, cells in lines:
            if header_number >= header_row:
                header = [str(cell) for cell in cells]
                break
        if header_number != header_row or not any(text.strip() for text in header):
            raise ImportRefused(
                "no_header",
                _("第 %s 行没有表头") % header_row,
                place=f"{path.name} {sheet}",
                remedy=_("请核对表头所在行"),
            )
        while header and not header[-1].strip():
            header.pop()
        total = sum(1 for number, cells in _lines(out, sheet) if number > header_row and any(map(_filled, cells)))
        yield Book(sheet, header, total, _rows(lines, sheet, len(header)))


def _rows(lines: Iterator[tuple[int, list[str]]], sheet: str, width: int) -> Iterator[SourceRow]:
    for number, cells in lines:
        if not any(map(_filled, cells)):
            continue
        extra = any(map(_filled, cells[width:]))
        cells = cells if extra else (cells + [""] * width)[:width]
        yield SourceRow(sheet, number, cells, ragged=extra)


def _filled(cell: str) -> bool:
    return bool(cell.strip()) or isinstance(cell, FormulaCell)


def _lines(out: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    with out.open(encoding="utf-8") as handle:
        for line in handle:
            name, number, cells = json.loads(line)
            if name == sheet:
                yield number, [_CELLS[cell[0]](cell[1]) if isinstance(cell, list) else cell for cell in cells]


def _first_line(out: Path, sheet: str) -> list[str]:
    return next(([str(cell) for cell in cells] for _number, cells in _lines(out, sheet)), [])


def _choose(path: Path, out: Path, found: list[dict[str, object]], wanted: tuple[str, ...]) -> str:
    filled = [str(sheet["name"]) for sheet in found if sheet["rows"]]
    if wanted:
        for name in wanted:
            if name in filled:
                return name
        raise _unreadable(
            path, "no_sheet", _("没有工作表“%s”") % "、".join(wanted), _("现有工作表：%s") % "、".join(filled or ["—"])
        )
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise _unreadable(path, "empty", _("工作簿中没有内容"), _("请选择有内容的文件"))
    raise ManySheets(path, filled, {name: _first_line(out, name) for name in filled})


def _run_child(path: Path, kind: str, out: Path, sheets: tuple[str, ...]) -> None:
    seconds = _CHILD_SECONDS + int(path.stat().st_size / 1e6 * _SECONDS_A_MEGABYTE)
    limits = [str(seconds), str(_CHILD_MEMORY)]
    command = [sys.executable, "-I", str(_CHILD), str(path), kind, str(out), *limits, *sheets]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and script; the path is an argument, not a shell word
            command, capture_output=True, timeout=seconds * 2, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise _too_much(path) from None
    if done.returncode == 0:
        return
    said = done.stderr.decode(errors="replace").strip().splitlines()
    reason = said[-1] if said else ""
    if done.returncode < 0 or "MemoryError" in reason or "memory allocation" in reason:
        raise _too_much(path)
    if reason.startswith("encrypted"):
        raise _unreadable(path, "encrypted", _("工作簿设有打开密码"), _("请取消密码后另存"))
    raise _unreadable(path, "unreadable", _("工作簿无法读取，可能已损坏"), _("请用电子表格软件打开并另存后再导入"))


def _too_much(path: Path) -> ImportRefused:
    return _unreadable(path, "bomb", _("读取工作簿超出内存或时间限制，已停止"), _("请删去空白区域，或分成几个文件导入"))

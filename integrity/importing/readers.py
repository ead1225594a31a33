"""Readers 读取: which format the bytes are, in which encoding, and their rows one after another.

The name of a file proves nothing; its bytes decide. A file is read whole once (or its directory checked) before the
first row is handed on, so that a broken one is refused while nothing is stored.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from integrity.importing.cells import SourceRow
from integrity.importing.refusal import ImportRefused
from integrity.importing.workbooks import open_workbook, workbook_format

CHUNK_ROWS = 2000
DELIMITERS = (",", "\t", ";", "|")
#: Tried in this order when a profile names none. Windows-1252 reads any bytes at all, hence only when named.
DEFAULT_ENCODINGS = ("utf-8", "gb18030")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """What a profile tells about the file 文件格式: encodings to try, delimiter, header row, sheets."""

    encodings: tuple[str, ...] = ()
    delimiter: str = ""
    header_row: int = 1
    sheets: tuple[str, ...] = ()


@dataclass(slots=True)
class Source:
    """An opened source 来源: header, number of rows, and the rows in order."""

    format: str
    sheet: str
    header: list[str]
    total: int
    rows: Iterator[SourceRow]
    encoding: str = ""
    delimiter: str = ""

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[list[SourceRow]]:
        while chunk := list(islice(self.rows, size)):
            yield chunk


def digest_of(path: Path) -> str:
    """SHA-256 of the content."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def open_source(path: Path, layout: Layout) -> Iterator[Source]:
    """Open a spreadsheet for reading; raises ImportRefused before any row when it cannot be read whole."""
    if not path.is_file():
        raise ImportRefused("no_file", _("找不到文件"), place=path.name, remedy=_("请核对路径"))
    with path.open("rb") as handle:
        head = handle.read(4096)
    if not head.strip(b"\x00 \r\n\t"):
        raise ImportRefused("empty", _("文件是空的"), place=path.name, remedy=_("请选择有内容的文件"))
    kind = workbook_format(path, head)
    if kind:
        with open_workbook(path, kind, layout.sheets, layout.header_row) as book:
            yield Source(kind, book.sheet, book.header, book.total, book.rows)
        return
    yield _open_text(path, layout, head)


# --- text files --------------------------------------------------------------------------------


def _open_text(path: Path, layout: Layout, head: bytes) -> Source:
    encoding = find_encoding(path, layout.encodings, head)
    delimiter = layout.delimiter or _find_delimiter(path, encoding, layout.header_row)
    scan = _scan(path, encoding, delimiter, layout.header_row)
    rows = _rows_by_csv if scan.irregular else _rows_by_pandas
    return Source(
        "csv",
        "",
        scan.header,
        scan.total,
        rows(path, encoding, delimiter, layout.header_row, scan),
        encoding,
        delimiter,
    )


def find_encoding(path: Path, hints: Iterable[str], head: bytes) -> str:
    """The encoding 编码: a byte order mark, else the first candidate that decodes every byte strictly."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _decodes(path, encoding) or _refuse_encoding(path, (encoding,))
    if b"\x00" in head:
        odd, even = head[1::2].count(0), head[0::2].count(0)
        if max(odd, even) > len(head) // 4:
            return _decodes(path, "utf-16-le" if odd > even else "utf-16-be") or _refuse_encoding(path, ("utf-16",))
        raise ImportRefused(
            "binary", _("不是电子表格，也不是文本文件"), place=path.name, remedy=_("请另存为 XLSX 或 CSV 后再导入")
        )
    candidates = tuple(hints) or DEFAULT_ENCODINGS
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    return _refuse_encoding(path, candidates)


def _decodes(path: Path, encoding: str) -> str:
    try:
        with path.open(encoding=encoding, newline="") as handle:
            while handle.read(_PIECE):
                pass
    except UnicodeError:
        return ""
    except LookupError:
        raise ImportRefused(
            "encoding", _("没有“%s”这种编码") % encoding, remedy=_("请改正方案中的 encodings")
        ) from None
    return encoding


def _refuse_encoding(path: Path, tried: Iterable[str]) -> str:
    raise ImportRefused(
        "encoding",
        _("文字编码不是 %s") % "、".join(tried),
        place=path.name,
        remedy=_("请另存为 UTF-8 编码的 CSV，或在方案的 encodings 中写明编码"),
    )


def _open(path: Path, encoding: str) -> IO[str]:
    # newline="": the line ends stay as they are, and a bare CR ends a record like any other.
    return path.open(encoding=encoding, newline="")


def _find_delimiter(path: Path, encoding: str, header_row: int) -> str:
    """The delimiter that splits the header into the most columns; ties go to the comma."""
    with _open(path, encoding) as handle:
        lines = list(islice(handle, header_row))
    text = lines[-1] if lines else ""
    return max(
        DELIMITERS, key=lambda mark: (len(next(csv.reader([text], delimiter=mark), [])), -DELIMITERS.index(mark))
    )


@dataclass(slots=True)
class _Scan:
    header: list[str]
    total: int
    irregular: bool


def _records(handle: IO[str], path: Path, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(handle, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise ImportRefused(
            "csv_broken",
            _("引号或单元格不完整（%s）") % error,
            place=_("%(file)s 第 %(line)s 行") % {"file": path.name, "line": reader.line_num},
            remedy=_("请检查该行的引号是否成对，或用电子表格软件重新另存"),
        ) from None


def _scan(path: Path, encoding: str, delimiter: str, header_row: int) -> _Scan:
    """Read the file once: a broken quote in its last row is found before the first row is stored."""
    header: list[str] = []
    total, irregular = 0, False
    with _open(path, encoding) as handle:
        for number, cells in enumerate(_records(handle, path, delimiter), start=1):
            if number < header_row:
                continue
            if number == header_row:
                header = cells
                continue
            if not any(cells):
                irregular = True
                continue
            total += 1
            irregular = irregular or len(cells) != len(header)
    if not any(text.strip() for text in header):
        raise ImportRefused(
            "no_header", _("第 %s 行没有表头") % header_row, place=path.name, remedy=_("请核对表头所在行")
        )
    return _Scan(header, total, irregular)


def _rows_by_csv(path: Path, encoding: str, delimiter: str, header_row: int, scan: _Scan) -> Iterator[SourceRow]:
    """Files with empty or uneven rows: each uneven row is named, none is filled up or cut."""
    with _open(path, encoding) as handle:
        for number, cells in enumerate(_records(handle, path, delimiter), start=1):
            if number > header_row and any(cells):
                yield SourceRow("", number, list(cells), ragged=len(cells) != len(scan.header))


def _rows_by_pandas(path: Path, encoding: str, delimiter: str, header_row: int, scan: _Scan) -> Iterator[SourceRow]:
    """Even files, in chunks. `dtype=str, keep_default_na=False`: 007 stays 007 and the text NA stays NA."""
    import pandas

    if not scan.total:
        return
    number = header_row
    with _open(path, encoding) as handle:
        for _header in islice(_records(handle, path, delimiter), header_row):
            pass  # skipped by the same rules as in the scan
        frames = pandas.read_csv(
            handle, header=None, names=range(len(scan.header)), sep=delimiter, dtype=str, keep_default_na=False,
            na_filter=False, skip_blank_lines=False, index_col=False, chunksize=CHUNK_ROWS, engine="c",
        )  # fmt: skip
        for frame in frames:
            for cells in frame.to_numpy(dtype=object).tolist():
                number += 1
                yield SourceRow("", number, cells)
    if number - header_row != scan.total:
        raise ImportRefused("row_count", _("两次读取的行数不一致"), place=path.name, remedy=_("请重新另存后再导入"))

"""Text of attached files 附件文字: PDF, DOCX, XLSX, OFD, CSV, TXT; their metadata; and what no machine can read.

A file is opened as what its bytes are, not as what its name says. Bounds on pages, cells and unpacked bytes keep a
prepared file from holding the process; what lies behind a bound is reported as unread, never as clean.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]  # as above
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from pypdf import PdfReader
from pypdf.errors import PyPdfError

LARGEST_FILE = 60 * 2**20
LARGEST_PART = 80 * 2**20
MOST_PAGES = 2000
MOST_CELLS = 500_000
#: Fewer characters than this on a page that carries a picture: the picture is the page.
FEWEST_CHARACTERS = 12

logging.getLogger("pypdf").setLevel(logging.ERROR)  # a line for each oddity of a file


@dataclass(frozen=True, slots=True)
class Extract:
    """A text of a file with its place; `author` where it is the name of a person; `unread` says why there is none."""

    text: str
    place: str
    column: str = ""
    author: bool = False
    unread: bool = False


def extracts_of(data: bytes, name: str) -> list[Extract]:
    """Everything that can be read of a file; a fault in reading it is an extract that says so."""
    if len(data) > LARGEST_FILE:
        return [_unread(_("文件过大，未逐页读取"))]
    try:
        return list(_extracts(data, name.rpartition(".")[2].lower()))
    except (PyPdfError, zipfile.BadZipFile, ParseError, DefusedXmlException, _TooLarge) as fault:
        return [_unread(f"{_('文件不能读取')}（{type(fault).__name__}）")]
    except (ValueError, KeyError, OSError, RecursionError, AttributeError, TypeError, NotImplementedError) as fault:
        return [_unread(f"{_('文件结构有误，不能读取')}（{type(fault).__name__}）")]


class _TooLarge(Exception):
    """A part of a packed file that would fill the memory."""


def _unread(why: str, place: str = "") -> Extract:
    return Extract(why, place, unread=True)


def _extracts(data: bytes, extension: str) -> Iterator[Extract]:
    if b"%PDF-" in data[:1024]:
        yield from _pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        yield from _packed(data)
    elif extension in {"txt", "csv"}:
        yield from _plain(data)
    else:
        yield _unread(_("不是能读取的文件格式"))


# --- PDF ---------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Iterator[Extract]:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        yield _unread(_("文件已加密，不能读取"))
        return
    told: dict[str, Any] = dict(reader.metadata or {})
    for key in ("/Author", "/Title", "/Subject", "/Keywords"):
        if told.get(key):
            yield Extract(str(told[key]), _("文件属性 %(name)s") % {"name": key[1:]}, author=key == "/Author")
    pictures = []
    for number, page in enumerate(reader.pages, start=1):
        if number > MOST_PAGES:
            yield _unread(_("页数过多，其后各页未读取"), _("第 %(page)d 页起") % {"page": number})
            break
        text = page.extract_text() or ""
        place = _("第 %(page)d 页") % {"page": number}
        yield Extract(text, place)
        if not _readable(text):
            pictures.append(number)
        for note in page.annotations or []:
            said = note.get_object().get("/Contents")
            if said:
                yield Extract(str(said), f"{place} {_('批注')}")
    for name, field in (reader.get_fields() or {}).items():
        yield Extract(f"{name} {field.get('/V') or ''}", _("表单域"))
    if pictures:
        listed = "、".join(map(str, pictures[:20])) + ("…" if len(pictures) > 20 else "")
        yield _unread(_("没有可读取的文字（可能是扫描件）"), _("第 %(pages)s 页") % {"pages": listed})
    for name in reader.attachments:
        yield _unread(_("PDF 内嵌文件未读取"), str(name))


def _readable(text: str) -> bool:
    """Whether the words of a page are words: a font without its table gives boxes and private characters."""
    words = re.sub(r"\s", "", text)
    strange = sum(1 for c in words if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or ord(c) < 32)
    return len(words) >= FEWEST_CHARACTERS and strange * 5 < len(words)


# --- packed formats ----------------------------------------------------------------------------------------


def _packed(data: bytes) -> Iterator[Extract]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        yield from _properties(archive, names)
        if "word/document.xml" in names:
            yield from _docx(archive, names)
        elif "xl/workbook.xml" in names:
            yield from _xlsx(data, archive, names)
        elif any(name.lower() == "ofd.xml" for name in names):
            yield from _ofd(archive, names)
        else:
            yield _unread(_("不是能读取的文件格式"))
        for name in names:
            if "/embeddings/" in name and not name.endswith("/"):
                yield from _embedded(archive, name)


def _part(archive: zipfile.ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise _TooLarge(name)
    root: Element = fromstring(archive.read(name))
    return root


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _words(element: Element) -> str:
    """Text of an element, that of deleted and hidden runs included; breaks and tabs are blanks."""
    said = []
    for part in element.iter():
        name = _tag(part)
        if name in {"t", "delText", "instrText"}:
            said.append(part.text or "")
        elif name in {"tab", "br", "cr"}:
            said.append(" ")
    return "".join(said)


AUTHORS = {"creator": "作者", "lastModifiedBy": "最后修改人", "Manager": "主管", "Author": "作者", "Creator": "作者"}


def _properties(archive: zipfile.ZipFile, names: list[str]) -> Iterator[Extract]:
    for name in names:
        if not name.startswith("docProps/") or not name.endswith(".xml"):
            continue
        for part in _part(archive, name).iter():
            if part.text and part.text.strip():
                label = AUTHORS.get(_tag(part), "")
                place = _("文件属性 %(name)s") % {"name": label or _tag(part)}
                yield Extract(part.text.strip(), place, author=bool(label))


def _docx(archive: zipfile.ZipFile, names: list[str]) -> Iterator[Extract]:
    kinds = {
        "header": _("页眉"),
        "footer": _("页脚"),
        "footnotes": _("脚注"),
        "endnotes": _("尾注"),
        "comments": _("批注"),
    }
    held = 0
    for extract in _document(_part(archive, "word/document.xml")):
        held += len(extract.text)
        yield extract
    for name in names:
        found = re.fullmatch(r"word/(header|footer|footnotes|endnotes|comments)\d*\.xml", name)
        if found:
            root = _part(archive, name)
            yield Extract(_words(root), kinds[found[1]])
            for part in root.iter():
                for key, value in part.attrib.items():
                    if key.endswith("}author") and value:
                        yield Extract(value, f"{kinds[found[1]]} {_('作者')}", author=True)
    pictures = [name for name in names if name.startswith("word/media/")]
    if pictures and held < FEWEST_CHARACTERS * len(pictures):
        yield _unread(_("正文是图片，没有可读取的文字"), _("%(count)d 幅图片") % {"count": len(pictures)})


def _document(root: Element) -> Iterator[Extract]:
    """Paragraphs and cells in their order; a table inside a cell is told with the cell."""
    body = next((part for part in root if _tag(part) == "body"), root)
    paragraph = table = 0
    for part in body:
        if _tag(part) == "tbl":
            table += 1
            yield from _word_table(part, table)
        else:
            text = _words(part)
            paragraph += 1
            if text.strip():
                yield Extract(text, _("第 %(number)d 段") % {"number": paragraph})


def _word_table(element: Element, number: int) -> Iterator[Extract]:
    heads: list[str] = []
    for row, line in enumerate((part for part in element if _tag(part) == "tr"), start=1):
        cells = [_words(part) for part in line if _tag(part) == "tc"]
        heads = heads or cells
        for column, text in enumerate(cells, start=1):
            place = _("表 %(table)d 第 %(row)d 行第 %(column)d 列") % {"table": number, "row": row, "column": column}
            yield Extract(text, place, column=heads[column - 1] if row > 1 and column <= len(heads) else "")


def _xlsx(data: bytes, archive: zipfile.ZipFile, names: list[str]) -> Iterator[Extract]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    cells = 0
    for sheet in book.worksheets:
        yield Extract(sheet.title, _("工作表名"))
        heads: list[str] = []
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = [_cell(value) for value in row]
            if not heads and any(texts):
                heads = texts
            for column, text in enumerate(texts, start=1):
                if text:
                    cells += 1
                    place = f"{sheet.title}!{get_column_letter(column)}{number}"
                    head = heads[column - 1] if column <= len(heads) and texts is not heads else ""
                    yield Extract(text, place, column=head)
            if cells > MOST_CELLS:
                yield _unread(_("单元格过多，其后各行未读取"), f"{sheet.title}!{number}")
                return
    for name in names:
        if re.fullmatch(r"xl/(?:comments/?|threadedComments/|drawings/)\w*\.xml", name):
            yield Extract(_words(_part(archive, name)), _("批注或文本框"))


def _cell(value: Any) -> str:
    """A number as its digits: a telephone stored as a number is one."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or isinstance(value, bool) else str(value)


def _ofd(archive: zipfile.ZipFile, names: list[str]) -> Iterator[Extract]:
    """OFD (GB/T 33190): the words stand in TextCode, one page a file."""
    empty = []
    for name in sorted(name for name in names if name.lower().endswith(".xml")):
        if name.lower() == "ofd.xml":
            for part in _part(archive, name).iter():
                if _tag(part) in AUTHORS and part.text:
                    yield Extract(part.text, _("文件属性 %(name)s") % {"name": AUTHORS[_tag(part)]}, author=True)
        page = re.search(r"/Pages?/Page_?(\d+)/", name)
        if page or "/Annots/" in name or "/Tpls/" in name:
            texts = [part.text or "" for part in _part(archive, name).iter() if _tag(part) == "TextCode"]
            number = int(page[1]) + 1 if page else 0
            yield Extract("\n".join(texts), _("第 %(page)d 页") % {"page": number})
            if page and name.endswith("Content.xml") and not "".join(texts).strip():
                empty.append(number)
    if empty:
        listed = "、".join(map(str, empty))
        yield _unread(_("没有可读取的文字（可能是扫描件）"), _("第 %(pages)s 页") % {"pages": listed})


def _embedded(archive: zipfile.ZipFile, name: str) -> Iterator[Extract]:
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise _TooLarge(name)
    inside = archive.read(name)
    for extract in extracts_of(inside, name):
        yield Extract(extract.text, f"{_('内嵌文件')} {extract.place}", extract.column, extract.author, extract.unread)


# --- plain text --------------------------------------------------------------------------------------------


def _plain(data: bytes) -> Iterator[Extract]:
    for coding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = data.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    else:
        yield _unread(_("文字编码不能识别"))
        return
    if "\0" in text:
        yield _unread(_("不是文本文件"))
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield Extract(line, _("第 %(number)d 行") % {"number": number})

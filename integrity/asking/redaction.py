"""Partial release 区分处理 (信息公开条例 37): the text made anew without what is withheld.

No black box over a text: the released document is built from the letters that remain. The original is read in memory,
never stored, and neither are the withheld words: the archive keeps how many places there were and why, in the reply.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from defusedxml.ElementTree import ParseError, iterparse  # type: ignore[import-untyped]  # ships no types
from django.utils.translation import gettext as _

from integrity.exceptions import ActRefused

MARK = "〔不予公开〕"
MAX_BYTES = 5 * 1024 * 1024
MAX_TEXT = 200_000
_MAX_UNPACKED = 40 * 1024 * 1024
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_JOINERS = "·•-‐‑–—"
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text that may go out, and in how many places something was taken out."""

    text: str
    places: int


def _folded(text: str) -> tuple[str, list[int]]:
    """Letters alone, in one form, each with its place: 全角, blanks, line ends and joiners hide nothing."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for one in unicodedata.normalize("NFKD", letter).casefold():
            accent = "\u0300" <= one <= "\u036f"
            if not (one.isspace() or accent or one in _JOINERS or unicodedata.category(one) in {"Cf", "Cc"}):
                letters.append(one)
                places.append(place)
    return "".join(letters), places


def spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, overlapping ones joined."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for word in words:
        wanted, _places = _folded(word)
        if not wanted:
            continue
        start = folded.find(wanted)
        while start >= 0:
            found.append((places[start], places[start + len(wanted) - 1] + 1))
            start = folded.find(wanted, start + 1)
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def redact(text: str, words: Iterable[str]) -> Redacted:
    """The text with every withheld passage replaced 替换不予公开的内容; a word that is nowhere is refused."""
    wanted = [word.strip() for word in words if word.strip()]
    if missing := [word for word in wanted if not spans(text, [word])]:
        words_missing = _("原文中没有第 %(number)s 项不予公开的内容，请核对")
        raise ActRefused("word_missing", words_missing % {"number": wanted.index(missing[0]) + 1}, field="withheld")
    parts: list[str] = []
    position = 0
    found = spans(text, wanted)
    for begin, end in found:
        parts += [text[position:begin], MARK]
        position = end
    done = "".join([*parts, text[position:]])
    if spans(done, wanted):  # what stood around a passage makes the word anew
        raise ActRefused("word_left", _("替换后仍可读出不予公开的内容，请扩大范围"), field="withheld")
    return Redacted(done, len(found))


def refuse_words(text: str, words: Iterable[str], *, field: str) -> None:
    """A withheld word stands nowhere else in what goes out: title, letter, summary."""
    if spans(text, [word for word in words if word.strip()]):
        raise ActRefused("word_elsewhere", _("此处写有不予公开的内容"), field=field)


# --- reading an original -------------------------------------------------------------------------------------


def text_of(content: IO[bytes]) -> str:
    """The text of an uploaded original: plain text or DOCX, by its bytes; its name is not looked at."""
    data = content.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ActRefused("too_large", _("文件超过 5 MB，请分件处理"), field="original")
    if data.startswith(b"PK\x03\x04"):
        return _docx(data)
    if data.startswith(b"%PDF-"):
        raise ActRefused("pdf", _("PDF 请复制其文字粘贴到“原文”一栏；扫描件须先识别文字并核对"), field="original")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n")
    raise ActRefused("not_text", _("须为文本文件或 DOCX 文件"), field="original")


def _docx(data: bytes) -> str:
    """Paragraphs and tables of the main part; comments, tracked deletions, headers and properties are not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if packed.getinfo("word/document.xml").file_size > _MAX_UNPACKED:
                raise ActRefused("too_large", _("文件过大，请分件处理"), field="original")
            with packed.open("word/document.xml") as part:
                return _paragraphs(part)
    except (KeyError, zipfile.BadZipFile, ParseError) as fault:
        raise ActRefused("not_docx", _("不是可以读取的 DOCX 文件"), field="original") from fault


def _paragraphs(part: IO[bytes]) -> str:
    lines: list[str] = []
    letters: list[str] = []
    for _event, node in iterparse(part):
        if node.tag == f"{_WORD}t":
            letters.append(node.text or "")
        elif node.tag in (f"{_WORD}tab", f"{_WORD}br"):
            letters.append("\t" if node.tag.endswith("tab") else "\n")
        elif node.tag == f"{_WORD}p":
            lines.append("".join(letters))
            letters = []
    return "\n".join(lines)

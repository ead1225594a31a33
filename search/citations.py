"""Statute citations 法条引用: 第五十三条 and 第53条 are one place, whichever way it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERALS = "".join([*_DIGITS, *_UNITS])
_PLACE = rf"第\s*(?:[{_NUMERALS}]+|[0-9０-９]+)\s*[编章节条款项目]"
_ONE = re.compile(rf"第\s*([{_NUMERALS}]+|[0-9０-９]+)\s*([编章节条款项目])")
_CHAIN = re.compile(rf"(?:{_PLACE}(?:之[{_NUMERALS}]+)?)+")
#: Characters before a citation that belong to it: the title of the law.
_BEFORE = 40
_TITLE_MARKS = str.maketrans("", "", "《》〈〉")


def with_figures(text: str) -> str:
    """The text with every 第…条, 款, 项 in figures: 第五十三条第二款 → 第53条第2款."""
    return _ONE.sub(lambda found: f"第{figure(found[1])}{found[2]}", text)


def plain(text: str) -> str:
    """As `with_figures`, and without the marks of a title: 《公务员法》第53条 is looked for as 公务员法第53条."""
    return with_figures(text).translate(_TITLE_MARKS)


def cited(text: str) -> Iterator[str]:
    """Each citation that can be written otherwise, in figures and without title marks, with the words before it."""
    for found in _CHAIN.finditer(text):
        written = text[max(0, found.start() - _BEFORE) : found.end()]
        if (figures := plain(written)) != written:
            yield figures


def figure(numeral: str) -> int:
    """The value of a Chinese numeral below ten thousand, or of figures."""
    if numeral.isdecimal():
        return int(numeral)
    if not any(character in _UNITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[character], 0
        else:
            digit = _DIGITS[character]
    return total + digit

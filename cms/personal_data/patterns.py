"""Numbers of persons in a text 个人号码: identity numbers, telephones, bank cards, other papers, mail addresses.

Whoever hides a number among blanks, dashes, full-width digits or invisible characters is read through: a text is
compacted with a map back to its own places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.identifiers import IdentifierError, check_identity_number


class Kind(models.TextChoices):
    """What was found 发现类别. Numbers stop a page; the others wait for the secrecy reviewer's decision."""

    IDENTITY = "identity", _("身份号码")
    MOBILE = "mobile", _("手机号码")
    LANDLINE = "landline", _("固定电话号码")
    CARD = "card", _("银行卡号")
    PAPER = "paper", _("护照或通行证号码")
    MAIL = "mail", _("电子邮箱")
    OFFICE_PHONE = "office_phone", _("联系方式栏中的电话")
    NAME = "name", _("姓名")
    UNREADABLE = "unreadable", _("机器不能读出文字的文件")

    @classmethod
    def hard(cls) -> frozenset[Kind]:
        """Nobody may let these pass 硬性拦截: a page with one is neither submitted nor published."""
        return frozenset({cls.IDENTITY, cls.MOBILE, cls.LANDLINE, cls.CARD, cls.PAPER})


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found in a text, by its place in it."""

    kind: Kind
    text: str
    start: int
    end: int


_DASHES = r"\-‐‑‒–—―－_."
_SEPARATOR = rf"[ \t\u00a0\u3000{_DASHES}]"
#: 18 or 15 characters with at most two separators between any two of them.
_CHAIN = rf"(?:{_SEPARATOR}{{0,2}}\d)"
_IDENTITY = re.compile(rf"(?<![0-9A-Za-z])[1-9]{_CHAIN}{{16}}{_SEPARATOR}{{0,2}}[\dXx](?![0-9A-Za-z])")
_IDENTITY_15 = re.compile(rf"(?<![0-9A-Za-z])[1-9]{_CHAIN}{{14}}(?![0-9A-Za-z])")
_ABROAD = rf"(?:(?:\+|00)?86{_SEPARATOR}?)?"
_MOBILE = re.compile(
    rf"(?<!\d){_ABROAD}1[3-9]\d{_SEPARATOR}?\d{_SEPARATOR}?\d{{3}}{_SEPARATOR}?\d{_SEPARATOR}?\d{{3}}(?!\d)"
)
_LANDLINE = re.compile(
    rf"(?<!\d){_ABROAD}[(（]?0\d{{2,3}}[)）]?{_SEPARATOR}{{0,2}}[2-9]\d{{2,3}}{_SEPARATOR}?\d{{4}}(?!\d)"
)
_SERVICE = re.compile(rf"(?<!\d)[48]00{_SEPARATOR}?\d{{3,4}}{_SEPARATOR}?\d{{3,4}}(?!\d)")
_CUED_PHONE = re.compile(
    r"(?:电话|热线|传真|座机|联系方式|手机|Tel|TEL|tel|Phone|phone|Fax)[^0-9\n]{0,8}"
    rf"([2-9]\d{{2,3}}{_SEPARATOR}?\d{{4}})(?!\d)"
)
_CARD = re.compile(rf"(?<![0-9A-Za-z])[2-69](?:{_SEPARATOR}?\d){{14,18}}(?![0-9A-Za-z])")
#: Beginnings that issuers of cards have (GB/T 14694, ISO/IEC 7812); the check digit alone is right one time in ten.
_ISSUERS = re.compile(r"(?:62|60|4|5[0-9]|2[2-7]|3[4567]|9558|9[0-9]{3})")
_PAPER = re.compile(
    r"(?:护照|通行证|居留证|军官证|士兵证)[^\w\n]{0,3}(?:号码|号|编号)?[^\w\n]{0,3}([A-Za-z]{1,3}\d{7,9})(?!\d)"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def compact(text: str) -> tuple[str, list[int]]:
    """The text with digits and letters in one form and without invisible characters, and where each came from."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if unicodedata.category(character) in {"Cf", "Mn"}:
            continue
        folded = unicodedata.normalize("NFKC", character)
        if len(folded) != 1:
            folded = character
        elif folded.isdigit() and not folded.isascii():
            folded = str(unicodedata.digit(folded))
        characters.append(folded)
        places.append(place)
    return "".join(characters), places


def numbers_in(text: str, *, today: date) -> list[Hit]:
    """Every number of a person in the text, the stronger kind first where two would name the same digits."""
    plain, places = compact(text)
    taken: set[int] = set()
    hits: list[Hit] = []
    for kind, start, end in _candidates(plain, today):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            first, last = places[start], places[end - 1] + 1
            hits.append(Hit(kind, text[first:last], first, last))
    return sorted(hits, key=lambda hit: hit.start)


def _candidates(plain: str, today: date) -> Iterator[tuple[Kind, int, int]]:
    for pattern in (_IDENTITY, _IDENTITY_15):
        for found in pattern.finditer(plain):
            if _is_identity(digits(found[0]), today):
                yield Kind.IDENTITY, found.start(), found.end()
    for found in _CARD.finditer(plain):
        if _is_card(digits(found[0])):
            yield Kind.CARD, found.start(), found.end()
    for kind, pattern in ((Kind.MOBILE, _MOBILE), (Kind.LANDLINE, _LANDLINE), (Kind.LANDLINE, _SERVICE)):
        for found in pattern.finditer(plain):
            yield kind, found.start(), found.end()
    for kind, pattern in ((Kind.LANDLINE, _CUED_PHONE), (Kind.PAPER, _PAPER)):
        for found in pattern.finditer(plain):
            yield kind, found.start(1), found.end(1)
    for found in _MAIL.finditer(plain):
        yield Kind.MAIL, found.start(), found.end()


def digits(text: str) -> str:
    """A number in its one form: digits and a last X alone. For telephones and comparisons."""
    return re.sub(r"[^0-9X]", "", compact(text)[0].upper())


def telephone(text: str) -> str:
    """A telephone number without the country's code."""
    number = digits(text)
    return re.sub(r"^(?:00)?86(?=0|1\d{10}$)", "", number)


def _is_identity(number: str, today: date) -> bool:
    if len(number) not in (15, 18):
        return False
    try:
        check_identity_number(number, today=today)
    except IdentifierError:
        return False
    return True


def _is_card(number: str) -> bool:
    """ISO/IEC 7812: an issuer's beginning and the Luhn check."""
    if not 15 <= len(number) <= 19 or not number.isdigit() or not _ISSUERS.match(number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def masked(text: str) -> str:
    """What may be kept of a finding: its first character and its length."""
    return text[:1] + "＊" * max(len(text) - 1, 0)

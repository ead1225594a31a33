"""Personal names 姓名: stored form, search key, pinyin, Tibetan (domain §2; notice of 12 ministries, 2016).

Decisions and their reasons: docs/decisions/0003-names-and-search-keys.md. The caller keeps the text as
received; nothing here splits a name into surname and given name, and nothing links two people: keys find.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from integrity.exceptions import ReasonedRefusal
from integrity.readings import fold_latin, likeliest, readings_of

if TYPE_CHECKING:
    from django.utils.functional import Promise
    from opencc import OpenCC

__all__ = [
    "HAN",
    "MAX_NAME_LENGTH",
    "NameRefused",
    "PinyinKeys",
    "bigrams",
    "fold_latin",
    "is_tibetan",
    "lang_of",
    "name_key",
    "normalise_name",
    "pinyin_keys",
    "split_disambiguator",
    "tibetan_key",
]

MAX_NAME_LENGTH = 100
INTERPUNCT = "\u00b7"
TSHEG = "\u0f0b"

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# An ideograph with the variation selector that may follow it counts as one character.
_AFTER_HAN = f"(?<=[{HAN}{_SELECTORS}])"

# • ‧ ・ ･ ⋅ ∙ ᛫ ⸱ and Greek ano teleia are dots of a name anywhere; . ． 。 only between Han characters.
_DOTS = "\u00b7\u2022\u2027\u30fb\uff65\u22c5\u2219\u16eb\u2e31\u0387"
_DOT = re.compile(f"[{_DOTS}]")
_STOP_BETWEEN_HAN = re.compile(rf"{_AFTER_HAN}\s*[.\uff0e\u3002\uff61]\s*(?=[{HAN}])")
_SPACED_DOT = re.compile(rf"\s*{INTERPUNCT}+\s*")
_BLANK = re.compile(r"\s+")
_BLANK_BETWEEN_HAN = re.compile(rf"{_AFTER_HAN}\s+(?=[{HAN}])")
_BRACKETS = str.maketrans("（）﹙﹚〔〕［］[]【】", "()()()()()()")

# Left behind by copying from pages and word processors; without meaning in a name.
_INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u200b-\u200f\u061c\u180e\u2060-\u2064\u3164\ufeff\uffa0]")
_SELECTOR = re.compile(f"[{_SELECTORS}]")
# They reorder the text around the name, also in a list or a document that quotes it.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u206f]")

# Of markup; no document of identity writes them in a name. A search key would fold the full-width forms to these.
_MARKUP = frozenset("<>{}|\\＜＞｛｝｜＼")

_TIBETAN = re.compile("[\u0f00-\u0fff]")
_TSHEG_RUN = re.compile("[\u0f0b\u0f0c\u0fd2\\s]+")
# Tsheg, shad and other marks that open or close a text, and blanks.
_TIBETAN_EDGE = "".join(map(chr, [*range(0x0F01, 0x0F15), *range(0x0FD0, 0x0FD5)])) + " \t\r\n\u00a0\u3000"

_LATIN_WORD = re.compile("[a-z0-9]+")
_APOSTROPHE = re.compile("['’ʼ`]")

_MESSAGES: dict[str, Promise] = {
    "empty": _("没有填写姓名；请按证件填写。"),
    "no_letter": _("姓名中没有文字；请按证件填写。"),
    "too_long": _("姓名超过100个字符；请核对是否混入了其他内容。"),
    "private_use": _(
        "姓名第%(place)d个字符是自造字（私用区编码），在其他系统中无法显示；请改用GB 18030收录的正式字符。"
    ),
    "bidi": _("姓名第%(place)d个字符是不可见的文字方向控制符；请删除后重新填写。"),
    "control": _("姓名第%(place)d个字符是不可见的控制字符；请删除后重新填写。"),
    "markup": _("姓名第%(place)d个字符不是姓名用字；请按证件填写。"),
}


class NameRefused(ReasonedRefusal, ValueError):
    """A text that cannot be stored as a name 姓名不符: stable `code`, message with place and remedy."""


def normalise_name(raw: str) -> str:
    """The stored form of a name 姓名规范写法; raises NameRefused. The caller keeps `raw` beside it.

    NFC, interpunct U+00B7, ASCII brackets, no invisible characters, no blanks between Han characters.
    """
    _refuse_characters(raw)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", raw)).translate(_BRACKETS)
    text = _tidy(text)
    if not text:
        raise _refusal("empty")
    if not any(_is_letter(character) for character in text):
        raise _refusal("no_letter")
    if len(text) > MAX_NAME_LENGTH:
        raise _refusal("too_long")
    return text


def split_disambiguator(name: str) -> tuple[str, str]:
    """Split the note that tells namesakes apart 同名区分注记: 李某(1947) → ("李某", "1947"), else ""."""
    text = name.translate(_BRACKETS).strip()
    head, bracket, note = text.removesuffix(")").rpartition("(")
    if not text.endswith(")") or not bracket or ")" in note or not head.strip(" \t\r\n("):
        return name.strip(), ""
    return head.strip(), note.strip()


def name_key(name: str) -> str:
    """The search key of a name 检索键, for stored names and queries alike: never raises, empty for nothing.

    Without note, interpuncts, blanks, variation selectors; NFKC, casefold, traditional folded to simplified
    character by character, so that the key of a part of a name is a part of its key. People may share a key.
    """
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", _BIDI.sub("", name)))
    text, _note = split_disambiguator(_tidy(plain.translate(_BRACKETS)))
    if is_tibetan(text):
        text = tibetan_key(text)
    text = _SELECTOR.sub("", text)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _BLANK.sub("", _DOT.sub("", text))
    return "".join(_simplified(character) for character in text)


def bigrams(text: str) -> str:
    """Index tokens of a name 单字与双字词: 张三丰 → "张 张三 三 三丰 丰"; other scripts one token a word.

    Index and query go through the same function; a phrase query is then exact from one character on.
    """
    folded = _folded_words(text)
    tokens: list[str] = []
    for is_han, run in _runs(folded):
        if not is_han:
            tokens.extend(re.findall(r"\w[\w\u0f00-\u0fff'’-]*", run) if not is_tibetan(run) else _syllables(run))
            continue
        for place, character in enumerate(run):
            tokens.append(character)
            if place + 1 < len(run):
                tokens.append(run[place : place + 2])
    return " ".join(tokens)


def _folded_words(text: str) -> str:
    """As `name_key`, but words of other scripts stay apart and a note in brackets stays (for tokens)."""
    text = _SELECTOR.sub("", _INVISIBLE.sub("", _BIDI.sub("", text)))
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _tidy(text)
    joined = re.sub(f"{_AFTER_HAN}{INTERPUNCT}(?=[{HAN}])", "", text).replace(INTERPUNCT, " ")
    return "".join(_simplified(character) for character in joined)


# --- pinyin ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PinyinKeys:
    """Latin search keys of a name 拼音检索键, likeliest first: "zengguofan", "zeng guo fan", "zgf"."""

    full: list[str]
    syllables: list[str]
    initials: list[str]


def pinyin_keys(name: str) -> PinyinKeys:
    """All plausible readings of a name 拼音 (曾国藩: zeng and ceng), eight at most; Latin without accents.

    Empty for Tibetan script. Queries in Latin letters go through `fold_latin` (ü is v).
    """
    text, _note = split_disambiguator(name)
    parts: list[list[str]] = []
    for is_han, run in _runs(_folded_words(text)):
        if is_han:
            parts.append([" ".join(reading) for reading in readings_of(run, starts_name=not parts)])
        else:
            parts.extend([word] for word in _LATIN_WORD.findall(_APOSTROPHE.sub("", fold_latin(run))))
    spaced = [" ".join(reading) for reading in likeliest([choices for choices in parts if choices])]
    return PinyinKeys(
        full=_distinct(text.replace(" ", "") for text in spaced),
        syllables=_distinct(spaced),
        initials=_distinct("".join(word[0] for word in text.split()) for text in spaced),
    )


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


# --- Tibetan -----------------------------------------------------------------------------------------------


def is_tibetan(text: str) -> bool:
    """Whether the text holds Tibetan script 藏文 (U+0F00–0FFF)."""
    return _TIBETAN.search(text) is not None


def tibetan_key(text: str) -> str:
    """The key of a Tibetan-script name 藏文检索键: NFC, one tsheg between syllables, none at the end."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _TSHEG_RUN.sub(TSHEG, text.strip(_TIBETAN_EDGE))


def lang_of(text: str) -> Literal["bo", "zh-Hans", "und"]:
    """The language tag to mark a name with 语言标记 (`lang` attribute): the script most characters have."""
    tibetan, han = len(_TIBETAN.findall(text)), len(_HAN_CHARACTER.findall(text))
    if not tibetan and not han:
        return "und"
    return "bo" if tibetan > han else "zh-Hans"


def _syllables(text: str) -> list[str]:
    return [part for part in re.split("[\u0f0b-\u0f14\u0fd2\\s]+", text) if part]


# --- parts -------------------------------------------------------------------------------------------------


def _refusal(code: str, place: int = 0) -> NameRefused:
    return NameRefused(code, str(_MESSAGES[code]) % {"place": place} if place else str(_MESSAGES[code]))


def _refuse_characters(raw: str) -> None:
    """Refuse what no name can hold. Unassigned code points pass: this Python knows not all ideographs."""
    for place, character in enumerate(raw, start=1):
        category = unicodedata.category(character)
        if category == "Co":
            raise _refusal("private_use", place)
        if _BIDI.match(character):
            raise _refusal("bidi", place)
        if character in _MARKUP:
            raise _refusal("markup", place)
        invisible = _INVISIBLE.match(character) is not None
        noncharacter = (ord(character) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
        if (category in {"Cc", "Cf", "Cs"} and not invisible and character not in "\t\n\r") or noncharacter:
            raise _refusal("control", place)


def _tidy(text: str) -> str:
    """Interpuncts, blanks and brackets in one form. Blanks first: no pattern may meet a long run of them."""
    text = _BLANK.sub(" ", text)
    text = _STOP_BETWEEN_HAN.sub(INTERPUNCT, _DOT.sub(INTERPUNCT, text))
    text = _SPACED_DOT.sub(INTERPUNCT, text)
    text = _BLANK_BETWEEN_HAN.sub("", text)
    text = text.replace(" (", "(").replace("( ", "(").replace(" )", ")")
    return text.strip().strip(INTERPUNCT).strip()


def _is_letter(character: str) -> bool:
    return _HAN_CHARACTER.match(character) is not None or unicodedata.category(character)[0] == "L"


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    for is_han, run in groupby(text, key=lambda character: _HAN_CHARACTER.match(character) is not None):
        yield is_han, "".join(run)


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    # Imported late: dictionaries are read on first use, and many commands never need them.
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=65_536)
def _simplified(character: str) -> str:
    return _converter().convert(character) if _HAN_CHARACTER.match(character) else character

"""How two names are alike 姓名相似: the reason for a proposal, never a decision (H17)."""

from __future__ import annotations

import re
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.names import HAN, name_key, pinyin_keys
from integrity.readings import fold_latin
from integrity.syllables import confusions, within_one_slip
from integrity.transliterations import element_key

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile("[a-z]+")
_SHORTEST_SLIP = 4


class Likeness(models.TextChoices):
    """Why a name is proposed for another 相似原因, the strongest first."""

    SAME = "same", _("姓名一致")
    WRITTEN = "written", _("写法不同（异体、繁简、间隔）")
    ELEMENTS = "elements", _("译名写法不同")
    ORDER = "order", _("词序不同")
    READING = "reading", _("读音相同")
    SOUND = "sound", _("读音相近")
    SLIP = "slip", _("拼写差一处")


def likeness(one: str, other: str) -> Likeness | None:
    """The strongest reason to look whether two names are one; None without any."""
    if one == other:
        return Likeness.SAME
    key = name_key(one)
    if key and key == name_key(other):
        return Likeness.WRITTEN
    if (element := element_key(one)) and element == element_key(other):
        return Likeness.ELEMENTS
    words, others = _latin_words(one), _latin_words(other)
    if words and others:
        return _of_latin(words, others)
    return _of_sound(one, other, typed=bool(words or others))


def _of_latin(words: tuple[str, ...], others: tuple[str, ...]) -> Likeness | None:
    if "".join(words) == "".join(others):
        return Likeness.WRITTEN
    one, other = sorted(words), sorted(others)
    if one == other:
        return Likeness.ORDER
    apart = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) != len(other) or len(apart) != 1:
        return None
    ((a, b),) = apart
    return Likeness.SLIP if min(len(a), len(b)) >= _SHORTEST_SLIP and within_one_slip(a, b) else None


def _of_sound(one: str, other: str, *, typed: bool) -> Likeness | None:
    readings, others = _readings(one), _readings(other)
    if readings & others:
        return Likeness.READING
    if any(way in others for way in _sounds(one)) or any(way in readings for way in _sounds(other)):
        return Likeness.SOUND
    # Between two names in characters a letter's difference is another name, not a slip.
    if typed and any(min(len(a), len(b)) > _SHORTEST_SLIP and within_one_slip(a, b) for a in readings for b in others):
        return Likeness.SLIP
    return None


@lru_cache(maxsize=8192)
def _latin_words(name: str) -> tuple[str, ...]:
    plain = re.sub("['’ʼ`]", "", fold_latin(name))
    return tuple(_WORD.findall(plain)) if plain.isascii() and not _HAN.search(plain) else ()


@lru_cache(maxsize=8192)
def _readings(name: str) -> frozenset[str]:
    words = _latin_words(name)
    return frozenset({"".join(words)} if words else pinyin_keys(name).full)


@lru_cache(maxsize=8192)
def _sounds(name: str) -> frozenset[str]:
    if _latin_words(name):
        return frozenset()
    spoken = [tuple(reading.split()) for reading in pinyin_keys(name).syllables]
    return frozenset(way for syllables in spoken if len(syllables) > 1 for way in confusions(syllables))

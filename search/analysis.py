"""Text to tokens 文本分析: character pairs, names, pinyin, numbers; index and query go through the same functions.

A run of Han characters c1…cn gives its pairs c1c2 … c(n-1)cn and its last character alone. A query of two or more
characters asks for its pairs, a single character for the tokens that begin with it: every substring is found, from
one character on, without a dictionary. Folding is character by character, so a part folds to a part of the whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from integrity.names import HAN, name_key, pinyin_keys
from integrity.readings import fold_latin
from integrity.syllables import MOST_WAYS, confusions, cuts, slips
from integrity.transliterations import element_key
from search.citations import plain

_NO_WORD = re.compile(rf"[^\w{HAN}\u0f40-\u0fbc]+|_+")
_NO_ASCII_WORD = re.compile("[^0-9a-z]+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_RUN = re.compile(f"[{HAN}]+|[^{HAN}]+")
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s*[·•‧・･⋅∙᛫⸱]\s*(?=[{HAN}])")
_BLANK_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
_PLAIN_WORD = re.compile("[0-9a-z\u3400-\u4db5\u4e00-\u9fcc]+")
_LATIN = re.compile(r"[a-z]+(?:['’][a-z]+)*")
#: Longer words are cut, on both sides alike: PostgreSQL refuses lexemes of more than 2 kB.
_LONGEST_WORD = 100
_LONGEST_QUERY = 200
_MOST_WORDS = 8
#: Syllables of a name that is looked for by its sound; typed letters below which a slip could mean anything.
_LONGEST_NAME = 8
_SHORTEST_GUESS = 5


class Field(StrEnum):
    """Where a token stands; the letter is the token's first character."""

    WHOLE_NAME = "w"
    NAME = "n"
    PINYIN = "p"
    WHOLE_NUMBER = "e"
    NUMBER = "d"
    TEXT = "t"
    NARROW = "r"  # narrows a hit of another field, is never a hit by itself
    SOUND = "s"  # a whole name's readings, for what is only like the name that was asked for
    ELEMENT = "l"  # a whole name by its elements, however they are spelled


@dataclass(frozen=True, slots=True)
class Term:
    """One way in which a word may match: all tokens in `field`, and `phrase` as a substring where it is given."""

    field: Field
    tokens: tuple[str, ...]
    prefix: bool = False
    phrase: str = ""
    #: One of the tokens is enough.
    any: bool = False
    #: A guess at what was meant: a slip of a key.
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query with its ways to match; any of them is enough."""

    raw: str
    terms: tuple[Term, ...]
    #: What stood on the sides of an "or".
    either: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: every word must match and none of `without`; `whole` matches instead of all of them.

    `alike`: names that are only like the one asked for are looked for too. Their terms, `near`, are made when they
    are asked for: of typed pinyin they cost 25 ms, and most searches end without them.
    """

    raw: str
    words: tuple[Word, ...]
    whole: tuple[Term, ...]
    without: tuple[Word, ...] = ()
    alike: bool = False

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def _simple(self) -> bool:
        return bool(self.words) and not self.without and not any(word.either for word in self.words)

    @property
    def may_be_alike(self) -> bool:
        """Whether there is anything to look for beyond what was typed."""
        return self._simple and next(_near(self.raw), None) is not None

    @property
    def near(self) -> tuple[Term, ...]:
        return _near_terms(self.raw) if self.alike and self._simple else ()


# --- folding ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)  # a document asks for each of its texts two or three times
def fold(text: str) -> str:
    """Width, case, traditional forms and interpuncts folded; all else that is no word becomes one blank."""
    if text.isascii():
        return " ".join(_NO_ASCII_WORD.sub(" ", text.casefold()).split())
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _BLANK_BETWEEN_HAN.sub("", _DOT_BETWEEN_HAN.sub("", text))
    # Of a single word, the name's key is its folding character by character; a plain Latin word is its own key
    # (long English texts made half of an import's time here).
    words = _NO_WORD.sub(" ", text).split()
    return " ".join(key for word in words if (key := word if word.isascii() else name_key(word)))


def number_key(text: str) -> str:
    """A document or licence number without brackets, blanks and marks.

    〔2024〕1号, [2024] 1 号 and （２０２４）1号 have one key.
    """
    return fold(text).replace(" ", "")


def latin_key(text: str) -> str:
    """Typed pinyin or a name in Latin letters, folded as its keys are; empty when it is no Latin word."""
    plain = fold_latin(text)
    return re.sub("['’]", "", plain) if _LATIN.fullmatch(plain) else ""


def safe(token: str) -> str:
    """Only characters that every tokenizer and every query language takes for a letter; others as their number."""
    token = token[:_LONGEST_WORD]
    if (token.isascii() and token.isalnum() and token.islower()) or _PLAIN_WORD.fullmatch(token):
        return token
    return "".join(c if _PLAIN_WORD.fullmatch(c) else f"x{ord(c):x}z" for c in token)


def _runs(folded: str) -> Iterator[tuple[bool, str]]:
    for word in re.split(r"[\s\u0f0b]+", folded):
        if word.isascii():
            if word:
                yield False, word
            continue
        for run in _RUN.findall(word):
            yield _HAN_CHARACTER.match(run) is not None, run


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


# --- for the index -----------------------------------------------------------------------------------------


def text_tokens(text: str, field: Field = Field.TEXT) -> Iterator[str]:
    for is_han, run in _runs(fold(text)):
        parts = [*_pairs(run), run[-1]] if is_han else [run]
        for part in parts:
            yield field.value + safe(part)


def name_tokens(name: str) -> Iterator[str]:
    """A name as a whole, as pairs, as words of other scripts, and by its readings."""
    yield from _name_tokens(name)


@lru_cache(maxsize=4096)  # a person's record and every decision carry the same name
def _name_tokens(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_each_name_token(name)))


def _each_name_token(name: str) -> Iterator[str]:
    key = name_key(name)
    if not key:
        return
    yield Field.WHOLE_NAME + safe(key)
    yield from text_tokens(name, Field.NAME)
    yield from text_tokens(key, Field.NAME)
    for reading in name_readings(name):
        yield Field.PINYIN + safe(reading)
    for reading in pinyin_keys(name).full:
        yield Field.SOUND + safe(reading)
    if element := element_key(name):
        yield Field.ELEMENT + safe(element)


def name_readings(name: str) -> list[str]:
    """Readings to match by their beginning: zengguofan, guofan, fan, zgf; every reading of a many-voiced name."""
    keys = pinyin_keys(name)
    readings: dict[str, None] = dict.fromkeys([*keys.full, *keys.initials])
    for syllables in keys.syllables:
        parts = syllables.split()
        readings |= dict.fromkeys("".join(parts[place:]) for place in range(len(parts)))
    return [reading for reading in readings if reading]


def number_tokens(number: str, *, whole_only: bool) -> Iterator[str]:
    key = number_key(number)
    if not key:
        return
    yield Field.WHOLE_NUMBER + safe(key)
    if not whole_only:
        yield from (Field.NUMBER + safe(part) for part in [*_pairs(key), key[-1]])


# --- for the query -----------------------------------------------------------------------------------------


_PART = re.compile(r"(-?)[\"“”「]([^\"“”」]+)[\"“”」]|([^\s\"“”「」]+)")
_OR = frozenset({"或", "OR", "|", "｜"})
_NOT = frozenset({"非", "NOT"})


def parse(text: str) -> Query:
    """Words (all must match); a part in quotes, “…” or "…", stays together and is no operator.

    Between two words 或, OR or | lets one of them be enough; 非 or NOT before a word, or - at its beginning, leaves
    out what holds it. What only leaves out asks for nothing.
    """
    cut = text.replace("\x00", " ").strip()[:_LONGEST_QUERY]
    asked, without = _stated(_PART.findall(cut)[:_MOST_WORDS])
    groups = [[one for part in parts if (one := _word(part)).terms] for parts in asked]
    words = tuple(_either(group) for group in groups if group)
    simple = not without and not any(word.either for word in words)
    return Query(
        raw=cut,
        words=words,
        # A single word brings its own whole name and number.
        whole=tuple(_whole(cut)) if simple and len(words) > 1 else (),
        without=tuple(word for part in without if (word := _word(part)).terms),
    )


def _stated(parts: list[tuple[str, str, str]]) -> tuple[list[list[str]], list[str]]:
    """Groups of alternatives that are asked for, and what is left out."""
    asked: list[list[str]] = []
    without: list[str] = []
    joined = left_out = False
    for place, (sign, quoted, bare) in enumerate(parts):
        more = place + 1 < len(parts)
        if bare in _OR and asked and more:
            joined = True
        elif bare in _NOT and more:
            left_out = True
        elif left_out or sign or (bare.startswith("-") and len(bare) > 1):
            without.append(quoted or bare.removeprefix("-"))
            left_out = joined = False
        elif joined:
            asked[-1].append(quoted or bare)
            joined = False
        else:
            asked.append([quoted or bare])
    return asked, without


def _either(words: list[Word]) -> Word:
    if len(words) == 1:
        return words[0]
    terms = tuple(term for word in words for term in word.terms)
    return Word(raw=" 或 ".join(word.raw for word in words), terms=terms, either=tuple(words))


def _near(text: str) -> Iterator[Term]:
    """Other spellings of the name's elements, readings that sound like it, and, of typed letters, one slip of a key.

    Only for a whole name of two syllables or more: a single one sounds like a hundred others.
    """
    if element := element_key(text):
        yield Term(Field.ELEMENT, (safe(element),))
    letters = re.sub("[ '’-]", "", fold_latin(text))
    typed = letters if letters.isascii() and letters.isalpha() else ""
    spoken = cuts(typed) if typed else [tuple(reading.split()) for reading in pinyin_keys(text).syllables]
    ways = [way for syllables in spoken if 1 < len(syllables) <= _LONGEST_NAME for way in confusions(syllables)]
    if ways:
        yield Term(Field.SOUND, _distinct(ways), any=True)
    if len(typed) >= _SHORTEST_GUESS and (guesses := _distinct(slips(typed))):
        yield Term(Field.SOUND, guesses, any=True, guess=True)


@lru_cache(maxsize=64)  # a page asks twice: for the classes of matches and for the reasons
def _near_terms(text: str) -> tuple[Term, ...]:
    return tuple(_near(text))


def _distinct(ways: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(safe(way) for way in ways))[:MOST_WAYS]


def _whole(text: str) -> Iterable[Term]:
    if key := name_key(text):
        yield Term(Field.WHOLE_NAME, (safe(key),))
    if (number := number_key(text)) and _has_digit(number):
        yield Term(Field.WHOLE_NUMBER, (safe(number),))


def _word(part: str) -> Word:
    return Word(raw=part, terms=tuple(_terms(part)))


def _terms(part: str) -> Iterator[Term]:
    tokens, prefix = _phrase(part)
    if not tokens:
        return
    yield from _whole(part)
    key = name_key(part)
    name, name_prefix = _phrase(key) if key else (tokens, prefix)
    yield Term(Field.NAME, name, prefix=name_prefix, phrase=fold(key) if len(name) > 1 else "")
    if latin := latin_key(part):
        yield Term(Field.PINYIN, (safe(latin),), prefix=True)
    number = number_key(part)
    if _has_digit(number):
        pairs = tuple(safe(pair) for pair in _pairs(number)) or (safe(number),)
        yield Term(Field.NUMBER, pairs, prefix=len(number) == 1, phrase=number if len(pairs) > 1 else "")
    phrase = fold(part) if len(tokens) > 1 else ""
    yield Term(Field.TEXT, tokens, prefix=prefix, phrase=phrase)
    if (figures := plain(part)) != part:
        cited, cited_prefix = _phrase(figures)
        yield Term(Field.TEXT, cited, prefix=cited_prefix, phrase=fold(figures))
    yield Term(Field.NARROW, tokens, prefix=prefix)


def _phrase(part: str) -> tuple[tuple[str, ...], bool]:
    """Tokens of a phrase, and whether its last one is the beginning of a token."""
    runs = [(is_han, run) for is_han, run in _runs(fold(part)) if run]
    tokens: list[str] = []
    prefix = False
    for place, (is_han, run) in enumerate(runs):
        last = place == len(runs) - 1
        if not is_han:
            tokens.append(run)
            prefix = last and not run.isdigit()
            continue
        tokens += _pairs(run)
        if not last or len(run) == 1:
            tokens.append(run[-1])
            prefix = last
    return tuple(safe(token) for token in tokens), prefix


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)

"""Pinyin syllables 拼音音节: typed Latin letters cut into syllables, what is confused with what, and slips of a key.

The syllables are those of 汉语拼音方案 that names are read with, without tones, ü as v (and, as passports write it,
yu). Nothing here says that two names are one: it lists what a look-up may propose (H17).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from string import ascii_lowercase

_FINALS_BY_INITIAL = {
    "": "a ai an ang ao e en er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "d": "a ai an ang ao e eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "f": "a an ang ei en eng o ou u",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve yu yue",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve yu yue",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "sh": "a ai an ang ao e en eng i ou u ua uai uan uang ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "w": "a ai an ang ei en eng o u",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "y": "a an ang ao e i in ing ong ou u uan ue un",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "zh": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
}
SYLLABLES = frozenset(
    initial + final for initial, finals in _FINALS_BY_INITIAL.items() for final in finals.split()
)  # fmt: skip
_LONGEST_SYLLABLE = max(map(len, SYLLABLES))
#: Of the north-west's and the south's speech: initials and finals that are written for each other.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
#: Longer words are no names; more ways than these are not looked up.
_LONGEST_WORD = 40
MOST_CUTS = 8
MOST_WAYS = 128


@lru_cache(maxsize=4096)
def cuts(word: str) -> tuple[tuple[str, ...], ...]:
    """Every way to read typed letters as syllables 音节切分, fewest syllables first: xian → (xian), (xi, an)."""
    if not word or len(word) > _LONGEST_WORD or not word.isascii():
        return ()
    found: list[list[tuple[str, ...]]] = [[()], *([] for _ in word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            if word[start:end] in SYLLABLES:
                found[end] += [(*cut, word[start:end]) for cut in found[start]]
        found[end] = sorted(found[end], key=len)[:MOST_CUTS]
    return tuple(found[-1])


@lru_cache(maxsize=1024)
def confused_with(syllable: str) -> tuple[str, ...]:
    """The syllable and those it is confused with 易混音节, itself first: zhang → zhang, zang, zhan, zan."""
    heads = {syllable: None}
    for pair in _INITIALS:
        for one, other in (pair, pair[::-1]):
            rest = syllable.removeprefix(one)
            if rest != syllable and not (len(one) == 1 and rest.startswith("h")):
                heads[other + rest] = None
    both = dict(heads)
    for head in heads:
        for pair in _FINALS:
            for one, other in (pair, pair[::-1]):
                if head.endswith(one) and not (one[-1] == "n" and head.endswith(one + "g")):
                    both[head.removesuffix(one) + other] = None
    return tuple(one for one in both if one in SYLLABLES)


def confusions(syllables: tuple[str, ...]) -> Iterator[str]:
    """Readings that a listener may write for these syllables 近音写法, at most MOST_WAYS, themselves first."""
    ways = product(*(confused_with(syllable) or (syllable,) for syllable in syllables))
    return ("".join(way) for way in islice(ways, MOST_WAYS))


def slips(word: str) -> Iterator[str]:
    """Readings that are one slip of a key away 一键之差: a letter too few, too many, another, or two exchanged."""
    return islice((one for one in _one_key_away(word) if len(cuts(one)) > 0), MOST_WAYS)


def _one_key_away(word: str) -> Iterator[str]:
    if not word or len(word) > _LONGEST_WORD:
        return
    seen = {word}
    for one in _edits(word):
        if one not in seen:
            seen.add(one)
            yield one


def _edits(word: str) -> Iterator[str]:
    pairs = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    yield from (a + b[1] + b[0] + b[2:] for a, b in pairs if len(b) > 1)
    yield from (a + b[1:] for a, b in pairs if b)
    yield from (a + letter + b for a, b in pairs for letter in ascii_lowercase)
    yield from (a + letter + b[1:] for a, b in pairs if b for letter in ascii_lowercase)


def within_one_slip(one: str, other: str) -> bool:
    """Whether one slip of a key leads from one word to the other."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    exchanged = len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return exchanged or a[1:] == b[1:] or a[1:] == b or a == b[1:]

"""Classes of matches 匹配等级: which fields are looked at, in which order; one statement of it for every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

from search.analysis import Field, Query, Term, Word


class Rank(NamedTuple):
    """A class of matches: the fields it looks at, and whether a token must be met whole."""

    fields: frozenset[Field]
    whole: bool = False
    guess: bool = False


#: Best first, then the date. A whole reading goes before readings that begin with it: "zh" is 张华 before a thousand
#: people called Zhang or Zhao, who would fill the candidates without him.
RANKS: tuple[Rank, ...] = (
    Rank(frozenset({Field.WHOLE_NAME})),
    Rank(frozenset({Field.NAME})),
    Rank(frozenset({Field.PINYIN}), whole=True),
    Rank(frozenset({Field.PINYIN})),
    Rank(frozenset({Field.WHOLE_NUMBER, Field.NUMBER})),
    Rank(frozenset({Field.TEXT})),
    # What is only like a name, when it is asked for: the same sound or another spelling, then a slip of a key.
    Rank(frozenset({Field.ELEMENT, Field.SOUND})),
    Rank(frozenset({Field.SOUND}), guess=True),
)
#: Where a term's phrase is looked for.
PHRASE_COLUMN = {Field.NAME: "names", Field.NUMBER: "numbers", Field.TEXT: "text"}

Condition = TypeVar("Condition")


@dataclass(frozen=True)
class Conditions(Generic[Condition]):
    """How an engine says: this term matches, one of these holds, all of these hold, none of these holds."""

    matches: Callable[[Term], Condition]
    any_of: Callable[[list[Condition]], Condition]
    all_of: Callable[[list[Condition]], Condition]
    none_of: Callable[[list[Condition]], Condition]

    def of(self, query: Query, rank: Rank) -> Condition | None:
        """Some word matches in the rank's fields and all match somewhere; or the whole query is one name or number."""
        whole = (*query.whole, *query.near)
        ways = [self.matches(term) for term in whole if term.field in rank.fields and term.guess == rank.guess]
        some = self._any(query.words, rank)
        if some is not None:
            everywhere = [found for word in query.words if (found := self._any([word])) is not None]
            ways.append(self.all_of([some, *everywhere]) if len(query.words) > 1 else some)
        if not ways:
            return None
        left_out = [self.matches(term) for word in query.without for term in word.terms]
        return self.all_of([self.any_of(ways), self.none_of(left_out)]) if left_out else self.any_of(ways)

    def _any(self, words: Iterable[Word], rank: Rank | None = None) -> Condition | None:
        terms = [term for word in words for term in word.terms if rank is None or term.field in rank.fields]
        whole = rank is not None and rank.whole
        found = [self.matches(replace(term, prefix=False) if whole else term) for term in terms]
        return self.any_of(found) if found else None

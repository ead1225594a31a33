"""A hit as it is shown 检索结果: built from the row in the database, never from the index."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from integrity.choices import ObjectionState
from integrity.models import Objection
from integrity.names import HAN, lang_of, name_key
from search.analysis import Field, Query, Word, fold, latin_key, name_readings, number_key
from search.citations import plain
from search.documents import SOURCES, Content
from search.likeness import likeness
from search.models import Kind, World

_LETTER = re.compile(rf"[^\W_]|[{HAN}\u0f40-\u0fbc]")
#: Words around a hit in a text.
_BEFORE, _AFTER = 24, 60


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit 命中: which row, why it matched, and where it is opened."""

    kind: Kind
    id: int
    ref: str
    title: str
    subtitle: str
    why: str
    url: str
    date: date | None = None
    state: str = ""
    state_label: str = ""
    lang: str = ""
    flags: tuple[str, ...] = ()
    #: The place in the text: parts, and whether each one is the searched word. Escaped by the template.
    snippet: tuple[tuple[str, bool], ...] = field(default=())

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


def build(kind: Kind, rows: Sequence[Any], query: Query) -> list[Hit]:
    disputed = _disputed(kind, [row.pk for row in rows])
    return [_hit(kind, row, query, disputed) for row in rows]


def _hit(kind: Kind, row: Any, query: Query, disputed: set[int]) -> Hit:
    content = SOURCES[kind].read(row)
    title, subtitle = _TITLES[kind](row)
    state, label = _state(row)
    why, snippet = explain(content, query, public=SOURCES[kind].world == World.PUBLIC)
    return Hit(
        kind=kind, id=row.pk, ref=str(getattr(row, _REFERENCES.get(kind, "ref"))), title=title,
        subtitle=" · ".join(str(part) for part in subtitle if part), why=why, url=url_of(kind, row),
        date=content.on, state=state, state_label=label, lang=lang_of(title),
        flags=("under_objection",) if row.pk in disputed else (), snippet=snippet,
    )  # fmt: skip


#: A page's own reference, that stays when its address changes; rows have theirs.
_REFERENCES = {Kind.DISCLOSURE: "translation_key"}
_TITLES: dict[Kind, Callable[[Any], tuple[str, tuple[Any, ...]]]] = {
    Kind.FILE: lambda row: (row.name, (row.unit, row.post_title)),
    Kind.PRACTITIONER: lambda row: (row.name, (row.profession, row.unit_name)),
    Kind.DECISION: lambda row: (str(row), (row.file.name, row.deciding_authority or row.deciding_authority_text)),
    Kind.PENALTY: lambda row: (
        str(row),
        (row.record.name, row.record.profession, row.deciding_authority or row.deciding_authority_text),
    ),
    Kind.PUBLICATION: lambda row: (row.title, (row.profession, row.authority)),
    Kind.DISCLOSURE: lambda row: (row.title, (row.issuer, row.document_number, row.index_number)),
}


def _state(row: Any) -> tuple[str, str]:
    column = getattr(row, "state_column", "") or ("state" if hasattr(row, "state") else "")
    if not column:
        return "", ""
    return str(getattr(row, column)), str(getattr(row, f"get_{column}_display")())


_ADDRESSES: dict[Kind, tuple[str, ...]] = {
    Kind.FILE: ("staff:file",),
    Kind.PRACTITIONER: ("staff:practitioner",),
    Kind.DECISION: ("staff:decision",),
    Kind.PENALTY: ("staff:penalty",),
    Kind.PUBLICATION: ("register:publication",),
}


def url_of(kind: Kind, row: Any) -> str:
    if kind == Kind.DISCLOSURE:
        return str(row.url or "")
    for name in _ADDRESSES[kind]:
        try:
            return reverse(name, args=[row.ref])
        except NoReverseMatch:
            continue  # the public process has no staff pages
    return ""


_DISPUTED_BY = {
    Kind.FILE: "file_id",
    Kind.PRACTITIONER: "record_id",
    Kind.DECISION: "decision_id",
    Kind.PENALTY: "penalty_id",
}


def _disputed(kind: Kind, ids: Sequence[int]) -> set[int]:
    """Rows with an open objection: the mark goes wherever the record is shown (domain §11)."""
    column = _DISPUTED_BY.get(kind)
    if column is None or not ids:
        return set()
    rows = Objection.objects.unscoped(reason="检索结果的异议标注")
    found = rows.filter(**{f"{column}__in": list(ids)}, state__in=ObjectionState.open())
    return set(found.values_list(column, flat=True))


# --- why -------------------------------------------------------------------------------------------------

WHOLE_NAME = gettext_noop("%(label)s一致")
PART_OF_NAME = gettext_noop("%(label)s包含“%(word)s”")
BY_PINYIN = gettext_noop("拼音：%(word)s")
BY_NUMBER = gettext_noop("%(label)s：%(word)s")
IN_TEXT = gettext_noop("%(label)s含“%(word)s”")
ONLY_LIKE = gettext_noop("%(label)s“%(word)s”：%(reason)s")


def explain(content: Content, query: Query, *, public: bool) -> tuple[str, tuple[tuple[str, bool], ...]]:
    """Why this row matched, word by word, and the first place in its text."""
    reasons: list[str] = []
    snippet: tuple[tuple[str, bool], ...] = ()
    whole = Word(raw=query.raw, terms=query.whole)
    stated = [one for word in query.words for one in word.either or (word,)]
    words = [whole] if _name_reason(content, whole, whole_only=True) else stated
    for word in words:
        reason = (
            _name_reason(content, word, whole_only=public)
            or _pinyin_reason(content, word, public=public)
            or _number_reason(content, word)
        )
        if not reason:
            reason, place = _text_reason(content, word)
            snippet = snippet or place
        if reason:
            reasons.append(reason)
    if not reasons and not public:
        reasons = _likeness_reason(content, query.raw)
    return _("；").join(dict.fromkeys(reasons)), snippet


def _likeness_reason(content: Content, asked: str) -> list[str]:
    """Of a name that is only like the one asked for: which, and how."""
    for label, name in content.names:
        if reason := likeness(asked, name):
            return [_(ONLY_LIKE) % {"label": label, "word": name, "reason": reason.label}]
    return []


def _name_reason(content: Content, word: Word, *, whole_only: bool) -> str:
    key = name_key(word.raw)
    if not key:
        return ""
    for label, name in content.names:
        if name_key(name) == key:
            return _(WHOLE_NAME) % {"label": label}
    for label, name in content.names if not whole_only else ():
        if key in name_key(name) or key in fold(name).replace(" ", ""):
            return _(PART_OF_NAME) % {"label": label, "word": word.raw}
    return ""


def _pinyin_reason(content: Content, word: Word, *, public: bool) -> str:
    latin = latin_key(word.raw)
    if not latin or public:
        return ""
    for _label, name in content.names:
        if any(reading.startswith(latin) for reading in name_readings(name)):
            return _(BY_PINYIN) % {"word": word.raw}
    return ""


def _number_reason(content: Content, word: Word) -> str:
    if not any(term.field in (Field.NUMBER, Field.WHOLE_NUMBER) for term in word.terms):
        return ""
    key = number_key(word.raw)
    for label, number in content.numbers:
        if key and key in number_key(number):
            return _(BY_NUMBER) % {"label": label, "word": number}
    return ""


def _text_reason(content: Content, word: Word) -> tuple[str, tuple[tuple[str, bool], ...]]:
    needle = fold(word.raw)
    for label, text in [*content.texts, *content.narrow]:
        if needle and needle in fold(text):
            return _(IN_TEXT) % {"label": label, "word": word.raw}, _place(text, needle)
    cited = fold(plain(word.raw))
    for label, text in content.texts:
        if cited and cited in fold(plain(text)):
            return _(IN_TEXT) % {"label": label, "word": word.raw}, ()
    return "", ()


def _place(text: str, needle: str) -> tuple[tuple[str, bool], ...]:
    """The searched word with what stands around it; the text as written, the comparison folded."""
    folded, origin = _with_origin(text)
    compact = needle.replace(" ", "")
    at = folded.find(compact)
    if at < 0 or not compact:
        return ()
    start, end = origin[at], origin[at + len(compact) - 1] + 1
    left, right = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    before = ("…" if left else "") + text[left:start]
    after = text[end:right] + ("…" if right < len(text) else "")
    return ((before, False), (text[start:end], True), (after, False))


def _with_origin(text: str) -> tuple[str, list[int]]:
    """Folded letters and digits without anything between, and the place in the text where each came from."""
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        for folded in fold(character):
            if _LETTER.match(folded):
                letters.append(folded)
                origin.append(place)
    return "".join(letters), origin

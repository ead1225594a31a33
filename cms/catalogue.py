"""The catalogue's questions 目录筛选: a GET form, facets with counts, pages by place; the same for list and export.

A page is found by its place (day, number), never by an offset: the hundredth costs what the first costs. Counting
reads every row, so what was counted is kept for a minute; what is listed is always asked anew.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _

from cms.vocabulary import ContentLanguage, Subject, Validity

if TYPE_CHECKING:
    from cms.models.shown import DisclosureQuerySet

ALL = ("", _("全部"))
COUNTED_SECONDS = 60
ITEMS = Path(__file__).resolve().parent / "content" / "article20.toml"


class CatalogueFilter(forms.Form):
    """Subject, issuer, number, year, language and validity of the wanted documents."""

    subject = forms.ChoiceField(label=_("主题分类"), required=False, choices=[ALL, *Subject.choices])
    issuer = forms.CharField(label=_("发布机构"), required=False, max_length=60)
    number = forms.CharField(label=_("文号或索引号"), required=False, max_length=60)
    year = forms.TypedChoiceField(label=_("生成年份"), required=False, coerce=int, empty_value=None)
    validity = forms.ChoiceField(label=_("有效性"), required=False, choices=[ALL, *Validity.choices])
    language = forms.ChoiceField(label=_("正文语言"), required=False, choices=[ALL, *ContentLanguage.choices])

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.fields["year"]
        if isinstance(year, forms.ChoiceField):
            year.choices = [ALL, *((str(value), str(value)) for value in years)]

    def narrow(self, documents: DisclosureQuerySet, *, day: date, but: str = "") -> DisclosureQuerySet:
        """The documents that fit; a value outside the lists fits nothing rather than everything."""
        if not self.is_bound:
            return documents
        if not self.is_valid():
            nothing: DisclosureQuerySet = documents.none()
            return nothing
        chosen = {name: value for name, value in self.cleaned_data.items() if value and name != but}
        if "subject" in chosen:
            documents = documents.filter(subject=chosen["subject"])
        if "issuer" in chosen:
            documents = documents.filter(issuer__icontains=chosen["issuer"])
        if "number" in chosen:
            typed = chosen["number"].translate(_BRACKETS)
            documents = documents.filter(Q(document_number__icontains=typed) | Q(index_number__icontains=typed))
        if "year" in chosen:
            first, last = date(chosen["year"], 1, 1), date(chosen["year"], 12, 31)
            documents = documents.filter(generated_on__range=(first, last))
        if "validity" in chosen:
            documents = documents.valid_as(chosen["validity"], day)
        if "language" in chosen:
            documents = documents.filter(language=chosen["language"])
        return documents

    def has_choice(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


_BRACKETS = str.maketrans("[]【】", "〔〕〔〕")  # as they are typed when the keyboard has no 〔〕


@dataclass(frozen=True)
class Facet:
    """A topic with the number of its documents under the other filters."""

    value: str
    label: Any
    count: int
    chosen: bool
    query: str


class Catalogue:
    """One question to the catalogue and all that its page or its file shows of the answer."""

    def __init__(self, documents: DisclosureQuerySet, asked: Mapping[str, Any], day: date) -> None:
        self.all = documents
        self.day = day
        names = CatalogueFilter.base_fields
        self.asked = {name: str(asked[name]) for name in names if asked.get(name)}
        self.form = CatalogueFilter(self.asked or None, years=self.years)

    @cached_property
    def documents(self) -> DisclosureQuerySet:
        return self.form.narrow(self.all.shown(self.day), day=self.day)

    @property
    def filtered(self) -> bool:
        return self.form.is_bound and self.form.has_choice()

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    @cached_property
    def years(self) -> list[int]:
        rows = self.all.shown(self.day).order_by().annotate(y=ExtractYear("generated_on"))
        found: list[int] = self._kept(
            "years", lambda: sorted(rows.values_list("y", flat=True).distinct(), reverse=True)
        )
        return found

    @cached_property
    def facets(self) -> list[Facet]:
        chosen = self.asked.get("subject", "")
        others = {name: value for name, value in self.asked.items() if name != "subject"}
        return [
            Facet(value, label, self._counts[value], value == chosen, urlencode(others | {"subject": value}))
            for value, label in Subject.choices
            if self._counts.get(value)
        ]

    @cached_property
    def count(self) -> int:
        chosen = self.asked.get("subject")
        return self._counts.get(chosen, 0) if chosen else sum(self._counts.values())

    @cached_property
    def _counts(self) -> dict[str, int]:
        rows = self.form.narrow(self.all.shown(self.day), day=self.day, but="subject").order_by()
        told = rows.values_list("subject").annotate(n=Count("pk"))
        found: dict[str, int] = self._kept("topics", lambda: dict(told))
        return found

    def _kept(self, what: str, count: Any) -> Any:
        others = sorted((name, value) for name, value in self.asked.items() if name != "subject" and what != "years")
        told = hashlib.sha256(repr((what, self.day, others)).encode()).hexdigest()
        return cache.get_or_set(f"cms.catalogue.{told}", count, COUNTED_SECONDS)


# --- pages by place ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a page begins: after, or before, the document of that day and number."""

    day: date
    pk: int
    backward: bool


@dataclass(frozen=True)
class Turned:
    """One page of a list, with the places before and after it."""

    rows: list[Any]
    before: str
    after: str


def place_of(asked: Mapping[str, Any]) -> Place | None:
    """The place in an address; an unreadable one is the beginning."""
    for name, backward in (("after", False), ("before", True)):
        head, _dot, tail = str(asked.get(name) or "").partition(".")
        if head and tail.isdecimal() and len(tail) < 19:
            try:
                return Place(date.fromisoformat(head), int(tail), backward)
            except ValueError:
                return None
    return None


def turned(documents: Any, place: Place | None, size: int) -> Turned:
    """One page of documents, newest first. One row more is read, to know whether there is a next page."""
    backward = place is not None and place.backward
    if place is not None:
        beyond = "gt" if backward else "lt"
        documents = documents.filter(
            Q(**{f"generated_on__{beyond}": place.day})
            | Q(generated_on=place.day, **{f"page_ptr_id__{beyond}": place.pk})
        )
        bound = {f"generated_on__{'gte' if backward else 'lte'}": place.day}
        documents = documents.filter(**bound)  # a range that an index can begin at; the OR above is none
    sign = "" if backward else "-"
    found = list(documents.order_by(f"{sign}generated_on", f"{sign}page_ptr_id")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    has_before, has_after = (more, True) if backward else (place is not None, more)
    return Turned(
        found,
        _written(found[0]) if found and has_before else "",
        _written(found[-1]) if found and has_after else "",
    )


def _written(row: Any) -> str:
    return f"{row.generated_on.isoformat()}.{row.pk}"


# --- the items of article 20 -------------------------------------------------------------------


@dataclass(frozen=True)
class StatutoryItem:
    """An item of article 20 法定主动公开内容 with its documents."""

    number: str
    text: str
    subject: str
    count: int
    newest: list[Any]


@lru_cache
def _items() -> list[dict[str, Any]]:
    versions: list[dict[str, Any]] = tomllib.loads(ITEMS.read_text(encoding="utf-8"))["version"]
    return versions


def items_on(day: date) -> list[dict[str, str]]:
    """The items as the law words them on that day."""
    for version in _items():
        if version["valid_from"] <= day <= version.get("valid_to", date.max):
            found: list[dict[str, str]] = version["items"]
            return found
    return []


def statutory_items(manager: Any, day: date) -> list[StatutoryItem]:
    counts = Catalogue(manager.all(), {}, day)._counts
    return [
        StatutoryItem(
            item["number"], item["text"], item["subject"], counts.get(item["subject"], 0),
            list(manager.shown(day).filter(subject=item["subject"]).latest_first()[:3]),
        )
        for item in items_on(day)
    ]  # fmt: skip

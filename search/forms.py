"""The boxes of the two search pages 检索表单: they parse and show, and decide nothing about access."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from search.documents import SOURCES, kinds_of
from search.models import Kind, World
from search.narrowing import FACETS, Facet, Narrowing

MAX_WORDS = 200
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# Eighteen characters (GB 11643) or the older fifteen, also with a wrong check character; numbers of licences have
# no date in this place.
_IDENTITY_NUMBER = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}(?:(?:18|19|20)\d{{2}}{_DATE}\d{{3}}[\dX]|\d{{2}}{_DATE}\d{{3}})(?![\dX])"
)
_BETWEEN = re.compile(r"[\s\-‐‑–—.·,]+")


def looks_like_identity_number(words: str) -> bool:
    """Whether what a visitor typed holds something like an identity number 身份号码."""
    return _IDENTITY_NUMBER.search(_BETWEEN.sub("", unicodedata.normalize("NFKC", words)).upper()) is not None


class StaffSearchForm(forms.Form):
    """Words, and for an inspector purpose and case reference 用途、案件编号 (domain §10)."""

    q = forms.CharField(label=_("检索内容"), max_length=MAX_WORDS, strip=True)
    purpose = forms.CharField(label=_("用途"), max_length=200, required=False)
    case = forms.CharField(label=_("案件编号"), max_length=60, required=False)

    def __init__(self, *args: Any, states_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states_case = states_case
        self.fields["q"].widget.attrs |= {
            "type": "search",
            "autocomplete": "off",
            "placeholder": _("姓名、拼音、单位、文号、证号或内容"),
        }
        self.fields["case"].widget.attrs["autocomplete"] = "off"
        if states_case:
            self.fields["purpose"].required = True
            self.fields["case"].required = True
            self.fields["purpose"].error_messages["required"] = _("请写明查阅用途；没有用途不能检索。")
            self.fields["case"].error_messages["required"] = _("请填写案件编号；没有案件编号不能检索。")
        else:
            del self.fields["purpose"], self.fields["case"]


class PublicSearchForm(forms.Form):
    """Words of a visitor; nothing else is asked and nothing is kept."""

    q = forms.CharField(label=_("检索内容"), max_length=MAX_WORDS, strip=True)


def _number(label: Any) -> forms.IntegerField:
    """The key of a row, or the number of a vocabulary; more than a database keeps is none."""
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=2**53 - 1, widget=forms.Select)


class NarrowingForm(forms.Form):
    """What hits are narrowed by 筛选条件; `offer` puts in the values that the hits have, and how many have each."""

    q = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    near = forms.BooleanField(required=False, widget=forms.HiddenInput)
    unit_id = _number(FACETS["unit_id"])
    authority_id = _number(FACETS["authority_id"])
    level = _number(FACETS["level"])
    profession_id = _number(FACETS["profession_id"])
    category = forms.CharField(label=FACETS["category"], max_length=24, required=False, widget=forms.Select)
    state = forms.CharField(label=FACETS["state"], max_length=16, required=False, widget=forms.Select)
    year = forms.IntegerField(label=FACETS["year"], min_value=1900, max_value=2200, required=False, widget=forms.Select)
    since = forms.DateField(label=_("日期自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("日期至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sort = forms.ChoiceField(
        label=_("排序"), required=False, choices=[("", _("最符合的在前")), ("date", _("最新的在前"))]
    )

    def narrowing(self) -> Narrowing:
        stated = {name: self.cleaned_data.get(name) or None for name in (*FACETS, "since", "until")}
        return Narrowing(**stated)

    @property
    def by_date(self) -> bool:
        return bool(self.cleaned_data.get("sort") == "date")

    def offer(self, facets: tuple[Facet, ...]) -> None:
        """Only what the hits differ in can be chosen, and what is chosen can be taken back."""
        by_name = {facet.name: facet for facet in facets}
        for name in FACETS:
            facet, chosen = by_name.get(name), str(self.data.get(name) or "")
            if facet is None and not chosen:
                del self.fields[name]
                continue
            choices = [(one.value, f"{one.label} ({one.count})") for one in facet.values] if facet else []
            if chosen and chosen not in dict(choices):
                choices.append((chosen, self._label(name, chosen)))
            widget: Any = self.fields[name].widget
            widget.choices = [("", _("不限")), *choices]

    def _label(self, name: str, chosen: str) -> str:
        """All hits have the chosen value: it is a facet no longer, and keeps its words."""
        from search.narrowing import label_of

        return label_of(name, chosen) or chosen


MOST_A_PAGE = 50


class SearchQuestion(NarrowingForm):
    """A question of a program 接口检索: what the pages ask, and from which place on."""

    q = forms.CharField(label=_("检索内容"), max_length=MAX_WORDS, strip=True)
    kind = forms.MultipleChoiceField(label=_("结果类别"), required=False, choices=[])  # type: ignore[assignment]
    near = forms.BooleanField(label=_("也查相近的姓名"), required=False)
    after = forms.CharField(label=_("下一页的标记"), required=False, max_length=60)
    limit = forms.IntegerField(label=_("每页条数"), required=False, min_value=1, max_value=MOST_A_PAGE)

    def __init__(self, *args: Any, world: World, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_of(world)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in kinds]
        sources = [SOURCES[one] for one in kinds]
        for name in FACETS:
            if not any(source.path("on" if name == "year" else name) for source in sources):
                del self.fields[name]  # nothing in this world has it
        if world == World.PUBLIC:
            del self.fields["near"]  # a whole name, or nobody

    @property
    def kinds(self) -> list[Kind] | None:
        return [Kind(one) for one in self.cleaned_data["kind"]] or None


class FeedQuestion(NarrowingForm):
    """A question of a reader of feeds 订阅检索: words and filters over disclosures."""

    q = forms.CharField(label=_("检索内容"), max_length=MAX_WORDS, strip=True)

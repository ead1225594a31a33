"""Asking the register 公示查询: the whole name with profession or unit, or a number; never a list of all persons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from integrity.models import Profession, Publication
from integrity.names import NameRefused, normalise_name

INTERPUNCT = "\u00b7"
_BRACKETS = str.maketrans("[]【】", "〔〕〔〕")  # as they are typed when the keyboard has no 〔〕
MOST_SHOWN = 20  # a whole name in one profession; more hits mean the question is too wide


def _whole_name(name: str) -> str:
    """The whole name with or without interpuncts: licences write 扎西多杰 and 扎西·多杰 for one person."""
    letters = [re.escape(letter) for letter in name if letter not in (INTERPUNCT, " ")]
    return f"^{f'[ {INTERPUNCT}]?'.join(letters)}$"


@dataclass(frozen=True)
class Answer:
    """What the register says to one question."""

    found: list[Publication]
    too_many: bool


class RegisterSearchForm(forms.Form):
    """One question to the register. Part of a name is no question (domain §14)."""

    name = forms.CharField(
        label=_("姓名（全名）"), required=False, max_length=100, help_text=_("再选职业，或填执业单位，二者至少一项")
    )
    profession = forms.ChoiceField(label=_("职业"), required=False, help_text=_("按姓名查询时用来区分同名者"))
    unit = forms.CharField(label=_("执业单位"), required=False, max_length=160)
    licence_no = forms.CharField(label=_("执业证号"), required=False, max_length=60)
    document_no = forms.CharField(label=_("决定书文号"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profession = self.fields["profession"]
        if isinstance(profession, forms.ChoiceField):
            rows = Profession.objects.filter(enabled=True).values_list("code", "name")
            profession.choices = [("", _("请选择")), *rows]

    def clean_name(self) -> str:
        text: str = self.cleaned_data["name"]
        if not text:
            return ""
        try:
            return normalise_name(text)
        except NameRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        if values.get("licence_no") or values.get("document_no"):
            return values
        if not values.get("name"):
            raise forms.ValidationError(_("请填写全名，或执业证号，或决定书文号。本页不提供名单浏览。"))
        if not (values.get("profession") or values.get("unit")):
            raise forms.ValidationError(_("同名者多：请同时选择职业或填写执业单位。"))
        return values

    def answer(self, day: date) -> Answer:
        """Current publications that fit; the end date is asked in the same query (H5)."""
        asked = self.cleaned_data
        rows: QuerySet[Publication] = Publication.objects.current(day).select_related("profession", "authority")
        if asked["licence_no"]:
            rows = rows.filter(projection__licence_no=asked["licence_no"])
        if asked["document_no"]:
            number = asked["document_no"].translate(_BRACKETS)
            rows = rows.filter(projection__document_no__in={asked["document_no"], number})
        if asked["profession"]:
            rows = rows.filter(profession__code=asked["profession"])
        if asked["unit"]:
            rows = rows.filter(projection__unit__icontains=asked["unit"])
        if asked["name"]:
            rows = rows.filter(name__startswith=asked["name"][0], name__regex=_whole_name(asked["name"]))
        found = list(rows.order_by("profession__code", "-published_at", "pk")[: MOST_SHOWN + 1])
        return Answer(found[:MOST_SHOWN], too_many=len(found) > MOST_SHOWN)

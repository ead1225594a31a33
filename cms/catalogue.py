"""Filtering the catalogue 目录筛选: a GET form, so that it works without scripts and an address can be shared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.vocabulary import Subject, Validity

if TYPE_CHECKING:
    from cms.models.disclosures import DisclosureQuerySet

ALL = ("", _("全部"))


class CatalogueFilter(forms.Form):
    """Subject, year and validity of the wanted documents."""

    subject = forms.ChoiceField(label=_("主题分类"), required=False, choices=[ALL, *Subject.choices])
    year = forms.TypedChoiceField(label=_("生成年份"), required=False, coerce=int, empty_value=None)
    validity = forms.ChoiceField(label=_("有效性"), required=False, choices=[ALL, *Validity.choices])

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.fields["year"]
        if isinstance(year, forms.ChoiceField):
            year.choices = [ALL, *((str(value), str(value)) for value in years)]

    def narrow(self, documents: DisclosureQuerySet, *, day: date) -> DisclosureQuerySet:
        """The documents that fit; a value outside the lists fits nothing rather than everything."""
        if not self.is_bound:
            return documents
        if not self.is_valid():
            nothing: DisclosureQuerySet = documents.none()
            return nothing
        chosen = self.cleaned_data
        if chosen["subject"]:
            documents = documents.filter(subject=chosen["subject"])
        if chosen["year"]:
            documents = documents.filter(generated_on__year=chosen["year"])
        if chosen["validity"]:
            documents = documents.valid_as(chosen["validity"], day)
        return documents

    def has_choice(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


def page_number(request: HttpRequest) -> str:
    return request.GET.get("p", "1")

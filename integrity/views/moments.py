"""A file or record on another day 某日的档案: what was known and held then; two days side by side (design §5)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from integrity import access, as_of, comparing, wholes
from integrity.choices import Act
from integrity.forms.moments import CompareForm, MomentForm
from integrity.models import IntegrityFile, Penalty, PractitionerRecord
from integrity.views.base import ScopedDetail
from integrity.views.columns import RECORDS, facts_of
from integrity.views.decision_rows import as_of_day
from integrity.views.part_columns import tables_of
from integrity.views.practitioners import timeline_of

#: Differences on one page of a comparison.
PAGE_SIZE = 40
#: Where the pages of each kind lie, and what they are called.
_PLACES: dict[Any, dict[str, Any]] = {
    IntegrityFile: {
        "list": "staff:files", "page": "staff:file", "on_day": "staff:file_on_day", "compared": "staff:file_compared",
        "decision": "staff:decision", "whole": gettext_lazy("诚信档案"), "day": gettext_lazy("某日的档案"),
        "decisions": pgettext_lazy("复数", "处分决定"),
    },
    PractitionerRecord: {
        "list": "staff:practitioners", "page": "staff:practitioner", "on_day": "staff:practitioner_on_day",
        "compared": "staff:practitioner_compared", "decision": "staff:penalty",
        "whole": pgettext_lazy("复数", "执业记录"), "day": gettext_lazy("某日的执业记录"),
        "decisions": pgettext_lazy("复数", "执业处理决定"),
    },
}  # fmt: skip


def places_of(row: Any) -> dict[str, Any]:
    """Addresses and words of the pages of a row."""
    places = _PLACES[type(row)]
    urls = {name: reverse(places[name], args=[row.ref]) for name in ("page", "on_day", "compared")}
    return places | urls | {"list": reverse(places["list"])}


class OnDay(ScopedDetail, abstract=True):
    """The whole as of a moment; opened, and logged, as the one of today is."""

    template_name = "integrity/moments/on_day.html"
    #: Columns of the head that are judged by today.
    left_out: ClassVar[frozenset[str]] = frozenset({"complete"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.row = self.fetch(ref=kwargs["ref"])
        day = timezone.localdate()
        form = MomentForm(request.GET or {"known": day, "true": day})
        context: dict[str, Any] = {"row": self.row, "form": form, "today": day, "places": places_of(self.row)}
        if not form.is_valid():
            return self.answer(context, status=400)
        moment = as_of.Moment(form.cleaned_data["known"], form.cleaned_data["true"])
        then = wholes.whole_on(self.row, self.scope(Act.READ), moment)
        context |= {"moment": moment, "is_today": moment.known == moment.true == day}
        if then is not None:
            columns = tuple(column for column in RECORDS[self.model] if column.key not in self.left_out)
            apart = [(type(rows[0]), rows) for rows in (then.objections, then.remedies) if rows]
            context |= {
                "then": then.holder,
                "facts": facts_of(then.holder, columns),
                "tables": [table for table in tables_of([*then.parts, *apart]) if table.lines],
                "decisions": [(as_of_day(row, moment.true), then.bases.get(row.pk, [])) for row in then.decisions],
            } | self.more(then, moment)
        return self.answer(context)

    def more(self, then: wholes.Whole, moment: as_of.Moment) -> dict[str, Any]:
        return {}


class FileOnDay(OnDay):
    """The file of a day 某日的档案."""

    model = IntegrityFile


class PractitionerOnDay(OnDay):
    """The record of a day with what had happened by then 某日的执业记录."""

    model = PractitionerRecord
    left_out = frozenset({"recorded_at"})

    def more(self, then: wholes.Whole, moment: as_of.Moment) -> dict[str, Any]:
        if then.decisions:
            access.log_read(
                self.scope(Act.READ), door=self.door, model=Penalty, rows=then.decisions, request=self.request
            )
        named = {str(model._meta.model_name): rows for model, rows in then.parts}
        parts = {
            "licences": named["licence"], "penalties": then.decisions, "assessments": named["assessment"],
            "honours": named["practitionerhonour"], "commitments": named["practitionercommitment"],
            "list_entries": named["listentry"],
        }  # fmt: skip
        return {"timeline": timeline_of(then.holder, parts, moment.true)}


class Compared(ScopedDetail, abstract=True):
    """Two moments side by side, by pages; what is the same is not shown."""

    template_name = "integrity/moments/compared.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.row = self.fetch(ref=kwargs["ref"])
        form = CompareForm(request.GET or None)
        context: dict[str, Any] = {"row": self.row, "form": form, "places": places_of(self.row)}
        if not form.is_bound or not form.is_valid():
            return self.answer(context, status=400 if form.is_bound else 200)
        scope = self.scope(Act.READ)
        moments = tuple(as_of.Moment(known, true) for known, true in form.cleaned_data["moments"])
        found = comparing.compare(self.row, scope, *moments)
        begin = _place(request.GET.get("from", ""), len(found))
        page = found[begin : begin + PAGE_SIZE]
        comparing.tell(page, self.row, scope, *moments)
        logged = [one.row for one in page if isinstance(one.row, Penalty)]
        if logged:
            access.log_read(scope, door=self.door, model=Penalty, rows=logged, request=request)
        return self.answer(context | {
            "moments": moments, "differences": page, "count": _("%d 处") % len(found), "first": begin + 1,
            "last": begin + len(page), "paged": len(found) > PAGE_SIZE,
            "earlier_page": str(max(begin - PAGE_SIZE, 0)) if begin else "",
            "later_page": str(begin + PAGE_SIZE) if begin + PAGE_SIZE < len(found) else "",
            "by_dates": moments[0].known == moments[1].known,
        })  # fmt: skip


def _place(text: str, number: int) -> int:
    """Where a page begins; what is no place begins at the beginning."""
    begin = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return begin if begin < number else 0


class FileCompared(Compared):
    """Two moments of a file."""

    model = IntegrityFile


class PractitionerCompared(Compared):
    """Two moments of a practitioner's record."""

    model = PractitionerRecord

"""A file on another day 某日的档案: what was known then and held then, and two days side by side (design §5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import as_of, comparing
from integrity.choices import Act
from integrity.forms.moments import CompareForm, MomentForm
from integrity.models import IntegrityFile
from integrity.views.base import ScopedDetail
from integrity.views.columns import RECORDS, facts_of
from integrity.views.decision_rows import as_of_day
from integrity.views.part_columns import tables_of


class FileOnDay(ScopedDetail):
    """The whole file as of a moment; opened, and logged, as the file of today is."""

    model = IntegrityFile
    template_name = "integrity/files/on_day.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.row = self.fetch(ref=kwargs["ref"])
        day = timezone.localdate()
        form = MomentForm(request.GET or {"known": day, "true": day})
        context: dict[str, Any] = {"row": self.row, "form": form, "today": day}
        if not form.is_valid():
            return self.answer(context, status=400)
        moment = as_of.Moment(form.cleaned_data["known"], form.cleaned_data["true"])
        then = as_of.file_on(self.row, self.scope(Act.READ), moment)
        context |= {"moment": moment, "is_today": moment.known == moment.true == day}
        if then is not None:
            columns = tuple(column for column in RECORDS[IntegrityFile] if column.key != "complete")
            context |= {
                "then": then.file,
                "facts": facts_of(then.file, columns),
                "tables": [table for table in tables_of(then.parts) if table.lines],
                "decisions": [as_of_day(row, moment.true) for row in then.decisions],
            }
        return self.answer(context)


class FileCompared(ScopedDetail):
    """Two days of a file side by side; what is the same is not shown."""

    model = IntegrityFile
    template_name = "integrity/files/compared.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.row = self.fetch(ref=kwargs["ref"])
        form = CompareForm(request.GET or None)
        context: dict[str, Any] = {"row": self.row, "form": form}
        if form.is_bound and form.is_valid():
            days = form.cleaned_data["earlier"], form.cleaned_data["later"]
            earlier, later = (as_of.Moment(day, day) for day in days)
            found = comparing.compare(self.row, self.scope(Act.READ), earlier, later)
            context |= {"days": days, "differences": found, "count": _("%d 处") % len(found)}
        return self.answer(context, status=400 if form.is_bound and not form.is_valid() else 200)

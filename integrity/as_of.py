"""Two time axes 双时间轴 (design §5): what was known on a day, and of that what held on a day.

Known 所知: history tables, each row as its newest entry of that moment has it. True 所真: the dates that the facts
carry. Both are questions to the database under the same scope as today: a row that its reader may not see now, or
might not have seen as it was, is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from integrity.access import Scope
from integrity.models import (
    Appraisal,
    Assessment,
    Breach,
    Commitment,
    Decision,
    GuardedModel,
    Honour,
    IntegrityFile,
    IntegrityNote,
    Licence,
    ListEntry,
    Objection,
    Organisation,
    Penalty,
    PenaltyRemedy,
    PersonalMattersReport,
    Post,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerRecord,
    Qualification,
    Remedy,
    Statement,
    SubjectName,
    Training,
    UseEntry,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on each axis: `known` is asked as its last instant, what was recorded on that day is known."""

    known: date
    true: date

    @property
    def until(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.known + timedelta(days=1), time.min))


def _between(start: str, end: str) -> Callable[[date], Q]:
    """Facts that last: begun (or without a beginning), and not ended before."""

    def condition(day: date) -> Q:
        begun = Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": day})
        return begun & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day}))

    return condition


def _since(column: str) -> Callable[[date], Q]:
    """Facts that happened: on that day or before; without a date nobody can say that they had not."""
    return lambda day: Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": day})


#: When a fact holds, by its own dates. A decision holds from the day it was made; its effect is shown as of the day.
HOLDS: dict[type[models.Model], Callable[[date], Q]] = {
    # A file has no dates of its own: the day it was established is the record's, not the person's.
    IntegrityFile: lambda _day: Q(),
    Post: _between("from_on", "to_on"),
    PersonalMattersReport: _since("filed_on"),
    IntegrityNote: _since("held_on"),
    Appraisal: _since("notice_on"),
    Breach: _since("found_on"),
    Training: _since("completed_on"),
    Honour: lambda day: _since("awarded_on")(day) & (Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)),
    Commitment: _between("from_on", "to_on"),
    Statement: _since("made_on"),
    UseEntry: _since("used_on"),
    Decision: _since("decided_on"),
    Penalty: _since("decided_on"),
    Licence: _between("valid_from", "valid_to"),
    Objection: _since("lodged_on"),
    Remedy: _since("filed_on"),
    PractitionerRecord: lambda _day: Q(),
    Qualification: _since("issued_on"),
    Assessment: _since("decided_on"),
    PractitionerHonour: lambda day: _since("awarded_on")(day) & (Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)),
    PractitionerCommitment: _since("made_on"),
    ListEntry: _between("listed_on", "removed_on"),
    PenaltyRemedy: _since("filed_on"),
    SubjectName: _between("valid_from", "valid_to"),
    Organisation: _between("valid_from", "valid_to"),
}


def as_true_on(model: type[models.Model], day: date) -> Q:
    """The rows of a model that held on a day 当日有效: over the table and over its history alike."""
    return HOLDS[model](day)


def newest(model: Any, until: datetime) -> QuerySet[Any]:
    """Of each row its newest entry before a moment; none of rows that were gone by then."""
    past = model.history.filter(history_date__lt=until)
    later = past.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    entries: QuerySet[Any] = past.filter(~Exists(later)).exclude(history_type="-")
    return entries


def admitted(model: type[GuardedModel], scope: Scope, entries: QuerySet[Any]) -> QuerySet[Any]:
    """Of history entries those into whose row, as it was, the scope would let its reader, who may open it today too.

    Today's managing authority counts: a file that moved brings its past to the new one.
    """
    rows: Any = model.objects
    today = rows.within(scope).filter(pk=OuterRef("id"))
    told: QuerySet[Any] = entries.annotate(authority_now=Subquery(today.values("authority_id")[:1]))
    return told.filter(scope.condition_then(model), authority_now__isnull=False)


def as_known_on(model: type[GuardedModel], scope: Scope, until: datetime) -> QuerySet[Any]:
    """The rows of a guarded model as they were known 当时所知, as entries of their history."""
    return admitted(model, scope, newest(model, until))


def rows_on(model: type[GuardedModel], scope: Scope, moment: Moment, *, holder: Any = None, **lookup: Any) -> list[Any]:
    """Rows as they were known and held, as objects of the model with the columns hidden from this reader.

    In the order of the model, as lists of today are: the newest by its own date first, of one day the later entered.
    """
    entries = as_known_on(model, scope, moment.until).filter(as_true_on(model, moment.true), **lookup)
    return list(objects_of(entries.order_by(*(model._meta.ordering or ["-id"])), scope, holder))


def files_on(scope: Scope, moment: Moment, **lookup: Any) -> QuerySet[Any]:
    """The list of files as of a moment, as entries: filters name the columns of then."""
    entries = as_known_on(IntegrityFile, scope, moment.until)
    if not {"id", "id__in"} & set(lookup):
        # The same rows once more as a set: a list then begins with the files in reach, not with all history.
        entries = entries.filter(id__in=IntegrityFile.objects.within(scope).order_by().values("pk"))
    return entries.filter(as_true_on(IntegrityFile, moment.true), **lookup)


def recheck(scope: Scope, moment: Moment, ids: Sequence[int], model: type[GuardedModel] = IntegrityFile) -> list[int]:
    """Of rows that a search found those that its reader would have found then 复核; in the order given."""
    entries = as_known_on(model, scope, moment.until).filter(as_true_on(model, moment.true), id__in=ids)
    there = set(entries.values_list("id", flat=True))
    return [pk for pk in ids if pk in there]


def objects_of(entries: Iterable[Any], scope: Scope, holder: Any = None) -> Iterator[Any]:
    """Entries as objects of their model, as far as the rule admits them; `holder` saves asking for it row by row."""
    for entry in entries:
        row = entry.instance
        for name in ("file", "record"):
            field = row._meta._forward_fields_map.get(name)
            if holder is not None and field is not None and field.related_model is type(holder):
                setattr(row, name, holder)
        row.authority_id = entry.authority_now  # whoever manages it today lets its reader in
        admitted_too, row.hidden = scope.admits(row), scope.hidden(row)
        row.authority_id = entry.authority_id
        row.told_at = entry.history_date
        if admitted_too:  # the rule once more, on the object: histories have no second wall in the database
            yield row

"""The head of a file or record on a day 当日抬头: name, unit, post and state as known then and true then (design §5).

A file repeats its current facts on its own row. What was true on a day is read from the dated facts that were known by
then: names, posts, the days of establishing and closing. Where nothing dated is known, the row's own columns stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from integrity.access import Scope
from integrity.as_of import Moment, admitted, as_known_on, as_true_on, newest, objects_of
from integrity.choices import FileStatus, LicenceState, NameKind, ObjectionState, RecordState, RemedyOutcome
from integrity.models import (
    Appraisal,
    IntegrityFile,
    Licence,
    Objection,
    Organisation,
    PenaltyRemedy,
    Post,
    PractitionerRecord,
    Remedy,
    SubjectName,
)

#: A state that has a day of its own: that day's column, the columns that came with it, what they say where it was
#: entered with its end already.
DATED: dict[type[Any], tuple[str, dict[str, Any]]] = {
    IntegrityFile: ("closed_on", {"status": FileStatus.ESTABLISHED, "service_status": None}),
    Licence: ("state_from", {"licence_state": LicenceState.UNKNOWN}),
    Objection: ("closed_on", {"state": ObjectionState.RECEIVED}),
    Remedy: ("decided_on", {"outcome": RemedyOutcome.PENDING, "document_no": ""}),
    PenaltyRemedy: ("decided_on", {"outcome": RemedyOutcome.PENDING, "document_no": ""}),
}
#: Posts that were never held, or hold no more by another entry.
_NO_POST = frozenset({*RecordState.thrown_away(), RecordState.AMENDED, RecordState.REVOKED})


def settle(row: Any, scope: Scope, moment: Moment) -> None:
    """A state that began after the day gives way to the one before it: the newest known that was true by then."""
    column, first = DATED.get(type(row), ("", {}))
    if not column or (getattr(row, column) or date.min) <= moment.true:
        return
    past = type(row).history.filter(
        Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": moment.true}),
        id=row.pk, history_date__lt=moment.until,
    )  # fmt: skip
    before = next(objects_of(admitted(type(row), scope, past).order_by("-history_id")[:1], scope, _holder(row)), None)
    for name, value in (first | {column: None}).items():
        setattr(row, name, getattr(before, name) if before is not None else value)


def _holder(row: Any) -> Any:
    """Whom the row hangs on, where that is fetched already."""
    return row._state.fields_cache.get("record") or row._state.fields_cache.get("file")


def settle_heads(rows: list[Any], scope: Scope, moment: Moment) -> None:
    """Heads of files, or of records, as they were true on the day: a few questions for all of them together."""
    _name(rows, moment)
    for row in rows:
        settle(row, scope, moment)
        if row.established_on is not None and row.established_on > moment.true:
            row.established_on, row.status = None, FileStatus.DRAFT
    files = [row for row in rows if isinstance(row, IntegrityFile)]
    if files:
        _place(files, scope, moment)
        _appraise(files, scope, moment)
    records = [row for row in rows if isinstance(row, PractitionerRecord)]
    if records:
        _license(records, scope, moment)


def _name(rows: list[Any], moment: Moment) -> None:
    """The legal name that the person bore; of two that lasted the one that began later."""
    known = newest(SubjectName, moment.until).filter(
        as_true_on(SubjectName, moment.true), subject_id__in={row.subject_id for row in rows}, kind=NameKind.LEGAL
    )
    borne: dict[Any, tuple[Any, ...]] = {}
    for entry in known:
        place = (entry.valid_from or date.min, entry.id, entry.text)
        borne[entry.subject_id] = max(place, borne.get(entry.subject_id, place))
    for row in rows:
        if row.subject_id in borne:
            row.name = borne[row.subject_id][2]


def _place(files: list[IntegrityFile], scope: Scope, moment: Moment) -> None:
    """Unit, post, level and managing authority from the dated posts that this reader may see."""
    by_file: dict[int, list[Post]] = {}
    known = as_known_on(Post, scope, moment.until).filter(file_id__in=[file.pk for file in files])
    for post in objects_of(known, scope):
        if post.state not in _NO_POST:
            by_file.setdefault(post.file_id, []).append(post)
    for file in files:
        posts = by_file.get(file.pk, [])
        held = [post for post in posts if _held(post, moment.true)]
        if held:
            _take(file, max(held, key=lambda post: (post.from_on or date.min, post.pk)))
        elif posts and _elsewhere(file, posts, moment.true):
            file.unit, file.post_title, file.level, file.leading_post, file.rank = None, "", None, None, None


def _held(post: Post, day: date) -> bool:
    return (post.from_on or date.min) <= day <= (post.to_on or date.max)


def _elsewhere(file: IntegrityFile, posts: Iterable[Post], day: date) -> bool:
    """Whether the file's own post cannot be that of the day: all known ones began later, or it is one that had ended.

    A move whose post this reader may not see yet leaves the file's own columns, which are its facts for everybody.
    """
    own = [post for post in posts if (post.unit_id, post.title) == (file.unit_id, file.post_title)]
    return bool(own) or all(post.from_on is not None and post.from_on > day for post in posts)


def _take(file: IntegrityFile, post: Post) -> None:
    file.unit_id, file.authority_id = post.unit_id, post.managed_by_id
    file.post_title, file.leading_post, file.rank = post.title, post.leading_post, post.rank


def _appraise(files: list[IntegrityFile], scope: Scope, moment: Moment) -> None:
    """The year of the last appraisal: one whose notice came later had not been made."""
    asked = [
        file for file in files if file.last_appraisal_year and "last_appraisal_year" not in getattr(file, "hidden", ())
    ]
    made: dict[int, list[tuple[int, bool]]] = {}
    known = as_known_on(Appraisal, scope, moment.until).filter(file_id__in=[file.pk for file in asked])
    told = known.exclude(state__in=[*RecordState.unapproved(), RecordState.VOIDED])
    for file_id, year, on in told.values_list("file_id", "year", "notice_on"):
        made.setdefault(file_id, []).append((year, on is None or on <= moment.true))
    for file in asked:
        years = made.get(file.pk, [])
        if (file.last_appraisal_year, False) in years and (file.last_appraisal_year, True) not in years:
            file.last_appraisal_year = max((year for year, held in years if held), default=None)


def _license(records: list[PractitionerRecord], scope: Scope, moment: Moment) -> None:
    """The state of the practice where its only licence had another one on that day."""
    by_record: dict[int, list[Any]] = {}
    known = as_known_on(Licence, scope, moment.until).filter(record_id__in=[record.pk for record in records])
    whose = {record.pk: record for record in records}
    for entry in known:
        for licence in objects_of([entry], scope, whose[entry.record_id]):
            by_record.setdefault(licence.record_id, []).append(licence)
    for record in records:
        licences = by_record.get(record.pk, [])
        if len(licences) == 1:
            (licence,) = licences
            told = licence.licence_state
            settle(licence, scope, moment)
            if record.licence_state == told:
                record.licence_state = licence.licence_state


def name_units(rows: list[Any], until: datetime) -> None:
    """Organisations under the names that they had: a unit renamed since is not written into the past."""
    columns = {
        (row, field)
        for row in rows
        for field in row._meta.concrete_fields
        if field.related_model is Organisation and getattr(row, field.attname) is not None
    }
    wanted = {getattr(row, field.attname) for row, field in columns}
    known = {entry.id: entry.instance for entry in newest(Organisation, until).filter(id__in=wanted)}
    for row, field in columns:
        key = getattr(row, field.attname)
        if key in known:
            field.set_cached_value(row, known[key])


def level_of_unit(files: Iterable[IntegrityFile]) -> None:
    """The level is the unit's: asked once the units stand under the names of then."""
    for file in files:
        if file.unit is not None:
            file.level = file.unit.level

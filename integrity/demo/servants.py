"""Made-up civil servants 虚构公务员: files with five years of appraisals, trainings, declarations, commitments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from integrity.choices import (
    AppraisalGrade,
    CommitmentKind,
    FileStatus,
    Grade,
    HonourKind,
    IdentifierKind,
    IntegrityNoteKind,
    LeadingPost,
    Level,
    NameKind,
    OrganKind,
    PostCategory,
    Rank,
    RecordState,
    ReportCheck,
    ReportKind,
    ReportResult,
    ServiceStatus,
    TrainingTheme,
)
from integrity.demo.people import Person, people
from integrity.demo.province import Province
from integrity.importing.writer import write_rows
from integrity.models import (
    PARTS,
    Account,
    Appraisal,
    Commitment,
    FilePart,
    Honour,
    IntegrityFile,
    IntegrityNote,
    Organisation,
    PersonalMattersReport,
    Post,
    Subject,
    SubjectIdentifier,
    SubjectName,
    Training,
)
from integrity.names import name_key

_GRADE = dict(PARTS)
_STAFF = {Level.PROVINCE: 13, Level.PREFECTURE: 6, Level.COUNTY: 3}
_CATEGORY = {
    OrganKind.COURT: PostCategory.JUDGE,
    OrganKind.PROCURATORATE: PostCategory.PROCURATOR,
}
_CHIEF = {
    Level.PROVINCE: (LeadingPost.BUREAU_CHIEF, LeadingPost.BUREAU_DEPUTY),
    Level.PREFECTURE: (LeadingPost.COUNTY_CHIEF, LeadingPost.COUNTY_DEPUTY),
    Level.COUNTY: (LeadingPost.TOWNSHIP_CHIEF, LeadingPost.TOWNSHIP_DEPUTY),
}
_STAFF_RANKS = {
    Level.PROVINCE: (Rank.RESEARCHER_2, Rank.RESEARCHER_4, Rank.SENIOR_CLERK_1, Rank.SENIOR_CLERK_3),
    Level.PREFECTURE: (Rank.RESEARCHER_4, Rank.SENIOR_CLERK_1, Rank.SENIOR_CLERK_2, Rank.SENIOR_CLERK_4),
    Level.COUNTY: (Rank.SENIOR_CLERK_2, Rank.SENIOR_CLERK_4, Rank.CLERK_1, Rank.CLERK_2),
}
_COURSES = {
    TrainingTheme.INTEGRITY: "公务员诚信与政务诚信建设",
    TrainingTheme.RULE_OF_LAW: "行政处罚法与依法行政",
    TrainingTheme.ETHICS: "公务员职业道德",
    TrainingTheme.PROBITY: "廉洁从政与警示教育",
}


@dataclass(frozen=True, slots=True)
class Makers:
    """Who entered and who approved the made-up rows (H18)."""

    enterer: Account
    approver: Account


def subjects_of(persons: list[Person], *, by: Account, reason: str) -> list[Subject]:
    """Subjects with their names (legal, former, Tibetan) and identity numbers."""
    subjects = write_rows(Subject, [Subject(name=person.name) for person in persons], by=by, reason=reason)
    names, numbers = [], []
    for person, subject in zip(persons, subjects, strict=True):
        names.append(_name(subject, NameKind.LEGAL, person.name))
        if person.former:
            names.append(_name(subject, NameKind.FORMER, person.former))
        if person.tibetan:
            names.append(_name(subject, NameKind.TIBETAN, person.tibetan))
        number = SubjectIdentifier(subject=subject, kind=IdentifierKind.IDENTITY_NUMBER)
        number.set_number(person.number)
        numbers.append(number)
    write_rows(SubjectName, names, by=by, reason=reason)
    write_rows(SubjectIdentifier, numbers, by=by, reason=reason)
    return subjects


def _name(subject: Subject, kind: NameKind, text: str) -> SubjectName:
    return SubjectName(subject=subject, kind=kind, text=text, raw=text, key=name_key(text))


def build_servants(
    random: Random, province: Province, *, amount: int, makers: Makers, today: date, reason: str
) -> list[IntegrityFile]:
    """`amount` files over all offices, each with its post and parts."""
    seats = _seats(province)[:amount]
    subjects = subjects_of(people(random, len(seats), today=today), by=makers.enterer, reason=reason)
    files = [_file(random, subject, seat, makers, today) for subject, seat in zip(subjects, seats, strict=True)]
    write_rows(IntegrityFile, files, by=makers.enterer, reason=reason)
    parts: dict[type[FilePart], list[Any]] = {}
    for file in files:
        for part in _parts(random, file, makers, today):
            parts.setdefault(type(part), []).append(part)
    for model, rows in parts.items():
        write_rows(model, rows, by=makers.approver, reason=reason)
    return files


@dataclass(frozen=True, slots=True)
class _Seat:
    office: Organisation
    authority: Organisation
    title: str
    leading: int | None
    rank_choices: tuple[Rank, ...]


def _seats(province: Province) -> list[_Seat]:
    """A head, a deputy and staff for each office, the offices taken in turns so that every place is peopled."""
    rounds: list[list[_Seat]] = [[] for _ in range(max(_STAFF.values()))]
    for (code, _key), office in province.offices.items():
        level = Level(office.level)
        chief, deputy = _CHIEF[level]
        leads_place = office.kind == OrganKind.GOVERNMENT
        for place in range(_STAFF[level]):
            leading = {0: chief, 1: deputy}.get(place)
            above = leading is not None and (leads_place or office.kind == OrganKind.ORGANISATION_DEPARTMENT)
            title = {0: "主要负责人", 1: "副职负责人"}.get(place, "科员")
            seat = _Seat(
                office,
                province.managing(office, leader_of_government=above and code != province.divisions[0].code),
                title,
                int(leading) if leading else None,
                _STAFF_RANKS[level],
            )
            rounds[place].append(seat)
    return [seat for turn in rounds for seat in turn]


def _file(random: Random, subject: Subject, seat: _Seat, makers: Makers, today: date) -> IntegrityFile:
    complete = random.random() < 0.86
    status = FileStatus.ESTABLISHED
    service = ServiceStatus.SERVING
    draw = random.random()
    if draw < 0.02:
        status, service = FileStatus.FROZEN, ServiceStatus.RETIRED
    elif draw < 0.035:
        status = FileStatus.DRAFT
    rank = None if seat.leading and seat.leading <= LeadingPost.COUNTY_DEPUTY else random.choice(seat.rank_choices)
    return IntegrityFile(
        subject=subject,
        name=subject.name,
        authority=seat.authority,
        unit=seat.office,
        level=seat.office.level,
        leading_post=seat.leading,
        rank=rank,
        post_title=seat.title if seat.leading or rank is None else str(rank.label),
        grade=Grade.INTERNAL,
        status=status,
        service_status=service,
        entered_by=makers.enterer,
        established_on=None if status == FileStatus.DRAFT else today - timedelta(days=random.randint(400, 1800)),
        closed_on=today - timedelta(days=90) if status == FileStatus.FROZEN else None,
        identity_confirmed_on=today - timedelta(days=380) if complete or random.random() < 0.5 else None,
        informed_on=today - timedelta(days=360) if complete or random.random() < 0.5 else None,
        last_appraisal_year=today.year - 1 if complete else today.year - 2,
    )


def _common(file: IntegrityFile, model: type[FilePart], makers: Makers) -> dict[str, Any]:
    return {
        "file": file,
        "subject": file.subject,
        "authority": file.authority,
        "grade": _GRADE[model],
        "entered_by": makers.enterer,
        "submitted_by": makers.enterer,
        "approved_by": makers.approver,
        "approved_at": timezone.now(),
        "state": RecordState.IN_FORCE,
    }


def _parts(random: Random, file: IntegrityFile, makers: Makers, today: date) -> Iterator[FilePart]:
    unit = str(file.unit)
    entry = today - timedelta(days=random.randint(1500, 6000))
    assert file.unit is not None  # noqa: S101  made with a unit above
    yield Post(
        **_common(file, Post, makers), unit=file.unit, title=file.post_title, managed_by=file.authority,
        leading_post=file.leading_post, rank=file.rank, from_on=entry,
        category=_CATEGORY.get(OrganKind(file.unit.kind), PostCategory.GENERAL),
        document_no=_number(random, "任字", entry.year),
    )  # fmt: skip
    for year in range(today.year - 5, (file.last_appraisal_year or 0) + 1):
        yield Appraisal(
            **_common(file, Appraisal, makers), year=year, result=_appraisal(random), body=unit,
            notice_on=date(year + 1, 2, 20), document_no=_number(random, "考字", year + 1),
        )  # fmt: skip
    for year in random.sample(range(today.year - 4, today.year + 1), 2):
        theme = random.choice(list(TrainingTheme))
        yield Training(
            **_common(file, Training, makers), theme=theme, title=_COURSES[theme], organiser="青海省公务员培训中心",
            hours=Decimal(random.choice((8, 12, 16, 24))),
            completed_on=min(date(year, random.randint(3, 10), 12), today),
        )  # fmt: skip
    yield Commitment(
        **_common(file, Commitment, makers), kind=CommitmentKind.INTEGRITY, text="遵守公务员诚信承诺书所列各项承诺。",
        from_on=date(today.year - 2, 3, 1),
    )  # fmt: skip
    if file.leading_post and file.leading_post <= LeadingPost.COUNTY_DEPUTY:
        yield from _reports(random, file, makers, today)
    if random.random() < 0.12:
        yield Honour(
            **_common(file, Honour, makers), kind=random.choice((HonourKind.COMMENDATION, HonourKind.MERIT_3)),
            body=unit, awarded_on=date(today.year - random.randint(1, 4), 3, 20),
            document_no=_number(random, "奖字", today.year - 1),
        )  # fmt: skip


def _number(random: Random, series: str, year: int) -> str:
    return f"{series}〔{year}〕{random.randint(1, 90)}号"


def _appraisal(random: Random) -> AppraisalGrade:
    draw = random.random()
    if draw < 0.18:
        return AppraisalGrade.EXCELLENT
    return AppraisalGrade.UNDETERMINED if draw > 0.985 else AppraisalGrade.COMPETENT


def _reports(random: Random, file: IntegrityFile, makers: Makers, today: date) -> Iterator[FilePart]:
    for year in range(today.year - 4, today.year + 1):
        due = date(year, 1, 31)
        late = year == today.year and random.random() < 0.05
        yield PersonalMattersReport(
            **_common(file, PersonalMattersReport, makers), year=year, kind=ReportKind.YEARLY, due_on=due,
            filed_on=None if late else due - timedelta(days=random.randint(0, 25)), receiver=file.authority,
            check_kind=ReportCheck.RANDOM if random.random() < 0.1 else ReportCheck.NONE, result=ReportResult.PENDING,
        )  # fmt: skip
    yield IntegrityNote(
        **_common(file, IntegrityNote, makers), kind=IntegrityNoteKind.PRE_APPOINTMENT_TALK,
        held_on=today - timedelta(days=random.randint(200, 1500)), body=str(file.authority),
        document_no=_number(random, "谈字", today.year - 1),
    )  # fmt: skip

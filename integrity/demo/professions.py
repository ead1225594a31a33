"""Made-up practitioners 虚构执业人员: licences, penalties, publications inside and past their term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from integrity import rules
from integrity.choices import (
    FileStatus,
    Grade,
    Level,
    LicenceState,
    NoticeChannel,
    PenaltyKind,
    PublicationState,
    RecordState,
    StatusBasis,
    WithdrawalReason,
)
from integrity.demo.people import people
from integrity.demo.province import Province
from integrity.demo.rulings import make_documents
from integrity.demo.servants import Makers, subjects_of
from integrity.importing.writer import write_rows
from integrity.models import (
    Account,
    Licence,
    Notice,
    Organisation,
    Penalty,
    PenaltyBasis,
    PractitionerRecord,
    Profession,
    ProfessionSanction,
    Publication,
)
from integrity.notices import notice_text
from integrity.publications import digest_of, projection_of_licence, projection_of_penalty, title_of
from integrity.workdays import effect_end

#: Which department regulates a profession in the made-up province.
REGULATOR = {
    "lawyer": "justice", "notary": "justice", "forensic_examiner": "justice", "grassroots_legal": "justice",
    "legal_aid": "justice", "accountant": "finance", "cpa": "finance", "appraiser": "finance",
    "statistician": "statistics", "auditor": "audit", "tax_agent": "tax", "certification": "market",
    "inspection_testing": "market", "securities": "securities", "listed_officer": "securities",
    "insurance_broker": "insurance", "physician": "health", "nurse": "health", "teacher": "education",
    "researcher": "science", "patent_agent": "patents", "project_manager": "construction",
    "construction_registered": "construction", "journalist": "press", "guide": "tourism",
    "veterinarian": "agriculture",
}  # fmt: skip
_COMMON = ("physician", "nurse", "teacher", "lawyer", "guide", "accountant", "construction_registered")
_UNIT = {
    "justice": "法律服务所", "health": "人民医院", "education": "中学", "tourism": "旅行社", "finance": "会计师事务所",
    "construction": "建设工程公司", "agriculture": "动物医院", "market": "检测中心",
}  # fmt: skip
_VIOLATION = "未按规定履行执业义务"
_CAPITAL = "630100"


def build_practitioners(
    random: Random, province: Province, *, amount: int, makers: Makers, today: date, reason: str
) -> list[PractitionerRecord]:
    """`amount` records over every enabled profession, with their licences."""
    professions = list(Profession.objects.on(today).filter(enabled=True))
    weights = [6 if profession.code in _COMMON else 1 for profession in professions]
    chosen = professions + random.choices(professions, weights, k=amount - len(professions))
    persons = people(random, amount, today=today)
    subjects = subjects_of(persons, by=makers.enterer, reason=reason)
    records = []
    for ordinal, (subject, profession) in enumerate(zip(subjects, chosen, strict=True)):
        office = _regulator(random, province, profession)
        place = office.name.split("市")[0] if "市" in office.name else str(office)[:2]
        key = office.code.partition("-")[2]
        records.append(
            PractitionerRecord(
                subject=subject,
                name=subject.name,
                profession=profession,
                authority=office,
                grade=Grade.INTERNAL,
                unit_name=f"{place}第{ordinal % 5 + 1}{_UNIT.get(key, '服务中心')}（演示）",
                status=FileStatus.ESTABLISHED,
                established_on=today - timedelta(days=random.randint(300, 1800)),
                entered_by=makers.enterer,
                licence_state=LicenceState.VALID,
            )
        )
    write_rows(PractitionerRecord, records, by=makers.enterer, reason=reason)
    licences = [
        _licence(random, record, ordinal, makers, today)
        for ordinal, record in enumerate(records)
        if record.profession.status_basis != StatusBasis.NONE
    ]
    write_rows(Licence, licences, by=makers.approver, reason=reason)
    return records


def _regulator(random: Random, province: Province, profession: Profession) -> Organisation:
    key = REGULATOR.get(profession.code, "market")
    capital = province.divisions[0].code
    if "2" not in profession.regulators:
        return province.near(capital, key)
    prefectures = [division.code for division in province.divisions if division.level == Level.PREFECTURE]
    code = _CAPITAL if random.random() < 0.4 else random.choice(prefectures)
    return province.near(code, key)


def _licence(random: Random, record: PractitionerRecord, ordinal: int, makers: Makers, today: date) -> Licence:
    start = today - timedelta(days=random.randint(100, 1500))
    return Licence(
        record=record, subject=record.subject, authority=record.authority, grade=Grade.INTERNAL,
        state=RecordState.IN_FORCE, entered_by=makers.enterer, submitted_by=makers.enterer,
        approved_by=makers.approver, approved_at=timezone.now(),
        title=record.profession.licence_name or f"{record.profession}资格证书",
        number=f"63{start.year}{ordinal:06d}", issuer=record.authority, unit_name=record.unit_name,
        is_registration=record.profession.status_basis == StatusBasis.REGISTRATION,
        valid_from=start, valid_to=start + timedelta(days=365 * 5), licence_state=LicenceState.VALID, state_from=start,
    )  # fmt: skip


def build_penalties(
    random: Random,
    records: Sequence[PractitionerRecord],
    *,
    amount: int,
    makers: Makers,
    accounts: dict[str, Account],
    today: date,
    reason: str,
) -> list[Penalty]:
    """Penalties that the profession's own law allows, imposed by the office that may."""
    able: dict[int, list[ProfessionSanction]] = {}
    for sanction in ProfessionSanction.objects.on(today).select_related("basis"):
        if sanction.kind in (PenaltyKind.FINE, PenaltyKind.SUSPENSION, PenaltyKind.WARNING, PenaltyKind.REVOCATION):
            able.setdefault(sanction.profession_id, []).append(sanction)
    licences = {row.record_id: row for row in Licence.objects.unscoped(reason=reason)}
    pool = [record for record in records if record.profession_id in able]
    office = accounts["regulator"].organisation_id
    near = [record for record in pool if record.authority_id == office]
    chosen = near[:20] + random.sample([record for record in pool if record not in near], amount - len(near[:20]))
    rows, bases = [], []
    for ordinal, record in enumerate(chosen):
        fitting = [
            sanction
            for sanction in able[record.profession_id]
            if sanction.lowest_level is None or record.authority.level <= sanction.lowest_level
        ]
        if not fitting:
            continue
        sanction = random.choice(fitting)
        rows.append(_penalty(random, record, licences.get(record.pk), sanction, ordinal, makers, accounts, today))
        bases.append(sanction.basis)
    documents = make_documents([row.document_no for row in rows], by=makers.enterer, reason=reason)
    for row, document in zip(rows, documents, strict=True):
        row.document = document
    write_rows(Penalty, rows, by=makers.approver, reason=reason)
    links = [PenaltyBasis(penalty=row, basis=basis) for row, basis in zip(rows, bases, strict=True)]
    write_rows(PenaltyBasis, links, by=makers.enterer, reason=reason)
    return rows


def _penalty(
    random: Random,
    record: PractitionerRecord,
    licence: Licence | None,
    sanction: ProfessionSanction,
    ordinal: int,
    makers: Makers,
    accounts: dict[str, Account],
    today: date,
) -> Penalty:
    decided = today - timedelta(days=random.randint(15, 900))
    local = record.authority_id == accounts["regulator"].organisation_id
    state = {3: RecordState.DRAFT, 7: RecordState.SUBMITTED}.get(ordinal % 12, RecordState.IN_FORCE)
    kind = PenaltyKind(sanction.kind)
    months = sanction.max_months if kind is PenaltyKind.SUSPENSION else None
    enterer = accounts["regulator"] if local and state != RecordState.IN_FORCE else makers.enterer
    row = Penalty(
        record=record, subject=record.subject, authority=record.authority, grade=Grade.SENSITIVE, kind=kind,
        state=state, capacity=str(record.profession), violation=_VIOLATION, facts="执业活动中违反有关规定（演示）。",
        content=_content(kind, months), deciding_authority=record.authority, deciding_level=record.authority.level,
        document_no=f"罚决字〔{decided.year}〕{ordinal + 1}号", decided_on=decided,
        served_on=decided + timedelta(days=5), effective_from=decided, period_months=months,
        effective_to=effect_end(decided, months) if months else None, licence=licence, entered_by=enterer,
        remedies_told=True,
    )  # fmt: skip
    if kind is PenaltyKind.FINE:
        top = sanction.max_amount or Decimal(20000)
        low = sanction.min_amount or Decimal(1000)
        row.fine_amount = ((low + top) / 2).quantize(Decimal(1))
    if state != RecordState.DRAFT:
        row.submitted_by = enterer
    if state == RecordState.IN_FORCE:
        row.approved_by, row.approved_at = makers.approver, timezone.now()
        if row.effective_to is not None and row.effective_to < today:
            row.state = RecordState.EXPIRED
    return row


def _content(kind: PenaltyKind, months: int | None) -> str:
    if kind is PenaltyKind.SUSPENSION and months:
        return f"停止执业 {months} 个月"
    return str(kind.label)


def build_publications(
    random: Random,
    penalties: Sequence[Penalty],
    *,
    makers: Makers,
    accounts: dict[str, Account],
    today: date,
    reason: str,
) -> list[Publication]:
    """Licences of the register; penalties inside their term, past it with nobody having taken them down, withdrawn,
    and some on each desk of the publishing office."""
    licences = Licence.objects.unscoped(reason=reason).select_related("record__profession", "authority", "issuer")
    rows = [_of_licence(licence, makers, accounts, today) for licence in licences]
    local_desks = [PublicationState.PROPOSED, PublicationState.REVIEWED, PublicationState.NOTICED]
    office = accounts["regulator"].organisation_id
    for penalty in penalties:
        if penalty.state not in (RecordState.IN_FORCE, RecordState.EXPIRED) or penalty.decided_on is None:
            continue
        row = _of_penalty(penalty, makers, accounts, today)
        if row is None:
            continue
        if penalty.authority_id == office and local_desks and row.ends_on and row.ends_on >= today:
            row.state = local_desks.pop(0)
            row.published_by = row.published_at = None
            row.proposed_by = accounts["regulator"]
            if row.state == PublicationState.PROPOSED:
                row.reviewed_by = None
        elif random.random() < 0.08:
            row.state = PublicationState.WITHDRAWN
            row.withdrawn_at, row.withdrawal_reason = timezone.now(), WithdrawalReason.REPAIRED
        rows.append(row)
    write_rows(Publication, rows, by=makers.approver, reason=reason)
    notices = [
        Notice(
            publication=row,
            served_on=row.starts_on or today,
            channel=NoticeChannel.IN_PERSON,
            text=notice_text(row),
            proof=f"送达回证-{row.pk:06d}",
            served_by=makers.enterer,
        )
        for row in rows
        if row.penalty_id and row.state not in (PublicationState.PROPOSED, PublicationState.REVIEWED)
    ]
    write_rows(Notice, notices, by=makers.enterer, reason=reason)
    return rows


def _of_licence(licence: Licence, makers: Makers, accounts: dict[str, Account], today: date) -> Publication:
    projection = projection_of_licence(licence)
    start = licence.valid_from or today
    return _publication(
        projection, licence.record.profession, licence.authority, makers, accounts, start, licence=licence
    )


def _of_penalty(penalty: Penalty, makers: Makers, accounts: dict[str, Account], today: date) -> Publication | None:
    """Class and term by the rules of the day it was published; a minor one is not published."""
    decided = penalty.decided_on or today
    start = decided + timedelta(days=14)
    group = rules.penalty_class(penalty)
    period = rules.publication_period(group, start)
    if not period.publishable or start > today:
        return None
    row = _publication(
        projection_of_penalty(penalty), penalty.record.profession, penalty.authority, makers, accounts, start,
        penalty=penalty,
    )  # fmt: skip
    row.publication_class = group
    row.ends_on = effect_end(decided, period.max_months)
    return row


def _publication(
    projection: dict[str, str],
    profession: Profession,
    authority: Organisation,
    makers: Makers,
    accounts: dict[str, Account],
    start: date,
    *,
    licence: Licence | None = None,
    penalty: Penalty | None = None,
) -> Publication:
    return Publication(
        licence=licence, penalty=penalty, profession=profession, authority=authority, title=title_of(projection),
        name=projection["name"], projection=projection, digest=digest_of(projection),
        state=PublicationState.PUBLISHED, starts_on=start,
        ends_on=(licence.valid_to if licence else None), proposed_by=makers.enterer,
        reviewed_by=accounts["secrecy_reviewer"], published_by=accounts["publisher"],
        published_at=timezone.make_aware(datetime.combine(start, time(9, 0))),
    )  # fmt: skip

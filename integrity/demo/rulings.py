"""Made-up decisions in every state 虚构处分决定, their documents, remedies and objections."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.utils import timezone

from integrity import rules
from integrity.choices import (
    DecisionFamily,
    DecisionKind,
    Grade,
    ObjectionKind,
    ObjectionState,
    RecordState,
    RemedyKind,
    RemedyOutcome,
)
from integrity.demo.province import Province
from integrity.demo.servants import Makers
from integrity.importing.writer import write_rows
from integrity.models import (
    Account,
    Decision,
    DecisionBasis,
    Document,
    IntegrityFile,
    Matter,
    Objection,
    Organisation,
    Remedy,
)

_K = DecisionKind
_KINDS = (
    (_K.WARNING, 26), (_K.DEMERIT, 14), (_K.MAJOR_DEMERIT, 7), (_K.DEMOTION, 4), (_K.REMOVAL, 4), (_K.EXPULSION, 2),
    (_K.PARTY_WARNING, 14), (_K.PARTY_SERIOUS_WARNING, 8), (_K.PARTY_REMOVAL, 2), (_K.PARTY_EXPULSION, 1),
    (_K.REDUCTION_IN_RANK, 2), (_K.REMOVAL_FROM_POST, 2), (_K.ADMONITION, 14),
)  # fmt: skip
_FACTS = (
    "违反规定发放津贴补贴。",
    "在项目审核中把关不严，造成国有资金损失。",
    "违规操办婚庆事宜收受礼金，已主动上交。",
    "公车私用。",
    "工作日午间饮酒，造成不良影响。",
    "未如实报告个人有关事项，情节较轻。",
    "履行职责不力，造成群众反映的问题长期未解决。",
    "违反财经纪律，虚列会议费支出。",
)
#: How many decisions stand in each state; the rest is in force or ended by its dates.
_STATES = (
    (RecordState.DRAFT, 14), (RecordState.SUBMITTED, 18), (RecordState.RETURNED, 6), (RecordState.SUSPENDED, 4),
    (RecordState.REVOKED, 5), (RecordState.VOIDED, 5), (RecordState.AMENDED, 4), (RecordState.ARCHIVED, 4),
)  # fmt: skip
_UNAPPROVED = (RecordState.DRAFT, RecordState.SUBMITTED, RecordState.RETURNED)
_PDF = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
)


def make_documents(numbers: Sequence[str], *, by: Account, reason: str) -> list[Document]:
    """One small PDF a decision, kept like any uploaded one."""
    folder = Path(settings.CLOSED_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for ordinal, number in enumerate(numbers):
        text = b"BT /F 18 Tf 72 760 Td (Demonstration document %d) Tj ET" % ordinal
        data = _PDF % (len(text), text)
        name = secrets.token_hex(24)
        (folder / name).write_bytes(data)
        rows.append(
            Document(
                number=number,
                title="决定书（演示）",
                path=name,
                content_type="application/pdf",
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                uploaded_by=by,
            )
        )
    return write_rows(Document, rows, by=by, reason=reason)


def build_decisions(
    random: Random,
    province: Province,
    files: Sequence[IntegrityFile],
    *,
    amount: int,
    makers: Makers,
    accounts: dict[str, Account],
    today: date,
    reason: str,
) -> list[Decision]:
    """`amount` decisions over established files, in every state of the table."""
    established = [file for file in files if file.established_on is not None and file.closed_on is None]
    chosen = _chosen(random, established, accounts, amount)
    states = [state for state, number in _STATES for _ in range(number)]
    states += [RecordState.IN_FORCE] * (amount - len(states))
    states.sort(key=lambda state: (state not in _UNAPPROVED, state))
    rows = [
        _decision(random, province, file, state, makers=makers, accounts=accounts, today=today)
        for file, state in zip(chosen, states, strict=True)
    ]
    matters = write_rows(
        Matter, [Matter(title=f"{row.file.name}有关问题") for row in rows], by=makers.enterer, reason=reason
    )
    proven = [row for row in rows if row.document_no]
    documents = make_documents([row.document_no for row in proven], by=makers.enterer, reason=reason)
    for row, document in zip(proven, documents, strict=True):
        row.document = document
    for row, matter in zip(rows, matters, strict=True):
        row.matter = matter
    write_rows(Decision, rows, by=makers.approver, reason=reason)
    _bases(rows, makers=makers, reason=reason)
    _amending(rows, makers=makers, reason=reason)
    _remedies_and_objections(rows, makers=makers, accounts=accounts, today=today, reason=reason)
    return rows


def _chosen(
    random: Random, files: list[IntegrityFile], accounts: dict[str, Account], amount: int
) -> list[IntegrityFile]:
    """First the capital's own, so that its clerk and reviewer find drafts and a queue; then the whole province."""
    office = accounts["clerk"].organisation_id
    near = [file for file in files if file.authority_id == office]
    far = [file for file in files if file.authority_id != office]
    return random.sample(near, min(60, len(near))) + random.sample(far, amount - min(60, len(near)))


def _decision(
    random: Random,
    province: Province,
    file: IntegrityFile,
    state: RecordState,
    *,
    makers: Makers,
    accounts: dict[str, Account],
    today: date,
) -> Decision:
    kind = random.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    decided = today - timedelta(days=random.randint(20, 1500))
    local = file.authority_id == accounts["clerk"].organisation_id
    enterer = accounts["clerk"] if local and state in _UNAPPROVED else makers.enterer
    row = Decision(
        file=file, subject=file.subject, authority=file.authority, grade=Grade.STRICT, kind=kind, state=state,
        capacity=f"{file.unit}{file.post_title}", facts=random.choice(_FACTS), entered_by=enterer,
        announcement="本单位", remedies_told=True,
    )  # fmt: skip
    if state == RecordState.DRAFT and random.random() < 0.5:
        return row
    _prove(random, province, row, decided)
    if state != RecordState.DRAFT:
        row.submitted_by = enterer
    if state not in _UNAPPROVED:
        row.approved_by, row.approved_at = makers.approver, timezone.now()
    if state == RecordState.IN_FORCE and row.effective_to is not None and row.effective_to < today:
        lifts = kind.family is DecisionFamily.GOVERNMENT_DISCIPLINE
        row.state = RecordState.LIFTED if lifts else RecordState.EXPIRED
        row.lifted_on = row.effective_to + timedelta(days=1) if lifts else None
    if state in (RecordState.REVOKED, RecordState.VOIDED):
        row.ended_reason = "经复审撤销原决定" if state == RecordState.REVOKED else "误录入他人档案，录入作废"
    return row


def _prove(random: Random, province: Province, row: Decision, decided: date) -> None:
    kind = DecisionKind(row.kind)
    key = "organisation" if kind.family is DecisionFamily.ORGANISATIONAL else "inspection"
    body = _body(province, row.authority, key)
    place = {"organisation": "组处", "inspection": "纪处"}[key]
    row.deciding_authority, row.deciding_level = body, body.level
    row.document_no = f"{place}〔{decided.year}〕{random.randint(1, 299)}号"
    row.decided_on = row.effective_from = decided
    row.served_on = decided + timedelta(days=random.randint(1, 12))
    period = rules.period_for(kind, decided)
    _, row.effective_to = rules.effect_window(kind, decided_on=decided)
    row.period_months, row.permanent = period.months, period.permanent


def _body(province: Province, authority: Organisation, key: str) -> Organisation:
    return province.office(authority.division.code, key)


def _bases(rows: Sequence[Decision], *, makers: Makers, reason: str) -> None:
    links = [
        DecisionBasis(decision=row, basis=rules.period_for(DecisionKind(row.kind), row.decided_on).basis)
        for row in rows
        if row.decided_on is not None
    ]
    write_rows(DecisionBasis, links, by=makers.enterer, reason=reason)


def _amending(rows: Sequence[Decision], *, makers: Makers, reason: str) -> None:
    """For each amended decision the one that changed it."""
    new = []
    for row in rows:
        if row.state != RecordState.AMENDED or row.decided_on is None:
            continue
        row.ended_reason = "由后一决定变更"
        copy: dict[str, Any] = {
            field.attname: getattr(row, field.attname)
            for field in Decision._meta.concrete_fields
            if field.name not in {"id", "ref", "amends", "recorded_at", "state"}
        }
        new.append(Decision(**copy, amends=row, state=RecordState.IN_FORCE))
        new[-1].kind = DecisionKind.ADMONITION
        new[-1].document_no = row.document_no.replace("号", "-1号")
    written = write_rows(Decision, new, by=makers.approver, reason=reason)
    _bases(written, makers=makers, reason=reason)


def _remedies_and_objections(
    rows: Sequence[Decision], *, makers: Makers, accounts: dict[str, Account], today: date, reason: str
) -> None:
    standing = [row for row in rows if row.state == RecordState.IN_FORCE and row.document_no]
    remedies, objections = [], []
    for ordinal, row in enumerate(standing[:24]):
        if ordinal % 2:
            remedies.append(
                Remedy(
                    decision=row,
                    subject=row.subject,
                    authority=row.authority,
                    grade=Grade.STRICT,
                    entered_by=makers.enterer,
                    kind=RemedyKind.REEXAMINATION,
                    body=str(row.deciding_authority),
                    filed_on=today - timedelta(days=20 + ordinal),
                    outcome=RemedyOutcome.PENDING,
                )
            )
        else:
            objections.append(
                Objection(
                    file=row.file,
                    decision=row,
                    subject=row.subject,
                    authority=row.authority,
                    grade=Grade.STRICT,
                    entered_by=makers.enterer,
                    kind=ObjectionKind.WRONG_TEXT,
                    text="文书日期与送达本人的不一致。",
                    state=ObjectionState.MARKED,
                    lodged_on=today - timedelta(days=ordinal % 6 + 1),
                    due_on=today + timedelta(days=7),
                )
            )
    write_rows(Remedy, remedies, by=makers.enterer, reason=reason)
    write_rows(Objection, objections, by=makers.enterer, reason=reason)

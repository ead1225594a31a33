"""Made-up rows for the search tests; what is not stated does not matter to the test."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from integrity.choices import (
    DecisionKind,
    FileStatus,
    Grade,
    IdentifierKind,
    Level,
    NameKind,
    OrganKind,
    PenaltyKind,
    PublicationState,
    RecordState,
    Role,
    StatusBasis,
)
from integrity.models import (
    Account,
    Assignment,
    Case,
    CaseGrant,
    Decision,
    Division,
    Document,
    IntegrityFile,
    Licence,
    Organisation,
    Penalty,
    PractitionerRecord,
    Profession,
    Publication,
    Recusal,
    Subject,
    SubjectIdentifier,
    SubjectName,
    recording,
)
from integrity.names import name_key

Row = TypeVar("Row", bound=Model)
_numbers = itertools.count(1)


def _saved(row: Row) -> Row:
    with recording(by=None, reason="测试数据"):
        row.save()
    return row


def division() -> Division:
    found = Division.objects.filter(code="630000").first()
    return found or _saved(Division(code="630000", name="青海省", level=Level.PROVINCE))


def organisation(name: str, kind: str = OrganKind.ORGANISATION_DEPARTMENT) -> Organisation:
    code = f"TEST-{next(_numbers):05d}"
    return _saved(Organisation(code=code, name=name, kind=kind, level=Level.COUNTY, division=division()))


def account(username: str, subject: Subject | None = None) -> Account:
    return _saved(Account(username=f"{username}{next(_numbers)}", display_name=username, subject=subject))


def assignment(
    holder: Account,
    role: str,
    authority: Organisation,
    *,
    clearance: int = Grade.STRICT,
    profession: Profession | None = None,
) -> Assignment:
    return _saved(
        Assignment(
            account=holder,
            role=role,
            authority=authority,
            clearance=clearance,
            profession=profession,
            granted_by=account("安全员甲"),
            seconded_by=account("安全员乙"),
        )
    )


def officer(role: str, authority: Organisation, **options: Any) -> Account:
    holder = account(str(role))
    assignment(holder, role, authority, **options)
    return holder


def subject(name: str, **others: str) -> Subject:
    """`others`: name kind → name."""
    row = _saved(Subject(name=name))
    for kind, text in {NameKind.LEGAL.value: name, **others}.items():
        _saved(SubjectName(subject=row, kind=kind, text=text, key=name_key(text)))
    return row


def file(
    name: str,
    authority: Organisation,
    *,
    grade: int = Grade.INTERNAL,
    status: str = FileStatus.ESTABLISHED,
    entered_by: Account | None = None,
    established_on: date | None = None,
    person: Subject | None = None,
    others: dict[str, str] | None = None,
    **fields: Any,
) -> IntegrityFile:
    return _saved(
        IntegrityFile(
            name=name,
            subject=person or subject(name, **(others or {})),
            authority=authority,
            grade=grade,
            status=status,
            entered_by=entered_by or account("录入员"),
            unit=fields.pop("unit", authority),
            established_on=established_on or (date(2024, 1, 2) if status != FileStatus.DRAFT else None),
            **fields,
        )
    )


def document(number: str, by: Account) -> Document:
    return _saved(
        Document(number=number, title=number, path=f"t{next(_numbers)}", content_type="application/pdf", size=1,
                 sha256="0" * 64, uploaded_by=by)
    )  # fmt: skip


def _decided(number: str, author: Account, state: str, body: Organisation) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "document_no": number,
        "state": state,
        "entered_by": author,
        "decided_on": date(2024, 3, 1),
    }
    if state not in RecordState.unapproved():
        fields |= {
            "deciding_authority": body,
            "document": document(number, author),
            "served_on": date(2024, 3, 5),
            "approved_by": account("审核员"),
        }
    return fields


def decision(
    of: IntegrityFile,
    number: str = "",
    *,
    facts: str = "",
    state: str = RecordState.IN_FORCE,
    entered_by: Account | None = None,
    sealed: bool = False,
) -> Decision:
    body = organisation("某县监察委员会", OrganKind.DISCIPLINE_INSPECTION)
    number = number or f"某监政处〔2024〕{next(_numbers)}号"
    return _saved(
        Decision(
            file=of,
            subject=of.subject,
            authority=of.authority,
            kind=DecisionKind.WARNING,
            facts=facts,
            sealed=sealed,
            **_decided(number, entered_by or account("录入员"), state, body),
        )
    )


def profession(name: str = "律师") -> Profession:
    code = f"test-{next(_numbers)}"
    return _saved(Profession(code=code, name=name, status_basis=StatusBasis.LICENCE))


def practitioner(name: str, authority: Organisation, of: Profession, **fields: Any) -> PractitionerRecord:
    return _saved(
        PractitionerRecord(
            name=name,
            subject=fields.pop("person", None) or subject(name),
            authority=authority,
            profession=of,
            status=FileStatus.ESTABLISHED,
            entered_by=account("录入员"),
            established_on=date(2024, 1, 2),
            **fields,
        )
    )


def licence(record: PractitionerRecord, number: str, **fields: Any) -> Licence:
    return _saved(
        Licence(
            record=record,
            subject=record.subject,
            authority=record.authority,
            number=number,
            title="执业证",
            entered_by=account("录入员"),
            **({"state": RecordState.IN_FORCE, "grade": Grade.INTERNAL} | fields),
        )
    )


def penalty(record: PractitionerRecord, number: str, *, state: str = RecordState.IN_FORCE, **fields: Any) -> Penalty:
    body = organisation("某市司法局", OrganKind.GOVERNMENT_DEPARTMENT)
    return _saved(
        Penalty(
            record=record,
            subject=record.subject,
            authority=record.authority,
            kind=PenaltyKind.WARNING,
            **_decided(number, account("录入员"), state, body),
            **fields,
        )
    )


def publication(of: Penalty, **fields: Any) -> Publication:
    today = timezone.localdate()
    name = of.record.name
    projection = {
        "name": name,
        "document_no": of.document_no,
        "profession": of.record.profession.name,
        "unit": "某律师事务所",
    }
    return _saved(
        Publication(
            **{
                "penalty": of, "profession": of.record.profession, "authority": of.authority, "name": name,
                "title": f"{name}行政处罚公示", "projection": projection, "digest": "0" * 64,
                "state": PublicationState.PUBLISHED, "starts_on": today - timedelta(days=10),
                "ends_on": today + timedelta(days=30), "proposed_by": account("提出人"),
                "reviewed_by": account("审查人"), "published_by": account("发布人"),
            } | fields
        )
    )  # fmt: skip


def inspector(*files: IntegrityFile, body: Organisation, reference: str) -> Account:
    """An inspector with an open case over `files`."""
    holder = officer(Role.INSPECTOR, body)
    today = timezone.localdate()
    case = Case.objects.filter(reference=reference).first() or _saved(
        Case(reference=reference, organisation=body, reason="线索核查", opened_on=today - timedelta(days=5),
             ends_on=today + timedelta(days=30))
    )  # fmt: skip
    for one in files:
        grant(holder, one, case)
    return holder


def grant(holder: Account, of: IntegrityFile, case: Case) -> CaseGrant:
    from django.contrib.auth.models import Permission

    permission = Permission.objects.get(codename="view_integrityfile")
    return _saved(
        CaseGrant(user=holder, permission=permission, content_object=of, case=case, granted_by=account("批准人"),
                  ends_on=case.ends_on)
    )  # fmt: skip


def recusal(holder: Account, person: Subject) -> Recusal:
    return _saved(Recusal(account=holder, subject=person, reason="近亲属"))


def identifier(person: Subject, number: str) -> SubjectIdentifier:
    row = SubjectIdentifier(subject=person, kind=IdentifierKind.IDENTITY_NUMBER)
    row.set_number(number)
    return _saved(row)

"""Factories 造数: made-up people, units and records, each written with an actor and a reason."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model

from integrity.choices import (
    AppraisalGrade,
    DecisionKind,
    FileStatus,
    Grade,
    LawLevel,
    Level,
    OrganKind,
    PenaltyKind,
    RecordState,
    StatusBasis,
)
from integrity.models import (
    PARTS,
    Account,
    Appraisal,
    Case,
    CaseGrant,
    Decision,
    DecisionBasis,
    Division,
    Document,
    FilePart,
    IntegrityFile,
    LegalBasis,
    Organisation,
    Penalty,
    PractitionerRecord,
    Profession,
    Subject,
    SubjectIdentifier,
    recording,
)
from integrity.names import name_key

Row = TypeVar("Row", bound=Model)
WHY = "测试准备"
_numbers = itertools.count(1)
#: Made-up identity numbers with right check characters, one a person.
NAMES = ("扎西多杰", "才让卓玛", "马秀英", "李援朝", "韩梅", "赵青山", "王玉树", "索南才让")


def saved(row: Row) -> Row:
    with recording(by=None, reason=WHY):
        row.save()
    return row


def division(code: str = "630000", name: str = "青海省", level: int = Level.PROVINCE) -> Division:
    found = Division.objects.filter(code=code).first()
    return found or saved(Division(code=code, name=name, level=level))


def organisation(name: str = "省委组织部", **columns: Any) -> Organisation:
    number = next(_numbers)
    columns.setdefault("kind", OrganKind.ORGANISATION_DEPARTMENT)
    columns.setdefault("level", Level.PROVINCE)
    columns.setdefault("division", division())
    return saved(Organisation(code=columns.pop("code", f"63-T{number}"), name=name, **columns))


def account(username: str = "", **columns: Any) -> Account:
    number = next(_numbers)
    columns.setdefault("display_name", username or f"用户{number}")
    return saved(Account(username=username or f"user{number}", **columns))


def subject(name: str = "") -> Subject:
    from integrity.models import SubjectName

    name = name or NAMES[next(_numbers) % len(NAMES)]
    row = saved(Subject(name=name))
    saved(SubjectName(subject=row, text=name, raw=name, key=name_key(name)))
    return row


def identity_number(serial: int = 1, born: str = "19800101", place: str = "630102") -> str:
    """A made-up number with the check character of GB 11643."""
    body = f"{place}{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def identifier(of: Subject, number: str = "") -> SubjectIdentifier:
    row = SubjectIdentifier(subject=of, kind="identity_number")
    row.set_number(number or identity_number(next(_numbers) % 1000))
    return saved(row)


def file(authority: Organisation, *, by: Account, name: str = "", **columns: Any) -> IntegrityFile:
    """An established file, complete but for what the traits take away."""
    person = columns.pop("subject", None) or subject(name)
    columns.setdefault("status", FileStatus.ESTABLISHED)
    columns.setdefault("established_on", date(2020, 1, 1))
    columns.setdefault("unit", authority)
    columns.setdefault("level", authority.level)
    columns.setdefault("post_title", "科员")
    columns.setdefault("grade", Grade.INTERNAL)
    return saved(IntegrityFile(subject=person, name=person.name, authority=authority, entered_by=by, **columns))


def part(model: type[FilePart], of: IntegrityFile, *, by: Account, **columns: Any) -> Any:
    columns.setdefault("grade", dict(PARTS).get(model, Grade.STRICT))
    columns.setdefault("state", RecordState.IN_FORCE)
    return saved(model(file=of, subject=of.subject, authority=of.authority, entered_by=by, **columns))


def appraisal(of: IntegrityFile, *, by: Account, year: int = 2024, **columns: Any) -> Appraisal:
    columns.setdefault("result", AppraisalGrade.COMPETENT)
    columns.setdefault("body", "考核委员会")
    row: Appraisal = part(Appraisal, of, by=by, year=year, **columns)
    return row


def basis(code: str = "政务处分法#8", **columns: Any) -> LegalBasis:
    found = LegalBasis.objects.filter(code=code).first()
    columns.setdefault("law", "中华人民共和国公职人员政务处分法")
    columns.setdefault("short_title", "政务处分法")
    columns.setdefault("level", LawLevel.LAW)
    columns.setdefault("article", "第八条")
    columns.setdefault("valid_from", date(2020, 7, 1))
    return found or saved(LegalBasis(code=code, **columns))


def document(by: Account, number: str = "青监处〔2024〕1号") -> Document:
    row = Document(
        number=number, title="处分决定书", path=f"test-{next(_numbers)}", content_type="application/pdf",
        size=4, sha256="0" * 64, uploaded_by=by,
    )  # fmt: skip
    return saved(row)


def complete_decision(**changes: Any) -> dict[str, Any]:
    """The columns of a decision that lacks nothing (H2)."""
    return {
        "kind": DecisionKind.DEMERIT,
        "document_no": "青监处〔2024〕1号",
        "decided_on": date(2024, 3, 1),
        "served_on": date(2024, 3, 5),
        "facts": "违反工作纪律。",
    } | changes


def decision(
    of: IntegrityFile, *, by: Account, bases: Iterable[LegalBasis] = (), approved_by: Account | None = None,
    **columns: Any,
) -> Decision:  # fmt: skip
    """A draft with every proof H2 asks for, unless the traits take one away."""
    values = complete_decision(**columns)
    values.setdefault("state", RecordState.DRAFT)
    values.setdefault("deciding_authority", None)
    row = Decision(
        file=of, subject=of.subject, authority=of.authority, entered_by=by, approved_by=approved_by, **values
    )
    saved(row)
    for law in bases:
        saved(DecisionBasis(decision=row, basis=law))
    return row


def profession(code: str = "lawyer", name: str = "律师", **columns: Any) -> Profession:
    found = Profession.objects.filter(code=code).first()
    columns.setdefault("status_basis", StatusBasis.LICENCE)
    return found or saved(Profession(code=code, name=name, **columns))


def practitioner(authority: Organisation, *, by: Account, of: Profession, name: str = "", **columns: Any) -> Any:
    person = columns.pop("subject", None) or subject(name)
    columns.setdefault("status", FileStatus.ESTABLISHED)
    columns.setdefault("established_on", date(2020, 1, 1))
    columns.setdefault("grade", Grade.INTERNAL)
    return saved(
        PractitionerRecord(
            subject=person, name=person.name, authority=authority, entered_by=by, profession=of, **columns
        )
    )


def penalty(of: PractitionerRecord, *, by: Account, **columns: Any) -> Penalty:
    columns.setdefault("kind", PenaltyKind.WARNING)
    columns.setdefault("grade", Grade.SENSITIVE)
    columns.setdefault("state", RecordState.DRAFT)
    return saved(Penalty(record=of, subject=of.subject, authority=of.authority, entered_by=by, **columns))


def case(organisation: Organisation, reference: str = "青纪立〔2026〕7号", **columns: Any) -> Case:
    columns.setdefault("reason", "审查调查")
    columns.setdefault("opened_on", date(2020, 1, 1))
    columns.setdefault("ends_on", date(2099, 12, 31))
    return saved(Case(reference=reference, organisation=organisation, **columns))


def case_grant(of: Case, *, inspector: Account, file: IntegrityFile, granted_by: Account, **columns: Any) -> CaseGrant:
    from django.contrib.auth.models import Permission

    permission = Permission.objects.get(content_type__app_label="integrity", codename="view_integrityfile")
    columns.setdefault("ends_on", of.ends_on)
    return saved(
        CaseGrant(user=inspector, permission=permission, content_object=file, case=of, granted_by=granted_by, **columns)
    )

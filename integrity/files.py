"""Acts on integrity files 档案行为: establish, move, inform, freeze; enter the parts (domain §4).

Each act is one transaction, names its actor and its reason, asks access first and returns the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, names
from integrity.choices import (
    Act,
    FileStatus,
    Grade,
    IdentifierKind,
    NameKind,
    RecordState,
    RelationKind,
    ServantKind,
)
from integrity.duplicates import note_duplicate, within_reach
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import ADULT_AGE, IdentityKind, adult_on, check_identity_number
from integrity.lifecycle.engine import move
from integrity.lifecycle.file import FILE
from integrity.lifecycle.needs import is_adverse
from integrity.matching import birth_text
from integrity.models import (
    PARTS,
    Account,
    FilePart,
    IntegrityFile,
    Organisation,
    OrganisationRelation,
    Post,
    Subject,
    SubjectIdentifier,
    SubjectName,
    recording,
)
from integrity.parts import approve_part, return_part, submit_part, why_not_approve
from integrity.rules import lowest_leading_post
from integrity.signals import tell_records

_GRADE_OF_PART = dict(PARTS)
_KIND_OF_NUMBER = {
    IdentityKind.CITIZEN: IdentifierKind.IDENTITY_NUMBER,
    IdentityKind.RESIDENCE_PERMIT: IdentifierKind.RESIDENCE_PERMIT,
    IdentityKind.HISTORIC: IdentifierKind.HISTORICAL_15,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """A post as it is entered 任职信息."""

    unit: Organisation
    authority: Organisation
    title: str
    category: str = "general"
    leading_post: int | None = None
    rank: int | None = None
    from_on: date | None = None
    document_no: str = ""


@transaction.atomic
def propose_file(
    *,
    by: Account,
    name: str,
    post: PostFacts,
    identity_number: str = "",
    servant_kind: str = ServantKind.CIVIL_SERVANT,
    reason: str,
) -> IntegrityFile:
    """Enter a new file as a draft 拟建档案.

    A number of a person within the actor's reach refuses: already on file. One of somebody else's person is taken
    like an unknown one, for the answer would tell who is on file elsewhere; the audit finds it in the log.
    """
    subject = Subject(name=names.normalise_name(name))
    file = IntegrityFile(
        subject=subject,
        name=subject.name,
        authority=post.authority,
        unit=post.unit,
        level=post.unit.level,
        leading_post=post.leading_post,
        rank=post.rank,
        post_title=post.title,
        servant_kind=servant_kind,
        grade=Grade.INTERNAL,
        entered_by=by,
    )
    access.require(by, Act.ENTER, file)
    require_unit(post)
    number = _new_number(identity_number) if identity_number else None
    elsewhere = _known_elsewhere(number, by=by) if number is not None else set()
    with recording(by=by, reason=reason, document=post.document_no):
        subject.save()
        add_name(subject=subject, text=name)
        if number is not None:
            number.subject = subject
            number.save()
        file.save()
        _first_post(file, post, by=by)
    if elsewhere:
        note_duplicate(subject=subject.pk, known=elsewhere, by=by)
    tell_records("integrityfile", [file.pk])
    return file


def require_unit(post: PostFacts) -> None:
    """The unit may be on file at all, and the authority manages people there 干部管理权限."""
    if post.unit.secret_staffing:
        raise ActRefused("secret_staffing", _("该单位编制涉密，人员不得录入本系统"), field="unit")
    managing = managing_authorities(post.unit, leading_post=post.leading_post)
    if managing and post.authority.pk not in {row.target_id for row in managing}:
        leaders, staff = _("领导成员"), _("其他人员")
        known = "、".join(f"{leaders if row.applies_to_leaders else staff}：{row.target}" for row in managing)
        raise ActRefused(
            "not_managed_here",
            _("该单位（%(unit)s）不属于所选管理机关的管理权限（%(known)s）") % {"unit": post.unit, "known": known},
            article=_("干部管理权限"),
            field="unit",
        )


def managing_authorities(unit: Organisation, *, leading_post: int | None) -> list[OrganisationRelation]:
    """Who manages a person in this unit today: its leaders are managed one level up, its staff are not.

    Nothing for units that say nothing about it; where only one of the two is told, it holds for both.
    """
    today = timezone.localdate()
    rows = OrganisationRelation.objects.on(today).filter(source=unit, kind=RelationKind.MANAGING_AUTHORITY)
    known = list(rows.select_related("target").order_by("applies_to_leaders", "pk"))
    leads = leading_post is not None and leading_post <= lowest_leading_post(unit.level, today)
    return [row for row in known if row.applies_to_leaders == leads] or known


def _new_number(raw: str) -> SubjectIdentifier:
    checked = check_identity_number(raw, today=timezone.localdate())
    if not adult_on(checked.number, timezone.localdate()):
        raise ActRefused(
            "minor", _("未满十八周岁的人不得建档"), article="《公务员法》第十三条", field="identity_number"
        )
    number = SubjectIdentifier(kind=_KIND_OF_NUMBER[checked.kind])
    number.set_number(checked.number)
    return number


def _known_elsewhere(number: SubjectIdentifier, *, by: Account) -> set[UUID]:
    """Persons out of the actor's reach with the same number 重号; one within reach refuses."""
    rows = SubjectIdentifier.objects.unscoped(reason="建档查重").filter(index=number.index, retired_on__isnull=True)
    known = set(rows.values_list("subject_id", flat=True))
    if known and within_reach(known, access.scope_for(by, Act.ENTER)):
        raise ActRefused(
            "number_known",
            _("该证件号码已登记。若系同一人，请在其档案中办理；若号码有误或重号，请先核实更正"),
            field="identity_number",
        )
    return known


def add_name(*, subject: Subject, text: str, kind: str = NameKind.LEGAL, valid_from: date | None = None) -> SubjectName:
    """Write one name row with its key and its raw text; the caller holds the recording."""
    stored = names.normalise_name(text)
    row = SubjectName(
        subject=subject,
        kind=kind,
        text=stored,
        raw=text[:200],
        key=names.name_key(stored),
        valid_from=valid_from,
    )
    row.save()
    return row


def _first_post(file: IntegrityFile, facts: PostFacts, *, by: Account) -> Post:
    post = Post(
        file=file,
        subject=file.subject,
        authority=file.authority,
        managed_by=facts.authority,
        grade=Grade.INTERNAL,
        entered_by=by,
        unit=facts.unit,
        title=facts.title,
        category=facts.category,
        leading_post=facts.leading_post,
        rank=facts.rank,
        from_on=facts.from_on,
        document_no=facts.document_no,
        state=RecordState.DRAFT,
    )
    post.save()
    return post


@transaction.atomic
def establish_file(*, file: IntegrityFile, by: Account, reason: str) -> IntegrityFile:
    """A second person establishes the file 建立档案 (H18)."""
    access.require(by, Act.APPROVE, file)
    move(
        FILE,
        file,
        "establish",
        by=by,
        reason=reason,
        changes={"established_on": timezone.localdate()},
        facts={"adult": known_adult(file.subject)},
    )
    tell_records("integrityfile", [file.pk])
    return file


def known_adult(subject: Subject) -> bool | None:
    """Whether the person is of age by the birth date on file; None where none is known. Never shown."""
    today = timezone.localdate()
    born = birth_text(subject)
    if born:
        year, month, day = (*(int(part) for part in born.split("-")), 1, 1)[:3]  # a bare year: the oldest of it
        return (today.year - year, today.month, today.day) >= (ADULT_AGE, month, day)
    numbers = SubjectIdentifier.objects.unscoped(reason="建档条件：年满十八周岁")
    found = numbers.filter(subject=subject, kind__in=_KIND_OF_NUMBER.values(), retired_on__isnull=True).first()
    return adult_on(found.number(), today) if found is not None else None


@transaction.atomic
def confirm_identity(*, file: IntegrityFile, by: Account, on: date, document: str, reason: str) -> IntegrityFile:
    """Record that the person's identity was checked against the document 核实身份 (H17)."""
    access.require(by, Act.ENTER, file)
    return _set(file, by=by, reason=reason, document=document, identity_confirmed_on=on)


@transaction.atomic
def inform_subject(*, file: IntegrityFile, by: Account, on: date, reason: str) -> IntegrityFile:
    """Record that the person was told that the file exists and what rights there are 告知本人 (PIPL 17)."""
    access.require(by, Act.ENTER, file)
    return _set(file, by=by, reason=reason, document="", informed_on=on)


@transaction.atomic
def freeze_file(*, file: IntegrityFile, by: Account, service_status: str, on: date, reason: str) -> IntegrityFile:
    """Leaving office freezes the file 冻结 (domain §2)."""
    access.require(by, Act.APPROVE, file)
    move(
        FILE,
        file,
        "freeze",
        by=by,
        reason=reason,
        changes={"service_status": service_status, "closed_on": on},
    )
    tell_records("integrityfile", [file.pk])
    return file


def _set(file: IntegrityFile, *, by: Account, reason: str, document: str, **columns: Any) -> IntegrityFile:
    for column, value in columns.items():
        setattr(file, column, value)
    with recording(by=by, reason=reason, document=document):
        file.save()
    tell_records("integrityfile", [file.pk])
    return file


@transaction.atomic
def move_person(*, file: IntegrityFile, by: Account, post: PostFacts, reason: str) -> IntegrityFile:
    """A new post 职务变动: closes the current one and carries the access columns to every row of the file.

    Access follows the managing authority today, so parts and decisions move with the person.
    """
    access.require(by, Act.APPROVE, file)
    require_unit(post)
    starts = post.from_on or timezone.localdate()
    with recording(by=by, reason=reason, document=post.document_no):
        for row in Post.objects.unscoped(reason="职务变动：结束现任职").filter(file=file, to_on__isnull=True):
            row.to_on = starts
            row.save()
        file.unit, file.authority, file.level = post.unit, post.authority, post.unit.level
        file.leading_post, file.rank, file.post_title = post.leading_post, post.rank, post.title
        file.save()
        _first_post(file, post, by=by)
        _carry_authority(file)
    tell_records("integrityfile", [file.pk])
    return file


def _carry_authority(file: IntegrityFile) -> None:
    from integrity.models import Decision, Objection, Remedy

    models = [model for model, _grade in PARTS] + [Decision]
    for model in models:
        for row in model.objects.unscoped(reason="职务变动：随管理权限移转").filter(file=file):
            row.authority = file.authority
            row.save()
    for objection in Objection.objects.unscoped(reason="职务变动：随管理权限移转").filter(file=file):
        objection.authority = file.authority
        objection.save()
    for remedy in Remedy.objects.unscoped(reason="职务变动：随管理权限移转").filter(decision__file=file):
        remedy.authority = file.authority
        remedy.save()


#: What an act sets and no form may: given as a value they are refused (A6).
ACT_COLUMNS = frozenset(
    {
        "id", "pk", "ref", "file", "file_id", "record", "record_id", "subject", "subject_id", "authority",
        "authority_id", "grade", "entered_by", "entered_by_id", "recorded_at", "state", "submitted_by",
        "submitted_by_id", "approved_by", "approved_by_id", "approved_at", "batch", "batch_id", "sealed",
    }
)  # fmt: skip


def refuse_act_columns(values: Mapping[str, Any]) -> None:
    """A form's values never carry who approved, in which state, for which person."""
    unlawful = ACT_COLUMNS & set(values)
    if unlawful:
        raise ActRefused("unknown_column", _("不能由表单设置的字段：%s") % "、".join(sorted(unlawful)))


def blank_part(model: type[FilePart], file: IntegrityFile, *, by: Account, **values: Any) -> FilePart:
    """A new part of this file, not written yet; over it access decides, before a form is shown and when it is sent."""
    return model(
        file=file,
        subject=file.subject,
        authority=file.authority,
        grade=_GRADE_OF_PART[model],
        entered_by=by,
        state=RecordState.DRAFT,
        **values,
    )


@transaction.atomic
def add_part(
    *, model: type[FilePart], file: IntegrityFile, by: Account, values: Mapping[str, Any], reason: str
) -> FilePart:
    """Enter a part of a file as a draft 录入分项."""
    if file.status not in (FileStatus.ESTABLISHED, FileStatus.DRAFT):
        raise ActRefused("file_closed", _("档案已冻结或转出，不能录入"))
    refuse_act_columns(values)
    part = blank_part(model, file, by=by, **values)
    access.require(by, Act.ENTER, part)
    with recording(by=by, reason=reason, document=part.document_no):
        part.save()
    tell_records(str(model._meta.model_name), [part.pk])
    return part


@transaction.atomic
def change_part(*, part: FilePart, by: Account, values: Mapping[str, Any], reason: str) -> FilePart:
    """Change a draft or a returned part 修改分项草稿; only its author does, an approved one is amended (H14)."""
    locked = type(part)._base_manager.select_for_update().get(pk=part.pk)
    if locked.state not in (RecordState.DRAFT, RecordState.RETURNED):
        raise ActRefused("not_a_draft", _("已提交或已审核的记录不能修改"), article="H14")
    access.require(by, Act.ENTER, locked)
    if locked.entered_by_id != by.pk:
        raise NotAdmitted
    refuse_act_columns(values)
    for column, value in values.items():
        setattr(locked, column, value)
    with recording(by=by, reason=reason, document=locked.document_no):
        locked.save()
    tell_records(str(part._meta.model_name), [part.pk])
    return locked


def missing_of(file: IntegrityFile, *, today: date | None = None, hidden: frozenset[str] = frozenset()) -> list[str]:
    """What a file lacks to count as complete 完整性 (domain §17 coverage); not of hidden columns."""
    day = today or timezone.localdate()
    missing = []
    if file.identity_confirmed_on is None:
        missing.append(_("身份未核实"))
    if file.unit_id is None or not file.post_title:
        missing.append(_("基本信息不完整"))
    if file.informed_on is None:
        missing.append(_("未告知本人"))
    if "last_appraisal_year" not in hidden and (file.last_appraisal_year or 0) < due_appraisal_year(day):
        missing.append(_("缺 %(year)s 年度考核") % {"year": due_appraisal_year(day)})
    return missing


def due_appraisal_year(day: date) -> int:
    """The last year whose appraisal must be on file: the year before."""
    return day.year - 1


__all__ = [
    "PostFacts",
    "add_name",
    "add_part",
    "approve_part",
    "change_part",
    "confirm_identity",
    "due_appraisal_year",
    "establish_file",
    "freeze_file",
    "inform_subject",
    "is_adverse",
    "missing_of",
    "move_person",
    "propose_file",
    "return_part",
    "submit_part",
    "why_not_approve",
]

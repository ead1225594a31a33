"""Acts on practitioners' records 执业记录行为 (domain §6): propose, establish, register a licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, names
from integrity.choices import Act, Grade, RecordState, StatusBasis
from integrity.exceptions import ActRefused
from integrity.files import add_name, known_adult, refuse_act_columns
from integrity.lifecycle.engine import move
from integrity.lifecycle.file import FILE
from integrity.lifecycle.record import RECORD
from integrity.models import (
    Account,
    Licence,
    Organisation,
    PractitionerPart,
    PractitionerRecord,
    Profession,
    Subject,
    recording,
)
from integrity.signals import tell_records


@transaction.atomic
def propose_record(
    *,
    by: Account,
    name: str,
    profession: Profession,
    authority: Organisation,
    unit_name: str = "",
    licence: Mapping[str, Any] | None = None,
    reason: str,
) -> PractitionerRecord:
    """Enter a practitioner as a draft 拟建执业记录 (H7: licensed or registered, or a decision in that capacity)."""
    if not profession.enabled:
        raise ActRefused(
            "profession_disabled",
            _("该职业尚未启用：%(reason)s") % {"reason": profession.disabled_reason},
            field="profession",
        )
    if licence is None and profession.status_basis != StatusBasis.NONE:
        raise ActRefused("licence_missing", _("请填写执业证或登记信息"), article="H7", field="number")
    subject = Subject(name=names.normalise_name(name))
    record = PractitionerRecord(
        subject=subject,
        name=subject.name,
        profession=profession,
        authority=authority,
        unit_name=unit_name,
        grade=Grade.INTERNAL,
        entered_by=by,
    )
    access.require(by, Act.ENTER, record)
    with recording(by=by, reason=reason):
        subject.save()
        add_name(subject=subject, text=name)
        record.save()
        if licence is not None:
            add_practitioner_part(model=Licence, record=record, by=by, values=licence, reason=reason)
    tell_records("practitionerrecord", [record.pk])
    return record


@transaction.atomic
def add_practitioner_part(
    *,
    model: type[PractitionerPart],
    record: PractitionerRecord,
    by: Account,
    values: Mapping[str, Any],
    reason: str,
) -> PractitionerPart:
    """Enter a part of a practitioner's record as a draft 录入执业记录分项."""
    refuse_act_columns(values)
    part = model(
        record=record,
        subject=record.subject,
        authority=record.authority,
        grade=Grade.INTERNAL,
        entered_by=by,
        **values,
    )
    access.require(by, Act.ENTER, part)
    with recording(by=by, reason=reason, document=part.document_no):
        part.save()
    tell_records(str(model._meta.model_name), [part.pk])
    return part


@transaction.atomic
def submit_practitioner_part(*, part: PractitionerPart, by: Account, reason: str = "") -> PractitionerPart:
    """Hand a part in for approval 提交审核."""
    access.require(by, Act.ENTER, part)
    move(RECORD, part, "submit", by=by, reason=reason or _("提交审核"), changes={"submitted_by": by})
    tell_records(str(part._meta.model_name), [part.pk])
    return part


@transaction.atomic
def approve_practitioner_part(*, part: PractitionerPart, by: Account, reason: str = "") -> PractitionerPart:
    """A second person approves 审核通过 (H18); a licence then gives the record its state and unit."""
    access.require(by, Act.APPROVE, part)
    why = reason or _("审核通过")
    move(
        RECORD, part, "approve", by=by, reason=why,
        changes={"approved_by": by, "approved_at": timezone.now()},
    )  # fmt: skip
    move(RECORD, part, "enter_into_force", by=by, reason=why)
    if isinstance(part, Licence) and part.state == RecordState.IN_FORCE:
        record = part.record
        record.licence_state = part.licence_state
        record.unit_name = part.unit_name or record.unit_name
        with recording(by=by, reason=why, document=part.document_no):
            record.save()
    tell_records(str(part._meta.model_name), [part.pk])
    tell_records("practitionerrecord", [part.record_id])
    return part


@transaction.atomic
def establish_record(*, record: PractitionerRecord, by: Account, reason: str) -> PractitionerRecord:
    """A second person establishes the record 建立执业记录 (H18)."""
    access.require(by, Act.APPROVE, record)
    move(
        FILE, record, "establish", by=by, reason=reason,
        changes={"established_on": timezone.localdate()}, facts={"adult": known_adult(record.subject)},
    )  # fmt: skip
    tell_records("practitionerrecord", [record.pk])
    return record

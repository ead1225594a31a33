"""Acts on practitioners' records 执业记录行为 (domain §6): propose, establish, register a licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, names
from integrity.choices import Act, Grade, StatusBasis
from integrity.exceptions import ActRefused
from integrity.files import add_name, known_adult, refuse_act_columns
from integrity.lifecycle.engine import move
from integrity.lifecycle.file import FILE
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
def establish_record(*, record: PractitionerRecord, by: Account, reason: str) -> PractitionerRecord:
    """A second person establishes the record 建立执业记录 (H18)."""
    access.require(by, Act.APPROVE, record)
    move(
        FILE, record, "establish", by=by, reason=reason,
        changes={"established_on": timezone.localdate()}, facts={"adult": known_adult(record.subject)},
    )  # fmt: skip
    tell_records("practitionerrecord", [record.pk])
    return record

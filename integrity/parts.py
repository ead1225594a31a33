"""Steps of a part 分项行为 of a file or of a practitioner's record: submit, return, approve (domain §4, §6)."""

from __future__ import annotations

from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.choices import Act, RecordState
from integrity.lifecycle.engine import Refusal, Step, move, refusals
from integrity.lifecycle.record import RECORD
from integrity.models import Account, Appraisal, FilePart, Licence, PractitionerPart, recording
from integrity.signals import tell_records

AnyPart = TypeVar("AnyPart", FilePart, PractitionerPart)


@transaction.atomic
def submit_part(*, part: AnyPart, by: Account, reason: str = "") -> AnyPart:
    """Hand a draft in for approval 提交审核."""
    access.require(by, Act.ENTER, part)
    move(RECORD, part, "submit", by=by, reason=reason or _("提交审核"), changes={"submitted_by": by})
    tell_records(str(part._meta.model_name), [part.pk])
    return part


@transaction.atomic
def return_part(*, part: AnyPart, by: Account, reason: str) -> AnyPart:
    """Send a draft back to its author, with the reason 退回."""
    access.require(by, Act.APPROVE, part)
    move(RECORD, part, "return", by=by, reason=reason)
    tell_records(str(part._meta.model_name), [part.pk])
    return part


@transaction.atomic
def approve_part(*, part: AnyPart, by: Account, reason: str = "") -> AnyPart:
    """A second person approves a part; it takes effect at once 审核通过 (H2, H18)."""
    access.require(by, Act.APPROVE, part)
    now = timezone.now()
    why = reason or _("审核通过")
    move(RECORD, part, "approve", by=by, reason=why, changes={"approved_by": by, "approved_at": now})
    move(RECORD, part, "enter_into_force", by=by, reason=why)
    if isinstance(part, Appraisal):
        _note_appraisal(part, by=by)
    if isinstance(part, Licence) and part.state == RecordState.IN_FORCE:
        _note_licence(part, by=by, reason=why)
    tell_records(str(part._meta.model_name), [part.pk])
    return part


def _note_appraisal(part: Appraisal, *, by: Account) -> None:
    """The last year appraised stands on the file, for completeness."""
    file = part.file
    if file.last_appraisal_year is None or part.year > file.last_appraisal_year:
        file.last_appraisal_year = part.year
        with recording(by=by, reason=_("年度考核入档"), document=part.document_no):
            file.save()
        tell_records("integrityfile", [file.pk])


def _note_licence(part: Licence, *, by: Account, reason: str) -> None:
    """A licence gives the record its state and unit."""
    record = part.record
    record.licence_state = part.licence_state
    record.unit_name = part.unit_name or record.unit_name
    with recording(by=by, reason=reason, document=part.document_no):
        record.save()
    tell_records("practitionerrecord", [record.pk])


def why_not_approve(part: FilePart, *, by: Account) -> list[Refusal]:
    """Every unmet need of an approval, for the page that offers it."""
    return refusals(RECORD, "approve", Step(row=part, by=by, on=timezone.localdate(), reason=""))

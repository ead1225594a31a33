"""The removal log 撤下记录: written in the transaction that takes a publication down."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from integrity.choices import WithdrawalReason
from integrity.models import Publication
from integrity.models.removals import Removal, RemovalKind

#: Grounds that say something about the decision or the term. The others (death, an upheld objection, repair, an
#: order) would tell about the person, so neither tombstone nor log names them.
GROUNDS_TOLD = frozenset(
    {WithdrawalReason.EXPIRED, WithdrawalReason.CHANGED, WithdrawalReason.REVOKED, WithdrawalReason.ERROR}
)


def log_removal(publication: Publication) -> Removal:
    """One line for what has just left. An expired one left the day after its last day, however late the job came."""
    day = timezone.localdate(publication.withdrawn_at) if publication.withdrawn_at else timezone.localdate()
    ground = publication.withdrawal_reason
    if ground == WithdrawalReason.EXPIRED and publication.ends_on is not None:
        day = publication.ends_on + timedelta(days=1)
    row = Removal(
        kind=RemovalKind.PENALTY if publication.penalty_id else RemovalKind.LICENCE,
        ground=ground if ground in GROUNDS_TOLD else "",
        authority_id=publication.authority_id,
        removed_on=day,
    )
    row.save()
    return row

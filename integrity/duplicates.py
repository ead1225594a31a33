"""Known persons within reach 查重范围: whether somebody found by a number may be spoken of (domain §2, §3).

Whether an identity number is on file is itself a fact about a person. Only who already reaches the person is told;
to everybody else a number of another authority's person looks like an unknown one, and the draft is accepted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from uuid import UUID

from integrity.access import Scope
from integrity.models import Account, IntegrityFile, PractitionerRecord

logger = logging.getLogger(__name__)
_WHY = "建档查重：只对其管理权限内的人员作答"


def within_reach(subjects: Collection[UUID], scope: Scope) -> set[UUID]:
    """Those of the subjects whom one of the scope's authorities manages, and those nobody manages yet."""
    reached, managed = set(), set()
    for family, model in (("file", IntegrityFile), ("practitioner", PractitionerRecord)):
        authorities = {pk for clause in scope.clauses if clause.family == family for pk in clause.authorities}
        rows = model.objects.unscoped(reason=_WHY).filter(subject_id__in=subjects)
        for subject, authority in rows.values_list("subject_id", "authority_id"):
            managed.add(subject)
            if authority in authorities:
                reached.add(subject)
    return reached | (set(subjects) - managed)


def note_duplicate(*, subject: UUID, known: Collection[UUID], by: Account) -> None:
    """Leave a trace of a number entered twice 重号 for the audit: references only, no number and no name."""
    others = ",".join(sorted(map(str, known)))
    logger.warning("identity number entered again: subject=%s known=%s account=%s", subject, others, by.pk)

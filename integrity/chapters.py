"""Chapters 卷目: what hangs on a file and on a practitioner's record, each with the column that says on which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrity.models import (
    PARTS,
    Assessment,
    Decision,
    DecisionBasis,
    IntegrityFile,
    Licence,
    ListEntry,
    Objection,
    Penalty,
    PenaltyBasis,
    PenaltyRemedy,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerRecord,
    Qualification,
    Remedy,
)

Holder = IntegrityFile | PractitionerRecord


@dataclass(frozen=True, slots=True)
class Chapter:
    """One kind of rows of a whole, and the path from such a row, or an entry of its history, to the holder's key."""

    model: Any
    path: str
    #: For rows without a scope of their own: the column of the decision through which their reader is let in.
    through: str = ""

    @property
    def owner(self) -> Any:
        """The model whose rows say who may read: the chapter's own, or the decision that a legal basis belongs to."""
        return self.model._meta.get_field(self.through).related_model if self.through else self.model


#: The order decides between two entries of one moment, and stands in the addresses of pages: new ones at the end.
OF_FILE: tuple[Chapter, ...] = (
    Chapter(IntegrityFile, "id"),
    *(Chapter(part, "file_id") for part, _grade in PARTS),
    Chapter(Decision, "file_id"),
    Chapter(Objection, "file_id"),
    Chapter(Remedy, "decision__file_id"),
    Chapter(DecisionBasis, "decision__file_id", through="decision"),
)
OF_RECORD: tuple[Chapter, ...] = (
    Chapter(PractitionerRecord, "id"),
    Chapter(Licence, "record_id"),
    Chapter(Qualification, "record_id"),
    Chapter(Penalty, "record_id"),
    Chapter(Assessment, "record_id"),
    Chapter(PractitionerHonour, "record_id"),
    Chapter(PractitionerCommitment, "record_id"),
    Chapter(ListEntry, "record_id"),
    Chapter(Objection, "record_id"),
    Chapter(PenaltyRemedy, "penalty__record_id"),
    Chapter(PenaltyBasis, "penalty__record_id", through="penalty"),
)


def chapters_of(holder: Holder) -> tuple[Chapter, ...]:
    return OF_FILE if isinstance(holder, IntegrityFile) else OF_RECORD

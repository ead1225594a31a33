"""Who may be shown a row 谁可以看, from the text of the rule (domain §8, §10; docs/access.md) and not from the code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from integrity.choices import FileStatus, Grade, ListState, RecordState
from tests.access.world import OFFICES, PERSONAS, Target, may_read
from tests.personas import Province

EVERYBODY = frozenset(PERSONAS)
#: Officers of the inspection body: its cases, requests and grants are theirs.
INSPECTION = frozenset({"inspector_with_case", "inspector_without_case"})
#: Who imports for the scene's own authority and may see identity numbers (S3), which raw rows hold.
IMPORTERS = frozenset({"clerk", "second_clerk", "organisation_officer"})
#: The checkers of both authorities, who decide on a request of one for a file of the other.
CHECKERS = frozenset({"reviewer", "second_reviewer", "organisation_officer", "reviewer_of_other_authority"})
#: Who may erase from the scene's file, hence sees requests and holds about it.
ERASING = CHECKERS - {"reviewer_of_other_authority"}
SECURITY, AUDIT = frozenset({"security_admin"}), frozenset({"audit_admin"})
#: Offices of publication at the bureau, and the regulators whose publications they are.
PUBLICATION = frozenset({"regulator", "second_regulator", "secrecy_reviewer", "publisher"})

#: What a publication shows of its source (domain §8): nothing else of it.
PROJECTED: dict[str, frozenset[str]] = {
    "PractitionerRecord": frozenset({"name", "unit_name"}),
    "Penalty": frozenset({"document_no", "violation", "content"}),
    "Licence": frozenset({"title", "number", "unit_name", "issuer_text"}),
}
_DRAFTS = frozenset({
    FileStatus.DRAFT.value, RecordState.DRAFT.value, RecordState.SUBMITTED.value, RecordState.RETURNED.value,
    RecordState.DISCARDED.value,
    ListState.PROPOSED.value, ListState.NOTICED.value, ListState.STATEMENT.value,
})  # fmt: skip
_PRACTITIONERS = frozenset({
    "PractitionerRecord", "Qualification", "Licence", "Assessment", "PractitionerHonour", "PractitionerCommitment",
    "Penalty", "PenaltyRemedy", "ListEntry",
})  # fmt: skip
_STATELESS = frozenset({"Objection", "Remedy", "PenaltyRemedy"})


def target_of(scene: Province, row: Any) -> Target:
    """A row as the matrix describes one."""
    name = type(row).__name__
    places = {scene.authority.pk: "own", scene.other_authority.pk: "other", scene.bureau.pk: "bureau"}
    of_practitioner = name in _PRACTITIONERS or (name == "Objection" and row.file_id is None)
    state = "" if name in _STATELESS else str(getattr(row, "state", "") or getattr(row, "status", ""))
    return Target(
        "penalty" if of_practitioner else "part",
        "present",
        row.ref,
        place=places[row.authority_id],
        grade=row.grade,
        draft_of=row.entered_by.username if state in _DRAFTS else "",
        person="person" if row.subject_id == scene.person.pk else "other",
    )


def readers(scene: Province, row: Any, *, disputed: bool = False) -> frozenset[str]:
    """The personas that may read a row; `disputed`: the objection, or what it is about, handled where it is managed."""
    target = target_of(scene, row)
    found = {persona for persona in PERSONAS if may_read(persona, target)}
    if disputed and not target.draft_of:
        found |= {
            persona
            for persona, (role, place, clearance) in OFFICES.items()
            if role == "objection" and place == target.place and clearance >= target.grade
        }
    return frozenset(found)


def graded(personas: Iterable[str], grade: Grade) -> frozenset[str]:
    """Those of them whose clearance reaches a column's grade; the person on file reads everything of the own."""
    return frozenset(
        name for name in personas if name == "subject_himself" or OFFICES.get(name, ("", "", 0))[2] >= grade
    )

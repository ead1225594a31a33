"""The world of the matrix 访问矩阵的场景: rows of every kind and state, each with a token nobody could guess.

What each persona may see is said here once more, from the text of the rule (domain §10) and not from the code, so that
the two can disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from integrity.choices import Grade, LicenceState, PenaltyKind, RecordState, TrainingTheme, WithdrawalReason
from integrity.models import Appraisal, Licence, Training
from integrity.publications import withdraw
from tests import factories
from tests.integrity import scenes
from tests.personas import Province


@dataclass(frozen=True)
class Target:
    """A row the matrix asks for, with what the rule needs to know of it."""

    kind: str
    state: str
    ref: Any
    token: str = ""
    place: str = "own"  # whose: the scene's own authority, the other one, the regulators' bureau
    grade: int = Grade.INTERNAL
    draft_of: str = ""  # author of a draft
    projected: bool = False  # stands in a publication's projection, which other offices read
    person: str = "person"  # "person" is the subject with an account and a case grant
    args: dict[str, Any] = field(default_factory=dict)


#: Persona → (role, place, clearance); those with none have no office.
OFFICES: dict[str, tuple[str, str, int]] = {
    "clerk": ("clerk", "own", 4),
    "second_clerk": ("clerk", "own", 4),
    "low_clearance_clerk": ("clerk", "own", 2),
    "reviewer": ("reviewer", "own", 4),
    "second_reviewer": ("reviewer", "own", 4),
    "organisation_officer": ("officer", "own", 4),
    "clerk_of_other_authority": ("clerk", "other", 4),
    "reviewer_of_other_authority": ("reviewer", "other", 4),
    "inspector_with_case": ("inspector", "", 4),
    "inspector_without_case": ("inspector", "", 4),
    "regulator": ("regulator", "bureau", 4),
    "second_regulator": ("regulator", "bureau", 4),
    "secrecy_reviewer": ("publication", "bureau", 4),
    "publisher": ("publication", "bureau", 4),
    "objection_officer": ("objection", "own", 4),
}
WITHOUT_OFFICE = ("subject_himself", "superuser", "system_admin", "security_admin", "audit_admin", "nobody")
PERSONAS = (*OFFICES, *WITHOUT_OFFICE, "anonymous")
FILE_KINDS = frozenset({"file", "decision", "part"})
#: Roles whose office it is to write; the others read.
WRITERS = frozenset({"clerk", "reviewer", "officer", "regulator", "publication"})


def may_read(persona: str, target: Target) -> bool:
    """Domain §10, in its own words."""
    if target.state == "absent" or persona == "anonymous":
        return False
    if persona == "subject_himself":
        return target.person == "person" and not target.draft_of and target.kind in FILE_KINDS
    role, place, clearance = OFFICES.get(persona, ("", "", 0))
    if not role or clearance < target.grade:
        return False
    if target.kind in FILE_KINDS:
        if role == "inspector":
            return persona == "inspector_with_case" and target.person == "person" and not target.draft_of
        if role not in ("clerk", "reviewer", "officer") or place != target.place:
            return False
        return not target.draft_of or role in ("reviewer", "officer") or target.draft_of == persona
    if target.kind in ("practitioner", "penalty", "licence"):
        return role == "regulator" and place == target.place
    if target.kind == "publication":
        return role in ("regulator", "publication") and place == target.place
    return False


def may_see_token(persona: str, target: Target) -> bool:
    """The row itself, or the publication that shows a part of it (domain §10: through the projection alone)."""
    role, place, _clearance = OFFICES.get(persona, ("", "", 0))
    return may_read(persona, target) or (target.projected and role == "publication" and place == target.place)


def may_write(persona: str) -> bool:
    """Whether an office writes at all; whether it may here, the act decides."""
    return OFFICES.get(persona, ("", "", 0))[0] in WRITERS


def targets(scene: Province) -> list[Target]:
    """Rows in every state the pages tell apart."""
    return [*_files(scene), *_decisions(scene), *_practitioners(scene), *_absent()]


def _files(scene: Province) -> Iterator[Target]:
    def renamed(row: Any, token: str) -> Any:
        row.post_title = token
        return factories.saved(row)

    yield Target("file", "established", renamed(scene.file, "令牌甲一").ref, "令牌甲一")
    other = factories.file(scene.other_authority, by=scene.clerk_of_other_authority, name="令牌甲二")
    yield Target("file", "foreign", other.ref, "令牌甲二", place="other", person="other")
    draft = factories.file(scene.authority, by=scene.clerk, name="令牌甲三", status="draft", established_on=None)
    yield Target("file", "draft", draft.ref, "令牌甲三", draft_of="clerk", person="third")
    frozen = factories.file(scene.authority, by=scene.clerk, name="令牌甲四", status="frozen")
    yield Target("file", "frozen", frozen.ref, "令牌甲四", person="fourth")
    training = factories.part(
        Training, scene.file, by=scene.clerk, title="令牌乙一", theme=TrainingTheme.INTEGRITY, hours=2
    )
    yield Target("part", "training", training.ref, "令牌乙一", args={"label": "training"})
    appraisal = factories.appraisal(scene.file, by=scene.clerk, body="令牌乙二", notice_on=date(2025, 3, 1))
    yield Target("part", "appraisal", appraisal.ref, "令牌乙二", grade=Grade.SENSITIVE, args={"label": "appraisal"})
    hidden = factories.part(Appraisal, scene.file, by=scene.clerk, body="令牌乙三", year=2020, result="competent",
                            state=RecordState.DRAFT)  # fmt: skip
    yield Target("part", "draft", hidden.ref, "令牌乙三", grade=Grade.SENSITIVE, draft_of="clerk",
                 args={"label": "appraisal"})  # fmt: skip


def _decisions(scene: Province) -> Iterator[Target]:
    rows = [
        ("draft", scenes.draft(scene, facts="令牌丙一", document_no="青监政处〔2026〕31号"), "令牌丙一", "clerk"),
        (
            "submitted",
            scenes.submitted(scene, facts="令牌丙二", document_no="青监政处〔2026〕32号"),
            "令牌丙二",
            "clerk",
        ),
        ("in_force", scenes.in_force(scene, facts="令牌丙三", document_no="青监政处〔2026〕33号"), "令牌丙三", ""),
    ]
    for state, row, token, author in rows:
        yield Target("decision", state, row.ref, token, grade=Grade.STRICT, draft_of=author)
    foreign_file = factories.file(scene.other_authority, by=scene.clerk_of_other_authority, name="令牌甲五")
    foreign = factories.decision(
        foreign_file, by=scene.clerk_of_other_authority, facts="令牌丙四", state=RecordState.DRAFT,
        document_no="青监政处〔2026〕34号",
    )  # fmt: skip
    yield Target("decision", "foreign", foreign.ref, "令牌丙四", place="other", grade=Grade.STRICT,
                 draft_of="clerk_of_other_authority", person="other")  # fmt: skip
    yield Target("file", "foreign too", foreign_file.ref, "令牌甲五", place="other", person="other")


def _practitioners(scene: Province) -> Iterator[Target]:
    bureau = scene.bureau
    record = factories.practitioner(
        bureau, by=scene.regulator, of=scene.profession, name="令牌丁一", unit_name="令牌丁二律师事务所"
    )
    yield Target("practitioner", "established", record.ref, "令牌丁二", place="bureau", person="lawyer", projected=True)
    licence = factories.saved(
        Licence(
            record=record, subject=record.subject, authority=bureau, grade=Grade.INTERNAL, entered_by=scene.regulator,
            title="律师执业证书", number="163012026令牌戊一", licence_state=LicenceState.VALID,
            state=RecordState.IN_FORCE, document_no="青司许〔2020〕1号", approved_by=scene.second_regulator,
        )
    )  # fmt: skip
    yield Target("licence", "valid", licence.ref, "令牌戊一", place="bureau", person="lawyer")
    penalty = scenes.penalty_in_force(scene, record, violation="令牌己一")
    yield Target(
        "penalty", "in_force", penalty.ref, "令牌己一", place="bureau", grade=Grade.SENSITIVE, person="lawyer",
        projected=True,
    )  # fmt: skip
    draft = scenes.penalty_draft(scene, record, violation="令牌己二", document_no="青司罚〔2026〕10号",
                                 kind=PenaltyKind.WARNING, period_months=None)  # fmt: skip
    # A regulator reads the drafts of the own profession; that office both enters and checks.
    yield Target("penalty", "draft", draft.ref, "令牌己二", place="bureau", grade=Grade.SENSITIVE, person="lawyer")
    proposed = scenes.proposed(scene, penalty)
    yield Target("publication", "proposed", proposed.ref, place="bureau", person="lawyer")
    second = scenes.practitioner(scene)
    public = scenes.published(scene, scenes.penalty_in_force(scene, second, document_no="青司罚〔2026〕11号"))
    yield Target("publication", "published", public.ref, place="bureau", person="lawyer2")
    third = factories.practitioner(bureau, by=scene.regulator, of=scene.profession, name="旦增")
    gone = scenes.published(scene, scenes.penalty_in_force(scene, third, document_no="青司罚〔2026〕12号"))
    withdraw(publication=gone, by=scene.publisher, cause=WithdrawalReason.ERROR, reason="公示有误")
    yield Target("publication", "withdrawn", gone.ref, place="bureau", person="lawyer3")


def _absent() -> Iterator[Target]:
    nothing = "00000000-0000-4000-8000-000000000000"
    for kind in ("file", "decision", "practitioner", "penalty", "licence", "publication"):
        yield Target(kind, "absent", nothing)
    yield Target("part", "absent", nothing, args={"label": "training"})

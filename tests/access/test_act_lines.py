"""Acts and lists ask 行为逐条: each act of the domain refuses whom the rule does not let in, each list leaves out.

One line an act: asked by an officer of another authority, who holds the same role and reaches nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrity import decisions, files, matching, notices, parts, practitioners, publications, timeline, worklist
from integrity.access import scope_for
from integrity.choices import Act, ObjectionState, ReportKind, Role, WithdrawalReason
from integrity.exceptions import NotAdmitted
from integrity.files import PostFacts
from integrity.models import (
    Account,
    Appraisal,
    Decision,
    Licence,
    PersonalMattersReport,
    Publication,
    Remedy,
)
from tests import factories
from tests.access.test_rule_lines import PAST_DRAFT, objection, publication
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import TODAY, raw
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
WHY = "测试"
Ask = Callable[[Province, Account], Any]


def _draft(scene: Province) -> Decision:
    return factories.decision(scene.file, by=scene.clerk)


def _part(scene: Province) -> Appraisal:
    return factories.appraisal(scene.file, by=scene.clerk, state="draft")


def _facts(scene: Province) -> PostFacts:
    return PostFacts(unit=scene.authority, authority=scene.authority, title="科员")


def _shown(scene: Province) -> Publication:
    return publication(scenes.practitioner(scene), scene)


APPRAISED = {"year": 2025, "result": "competent", "body": "考核委员会"}
#: Every act of an officer of files.
OF_FILES: dict[str, Ask] = {
    "propose_file": lambda scene, by: files.propose_file(by=by, name="马秀英", post=_facts(scene), reason=WHY),
    "establish_file": lambda scene, by: files.establish_file(file=scene.file, by=by, reason=WHY),
    "confirm_identity": lambda scene, by: files.confirm_identity(
        file=scene.file, by=by, on=TODAY, document="身份证", reason=WHY
    ),
    "inform_subject": lambda scene, by: files.inform_subject(file=scene.file, by=by, on=TODAY, reason=WHY),
    "freeze_file": lambda scene, by: files.freeze_file(
        file=scene.file, by=by, service_status="retired", on=TODAY, reason=WHY
    ),
    "move_person": lambda scene, by: files.move_person(file=scene.file, by=by, post=_facts(scene), reason=WHY),
    "add_part": lambda scene, by: files.add_part(
        model=Appraisal, file=scene.file, by=by, values=APPRAISED, reason=WHY
    ),
    "change_part": lambda scene, by: files.change_part(part=_own_part(scene, by), by=by, values={}, reason=WHY),
    "submit_part": lambda scene, by: parts.submit_part(part=_part(scene), by=by),
    "return_part": lambda scene, by: parts.return_part(part=_part(scene), by=by, reason=WHY),
    "approve_part": lambda scene, by: parts.approve_part(part=_part(scene), by=by),
    "enter_decision": lambda scene, by: decisions.enter_decision(
        file=scene.file, by=by, values=scenes.values(scene), bases=[], matter_title="", reason=WHY
    ),
    "change_draft": lambda scene, by: decisions.change_draft(row=_own_draft(scene, by), by=by, values={}, reason=WHY),
    "submit": lambda scene, by: decisions.submit(row=_draft(scene), by=by),
    "return_to_author": lambda scene, by: decisions.return_to_author(row=_draft(scene), by=by, reason=WHY),
    "approve": lambda scene, by: decisions.approve(row=_draft(scene), by=by),
    "revoke": lambda scene, by: decisions.revoke(row=_draft(scene), by=by, reason=WHY, document="1号"),
    "void": lambda scene, by: decisions.void(row=_draft(scene), by=by, reason=WHY),
    "seal": lambda scene, by: decisions.seal(row=_draft(scene), by=by, reason=WHY, document="1号"),
}  # fmt: skip
#: Every act of a regulator and of those who publish.
OF_PRACTITIONERS: dict[str, Ask] = {
    "propose_record": lambda scene, by: practitioners.propose_record(
        by=by, name="马秀英", profession=scene.profession, authority=scene.bureau,
        licence={"title": "证", "number": "1"}, reason=WHY,
    ),
    "add_practitioner_part": lambda scene, by: practitioners.add_practitioner_part(
        model=Licence, record=scenes.practitioner(scene), by=by, values={"title": "证", "number": "1"}, reason=WHY
    ),
    "establish_record": lambda scene, by: practitioners.establish_record(
        record=scenes.practitioner(scene), by=by, reason=WHY
    ),
    "propose": lambda scene, by: publications.propose(
        by=by, penalty=factories.penalty(scenes.practitioner(scene), by=scene.regulator), reason=WHY
    ),
    "review": lambda scene, by: publications.review(publication=_shown(scene), by=by, reason=WHY),
    "refuse": lambda scene, by: publications.refuse(publication=_shown(scene), by=by, reason=WHY),
    "publish": lambda scene, by: publications.publish(publication=_shown(scene), by=by, reason=WHY),
    "suspend": lambda scene, by: publications.suspend(publication=_shown(scene), by=by, reason=WHY),
    "resume": lambda scene, by: publications.resume(publication=_shown(scene), by=by, reason=WHY),
    "withdraw": lambda scene, by: publications.withdraw(
        publication=_shown(scene), by=by, cause=WithdrawalReason.ERROR, reason=WHY
    ),
    "serve_notice": lambda scene, by: notices.serve_notice(
        publication=_shown(scene), by=by, served_on=TODAY, channel="post", proof="EMS1", reason=WHY
    ),
}  # fmt: skip


def _own_part(scene: Province, by: Account) -> Appraisal:
    """Entered by the one who asks, when the file was still here: only the rule keeps out."""
    return factories.appraisal(scene.file, by=by, state="draft")


def _own_draft(scene: Province, by: Account) -> Decision:
    return factories.decision(scene.file, by=by)


@pytest.mark.parametrize("act", OF_FILES)
def test_each_act_on_a_file_refuses_an_officer_of_another_authority(scene: Province, act: str) -> None:
    officer = assigned(factories.account(), Role.ORGANISATION_OFFICER, scene.other_authority)
    with pytest.raises(NotAdmitted):
        OF_FILES[act](scene, officer)


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.PUBLISHER, Role.SECRECY_REVIEWER])
@pytest.mark.parametrize("act", OF_PRACTITIONERS)
def test_each_act_on_a_practitioner_refuses_an_officer_of_another_authority(
    scene: Province, act: str, role: Role
) -> None:
    officer = assigned(factories.account(), role, scene.other_authority)
    with pytest.raises(NotAdmitted):
        OF_PRACTITIONERS[act](scene, officer)


def test_amending_asks_before_it_says_what_is_there(scene: Province) -> None:
    """Whoever may not enter is not told that the record is a draft still, nor that it was amended."""
    with pytest.raises(NotAdmitted):
        decisions.amend(row=_draft(scene), by=scene.clerk_of_other_authority, values={}, reason=WHY)


def overdue(scene: Province) -> None:
    """One row for every block of the worklist."""
    decision = factories.decision(scene.file, by=scene.clerk, state=PAST_DRAFT)
    factories.part(
        PersonalMattersReport, scene.file, by=scene.clerk, year=2024, kind=ReportKind.YEARLY, due_on="2025-01-31",
        state="submitted",
    )  # fmt: skip
    objection(scene, due_on="2026-05-01", state=ObjectionState.CHECKING)
    saved(
        Remedy(
            decision=decision, subject=scene.person, authority=scene.authority, grade=2, entered_by=scene.clerk,
            kind="review", body="市委", filed_on="2026-01-01", due_on="2026-05-01",
        )
    )  # fmt: skip


BLOCKS = {
    "incomplete_files": worklist.incomplete_files,
    "overdue_reports": worklist.overdue_reports,
    "overdue_objections": worklist.overdue_objections,
    "overdue_remedies": worklist.overdue_remedies,
}


@pytest.mark.parametrize("block", BLOCKS)
def test_a_worklist_counts_and_shows_the_own_rows(scene: Province, block: str) -> None:
    overdue(scene)
    ours, theirs = (
        BLOCKS[block](scope_for(account, Act.LIST), TODAY)
        for account in (scene.reviewer, scene.reviewer_of_other_authority)
    )
    assert ours.count == len(ours.rows) == 1
    assert (theirs.count, theirs.rows) == (0, [])


def test_what_ends_soon_is_the_own_authoritys(scene: Province) -> None:
    row = scenes.in_force(scene)
    raw(row, effective_to=TODAY)
    counts = [
        worklist.ending_soon(scope_for(account, Act.LIST), TODAY).count
        for account in (scene.reviewer, scene.reviewer_of_other_authority)
    ]
    assert counts == [1, 0]


def test_parts_and_likenesses_stay_within_the_scope(scene: Province) -> None:
    factories.appraisal(scene.file, by=scene.clerk)
    for account, there in ((scene.reviewer, True), (scene.reviewer_of_other_authority, False)):
        scope = scope_for(account, Act.READ)
        assert timeline.rows_of(Appraisal, scope, file=scene.file).exists() is there
        assert matching._visible({scene.person.pk}, scope) == ({scene.person.pk} if there else set())

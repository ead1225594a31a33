"""Grounds and limits of erasure 删除的事由与限制: what the law keeps stays (PIPL 47, 56; H2, H5, H14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from integrity import erasures, holds, publications
from integrity.choices import FileStatus, ObjectionState, Role, WithdrawalReason
from integrity.erasing import act
from integrity.exceptions import NotAdmitted
from integrity.ledger import checking
from integrity.models import (
    Decision,
    Erasure,
    LegalHold,
    PractitionerRecord,
    Publication,
    Subject,
    SubjectIdentifier,
    SubjectName,
    Training,
    UseEntry,
)
from tests import factories
from tests.access.test_rule_lines import objection
from tests.erasure.conftest import CANARY, approved, asked, ground, signed
from tests.integrity import scenes
from tests.integrity.scenes import raw, refused
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db


def test_a_record_in_force_goes_only_where_it_was_never_lawful(scene: Province) -> None:
    decision = scenes.in_force(scene)
    with refused("in_force"):
        asked(scene, decision, "facts")
    assert asked(scene, decision, "facts", ground=ground("unlawful")).state == "proposed"


def test_a_term_is_counted_from_the_end_of_the_record(scene: Province) -> None:
    decision = scenes.in_force(scene)
    raw(decision, state="expired", effective_to=date(2022, 1, 1))
    row = Decision.objects.unscoped(reason="测试：期满").get(pk=decision.pk)
    with refused("term_not_over"):
        asked(scene, row, "facts", ground=ground("term_over"))
    raw(decision, effective_to=date(2021, 1, 1))
    row.refresh_from_db()
    assert asked(scene, row, "facts", ground=ground("term_over")).state == "proposed"


def test_what_is_disputed_stays_until_it_is_settled(scene: Province) -> None:
    decision = scenes.in_force(scene)
    lodged = objection(scene, decision=decision, state=ObjectionState.CHECKING)
    with refused("disputed"):
        asked(scene, decision, "facts", ground=ground("unlawful"))
    raw(lodged, state=ObjectionState.DISMISSED)
    asked(scene, decision, "facts", ground=ground("unlawful"))


def test_a_record_of_disclosure_is_kept_three_years(scene: Province) -> None:
    given: dict[str, Any] = {"asked_by": "省委巡视办", "purpose": "任用", "given": "无记录"}
    fresh = factories.part(UseEntry, scene.file, by=scene.clerk, used_on=date(2024, 1, 1), **given)
    with refused("kept_by_law"):
        asked(scene, fresh, "given")
    old = factories.part(UseEntry, scene.file, by=scene.clerk, used_on=date(2023, 1, 1), **given)
    asked(scene, old, "given")


def test_a_civil_servants_file_goes_to_the_archives_first(scene: Province) -> None:
    with refused("not_archived"):
        asked(scene, scene.file, "")
    raw(scene.file, status=FileStatus.ARCHIVED)
    scene.file.refresh_from_db()
    asked(scene, scene.file, "")


def test_what_is_public_is_withdrawn_first(scene: Province) -> None:
    record = scenes.practitioner(scene)
    shown = scenes.published(scene, scenes.penalty_in_force(scene, record))
    with refused("published"):
        asked(scene, record, "", by=scene.regulator, ground=ground("unlawful"))
    publications.withdraw(publication=shown, by=scene.regulator, cause=WithdrawalReason.ERROR, reason="不应公示")
    asked(scene, record, "", by=scene.regulator, ground=ground("unlawful"))


def test_a_practitioner_goes_whole_with_what_was_shown(scene: Province) -> None:
    record = scenes.practitioner(scene)
    name = record.name
    shown = scenes.published(scene, scenes.penalty_in_force(scene, record))
    publications.withdraw(publication=shown, by=scene.regulator, cause=WithdrawalReason.ERROR, reason="不应公示")
    signed()
    erasure = asked(scene, record, "", by=scene.regulator, ground=ground("unlawful"))
    erasures.decide(erasure=erasure, by=scene.second_regulator, approved=True, reason="核实")
    act.carry_out_due()
    signed()
    assert checking.verify().breaks == []
    for model, column in (
        (Subject, "name"),
        (SubjectName, "text"),
        (PractitionerRecord, "name"),
        (Publication, "name"),
    ):
        assert not model.history.filter(**{column: name}).exists(), model
    told = Publication.objects.get(pk=shown.pk)
    assert (told.projection, told.name, told.digest) == ({}, "〔已删除〕", "〔已删除〕")
    # Records that can no longer be told from others are still listed, and their pages answer.
    for who, address in (
        ("regulator", f"/staff/practitioners/{record.ref}/"), ("regulator", "/staff/practitioners/"),
        ("regulator", f"/staff/publications/{shown.ref}/"),
    ):  # fmt: skip
        assert scene.browser(who).get(address).status_code == 200, address


def test_another_record_of_the_person_keeps_the_person(scene: Province) -> None:
    """A record belongs to the capacity in which it was made (H9)."""
    assert scene.regulator.organisation is not None
    record = factories.practitioner(
        scene.regulator.organisation, by=scene.regulator, of=scene.profession, subject=scene.person
    )
    erasure = asked(scene, record, "", by=scene.regulator)
    erasures.decide(erasure=erasure, by=scene.second_regulator, approved=True, reason="核实")
    act.carry_out_due()
    scene.person.refresh_from_db()
    assert scene.person.name == "扎西多杰"


def test_a_number_goes_and_is_revealed_no_more(scene: Province) -> None:
    number = factories.identifier(scene.person)
    erasure = asked(scene, scene.file, f"number:{number.ref}")
    assert erasure.field == "number"
    erasures.decide(erasure=erasure, by=scene.second_reviewer, approved=True, reason="错号")
    act.carry_out_due()
    row = SubjectIdentifier.objects.unscoped(reason="测试：证件").get(pk=number.pk)
    assert (bytes(row.token), row.masked) == (b"", "〔已删除〕")
    reveal = f"/staff/files/{scene.file.ref}/numbers/{number.ref}/"
    assert scene.browser("reviewer").post(reveal, {"purpose": "核对"}).status_code == 404
    assert scene.browser("reviewer").get(f"/staff/files/{scene.file.ref}/").status_code == 200
    signed()
    assert checking.verify().breaks == []


# --- persons ------------------------------------------------------------------------------------------------


def test_two_persons(scene: Province, training: Training) -> None:
    erasure = asked(scene, training)
    with refused("same_person"):
        erasures.decide(erasure=erasure, by=scene.reviewer, approved=True, reason="可以")
    for outsider in (scene.clerk, scene.reviewer_of_other_authority, scene.security_admin, scene.audit_admin):
        with pytest.raises(NotAdmitted):
            erasures.decide(erasure=erasure, by=outsider, approved=True, reason="可以")
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database says so too
        raw(erasure, state="approved", decided_by=erasure.asked_by)


def test_nobody_decides_about_oneself(scene: Province, training: Training) -> None:
    himself = assigned(scene.subject_himself, Role.REVIEWER, scene.authority)
    with pytest.raises(NotAdmitted):
        asked(scene, training, by=himself)
    erasure = asked(scene, training)
    with pytest.raises(NotAdmitted):
        erasures.decide(erasure=erasure, by=himself, approved=True, reason="可以")
    assert himself.pk not in {one.asked_by_id for one in erasures.visible_to(himself)}
    assert erasures.visible_to(himself) == []


def test_what_is_above_the_clearance_is_not_erased_by_half(scene: Province) -> None:
    """Whoever may not see a part of the whole does not ask for the whole."""
    scenes.in_force(scene)
    low = assigned(factories.account(), Role.REVIEWER, scene.authority, clearance=3)
    with pytest.raises(NotAdmitted):
        asked(scene, scene.file, "", by=low, ground=ground("unlawful"))


# --- legal hold ---------------------------------------------------------------------------------------------


def held(scene: Province, **changes: Any) -> LegalHold:
    given: dict[str, Any] = {"row": scene.file, "by": scene.reviewer, "ground": "诉讼保全", "case_reference": "1号",
                             "from_on": timezone.localdate()}  # fmt: skip
    return holds.hold(**(given | changes))


def test_a_hold_stops_what_is_asked_decided_and_approved(scene: Province, training: Training) -> None:
    waiting, done = asked(scene, training), approved(scene, training, "organiser")
    hold = held(scene)
    with refused("held"):
        asked(scene, training)
    with refused("held"):
        erasures.decide(erasure=waiting, by=scene.second_reviewer, approved=True, reason="可以")
    report = act.carry_out_due()
    assert (report.done, report.held) == ([], [done])
    training.refresh_from_db()
    assert training.organiser == "省委党校"
    holds.ask_to_lift(held=hold, by=scene.reviewer, words="案件审结")
    assert act.carry_out_due().done == []  # asked is not lifted
    with refused("same_person"):
        holds.decide_lifting(held=hold, by=scene.reviewer, lifted=True, reason="可以")
    holds.decide_lifting(held=hold, by=scene.second_reviewer, lifted=True, reason="可以")
    assert act.carry_out_due().done == [done]


def test_a_hold_ends_by_its_date(scene: Province, training: Training) -> None:
    held(scene, from_on=date(2026, 1, 1), to_on=date(2026, 5, 31))
    assert asked(scene, training).state == "proposed"


# --- what is withdrawn --------------------------------------------------------------------------------------


def test_withdrawn_in_time_nothing_goes(scene: Province, training: Training) -> None:
    erasure = approved(scene, training)
    erasures.withdraw(erasure=erasure, by=scene.reviewer, reason="申请有误")
    assert act.carry_out_due().done == []
    training.refresh_from_db()
    assert training.title == CANARY


def test_what_was_added_after_the_approval_is_not_left_behind_unseen(scene: Province) -> None:
    raw(scene.file, status=FileStatus.ARCHIVED)
    scene.file.refresh_from_db()
    erasure = approved(scene, scene.file, "")
    factories.part(Training, scene.file, by=scene.clerk, title=CANARY, theme="integrity", hours=1)
    report = act.carry_out_due()
    assert (report.done, report.held) == ([], [erasure])
    scene.person.refresh_from_db()
    assert scene.person.name == "扎西多杰"


def test_verify_ledger_is_green_before_and_after_the_signer(
    scene: Province, training: Training, capsys: pytest.CaptureFixture[str]
) -> None:
    approved(scene, training)
    act.carry_out_due()
    call_command("verify_ledger")
    signed()
    call_command("verify_ledger")
    assert capsys.readouterr().out.count("entries hold") == 2
    assert Erasure.objects.get().done_at is not None

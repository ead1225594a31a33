"""Emergency reading 紧急查阅 and recusal 回避 (domain §10; 政务处分法 47): two persons, some hours, a third judges."""

from datetime import timedelta
from typing import Any

import pytest

from integrity import accounts, emergencies, recusals
from integrity.access import open_one, recused_subjects, scope_for
from integrity.choices import Act, EmergencyState, RecusalKind, ReviewResult, Role
from integrity.exceptions import NotAdmitted
from integrity.models import (
    Account,
    BreakGlass,
    Decision,
    IntegrityFile,
    Kinship,
    ReadEntry,
    Recusal,
    RecusalDeclaration,
)
from tests import factories
from tests.integrity import scenes
from tests.integrity.scenes import refused
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(scene: Province) -> Account:
    return scene.clerk_of_other_authority


def opened(scene: Province, asker: Account) -> BreakGlass:
    row = emergencies.ask(by=asker, ref=scene.file.ref, reason="抢险任用核查，主管机关无法联系")
    return emergencies.decide(row=row, by=scene.reviewer, opened=True, reason="情况属实")


def test_two_persons_open_one_file_for_reading_alone(scene: Province, asker: Account) -> None:
    other = factories.file(scene.authority, by=scene.clerk)
    assert not scope_for(asker, Act.READ).admits(scene.file)
    opened(scene, asker)
    reading = scope_for(asker, Act.READ)
    assert reading.admits(scene.file)
    assert not reading.admits(other)
    for act in set(Act) - {Act.READ}:
        assert not scope_for(asker, act).admits(scene.file), act
    assert scene.file in IntegrityFile.objects.within(reading)
    decision = scenes.in_force(scene)
    assert decision in Decision.objects.within(reading)


def test_the_hours_end_by_themselves(scene: Province, asker: Account, clock: Any) -> None:
    opened(scene, asker)
    clock.shift(timedelta(hours=24, seconds=-1))
    assert scope_for(asker, Act.READ).admits(scene.file)
    clock.shift(timedelta(seconds=1))
    assert not scope_for(asker, Act.READ).admits(scene.file)


def test_nobody_opens_for_oneself_and_the_table_agrees(scene: Province) -> None:
    both = scene.reviewer_of_other_authority  # may ask and may open
    row = emergencies.ask(by=both, ref=scene.file.ref, reason="紧急")
    with refused("same_person"):
        emergencies.decide(row=row, by=both, opened=True, reason="属实")


def test_the_recused_neither_ask_nor_open(scene: Province, asker: Account) -> None:
    factories.saved(Recusal(account=asker, subject=scene.person, reason="同学"))
    with refused("unknown_file"):
        emergencies.ask(by=asker, ref=scene.file.ref, reason="紧急")
    row = emergencies.ask(by=scene.reviewer_of_other_authority, ref=scene.file.ref, reason="紧急")
    factories.saved(Recusal(account=scene.reviewer, subject=scene.person, reason="同学"))
    with refused("recused"):
        emergencies.decide(row=row, by=scene.reviewer, opened=True, reason="属实")


def test_recusal_closes_what_an_emergency_opened(scene: Province, asker: Account) -> None:
    opened(scene, asker)
    factories.saved(Recusal(account=asker, subject=scene.person, reason="亲属"))
    assert not scope_for(asker, Act.READ).admits(scene.file)


@pytest.mark.parametrize(
    "name", ["system_admin", "security_admin", "audit_admin", "regulator", "inspector_with_case", "publisher", "nobody"]
)
def test_administrators_and_other_offices_do_not_ask(scene: Province, name: str) -> None:
    with pytest.raises(NotAdmitted):
        emergencies.ask(by=getattr(scene, name), ref=scene.file.ref, reason="紧急")


def test_an_office_lost_meanwhile_closes_it(scene: Province, asker: Account) -> None:
    opened(scene, asker)
    for row in asker.assignments.all():
        row.valid_to = scenes.TODAY - timedelta(days=1)
        factories.saved(row)
    assert not scope_for(asker, Act.READ).admits(scene.file)


def test_unknown_and_draft_files_read_alike(scene: Province, asker: Account) -> None:
    draft = factories.file(scene.authority, by=scene.clerk, status="draft", established_on=None)
    for ref in (draft.ref, factories.subject("无档案").pk):
        with refused("unknown_file"):
            emergencies.ask(by=asker, ref=ref, reason="紧急")


def test_a_third_person_of_the_files_authority_judges_after_the_end(
    scene: Province, asker: Account, clock: Any
) -> None:
    row = opened(scene, asker)
    with refused("not_to_review"):
        emergencies.review(row=row, by=scene.second_reviewer, result=ReviewResult.JUSTIFIED, words="属实")
    clock.shift(timedelta(days=1))
    assert row in emergencies.to_review(scene.second_reviewer)
    assert row not in emergencies.to_review(scene.reviewer)
    with refused("same_person"):
        emergencies.review(row=row, by=scene.reviewer, result=ReviewResult.JUSTIFIED, words="属实")
    with pytest.raises(NotAdmitted):
        emergencies.review(row=row, by=asker, result=ReviewResult.JUSTIFIED, words="属实")
    done = emergencies.review(row=row, by=scene.second_reviewer, result=ReviewResult.UNJUSTIFIED, words="无紧急情形")
    assert done.reviewed_by == scene.second_reviewer
    assert row not in emergencies.to_review(scene.second_reviewer)


def test_cut_at_once(scene: Province, asker: Account) -> None:
    row = opened(scene, asker)
    emergencies.cut(row=row, by=scene.security_admin, reason="核实后无须")
    assert not scope_for(asker, Act.READ).admits(scene.file)
    assert emergencies.to_review(scene.second_reviewer).filter(state=EmergencyState.CUT).exists()


def test_the_log_says_that_it_was_an_emergency(scene: Province, asker: Account) -> None:
    opened(scene, asker)
    open_one(asker, Act.READ, IntegrityFile.objects.all(), door="staff.file", ref=scene.file.ref)
    line = ReadEntry.objects.filter(account=asker).order_by("-pk")[0]
    assert (line.purpose, line.subject_ids) == ("紧急查阅", [str(scene.person.pk)])


# --- recusal ------------------------------------------------------------------------------------------------


def test_declared_by_oneself_at_once(scene: Province) -> None:
    written = recusals.declare(
        by=scene.clerk, kind=RecusalKind.CONFLICT, reason="同学", name=scene.person.name, unit=scene.authority.name
    )
    assert written == 1
    for act in Act:
        assert not scope_for(scene.clerk, act).admits(scene.file), act
    assert recusals.declare(by=scene.clerk, kind=RecusalKind.CONFLICT, reason="同学", ref=scene.file.ref) == 0


def test_a_declaration_without_somebody_or_a_reason_is_refused(scene: Province) -> None:
    with refused("nobody_named"):
        recusals.declare(by=scene.clerk, kind=RecusalKind.CONFLICT, reason="同学", name=scene.person.name)
    with refused("reason"):
        recusals.declare(by=scene.clerk, kind=RecusalKind.CONFLICT, reason=" ", ref=scene.file.ref)


def test_ending_a_recusal_takes_two_administrators(scene: Province) -> None:
    recusals.impose(account=scene.clerk, by=scene.security_admin, reason="举报反映", ref=scene.file.ref)
    row = RecusalDeclaration.objects.get(account=scene.clerk)
    change = recusals.ask_to_end(declaration=row, by=scene.security_admin, reason="情形消失")
    with refused("same_person"):
        accounts.confirm(change=change, by=scene.security_admin)
    assert scene.person.pk in recused_subjects(scene.clerk, scenes.TODAY)
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    accounts.confirm(change=change, by=second)
    assert scope_for(scene.clerk, Act.READ).admits(scene.file)


def test_kin_in_both_directions(scene: Province) -> None:
    own = factories.subject("本人")
    scene.clerk.subject = own
    factories.saved(scene.clerk)
    factories.saved(Kinship(subject=scene.person, relative=own, declared_on=scenes.TODAY))
    assert not scope_for(scene.clerk, Act.READ).admits(scene.file)

"""Integrity files 诚信档案 (domain §2, §4): proposed, established, moved, frozen; parts by two persons."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrity import files
from integrity.access import scope_for
from integrity.choices import Act, AppraisalGrade, FileStatus, LeadingPost, RecordState, RelationKind
from integrity.exceptions import NotAdmitted
from integrity.models import Appraisal, Decision, IntegrityFile, OrganisationRelation, Post
from tests import factories
from tests.integrity import scenes
from tests.integrity.scenes import refused
from tests.personas import Province

pytestmark = pytest.mark.django_db
APPRAISAL = {"year": 2025, "result": AppraisalGrade.COMPETENT, "body": "考核委员会"}


def post(scene: Province, **changes: Any) -> files.PostFacts:
    facts: dict[str, Any] = {"unit": scene.authority, "authority": scene.authority, "title": "科员"}
    return files.PostFacts(**facts | changes)


def proposed(scene: Province, **changes: Any) -> IntegrityFile:
    values: dict[str, Any] = {"by": scene.clerk, "name": "索南・才让", "post": post(scene), "reason": "录入"}
    return files.propose_file(**values | changes)


def test_proposed_by_one_established_by_another(scene: Province) -> None:
    row = proposed(scene, identity_number=factories.identity_number(9))
    assert (row.status, row.name) == (FileStatus.DRAFT, "索南·才让")
    assert row.subject.names.get().raw == "索南・才让"
    files.establish_file(file=row, by=scene.reviewer, reason="建档")
    assert (row.status, row.established_on) == (FileStatus.ESTABLISHED, scenes.TODAY)


def test_a_clerk_proposes_for_the_own_authority_only(scene: Province) -> None:
    with pytest.raises(NotAdmitted):
        proposed(scene, post=post(scene, authority=scene.other_authority))
    with pytest.raises(NotAdmitted):
        proposed(scene, by=scene.reviewer)


@pytest.mark.parametrize("number", ["630102198001010011", "630102198002300018", "63010219800101"])
def test_a_wrong_number_is_refused_with_a_reason(scene: Province, number: str) -> None:
    before = IntegrityFile.objects.unscoped(reason="测试").count()
    with pytest.raises(Exception) as caught:  # noqa: PT011  its class is the identifiers' own
        proposed(scene, identity_number=number)
    assert str(caught.value)
    assert number not in str(caught.value)
    assert IntegrityFile.objects.unscoped(reason="测试").count() == before


def test_access_follows_the_person_today(scene: Province) -> None:
    """Domain §3: access follows the managing authority; every row of the file moves with it."""
    part = factories.appraisal(scene.file, by=scene.clerk)
    decision = scenes.in_force(scene)
    files.move_person(
        file=scene.file, by=scene.reviewer, reason="调任",
        post=post(scene, unit=scene.other_authority, authority=scene.other_authority, title="处长"),
    )  # fmt: skip
    # The unit's new authority manages the person only once the file itself says so.
    for model, row in ((IntegrityFile, scene.file), (Appraisal, part), (Decision, decision)):
        fresh = model.objects.unscoped(reason="测试").get(pk=row.pk)
        assert fresh.authority == scene.other_authority, model
        assert scope_for(scene.clerk_of_other_authority, Act.READ).admits(fresh)
        assert not scope_for(scene.clerk, Act.READ).admits(fresh)
    posts = Post.objects.unscoped(reason="测试").filter(file=scene.file)
    assert [row.managed_by for row in posts] == [scene.other_authority]


def test_a_part_takes_effect_by_a_second_person(scene: Province) -> None:
    part: Any = files.add_part(model=Appraisal, file=scene.file, by=scene.clerk, values=APPRAISAL, reason="录入")
    assert (part.state, part.grade, part.authority) == (RecordState.DRAFT, 3, scene.authority)
    with pytest.raises(NotAdmitted):
        files.submit_part(part=part, by=scene.second_clerk)
    files.submit_part(part=part, by=scene.clerk)
    with pytest.raises(NotAdmitted):
        files.approve_part(part=part, by=scene.clerk)
    files.approve_part(part=part, by=scene.reviewer)
    scene.file.refresh_from_db()
    assert (part.state, scene.file.last_appraisal_year) == (RecordState.IN_FORCE, 2025)


def test_leaving_office_freezes_the_file(scene: Province) -> None:
    with pytest.raises(NotAdmitted):
        files.freeze_file(file=scene.file, by=scene.clerk, service_status="retired", on=scenes.TODAY, reason="退休")
    files.freeze_file(file=scene.file, by=scene.reviewer, service_status="retired", on=scenes.TODAY, reason="退休")
    assert scene.file.status == FileStatus.FROZEN
    with refused("file_closed"):
        files.add_part(model=Appraisal, file=scene.file, by=scene.clerk, values=APPRAISAL, reason="录入")


def test_what_a_file_lacks_is_named(scene: Province) -> None:
    """Coverage (domain §17): identity confirmed, base complete, informed, last due appraisal entered."""
    assert len(files.missing_of(scene.file)) == 3
    files.confirm_identity(file=scene.file, by=scene.clerk, on=date(2026, 5, 1), document="核实单1号", reason="核实")
    files.inform_subject(file=scene.file, by=scene.clerk, on=date(2026, 5, 2), reason="告知")
    scenes.raw(scene.file, last_appraisal_year=2025)
    scene.file.refresh_from_db()
    assert files.missing_of(scene.file) == []
    assert files.missing_of(scene.file, today=date(2027, 1, 1)) != []


def managed(unit: Any, authority: Any, *, leaders: bool = False) -> None:
    factories.saved(
        OrganisationRelation(
            source=unit, target=authority, kind=RelationKind.MANAGING_AUTHORITY, applies_to_leaders=leaders
        )
    )


def test_a_number_within_reach_refuses_and_one_elsewhere_looks_unknown(
    scene: Province, caplog: pytest.LogCaptureFixture
) -> None:
    """Domain §2, §3: whether somebody is on file with another authority is not for this clerk to learn."""
    here, elsewhere = factories.identity_number(21), factories.identity_number(22)
    factories.identifier(scene.file.subject, here)
    of_others = factories.file(scene.other_authority, by=scene.clerk_of_other_authority, name="韩梅")
    factories.identifier(of_others.subject, elsewhere)
    with refused("number_known"):
        proposed(scene, identity_number=here)
    row = proposed(scene, identity_number=elsewhere)
    assert row.status == FileStatus.DRAFT
    assert row.subject_id != of_others.subject_id
    assert str(of_others.subject_id) in caplog.text
    assert elsewhere not in caplog.text
    with refused("number_known"):
        proposed(scene, identity_number=elsewhere)


def test_a_file_is_entered_where_the_authority_manages_the_unit(scene: Province) -> None:
    """干部管理权限: staff by one authority, leaders by another; units that say nothing are not checked."""
    bureau = factories.organisation("乐都区财政局")
    managed(bureau, scene.other_authority)
    with refused("not_managed_here"):
        proposed(scene, post=post(scene, unit=bureau))
    with refused("not_managed_here"):
        files.move_person(file=scene.file, by=scene.reviewer, reason="调任", post=post(scene, unit=bureau))
    managed(bureau, scene.authority, leaders=True)
    with refused("not_managed_here"):  # still: a plain post is staff
        proposed(scene, post=post(scene, unit=bureau))
    chief = LeadingPost.BUREAU_DEPUTY  # leads an organ of any level
    assert proposed(scene, post=post(scene, unit=bureau, leading_post=chief)).unit == bureau
    moved = files.move_person(
        file=scene.file, by=scene.reviewer, reason="调任",
        post=post(scene, unit=bureau, authority=scene.other_authority),
    )  # fmt: skip
    assert moved.authority == scene.other_authority

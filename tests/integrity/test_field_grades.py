"""Field-level access 字段级访问 (domain §9, §10): columns graded above the row, and the leaders of one's own unit."""

from datetime import date
from typing import Any

import pytest

from integrity import versions
from integrity.access import recused_subjects, scope_for
from integrity.choices import Act, Grade, LeadingPost, Level, Role, ServiceStatus
from integrity.models import IntegrityFile, RuleSet, recording
from tests import factories
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
HIDDEN = "超出可接触级别"


def changed(file: IntegrityFile, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(file, name, value)
    with recording(by=None, reason="考核入档"):
        file.save()


def page(scene: Province, persona: str, address: str) -> str:
    return scene.browser(persona).get(address).content.decode()


def test_a_low_clearance_reads_the_row_without_its_graded_columns(scene: Province) -> None:
    factories.identifier(scene.person)
    changed(scene.file, last_appraisal_year=1987, service_status=ServiceStatus.SUSPENDED)
    address = f"/staff/files/{scene.file.ref}/"
    low, full = page(scene, "low_clearance_clerk", address), page(scene, "clerk", address)
    mask = scene.person.identifiers.unscoped(reason="test").get().masked
    suspended = str(ServiceStatus.SUSPENDED.label)
    assert scene.file.name in low
    assert HIDDEN in low
    assert mask not in low
    assert suspended not in low
    assert "年度考核" not in low
    assert mask in full
    assert suspended in full
    assert HIDDEN not in full


def test_a_list_hides_the_column_and_its_filter(scene: Province) -> None:
    changed(scene.file, last_appraisal_year=1987)
    scene.file.refresh_from_db()
    low, full = page(scene, "low_clearance_clerk", "/staff/files/"), page(scene, "clerk", "/staff/files/")
    assert "1987" in full
    assert "1987" not in low
    assert 'class="missing"' in full
    assert "2025 年度考核" not in low
    asked = "/staff/files/?missing=appraisal"
    assert scene.file.name in page(scene, "clerk", asked)
    assert scene.file.name not in page(scene, "low_clearance_clerk", asked)


def test_complete_means_the_same_whatever_the_hidden_column_says(scene: Province) -> None:
    """Twin files that differ in the hidden column alone answer every filter alike."""
    complete = {"identity_confirmed_on": date(2024, 1, 1), "informed_on": date(2024, 1, 1)}
    changed(scene.file, last_appraisal_year=1987, **complete)
    twin = factories.file(scene.authority, by=scene.clerk, name="才让卓玛", last_appraisal_year=2099, **complete)
    for missing in ("any", "none", "appraisal"):
        text = page(scene, "low_clearance_clerk", f"/staff/files/?missing={missing}")
        assert (scene.file.name in text) == (twin.name in text), missing


def test_history_tells_nothing_of_a_hidden_column(scene: Province) -> None:
    changed(scene.file, last_appraisal_year=1987)
    full, _ = versions.versions_of(scene.file, scope_for(scene.clerk, Act.READ))
    low, _ = versions.versions_of(scene.file, scope_for(scene.low_clearance_clerk, Act.READ))
    assert any(change.new == "1987" for version in full for change in version.changes)
    assert not any(version.reason == "考核入档" for version in low)


def test_the_person_on_file_sees_every_column(scene: Province) -> None:
    own = scope_for(scene.subject_himself, Act.READ)
    assert own.hidden(scene.file) == frozenset()


def test_a_second_assignment_of_higher_clearance_opens_the_columns(scene: Province) -> None:
    both = assigned(scene.low_clearance_clerk, Role.REVIEWER, scene.authority, clearance=Grade.STRICT)
    assert scope_for(both, Act.READ).hidden(scene.file) == frozenset()
    # and where the other one does not reach, the lower one decides
    foreign = assigned(
        factories.account("mixed", organisation=scene.other_authority), Role.CLERK, scene.authority,
        clearance=Grade.INTERNAL,
    )  # fmt: skip
    assigned(foreign, Role.CLERK, scene.other_authority, clearance=Grade.STRICT)
    scope = scope_for(foreign, Act.READ)
    assert "last_appraisal_year" in scope.hidden(scene.file)
    assert not scope.may_ask_for(IntegrityFile, "last_appraisal_year")


# --- the leaders of the own unit (domain §3: managed one level up) ------------------------------------------


def leader_of(scene: Province, post: LeadingPost) -> IntegrityFile:
    return factories.file(
        scene.authority, by=scene.reviewer_of_other_authority, name="马文祥", unit=scene.authority, leading_post=post
    )


def test_nobody_opens_the_files_of_the_own_units_leaders(scene: Province) -> None:
    """A prefecture's organ: 县处级副职 and above lead it, whoever is named managing authority on the row."""
    leader = leader_of(scene, LeadingPost.COUNTY_DEPUTY)
    for persona in (scene.clerk, scene.reviewer, scene.organisation_officer):
        assert persona.organisation == scene.authority
        assert not scope_for(persona, Act.READ).admits(leader)
        assert leader not in IntegrityFile.objects.within(scope_for(persona, Act.LIST))
        assert signed_in(persona).get(f"/staff/files/{leader.ref}/").status_code == 404


def test_those_who_only_head_an_office_within_the_unit_are_no_leaders_of_it(scene: Province) -> None:
    head = leader_of(scene, LeadingPost.TOWNSHIP_CHIEF)
    assert scope_for(scene.clerk, Act.READ).admits(head)


def test_an_officer_of_another_unit_with_the_same_authority_opens_them(scene: Province) -> None:
    leader = leader_of(scene, LeadingPost.COUNTY_CHIEF)
    upstairs = factories.account("upstairs", organisation=factories.organisation("省委组织部", level=Level.PROVINCE))
    assigned(upstairs, Role.ORGANISATION_OFFICER, scene.authority)
    assert scope_for(upstairs, Act.READ).admits(leader)


def test_a_level_without_a_rule_is_read_strictly(scene: Province) -> None:
    with recording(by=None, reason="规则缺失"):
        for row in RuleSet.objects.filter(kind="access_limit", key__startswith="unit_leaders"):
            row.delete()
    head = leader_of(scene, LeadingPost.TOWNSHIP_DEPUTY)
    assert head.subject_id in recused_subjects(scene.clerk, date.today())  # noqa: DTZ011  any day will do

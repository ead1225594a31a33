"""Lines of duties 岗位逐条 (domain §10, docs/access.md): a case's body, kin, strangers, the second wall's table."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser

from integrity import access
from integrity.access import recused_subjects, scope_for
from integrity.choices import Act, OrganKind, Role
from integrity.models import Kinship, Organisation, RecusalDeclaration, Subject
from integrity.wall import policies
from tests import factories
from tests.access.test_rule_lines import MAY, reaches
from tests.factories import saved
from tests.integrity.scenes import TODAY, raw
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db


def second_body() -> Organisation:
    return factories.organisation("市监察委员会", kind=OrganKind.DISCIPLINE_INSPECTION)


# --- the body of a case ------------------------------------------------------------


def test_a_grant_ends_with_the_duty_at_the_body_of_its_case(scene: Province) -> None:
    """An inspector who went to another body leaves the cases of the old one there, however they are named."""
    raw(scene.inspector_with_case.assignments.get(), authority=second_body())
    for case in (scene.case, scene.case.reference):
        assert not reaches(scene.inspector_with_case, scene.file, case=case)


def test_of_two_cases_of_one_number_the_one_with_a_grant_is_meant(scene: Province) -> None:
    """Whoever inspects for two bodies that number alike: a colleague's grant in the other case does not count."""
    body, file = second_body(), factories.file(scene.authority, by=scene.clerk)
    inspector = assigned(scene.inspector_without_case, Role.INSPECTOR, body)
    case = factories.case(body, reference=scene.case.reference)
    factories.case_grant(case, inspector=inspector, file=file, granted_by=scene.second_inspector)
    assert reaches(inspector, file, case=case.reference)
    assert not reaches(inspector, scene.file, case=case.reference)
    assert scope_for(inspector, Act.READ, purpose="审查", case=case.reference).case == case


def test_a_number_means_a_case_of_the_body_of_today(scene: Province) -> None:
    """The old body's case of the same number, with a grant that nobody cut, does not come before it."""
    body, file = second_body(), factories.file(scene.authority, by=scene.clerk)
    inspector = scene.inspector_with_case
    raw(inspector.assignments.get(), authority=body)
    case = factories.case(body, reference=scene.case.reference)
    factories.case_grant(case, inspector=inspector, file=file, granted_by=scene.second_inspector)
    assert reaches(inspector, file, case=case.reference)
    assert not reaches(inspector, scene.file, case=case.reference)


# --- kin ------------------------------------------------------------


def kin(subject: Subject, relative: Subject, declaration: RecusalDeclaration | None = None) -> None:
    saved(Kinship(subject=subject, relative=relative, declared_on=TODAY, declaration=declaration))


def test_a_person_on_file_shuts_nobody_out_by_naming_them(scene: Province) -> None:
    """A declared relative is closed to whoever declared; kin recorded by personnel is closed both ways."""
    own, naming, recorded, named = (factories.subject() for _one in range(4))
    raw(scene.clerk, subject=own)
    scene.clerk.refresh_from_db()
    declared = [
        saved(RecusalDeclaration(account=account, reason="亲属", declared_by=account, valid_from=TODAY))
        for account in (scene.nobody, scene.clerk)
    ]
    kin(naming, own, declared[0])
    kin(own, named, declared[1])
    kin(recorded, own)
    assert recused_subjects(scene.clerk, TODAY) == {own.pk, recorded.pk, named.pk}
    file = factories.file(scene.authority, by=scene.clerk, subject=naming)
    assert reaches(scene.clerk, file)


def test_kin_of_others_closes_nothing(scene: Province) -> None:
    """Two strangers are kin, as personnel recorded: nobody else keeps away from either."""
    own, one, other = (factories.subject() for _one in range(3))
    raw(scene.clerk, subject=own)
    scene.clerk.refresh_from_db()
    kin(one, other)
    assert recused_subjects(scene.clerk, TODAY) == {own.pk}


# --- strangers ------------------------------------------------------------


class Guest(AnonymousUser):
    """Somebody another sign-in calls active, who is no account of the archive."""

    is_active = True  # type: ignore[assignment]  # no visitor of ours is


def test_who_is_no_account_of_the_archive_is_let_in_nowhere(scene: Province) -> None:
    for act in Act:
        assert scope_for(Guest(), act, purpose="审查", case=scene.case).empty
        assert not access.has_any(Guest(), act)
    assert not reaches(Guest(), scene.file)  # type: ignore[arg-type]  # no account: that is the point


# --- the second wall ------------------------------------------------------------

KIND = {"file": "file", "record": "practitioner", "objection": "disputed", "publication": "publication"}


def test_the_second_wall_knows_each_role_with_its_acts_and_rows() -> None:
    """Its table in the database is made of the same vocabulary: no role is lacking, none has more."""
    (table,) = (text for text in policies._functions() if "FUNCTION archive_offices()" in text)
    told = re.findall(r"\('(\w+)', '(\w+)', '(\w+)', (?:true|false)\)", table)
    offices = {name.removesuffix("_with_case"): given for name, given in MAY.items() if name != "subject_himself"}
    assert set(told) == {(role, act, KIND[kind]) for role, (kind, acts) in offices.items() for act in acts}
    assert len(told) == len(set(told))

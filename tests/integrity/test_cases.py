"""Cases and grants 案件授权 (domain §10; H18): asked with a reference, given by a second officer, ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from integrity import cases
from integrity.choices import Act, Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import Account, Case, CaseGrant
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import refused
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db


open_case = scenes.opened_case


def grant(scene: Province, case: Case, **changes: Any) -> list[CaseGrant]:
    inspector = changes.pop("inspector", scene.inspector_without_case)
    return scenes.let_in(case, inspector, [scene.file], **{"by": scene.second_inspector} | changes)


def reads(scene: Province, account: Account, case: Case) -> bool:
    from integrity.access import scope_for

    return scope_for(account, Act.READ, purpose="审查", case=case.reference).admits(scene.file)


def test_a_grant_lets_one_inspector_in_for_its_days(scene: Province, clock: Any) -> None:
    case = open_case(scene)
    assert not reads(scene, scene.inspector_without_case, case)
    (row,) = grant(scene, case, ends_on=date(2026, 7, 1))
    assert reads(scene, scene.inspector_without_case, case)
    assert not reads(scene, scene.second_inspector, case)  # who grants does not let himself in
    entry = row.history.get()
    assert (entry.history_user, entry.history_document) == (scene.second_inspector, case.reference)
    clock.move_to("2026-07-01T23:00:00+08:00")
    assert reads(scene, scene.inspector_without_case, case)
    clock.move_to("2026-07-02T00:00:01+08:00")
    assert not reads(scene, scene.inspector_without_case, case)


def test_no_grant_outlives_its_case(scene: Province) -> None:
    case = open_case(scene)
    (row,) = grant(scene, case, ends_on=date(2030, 1, 1))
    assert row.ends_on == case.ends_on
    cases.close_case(case=case, by=scene.second_inspector, reason="结案")
    case.refresh_from_db()
    with refused("case_closed"):
        grant(scene, Case.objects.get(pk=saved_yesterday(case).pk))


def saved_yesterday(case: Case) -> Case:
    scenes.raw(case, closed_on=scenes.TODAY - timedelta(days=1))
    case.refresh_from_db()
    return case


def test_nobody_grants_to_himself(scene: Province) -> None:
    with refused("self_grant"):
        grant(scene, open_case(scene), inspector=scene.second_inspector)


@pytest.mark.parametrize("who", ["clerk", "reviewer", "superuser", "system_admin", "security_admin", "nobody"])
def test_only_an_inspector_of_the_body_opens_and_grants(scene: Province, who: str) -> None:
    for number, part in enumerate(("by", "second")):
        with pytest.raises(NotAdmitted):
            open_case(scene, reference=f"青纪立〔2026〕{number}号", **{part: getattr(scene, who)})
    with pytest.raises(NotAdmitted):
        grant(scene, open_case(scene), by=getattr(scene, who))


def test_a_foreign_bodys_inspector_neither_grants_nor_is_let_in(scene: Province) -> None:
    other = factories.organisation("某市监察委员会", kind="discipline_inspection")
    stranger = assigned(factories.account("stranger"), Role.INSPECTOR, other)
    with pytest.raises(NotAdmitted):
        grant(scene, open_case(scene), by=stranger)
    for outsider in (scene.clerk, stranger):
        with pytest.raises(NotAdmitted):
            grant(scene, scene.case, inspector=outsider)


def test_who_is_tied_is_not_let_in(scene: Province) -> None:
    from integrity.models import Recusal

    saved(Recusal(account=scene.inspector_without_case, subject=scene.person, reason="同学"))
    with refused("recused"):
        grant(scene, open_case(scene))


def test_a_cut_grant_lets_nobody_in_from_the_next_request(scene: Province) -> None:
    case = open_case(scene)
    (row,) = grant(scene, case)
    cases.cut_grant(grant=row, by=scene.security_admin, reason="终止")
    assert not reads(scene, scene.inspector_without_case, case)
    (again,) = grant(scene, case)  # given anew on the same row, with its history
    assert again.pk == row.pk
    assert reads(scene, scene.inspector_without_case, case)
    assert again.history.count() == 3


def test_files_are_named_exactly_never_browsed(scene: Province) -> None:
    def look(**by: Any) -> list[Any]:
        return cases.find_files(case=scene.case, by=scene.second_inspector, door="t", **by)

    number = factories.identity_number(61)
    factories.identifier(scene.person, number)
    for exact in ({"name": "扎西·多杰", "unit": scene.authority.name}, {"number": number}, {"ref": scene.file.ref}):
        assert look(**exact) == [scene.file], exact
    unit = scene.authority.name
    for wide in ({}, {"name": "扎西多杰"}, {"unit": unit}, {"name": "扎西", "unit": unit}):
        assert look(**wide) == [], wide
    with pytest.raises(NotAdmitted):
        cases.find_files(case=scene.case, by=scene.clerk, door="t", ref=scene.file.ref)


def test_a_case_does_not_end_before_it_begins(scene: Province) -> None:
    with pytest.raises(ActRefused):
        open_case(scene, ends_on=scenes.TODAY - timedelta(days=1))

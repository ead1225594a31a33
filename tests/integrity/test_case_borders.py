"""Borders of cases and emergencies 案件与紧急查阅的边界 (H3, H18, N9): whose duty, whose number, who keeps away."""

from datetime import timedelta
from typing import Any

import pytest

from integrity import case_terms, cases, emergencies, worklist
from integrity.access import candidates, scope_for, what_would_change, why_not
from integrity.choices import Act, Grade, OrganKind, ReviewResult, Role
from integrity.exceptions import NotAdmitted
from integrity.models import Account, BreakGlass, CaseGrant, CaseRequest, GrantRequest, ReadEntry, Recusal
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import TODAY, let_in, refused
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def body_elsewhere() -> Any:
    return factories.organisation("海东市监察委员会", kind=OrganKind.DISCIPLINE_INSPECTION)


def keep_away(account: Account, scene: Province) -> None:
    saved(Recusal(account=account, subject=scene.person, reason="配偶"))


def end_duties(account: Account) -> None:
    for row in account.assignments.all():
        scenes.raw(row, valid_to=TODAY - DAY)


def asked(scene: Province, *files: Any) -> GrantRequest:
    files = files or (scene.file,)
    return cases.ask_files(case=scene.case, by=scene.inspector_without_case, files=files, reason="核查任职回避")


def lines_about(scene: Province, account: Account) -> list[ReadEntry]:
    return [line for line in ReadEntry.objects.filter(account=account) if str(scene.person.pk) in line.subject_ids]


# --- 5: the duty at the body of the case -------------------------------------------------------------------------


def test_a_duty_elsewhere_does_not_keep_the_case_open(scene: Province) -> None:
    inspector = scene.inspector_with_case
    assigned(inspector, Role.INSPECTOR, body_elsewhere())
    (old,) = inspector.assignments.filter(authority=scene.inspection)
    change = what_would_change(inspector, end=old)
    assert change.lost
    assert change.lines_lost
    end_duties(inspector)
    scenes.raw(inspector.assignments.exclude(pk=old.pk).get(), valid_to=None)
    for case in (scene.case, scene.case.reference):
        assert scope_for(inspector, Act.READ, purpose=scene.purpose, case=case).empty
    browser = scene.browser("inspector_with_case")
    for address in (f"files/{scene.file.ref}/", f"files/{scene.file.ref}/print/", f"cases/{scene.case.pk}/"):
        assert browser.get(f"/staff/{address}").status_code == 404, address
    assert scene.case.reference not in signed_in(inspector).get("/staff/cases/").text
    assert not worklist.my_cases(inspector, TODAY)
    assert inspector not in candidates(scene.file)
    assert not inspector.has_perm("integrity.view_integrityfile", scene.file)
    assert [one.code for one in why_not(inspector, scene.file)] == ["ended"]


def test_a_grant_is_for_inspectors_of_the_body_alone(scene: Province) -> None:
    stranger = assigned(factories.account("stranger"), Role.INSPECTOR, body_elsewhere())
    with pytest.raises(NotAdmitted):
        let_in(scene.case, stranger, [scene.file], by=scene.second_inspector)


# --- 15: a reference is one body's -------------------------------------------------------------------------------


def test_a_reference_is_one_bodys(scene: Province) -> None:
    body = body_elsewhere()
    stranger = assigned(factories.account("stranger"), Role.INSPECTOR, body)
    given: dict[str, Any] = {"reference": scene.case.reference, "reason": "审查调查", "ends_on": TODAY + 30 * DAY}
    with refused("reference_taken"):
        case_terms.ask_opening(by=scene.second_inspector, organisation=scene.inspection, **given)
    browser = signed_in(stranger)
    answer = browser.post(
        "/staff/cases/new/", given | {"organisation": body.pk, "ends_on": given["ends_on"].isoformat()}
    )
    assert answer.status_code == 302
    request = CaseRequest.objects.get(organisation=body)
    another = assigned(factories.account("another"), Role.INSPECTOR, body)
    own = case_terms.decide(request=request, by=another, agreed=True, answer="同意").case
    assert own is not None
    file = factories.file(scene.authority, by=scene.clerk)
    factories.case_grant(own, inspector=stranger, file=file, granted_by=scene.second_inspector)
    scope = scope_for(stranger, Act.READ, purpose="审查", case=scene.case.reference)
    assert (scope.case, scope.admits(file), scope.admits(scene.file)) == (own, True, False)
    scope = scope_for(scene.inspector_with_case, Act.READ, purpose="审查", case=scene.case.reference)
    assert (scope.case, scope.admits(scene.file)) == (scene.case, True)


# --- 4: who keeps away -------------------------------------------------------------------------------------------


def test_the_recused_do_not_decide_a_request(scene: Province) -> None:
    request = asked(scene)
    keep_away(scene.second_inspector, scene)
    page = f"/staff/cases/{scene.case.pk}/"
    browser = signed_in(scene.second_inspector)
    for answer in (
        browser.get(f"{page}requests/{request.ref}/decide/"),
        browser.post(f"{page}requests/{request.ref}/decide/", {"answer": "同意", "chosen": scene.file.pk}),
    ):
        assert answer.status_code == 404  # fmt: skip
    assert scene.person.name not in browser.get(page).text
    assert request not in cases.waiting_for(scene.case, scene.second_inspector)
    for chosen in ([scene.file.pk], []):
        with pytest.raises(NotAdmitted):
            cases.decide_request(request=request, by=scene.second_inspector, chosen=chosen, answer="决定")


def test_of_several_files_the_recused_ones_wait_for_another_officer(scene: Province) -> None:
    other = factories.file(scene.authority, by=scene.clerk, name="李援朝")
    request = asked(scene, scene.file, other)
    keep_away(scene.second_inspector, scene)
    page = signed_in(scene.second_inspector).get(f"/staff/cases/{scene.case.pk}/requests/{request.ref}/decide/").text
    assert scene.person.name not in page
    assert "李援朝" in page
    assert "因回避不显示" in page
    with refused("recused"):
        cases.decide_request(request=request, by=scene.second_inspector, chosen=[scene.file.pk], answer="同意")
    cases.decide_request(request=request, by=scene.second_inspector, chosen=[other.pk], answer="同意")
    assert CaseGrant.objects.get(user=scene.inspector_without_case).content_object == other
    (rest,) = cases.waiting_for(scene.case, scene.inspector_with_case)
    assert (rest.files, rest.inspector) == ([scene.file.pk], scene.inspector_without_case)
    cases.decide_request(request=rest, by=scene.inspector_with_case, chosen=[scene.file.pk], answer="同意")
    assert CaseGrant.objects.filter(user=scene.inspector_without_case).count() == 2


def test_the_recused_neither_extend_nor_cut_a_grant(scene: Province) -> None:
    grant = CaseGrant.objects.get(user=scene.inspector_with_case)
    keep_away(scene.second_inspector, scene)
    browser = signed_in(scene.second_inspector)
    for act in ("extend", "cut"):
        assert browser.get(f"/staff/cases/{scene.case.pk}/grants/{grant.pk}/{act}/").status_code == 404
    with pytest.raises(NotAdmitted):
        cases.extend_grant(grant=grant, by=scene.second_inspector, ends_on=TODAY + 9 * DAY, reason="未完")
    with pytest.raises(NotAdmitted):
        cases.cut_grant(grant=grant, by=scene.second_inspector, reason="终止")
    assert scene.person.name not in browser.get(f"/staff/cases/{scene.case.pk}/").text


def test_an_unknown_grant_is_absent_before_a_form_is_shown(scene: Province) -> None:
    browser = signed_in(scene.second_inspector)
    for act in ("extend", "cut"):
        assert browser.get(f"/staff/cases/{scene.case.pk}/grants/99999/{act}/").status_code == 404


def test_the_recused_see_and_judge_no_emergency(scene: Province, clock: Any) -> None:
    row = emergencies.ask(by=scene.clerk_of_other_authority, ref=scene.file.ref, reason="紧急")
    keep_away(scene.second_reviewer, scene)
    assert row not in emergencies.to_decide(scene.second_reviewer)
    emergencies.decide(row=row, by=scene.reviewer, opened=True, reason="属实")
    assert row not in emergencies.to_cut(scene.second_reviewer)
    with pytest.raises(NotAdmitted):
        emergencies.cut(row=row, by=scene.second_reviewer, reason="终止")
    clock.shift(DAY)
    browser = signed_in(scene.second_reviewer)
    assert browser.get(f"/staff/emergencies/{row.ref}/review/").status_code == 404
    assert str(scene.file.ref) not in browser.get("/staff/emergencies/").text
    with refused("recused"):
        emergencies.review(row=row, by=scene.second_reviewer, result=ReviewResult.JUSTIFIED, words="属实")


# --- 8: an emergency and its duty --------------------------------------------------------------------------------


def opened(scene: Province) -> BreakGlass:
    row = emergencies.ask(by=scene.clerk_of_other_authority, ref=scene.file.ref, reason="紧急")
    return emergencies.decide(row=row, by=scene.reviewer, opened=True, reason="属实")


def test_an_emergency_opens_no_more_than_todays_clearance(scene: Province) -> None:
    clerk = scene.clerk_of_other_authority
    decision = scenes.in_force(scene)
    opened(scene)
    assert scope_for(clerk, Act.READ).admits(decision)
    scenes.raw(clerk.assignments.get(), clearance=Grade.INTERNAL)
    assert not scope_for(clerk, Act.READ).admits(decision)
    assert scope_for(clerk, Act.READ).admits(scene.file)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.CLERK])
def test_an_emergency_ends_with_the_duty_it_was_asked_in(scene: Province, role: str) -> None:
    clerk = scene.clerk_of_other_authority
    opened(scene)
    (duty,) = clerk.assignments.all()
    assigned(clerk, role, scene.inspection)
    assert scope_for(clerk, Act.READ).admits(scene.file)
    scenes.raw(duty, valid_to=TODAY - DAY)
    assert not scope_for(clerk, Act.READ).admits(scene.file)


# --- 2: lines carry the case -------------------------------------------------------------------------------------


def test_what_the_pages_of_a_case_show_is_logged_with_the_case(scene: Province) -> None:
    request = asked(scene)
    officer, page = signed_in(scene.second_inspector), f"/staff/cases/{scene.case.pk}/"
    inspector = signed_in(scene.inspector_with_case)  # no purpose and no case stated in this session
    assert scene.person.name in officer.get(page).text
    assert scene.person.name in inspector.get(page).text
    assert scene.person.name in officer.get(f"{page}requests/{request.ref}/decide/").text
    for account in (scene.second_inspector, scene.inspector_with_case):
        found = lines_about(scene, account)
        assert found
        assert all(line.case == scene.case and line.purpose for line in found)
    own = signed_in(scene.subject_himself)
    told = [own.get("/staff/my/reads/").text, own.get("/staff/my/usage/").text]
    assert not [text for text in told if scene.inspection.name in text]
    cases.close_case(case=scene.case, by=scene.second_inspector, reason="结案")
    assert own.get("/staff/my/usage/").json()["usage"]


# --- 10: after the end -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["closed", "over", "cut", "expired", "duty"])
def test_no_name_stays_on_the_page_after_the_end(scene: Province, end: str) -> None:
    grant, page = CaseGrant.objects.get(user=scene.inspector_with_case), f"/staff/cases/{scene.case.pk}/"
    match end:
        case "closed":
            cases.close_case(case=scene.case, by=scene.second_inspector, reason="结案")
        case "over":
            scenes.raw(scene.case, ends_on=TODAY - DAY)
        case "cut":
            cases.cut_grant(grant=grant, by=scene.second_inspector, reason="终止")
        case "expired":
            scenes.raw(grant, ends_on=TODAY - DAY)
        case "duty":
            end_duties(scene.inspector_with_case)
    assert scene.person.name not in signed_in(scene.inspector_with_case).get(page).text
    shown = signed_in(scene.second_inspector).get(page)
    assert scene.person.name not in shown.text
    listed = signed_in(scene.second_inspector).get("/staff/cases/")
    (row,) = listed.context["rows"]
    assert row.grants_now == 0
    words = {"closed": "随结案终止", "cut": "已提前终止", "duty": "岗位授权已终止"}.get(end, "已到期")
    assert words in shown.text
    assert ("已结案" in listed.text) is (end == "closed")


def test_a_grade_above_the_inspectors_clearance_shows_no_name(scene: Province) -> None:
    scenes.raw(scene.inspector_with_case.assignments.get(), clearance=Grade.PUBLIC)
    page = signed_in(scene.inspector_with_case).get(f"/staff/cases/{scene.case.pk}/")
    assert page.status_code == 200
    assert scene.person.name not in page.text


def test_a_case_in_force_counts_its_grants(scene: Province) -> None:
    (row,) = signed_in(scene.second_inspector).get("/staff/cases/").context["rows"]
    assert row.grants_now == 1


# --- 16e ---------------------------------------------------------------------------------------------------------


def test_a_township_bodys_area_ends_at_its_own_code(scene: Province) -> None:
    """630102100 is a street office: what it shares with those below is itself, not the nine-digit code cut short."""
    street = factories.division("630102100", "东关大街街道", 5)
    sister = factories.division("630102101", "清真巷街道", 5)
    body = factories.organisation("街道纪工委", kind=OrganKind.DISCIPLINE_INSPECTION, division=street)
    officer = assigned(factories.account("street"), Role.INSPECTOR, body)
    case = factories.case(body, "东街〔2026〕1号")
    for place, found in ((street, 1), (sister, 0)):
        file = factories.file(factories.organisation(place.name, division=place), by=scene.clerk)
        assert len(cases.find_files(case=case, by=officer, ref=file.ref, door="t")) == found, place

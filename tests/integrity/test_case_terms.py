"""How long a case lasts 办案期限 (H18): asked by one officer, decided by another, never beyond the rule of the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from integrity import case_terms, cases
from integrity.choices import CaseRequestKind, ChangeState, Level, OrganKind, Role, RuleKind
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.models import Assignment, Case, CaseRequest, RuleSet
from integrity.rules import RuleMissing
from tests import factories
from tests.integrity.scenes import TODAY, let_in, opened_case, raw, refused
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
OPEN, EXTEND = 180, 90


def asked(scene: Province, **changes: Any) -> CaseRequest:
    given: dict[str, Any] = {
        "by": scene.second_inspector, "reference": "青纪立〔2026〕30号", "organisation": scene.inspection,
        "reason": "审查调查", "ends_on": TODAY + 60 * DAY,
    }  # fmt: skip
    return case_terms.ask_opening(**given | changes)


def extension(scene: Province, case: Case, **changes: Any) -> CaseRequest:
    given: dict[str, Any] = {"by": scene.inspector_with_case, "ends_on": TODAY + EXTEND * DAY, "reason": "未完"}
    return case_terms.ask_extension(case=case, **given | changes)


def agree(request: CaseRequest, by: Any) -> Case:
    case = case_terms.decide(request=request, by=by, agreed=True, answer="同意").case
    assert case is not None
    return case


def test_a_case_that_nobody_seconded_is_no_case(scene: Province) -> None:
    before = Case.objects.count()
    request = asked(scene)
    assert (Case.objects.count(), request.case) == (before, None)
    for who in (scene.second_inspector,):
        with refused("same_person"):
            agree(request, who)
    case = agree(request, scene.inspector_with_case)
    assert (case.reference, case.opened_on, case.ends_on) == ("青纪立〔2026〕30号", TODAY, TODAY + 60 * DAY)
    entry = case.history.get()
    assert (entry.history_user, entry.history_acting_for) == (scene.inspector_with_case, scene.second_inspector)
    with refused("decided"):
        agree(request, scene.inspector_with_case)


def test_refused_withdrawn_and_lapsed_requests_open_nothing(scene: Province, clock: Any) -> None:
    before = Case.objects.count()
    refusal = asked(scene)
    case_terms.decide(request=refusal, by=scene.inspector_with_case, agreed=False, answer="理由不足")
    refusal.refresh_from_db()
    assert refusal.state == ChangeState.REFUSED
    taken = asked(scene)
    with pytest.raises(NotAdmitted):
        case_terms.withdraw(request=taken, by=scene.inspector_with_case, answer="撤回")
    case_terms.withdraw(request=taken, by=scene.second_inspector, answer="撤回")
    late = asked(scene)
    clock.shift(15 * DAY)
    assert not case_terms.requests_for(scene.inspector_with_case).exists()
    for request in (refusal, taken, late):
        with refused("decided"):
            agree(request, scene.inspector_with_case)
    assert Case.objects.count() == before


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "ends_before"), (OPEN, ""), (OPEN + 1, "too_long"), (9999, "too_long")]
)
def test_an_opening_lasts_as_long_as_the_rule_and_not_a_day_more(scene: Province, days: int, code: str) -> None:
    if not code:
        assert asked(scene, ends_on=TODAY + days * DAY).pk
        return
    with pytest.raises(ReasonedRefusal) as caught:
        asked(scene, ends_on=TODAY + days * DAY)
    assert (caught.value.code, caught.value.field) == (code, "ends_on")
    if code == "too_long":  # the text says the last day there is
        assert "180" in str(caught.value)
        assert (TODAY + OPEN * DAY).isoformat() in str(caught.value)


def test_extensions_are_bounded_and_do_not_stack_up(scene: Province, clock: Any) -> None:
    case = opened_case(scene)
    with refused("too_long"):
        extension(scene, case, ends_on=TODAY + (EXTEND + 1) * DAY)
    case_terms.withdraw(
        request=extension(scene, case, ends_on=case.ends_on + DAY), by=scene.inspector_with_case, answer="改"
    )
    longer = agree(extension(scene, case), scene.second_inspector)
    assert longer.ends_on == TODAY + EXTEND * DAY > case.ends_on
    with refused("too_long"):  # the same day again: nothing is won by asking twice
        extension(scene, longer, ends_on=longer.ends_on + DAY)
    clock.shift(10 * DAY)
    assert agree(extension(scene, longer, ends_on=longer.ends_on + 10 * DAY), scene.second_inspector).ends_on == (
        TODAY + (EXTEND + 10) * DAY
    )


def test_an_extension_takes_two_whoever_opened_it(scene: Province) -> None:
    case = opened_case(scene)
    for who, other in (
        (scene.inspector_with_case, scene.second_inspector),
        (scene.second_inspector, scene.inspector_with_case),
    ):
        request = extension(scene, case, by=who)
        with refused("same_person"):
            agree(request, who)
        case.refresh_from_db()
        assert case.ends_on == date(2026, 7, 31)
        with refused("asked_already"):
            extension(scene, case, by=other)
        case_terms.withdraw(request=request, by=who, answer="撤回")
    with refused("not_longer"):
        extension(scene, case, ends_on=case.ends_on)


def test_a_closed_case_is_not_extended_by_a_request_that_waited(scene: Province) -> None:
    case = opened_case(scene)
    request = extension(scene, case)
    cases.close_case(case=case, by=scene.second_inspector, reason="结案")
    with refused("not_longer"):
        agree(request, scene.second_inspector)
    with refused("not_longer"):
        extension(scene, Case.objects.get(pk=case.pk), by=scene.second_inspector)


def test_the_rule_of_the_day_of_decision_counts(scene: Province) -> None:
    """A shorter rule that came while the request waited holds; without any rule nothing opens."""
    request = asked(scene, ends_on=TODAY + OPEN * DAY)
    row = RuleSet.objects.get(kind=RuleKind.ACCESS_LIMIT, key="case_term|open")
    raw(row, parameters={"days": 30})
    with refused("too_long"):
        agree(request, scene.inspector_with_case)
    raw(row, valid_to=TODAY - DAY)
    with pytest.raises(RuleMissing):
        asked(scene, reference="青纪立〔2026〕31号")


def test_a_reference_asked_for_twice_is_one_case(scene: Province) -> None:
    request = asked(scene)
    with refused("asked_already"):
        asked(scene, by=scene.inspector_with_case)
    agree(request, scene.inspector_with_case)
    with refused("reference_taken"):
        asked(scene, reference=" 青纪立〔2026〕30号 ")


def test_an_asker_who_left_the_body_opens_nothing(scene: Province) -> None:
    request = asked(scene)
    raw(Assignment.objects.get(account=scene.second_inspector), valid_to=TODAY - DAY)
    with refused("asker_gone"):
        agree(request, scene.inspector_with_case)
    with pytest.raises(NotAdmitted):
        asked(scene, reference="青纪立〔2026〕31号")


def test_another_bodys_officer_neither_sees_nor_decides(scene: Province) -> None:
    prefecture = factories.division("632700", "玉树州", Level.PREFECTURE)
    body = factories.organisation("玉树州监委", kind=OrganKind.DISCIPLINE_INSPECTION, division=prefecture)
    stranger = assigned(factories.account("stranger", organisation=body), Role.INSPECTOR, body)
    request, case = asked(scene), opened_case(scene)
    for outsider in (stranger, scene.clerk, scene.security_admin, scene.superuser):
        with pytest.raises(NotAdmitted):
            agree(request, outsider)
        with pytest.raises(NotAdmitted):
            extension(scene, case, by=outsider)
        browser = signed_in(outsider)
        for act in ("decide", "withdraw"):
            assert browser.get(f"/staff/cases/asked/{request.ref}/{act}/").status_code == 404
            assert browser.post(f"/staff/cases/asked/{request.ref}/{act}/", {"reason": "x"}).status_code == 404
    assert request.reference not in signed_in(stranger).get("/staff/cases/").text


def test_the_database_holds_the_second_officer(scene: Province) -> None:
    """Written behind the back of the acts: one person, none, or no case is refused by the table itself."""
    request = asked(scene)
    for wrong in (
        {"decided_by": scene.second_inspector, "case": scene.case}, {"decided_by": None, "case": scene.case},
        {"decided_by": scene.inspector_with_case, "case": None},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            raw(request, state=ChangeState.CONFIRMED, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(request, kind=CaseRequestKind.EXTEND)


def test_an_extended_case_leaves_its_grants_where_they_ended(scene: Province) -> None:
    case = opened_case(scene)
    (grant,) = let_in(case, scene.inspector_without_case, [scene.file], by=scene.second_inspector)
    agree(extension(scene, case), scene.second_inspector)
    grant.refresh_from_db()
    assert grant.ends_on == date(2026, 7, 31)


def test_the_whole_way_in_two_browsers(scene: Province) -> None:
    """Asked in one browser, decided in another; whoever asked finds no page to decide it on."""
    one, other = signed_in(scene.inspector_without_case), signed_in(scene.second_inspector)
    form = {
        "reference": "青纪立〔2026〕9号", "organisation": scene.inspection.pk, "reason": "审查调查",
        "ends_on": (TODAY + (OPEN + 1) * DAY).isoformat(),
    }  # fmt: skip
    too_long = one.post("/staff/cases/new/", form)
    assert too_long.status_code == 422
    assert (TODAY + OPEN * DAY).isoformat() in too_long.text
    assert one.post("/staff/cases/new/", form | {"ends_on": (TODAY + 9 * DAY).isoformat()}).status_code == 302
    request = CaseRequest.objects.get()
    decide = f"/staff/cases/asked/{request.ref}/decide/"
    assert one.get(decide).status_code == 404
    assert one.post(decide, {"decision": "agree", "answer": "同意"}).status_code == 404
    assert decide in other.get("/staff/cases/").text
    assert not Case.objects.filter(reference="青纪立〔2026〕9号").exists()
    answer = other.post(decide, {"decision": "agree", "answer": "同意"})
    case = Case.objects.get(reference="青纪立〔2026〕9号")
    assert answer.headers["Location"] == f"/staff/cases/{case.pk}/"
    extend = {"ends_on": (TODAY + 30 * DAY).isoformat(), "reason": "未完"}
    assert other.post(f"/staff/cases/{case.pk}/extend/", extend).status_code == 302
    waiting = CaseRequest.objects.get(kind=CaseRequestKind.EXTEND)
    assert (
        one.post(f"/staff/cases/asked/{waiting.ref}/decide/", {"decision": "agree", "answer": "同意"}).status_code
        == 302
    )
    case.refresh_from_db()
    assert case.ends_on == TODAY + 30 * DAY

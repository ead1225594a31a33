"""Asking for files of a case 申请查阅 (H18): asked by one, decided by another, read-only, ends by itself."""

import ast
import inspect
from datetime import timedelta
from typing import Any

import pytest

from integrity import cases
from integrity.access import scope_for
from integrity.choices import Act, ChangeState
from integrity.exceptions import NotAdmitted
from integrity.models import Assignment, CaseGrant, GrantRequest
from tests import factories
from tests.integrity.scenes import TODAY, raw, refused
from tests.personas import Province, signed_in

pytestmark = pytest.mark.django_db


def asked(scene: Province, **changes: Any) -> GrantRequest:
    values: dict[str, Any] = {
        "case": scene.case, "by": scene.inspector_without_case, "files": [scene.file], "reason": "核查任职回避",
    }  # fmt: skip
    return cases.ask_files(**values | changes)


def reads(scene: Province) -> bool:
    return scope_for(scene.inspector_without_case, Act.READ, purpose=scene.purpose, case=scene.case).admits(scene.file)


def test_asked_by_one_granted_by_another_and_not_before(scene: Province) -> None:
    request = asked(scene)
    assert not reads(scene)
    with refused("self_grant"):
        cases.decide_request(request=request, by=scene.inspector_without_case, chosen=[scene.file.pk], answer="同意")
    cases.decide_request(request=request, by=scene.second_inspector, chosen=[scene.file.pk], answer="同意")
    assert reads(scene)
    with refused("decided"):
        cases.decide_request(request=request, by=scene.second_inspector, chosen=[], answer="撤回")


def test_some_of_the_files_or_none(scene: Province) -> None:
    other = factories.file(scene.authority, by=scene.clerk)
    request = asked(scene, files=[scene.file, other])
    cases.decide_request(request=request, by=scene.second_inspector, chosen=[other.pk], answer="仅此一份")
    assert not reads(scene)
    assert CaseGrant.objects.get(user=scene.inspector_without_case).content_object == other
    none = cases.decide_request(request=asked(scene), by=scene.second_inspector, chosen=[], answer="理由不足")
    assert none.state == ChangeState.REFUSED


def test_only_files_that_were_asked_for(scene: Province) -> None:
    """A forged id in the decision opens nothing."""
    other = factories.file(scene.authority, by=scene.clerk)
    cases.decide_request(request=asked(scene), by=scene.second_inspector, chosen=[other.pk], answer="同意")
    assert not CaseGrant.objects.filter(content_object=other).exists()


def test_another_body_neither_asks_nor_decides(scene: Province) -> None:
    for outsider in (scene.reviewer, scene.security_admin, scene.nobody):
        with pytest.raises(NotAdmitted):
            asked(scene, by=outsider)
        with pytest.raises(NotAdmitted):
            cases.decide_request(request=asked(scene), by=outsider, chosen=[scene.file.pk], answer="同意")


def test_a_request_lapses_and_a_closed_case_grants_nothing(scene: Province, clock: Any) -> None:
    request = asked(scene)
    clock.shift(timedelta(days=15))
    assert request not in cases.requests_of(scene.case)
    with refused("decided"):
        cases.decide_request(request=request, by=scene.second_inspector, chosen=[scene.file.pk], answer="同意")
    late = asked(scene)
    cases.close_case(case=scene.case, by=scene.second_inspector, reason="结案")
    with refused("case_closed"):
        cases.decide_request(request=late, by=scene.second_inspector, chosen=[scene.file.pk], answer="同意")


def test_extended_by_another_never_beyond_the_case(scene: Province) -> None:
    scene.case.ends_on = TODAY + timedelta(days=60)
    factories.saved(scene.case)
    grant = CaseGrant.objects.get(user=scene.inspector_with_case)
    grant.ends_on = TODAY + timedelta(days=5)
    factories.saved(grant)
    grant.case = scene.case
    with refused("self_grant"):
        cases.extend_grant(grant=grant, by=scene.inspector_with_case, ends_on=TODAY + timedelta(days=9), reason="未完")
    with refused("beyond_case"):
        cases.extend_grant(grant=grant, by=scene.second_inspector, ends_on=TODAY + timedelta(days=61), reason="未完")
    longer = cases.extend_grant(
        grant=grant, by=scene.second_inspector, ends_on=TODAY + timedelta(days=30), reason="未完"
    )
    assert longer.ends_on == TODAY + timedelta(days=30)


def test_there_is_no_grant_without_a_request(scene: Province) -> None:
    """Nothing public of the acts lets anybody in but the decision of a request, and that its asker alone (H18)."""
    tree = ast.parse(inspect.getsource(cases))
    making = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef)
        for call in ast.walk(node) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "CaseGrant"
    }  # fmt: skip
    assert making == {"_let_in"}
    calling = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef)
        for call in ast.walk(node) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_let_in"
    }  # fmt: skip
    assert calling == {"decide_request"}
    browser = signed_in(scene.second_inspector)
    assert browser.get(f"/staff/cases/{scene.case.pk}/grant/").status_code == 404


def test_who_left_the_body_while_a_request_waited_is_not_let_in(scene: Province) -> None:
    request = asked(scene)
    raw(Assignment.objects.get(account=scene.inspector_without_case), valid_to=TODAY - timedelta(days=1))
    with refused("asker_gone"):
        cases.decide_request(request=request, by=scene.second_inspector, chosen=[scene.file.pk], answer="同意")


def test_the_whole_way_in_two_browsers(scene: Province) -> None:
    one, other = signed_in(scene.inspector_without_case), signed_in(scene.second_inspector)
    page = f"/staff/cases/{scene.case.pk}/ask/"
    found = one.post(page, {"find": "1", "name": "扎西·多杰", "unit": scene.authority.name})
    form = {
        "found": found.context["form"].initial["found"], "chosen": scene.file.pk, "reason": "核查",
        "ends_on": (TODAY + timedelta(days=10)).isoformat(),
    }  # fmt: skip
    assert one.post(page, form).status_code == 302
    request = GrantRequest.objects.get()
    decide = f"/staff/cases/{scene.case.pk}/requests/{request.ref}/decide/"
    assert one.get(decide).status_code == 404
    assert scene.person.name in other.get(decide).text
    assert other.post(decide, {"chosen": [scene.file.pk], "answer": "同意"}).status_code == 302
    assert reads(scene)


def test_the_department_and_the_person_learn_nothing_of_it(scene: Province) -> None:
    """N9: before, while and after the asking the pages of both are what they were."""
    watch = dict.fromkeys(("reviewer", "subject_himself"), f"/staff/files/{scene.file.ref}/")
    before = {name: signed_in(getattr(scene, name)).get(address).text.count("案件") for name, address in watch.items()}
    asked(scene)
    after = {name: signed_in(getattr(scene, name)).get(address).text.count("案件") for name, address in watch.items()}
    assert before == after
    assert "核查任职回避" not in signed_in(scene.subject_himself).get("/staff/my/reads/").text

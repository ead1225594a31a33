"""Cases: a second officer lets an inspector in, to files named exactly; it ends by itself, and nobody browses."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrity.choices import Level, OrganKind, Role
from integrity.models import Case, CaseGrant, GrantRequest, ReadEntry
from tests import factories
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db


def ask_page(scene: Province) -> str:
    return f"/staff/cases/{scene.case.pk}/ask/"


def find(browser: Any, scene: Province, **named: str) -> Any:
    return browser.post(ask_page(scene), {"find": "1"} | named)


def asking(found: Any, chosen: int) -> dict[str, Any]:
    return {
        "found": found.context["form"].initial["found"], "chosen": chosen,
        "ends_on": (timezone.localdate() + timedelta(days=30)).isoformat(), "reason": "审查需要",
    }  # fmt: skip


def test_a_file_named_exactly_is_asked_for_and_granted_by_a_second_officer(scene: Province) -> None:
    """H18, H19: found by whole name and unit, logged, asked for, granted; the inspector then sees it, not before."""
    reader = signed_in(scene.inspector_without_case, purpose="审查调查", case=scene.case.reference)
    found = find(reader, scene, name="扎西·多杰", unit=scene.authority.name)
    assert [file.pk for file in found.context["found"]] == [scene.file.pk]
    entry = ReadEntry.objects.filter(account=scene.inspector_without_case, act="grant").latest("pk")
    assert (entry.ids, entry.case) == ([scene.file.pk], scene.case)
    assert reader.post(ask_page(scene), asking(found, scene.file.pk)).status_code == 302
    assert reader.get(f"/staff/files/{scene.file.ref}/").status_code == 404
    request = GrantRequest.objects.get()
    decide = f"/staff/cases/{scene.case.pk}/requests/{request.ref}/decide/"
    assert reader.post(decide, {"chosen": [scene.file.pk], "answer": "同意"}).status_code == 404
    second = scene.browser("second_inspector")
    assert second.post(decide, {"chosen": [scene.file.pk], "answer": "同意"}).status_code == 302
    grant = CaseGrant.objects.get(user=scene.inspector_without_case)
    assert grant.granted_by == scene.second_inspector
    assert reader.get(f"/staff/files/{scene.file.ref}/").status_code == 200


PARTS_OF_A_NAME: tuple[dict[str, str], ...] = (
    {"name": "扎西"},
    {"name": "扎西", "unit": "海东市委组织部"},
    {"unit": "海东市委组织部"},
    {"name": "扎西多杰", "unit": "海东"},
    {},
)


@pytest.mark.parametrize("named", PARTS_OF_A_NAME)
def test_a_part_of_a_name_finds_nobody(scene: Province, named: dict[str, str]) -> None:
    found = find(scene.browser("second_inspector"), scene, **named)
    assert not found.context["found"]
    assert "扎西多杰 ·" not in found.text


def test_the_identity_number_and_the_file_number_find_the_file(scene: Province) -> None:
    number = factories.identity_number(88)
    factories.identifier(scene.person, number)
    browser = scene.browser("second_inspector")
    for named in ({"number": number}, {"ref": str(scene.file.ref)}):
        assert [file.pk for file in find(browser, scene, **named).context["found"]] == [scene.file.pk]


def test_only_files_that_were_found_are_asked_for(scene: Province) -> None:
    """Forged POST: another file's id, another officer's sealed list, none at all."""
    other = factories.file(scene.authority, by=scene.clerk, name="李援朝")
    browser = scene.browser("second_inspector")
    found = find(browser, scene, ref=str(scene.file.ref))
    data = asking(found, other.pk)
    assert browser.post(ask_page(scene), data).status_code == 422
    stolen = signed_in(scene.inspector_with_case).post(ask_page(scene), asking(found, scene.file.pk))
    assert stolen.status_code == 422
    assert browser.post(ask_page(scene), data | {"found": ""}).status_code == 422
    assert not GrantRequest.objects.exists()


def test_another_bodys_case_and_another_places_file_are_absent(scene: Province) -> None:
    prefecture = factories.division("632700", "玉树州", Level.PREFECTURE)
    body = factories.organisation("玉树州监委", kind=OrganKind.DISCIPLINE_INSPECTION, division=prefecture)
    stranger = assigned(factories.account("stranger", organisation=body), Role.INSPECTOR, body)
    browser = signed_in(stranger)
    for address in ("", "ask/", "close/"):
        assert browser.get(f"/staff/cases/{scene.case.pk}/{address}").status_code == 404
    assert scene.case.reference not in browser.get("/staff/cases/").text
    own = factories.case(body, "玉纪立〔2026〕1号")
    found = browser.post(f"/staff/cases/{own.pk}/ask/", {"find": "1", "ref": str(scene.file.ref)})
    assert found.context["found"] == []


def test_cases_are_for_inspectors_alone(scene: Province) -> None:
    for name in ("clerk", "reviewer", "regulator", "superuser", "audit_admin", "subject_himself", "nobody"):
        browser = scene.browser(name)
        for address in ("/staff/cases/", "/staff/cases/new/", f"/staff/cases/{scene.case.pk}/", ask_page(scene)):
            assert browser.get(address).status_code == 404, (name, address)


def test_a_case_is_asked_for_with_reference_reason_and_end(scene: Province) -> None:
    browser = scene.browser("inspector_without_case")
    data = {
        "reference": "青纪立〔2026〕9号", "organisation": scene.inspection.pk, "reason": "审查调查",
        "ends_on": (timezone.localdate() - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert browser.post("/staff/cases/new/", data).status_code == 422
    data["ends_on"] = (timezone.localdate() + timedelta(days=60)).isoformat()
    assert browser.post("/staff/cases/new/", data).headers["Location"] == "/staff/cases/"
    assert not Case.objects.filter(reference="青纪立〔2026〕9号").exists()
    assert browser.post("/staff/cases/new/", data).status_code == 422
    assert browser.post("/staff/cases/new/", data | {"organisation": scene.authority.pk}).status_code == 422


def test_a_cut_grant_and_a_closed_case_let_nobody_in(scene: Province) -> None:
    reader = scene.browser("inspector_with_case")
    officer = scene.browser("second_inspector")
    address = f"/staff/files/{scene.file.ref}/"
    assert reader.get(address).status_code == 200
    grant = CaseGrant.objects.get(user=scene.inspector_with_case)
    officer.post(f"/staff/cases/{scene.case.pk}/grants/{grant.pk}/cut/", {"reason": "无需继续"})
    assert reader.get(address).status_code == 404
    officer.post(f"/staff/cases/{scene.case.pk}/close/", {"reason": "结案"})
    scene.case.refresh_from_db()
    assert scene.case.closed_on == timezone.localdate()


def test_a_third_inspector_sees_the_grant_and_not_the_name(scene: Province) -> None:
    address = f"/staff/cases/{scene.case.pk}/"
    assert "扎西多杰" in scene.browser("second_inspector").get(address).text
    page = scene.browser("inspector_without_case").get(address)
    assert page.status_code == 200
    assert "扎西多杰" not in page.text


def test_the_security_administrator_sees_who_can_read_and_no_content(scene: Province) -> None:
    """三员分立: names of readers with their path, nothing of the file."""
    address = f"/staff/readers/?ref={scene.file.ref}"
    page = scene.browser("security_admin").get(address)
    named = {reader.account.username for reader in page.context["readers"]}
    assert {"clerk", "reviewer"} <= named
    assert "inspector_with_case" not in named, "a case of the province's is not told to a prefecture (N9)"
    assert "扎西多杰" not in page.text
    assert scene.file.post_title not in page.text
    for name in ("system_admin", "audit_admin", "superuser", "clerk", "inspector_with_case"):
        assert scene.browser(name).get(address).status_code == 404
    absent = scene.browser("security_admin").get("/staff/readers/?ref=00000000-0000-4000-8000-000000000000")
    assert "没有此编号的档案" in absent.text
    of_province = assigned(
        factories.account("of_province", organisation=scene.inspection), Role.SECURITY_ADMIN, scene.inspection
    )
    told = signed_in(of_province).get(address)
    assert "inspector_with_case" in {reader.account.username for reader in told.context["readers"]}

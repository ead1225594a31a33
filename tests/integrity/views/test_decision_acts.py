"""Entering and approving through the browser: every proof of H2, four eyes (H18), forged and doubled forms."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from integrity.choices import DecisionKind, RecordState
from integrity.models import Appraisal, Decision, IntegrityFile, LegalBasis
from tests import factories
from tests.personas import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def law(reference: None, scene: Province) -> LegalBasis:
    basis: LegalBasis = LegalBasis.objects.filter(code="政务处分法#8").get()
    return basis


def form(scene: Province, law: LegalBasis, **changes: Any) -> dict[str, Any]:
    return {
        "kind": DecisionKind.DEMERIT,
        "decided_on": "2024-03-01",
        "served_on": "2024-03-05",
        "deciding_authority": scene.inspection.code,
        "document_no": "青监处〔2024〕1号",
        "facts": "违反工作纪律。",
        "bases": [law.pk],
        "upload": SimpleUploadedFile("decision.pdf", b"%PDF-1.7 made up"),
        "action": "save",
        "once": "",
    } | changes


def enter(scene: Province, data: dict[str, Any], name: str = "clerk") -> Any:
    return scene.browser(name).post(reverse("staff:decision_new", args=[scene.file.ref]), data)


def newest() -> Decision:
    row: Decision = Decision._base_manager.latest("pk")
    return row


def step(scene: Province, name: str, what: str, row: Decision, **data: Any) -> Any:
    return scene.browser(name).post(reverse(f"staff:decision_{what}", args=[row.ref]), data)


def test_a_decision_goes_from_the_clerk_over_the_reviewer_into_force(scene: Province, law: LegalBasis) -> None:
    answer = enter(scene, form(scene, law))
    assert answer.status_code == 302, answer.context["form"].errors
    row = newest()
    assert (row.state, row.effective_to) == (RecordState.DRAFT, date(2025, 2, 28))
    assert step(scene, "clerk", "submit", row).status_code == 302
    page = scene.browser("reviewer").get(reverse("staff:decision_approve", args=[row.ref]))
    assert page.context["refusals"] == []
    assert step(scene, "reviewer", "approve", row).status_code == 302
    row.refresh_from_db()
    assert row.state == RecordState.LIFTED  # its period ended in 2025
    assert row.approved_by == scene.reviewer


@pytest.mark.parametrize(
    ("lacks", "value", "words"),
    [
        ("document_no", "", "请填写决定文书文号"),
        ("served_on", "", "请填写送达日期"),
        ("decided_on", "", "请填写决定日期"),
        ("deciding_authority", "", "请选择决定机关"),
        ("bases", [], "请选择法律依据"),
        ("upload", "", "请上传决定文书"),
    ],
)
def test_h2_each_missing_proof_is_named_and_stops_the_approval(
    scene: Province, law: LegalBasis, lacks: str, value: Any, words: str
) -> None:
    assert enter(scene, form(scene, law, **{lacks: value}, action="submit")).status_code == 302
    row = newest()
    page = scene.browser("reviewer").get(reverse("staff:decision_approve", args=[row.ref])).text
    assert words in page
    answer = step(scene, "reviewer", "approve", row)
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.state == RecordState.SUBMITTED


def test_h18_nobody_approves_what_they_entered(scene: Province, law: LegalBasis) -> None:
    enter(scene, form(scene, law, action="submit"), name="organisation_officer")
    row = newest()
    answer = step(scene, "organisation_officer", "approve", row)
    assert answer.status_code == 422
    assert "H18" in answer.text
    row.refresh_from_db()
    assert row.state == RecordState.SUBMITTED


@pytest.mark.parametrize("name", [*Province.DO_NOT_SEE, "inspector_with_case", "subject_himself", "reviewer"])
def test_a_forged_entry_finds_nothing(scene: Province, law: LegalBasis, name: str) -> None:
    assert enter(scene, form(scene, law), name=name).status_code == 404
    assert not Decision._base_manager.exists()


@pytest.mark.parametrize("name", [*Province.DO_NOT_SEE, "inspector_with_case", "subject_himself", "clerk"])
def test_a_forged_approval_finds_nothing(scene: Province, law: LegalBasis, name: str) -> None:
    enter(scene, form(scene, law, action="submit"))
    row = newest()
    for what in ("approve", "return", "revoke"):
        assert step(scene, name, what, row, reason="伪造", document="x").status_code == 404
    row.refresh_from_db()
    assert row.state == RecordState.SUBMITTED


def test_fields_that_the_form_does_not_have_are_ignored(scene: Province, law: LegalBasis) -> None:
    """Mass assignment."""
    extra = {"state": "in_force", "approved_by": scene.reviewer.pk, "grade": 1, "authority": scene.other_authority.pk,
             "entered_by": scene.reviewer.pk, "effective_to": "2099-01-01", "sealed": "on"}  # fmt: skip
    enter(scene, form(scene, law) | extra)
    row = newest()
    assert (row.state, row.approved_by, row.authority) == (RecordState.DRAFT, None, scene.authority)
    assert (row.entered_by, row.effective_to, row.sealed) == (scene.clerk, date(2025, 2, 28), False)


def test_a_form_sent_twice_enters_once(scene: Province, law: LegalBasis) -> None:
    browser, url = scene.browser("clerk"), reverse("staff:decision_new", args=[scene.file.ref])
    once = browser.get(url).context["form"]["once"].value()
    first = browser.post(url, form(scene, law, once=once))
    second = browser.post(url, form(scene, law, once=once))
    assert first.headers["Location"] == second.headers["Location"]
    assert Decision._base_manager.count() == 1


def test_the_law_is_shown_while_one_types(scene: Province, law: LegalBasis) -> None:
    url = reverse("staff:decision_forecast", args=[scene.file.ref])
    data = {"kind": DecisionKind.WARNING, "decided_on": "2026-08-31", "deciding_authority": scene.inspection.code}
    text = scene.browser("clerk").post(url, data).text
    assert "2027年2月27日" in text or "2027年2月28日" in text
    assert "政务处分法" in text
    assert scene.browser("inspector_with_case").post(url, data).status_code == 404
    preview = enter(scene, form(scene, law, action="preview", upload=""))
    assert preview.status_code == 200
    assert "影响期" in preview.text
    assert not Decision._base_manager.exists()


def test_a_wrong_authority_is_refused_with_its_article(scene: Province, law: LegalBasis) -> None:
    url = reverse("staff:decision_forecast", args=[scene.file.ref])
    school = factories.organisation("某协会", kind="association")
    data = {"kind": DecisionKind.DEMERIT, "decided_on": "2026-03-01", "deciding_authority": school.code}
    answer = scene.browser("clerk").post(url, data)
    assert answer.context["forecast"].refused


def test_the_document_is_an_attachment_that_runs_nothing(scene: Province, law: LegalBasis) -> None:
    enter(scene, form(scene, law))
    url = reverse("staff:decision_document", args=[newest().ref])
    answer = scene.browser("clerk").get(url)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer.headers["Cache-Control"]
    assert scene.browser("clerk_of_other_authority").get(url).status_code == 404
    assert scene.browser("second_clerk").get(url).status_code == 404  # still a draft


def test_a_picture_of_the_wrong_kind_is_refused(scene: Province, law: LegalBasis) -> None:
    answer = enter(scene, form(scene, law, upload=SimpleUploadedFile("x.pdf", b"<html>")))
    assert answer.status_code == 422
    assert not Decision._base_manager.exists()


def test_revoking_and_voiding_keep_the_row_with_its_reason(scene: Province, law: LegalBasis) -> None:
    """H14."""
    enter(scene, form(scene, law, decided_on="2026-09-01", served_on="2026-09-03", action="submit"))
    row = newest()
    step(scene, "reviewer", "approve", row)
    assert step(scene, "second_reviewer", "revoke", row, reason="认定有误").status_code == 422
    answer = step(scene, "second_reviewer", "revoke", row, reason="认定有误", document="青监撤〔2026〕1号")
    assert answer.status_code == 302, answer.context["form"].errors
    row.refresh_from_db()
    assert (row.state, row.ended_reason) == (RecordState.REVOKED, "认定有误")


def test_a_file_is_proposed_by_one_and_established_by_another(scene: Province) -> None:
    browser = scene.browser("clerk")
    data = {"name": "索南•才让", "unit": scene.authority.code, "authority": scene.authority.pk, "title": "科员",
            "category": "general", "servant_kind": "civil_servant", "reason": "新录用",
            "identity_number": factories.identity_number(5)}  # fmt: skip
    answer = browser.post("/staff/files/new/", data | {"status": "established"})
    assert answer.status_code == 302, answer.context["form"].errors
    file = IntegrityFile._base_manager.latest("pk")
    assert (file.name, file.status) == ("索南·才让", "draft")
    url = reverse("staff:file_establish", args=[file.ref])
    assert browser.post(url, {}).status_code == 404
    assert scene.browser("second_clerk").get(reverse("staff:file", args=[file.ref])).status_code == 404
    assert scene.browser("reviewer").post(url, {}).status_code == 302
    assert browser.post("/staff/files/new/", data | {"once": "again"}).status_code == 422  # the number is known


def test_a_part_goes_from_draft_over_return_into_force(scene: Province) -> None:
    clerk, reviewer = scene.browser("clerk"), scene.browser("reviewer")
    data = {"year": 2025, "result": "competent", "body": "考核委员会", "state": "in_force", "approved_by": 1}
    answer = clerk.post(reverse("staff:part_new", args=[scene.file.ref, "appraisal"]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    row = Appraisal._base_manager.get()
    assert (row.state, row.approved_by) == (RecordState.DRAFT, None)

    def to(what: str, browser: Any, **values: Any) -> int:
        status: int = browser.post(reverse(f"staff:part_{what}", args=["appraisal", row.ref]), values).status_code
        return status

    assert to("submit", clerk) == 302
    assert to("return", reviewer) == 422  # no reason given
    assert to("return", reviewer, reason="年度有误") == 302
    assert to("edit", scene.browser("second_clerk"), **data) == 404
    assert to("edit", clerk, **(data | {"year": 2024})) == 302
    assert to("submit", clerk) == 302
    assert to("approve", scene.browser("clerk")) == 404
    assert to("approve", reviewer) == 302
    row.refresh_from_db()
    assert (row.state, row.year, row.approved_by) == (RecordState.IN_FORCE, 2024, scene.reviewer)
    twice = clerk.post(reverse("staff:part_new", args=[scene.file.ref, "appraisal"]), data | {"year": 2024})
    assert twice.status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"served_on": "2024-02-01"}, "送达日期不能早于决定日期"),
        ({"decided_on": "2099-01-01", "served_on": ""}, "决定日期不能晚于今天"),
        ({"kind": DecisionKind.WARNING, "period_months": "40"}, "期限不在法定幅度内"),
    ],
)
def test_h2_dates_and_period_are_refused_while_one_types(
    scene: Province, law: LegalBasis, changes: dict[str, str], words: str
) -> None:
    """H2; 政务处分法 8, 15: what approval will refuse stands in the panel."""
    url = reverse("staff:decision_forecast", args=[scene.file.ref])
    answer = scene.browser("clerk").post(url, form(scene, law, upload="") | changes)
    assert words in [line.value for line in answer.context["forecast"].refused]


def test_h2b_a_basis_of_another_day_is_refused_by_its_name(scene: Province, law: LegalBasis) -> None:
    """政务处分法 is in force from 2020-07-01."""
    answer = enter(scene, form(scene, law, decided_on="2019-03-01", served_on="2019-03-05"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["bases"] == [f"{law} 在决定日期 2019-03-01 不具效力"]


def test_h2b_the_bases_offered_are_those_of_the_decision_date_with_the_fitting_law_first(
    scene: Province, law: LegalBasis
) -> None:
    answer = enter(scene, form(scene, law, decided_on="2010-03-01", action="preview", upload="", bases=[]))
    offered = [pk for pk, _label in answer.context["form"].fields["bases"].choices]
    assert law.pk not in offered
    assert LegalBasis.objects.get(pk=offered[0]).code.startswith("公务员处分条例#")


def test_h14_an_amendment_starts_without_the_old_period(scene: Province, law: LegalBasis) -> None:
    enter(scene, form(scene, law, period_months="12", decided_on="2026-09-01", served_on="2026-09-03", action="submit"))
    row = newest()
    step(scene, "reviewer", "approve", row)
    page = scene.browser("clerk").get(reverse("staff:decision_amend", args=[row.ref]))
    assert page.context["form"]["period_months"].value() is None

"""My worklist: each role sees its own; what is shown is logged; a form of purpose holds for the session."""

from typing import Any

import pytest
from django.test import Client

from integrity.choices import DecisionKind, RecordState
from integrity.models import ReadEntry
from tests import factories
from tests.personas import Province, signed_in

pytestmark = pytest.mark.django_db


def test_visitors_are_sent_to_the_sign_in(client: Client) -> None:
    answer = client.get("/staff/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]


@pytest.mark.parametrize("name", [*Province.SEE, *Province.DO_NOT_SEE])
def test_everybody_has_a_worklist(scene: Province, name: str) -> None:
    answer = scene.browser(name).get("/staff/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_draft_waits_for_its_author_and_a_submitted_record_for_the_reviewer(scene: Province) -> None:
    factories.appraisal(scene.file, by=scene.clerk, state=RecordState.DRAFT, year=2023)
    factories.appraisal(scene.file, by=scene.clerk, state=RecordState.SUBMITTED, year=2024)
    author = scene.browser("clerk").get("/staff/").context
    assert (author["drafts"].count, author["to_approve"].count) == (1, 0)
    assert scene.browser("reviewer").get("/staff/").context["to_approve"].count == 1
    assert scene.browser("second_clerk").get("/staff/").context["drafts"].count == 0
    assert scene.browser("reviewer_of_other_authority").get("/staff/").context["to_approve"].count == 0


def test_what_waits_is_named_by_kind_and_document(scene: Province) -> None:
    waiting: dict[str, Any] = {"state": RecordState.SUBMITTED, "submitted_by": scene.clerk}
    factories.decision(scene.file, by=scene.clerk, document_no="西纪处〔2025〕12号", **waiting)
    factories.decision(scene.file, by=scene.clerk, kind=DecisionKind.UNCLASSIFIED, document_no="", **waiting)
    factories.appraisal(scene.file, by=scene.clerk, **waiting)
    browser = scene.browser("reviewer")
    for page in (browser.get("/staff/").text, browser.get("/staff/approvals/").text):
        assert "记过 西纪处〔2025〕12号</a>" in page
        assert "种类待定的决定</a>" in page
        assert "年度考核</a>" in page


def test_nobody_is_asked_to_approve_what_they_entered(scene: Province) -> None:
    """H18."""
    factories.appraisal(scene.file, by=scene.organisation_officer, state=RecordState.SUBMITTED)
    assert scene.browser("organisation_officer").get("/staff/").context["to_approve"].count == 0


def test_administrators_and_superusers_are_shown_no_name(scene: Province) -> None:
    for name in ("system_admin", "security_admin", "audit_admin", "superuser"):
        assert "扎西多杰" not in scene.browser(name).get("/staff/").text


def test_an_inspector_sees_cases_before_and_names_after_stating_the_purpose(scene: Province) -> None:
    browser = signed_in(scene.inspector_with_case)
    before = browser.get("/staff/").text
    assert scene.case.reference in before
    assert "扎西多杰" not in before
    browser.post("/staff/purpose/", {"purpose": "审查调查", "case": scene.case.reference})
    assert "扎西多杰" in browser.get("/staff/").text


def test_what_a_worklist_shows_is_logged(scene: Province) -> None:
    """H19."""
    scene.browser("clerk").get("/staff/")
    entry = ReadEntry.objects.filter(account=scene.clerk, model="integrityfile").get()
    assert entry.ids == [scene.file.pk]
    assert entry.subject_ids == [str(scene.person.pk)]


def test_the_purpose_form_leads_to_no_other_site(scene: Province) -> None:
    answer = scene.browser("inspector_without_case").post("/staff/purpose/", {"next": "https://example.com/"})
    assert answer.headers["Location"] == "/staff/"

"""Pages log and close 页面逐条 (H19): each staff page that shows, counts or looks for people writes its own line."""

from __future__ import annotations

import pytest
from django.urls import reverse

from integrity import worklist
from integrity.access import scope_for
from integrity.choices import Act, Grade, StatusBasis
from integrity.exceptions import NotAdmitted
from integrity.models import PARTS, ReadEntry, SubjectIdentifier
from integrity.practitioners import propose_record
from tests import factories
from tests.access.test_rule_lines import PAST_DRAFT, objection, publication
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.personas import Province

pytestmark = pytest.mark.django_db
#: Who opens which page, and the line it must write: door and kind of rows (any, where none is named).
PAGES = [
    ("reviewer", "", "staff.WorklistView", ""),
    ("inspector_with_case", "", "staff.WorklistView", "integrityfile"),
    ("reviewer", "approvals/", "staff.Approvals", "filepart"),
    ("reviewer", "files/", "staff.FileList", "integrityfile"),
    ("reviewer", "decisions/", "staff.DecisionList", "decision"),
    ("regulator", "practitioners/", "staff.PractitionerList", "practitionerrecord"),
    ("regulator", "practitioners/{record}/", "staff.PractitionerPage", "practitionerrecord"),
    ("regulator", "practitioners/{record}/", "staff.PractitionerPage", "penalty"),
    ("publisher", "publications/", "staff.PublicationList", "publication"),
    ("publisher", "publications/{publication}/", "staff.PublicationPage", "publication"),
    ("second_inspector", "cases/{case}/", "staff.CasePage", "integrityfile"),
    ("clerk", "emergencies/", "staff.Emergencies", "breakglass"),
    ("reviewer", "erasures/", "staff.ErasureList", "erasure"),
    ("clerk", "my/recusals/", "staff.OwnRecusals", "recusaldeclaration"),
    ("subject_himself", "my/reads/", "staff.OwnReads", "readentry"),
    ("subject_himself", "my/readers/", "staff.OwnReaders", "integrityfile"),
]


@pytest.mark.parametrize(("persona", "page", "door", "model"), PAGES)
def test_each_page_writes_its_line(scene: Province, persona: str, page: str, door: str, model: str) -> None:
    record = scenes.practitioner(scene)
    factories.penalty(record, by=scene.regulator, state=PAST_DRAFT)
    shown = publication(record, scene)
    address = page.format(record=record.ref, publication=shown.ref, case=scene.case.pk)
    browser = scene.browser(persona)
    before = ReadEntry.objects.count()
    assert browser.get(f"/staff/{address}").status_code == 200
    lines = ReadEntry.objects.order_by("pk")[before:]
    told = {(line.door, line.model) for line in lines if line.account == getattr(scene, persona)}
    assert (door, model) in told or (not model and door in {one for one, _model in told}), told
    assert all(line.address for line in lines)


def test_a_number_is_revealed_for_a_purpose_and_from_clearance_three_on(scene: Province) -> None:
    number = factories.identifier(scene.person)
    address = f"/staff/files/{scene.file.ref}/numbers/{number.ref}/"
    assert scene.browser("clerk").post(address, {"purpose": "核实"}).status_code == 200
    assert scene.browser("clerk").post(address, {"purpose": " "}).status_code == 404
    raw(scene.clerk.assignments.get(), clearance=Grade.INTERNAL)
    assert scene.browser("clerk").post(address, {"purpose": "核实"}).status_code == 404
    assert SubjectIdentifier.objects.unscoped(reason="测试").get(pk=number.pk).number()


def test_who_can_see_a_file_is_told_to_those_who_approve(scene: Province) -> None:
    address = f"/staff/files/{scene.file.ref}/readers/"
    answers = {name: scene.browser(name).get(address).status_code for name in ("reviewer", "clerk", "subject_himself")}
    assert answers == {"reviewer": 200, "clerk": 404, "subject_himself": 404}


def test_a_penalty_is_entered_by_those_whose_clearance_reaches_penalties(scene: Province) -> None:
    record = scenes.practitioner(scene)
    address = f"/staff/practitioners/{record.ref}/penalties/new/"
    assert scene.browser("regulator").get(address).status_code == 200
    raw(scene.regulator.assignments.get(), clearance=Grade.INTERNAL)
    assert scene.browser("regulator").get(address).status_code == 404


def test_a_penaltys_page_names_no_amendment_that_one_may_not_read(scene: Province) -> None:
    record = scenes.practitioner(scene)
    row = factories.penalty(record, by=scene.regulator, state=PAST_DRAFT)
    later = factories.penalty(record, by=scene.regulator, amends=row, document_no="青司罚〔2026〕77号")
    address = f"/staff/penalties/{row.ref}/"
    assert str(later.ref) in scene.browser("regulator").get(address).text
    raw(later, authority=scene.other_authority)
    assert str(later.ref) not in scene.browser("regulator").get(address).text


def test_own_objections_alone_stand_beside_the_own_readings(scene: Province) -> None:
    objection(scene, text="我的异议文字", grade=Grade.STRICT)
    address = "/staff/my/reads/"
    assert scene.browser("subject_himself").get(address).context["objections"]
    raw(scene.subject_himself, subject=factories.subject("另一人"))
    assert not scene.browser("subject_himself").get(address).context["objections"]


def test_a_practitioner_without_a_licence_asks_too(scene: Province) -> None:
    free = factories.profession("researcher-test", "科研人员", status_basis=StatusBasis.NONE)
    with pytest.raises(NotAdmitted):
        propose_record(by=scene.clerk, name="马秀英", profession=free, authority=scene.bureau, reason="测试")


def test_what_waits_for_approval_is_within_the_scope(scene: Province) -> None:
    scenes.submitted(scene)
    for account, number in ((scene.reviewer, 1), (scene.reviewer_of_other_authority, 0)):
        assert worklist.to_approve(scope_for(account, Act.APPROVE), account).count == number


def test_a_list_shows_the_rows_of_the_scope(scene: Province) -> None:
    """Every list of the site asks through `scoped_rows`."""
    for persona, there in (("reviewer", True), ("reviewer_of_other_authority", False)):
        assert (scene.person.name in scene.browser(persona).get("/staff/files/").text) is there, persona


def test_an_administrators_page_is_its_offices_and_writes_its_line(scene: Province) -> None:
    address = reverse("staff:accounts")
    for persona, status, outcome in (("security_admin", 200, "shown"), ("clerk", 404, "refused")):
        account = getattr(scene, persona)
        assert scene.browser(persona).get(address).status_code == status
        assert ReadEntry.objects.filter(account=account, model="account", outcome=outcome).exists(), persona


def test_an_entry_form_opens_to_whom_it_may_be_sent_by(scene: Province) -> None:
    """Above the clearance not even the empty form: what is on a form tells that there is such a record."""
    browser = scene.browser("clerk")
    addresses = {
        model: reverse("staff:part_new", args=[scene.file.ref, str(model._meta.model_name)]) for model, _ in PARTS
    }
    decision = reverse("staff:decision_new", args=[scene.file.ref])
    assert {browser.get(address).status_code for address in (*addresses.values(), decision)} == {200}
    raw(scene.clerk.assignments.get(), clearance=Grade.SENSITIVE)
    lower = scene.browser("clerk")
    for model, grade in PARTS:
        assert lower.get(addresses[model]).status_code == (200 if grade <= Grade.SENSITIVE else 404), model
    assert lower.get(decision).status_code == 404

"""Practitioners: listed opens, the rest is absent alike; record, licence and penalty each by two persons."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from integrity import decisions
from integrity.choices import FileStatus, Level, LicenceState, OrganKind, PenaltyKind, RecordState, Role
from integrity.exceptions import ActRefused
from integrity.models import (
    Assessment,
    Document,
    Licence,
    Penalty,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerRecord,
    ProfessionSanction,
    Qualification,
    ReadEntry,
)
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 made up"


@pytest.fixture
def lawyer(scene: Province) -> PractitionerRecord:
    record: PractitionerRecord = factories.practitioner(
        scene.bureau, by=scene.regulator, of=scene.profession, name="索南才让", unit_name="演示律师所"
    )
    return record


@pytest.fixture
def sanction(scene: Province) -> ProfessionSanction:
    """The suspension of three to six months of article 48."""
    return ProfessionSanction.objects.get(
        profession=scene.profession, kind=PenaltyKind.SUSPENSION, basis__code="律师法#48"
    )


def penalty_data(sanction: ProfessionSanction, **changes: Any) -> dict[str, Any]:
    return {
        "kind": PenaltyKind.SUSPENSION, "decided_on": "2026-03-02", "served_on": "2026-03-05",
        "deciding_authority": "省司法厅", "document_no": "青司罚〔2026〕3号", "violation": "私自收案",
        "content": "停止执业三个月",
        "period_months": "3", "bases": [sanction.basis_id], "reason": "依决定书录入",
    } | changes  # fmt: skip


def ref(page: str, row: Any) -> str:
    return f"/staff/{page}/{row.ref}/"


# --- who sees what -----------------------------------------------------------------------------


def test_what_is_listed_opens_and_what_is_not_listed_is_absent(scene: Province, lawyer: PractitionerRecord) -> None:
    """List = detail, for every persona; refused and unknown are the same answer."""
    unknown = scene.browser("clerk").get("/staff/practitioners/00000000-0000-4000-8000-000000000000/")
    for name in (*Province.SEE, *Province.DO_NOT_SEE, "second_regulator"):
        browser = scene.browser(name)
        listed = lawyer.name in browser.get("/staff/practitioners/").text
        page = browser.get(ref("practitioners", lawyer))
        assert listed == (page.status_code == 200) == (name in ("regulator", "second_regulator")), name
        if not listed:
            assert page.status_code == unknown.status_code == 404
            if name == "clerk":
                assert page.content.replace(str(lawyer.ref).encode(), b"") == unknown.content.replace(
                    b"00000000-0000-4000-8000-000000000000", b""
                )


def test_a_regulator_of_another_profession_or_authority_sees_nothing(
    scene: Province, lawyer: PractitionerRecord
) -> None:
    doctor = factories.profession("doctor", "医师")
    bureau = scene.bureau
    other = factories.organisation("市司法局", kind=OrganKind.GOVERNMENT_DEPARTMENT, level=Level.PREFECTURE)
    for where, what in ((bureau, doctor), (other, scene.profession)):
        account = assigned(factories.account(), Role.REGULATOR, where, profession=what)
        assert lawyer.name not in signed_in(account).get("/staff/practitioners/").text
        assert signed_in(account).get(ref("practitioners", lawyer)).status_code == 404


def test_a_draft_penalty_is_no_part_of_what_the_subject_reads(scene: Province, lawyer: PractitionerRecord) -> None:
    """H2: a draft is seen by those who enter and check it."""
    draft = factories.penalty(lawyer, by=scene.regulator, violation="只有草稿")
    himself = factories.account("lawyer_himself", subject=lawyer.subject)
    page = signed_in(himself).get(ref("practitioners", lawyer))
    assert page.status_code == 200
    assert "只有草稿" not in page.text
    assert signed_in(himself).get(ref("penalties", draft)).status_code == 404


def test_filters_sort_count_and_log(scene: Province, lawyer: PractitionerRecord) -> None:
    factories.practitioner(
        lawyer.authority, by=scene.regulator, of=scene.profession, name="韩梅", licence_state=LicenceState.REVOKED
    )
    browser = scene.browser("regulator")
    assert browser.get("/staff/practitioners/?licence_state=revoked").context["count"] == 1
    assert browser.get("/staff/practitioners/?q=演示律师所").context["count"] == 1
    assert [row.name for row in browser.get("/staff/practitioners/?sort=-name").context["rows"]] == ["韩梅", "索南才让"]
    assert ReadEntry.objects.filter(account=scene.regulator, model="practitionerrecord", act="list").count() == 3


def test_the_states_of_a_licence_are_told_apart(scene: Province, lawyer: PractitionerRecord) -> None:
    page = scene.browser("regulator").get(ref("practitioners", lawyer)).text
    for words in ("吊销是行政处罚", "撤销是纠正", "注销是手续", "丧失由法律直接规定"):
        assert words in page


# --- a new record ------------------------------------------------------------------------------


def test_a_record_is_proposed_by_one_and_established_by_another(scene: Province) -> None:
    """H18: the licence and the record each need a second regulator."""
    first, second = scene.browser("regulator"), scene.browser("second_regulator")
    answer = first.post(
        "/staff/practitioners/new/",
        {
            "name": "赵青山", "profession": scene.profession.pk, "authority": scene.regulator.organisation_id,
            "unit_name": "青山律师所", "title": "律师执业证书", "number": "16301202610000001", "reason": "许可决定",
        },
    )  # fmt: skip
    record = PractitionerRecord.objects.unscoped(reason="test").get(name="赵青山")
    assert answer.headers["Location"] == ref("practitioners", record)
    licence = Licence.objects.unscoped(reason="test").get(record=record)
    steps = f"/staff/practitioner-parts/licence/{licence.ref}"
    assert first.post(f"{steps}/submit/", {}).status_code == 302
    assert first.post(f"{steps}/approve/", {}).status_code == 422
    assert second.post(f"{steps}/approve/", {}).status_code == 302
    own = first.post(ref("practitioners", record) + "establish/", {"reason": "核对无误"})
    assert own.status_code == 422
    assert "H18" in own.text
    second.post(ref("practitioners", record) + "establish/", {"reason": "核对无误"})
    record.refresh_from_db()
    assert (record.status, record.licence_state) == (FileStatus.ESTABLISHED, LicenceState.VALID)


def test_without_a_licence_there_is_no_record(scene: Province) -> None:
    """H7: a licensed profession's record rests on a licence."""
    answer = scene.browser("regulator").post(
        "/staff/practitioners/new/",
        {
            "name": "赵青山", "profession": scene.profession.pk, "authority": scene.regulator.organisation_id,
            "reason": "许可决定",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert "H7" in answer.text


def test_a_profession_or_authority_outside_the_scope_cannot_be_sent(scene: Province) -> None:
    """Forged POST: the choices are the scope's own."""
    doctor = factories.profession("doctor", "医师")
    answer = scene.browser("regulator").post(
        "/staff/practitioners/new/",
        {"name": "赵青山", "profession": doctor.pk, "authority": scene.authority.pk, "number": "1", "reason": "x"},
    )
    assert answer.status_code == 422
    assert not PractitionerRecord.objects.unscoped(reason="test").exists()
    assert scene.browser("clerk").get("/staff/practitioners/new/").status_code == 404


# --- penalties ---------------------------------------------------------------------------------


def test_the_form_says_what_the_law_allows(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    browser = scene.browser("regulator")
    panel = browser.post(ref("practitioners", lawyer) + "penalties/forecast/", penalty_data(sanction)).text
    assert "第四十八条" in panel
    assert "2026年6月1日" in panel
    warned = browser.post(
        ref("practitioners", lawyer) + "penalties/forecast/", penalty_data(sanction, period_months="24")
    ).text
    assert "tone-warning" in warned
    assert not Penalty.objects.unscoped(reason="test").exists()
    assert scene.browser("clerk").post(ref("practitioners", lawyer) + "penalties/forecast/", {}).status_code == 404


def test_a_penalty_needs_its_document_and_a_second_regulator(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    """H2, H18: entered, submitted, refused without the document, completed, approved by another."""
    first, second = scene.browser("regulator"), scene.browser("second_regulator")
    answer = first.post(ref("practitioners", lawyer) + "penalties/new/", penalty_data(sanction))
    assert answer.status_code == 302, answer.context["form"].errors
    penalty = Penalty.objects.unscoped(reason="test").get()
    assert penalty.state == RecordState.DRAFT
    assert penalty.effective_to == date(2026, 6, 1)
    page = ref("penalties", penalty)
    first.post(page + "submit/", {})
    refused = second.post(page + "approve/", {})
    assert refused.status_code == 422
    assert "请上传决定文书" in refused.text
    second.post(page + "return/", {"reason": "缺文书"})
    upload = SimpleUploadedFile("决定书.pdf", PDF, content_type="application/pdf")
    changed = first.post(page + "edit/", penalty_data(sanction) | {"document": upload})
    assert changed.status_code == 302, changed.context["form"].errors
    first.post(page + "submit/", {})
    assert first.post(page + "approve/", {}).status_code == 422
    approved = second.post(page + "approve/", {})
    assert approved.status_code == 302, approved.context["form"].errors
    penalty.refresh_from_db()
    assert penalty.approved_by == scene.second_regulator
    assert first.get(page + "document/").content == PDF


def test_a_disguised_document_is_refused(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    upload = SimpleUploadedFile("决定书.pdf", b"MZ executable", content_type="application/pdf")
    answer = scene.browser("regulator").post(
        ref("practitioners", lawyer) + "penalties/new/", penalty_data(sanction) | {"document": upload}
    )
    assert answer.status_code == 422
    assert not Penalty.objects.unscoped(reason="test").exists()


def test_a_refused_entry_leaves_no_document_behind(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the rows nor the file of the upload."""

    def refuse(**_given: Any) -> None:
        raise ActRefused("planted", "不能录入")

    monkeypatch.setattr(decisions, "enter_penalty", refuse)
    upload = SimpleUploadedFile("决定书.pdf", PDF, content_type="application/pdf")
    data = penalty_data(sanction) | {"document": upload}
    answer = scene.browser("regulator").post(ref("practitioners", lawyer) + "penalties/new/", data)
    assert answer.status_code == 422
    assert not Document.objects.exists()
    assert not [path for path in Path(settings.CLOSED_ROOT).rglob("*") if path.is_file()]


def test_fields_that_the_form_does_not_offer_are_not_read(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    """Mass assignment: state, approver and authority are not typed."""
    scene.browser("regulator").post(
        ref("practitioners", lawyer) + "penalties/new/",
        penalty_data(sanction) | {
            "state": RecordState.IN_FORCE, "approved_by": scene.second_regulator.pk, "authority": scene.authority.pk,
        },
    )  # fmt: skip
    penalty = Penalty.objects.unscoped(reason="test").get()
    assert (penalty.state, penalty.approved_by, penalty.authority) == (RecordState.DRAFT, None, lawyer.authority)


@pytest.mark.parametrize(
    "step", ["edit", "submit", "approve", "return", "amend", "revoke", "void", "publish", "document"]
)
def test_no_step_opens_for_those_who_do_not_see_the_penalty(
    scene: Province, lawyer: PractitionerRecord, step: str
) -> None:
    penalty = factories.penalty(lawyer, by=scene.regulator, state=RecordState.SUBMITTED)
    address = ref("penalties", penalty) + step + "/"
    for name in ("clerk", "publisher", "inspector_with_case", "superuser", "security_admin"):
        browser = scene.browser(name)
        assert browser.post(address, {"reason": "x"}).status_code in (404, 405), name
        assert browser.get(address).status_code == 404, name
    penalty.refresh_from_db()
    assert penalty.state == RecordState.SUBMITTED


def test_an_amendment_is_a_new_row_and_ends_the_old_one_when_approved(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    """H14."""
    old = in_force(scene, lawyer, sanction)
    first, second = scene.browser("regulator"), scene.browser("second_regulator")
    upload = SimpleUploadedFile("变更.pdf", PDF, content_type="application/pdf")
    changes = {"document_no": "青司罚〔2026〕9号", "period_months": "4", "document": upload}
    answer = first.post(ref("penalties", old) + "amend/", penalty_data(sanction) | changes)
    new = Penalty.objects.unscoped(reason="test").get(amends=old)
    assert answer.headers["Location"] == ref("penalties", new)
    first.post(ref("penalties", new) + "submit/", {})
    approved = second.post(ref("penalties", new) + "approve/", {})
    assert approved.status_code == 302, approved.context["form"].errors
    old.refresh_from_db()
    assert old.state == RecordState.AMENDED
    assert old.period_months == 3


def test_a_revocation_names_its_document(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    penalty = in_force(scene, lawyer, sanction)
    browser = scene.browser("second_regulator")
    refused = browser.post(ref("penalties", penalty) + "revoke/", {"reason": "复议决定撤销"})
    assert refused.status_code == 422
    assert "撤销文书文号" in refused.text
    browser.post(ref("penalties", penalty) + "revoke/", {"reason": "复议决定撤销", "document": "青复〔2026〕1号"})
    penalty.refresh_from_db()
    assert penalty.state == RecordState.REVOKED


def in_force(scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction) -> Penalty:
    """A penalty that stands, complete as H2 asks."""
    row = factories.penalty(
        lawyer, by=scene.regulator, kind=PenaltyKind.SUSPENSION, state=RecordState.IN_FORCE, period_months=3,
        decided_on=date(2026, 3, 2), served_on=date(2026, 3, 5), effective_from=date(2026, 3, 2),
        document_no="青司罚〔2026〕3号", document=factories.document(scene.regulator),
        deciding_authority=scene.bureau, approved_by=scene.second_regulator, violation="私自收案",
    )  # fmt: skip
    from integrity.models import PenaltyBasis

    saved(PenaltyBasis(penalty=row, basis=sanction.basis))
    return row


def test_h2b_bases_of_the_decision_date(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    """An old penalty is entered on the law of its day, the one of today is refused by its name."""
    browser, url = scene.browser("regulator"), ref("practitioners", lawyer) + "penalties/"
    panel = browser.post(url + "forecast/", penalty_data(sanction, decided_on="2010-03-02", served_on="2010-03-05"))
    offered = [pk for pk, _label in panel.context["form"].fields["bases"].choices]
    assert sanction.basis_id not in offered
    assert 'id="bases-field"' in panel.text
    refused = browser.post(url + "new/", penalty_data(sanction, decided_on="2010-03-02", served_on="2010-03-05"))
    assert refused.context["form"].errors["bases"] == [f"{sanction.basis} 在决定日期 2010-03-02 不具效力"]
    first = next(iter(browser.post(url + "forecast/", penalty_data(sanction)).context["form"].fields["bases"].choices))
    assert str(first[1]).startswith(str(sanction.basis).split("第")[0])


def test_h2a_a_department_of_another_trade_is_refused_in_the_panel(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    health = factories.organisation(
        "西宁市卫生健康委员会", kind=OrganKind.GOVERNMENT_DEPARTMENT, level=Level.PREFECTURE
    )
    data = penalty_data(sanction, deciding_authority=health.code, served_on="2026-03-01")
    found = scene.browser("regulator").post(ref("practitioners", lawyer) + "penalties/forecast/", data)
    assert [line.label for line in found.context["forecast"].refused] == ["送达日期", "决定机关"]


def test_h14_an_amended_penalty_starts_without_the_old_period(
    scene: Province, lawyer: PractitionerRecord, sanction: ProfessionSanction
) -> None:
    old = in_force(scene, lawyer, sanction)
    page = scene.browser("regulator").get(ref("penalties", old) + "amend/")
    assert page.context["form"]["period_months"].value() is None


def test_the_history_of_a_draft_stays_with_those_who_read_drafts(scene: Province, lawyer: PractitionerRecord) -> None:
    """H2: what stood in the draft, who entered it and why, is for author and reviewer; the person sees the decision."""
    penalty = scenes.penalty_in_force(scene, lawyer)
    scenes.raw(scene.nobody, subject=lawyer.subject)
    told = {}
    for name in ("regulator", "nobody"):
        browser = scene.browser(name)
        own = browser.get(ref("penalties", penalty)).context["history"]
        past = browser.get(ref("practitioners", lawyer) + "?tab=history").context["versions"]
        told[name] = (
            [entry.state for entry in own],
            [
                change.new
                for version, _url, _receipt in past
                if version.kind == "执业处理决定"
                for change in version.changes
                if change.label == "状态"
            ],
        )
    states, words = told["nobody"]
    assert states
    assert not set(states) & set(RecordState.unapproved())
    assert not set(words) & {state.label for state in RecordState.unapproved()}
    assert set(told["regulator"][0]) >= {RecordState.DRAFT, RecordState.SUBMITTED, *states}
    assert len(told["regulator"][1]) > len(words) > 0


# --- parts of a record --------------------------------------------------------------------------


def test_a_page_with_every_kind_of_part_opens(scene: Province, lawyer: PractitionerRecord) -> None:
    """Each kind has a date of its own; a qualification's may be unknown."""
    common = {"record": lawyer, "subject": lawyer.subject, "authority": scene.bureau, "entered_by": scene.regulator,
              "grade": 2}  # fmt: skip
    saved(Qualification(title="法律职业资格", number="A2020", issuer="司法部", **common))
    saved(Assessment(period="2025", result="称职", body="省律师协会", decided_on=date(2026, 1, 5), **common))
    saved(PractitionerHonour(title="优秀律师", body="省律师协会", awarded_on=date(2026, 1, 6), **common))
    saved(PractitionerCommitment(text="依法执业", made_on=date(2026, 1, 7), **common))
    page = scene.browser("regulator").get(ref("practitioners", lawyer))
    assert page.status_code == 200
    for shown in ("A2020", "2026年1月5日", "2026年1月6日", "2026年1月7日"):
        assert shown in page.text

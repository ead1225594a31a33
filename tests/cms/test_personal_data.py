"""The check of personal data (政府信息公开条例 15, 17; domain §8): tried as somebody would who hides a number."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Page

from cms.models import DisclosureIndexPage, DisclosurePage, FindingDecision, ReviewedText, StandardPage
from cms.personal_data.checking import findings_of
from cms.personal_data.deciding import decide_text, end_text, let_stand, propose_text
from cms.personal_data.documents import extracts_of
from cms.personal_data.names import names_in
from cms.personal_data.patterns import Kind, numbers_in
from integrity.choices import Role
from integrity.exceptions import ActRefused, ClosedDoor
from integrity.identifiers import identity_check_character
from tests.cms import files
from tests.cms.conftest import Staff
from tests.cms.test_workflow import _act, _create, _form, _live, _open_step

TODAY = date(2026, 11, 27)
FIRST17 = "63010219900307123"
IDENTITY = FIRST17 + identity_check_character(FIRST17)
WRONG = FIRST17 + ("1" if IDENTITY[-1] != "1" else "2")
CARD = "6222020000000000000"


def kinds(text: str) -> list[str]:
    return [hit.kind.value for hit in numbers_in(text, today=TODAY)]


# --- what a text holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        IDENTITY,
        IDENTITY.lower(),
        f"身份证{IDENTITY}电话",
        " ".join([IDENTITY[:6], IDENTITY[6:14], IDENTITY[14:]]),
        "-".join([IDENTITY[:6], IDENTITY[6:14], IDENTITY[14:]]),
        IDENTITY.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        "\u200b".join(IDENTITY),
        "630102900307123",
    ],
)
def test_an_identity_number_is_seen_however_it_is_written(written: str) -> None:
    assert kinds(written) == ["identity"]


@pytest.mark.parametrize(
    "text", [WRONG, "116300000150000000", "青政发〔2015〕11号", "2015012120150221", "630102901307123"]
)
def test_other_numbers_are_no_identity_numbers(text: str) -> None:
    assert "identity" not in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13997123456", "mobile"),
        ("+86 139 9712 3456", "mobile"),
        ("１３９-9712-3456", "mobile"),
        ("0971-6123456", "landline"),
        ("（0971）6123456", "landline"),
        ("01065123456", "landline"),
        ("联系电话：6123456", "landline"),
        ("400-810-1234", "landline"),
        (CARD, "card"),
        ("6222 0200 0000 0000 000", "card"),
        ("护照号码 E12345678", "paper"),
        ("zhaoxy@example.gov.cn", "mail"),
    ],
)
def test_contacts_and_cards_are_seen(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    ["12345", "投资13997万元", "2015年01月21日", "6222020000000000001", "第139971234567号", "索引号 QH-2015-00011"],
)
def test_ordinary_figures_are_let_pass(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("当事人：张三丰，男", ["张三丰"]),
        ("申请人：扎西多杰", ["扎西多杰"]),
        ("李四光同志主持会议", ["李四光"]),
        ("索南·扎西，男", ["索南·扎西"]),
        ("参加人有张三丰、李四光、王五常。", ["张三丰", "李四光", "王五常"]),
        ("当事人：张某，男", []),
        ("坚持高效、方便、公平的原则", []),
        ("加强经济、农业管理", []),
    ],
)
def test_names_are_proposed_by_their_form(text: str, names: list[str]) -> None:
    assert [hit.text for hit in names_in(text)] == names


# --- files -----------------------------------------------------------------------------------------------


def said(data: bytes, name: str) -> str:
    return "\n".join(f"{row.place}|{row.text}" for row in extracts_of(data, name))


def test_words_of_files_are_read_with_their_place() -> None:
    assert "第 2 页|call 13997123456" in said(files.pdf("page one has words enough", "call 13997123456"), "a.pdf")
    word = said(files.docx("联系 13997123456", table=[["姓名"], ["张三丰"]], header="页眉 0971-6123456"), "a.docx")
    assert "第 1 段|联系 13997123456" in word
    assert "表 1 第 2 行第 1 列|张三丰" in word
    assert "页眉|页眉 0971-6123456" in word
    sheet = said(files.xlsx(["姓名", "电话"], ["张三丰", 13997123456.0], note="备注 0971-6123456"), "a.xlsx")
    assert "Sheet!B2|13997123456" in sheet
    assert "备注 0971-6123456" in sheet
    assert "第 1 页|13997123456" in said(files.ofd("13997123456"), "a.ofd")
    assert "第 1 行|电话 13997123456" in said("电话 13997123456".encode("gb18030"), "a.csv")


def test_what_a_file_is_counts_not_what_it_is_called() -> None:
    assert "13997123456" in said(files.docx("联系 13997123456"), "a.pdf")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (files.pdf("", "only this page has words"), "scan.pdf"),
        (b"%PDF-1.7 broken", "broken.pdf"),
        (b"PK\x03\x04 broken", "broken.docx"),
        (files.packed(readme_dot_txt="x"), "other.docx"),
        (b"\x89PNG", "picture.pdf"),
        (files.docx("x").replace(b"</w:p>", b"</w:q>"), "bad.docx"),
    ],
)
def test_what_no_machine_reads_is_said_and_never_clean(data: bytes, name: str) -> None:
    assert any(row.unread for row in extracts_of(data, name))


def test_a_file_that_names_outside_entities_is_not_followed() -> None:
    trap = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    (only,) = [row for row in extracts_of(files.packed(word__document_dot_xml=trap), "a.docx") if row.unread]
    assert "root:" not in only.text


# --- a page, whatever its type ----------------------------------------------------------------------------


def _document(data: bytes, name: str, title: str = "附件") -> Any:
    document = get_document_model()(title=title)
    document.file.save(name, ContentFile(data))
    document.save()
    return document


def _body(*blocks: tuple[str, Any]) -> str:
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks], ensure_ascii=False)


def _page(catalogue: DisclosureIndexPage, body: str = "[]", **values: Any) -> DisclosurePage:
    given = {
        "title": "测试",
        "slug": "t",
        "index_number": "T-1",
        "issuer": "某县",
        "subject": "other",
        "summary": "概述",
    }
    page = DisclosurePage(**(given | {"generated_on": TODAY, "body": body} | values))
    catalogue.add_child(instance=page)
    return page


def found(page: Page) -> set[tuple[str, str]]:
    return {(finding.kind.value, place) for finding in findings_of(page) for place in finding.places}


TABLE = {"caption": "表", "columns": ["姓名", "号码"], "rows": [["张三丰", IDENTITY], ["李某", "—"]], "row_heads": True}


def test_the_place_is_marked_by_field_block_row_and_column(catalogue: DisclosureIndexPage) -> None:
    page = _page(
        catalogue,
        _body(("heading", {"level": "2", "number": "", "text": "一"}), ("table", TABLE)),
        summary=f"联系 {IDENTITY}",
        title="通报 13997123456",
    )
    assert found(page) == {
        ("identity", "正文 › 第 2 块 表格 › 第 1 行第 2 列（号码）"),
        ("name", "正文 › 第 2 块 表格 › 第 1 行第 1 列（姓名）"),
        ("identity", "内容概述"),
        ("mobile", "标题"),
    }


def test_rich_text_hides_no_number_between_tags_or_in_a_link(catalogue: DisclosureIndexPage) -> None:
    parts = f'<p>{IDENTITY[:8]}<b>{IDENTITY[8:]}</b> <a href="tel:13997123456">打电话</a></p>'
    assert {kind for kind, _place in found(_page(catalogue, _body(("paragraph", parts))))} == {"identity", "mobile"}


def test_attached_files_are_read_by_the_page_that_lists_them(catalogue: DisclosureIndexPage) -> None:
    document = _document(
        files.docx("联系 13997123456", author="赵晓燕"), f"名单{IDENTITY}.docx", title="名单 0971-6123456"
    )
    page = _page(catalogue, _body(("attachments", {"title": "附件", "documents": [document.pk]})))
    assert {kind for kind, _place in found(page)} == {"mobile", "identity", "landline", "name"}
    assert any("第 1 段" in place for _kind, place in found(page))


def test_another_page_type_is_read_as_well(site: Page) -> None:
    page = StandardPage(title="关于", slug="x", lede="电话 0971-6123456", body=_body(("quotation", {"text": IDENTITY})))
    site.add_child(instance=page)
    assert {kind for kind, _place in found(page)} == {"identity", "landline"}


def test_an_official_plan_holds_nothing_of_the_kind(plan: DisclosurePage) -> None:
    assert findings_of(plan) == []


# --- submitting, passing, publishing ------------------------------------------------------------------------


def test_a_page_with_a_number_is_not_submitted_and_the_place_is_told(
    editor: Client, catalogue: DisclosureIndexPage
) -> None:
    address = reverse("wagtailadmin_pages:add", args=["cms", "disclosurepage", catalogue.pk])
    answer = editor.post(address, _form(summary=f"张某 {IDENTITY}", **{"action-submit": "1"}))
    assert answer.status_code == 200
    assert "内容概述" in answer.text
    assert f"{IDENTITY[0]}＊" in answer.text
    assert not DisclosurePage.objects.filter(index_number="T-2026-1").exists()


def test_a_draft_with_a_number_may_be_saved_and_goes_nowhere(editor: Client, catalogue: DisclosureIndexPage) -> None:
    page = _create(editor, catalogue, summary=f"张某 {IDENTITY}")
    workflow = page.get_workflow()
    with pytest.raises(PermissionDenied):
        workflow.start(page, None)
    with pytest.raises(PermissionDenied):
        page.get_latest_revision().publish()
    assert not _live(page)


def test_a_number_that_came_in_past_the_form_stops_the_next_step(
    editor: Client, secrecy_reviewer: Client, catalogue: DisclosureIndexPage
) -> None:
    document = _document(files.docx("正常"), "a.docx")
    body = {"body-0-type": "attachments", "body-0-value-title": "附件", "body-0-value-documents-count": "1",
            "body-0-value-documents-0-deleted": "", "body-0-value-documents-0-order": "0",
            "body-0-value-documents-0-value": str(document.pk), "body-0-value-documents-0-type": ""}  # fmt: skip
    page = _create(editor, catalogue, **{"action-submit": "1"}, **body)
    document.file.save("b.docx", ContentFile(files.docx("联系 13997123456")))
    document.save()
    _act(secrecy_reviewer, page, "approve")
    assert _open_step(page) == "保密与个人信息审查"
    assert not _live(page)


def test_a_page_that_turned_out_to_hold_a_number_is_not_published_on_schedule(catalogue: DisclosureIndexPage) -> None:
    page = _page(catalogue, live=False)
    page.summary = IDENTITY
    revision = page.save_revision()
    revision.publish(log_action="wagtail.publish.scheduled")
    assert not _live(page)


@pytest.fixture
def named(staff: Staff, catalogue: DisclosureIndexPage) -> Page:
    """A page at the secrecy review that names somebody."""
    page = _create(staff.browser(Role.EDITOR), catalogue, summary="李四光同志主持会议。", **{"action-submit": "1"})
    return Page.objects.get(pk=page.pk).specific


def test_a_name_waits_for_the_secrecy_reviewer_and_his_reason_is_kept(
    staff: Staff, editor: Client, publisher: Client, named: Page
) -> None:
    reviewer = staff.browser(Role.SECRECY_REVIEWER)
    address = reverse("personal_data", args=[named.pk])
    _act(reviewer, named, "approve")
    assert _open_step(named) == "保密与个人信息审查"
    assert "李四光" in reviewer.get(address).text
    (finding,) = findings_of(named)
    given = {"kind": finding.kind.value, "key": finding.key, "reason": "会议主持人，履行公职"}
    for browser in (editor, publisher):
        browser.post(address, given)
        assert not FindingDecision.objects.exists()
    reviewer.post(address, given | {"reason": " "})
    assert not FindingDecision.objects.exists()
    reviewer.post(address, given)
    row = FindingDecision.objects.get()
    assert (row.reason, row.masked, "李四光" in str(row.__dict__)) == ("会议主持人，履行公职", "李＊＊", False)
    _act(reviewer, named, "approve")
    _act(publisher, named, "approve")
    assert _live(named)


def test_a_decision_is_for_those_words_and_is_never_changed(staff: Staff, named: Page) -> None:
    (finding,) = findings_of(named)
    row = let_stand(
        page=named, kind=finding.kind, key=finding.key, by=staff.account(Role.SECRECY_REVIEWER), reason="履行公职的人员"
    )
    assert [kept.open for kept in findings_of(named)] == [False]
    named.summary = "李四光同志受到处分。"
    assert [kept.open for kept in findings_of(named)] == [True]
    row.reason = "另一理由"
    with pytest.raises(ClosedDoor):
        row.save()
    with pytest.raises(ClosedDoor):
        row.delete()


def test_numbers_are_nobodys_to_let_stand(staff: Staff, named: Page) -> None:
    named.summary = f"李某 {IDENTITY}"
    revision = named.save_revision()
    state = named.current_workflow_task_state
    state.revision = revision
    state.save()
    (finding,) = findings_of(named)
    reviewer = staff.account(Role.SECRECY_REVIEWER)
    with pytest.raises(ActRefused):
        let_stand(page=named, kind=finding.kind, key=finding.key, by=reviewer, reason="领导同意公开")


# --- the reviewed list ---------------------------------------------------------------------------------------


def test_an_offices_telephone_passes_once_two_persons_say_so(staff: Staff, catalogue: DisclosureIndexPage) -> None:
    page = _page(catalogue, summary="监督电话：0971-6123456；手机 13997123456")
    editor, reviewer = staff.account(Role.EDITOR, Role.SECRECY_REVIEWER), staff.account(Role.SECRECY_REVIEWER)
    entry = propose_text(
        kind=ReviewedText.Kind.PHONE, text="（0971）6123456", office="某县监督热线", reason="对外公布的热线",
        below=catalogue, by=editor,
    )  # fmt: skip
    assert {finding.kind for finding in findings_of(page)} == {Kind.LANDLINE, Kind.MOBILE}
    with pytest.raises(ActRefused):
        decide_text(entry=entry, accepted=True, by=editor)
    decide_text(entry=entry, accepted=True, by=reviewer)
    assert {finding.kind for finding in findings_of(page)} == {Kind.MOBILE}
    end_text(entry=entry, by=reviewer)
    ReviewedText.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    assert Kind.LANDLINE in {finding.kind for finding in findings_of(page)}


def test_a_mobile_number_comes_on_no_list(staff: Staff, catalogue: DisclosureIndexPage) -> None:
    with pytest.raises(ActRefused):
        propose_text(
            kind=ReviewedText.Kind.PHONE, text="13997123456", office="某县", reason="领导手机", below=catalogue,
            by=staff.account(Role.EDITOR),
        )  # fmt: skip


def test_an_entry_holds_below_its_section_alone(staff: Staff, site: Page, catalogue: DisclosureIndexPage) -> None:
    other = Page.objects.get(slug="about")
    entry = propose_text(
        kind=ReviewedText.Kind.OFFICIAL, text="李四光", office="某县县长", reason="政府领导公开", below=other,
        by=staff.account(Role.EDITOR),
    )  # fmt: skip
    decide_text(entry=entry, accepted=True, by=staff.account(Role.SECRECY_REVIEWER))
    page = _page(catalogue, summary="李四光同志主持会议。")
    assert len(findings_of(page)) == 1

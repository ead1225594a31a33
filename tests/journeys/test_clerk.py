"""A clerk's day and the reviewer's after it: a workbook comes in, a decision is entered with the law beside it, a
second person approves, and what was done stands in the file's timeline and history."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from integrity.identifiers import identity_check_character
from tests.journeys.conftest import Arrive
from tests.journeys.scene import Site
from tests.journeys.visitor import Visitor

TEMPLATE = "公务员诚信档案采集表（模板）"
PEOPLE = (("祁连雪", "63010219850214001"), ("达娃卓玛", "63010219900307002"), ("马秀兰", "63010219881109004"))
BROKEN = ("错号人", "63010219790521003")
UNIT = "西宁市农业农村局"
# Somebody of the clerk's authority without a decision, no relative of the clerk and not the clerk.
FREE = """
    SELECT f.name, f.ref FROM integrity_integrityfile f
    JOIN integrity_account a ON a.organisation_id = f.authority_id AND a.username = 'clerk'
    WHERE f.status = 'established' AND f.service_status = 'serving'
      AND f.id NOT IN (SELECT file_id FROM integrity_decision)
      AND f.subject_id NOT IN (SELECT subject_id FROM integrity_kinship UNION SELECT relative_id FROM integrity_kinship)
      AND f.subject_id NOT IN (SELECT subject_id FROM integrity_account WHERE subject_id IS NOT NULL)
      AND f.name NOT LIKE '%·%'
    ORDER BY f.id LIMIT 1
"""
NUMBER = "西纪处〔2026〕77号"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # noqa: E501


def filled_in(template: Path, target: Path) -> Path:
    """The template with three people and a fourth whose number has a wrong check digit."""
    book = load_workbook(template)
    sheet = book["数据"]
    heads = [cell.value for cell in sheet[1]]
    for number, (name, first) in enumerate((*PEOPLE, BROKEN), start=2):
        right = identity_check_character(first)
        last = right if (name, first) in PEOPLE else ("0" if right != "0" else "1")
        row = {
            "姓名": name, "公民身份号码": first + last, "单位": UNIT, "职务": "科员",
            "人员类别": "公务员", "人员状态": "在职", "考核年度": "2025", "考核等次": "称职",
            "考核机关": "中共西宁市委组织部", "考核通知日期": "2026-01-20",
        }  # fmt: skip
        for column, head in enumerate(heads, start=1):
            title = str(head or "").rstrip("*＊ ")
            if title in row:
                sheet.cell(number, column, row[title])
    book.save(target)
    return target


def rejected_texts(workbook: Path) -> str:
    """Everything that stands in the workbook of rejected rows."""
    book = load_workbook(workbook, read_only=True)
    try:
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    finally:
        book.close()
    return " ".join(cells)


def test_a_workbook_comes_in_and_the_wrong_row_comes_back(arrive: Arrive, tmp_path: Path) -> None:
    clerk = arrive("clerk")
    page = clerk.page
    clerk.follow("批量导入", within="nav.sidenav")
    clerk.follow("导入文件")
    clerk.check_accessible()
    template = clerk.download(page.get_by_role("link", name=TEMPLATE), tmp_path / "template.xlsx")
    workbook = filled_in(template, tmp_path / "people.xlsx")

    page.locator("input[type=file]").set_input_files(workbook)
    clerk.fill({"映射方案": TEMPLATE})
    clerk.press("预览")
    clerk.reads("尚未写入任何内容", "将被拒收", "公民身份号码", "校验", PEOPLE[0][0])
    clerk.check_accessible()
    page.get_by_role("button", name="导入 4 行").click()
    expect(page.locator("main")).to_contain_text("逐行核算", timeout=30_000)
    clerk.reads("读取 4 = 新增 3 + 变更 0 + 未变 0 + 拒收 1", "核对相符", "草稿")
    clerk.check_accessible()
    rejected = clerk.download(page.get_by_role("link", name="下载拒收行"), tmp_path / "rejected.xlsx")
    words = rejected_texts(rejected)
    assert "公民身份号码不符（GB 11643）" in words
    assert "请按证件逐位核对" in words
    assert PEOPLE[0][0] not in words

    # The same workbook again is the earlier batch, and nothing is doubled.
    clerk.open("/staff/imports/new/")
    page.locator("input[type=file]").set_input_files(workbook)
    clerk.fill({"映射方案": TEMPLATE})
    clerk.press("预览")
    expect(page.get_by_role("button", name="导入 4 行")).to_be_disabled()

    # What came in is a draft: the clerk hands a part in, the reviewer finds it waiting.
    hand_in(clerk, PEOPLE[0][0])
    reviewer = arrive("reviewer")
    reviewer.open("/staff/approvals/")
    reviewer.reads(PEOPLE[0][0])


def hand_in(clerk: Visitor, name: str) -> None:
    """Find the person again by name and submit the imported appraisal."""
    clerk.open("/staff/search/")
    clerk.fill({"检索内容": name})
    clerk.press("检索")
    with clerk.page.expect_navigation():
        clerk.page.locator("main table a", has_text=name).first.click()
    clerk.follow("分项", within=".tabs", exact=False)
    with clerk.page.expect_navigation():
        clerk.page.locator("main section", has_text="年度考核").locator("tbody a").first.click()
    clerk.follow("提交审核")
    clerk.press("提交审核")


def test_a_decision_is_entered_with_the_law_beside_it_and_a_second_person_approves(
    arrive: Arrive, site: Site, tmp_path: Path
) -> None:
    name, ref = site.ask(FREE)[0]
    address = f"/staff/files/{uuid.UUID(str(ref))}/"
    clerk = arrive("clerk")
    page, law = clerk.page, clerk.page.locator("#forecast")
    clerk.open(address)
    clerk.follow("录入处分决定")

    # The law answers while one types.
    clerk.fill({"种类": "记过", "决定日期": "2026-06-30"})
    expect(law).to_contain_text("12 个月")
    expect(law).to_contain_text("《政务处分法》第八条")
    clerk.fill({"决定机关": "西宁市纪委监委", "送达日期": "2026-07-06"})
    page.keyboard.press("Tab")
    expect(law).to_contain_text("2027年6月29日")
    expect(law).to_contain_text("2026年8月6日")
    expect(law).to_contain_text("《监察法》第五十六条")

    # A period that the law does not know is refused beside the form, with its reason and article.
    clerk.fill({"文书载明的期限": "3"})
    page.keyboard.press("Tab")
    expect(law).to_contain_text("与规则不符")
    expect(law.locator(".notice")).to_contain_text(re.compile("第.+条"))
    clerk.fill({"文号": NUMBER, "事实": "工作日午间饮酒，造成不良影响。", "宣布范围": "本单位"})
    page.get_by_label("已告知救济途径").check()
    document = tmp_path / "decision.pdf"
    document.write_bytes(PDF)
    page.locator("input[type=file]").set_input_files(document)

    # Put right, it is handed in; its author is not asked to approve it.
    clerk.fill({"文书载明的期限": ""})
    page.keyboard.press("Tab")
    expect(law).not_to_contain_text("与规则不符")
    expect(page.locator("#bases-field")).to_contain_text("《政务处分法》第八条")
    clerk.press("保存并提交审核")
    clerk.reads("待审核", NUMBER)
    decision = clerk.path()
    assert not page.locator("main").get_by_role("link", name="审核", exact=True).count()
    assert clerk.status(decision + "approve/") == 404
    assert clerk.status("/staff/approvals/") == 404

    # The reviewer reads it with its document and approves.
    reviewer = arrive("reviewer")
    reviewer.follow("待审核", within="nav.sidenav", exact=False)
    with reviewer.page.expect_navigation():
        reviewer.page.locator("main tr", has_text=str(name)).get_by_role("link").first.click()
    assert reviewer.path() == decision
    link = reviewer.page.locator("main").get_by_role("link", name="决定书", exact=False)
    assert reviewer.download(link, tmp_path / "read.pdf").read_bytes() == PDF
    reviewer.follow("审核")
    reviewer.press("审核通过")
    reviewer.reads("已审核通过")

    # In force: on the file's page, in its timeline, in its history with actor and reason.
    clerk.open(address)
    clerk.reads("影响期内的决定", NUMBER)
    clerk.open(address + "timeline/")
    clerk.reads("记过", NUMBER)
    clerk.open(address + "history/")
    clerk.reads("李春梅", "才让多杰", "录入处分决定")

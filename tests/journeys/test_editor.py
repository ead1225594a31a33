"""An editor's day: a disclosure is written in the editors' admin, reviewed by a second person, published by a third,
and read by everybody; beside it the plan of 2014 with its chapters and its five tables."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.visitor import PHONE, Visitor

TITLE = "关于进一步加强政务诚信建设的通知"
TEXT = "各级行政机关应当依法公开承诺事项并按期兑现。"
PAGE = "/disclosures/integrity-notice/"
CHAPTERS = 8
PASS = re.compile("^通过(并发布)?$")


def write(editor: Visitor) -> None:
    """The form of a disclosure, reached and filled in as a person does."""
    page = editor.page
    editor.open("/cms/pages/")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    with page.expect_navigation():
        page.locator("a[href]", has_text="政府信息公开目录").last.click()
    edit = page.url.rstrip("/").rsplit("/", 1)[0]
    page.goto(f"/cms/pages/add/cms/disclosurepage/{edit.rsplit('/', 1)[1]}/")
    page.locator("[name=title]").fill(TITLE)
    for name, value in {
        "index_number": "JOURNEY-2026-1",
        "document_number": "青政办〔2026〕1号",
        "issuer": "青海省人民政府办公厅",
        "generated_on": "2026-01-10",
        "summary": "明确公开承诺的范围和兑现要求。",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=subject]").select_option(label="服务承诺与民生实事践诺")
    page.locator("[data-streamfield-stream-container] button").first.click()
    page.get_by_role("option", name="段落", exact=True).click()
    page.locator(".Draftail-Editor [contenteditable=true]").first.click()
    page.keyboard.insert_text(TEXT)
    # The editor writes into its form field a moment after the typing.
    page.wait_for_function("text => document.querySelector('[name=body-0-value]').value.includes(text)", arg=TEXT)
    page.get_by_role("tab", name="推荐").click()
    page.locator("[name=slug]").fill("integrity-notice")


def submit(editor: Visitor) -> None:
    editor.page.get_by_role("button", name="更多动作").click()
    with editor.page.expect_navigation():
        editor.page.get_by_role("button", name="提交给信息发布流程").click()


def pass_on(person: Visitor) -> None:
    """From the own dashboard to the page that waits there; its step is offered beside the locked text."""
    person.open("/cms/")
    waiting = person.page.locator("tr", has_text=TITLE)
    with person.page.expect_navigation():
        waiting.locator("a[href*='/edit/']", has_text=TITLE).first.click()
    if not person.page.get_by_role("button", name=PASS).first.is_visible():
        person.page.get_by_role("button", name="更多动作").click()
    with person.page.expect_navigation():
        person.page.get_by_role("button", name=PASS).first.click()
    person.open("/cms/")
    assert not person.page.locator("tr", has_text=TITLE).count()


def test_a_disclosure_goes_through_three_hands_to_the_public(arrive: Arrive) -> None:
    editor, reviewer, publisher, public = (
        arrive("editor"), arrive("secrecy_reviewer"), arrive("publisher"), arrive(),
    )  # fmt: skip
    with editor.refusal(400):  # the editor keeps a draft by itself, and is told what is still missing
        write(editor)
        submit(editor)
    assert public.status(PAGE) == 404
    pass_on(reviewer)
    assert public.status(PAGE) == 404
    pass_on(publisher)
    assert public.open(PAGE).status == 200
    public.reads(TITLE, TEXT, "青政办〔2026〕1号")


def test_the_plan_has_its_chapters_and_its_five_tables(arrive: Arrive) -> None:
    public = arrive()
    public.open("/")
    public.check_accessible()
    public.follow("政府信息公开目录", within="body")
    public.check_accessible()
    public.follow("青海省社会信用体系建设规划", exact=False)
    public.check_accessible()
    main = public.page.locator("main")
    assert main.locator("table").count() == 5
    headings = main.locator("h2").all_inner_texts()
    chapters = [text for text in headings if re.match("^第[一二三四五六七八九]章", text)]
    assert len(chapters) == CHAPTERS, headings
    contents = public.page.locator("nav.toc a, .toc a")
    target = contents.nth(2).get_attribute("href")
    contents.nth(2).click()
    expect(public.page).to_have_url(re.compile(re.escape(target or "#") + "$"))
    expect(public.page.locator(target or "#none")).to_be_in_viewport()

    phone = arrive(size=PHONE)
    phone.open(public.path())
    phone.check_width()

"""Deciding about a page on the page itself (H18), and an admin that is ours: names, Chinese, no outside host."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import wagtail
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cms.models import DisclosureIndexPage
from integrity.choices import Role
from integrity.management.commands.compile_catalogues import REPOSITORY, entries
from tests.cms.conftest import Staff
from tests.cms.test_workflow import _create, _form, _live, _open_step

CHINESE = REPOSITORY / "locale" / "zh_Hans" / "LC_MESSAGES"
ADDRESS = re.compile(r"""(?:href|src|action)=["']((?:https?:)?//[^"']+)""")


@pytest.fixture
def waiting(editor: Client, catalogue: DisclosureIndexPage) -> Page:
    """A page at its first step."""
    return Page.objects.get(pk=_create(editor, catalogue, **{"action-submit": "1"}).pk)


def _edit(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _offered(browser: Client, page: Page) -> set[str]:
    body = browser.get(_edit(page)).text
    return set(re.findall(r'data-workflow-action-name="(\w+)"', body)) | set(
        re.findall(r'name="(action-[\w-]+)"', body)
    )


def _decide(browser: Client, page: Page, action: str, *, seen: int | None = None, comment: str = "") -> int:
    """What the editor's own script sends: the whole form, and the decision beside it."""
    fields = {
        "action-workflow-action": "true",
        "workflow-action-name": action,
        "workflow-action-extra-data": json.dumps({"comment": comment}),
        "loaded_revision_id": str(seen or page.latest_revision_id),
    }
    return browser.post(_edit(page), _form(title="改过的标题", **fields)).status_code


def test_who_reviews_finds_the_decisions_on_the_page(secrecy_reviewer: Client, waiting: Page) -> None:
    assert _offered(secrecy_reviewer, waiting) == {"approve", "reject"}
    assert "正文锁定" in secrecy_reviewer.get(_edit(waiting)).text


def test_who_submitted_may_only_take_it_back(editor: Client, waiting: Page) -> None:
    assert _offered(editor, waiting) == {"action-cancel-workflow"}


def test_passing_on_the_page_does_not_save_the_form(secrecy_reviewer: Client, publisher: Client, waiting: Page) -> None:
    assert _decide(secrecy_reviewer, waiting, "approve") == 302
    assert _open_step(waiting) == "发布"
    assert "通过并发布" in publisher.get(_edit(waiting)).text
    assert _decide(publisher, waiting, "approve") == 302
    assert _live(waiting)
    assert Page.objects.get(pk=waiting.pk).title == waiting.title


def test_returning_keeps_the_comment(secrecy_reviewer: Client, waiting: Page) -> None:
    state = waiting.current_workflow_task_state
    _decide(secrecy_reviewer, waiting, "reject", comment="含有身份号码")
    state.refresh_from_db()
    assert (_open_step(waiting), state.comment) == (None, "含有身份号码")


def test_a_text_that_changed_since_is_not_passed(secrecy_reviewer: Client, waiting: Page) -> None:
    _decide(secrecy_reviewer, waiting, "approve", seen=waiting.latest_revision_id + 1)
    assert _open_step(waiting) == "保密与个人信息审查"


def test_h18_nobody_else_decides_on_the_page(staff: Staff, editor: Client, publisher: Client, waiting: Page) -> None:
    for browser in (editor, publisher):
        _decide(browser, waiting, "approve")
        assert _open_step(waiting) == "保密与个人信息审查"


def test_who_reviews_cannot_cancel(secrecy_reviewer: Client, waiting: Page) -> None:
    secrecy_reviewer.post(_edit(waiting), _form(**{"action-cancel-workflow": "1"}))
    assert _open_step(waiting) == "保密与个人信息审查"


def test_no_page_of_the_admin_leads_outside(editor: Client, secrecy_reviewer: Client, waiting: Page) -> None:
    addresses = [
        reverse("wagtailadmin_home"),
        reverse("wagtailadmin_explore", args=[waiting.get_parent().pk]),
        _edit(waiting),
        reverse("wagtailadmin_pages:history", args=[waiting.pk]),
        reverse("wagtaildocs:index"),
        reverse("wagtailadmin_account"),
        reverse("wagtailadmin_reports:workflow"),
    ]
    for browser, pages in ((editor, addresses), (secrecy_reviewer, [addresses[0], _edit(waiting)])):
        for address in pages:
            answer = browser.get(address)
            assert answer.status_code == 200, address
            said = re.sub(r"<noscript.*?</noscript>", "", answer.text, flags=re.DOTALL)
            outside = [found for found in ADDRESS.findall(said) if "//testserver" not in found]
            assert outside == [], address


def test_the_admin_carries_our_name_and_the_persons(staff: Staff) -> None:
    account = staff.account(Role.EDITOR)
    body = staff.browser(account=account).get("/cms/").text
    assert re.search(r"<title>\s*\S+ - 诚信档案</title>", body)
    assert "css/mark.svg" in body
    assert "css/cms.css" in body
    assert account.get_full_name() == account.get_short_name() == account.display_name
    assert account.display_name in body
    assert account.username not in body


@pytest.mark.parametrize("name", ["django.po", "djangojs.po"])
def test_our_chinese_of_the_admin_is_for_messages_that_it_still_has(name: str) -> None:
    theirs: set[str] = set()
    for path in Path(wagtail.__file__).parent.rglob(f"locale/en/LC_MESSAGES/{name}"):
        theirs |= {entry["msgid"] for _line, entry, _fuzzy in entries(path.read_text("utf-8"), file=str(path))}
    text = (CHINESE / name).read_text("utf-8")
    ours = {entry["msgid"]: entry for _line, entry, _fuzzy in entries(text, file=name)}
    assert set(ours) <= theirs
    for message, entry in ours.items():
        said = next(value for keyword, value in entry.items() if keyword.startswith("msgstr"))
        places = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
        allowed = set(places.findall(message)) | set(places.findall(entry.get("msgid_plural", "")))
        assert not message or set(places.findall(said)) <= allowed, message

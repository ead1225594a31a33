"""The door: one sign-in for everybody, no sign-up, and nothing behind it for those without a role."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from integrity.demo.accounts import PERSONAS
from tests.journeys.conftest import Arrive
from tests.journeys.visitor import Visitor


def test_the_sign_in_page_lists_the_demo_accounts_and_one_click_fills_them_in(arrive: Arrive) -> None:
    visitor: Visitor = arrive()
    visitor.open("/staff/")
    assert visitor.path() == "/accounts/login/"
    visitor.check_accessible()
    for persona in PERSONAS:
        assert visitor.page.locator(".demo-list button", has_text=persona.username).count(), persona.username
    visitor.page.locator(".demo-list button", has_text="才让多杰").click()
    visitor.press("登录")
    assert visitor.path() == "/staff/"
    assert "才让多杰" in visitor.page.inner_text("header")


@pytest.mark.parametrize(
    "door", ["/cms/login/", "/cms/", "/cms/password_reset/", "/_util/login/", "/accounts/signup/", "/staff/files/"]
)
def test_every_other_door_leads_to_the_one_sign_in(arrive: Arrive, door: str) -> None:
    visitor = arrive()
    visitor.open(door)
    assert urlsplit(visitor.page.url).path == "/accounts/login/"


def test_a_wrong_password_is_refused_in_words_that_tell_nothing(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.open("/accounts/login/")
    visitor.page.locator("#id_login").fill("clerk")
    visitor.page.locator("#id_password").fill("not-the-password")
    visitor.press("登录")
    known = visitor.page.locator(".error-summary").inner_text()
    visitor.page.locator("#id_login").fill("nobody-of-this-name")
    visitor.page.locator("#id_password").fill("not-the-password")
    visitor.press("登录")
    assert visitor.page.locator(".error-summary").inner_text() == known
    assert visitor.path() == "/accounts/login/"

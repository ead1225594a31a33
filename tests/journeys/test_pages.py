"""Every main page for everybody: nothing serious for axe, nothing wider than a phone, everything by keyboard."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.scene import Site
from tests.journeys.visitor import DESK, PHONE

FILE = """
    SELECT f.ref FROM integrity_integrityfile f JOIN integrity_decision d ON d.file_id = f.id
    JOIN integrity_account a ON a.organisation_id = f.authority_id AND a.username = 'clerk'
    WHERE f.status = 'established' AND d.state = 'in_force' ORDER BY f.id LIMIT 1
"""
DECISION = """
    SELECT d.ref FROM integrity_decision d JOIN integrity_account a ON a.organisation_id = d.authority_id
    WHERE a.username = 'reviewer' AND d.state = 'submitted' ORDER BY d.id LIMIT 1
"""
PRACTITIONER = """
    SELECT r.ref FROM integrity_practitionerrecord r JOIN integrity_penalty p ON p.record_id = r.id
    JOIN integrity_account a ON a.organisation_id = r.authority_id AND a.username = 'regulator' LIMIT 1
"""
PENALTY = """
    SELECT p.ref FROM integrity_penalty p JOIN integrity_account a ON a.organisation_id = p.authority_id
    WHERE a.username = 'regulator' AND p.state = 'in_force' LIMIT 1
"""
PUBLICATION = """
    SELECT b.ref FROM integrity_publication b JOIN integrity_penalty p ON p.id = b.penalty_id
    WHERE b.state = 'published' AND b.ends_on > date('now', '+30 day') ORDER BY b.id LIMIT 1
"""

#: JOURNEY_SHOTS=1 keeps a picture of every page in both widths in var/, for a person to look at.
KEEP_SHOTS = bool(os.environ.get("JOURNEY_SHOTS"))
ABSENT = "/register/p/00000000-0000-4000-8000-000000000000/"
# Who opens what; {…} is replaced by the reference that the question of that name finds.
PAGES = {
    "clerk": (
        "/staff/", "/staff/files/", "/staff/files/{FILE}/", "/staff/files/{FILE}/parts/",
        "/staff/files/{FILE}/decisions/", "/staff/files/{FILE}/timeline/", "/staff/files/{FILE}/history/",
        "/staff/files/{FILE}/on-day/", "/staff/files/{FILE}/compared/?earlier=2020-01-01",
        "/staff/files/{FILE}/decisions/new/", "/staff/files/new/", "/staff/decisions/", "/staff/imports/new/",
        "/staff/search/?q=%E5%B1%80", "/staff/search/checks/", "/staff/search/checks/new/", "/staff/search/kept/",
        "/staff/search/kept/search/", "/staff/search/kept/watch/", "/staff/search/history/",
    ),
    "reviewer": (
        "/staff/", "/staff/approvals/", "/staff/decisions/{DECISION}/", "/staff/decisions/{DECISION}/approve/",
        "/staff/search/matter/decision/{DECISION}/",
        "/staff/erasures/", "/staff/erasures/new/", "/staff/erasures/ask/integrityfile/{FILE}/",
    ),
    "inspector": ("/staff/", "/staff/cases/", "/staff/search/folder/"),
    "regulator": (
        "/staff/", "/staff/practitioners/", "/staff/practitioners/{PRACTITIONER}/", "/staff/penalties/{PENALTY}/",
        "/staff/practitioners/{PRACTITIONER}/penalties/new/", "/staff/publications/",
    ),
    "audit_admin": ("/staff/audit/records/",),
    "subject": ("/staff/", "/staff/my/reads/"),
    "": (
        "/", "/accounts/login/", "/disclosures/", "/disclosures/social-credit-plan-2014-2020/", "/register/",
        "/search/?q=%E8%A7%84%E5%88%92",
        "/register/p/{PUBLICATION}/", "/about/", ABSENT,
    ),
}  # fmt: skip
QUESTIONS = {
    "FILE": FILE, "DECISION": DECISION, "PRACTITIONER": PRACTITIONER, "PENALTY": PENALTY, "PUBLICATION": PUBLICATION,
}  # fmt: skip


def addresses(site: Site, who: str) -> list[str]:
    refs = {name: str(uuid.UUID(str(site.ask(question)[0][0]))) for name, question in QUESTIONS.items()}
    return [path.format(**refs) for path in PAGES[who]]


@pytest.mark.parametrize("who", [*PAGES])
def test_no_page_has_a_serious_finding_and_none_is_wider_than_a_phone(arrive: Arrive, site: Site, who: str) -> None:
    visitor = arrive(who)
    problems: list[str] = []
    for path in addresses(site, who):
        if path == ABSENT:
            assert visitor.status(path) == 404
        else:
            visitor.open(path)
        for size, check in ((DESK, visitor.check_accessible), (PHONE, visitor.check_width)):
            visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
            try:
                check()
            except AssertionError as found:
                problems.append(str(found).partition("\nassert")[0])
            if KEEP_SHOTS:
                visitor.shot(f"page-{size['width']}-{who or 'public'}{path.replace('/', '-')[:60]}")
    assert not problems, "\n".join(problems)


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(arrive: Arrive) -> None:
    clerk = arrive("clerk", size=PHONE)
    page = clerk.page
    menu = page.locator("#sidenav")
    assert not menu.is_visible()
    opener = page.get_by_role("button", name="菜单")
    for _ in range(6):
        page.keyboard.press("Tab")
        if opener.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    menu.wait_for(state="visible")
    clerk.check_accessible()
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    page.keyboard.press("Enter")
    menu.wait_for(state="visible")
    with page.expect_navigation():
        menu.get_by_role("link", name="诚信档案").press("Enter")
    assert clerk.path() == "/staff/files/"


def test_the_whole_way_by_keyboard(arrive: Arrive) -> None:
    clerk = arrive("clerk")
    page = clerk.page
    clerk.open("/staff/files/")

    # The first stop leads past the navigation.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    # To search by one key, to a row by j and k, into it by Enter.
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("table[data-rows] tbody tr").nth(1).locator("a").first
    assert second.evaluate("node => node === document.activeElement")
    target = second.get_attribute("href")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert clerk.path() == target

    # g and a letter go to a page; ? says so.
    page.keyboard.press("?")
    page.locator("#keys-dialog").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#keys-dialog").wait_for(state="hidden")
    # The second letter must come soon after; a busy machine between the two is not a slow hand.
    page.clock.set_fixed_time(datetime.now(UTC))
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("d")
    assert clerk.path() == "/staff/decisions/"

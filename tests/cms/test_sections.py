"""Units apart: who edits below one section neither sees nor touches what another unit drafts (domain §10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cms.models import DisclosureIndexPage, Section, StandardPage
from cms.permissions import open_section, works_on
from integrity.choices import OrganKind, Role
from integrity.exceptions import ActRefused
from integrity.models import Account
from tests.access.doors import doors
from tests.access.test_matrix import address as filled
from tests.cms import files
from tests.cms.conftest import Staff
from tests.cms.test_personal_data import _document
from tests.search import factories

SECRET = "尚未公开的另一单位草稿"


class Unit:
    """An office with its own section and people."""

    def __init__(self, staff: Staff, site: Page, name: str) -> None:
        self.staff = staff
        self.office = factories.organisation(name, OrganKind.GOVERNMENT)
        self.page = StandardPage(title=f"{name}栏目", slug=f"s{self.office.pk}", live=True)
        site.refresh_from_db()
        site.add_child(instance=self.page)
        self.section = open_section(page=self.page, office_code=self.office.code)

    def account(self, *roles: str) -> Account:
        person = factories.account("栏目人员")
        for role in roles:
            factories.assignment(person, role, self.office)
        return person

    def browser(self, *roles: str) -> Client:
        return self.staff.browser(account=self.account(*roles))

    def draft(self, title: str = SECRET) -> StandardPage:
        page = StandardPage(title=title, slug=f"d{Page.objects.count()}", live=False, language="zh-Hans")
        self.page.refresh_from_db()
        self.page.add_child(instance=page)
        page.save_revision(user=self.account(Role.EDITOR))
        return page


@pytest.fixture
def units(staff: Staff, site: Page) -> tuple[Unit, Unit]:
    StandardPage.subpage_types = ["cms.StandardPage"]
    return Unit(staff, site, "甲局"), Unit(staff, site, "乙局")


def test_an_editor_edits_below_the_own_section_and_nowhere_else(
    units: tuple[Unit, Unit], catalogue: DisclosureIndexPage
) -> None:
    ours, theirs = units
    editor = ours.browser(Role.EDITOR)
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[ours.draft("自己的").pk])).status_code == 200
    for page in (theirs.draft(), catalogue, Page.objects.get(slug="about")):
        assert editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 302
        assert editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk])).status_code == 302
        assert Page.objects.filter(pk=page.pk).exists()


def test_reviewers_and_publishers_take_steps_of_their_own_unit_alone(units: tuple[Unit, Unit]) -> None:
    ours, theirs = units
    page = theirs.draft()
    page.get_workflow().start(page, theirs.account(Role.EDITOR))
    task = Page.objects.get(pk=page.pk).current_workflow_task.specific
    page = Page.objects.get(pk=page.pk).specific
    assert task.get_actions(page, theirs.account(Role.SECRECY_REVIEWER))
    assert not task.get_actions(page, ours.account(Role.SECRECY_REVIEWER))
    assert SECRET not in ours.browser(Role.SECRECY_REVIEWER).get("/cms/").text
    assert works_on(theirs.account(Role.PUBLISHER), page, Role.PUBLISHER)
    assert not works_on(ours.account(Role.PUBLISHER), page, Role.PUBLISHER)


def _addresses(page: Page) -> Iterator[str]:
    """Every address of the admin, with this page in whatever argument names one."""
    for door in doors():
        if door.kind == "editors":
            route = re.sub(r"<int:(?:pk|\w*page\w*|\w*id|parent\w*)>", str(page.pk), door.route)
            revision = str(page.latest_revision_id)
            route = re.sub(r"<(?:\w+:)?revision\w*>", revision, route).replace("<str:pk>", str(page.pk))
            yield filled(type(door)(door.name, route, door.kind), None)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SECRECY_REVIEWER, Role.PUBLISHER])
def test_no_address_of_the_admin_tells_another_unit_of_a_draft(
    units: tuple[Unit, Unit], role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = units
    page = theirs.draft()
    browser = ours.browser(role)
    browser.raise_request_exception = False
    found, asked = [], 0
    extra = [f"/cms/choose-page/?page_type=wagtailcore.page&q={SECRET[:4]}", f"/cms/choose-page/{theirs.page.pk}/",
             f"/cms/pages/search/?q={SECRET[:4]}", f"/cms/pages/{theirs.page.pk}/", "/cms/reports/site-history/",
             f"/cms/bulk/wagtailcore/page/delete/?id={page.pk}", f"/cms/bulk/wagtailcore/page/move/?id={page.pk}"]  # fmt: skip
    for address in [*_addresses(page), *extra]:
        for method in ("get", "post"):
            asked += 1
            answer: Any = getattr(browser, method)(address)
            if SECRET in b"".join(answer).decode("utf-8", "replace"):
                found.append(f"{method} {address} {answer.status_code}")
    with capsys.disabled():
        print(f"\nadmin of another unit as {role}: {asked} asked, {len(found)} told")  # noqa: T201  the figure is the point
    assert found == []
    assert Page.objects.get(pk=page.pk).title == SECRET


def test_files_of_another_units_draft_are_closed(units: tuple[Unit, Unit]) -> None:
    ours, theirs = units
    document = _document(files.docx("x"), "a.docx", title=SECRET)
    document.collection = theirs.section.folder
    document.save()
    assert theirs.browser(Role.EDITOR).get(document.url).status_code == 200
    editor = ours.browser(Role.EDITOR)
    assert editor.get(document.url).status_code == 404
    for name in ("wagtaildocs:index", "wagtaildocs_chooser:choose"):
        assert SECRET not in editor.get(reverse(name)).text


def test_privacy_settings_and_accounts_are_closed(units: tuple[Unit, Unit]) -> None:
    ours, _theirs = units
    publisher = ours.browser(Role.PUBLISHER, Role.EDITOR)
    assert publisher.get(f"/cms/pages/{ours.page.pk}/privacy/").status_code == 404
    assert publisher.get("/cms/users/").status_code == 302


def test_a_section_is_opened_once(units: tuple[Unit, Unit]) -> None:
    with pytest.raises(ActRefused):
        open_section(page=units[0].page, office_code="X")
    assert Section.objects.count() == 3

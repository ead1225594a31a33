"""The loaded site and the people who edit it."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from cms.site_content import load_site
from integrity.choices import OrganKind, Role
from integrity.models import Account
from tests.search import factories


@pytest.fixture
def site(db: None) -> HomePage:
    return load_site()


@pytest.fixture
def catalogue(site: HomePage) -> DisclosureIndexPage:
    page: DisclosureIndexPage = DisclosureIndexPage.objects.get()
    return page


@pytest.fixture
def plan(site: HomePage) -> DisclosurePage:
    page: DisclosurePage = DisclosurePage.objects.get(document_number="青政发〔2015〕11号")
    return page


class Staff:
    """People of the editing office, each with a browser of their own."""

    def __init__(self) -> None:
        self.office = factories.organisation("某县政务公开办公室", OrganKind.GOVERNMENT)

    def account(self, *roles: str) -> Account:
        person = factories.account("工作人员")
        for role in roles:
            factories.assignment(person, role, self.office)
        return person

    def browser(self, *roles: str, account: Account | None = None) -> Client:
        client = Client()
        client.force_login(
            account or self.account(*roles), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client


@pytest.fixture
def staff(site: HomePage) -> Staff:
    return Staff()


@pytest.fixture
def editor(staff: Staff) -> Client:
    return staff.browser(Role.EDITOR)


@pytest.fixture
def secrecy_reviewer(staff: Staff) -> Client:
    return staff.browser(Role.SECRECY_REVIEWER)


@pytest.fixture
def publisher(staff: Staff) -> Client:
    return staff.browser(Role.PUBLISHER)

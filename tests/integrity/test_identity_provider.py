"""Sign-in by a department's identity provider 统一身份认证: the whole flow against a provider on this machine."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from integrity import accounts
from integrity.choices import ChangeKind, Role, SignInOutcome
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import AccessChange, Account, SignInAttempt, recording
from tests import factories
from tests.integrity import provider as providers
from tests.integrity.provider import FOREIGN, Provider, there_and_back
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
PAST = 1_700_000_000  # before the tests' clock
SUBJECT = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with providers.serving() as running:
        settings.IDENTITY_PROVIDER = running.settings()
        yield running


@pytest.fixture
def owner(scene: Province, provider: Provider) -> Account:
    """The clerk, known to the provider; the provider now vouches for this person."""
    link(scene.clerk, provider.issuer, SUBJECT)
    provider.subject = SUBJECT
    return scene.clerk


def link(account: Account, issuer: str, subject: str) -> None:
    account.provider_issuer, account.provider_subject = issuer, subject
    with recording(by=None, reason="测试"):
        account.save()


def words_of(answer: Any) -> str:
    """The page without what differs with each request."""
    return re.sub(r'(?:nonce|value)="[^"]*"', "", answer.text)


def is_in(browser: Client, account: Account | None = None) -> bool:
    return browser.session.get("_auth_user_id") == (str(account.pk) if account else None)


def second_admin(scene: Province) -> Account:
    return assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)


# --- the way there and back ----------------------------------------------------------------------------


def test_whoever_the_provider_vouches_for_signs_in(owner: Account, provider: Provider) -> None:
    browser = Client()
    answer = there_and_back(browser, next_url="/staff/files/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/files/")
    assert is_in(browser, owner)
    assert SignInAttempt.objects.get(account=owner).outcome == SignInOutcome.SIGNED_IN
    asked = provider.requests[0]
    assert asked["scope"] == "openid"  # neither name nor e-mail is asked for
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 32
    assert "geheim" not in str(asked)


def test_an_address_elsewhere_is_not_carried_on(owner: Account) -> None:
    assert there_and_back(Client(), next_url="//evil.example/").headers["Location"] == "/staff/"


def test_nobody_is_let_in_or_opened_or_linked_by_name_or_mail(scene: Province, provider: Provider) -> None:
    """The provider's e-mail and user name are an account's own here: they count for nothing."""
    scene.clerk.email = "somebody@example.gov.cn"
    with recording(by=None, reason="测试"):
        scene.clerk.save()
    provider.subject = "stranger"
    provider.claims = {"preferred_username": scene.clerk.username}
    browser, before = Client(), Account.objects.count()
    answer = there_and_back(browser)
    assert answer.status_code == 403
    assert "没有可以用此身份登录的账户" in answer.text
    assert is_in(browser)
    assert Account.objects.count() == before
    assert not Account.objects.exclude(provider_subject="").exists()
    line = SignInAttempt.objects.order_by("-pk")[0]
    assert (line.account, line.outcome) == (None, SignInOutcome.FAILED)


def test_unknown_closed_and_unproven_are_one_answer(owner: Account, provider: Provider, scene: Province) -> None:
    provider.subject = "stranger"
    unknown = words_of(there_and_back(Client()))
    provider.subject = SUBJECT
    accounts.suspend(account=owner, by=scene.security_admin, reason="停职")
    browser = Client()
    closed = there_and_back(browser)
    assert is_in(browser)
    assert closed.status_code == 403
    assert words_of(closed) == unknown != ""
    provider.key = FOREIGN
    assert words_of(there_and_back(Client())) == unknown


def test_the_identifier_counts_letter_for_letter_and_at_its_issuer_alone(owner: Account, provider: Provider) -> None:
    for other in (SUBJECT.upper(), f"{SUBJECT} ", SUBJECT[:-1], SUBJECT + "0"):
        provider.subject = other
        browser = Client()
        assert there_and_back(browser).status_code == 403, other
        assert is_in(browser)
    provider.subject = SUBJECT
    link(owner, "https://elsewhere.example", SUBJECT)
    assert there_and_back(Client()).status_code == 403


# --- what does not hold ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "claims"),
    [
        ("signature", {}),
        ("algorithm", {}),
        ("unsigned", {}),
        ("nonce", {"nonce": "of-another-request"}),
        ("no nonce", {"nonce": None}),
        ("audience", {"aud": "another-client"}),
        ("party", {"aud": ["archive", "another"], "azp": "another"}),
        ("issuer", {"iss": "http://127.0.0.1:1"}),
        ("expired", {"exp": PAST}),
        ("no end", {"exp": None}),
        ("no subject", {"sub": ""}),
        ("unprintable", {"sub": "f81d\x00"}),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    owner: Account, provider: Provider, fault: str, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    if fault == "signature":
        provider.key = FOREIGN
    elif fault == "algorithm":  # HS256, which allauth's own check would look up in the token's header
        provider.key, provider.algorithm = "0" * 64, "HS256"
    elif fault == "unsigned":
        provider.key, provider.algorithm = None, "none"
    browser = Client()
    assert there_and_back(browser).status_code == 403
    assert is_in(browser)
    assert SignInAttempt.objects.order_by("-pk")[0].outcome == SignInOutcome.FAILED
    provider.claims, provider.key, provider.algorithm = {}, providers.PUBLISHED, "RS256"  # mended, it lets in
    assert there_and_back(browser).status_code == 302
    assert is_in(browser, owner)


def test_an_answer_serves_once_and_in_its_own_session(owner: Account, provider: Provider) -> None:
    browser = Client()
    away = browser.post(reverse("provider_login"))
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    address = back.partition("testserver")[2]
    assert Client().get(address).status_code == 403  # somebody else's browser
    assert browser.get(address).status_code == 302
    browser.logout()
    assert browser.get(address).status_code == 403
    assert is_in(browser)


@pytest.mark.parametrize("part", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_that_does_not_answer_is_said_plainly(owner: Account, provider: Provider, part: str) -> None:
    provider.down = {part}
    browser = Client()
    answer = there_and_back(browser)
    assert is_in(browser)
    if part == "/token":  # a refused exchange proves nothing; allauth does not tell it from a broken one
        assert answer.status_code == 403
        return
    assert answer.status_code == 503
    assert "身份认证系统没有应答" in answer.text
    assert reverse("account_login") in answer.text


def test_a_provider_under_another_name_is_another_provider(owner: Account, provider: Provider) -> None:
    provider.said_issuer = "http://127.0.0.1:1"
    assert there_and_back(Client()).status_code == 503


def test_who_hammers_is_not_looked_at(owner: Account, provider: Provider, settings: Settings) -> None:
    settings.SIGN_IN_LIMITS = settings.SIGN_IN_LIMITS | {"failures_an_address": 3}
    for _once in range(3):
        Client().get(reverse("provider_callback"), REMOTE_ADDR="203.0.113.9")
    assert there_and_back(Client(), address="203.0.113.9").status_code == 403
    assert there_and_back(Client(), address="10.0.0.2").status_code == 302


# --- second factor, sessions ----------------------------------------------------------------------------


def test_an_own_second_factor_is_asked_for(owner: Account) -> None:
    TOTP.activate(owner, generate_totp_secret())
    browser = Client()
    assert there_and_back(browser).headers["Location"] == reverse("mfa_authenticate")
    assert is_in(browser)


@pytest.mark.parametrize(
    ("counted", "claims", "lets_in"),
    [
        ((), {"amr": ["pwd", "otp", "mfa"]}, False),  # the setting is off: the default
        (("mfa",), {"amr": ["pwd"]}, False),
        (("mfa",), {"amr": ["pwd", "mfa"]}, True),
        (("urn:two",), {"acr": "urn:two"}, True),
        (("mfa",), {"amr": "mfa"}, False),  # a text is no list
    ],
)
def test_the_providers_second_factor_counts_only_where_said(
    owner: Account, provider: Provider, settings: Settings, counted: tuple[str, ...], claims: Any, lets_in: bool
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.IDENTITY_PROVIDER = provider.settings(two_factors=frozenset(counted))
    provider.claims = claims
    browser = Client()
    there_and_back(browser)
    assert is_in(browser, owner)
    assert (browser.get("/staff/files/").status_code == 200) is lets_in
    assert signed_in(owner).get("/staff/files/").status_code == 302  # a password's session gains nothing by it


def test_its_sessions_end_as_all_others(owner: Account, scene: Province) -> None:
    browser = Client()
    there_and_back(browser)
    assert browser.get("/staff/files/").status_code == 200
    accounts.unlink_provider(account=owner, by=scene.security_admin, reason="调离")
    assert browser.get("/staff/files/").status_code == 302
    assert there_and_back(Client()).status_code == 403
    owner.refresh_from_db()
    assert (owner.provider_issuer, owner.provider_subject) == ("", "")


# --- configured or not ----------------------------------------------------------------------------


def test_without_a_provider_nothing_answers_and_no_button_shows(client: Client, settings: Settings) -> None:
    assert settings.IDENTITY_PROVIDER is None
    assert client.post(reverse("provider_login")).status_code == 404
    assert client.get(reverse("provider_callback") + "?code=1&state=1").status_code == 404
    page = client.get(reverse("account_login"))
    assert "oidc" not in page.text
    assert "form-action 'self';" in page.headers["Content-Security-Policy"] + ";"


def test_with_one_the_form_may_send_the_browser_there(client: Client, provider: Provider) -> None:
    page = client.get(reverse("account_login"))
    assert "以省统一身份认证登录" in page.text
    assert f"form-action 'self' {provider.issuer}" in page.headers["Content-Security-Policy"]
    assert client.get(reverse("provider_login")).status_code == 405  # no link from elsewhere starts it
    assert 'id="id_password"' in page.text  # the own sign-in stays


# --- two administrators link it ----------------------------------------------------------------------------


def test_two_administrators_link_an_account(scene: Province, provider: Provider) -> None:
    one, other = signed_in(scene.security_admin), signed_in(second_admin(scene))
    asked = one.post(
        reverse("staff:account_provider", args=[scene.clerk.pk]), {"identifier": SUBJECT, "reason": "启用统一身份"}
    )
    assert asked.status_code == 302
    change = scene.clerk.changes.get()
    confirm = reverse("staff:change_confirm", args=[change.ref])
    assert SUBJECT in other.get(confirm).text  # what is confirmed is what is shown
    assert one.post(confirm, {}).status_code == 422
    provider.subject = SUBJECT
    assert there_and_back(Client()).status_code == 403
    assert other.post(confirm, {}).status_code == 302
    assert there_and_back(Client()).status_code == 302
    entry = scene.clerk.history.get(history_change_reason="启用统一身份")
    assert (entry.provider_subject, entry.history_acting_for) == (SUBJECT, scene.security_admin)


def test_one_person_there_is_one_account_here(scene: Province, owner: Account, provider: Provider) -> None:
    with pytest.raises(ActRefused, match="另一账户"):
        accounts.propose(
            kind=ChangeKind.LINK_PROVIDER, by=scene.security_admin, account=scene.reviewer, reason="关联",
            provider_issuer=provider.issuer, provider_subject=SUBJECT,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        link(scene.reviewer, provider.issuer, SUBJECT)


def test_no_link_to_oneself_nor_outside_the_area_nor_without_a_provider(
    scene: Province, provider: Provider, settings: Settings
) -> None:
    ask: dict[str, Any] = {"kind": ChangeKind.LINK_PROVIDER, "reason": "关联", "provider_subject": SUBJECT}
    for account, code in ((scene.security_admin, "self_grant"), (scene.inspector_with_case, "outside_area")):
        with pytest.raises(ActRefused) as refusal:
            accounts.propose(by=scene.security_admin, account=account, provider_issuer=provider.issuer, **ask)
        assert refusal.value.code == code
    settings.IDENTITY_PROVIDER = None
    sent = {"identifier": SUBJECT, "reason": "关联"}
    answer = signed_in(scene.security_admin).post(reverse("staff:account_provider", args=[scene.clerk.pk]), sent)
    assert answer.status_code == 422
    assert not AccessChange.objects.exists()
    with pytest.raises(NotAdmitted):
        accounts.unlink_provider(account=scene.clerk, by=scene.clerk_of_other_authority, reason="x")

"""Signing in 登录 (等级保护 身份鉴别): lockout without denial of service, sessions that end, a second factor."""

import base64
import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as django_settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django.fixtures import Settings

from integrity import accounts
from integrity.choices import SignInOutcome
from integrity.models import Account, SignInAttempt, recording
from integrity.sign_in.browsers import COOKIE
from integrity.sign_in.factors import needs_second_factor
from integrity.sign_in.passwords import NotUsedLately
from tests import factories
from tests.personas import Province, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "三江源头的雪山与草原-2026"


@pytest.fixture
def owner(scene: Province) -> Account:
    set_password(scene.clerk, PASSWORD)
    return scene.clerk


def set_password(account: Account, password: str) -> None:
    account.set_password(password)
    with recording(by=None, reason="测试"):
        account.save()


def attempt(username: str, password: str, address: str = "10.0.0.1", client: Client | None = None) -> bool:
    """One attempt at the form; whether it signed in."""
    browser = client or Client()
    browser.post(reverse("account_login"), {"login": username, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in browser.session


def signed_out(*browsers: Client) -> None:
    """Without the session; `Client.logout` would forget every cookie."""
    for browser in browsers:
        del browser.cookies[django_settings.SESSION_COOKIE_NAME]


# --- lockout -------------------------------------------------------------------------------------------------


def test_a_few_failures_from_one_place_stop_the_next(owner: Account, clock: Any) -> None:
    for _once in range(5):
        assert not attempt(owner.username, "falsch")
    assert not attempt(owner.username, PASSWORD)  # refused before the password is looked at
    assert SignInAttempt.objects.filter(outcome=SignInOutcome.REFUSED).count() == 1
    clock.shift(timedelta(minutes=16))
    assert attempt(owner.username, PASSWORD)


def test_a_stranger_who_hammers_does_not_lock_the_owner_out(owner: Account) -> None:
    assert attempt(owner.username, PASSWORD, "10.0.0.7")
    for number in range(60):
        attempt(owner.username, "falsch", f"203.0.113.{number}")
    assert not attempt(owner.username, PASSWORD, "203.0.113.200")  # a stranger, even with the password
    assert attempt(owner.username, PASSWORD, "10.0.0.7")  # the owner, from where the owner works


def test_one_address_does_not_try_many_names(owner: Account) -> None:
    for number in range(50):
        attempt(f"nobody{number}", "falsch", "198.51.100.9")
    assert not attempt(owner.username, PASSWORD, "198.51.100.9")
    assert attempt(owner.username, PASSWORD, "198.51.100.10")


def test_a_colleague_behind_the_same_address_does_not_lock_the_owner_out(owner: Account, scene: Province) -> None:
    """Planted before: five wrong passwords from the office's one address, and the owner waited a quarter of an hour."""
    office = "10.0.0.7"
    mine, colleague = Client(), Client()
    assert attempt(owner.username, PASSWORD, office, mine)
    set_password(scene.reviewer, PASSWORD)
    assert attempt(scene.reviewer.username, PASSWORD, office, colleague)
    signed_out(colleague, mine)
    for _once in range(6):
        attempt(owner.username, "falsch", office, colleague)
    for number in range(60):
        attempt(f"nobody{number}", "falsch", office)
    assert not attempt(owner.username, PASSWORD, office)  # a browser nobody knows, even with the password
    assert not attempt(owner.username, PASSWORD, office, colleague)  # one that is known for another name
    assert attempt(owner.username, PASSWORD, office, mine)


def test_a_known_browser_has_a_count_of_its_own(owner: Account, clock: Any) -> None:
    """Whoever carries its cookie away tries no more often than anybody else, and not at the owner's expense."""
    mine, thief = Client(), Client()
    assert attempt(owner.username, PASSWORD, "10.0.0.7", mine)
    thief.cookies[COOKIE] = mine.cookies[COOKIE].value
    for _once in range(5):
        assert not attempt(owner.username, "falsch", "203.0.113.9", thief)
    assert not attempt(owner.username, PASSWORD, "203.0.113.9", thief)
    assert SignInAttempt.objects.filter(outcome=SignInOutcome.REFUSED, account=owner).count() == 1
    assert attempt(owner.username, PASSWORD, "203.0.113.10")  # others are not counted with it
    clock.shift(timedelta(minutes=16))
    assert attempt(owner.username, PASSWORD, "203.0.113.9", thief)


@pytest.mark.parametrize("value", ["", "x", "eyJpZGVudCI6IjAiLCJuYW1lcyI6W119:1:forged"])
def test_a_cookie_nobody_signed_is_an_unknown_browser(owner: Account, value: str) -> None:
    forger = Client()
    forger.cookies[COOKIE] = value
    for _once in range(5):
        attempt(owner.username, "falsch", client=forger)
    assert not attempt(owner.username, PASSWORD, client=forger)


def test_a_known_browser_is_forgotten_and_tells_no_name(owner: Account, clock: Any) -> None:
    mine = Client()
    attempt(owner.username, PASSWORD, client=mine)
    cookie = mine.cookies[COOKIE]
    assert (cookie["path"], bool(cookie["httponly"]), cookie["samesite"]) == ("/accounts/", True, "Lax")
    assert owner.username not in base64.urlsafe_b64decode(cookie.value.split(":")[0] + "==").decode()
    mine.logout()
    clock.shift(timedelta(days=181))
    for _once in range(5):
        attempt(owner.username, "falsch")
    mine.cookies[COOKIE] = cookie.value
    assert not attempt(owner.username, PASSWORD, client=mine)


def test_failures_in_a_known_browser_are_told_too(owner: Account) -> None:
    mine = Client()
    attempt(owner.username, PASSWORD, client=mine)
    signed_out(mine)
    attempt(owner.username, "falsch", client=mine)
    assert attempt(owner.username, PASSWORD, client=mine)
    assert "1 次未通过的登录尝试" in mine.get("/staff/").text


def test_right_and_wrong_names_are_answered_alike(owner: Account) -> None:
    pages = [
        Client().post(reverse("account_login"), {"login": name, "password": "falsch"}).content.decode()
        for name in (owner.username, "gibtesnicht")
    ]
    errors = [re.findall(r"<li[^>]*>([^<]*)</li>", page) for page in pages]
    assert errors[0] == errors[1] != []


def test_an_unknown_name_is_kept_as_a_digest_alone(owner: Account) -> None:
    attempt("扎西多杰的口令", "x")
    line = SignInAttempt.objects.order_by("-pk")[0]
    assert line.account is None
    assert "扎西" not in str([getattr(line, field.attname) for field in SignInAttempt._meta.concrete_fields])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM integrity_signinattempt")


def test_the_owner_is_told_of_failures(owner: Account) -> None:
    attempt(owner.username, PASSWORD)
    attempt(owner.username, "falsch", "203.0.113.4")
    browser = Client()
    assert attempt(owner.username, PASSWORD, client=browser)
    assert "1 次未通过的登录尝试" in browser.get("/staff/").text


# --- sessions --------------------------------------------------------------------------------------------------


def test_a_session_ends_after_idling(owner: Account, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS = 1800
    browser = signed_in(owner)
    with time_machine.travel(timezone.now() + timedelta(minutes=29), tick=False) as clock:
        assert browser.get("/staff/").status_code == 200
        clock.shift(timedelta(minutes=29))
        assert browser.get("/staff/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert browser.get("/staff/").status_code == 302


@pytest.mark.parametrize("how", ["suspended", "ended", "password"])
def test_an_open_session_is_over_with_the_next_request(scene: Province, owner: Account, how: str) -> None:
    browser = signed_in(owner)
    address = f"/staff/files/{scene.file.ref}/"
    assert browser.get(address).status_code == 200
    if how == "suspended":
        accounts.suspend(account=owner, by=scene.security_admin, reason="停职")
    elif how == "ended":
        accounts.end_sessions(account=owner, by=scene.security_admin, reason="遗失电脑")
    else:
        set_password(owner, PASSWORD + "!")
    answer = browser.get(address)
    assert answer.status_code == 302
    assert scene.person.name not in answer.content.decode()


def test_a_session_list_of_ones_own(owner: Account) -> None:
    browser = Client()
    attempt(owner.username, PASSWORD, "10.0.0.8", browser)
    page = browser.get(reverse("usersessions_list"), REMOTE_ADDR="10.0.0.8")
    assert page.status_code == 200
    assert "10.0.0.8" in page.text


# --- second factor ---------------------------------------------------------------------------------------------


def lately(account: Account) -> Client:
    """The browser of somebody who has just proved to be it: factors are changed by nobody else."""
    browser = signed_in(account)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    return browser


def with_factor(account: Account) -> str:
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return str(secret)


def test_who_needs_a_second_factor(scene: Province) -> None:
    for name in ("clerk", "inspector_with_case", "system_admin", "security_admin", "audit_admin"):
        assert needs_second_factor(getattr(scene, name)), name
    assert needs_second_factor(scene.subject_himself)  # no office, but the own records are shown up to S4
    for name in ("low_clearance_clerk", "nobody"):
        assert not needs_second_factor(getattr(scene, name)), name


def test_without_it_no_page_but_its_own_answers(scene: Province, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    browser = signed_in(scene.clerk)
    for address in ("/staff/", "/staff/files/", f"/staff/files/{scene.file.ref}/", "/staff/search/", "/cms/"):
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index")), address
    assert browser.get(reverse("mfa_index")).status_code == 200
    with_factor(scene.clerk)
    assert browser.get("/staff/files/").status_code == 200
    assert signed_in(scene.low_clearance_clerk).get("/staff/files/").status_code == 200


def test_the_own_records_take_a_second_factor_too(scene: Province, settings: Settings) -> None:
    """Planted before: whoever is on file and has no office read the own S4 by a password."""
    settings.SECOND_FACTOR_REQUIRED = True
    browser = signed_in(scene.subject_himself)
    address = reverse("staff:file", args=[scene.file.ref])
    answer = browser.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))
    with_factor(scene.subject_himself)
    assert browser.get(address).status_code == 200


def test_a_password_alone_does_not_sign_in_where_there_is_a_factor(owner: Account) -> None:
    with_factor(owner)
    browser = Client()
    assert not attempt(owner.username, PASSWORD, client=browser)
    assert browser.get("/staff/").status_code == 302


def test_whoever_must_have_one_does_not_take_it_off(scene: Province, settings: Settings, owner: Account) -> None:
    with_factor(owner)
    browser = lately(owner)
    settings.SECOND_FACTOR_REQUIRED = True
    browser.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=owner, type=Authenticator.Type.TOTP).exists()
    settings.SECOND_FACTOR_REQUIRED = False  # it is the rule that keeps it, nothing else
    browser.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=owner, type=Authenticator.Type.TOTP).exists()


def a_key(account: Account, name: str = "密钥") -> Authenticator:
    row = Authenticator(user=account, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}})
    row.save()
    return row


def test_a_key_counts_as_a_factor_recovery_codes_alone_do_not(scene: Province, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    browser = signed_in(scene.clerk)
    Authenticator.objects.create(user=scene.clerk, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    assert browser.get("/staff/files/").status_code == 302
    a_key(scene.clerk)
    assert browser.get("/staff/files/").status_code == 200


def test_the_last_key_stays_where_one_is_required(scene: Province, settings: Settings, owner: Account) -> None:
    """allauth asks this of an authenticator app alone: its own view of removing a key did remove the last one."""
    settings.SECOND_FACTOR_REQUIRED = True
    first, second = a_key(owner), a_key(owner, "备用")
    browser = lately(owner)
    for key, left in ((first, 1), (second, 1)):
        address = reverse("mfa_remove_webauthn", args=[key.pk])
        browser.get(address)
        browser.post(address)
        assert Authenticator.objects.filter(user=owner, type=Authenticator.Type.WEBAUTHN).count() == left
    with_factor(owner)
    browser.post(reverse("mfa_remove_webauthn", args=[second.pk]))
    assert not Authenticator.objects.filter(user=owner, type=Authenticator.Type.WEBAUTHN).exists()
    browser.post(reverse("mfa_deactivate_totp"))  # and now the app is the last
    assert Authenticator.objects.filter(user=owner, type=Authenticator.Type.TOTP).exists()


def test_whoever_needs_none_removes_the_last_and_nobody_anothers(scene: Province, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    key, other = a_key(scene.low_clearance_clerk), factories.account("other")
    address = reverse("mfa_remove_webauthn", args=[key.pk])
    assert lately(other).post(address).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
    assert lately(scene.low_clearance_clerk).post(address).status_code == 302
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_a_key_alone_signs_nobody_in() -> None:
    """A factor, no passkey: the addresses of signing in by a key do not exist."""
    for address in ("/accounts/2fa/webauthn/login/", "/accounts/2fa/webauthn/signup/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address).status_code == 404


# --- passwords ------------------------------------------------------------------------------------------------------


def test_one_of_the_last_five_is_refused(owner: Account) -> None:
    for number in range(4):
        set_password(owner, f"{PASSWORD}{number}")
    with pytest.raises(ValidationError, match="最近 5 次"):
        NotUsedLately(5).validate(PASSWORD, owner)
    set_password(owner, f"{PASSWORD}-x")
    NotUsedLately(5).validate(PASSWORD, owner)


def test_the_own_password_is_set_by_a_link_once(scene: Province) -> None:
    account = factories.account("fresh", organisation=scene.authority)
    uid, token = urlsafe_base64_encode(force_bytes(account.pk)), default_token_generator.make_token(account)
    browser = Client()
    page = browser.get(reverse("set_password", args=[uid, token]), follow=True)
    address = page.redirect_chain[-1][0]
    assert browser.post(address, {"new_password1": "kurz", "new_password2": "kurz"}).status_code == 200
    assert browser.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 302
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    again = Client().get(reverse("set_password", args=[uid, token]), follow=True)
    assert "链接已失效" in again.text

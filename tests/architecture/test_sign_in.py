"""One way in: third parties' password forms, which skip the second factor, and signing up are closed."""

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter as get_second_factor_adapter
from allauth.socialaccount.adapter import get_adapter as get_third_party_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from integrity.models import Account
from integrity.sign_in.identity_provider import PROVIDER_ID
from integrity.views import frame
from integrity.views.account import RemoveKey
from integrity.views.provider import ComeBack, GoToProvider
from tests import factories

pytestmark = pytest.mark.django_db

FORMS = [
    "/cms/login/",
    "/_util/login/",
    "/en/_util/login/",
    "/zh-hans/_util/login/",
    "/cms/password_reset/",
    "/cms/password_reset/confirm/MQ/abc/",
    "/accounts/signup/",
]
BY_A_THIRD_PARTY = [
    "/accounts/3rdparty/",
    "/accounts/3rdparty/signup/",
    "/accounts/3rdparty/login/cancelled/",
    "/accounts/3rdparty/login/error/",
    "/accounts/social/signup/",
    "/accounts/social/connections/",
    "/accounts/social/login/error/",
    "/accounts/oidc/department/login/",
    "/accounts/oidc/department/login/callback/",
    "/accounts/oidc/other/login/",
    "/accounts/oidc/other/login/callback/",
    "/accounts/2fa/webauthn/login/",
    "/accounts/2fa/webauthn/signup/",
]
BY_MAIL = [
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/password/set/",
    "/accounts/email/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/abc/",
    "/accounts/login/code/confirm/",
]


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_other_form_takes_a_password(client: Client, address: str, method: str) -> None:
    """Dependencies A1: each of Wagtail's forms signed in with the password alone, second factor or not."""
    answer = getattr(client, method)(address, {"username": "clerk", "password": "right"})
    assert answer.status_code == 302
    assert answer.url == reverse("account_login")
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


@pytest.mark.parametrize("address", BY_MAIL)
def test_accounts_are_kept_by_the_security_administrator_not_by_mail(client: Client, address: str) -> None:
    client.force_login(factories.account("somebody"))
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "a@example.cn"}).status_code == 404


@pytest.mark.parametrize("address", BY_A_THIRD_PARTY)
def test_no_third_party_opens_or_connects_an_account(client: Client, address: str) -> None:
    """Dependencies A2: allauth opens an account for whoever a provider vouches for."""
    client.force_login(factories.account("somebody"))
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_allauths_own_provider_views_are_behind_ours() -> None:
    """Planted fault: were ours behind the include, its views would answer, which verify no signature and no nonce."""
    ours = {"openid_connect_login": GoToProvider, "openid_connect_callback": ComeBack}
    for name, view in ours.items():
        found = resolve(reverse(name, kwargs={"provider_id": PROVIDER_ID})).func
        assert getattr(found, "view_class", None) is view, name
        assert resolve(reverse(name, kwargs={"provider_id": "another"})).func is frame.absent
    assert getattr(resolve(reverse("mfa_remove_webauthn", args=[1])).func, "view_class", None) is RemoveKey


def test_no_third_party_login_comes_through(rf: RequestFactory) -> None:
    adapter = get_third_party_adapter()
    assert adapter.is_open_for_signup(rf.get("/"), None) is False
    with pytest.raises(ImmediateHttpResponse):
        adapter.pre_social_login(rf.get("/"), None)


def test_the_sign_in_page_offers_no_reset(client: Client) -> None:
    page = client.get(reverse("account_login")).text
    assert "password/reset" not in page
    assert "安全管理员" in page


def test_only_an_own_address_is_carried_on(client: Client) -> None:
    assert client.get("/cms/login/?next=/cms/pages/").headers["Location"].endswith("?next=%2Fcms%2Fpages%2F")
    assert client.get("/cms/login/?next=//evil.example/").headers["Location"] == reverse("account_login")


def test_the_names_wagtail_redirects_to_are_closed_too() -> None:
    """Planted fault: were the redirects behind the includes, these names would lead to Wagtail's views."""
    for name in ("wagtailadmin_login", "wagtailcore_login"):
        assert resolve(reverse(name)).func is frame.to_sign_in, name


def test_editors_are_sent_to_the_one_form(client: Client) -> None:
    answer = client.get("/cms/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_nobody_signs_up(rf: RequestFactory) -> None:
    assert get_adapter().is_open_for_signup(rf.get("/")) is False


def test_second_factor_secrets_are_stored_as_ciphertext() -> None:
    adapter = get_second_factor_adapter()
    stored = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert adapter.decrypt(stored) == "JBSWY3DPEHPK3PXP"


def test_visitors_have_no_account_row_and_no_permission() -> None:
    """guardian would make an active user `AnonymousUser` (G5)."""
    assert settings.ANONYMOUS_USER_NAME is None
    assert not Account.objects.filter(username="AnonymousUser").exists()
    assert not AnonymousUser().has_perm("integrity.view_account", Account())


def test_strict_policy_everywhere_but_in_the_editors_admin(client: Client) -> None:
    strict = client.get("/health/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in strict
    assert "unsafe-eval" not in strict
    assert "default-src 'self'" in strict
    editor = client.get("/cms/").headers["Content-Security-Policy"]
    assert "'unsafe-inline'" in editor
    assert "unsafe-eval" not in editor


def test_health_answers(client: Client) -> None:
    answer = client.get("/health/")
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_chinese_unless_chosen(client: Client) -> None:
    assert client.get("/health/", headers={"accept-language": "en"}).headers["Content-Language"] == "zh-hans"
    client.post("/i18n/setlang/", {"language": "en"})
    assert client.get("/health/").headers["Content-Language"] == "en"

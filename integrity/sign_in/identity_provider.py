"""The department's identity provider 统一身份认证 (OpenID Connect Core 1.0): where to go, and who has come back.

allauth brings the client (state, PKCE, the exchange of the code). What it leaves out in this flow is done here: a
nonce, the signature of the ID token, a fixed list of algorithms, the provider's name for itself (decision 0015).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from integrity.settings.env import IdentityProvider

PROVIDER_ID = "department"
#: Signatures with a key pair alone: with HS256 the provider's public key would serve as the secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_APART = 60  # seconds
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


class ProviderDown(Exception):
    """The provider does not answer, or not as a provider does."""


class NotProven(Exception):
    """What came back does not prove who somebody is."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for: its own name, its identifier of the person, whether by two factors."""

    issuer: str
    subject: str
    by_two_factors: bool

    @property
    def label(self) -> str:
        """The name under which an attempt is counted; it goes into a digest."""
        return f"{self.issuer} {self.subject}"


def configured() -> IdentityProvider | None:
    chosen: IdentityProvider | None = settings.IDENTITY_PROVIDER
    return chosen


class _Client(OpenIDConnectOAuth2Adapter):
    """allauth's client for the one provider of the settings; rows of its own table are not asked."""

    chosen: IdentityProvider

    def get_provider(self) -> OpenIDConnectProvider:
        return _provider(self.request, self.chosen)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; another name than the agreed one is another provider."""
        if not hasattr(self, "_said"):
            said = _fetched(f"{self.chosen.issuer.rstrip('/')}/.well-known/openid-configuration")
            wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if said.get("issuer") != self.chosen.issuer or not all(isinstance(said.get(name), str) for name in wanted):
                raise ProviderDown("its configuration names another issuer, or not all addresses")
            if not said["authorization_endpoint"].startswith(f"{self.chosen.origin}/"):
                raise ProviderDown("its sign-in page is at another origin; set OIDC_ORIGIN")
            self._said: dict[str, Any] = said
        return self._said

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("provider_callback"))


def _client(request: HttpRequest, chosen: IdentityProvider) -> _Client:
    client = _Client(request, PROVIDER_ID)
    client.chosen = chosen
    return client


def _provider(request: HttpRequest, chosen: IdentityProvider) -> OpenIDConnectProvider:
    app = SocialApp(
        provider="openid_connect", provider_id=PROVIDER_ID, name=chosen.name, client_id=chosen.client_id,
        secret=chosen.client_secret,
        settings={"server_url": chosen.issuer, "scope": ["openid"], "oauth_pkce_enabled": True},
    )  # fmt: skip
    provider = OpenIDConnectProvider(request, app=app)
    provider.get_oauth2_adapter = lambda request: _client(request, chosen)
    return provider


def go(request: HttpRequest, chosen: IdentityProvider, *, next_url: str) -> HttpResponseRedirect:
    """Off to the provider, with a state, a nonce and a PKCE challenge kept in this session."""
    nonce = secrets.token_urlsafe(32)
    answer: HttpResponseRedirect = _provider(request, chosen).redirect(
        request, process="login", next_url=next_url, auth_params={"nonce": nonce}, nonce=nonce
    )
    return answer


def came_back(request: HttpRequest, chosen: IdentityProvider) -> tuple[Person, str]:
    """The person and where to go next; `NotProven` or `ProviderDown`. A state serves once."""
    state = statekit.unstash_state(request, provider_id=PROVIDER_ID, state_id=request.GET.get("state", ""))
    if state is None or not request.GET.get("code") or request.GET.get("error"):
        raise NotProven("no state of this session, or no code")
    client = _client(request, chosen)
    app = client.get_provider().app
    try:
        answer = client.get_access_token_data(
            request, app, client.get_client(request, app), pkce_code_verifier=state["pkce_code_verifier"]
        )
    except OAuth2Error as problem:
        raise NotProven("the code was not exchanged") from problem
    except (requests.RequestException, ValueError, KeyError) as problem:  # KeyError: an answer of no content type
        raise ProviderDown("the code could not be exchanged") from problem
    keys = _fetched(client.openid_config["jwks_uri"])
    claims = verified(str(answer.get("id_token") or ""), keys, chosen=chosen, nonce=state["nonce"])
    person = Person(claims["iss"], claims["sub"], by_two_factors=not chosen.two_factors.isdisjoint(_means(claims)))
    return person, str(state.get("next") or "")


def _means(claims: dict[str, Any]) -> list[str]:
    """How the provider says the person proved to be it: the values of `amr` (a list) and of `acr`."""
    ways: Any = claims.get("amr")
    return [str(way) for way in (*(ways if isinstance(ways, list) else ()), claims.get("acr"))]


def verified(token: str, keys: dict[str, Any], *, chosen: IdentityProvider, nonce: str) -> dict[str, Any]:
    """The claims of an ID token, its signature checked with the provider's published keys (Core 3.1.3.7)."""
    try:
        header = jwt.get_unverified_header(token)
        known = {key.key_id: key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")}
        key = known[header.get("kid")] if header.get("kid") is not None else _only(known)
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=ALGORITHMS, audience=chosen.client_id, issuer=chosen.issuer, leeway=CLOCKS_APART,
            options={"require": _REQUIRED},
        )  # fmt: skip
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as problem:
        raise NotProven("the ID token does not hold") from problem
    if claims.get("azp", chosen.client_id) != chosen.client_id:
        raise NotProven("the ID token is for another client")
    if not constant_time_compare(str(claims["nonce"]), nonce):
        raise NotProven("the ID token answers another request")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise NotProven("no usable identifier")
    return claims


def _only(known: dict[Any, Any]) -> Any:
    """A token that names no key: right only where there is one."""
    if len(known) != 1:
        raise KeyError("several keys and none named")
    return next(iter(known.values()))


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=5, allow_redirects=False)
        answer.raise_for_status()
        said = json.loads(answer.content)
    except (requests.RequestException, ValueError) as problem:
        raise ProviderDown(address) from problem
    if not isinstance(said, dict):
        raise ProviderDown(address)
    return said

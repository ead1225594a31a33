"""A small OpenID provider on this machine 身份提供方: the real protocol over real sockets, with faults to order.

It checks what a provider checks (client, secret, redirect address, PKCE, a code once) and says what it was told to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from integrity.settings.env import IdentityProvider

CLIENT_ID, SECRET = "archive", "geheim-" + "0123456789abcdef" * 2
PUBLISHED = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What it vouches for, and which fault it commits."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.subject = "nobody-here"
        self.claims: dict[str, Any] = {}
        self.key: Any = PUBLISHED
        self.algorithm = "RS256"
        self.down: set[str] = set()
        self.said_issuer = address
        self.asked: dict[str, dict[str, str]] = {}
        self.requests: list[dict[str, str]] = []

    def settings(self, **columns: Any) -> IdentityProvider:
        values: dict[str, Any] = {
            "issuer": self.issuer, "client_id": CLIENT_ID, "client_secret": SECRET, "name": "省统一身份认证",
            "origin": self.issuer, "two_factors": frozenset(),
        }  # fmt: skip
        return IdentityProvider(**(values | columns))

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.said_issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def keys(self) -> dict[str, Any]:
        row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PUBLISHED.public_key()))
        return {"keys": [row | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """The person has signed in over there: back with a code."""
        self.requests.append(asked)
        code = secrets.token_urlsafe(16)
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.asked.pop(sent.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if asked is None or authorization != basic or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked.get("code_challenge"):
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": asked.get("nonce", ""), "email": "somebody@example.gov.cn", "email_verified": True,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(claims, self.key, algorithm=self.algorithm, headers={"kid": "k1"})
        return {"access_token": "at", "token_type": "Bearer", "id_token": signed}


@contextmanager
def serving() -> Iterator[Provider]:
    """The provider, for as long as the block lasts."""
    provider: Provider

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Quiet."""

        def say(self, body: Any, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path in provider.down:
                self.say({}, 503)
            elif parts.path == "/authorize":
                self.send_response(302)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
            else:
                self.say(provider.keys() if parts.path == "/keys" else provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path in provider.down:
                self.say({}, 503)
                return
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            answer = provider.token(sent, self.headers.get("Authorization", ""))
            self.say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def there_and_back(browser: Client, *, next_url: str = "", address: str = "10.0.0.1") -> Any:
    """The whole way of a browser: our button, the provider's page, our callback; the last answer."""
    away = browser.post(reverse("provider_login"), {"next": next_url}, REMOTE_ADDR=address)
    if away.status_code != 302:
        return away
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["Location"])
    return browser.get(f"{parts.path}?{parts.query}", REMOTE_ADDR=address)

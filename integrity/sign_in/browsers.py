"""Browsers that are known 常用浏览器: a signed cookie says in which browser which names have signed in.

It lets nobody in. Attempts in it are counted by themselves, so that others cannot use up the owner's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "known_browser"
_SALT = "integrity.sign_in.browsers"
_FRESH = "_known_browser"
#: Names kept of one browser, the last ones: several may share one.
_MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser, by a number of its own, and the digests of the names that have signed in there."""

    ident: str
    names: tuple[str, ...]


def known(request: HttpRequest | None) -> Browser | None:
    """The browser this request comes from, where its cookie was signed here and is not too old."""
    value = request.COOKIES.get(COOKIE, "") if request is not None else ""
    if not value:
        return None
    try:
        kept = signing.loads(value, salt=_SALT, max_age=_seconds())
    except signing.BadSignature:
        return None
    return Browser(kept["ident"], tuple(kept["names"]))


def remember(request: HttpRequest | None, name: str) -> None:
    """Somebody has signed in here: the answer to this request will say so to the browser."""
    if request is None:
        return
    before = known(request)
    names = (*(one for one in (before.names if before else ()) if one != name), name)[-_MOST_NAMES:]
    fresh = Browser(before.ident if before else secrets.token_hex(16), names)
    setattr(request, _FRESH, fresh)


def send(request: HttpRequest, response: HttpResponseBase) -> None:
    """Hand the cookie out with the answer, where somebody has just signed in."""
    fresh: Browser | None = getattr(request, _FRESH, None)
    if fresh is None:
        return
    value = signing.dumps({"ident": fresh.ident, "names": list(fresh.names)}, salt=_SALT)
    response.set_cookie(
        COOKIE, value, max_age=_seconds(), path="/accounts/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _seconds() -> int:
    return int(settings.SIGN_IN_LIMITS["known_browser_days"]) * 24 * 3600

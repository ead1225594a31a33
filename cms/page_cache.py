"""Whole pages kept 整页缓存: a public page is made once a generation and day, and never shown past either (H5).

Kept under: generation, day in Asia/Shanghai, address, language. An entry carries the moment at which a page of the
site comes or goes by its own clock, if that is earlier than midnight. What names a person of a record (a page that
read publications otherwise than to count them) is kept here, where a withdrawal is known at once, and by nobody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control
from wagtail.models import Page

from cms.generation import current_generation

NOT_PUBLIC = ("/staff/", "/cms/", "/accounts/", "/documents/", "/i18n/", "/language/", "/health/", "/_util/")
#: A web server in front asks again after this; in between it answers alone.
OUTSIDE_SECONDS = 1
RECORDS = "integrity_publication"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was made."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    until: datetime
    names_somebody: bool


class PageCacheMiddleware:
    """Before everything that costs: session, language, templates."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _askable(request):
            return self.get_response(request)
        now = timezone.now()
        key = _key(request, now)
        kept: Kept | None = caches["pages"].get(key)
        if kept is None or kept.until <= now:
            noticed = _Noticed()
            with connection.execute_wrapper(noticed):
                response = self.get_response(request)
            if not _keepable(response):
                return response
            kept = _keep(key, response, now, names_somebody=noticed.names_somebody)
        return _answer(request, kept, now)


class _Noticed:
    """Whether the page asked for published records; a count names nobody."""

    names_somebody = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if RECORDS in sql and "COUNT(" not in sql.upper():
            self.names_somebody = True
        return execute(sql, params, many, context)


def _askable(request: HttpRequest) -> bool:
    """A reading request of nobody in particular."""
    return (
        request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not request.path.startswith(NOT_PUBLIC)
        and not request.path.startswith(settings.MEDIA_URL)
        and "Authorization" not in request.headers
        and "Range" not in request.headers
    )


def _key(request: HttpRequest, now: datetime) -> str:
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    language = language if language in dict(settings.LANGUAGES) else ""
    parts = (
        current_generation(),
        timezone.localtime(now).date().isoformat(),
        language,
        request.scheme or "",
        request.META.get("HTTP_HOST", ""),
        request.get_full_path(),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _keepable(response: HttpResponseBase) -> bool:
    """Whole, right, for everybody alike."""
    if response.status_code != 200 or response.streaming or response.cookies or not isinstance(response, HttpResponse):
        return False
    said = {part.partition("=")[0].strip().lower() for part in response.headers.get("Cache-Control", "").split(",")}
    if said & {"private", "no-store", "no-cache"}:
        return False
    return "nonce-" not in response.headers.get("Content-Security-Policy", "")


def _keep(key: str, response: HttpResponseBase, now: datetime, *, names_somebody: bool) -> Kept:
    assert isinstance(response, HttpResponse)  # noqa: S101  _keepable asked
    if "Cache-Control" not in response.headers:
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
    response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    kept = Kept(response.content, tuple(response.headers.items()), _until(now), names_somebody)
    caches["pages"].set(key, kept, timeout=max((kept.until - now).total_seconds(), 1))
    return kept


def _until(now: datetime) -> datetime:
    """Midnight in Asia/Shanghai, or the first moment at which a page comes or goes by itself."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    clocks = Page.objects.filter(live=True, expire_at__gt=now).aggregate(first=Min("expire_at"))
    first: datetime | None = clocks["first"]
    return min(midnight, first) if first else midnight


def _answer(request: HttpRequest, kept: Kept, now: datetime) -> HttpResponse:
    headers = dict(kept.headers)
    if headers["ETag"] in request.headers.get("If-None-Match", "").replace("W/", ""):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(kept.body)
    for name, value in kept.headers:
        if answer.status_code == 200 or name not in ("Content-Type", "Content-Length", "Content-Language"):
            answer.headers[name] = value
    answer.headers["X-Accel-Expires"] = _outside(kept, now)
    return answer


def _outside(kept: Kept, now: datetime) -> str:
    """How long the web server in front may answer alone: never across the moment the page ends, and not at all
    for a page that shows somebody."""
    if kept.names_somebody:
        return "0"
    return f"@{int(min(now + timedelta(seconds=OUTSIDE_SECONDS), kept.until).timestamp())}"

"""The frame's own small pieces: is the process well, what a browser may run, addresses that do not exist."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integrity.exceptions import ReadLogUnavailable

EDITOR_PATH = "/cms/"


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Does this process reach its database. For the load balancer: no figure, no version, no name."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


class ClientAddressMiddleware:
    """Behind proxies of ours, the address is what the outermost of them saw; what a client writes itself counts not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if count and len(seen) >= count and seen[-count]:
            request.META["REMOTE_ADDR"] = seen[-count]
        return self.get_response(request)


class ReadLogMiddleware:
    """Each request has a number that its lines of the read log carry; without the log nothing is shown (H19, N11)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid4().hex  # type: ignore[attr-defined]  # read by access.log_read
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReadLogUnavailable):
            return None
        answer = render(request, "503.html", status=503)
        answer.headers["Retry-After"] = "300"
        answer.headers["Cache-Control"] = "no-store"
        return answer


def to_sign_in(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Stands where a third-party password form would be. Carries `next` on and nothing else: whatever was
    typed into such a form must not end up in an address."""
    address = reverse("account_login")
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        address += "?" + urlencode({"next": target})
    return HttpResponseRedirect(address)


def absent(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """An address that a third-party URL conf would serve and that we do not want to exist."""
    raise Http404


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Chinese until somebody chooses otherwise (i18n/setlang/).

    Django's own reads the browser's list of languages; an officer's computer often says English there, and
    a public page would come in two versions to every cache.
    """

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        try:
            language = translation.get_supported_language_variant(chosen)
        except LookupError:
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ("Cookie",))
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, the relaxed one below the editors' path only (see base settings)."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(EDITOR_PATH):
            parts.config = settings.EDITOR_CONTENT_SECURITY_POLICY
        return parts

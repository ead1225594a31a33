"""The site as a whole 全站: choice of language, robots.txt, sitemap of disclosures."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from cms.models import DisclosurePage

REMEMBERED = timedelta(days=180)


@require_safe
@never_cache
def choose_language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the reader's language 界面语言 and go back. The cookie holds the code and nothing else."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=REMEMBERED,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: disclosures. Pages about persons and searches are nothing for an archive."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('register:index')}",
        "Disallow: /search/",
        "Disallow: /staff/",
        "Disallow: /cms/",
        "Disallow: /accounts/",
        f"Sitemap: {request.build_absolute_uri(reverse('site:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=0, must_revalidate=True)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Live disclosures only; no page about a person is ever listed (H5, domain §14)."""
    pages = [
        {"url": request.build_absolute_uri(page.get_url(request)), "changed": page.last_published_at}
        for page in DisclosurePage.objects.live().public().latest_first()
    ]
    return render(request, "cms/sitemap.xml", {"pages": pages}, content_type="application/xml; charset=utf-8")

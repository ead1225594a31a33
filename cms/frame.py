"""The frame around every public page 网站框架: name, navigation, languages, footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterable


def public_frame(request: HttpRequest, *, page: Page | None = None) -> dict[str, Any]:
    """Context of `base_public.html`; pages give themselves, other views give nothing."""
    site = Site.find_for_request(request)
    home = site.root_page.specific if site else None
    children = list(home.get_children().live()) if home else []
    here = request.path
    return {
        "site_name": (site.site_name if site else "") or _("青海省政务诚信公开"),
        "site_org": getattr(home, "organisation", ""),
        "home_url": home.get_url(request) if home else "/",
        "search_url": "/search/",
        "public_nav": _navigation(request, home, children, here),
        "language_links": _languages(request),
        "footer_links": [
            {"url": child.get_url(request), "label": child.title}
            for child in children
            if not child.show_in_menus and getattr(child.specific_class, "in_footer", True)
        ]
        + [{"url": reverse("site:checkpoints"), "label": _("存证检查点")}],
    }


def _navigation(
    request: HttpRequest, home: Page | None, children: Iterable[Page], here: str
) -> list[dict[str, object]]:
    if home is None:
        return []
    home_url = home.get_url(request)
    listed = [child for child in children if child.show_in_menus]
    collections = [child for child in listed if not child.is_leaf()]  # the catalogue comes before plain pages
    pages = [child for child in listed if child.is_leaf()]
    items: list[tuple[str, str]] = [(home_url, _("首页"))]
    items += [(child.get_url(request), child.title) for child in collections]
    items += [(reverse("register:index"), _("执业信用公示")), ("/search/", _("检索"))]
    items += [(child.get_url(request), child.title) for child in pages]
    return [
        {"url": url, "label": label, "active": here == url if url == home_url else here.startswith(url)}
        for url, label in items
    ]


def _languages(request: HttpRequest) -> list[dict[str, object]]:
    """Links, not a form: they work without scripts, without a session and without a CSRF token."""
    current = get_language()
    return [
        {
            "url": f"{reverse('site:language', args=[code])}?{urlencode({'next': request.get_full_path()})}",
            "label": label,
            "code": {"zh-hans": "zh-Hans"}.get(code, code),
            "active": code == current,
        }
        for code, label in settings.LANGUAGES
    ]

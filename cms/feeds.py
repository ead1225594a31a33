"""Feed of disclosures 政府信息公开订阅 (Atom, RFC 4287): what the government disclosed, never records of persons.

A feed is copied into readers that nobody can empty, so it carries titles and summaries alone, and no entry that names
a person of a record its page cites, published now or withdrawn (H5, domain §14).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Site

from cms.models import DisclosurePage
from integrity.models import Publication

if TYPE_CHECKING:
    _Feed = Feed[DisclosurePage, HttpRequest]
else:
    _Feed = Feed

NEWEST = 50


def due_disclosures() -> list[DisclosurePage]:
    """The newest public disclosures whose day has come; days are asked here, not left to a job (H5)."""
    pages = DisclosurePage.objects.shown().latest_first()[:NEWEST]
    return without_names(list(pages))


def without_names(pages: list[DisclosurePage]) -> list[DisclosurePage]:
    """The pages whose title and summary name nobody of the records they cite."""
    cited = {page.pk: references(page) for page in pages}
    wanted = {ref for refs in cited.values() for ref in refs}
    names = dict(Publication.objects.filter(ref__in=wanted).values_list("ref", "name"))
    return [
        page
        for page in pages
        if not any(ref in names and names[ref] in f"{page.title} {page.summary}" for ref in cited[page.pk])
    ]


def references(page: DisclosurePage) -> set[UUID]:
    """The publications a page cites, by reference; the block lets no other text in."""
    cited = {UUID(block.value["ref"]) for block in page.body if block.block_type == "publication"}
    return cited | {page.cited_ref} if page.cited_ref else cited


class DisclosureFeed(_Feed):
    """`/feed.atom`: the newest fifty."""

    feed_type = Atom1Feed
    link = "/"
    title = _("政府信息公开")
    subtitle = _("最新公开的政府信息；不含个人信用记录。")

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpRequest:
        return request

    def author_name(self, request: HttpRequest) -> str:
        site = Site.find_for_request(request)
        return str(site.site_name) if site and site.site_name else str(_("青海省政务诚信公开"))

    def items(self, request: HttpRequest) -> list[DisclosurePage]:
        return due_disclosures()

    def item_title(self, item: DisclosurePage) -> str:
        return str(item.title)

    def item_description(self, item: DisclosurePage) -> str:
        return item.summary

    def item_link(self, item: DisclosurePage) -> str:
        return str(item.get_url())

    def item_guid(self, item: DisclosurePage) -> str:
        return f"urn:uuid:{item.translation_key}"  # stays when the address changes

    def item_author_name(self, item: DisclosurePage) -> str:
        return item.issuer

    def item_categories(self, item: DisclosurePage) -> list[str]:
        return [str(item.get_subject_display())]

    def item_pubdate(self, item: DisclosurePage) -> datetime | None:
        published: datetime | None = item.first_published_at
        return published

    def item_updateddate(self, item: DisclosurePage) -> datetime | None:
        changed: datetime | None = item.last_published_at
        return changed


#: For machines, as the sitemap is, but asked anew: what is taken back must not stand in a cache for an hour.
feed = require_safe(cache_control(public=True, max_age=0, must_revalidate=True)(DisclosureFeed()))

"""Home and plain pages 首页与一般页面 (about, accessibility, privacy)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import prose_blocks
from cms.models.base import PublicPage
from cms.models.catalogue import ChapterPage, DisclosureIndexPage
from cms.models.disclosures import DisclosurePage
from cms.outline import outline
from cms.statistics import published_counts

LATEST = 6


class HomePage(PublicPage):
    """Home 首页: doors to the catalogue, the register and the search, and what was disclosed last."""

    organisation = models.CharField(_("主办单位"), max_length=120, blank=True)
    introduction = models.TextField(_("导语"), max_length=300, blank=True)

    max_count = 1
    parent_page_types: ClassVar[list[Any]] = [Page]
    subpage_types: ClassVar[list[str]] = ["cms.DisclosureIndexPage", "cms.ChapterPage", "cms.StandardPage"]
    template = "cms/home_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("organisation"),
        FieldPanel("introduction"),
    ]

    class Meta:
        verbose_name = _("首页")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["catalogue"] = DisclosureIndexPage.objects.live().child_of(self).first()
        context["latest"] = DisclosurePage.objects.shown().latest_first()[:LATEST]
        context["chapters"] = ChapterPage.objects.live().public().child_of(self).order_by("path")
        context["counts"] = published_counts()
        return context


class StandardPage(PublicPage):
    """A plain page 一般页面: what the site is, how it can be used, what it does with data."""

    lede = models.CharField(_("导语"), max_length=300, blank=True)
    body = StreamField(prose_blocks(), verbose_name=_("正文"), blank=True)

    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/standard_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("lede"),
        FieldPanel("language"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("一般页面")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["chapters"] = outline(self.body)
        return context

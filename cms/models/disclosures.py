"""Disclosures 政府信息公开 (政府信息公开条例 20, 24): the catalogue and its documents."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from cms.blocks import disclosure_blocks
from cms.catalogue import CatalogueFilter, page_number
from cms.models.base import PublicPage
from cms.outline import outline, plain_text
from cms.vocabulary import Subject, Validity

PER_PAGE = 20


class DisclosureQuerySet(PageQuerySet):
    """Disclosures by what a reader asks for; validity is a predicate over dates, so that no job can be late."""

    def valid_as(self, validity: str, day: date) -> Self:
        not_yet = Q(in_force_from__gt=day)
        over = Q(in_force_to__lt=day)
        condition = {
            Validity.PENDING.value: not_yet,
            Validity.ENDED.value: over & ~not_yet,
            Validity.IN_FORCE.value: ~(Q(in_force_from__isnull=False) & not_yet)
            & (Q(in_force_to__isnull=True) | Q(in_force_to__gte=day)),
        }[validity]
        found: Self = self.filter(condition)
        return found

    def latest_first(self) -> Self:
        ordered: Self = self.order_by("-generated_on", "-pk")
        return ordered


DisclosureManager = PageManager.from_queryset(DisclosureQuerySet)


class DisclosureIndexPage(PublicPage):
    """Catalogue of disclosures 政府信息公开目录 (政府信息公开条例 12)."""

    introduction = models.TextField(_("说明"), max_length=600, blank=True)

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.DisclosurePage"]
    template = "cms/disclosure_index_page.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("政府信息公开目录")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        documents = DisclosurePage.objects.live().public().child_of(self)
        years = documents.dates("generated_on", "year", order="DESC")
        form = CatalogueFilter(request.GET or None, years=[day.year for day in years])
        documents = form.narrow(documents, day=timezone.localdate()).latest_first()
        paginator = Paginator(documents, PER_PAGE)
        context |= {
            "form": form,
            "documents": paginator.get_page(page_number(request)),
            "filtered": form.is_bound and form.has_choice(),
        }
        return context


class DisclosurePage(PublicPage):
    """A disclosed document 公开文件 with the fields of the catalogue (政府信息公开条例 12) and its text.

    Holds no record about a person: records are cited by the reference of their publication and shown as they
    are at the time of reading.
    """

    index_number = models.CharField(_("索引号"), max_length=40, unique=True)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发布机构"), max_length=120)
    issuer_code = models.CharField(
        _("发布机构代码"), max_length=40, blank=True, help_text=_("机构代码或统一社会信用代码，可不填")
    )
    subject = models.CharField(_("主题分类"), max_length=24, choices=Subject.choices)
    generated_on = models.DateField(_("生成日期"))
    published_on = models.DateField(_("公开日期"), null=True, blank=True)
    in_force_from = models.DateField(_("施行日期"), null=True, blank=True)
    in_force_to = models.DateField(_("有效期至（含）"), null=True, blank=True)
    summary = models.TextField(_("内容概述"), max_length=500)
    body = StreamField(disclosure_blocks(), verbose_name=_("正文"), blank=True)

    objects = DisclosureManager()

    parent_page_types: ClassVar[list[str]] = ["cms.DisclosureIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/disclosure_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("index_number"), FieldPanel("document_number")]),
                FieldRowPanel([FieldPanel("issuer"), FieldPanel("issuer_code")]),
                FieldRowPanel([FieldPanel("subject"), FieldPanel("language")]),
                FieldRowPanel([FieldPanel("generated_on"), FieldPanel("published_on")]),
                FieldRowPanel([FieldPanel("in_force_from"), FieldPanel("in_force_to")]),
                FieldPanel("summary"),
            ],
            heading=_("目录信息"),
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("公开文件")

    def clean(self) -> None:
        super().clean()
        if self.in_force_from and self.in_force_to and self.in_force_to < self.in_force_from:
            raise ValidationError({"in_force_to": _("有效期至不得早于施行日期。")})
        if self.published_on is not None and self.published_on < self.generated_on:
            raise ValidationError({"published_on": _("公开日期不得早于生成日期。")})

    def validity_on(self, day: date) -> Validity:
        """Whether the document is in force on that day 有效性."""
        if self.in_force_from and day < self.in_force_from:
            return Validity.PENDING
        if self.in_force_to and day > self.in_force_to:
            return Validity.ENDED
        return Validity.IN_FORCE

    @property
    def validity(self) -> Validity:
        return self.validity_on(timezone.localdate())

    @property
    def full_text(self) -> str:
        """The text without markup, for search; cited publications are not part of it (H5)."""
        return plain_text(self.body)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["chapters"] = outline(self.body)
        context["validity"] = self.validity
        context["address"] = request.build_absolute_uri(self.get_url(request))
        return context

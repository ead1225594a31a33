"""Disclosures 政府信息公开 (政府信息公开条例 20, 24): a document with the fields of the catalogue.

Every kind of disclosure is this page and more (`cms.models.*`): one table holds the fields of the catalogue, so that
catalogue, feed, sitemap, search and export find a new kind without knowing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import disclosure_blocks
from cms.models.base import PublicPage
from cms.models.shown import DisclosureManager
from cms.outline import outline, plain_text
from cms.structured import Chart, Fact, Standing, Table, backwards, words_of
from cms.vocabulary import ContentLanguage, Subject, Validity


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
    ends_on = models.DateField(
        _("公开至（含）"),
        null=True,
        blank=True,
        help_text=_("到期后网页、目录、检索、订阅同时不再显示；长期公开的不填"),
    )
    in_force_from = models.DateField(_("施行日期"), null=True, blank=True)
    in_force_to = models.DateField(_("有效期至（含）"), null=True, blank=True)
    summary = models.TextField(_("内容概述"), max_length=500)
    body = StreamField(disclosure_blocks(), verbose_name=_("正文"), blank=True)
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("所译文件"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="translations",
        help_text=_("本页是另一件公开文件的译本时选择；原文页和译本页互相链接"),
    )
    #: Set by kinds of pages that stand and fall with a published record; never shown as such.
    cited_ref = models.UUIDField(_("所引公示"), null=True, blank=True, editable=False)

    objects = DisclosureManager()

    #: Kinds whose topic follows from what they are leave this to no editor.
    own_subject: ClassVar[Subject | None] = None
    #: A kind that may not stay for ever asks for its last day.
    must_end: ClassVar[bool] = False

    parent_page_types: ClassVar[list[str]] = ["cms.DisclosureIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    #: One template for all; Wagtail would look for another one of each kind.
    page_template: ClassVar[str] = "cms/disclosure_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("index_number"), FieldPanel("document_number")]),
                FieldRowPanel([FieldPanel("issuer"), FieldPanel("issuer_code")]),
                FieldRowPanel([FieldPanel("subject"), FieldPanel("language")]),
                FieldRowPanel([FieldPanel("generated_on"), FieldPanel("published_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("in_force_from"), FieldPanel("in_force_to")]),
                FieldPanel("summary"),
                PageChooserPanel("translation_of", "cms.DisclosurePage"),
            ],
            heading=_("目录信息"),
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("公开文件")
        indexes = [
            models.Index(fields=["-generated_on", "-page_ptr"], name="disclosure_newest"),
            models.Index(fields=["subject", "-generated_on", "-page_ptr"], name="disclosure_by_subject"),
        ]

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        if self.own_subject is not None:
            self.subject = self.own_subject
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.must_end and self.ends_on is None:
            raise ValidationError({"ends_on": _("这一类信息须写明公开至哪一天。")})
        if backwards(self.in_force_from, self.in_force_to):
            raise ValidationError({"in_force_to": _("有效期至不得早于施行日期。")})
        if backwards(self.generated_on, self.published_on):
            raise ValidationError({"published_on": _("公开日期不得早于生成日期。")})
        if backwards(self.published_on, self.ends_on):
            raise ValidationError({"ends_on": _("公开至不得早于公开日期。")})
        if self.translation_of_id and self.translation_of_id == self.pk:
            raise ValidationError({"translation_of": _("不能选择本页自己。")})

    # --- what the page holds in fields; a kind of page overrides these ---

    def facts(self, day: date) -> list[Fact]:
        """Lines of the head beyond those of the catalogue."""
        return []

    def tables(self, day: date) -> list[Table]:
        return []

    def standing(self, day: date) -> Standing | None:
        """How the matter stands on that day, if the kind has such a thing."""
        return None

    def charts(self) -> list[Chart]:
        return []

    def listed(self, day: date) -> list[Fact]:
        """What a list of this kind says of it; the first few facts."""
        return self.facts(day)[:4]

    # --- what follows ---

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
        """The text without markup, for search; cited publications and rows about people are not part of it (H5, H7)."""
        day = timezone.localdate()
        words = words_of(self.facts(day), self.tables(day))
        return "\n".join(part for part in (words, plain_text(self.body)) if part)

    def versions(self) -> Sequence[Any]:
        """The same document in other languages, as far as the public may read them."""
        first = self.translation_of_id or self.pk
        others = DisclosurePage.objects.shown().filter(models.Q(pk=first) | models.Q(translation_of_id=first))
        return list(others.exclude(pk=self.pk).order_by("language", "pk"))

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or what is left of it: the date is asked here, whatever a job has done or not (H5)."""
        if not getattr(request, "is_preview", False) and not self.is_shown():
            return self._absent(request)
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response

    def is_shown(self, day: date | None = None) -> bool:
        return bool(DisclosurePage.objects.shown(day).filter(pk=self.pk).exists())

    def _absent(self, request: HttpRequest) -> HttpResponse:
        """Before its day it is as absent as what does not exist; afterwards a line that repeats nothing of it."""
        from cms.frame import public_frame

        today = timezone.localdate()
        if self.published_on and self.published_on > today:
            raise Http404
        if not DisclosurePage.objects.live().public().filter(pk=self.pk).exists():
            raise Http404
        notice = self.corrections.live().filter(withdraws=True, effective_on__lte=today).first()
        context = public_frame(request) | {"index_number": self.index_number, "notice": notice, "ended": self.ends_on}
        response = render(request, "cms/disclosure_gone.html", context, status=410)
        response["X-Robots-Tag"] = "noindex, noarchive"
        return response

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return self.page_template

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        day = timezone.localdate()
        context |= {
            "kind": self.get_verbose_name(),
            "chapters": outline(self.body),
            "validity": self.validity_on(day),
            "address": request.build_absolute_uri(self.get_url(request)),
            "facts": self.facts(day),
            "tables": self.tables(day),
            "charts": self.charts(),
            "standing": self.standing(day),
            "versions": self.versions(),
            "corrections": self.corrections.shown(day).filter(withdraws=False),
            "languages": dict(ContentLanguage.choices),
        }
        return context


def panels(*own: Any, heading: Any, without: tuple[str, ...] = ("subject",)) -> list[Any]:
    """The panels of a kind: catalogue fields, then its own, then the text. The topic follows from the kind."""
    title, catalogue, _body = DisclosurePage.content_panels
    rows: list[Any] = []
    for entry in catalogue.children:
        if isinstance(entry, FieldRowPanel):
            kept = [field for field in entry.children if field.field_name not in without]
            rows.append(FieldRowPanel([FieldPanel(field.field_name) for field in kept]))
        elif isinstance(entry, PageChooserPanel):
            rows.append(PageChooserPanel(entry.field_name, "cms.DisclosurePage"))
        else:
            rows.append(FieldPanel(entry.field_name))
    return [
        title,
        MultiFieldPanel(rows, heading=catalogue.heading),
        MultiFieldPanel(list(own), heading=heading),
        FieldPanel("body"),
    ]

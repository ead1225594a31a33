"""The catalogue of disclosures 政府信息公开目录 and its chapters 栏目."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from cms.catalogue import Catalogue, place_of, statutory_items, turned
from cms.models.base import PublicPage
from cms.models.disclosures import DisclosurePage
from cms.vocabulary import Chapter

PER_PAGE = 20
#: Every kind of disclosure, in the order in which an editor is offered them.
KINDS: tuple[str, ...] = (
    "cms.DisclosurePage", "cms.GuidePage", "cms.MajorDecisionPage", "cms.ServiceCommitmentPage",
    "cms.LivelihoodProjectPage", "cms.DiscretionPage", "cms.EnforcementPage", "cms.FinancePage",
    "cms.RecruitmentPage", "cms.HonourPage", "cms.TypicalCasePage", "cms.CorrectionPage",
    "cms.AnnualReportPage", "cms.InspectionPage", "cms.EducationPage",
)  # fmt: skip
CHAPTER_KINDS: dict[str, str] = {
    Chapter.GUIDE: "GuidePage",
    Chapter.DECISIONS: "MajorDecisionPage",
    Chapter.COMMITMENTS: "ServiceCommitmentPage",
    Chapter.LIVELIHOOD: "LivelihoodProjectPage",
    Chapter.DISCRETION: "DiscretionPage",
    Chapter.ENFORCEMENT: "EnforcementPage",
    Chapter.FINANCES: "FinancePage",
    Chapter.RECRUITMENT: "RecruitmentPage",
    Chapter.HONOURS: "HonourPage",
    Chapter.CASES: "TypicalCasePage",
    Chapter.CORRECTIONS: "CorrectionPage",
    Chapter.REPORTS: "AnnualReportPage",
    Chapter.INSPECTIONS: "InspectionPage",
    Chapter.EDUCATION: "EducationPage",
}


class DisclosureIndexPage(PublicPage):
    """Catalogue of disclosures 政府信息公开目录 (政府信息公开条例 12)."""

    introduction = models.TextField(_("说明"), max_length=600, blank=True)

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = [*KINDS]
    template = "cms/disclosure_index_page.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("政府信息公开目录")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        catalogue = Catalogue(DisclosurePage.objects.child_of(self), request.GET, timezone.localdate())
        page = turned(catalogue.documents, place_of(request.GET), PER_PAGE)
        context |= {
            "form": catalogue.form,
            "documents": page.rows,
            "before": page.before,
            "after": page.after,
            "count": catalogue.count,
            "facets": catalogue.facets,
            "filtered": catalogue.filtered,
            "query": catalogue.query,
            "chapters": ChapterPage.objects.live().public().sibling_of(self).order_by("path"),
        }
        return context


class ChapterPage(PublicPage):
    """A chapter 栏目: what was disclosed of one kind, with what matters about that kind, the newest first."""

    chapter = models.CharField(_("栏目"), max_length=20, choices=Chapter.choices, unique=True)
    introduction = models.TextField(_("说明"), max_length=600, blank=True)

    in_footer: ClassVar[bool] = False
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/chapter_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("chapter"),
        FieldPanel("introduction"),
    ]

    class Meta:
        verbose_name = _("栏目")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["catalogue"] = DisclosureIndexPage.objects.live().first()
        if self.chapter == Chapter.STATUTORY:
            context["items"] = statutory_items(DisclosurePage.objects, timezone.localdate())
            return context
        day = timezone.localdate()
        kind = self._meta.apps.get_model("cms", CHAPTER_KINDS[self.chapter])
        page = turned(kind.objects.shown(day), place_of(request.GET), PER_PAGE)
        entries = [
            {"page": row, "standing": row.standing(day), "facts": [fact for fact in row.listed(day) if not fact.wide]}
            for row in page.rows
        ]
        context |= {"entries": entries, "before": page.before, "after": page.after}
        return context

"""What is kept of the check of personal data 个人信息检查: the reviewed list, and decisions with their reasons."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from integrity.models.readlog import AppendOnlyModel


class ReviewedTextQuerySet(models.QuerySet["ReviewedText"]):
    """Entries by where and when they hold."""

    def in_force(self, page: Page, day: date) -> Self:
        """What a second person accepted, has not ended, and covers this page; a new page has its parent's path."""
        holds = Q(accepted=True) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        paths = [page.path[:length] for length in range(Page.steplen, len(page.path or "") + 1, Page.steplen)]
        parent = getattr(page, "checked_below", "")
        paths += [parent[:length] for length in range(Page.steplen, len(parent) + 1, Page.steplen)]
        return self.filter(holds, Q(below__isnull=True) | Q(below__path__in=paths))


class ReviewedText(models.Model):
    """An entry of the reviewed list 核准清单: an office's telephone, or an official named in office.

    Proposed by one person and accepted by another, with a reason; never changed, only ended.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("办公电话")
        OFFICIAL = "official", _("履行公职的人员")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    text = models.CharField(_("号码或姓名"), max_length=100)
    office = models.CharField(_("单位和用途（职务）"), max_length=120)
    reason = models.CharField(_("理由"), max_length=200)
    below = models.ForeignKey(
        Page, verbose_name=_("适用的栏目"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    accepted = models.BooleanField(_("核准"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateField(_("有效期至（含）"), null=True, blank=True)

    objects = ReviewedTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("核准清单条目")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(accepted__isnull=True) | Q(decided_by__isnull=False), name="reviewed_text_decided_by"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="reviewed_text_two_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.text}"


class FindingDecision(AppendOnlyModel):
    """Why something found may stand 放行决定: written once. Of the text a keyed digest and a mask are kept."""

    page_ref = models.PositiveIntegerField(_("页面"), db_index=True)
    revision_ref = models.PositiveIntegerField(_("修订版"))
    kind = models.CharField(_("类别"), max_length=12)
    key = models.CharField(max_length=64, db_index=True)
    masked = models.CharField(_("掩码"), max_length=200)
    place = models.CharField(_("位置"), max_length=300)
    reason = models.CharField(_("理由"), max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("个人信息放行决定")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="finding_decision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.masked} {self.place}"

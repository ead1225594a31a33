"""Comments on a major decision 公众意见: without account, without a trace of the sender, read before they are shown.

A sender is a user of a service, never a subject (H7): no name, no contact, no address of a computer has a column.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cms.models.decisions import MajorDecisionPage


class CommentQuerySet(models.QuerySet["ConsultationComment"]):
    def shown(self, day: date) -> Self:
        """Passed by a publisher, and still here: the job that deletes may be late, a reader sees nothing of it."""
        passed = self.standing(day).filter(shown_on__lte=day, removed_on__isnull=True)
        return passed.order_by("-shown_on", "ref")

    def standing(self, day: date) -> Self:
        """Not past its day, not taken back."""
        return self.filter(keep_until__gte=day).exclude(_taken_back())

    def to_delete(self, day: date) -> Self:
        return self.filter(Q(keep_until__lt=day) | Q(_taken_back()))


def _taken_back() -> Exists:
    return Exists(CommentRecall.objects.filter(code_hash=OuterRef("code_hash")))


class CommentRecall(models.Model):
    """A receipt by which a comment was taken back 撤回意见. From then on nobody sees it; the nightly job deletes both.

    The public process may add rows and nothing more, so it can neither read nor delete what waits.
    """

    code_hash = models.CharField(max_length=64, primary_key=True)
    received_on = models.DateField(_("收到日期"))

    class Meta:
        verbose_name = _("撤回意见")

    def __str__(self) -> str:
        return self.code_hash[:8]


class Standpoint(models.TextChoices):
    """In what capacity somebody speaks 身份: as little as helps the unit to weigh the comment."""

    RESIDENT = "resident", _("居民")
    BUSINESS = "business", _("企业或经营者")
    ORGANISATION = "organisation", _("社会组织")
    EXPERT = "expert", _("专业人士")
    UNSAID = "unsaid", _("不说明")


class ConsultationComment(models.Model):
    """One comment 公众意见 and what the unit answered. Deleted by rule (RETENTION: consultation_comment)."""

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(MajorDecisionPage, on_delete=models.CASCADE, related_name="comments")
    standpoint = models.CharField(_("身份"), max_length=12, choices=Standpoint.choices, default=Standpoint.UNSAID)
    text = models.TextField(_("意见"), max_length=2000)
    received_on = models.DateField(_("收到日期"))  # a day, not a moment: fewer ways to tell who it was
    code_hash = models.CharField(max_length=64)  # of the sender's receipt, by which the comment can be taken back
    keep_until = models.DateField(_("保存至（含）"))
    reply = models.TextField(_("答复"), max_length=2000, blank=True)
    reply_unit = models.CharField(_("答复单位"), max_length=120, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shown_on = models.DateField(_("公开日期"), null=True, blank=True)
    shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_on = models.DateField(_("不公开日期"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removal_reason = models.CharField(_("不公开理由"), max_length=300, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("公众意见")
        indexes = [models.Index(fields=["consultation", "shown_on"], name="comment_shown")]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_on__isnull=True) | (Q(shown_by__isnull=False) & ~Q(reply="")),
                name="comment_shown_with_reply",
            ),
            models.CheckConstraint(
                condition=Q(shown_by__isnull=True) | ~Q(shown_by=F("replied_by")), name="comment_h18_second_person"
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | ~Q(removal_reason=""), name="comment_removed_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on} {str(self.ref)[:8]}"

"""Publications of records 公示 (domain §8): frozen, masked, whitelisted copies; the end date is a predicate (H5)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import NoticeChannel, PublicationClass, PublicationState, WithdrawalReason
from integrity.models.organisations import Organisation
from integrity.models.practitioners import Licence, Penalty, Profession
from integrity.models.tracked import TrackedModel, TrackedQuerySet


class PublicationQuerySet(TrackedQuerySet["Publication"]):
    def current(self, today: date) -> Self:
        """What the public may see today: state and end date both, so that a stopped job shows nothing expired."""
        return self.filter(state__in=PublicationState.shown(), starts_on__lte=today, ends_on__gte=today)


PublicationManager = models.Manager.from_queryset(PublicationQuerySet)


class Publication(TrackedModel):
    """What was shown of a record 公示: `projection` holds whitelisted, masked fields and nothing else.

    Sources are a penalty or a licence of a practitioner. There is no path from a civil servant's file (H12).
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    penalty = models.ForeignKey(Penalty, null=True, blank=True, on_delete=models.PROTECT, related_name="publications")
    licence = models.ForeignKey(Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="publications")
    profession = models.ForeignKey(Profession, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Organisation, verbose_name=_("公示机关"), on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=200)
    name = models.CharField(_("当事人姓名"), max_length=100)
    projection = models.JSONField(_("公示内容"))
    digest = models.CharField(_("内容摘要 SHA-256"), max_length=64)
    publication_class = models.CharField(_("失信等级"), max_length=10, choices=PublicationClass.choices, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=PublicationState.choices, default=PublicationState.PROPOSED
    )
    starts_on = models.DateField(_("公示起始日"), null=True, blank=True)
    ends_on = models.DateField(_("公示截止日（含）"), null=True, blank=True)
    published_at = models.DateTimeField(_("公示时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("撤下原因"), max_length=10, choices=WithdrawalReason.choices, blank=True)
    annotation = models.CharField(_("标注"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = PublicationManager()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        verbose_name = _("公示")
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(fields=["state", "ends_on", "profession", "name"], name="publication_current"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(penalty__isnull=False, licence__isnull=True)
                | Q(penalty__isnull=True, licence__isnull=False),
                name="publication_one_source",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PublicationState.shown())
                | (
                    Q(starts_on__isnull=False)
                    & Q(ends_on__isnull=False)
                    & Q(published_by__isnull=False)
                    & Q(reviewed_by__isnull=False)
                ),
                name="published_has_period_and_review",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (~Q(published_by=F("proposed_by")) & ~Q(published_by=F("reviewed_by"))),
                name="publication_h18_third_person",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Notice(TrackedModel):
    """Notice to the subject before publication 公示前告知 (H4): what, where, how long, how to object; with proof."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="notices")
    served_on = models.DateField(_("送达日期"))
    channel = models.CharField(_("送达方式"), max_length=14, choices=NoticeChannel.choices)
    text = models.TextField(_("告知内容"))
    proof = models.CharField(_("送达证明编号"), max_length=120)
    served_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("告知书")
        constraints = [models.CheckConstraint(condition=~Q(proof=""), name="notice_h4_needs_proof")]

    def __str__(self) -> str:
        return f"{self.served_on} {self.proof}"

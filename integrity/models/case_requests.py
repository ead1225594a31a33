"""Asking for a case 办案申请, for files of it 查阅申请, emergency reading 紧急查阅 (domain §10): two persons."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import CaseRequestKind, EmergencyState, Grade, ReviewResult
from integrity.choices import ChangeState as RequestState
from integrity.models.grants import Case
from integrity.models.organisations import Organisation
from integrity.models.tracked import TrackedModel, TrackedQuerySet


class GrantRequest(TrackedModel):
    """An inspector asks for files of a case 查阅申请: named exactly, decided by another officer of the same body."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, verbose_name=_("案件"), on_delete=models.PROTECT, related_name="requests")
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    #: Ids of the files; a list and not a relation, because nothing of a case may hang on a file (H3, N9).
    files = models.JSONField(_("档案"), default=list)
    reason = models.CharField(_("申请理由"), max_length=300)
    ends_on = models.DateField(_("申请查阅至"))
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.PROPOSED)
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    lapses_on = models.DateField(_("失效日期"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("决定人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    answer = models.CharField(_("决定理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("查阅申请")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RequestState.CONFIRMED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("inspector"))),
                name="request_granted_by_a_second_officer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.inspector_id}"


class CaseRequest(TrackedModel):
    """An officer asks to open a case or to let it last longer 办案申请 (H18): another officer of the body decides.

    A case that nobody seconded is no case: its row is made by the decision.
    """

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=10, choices=CaseRequestKind.choices)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("办案机关"), on_delete=models.PROTECT, related_name="+"
    )
    #: What is to be extended; of an opening the case that came of it.
    case = models.ForeignKey(
        Case, verbose_name=_("案件"), null=True, blank=True, on_delete=models.PROTECT, related_name="term_requests"
    )
    reference = models.CharField(_("案件编号"), max_length=60)
    reason = models.CharField(_("事由"), max_length=200)
    document = models.CharField(_("批准文书文号"), max_length=80, blank=True)
    ends_on = models.DateField(_("截止日期"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    lapses_on = models.DateField(_("失效日期"))
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("决定人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    answer = models.CharField(_("决定理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("办案申请")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RequestState.CONFIRMED)
                | (Q(decided_by__isnull=False, case__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="case_request_by_two_officers",
            ),
            models.CheckConstraint(
                condition=Q(kind=CaseRequestKind.OPEN) | Q(case__isnull=False), name="case_extension_of_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"


class BreakGlassQuerySet(TrackedQuerySet["BreakGlass"]):
    def open_at(self, moment: datetime) -> Self:
        """Approved, not cut, within their hours."""
        return self.filter(state=EmergencyState.OPENED, opened_at__lte=moment, closes_at__gt=moment)

    def to_review(self, moment: datetime) -> Self:
        """Over, or cut, and nobody has said yet whether it was right."""
        over = Q(state=EmergencyState.CUT) | Q(state=EmergencyState.OPENED, closes_at__lte=moment)
        return self.filter(over, reviewed_by__isnull=True)


class BreakGlass(TrackedModel):
    """Emergency reading of one file 紧急查阅: asked by one, opened by another for some hours, judged by a third."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    file = models.ForeignKey("integrity.IntegrityFile", on_delete=models.PROTECT, related_name="+")
    #: The file's managing authority when it was asked for: its officers review.
    authority = models.ForeignKey(Organisation, verbose_name=_("管理机关"), on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    #: The authority of the duty it was asked in: with that duty it ends, and above its clearance it opens nothing.
    office = models.ForeignKey(Organisation, verbose_name=_("申请岗位"), on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    reason = models.CharField(_("紧急事由"), max_length=300)
    document = models.CharField(_("依据文书"), max_length=120, blank=True)
    max_grade = models.PositiveSmallIntegerField(_("可接触级别"), choices=Grade.choices)
    state = models.CharField(_("状态"), max_length=10, choices=EmergencyState.choices, default=EmergencyState.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("批准人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    closes_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("复核人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    result = models.CharField(_("复核结论"), max_length=12, choices=ReviewResult.choices, blank=True)
    words = models.CharField(_("复核意见"), max_length=300, blank=True)

    objects = models.Manager.from_queryset(BreakGlassQuerySet)()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        verbose_name = _("紧急查阅")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=EmergencyState.OPENED)
                | (
                    Q(decided_by__isnull=False, opened_at__isnull=False, closes_at__gt=F("opened_at"))
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="emergency_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | (~Q(reviewed_by=F("asked_by")) & ~Q(reviewed_by=F("decided_by")) & ~Q(result="")),
                name="emergency_reviewed_by_a_third",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by_id} {self.asked_at:%Y-%m-%d}"

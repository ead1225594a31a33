"""Erasure 删除 (个人信息保护法 47) and legal hold 法律保全: rows that two persons stand behind."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import ErasureKind, ErasureState, HoldState
from integrity.models.organisations import Organisation
from integrity.models.rules import RuleSet
from integrity.models.tracked import TrackedModel, TrackedQuerySet


class Erasure(TrackedModel):
    """A request for erasure 删除申请: what, on which ground and document, asked and decided by two persons.

    It says where, never what stood there. One of an officer's name (`ACTOR`) comes from the configured term, not from
    a person.
    """

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("范围"), max_length=8, choices=ErasureKind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=ErasureState.choices, default=ErasureState.PROPOSED)
    subject = models.ForeignKey(
        "integrity.Subject", null=True, blank=True, on_delete=models.PROTECT, related_name="erasures"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Whose record it was when it was asked for.
    authority = models.ForeignKey(
        Organisation, verbose_name=_("管理机关"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    label = models.CharField(_("记录类别"), max_length=40)
    row_ref = models.UUIDField(_("记录编号"), null=True, blank=True)
    field = models.CharField(_("字段"), max_length=40, blank=True)
    ground = models.ForeignKey(
        RuleSet, verbose_name=_("法定事由"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The article and its words as they were when it was asked for.
    basis = models.CharField(_("法律依据"), max_length=300)
    reason = models.CharField(_("事由说明"), max_length=300)
    document = models.CharField(_("依据文书"), max_length=120, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), null=True, on_delete=models.PROTECT, related_name="+"
    )
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
    done_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("删除申请")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ErasureKind.ACTOR, account__isnull=False)
                | (Q(subject__isnull=False, ground__isnull=False, asked_by__isnull=False) & ~Q(document="")),
                name="erasure_has_ground_and_document",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ErasureState.APPROVED, ErasureState.DONE])
                | Q(kind=ErasureKind.ACTOR)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="erasure_by_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state=ErasureState.DONE) | Q(done_at__isnull=False), name="erasure_done_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.row_ref}"

    def waits_on(self, day: date) -> bool:
        return self.state == ErasureState.PROPOSED and self.lapses_on >= day


class ErasureItem(TrackedModel):
    """One column of one row that an approved erasure empties 删除明细: what the triggers let pass, and the verifier."""

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="items")
    label = models.CharField(max_length=40)
    history_table = models.CharField(max_length=63)
    row_pk = models.CharField(max_length=40)
    name = models.CharField(max_length=63)
    #: What stands in its place; empty: nothing.
    marker = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("删除明细")
        constraints = [
            models.UniqueConstraint(fields=["erasure", "history_table", "row_pk", "name"], name="erasure_item_once")
        ]
        indexes = [models.Index(fields=["history_table", "row_pk", "name"], name="erasure_item_by_row")]

    def __str__(self) -> str:
        return f"{self.label}.{self.name} {self.row_pk}"


class LegalHoldQuerySet(TrackedQuerySet["LegalHold"]):
    def on(self, day: date) -> Self:
        """Those that hold on a day; an end date ends them by itself."""
        begun = self.filter(state__in=HoldState.holding(), from_on__lte=day)
        return begun.filter(Q(to_on__isnull=True) | Q(to_on__gte=day))


class LegalHold(TrackedModel):
    """Legal hold 法律保全: nothing about this person, or of this officer, is erased while it lasts."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(
        "integrity.Subject", null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    authority = models.ForeignKey(Organisation, verbose_name=_("管理机关"), on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("记录类别"), max_length=40, blank=True)
    row_ref = models.UUIDField(_("记录编号"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=HoldState.choices, default=HoldState.HELD)
    ground = models.CharField(_("保全事由"), max_length=300)
    case_reference = models.CharField(_("案号或者来函文号"), max_length=120)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("截止日期（含）"), null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申请解除人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("批准解除人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    words = models.CharField(_("解除理由"), max_length=300, blank=True)

    objects = models.Manager.from_queryset(LegalHoldQuerySet)()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        verbose_name = _("法律保全")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__isnull=False, account__isnull=True)
                | Q(subject__isnull=True, account__isnull=False),
                name="hold_on_one",
            ),
            models.CheckConstraint(
                condition=~Q(state=HoldState.LIFTED)
                | (Q(asked_by__isnull=False, lifted_by__isnull=False) & ~Q(lifted_by=F("asked_by")) & ~Q(words="")),
                name="hold_lifted_by_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_reference} {self.from_on}"

"""Changes of access asked for by one administrator and decided by another 授权变更申请 (domain §10, H18)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import ChangeKind, ChangeState, Grade, Role
from integrity.models.grants import Account, Assignment, RecusalDeclaration
from integrity.models.organisations import Organisation
from integrity.models.tracked import TrackedModel, TrackedQuerySet


class AccessChangeQuerySet(TrackedQuerySet["AccessChange"]):
    def waiting(self, day: date) -> Self:
        """Asked for and not decided; what nobody decided in time has lapsed by itself."""
        return self.filter(state=ChangeState.PROPOSED, lapses_on__gte=day)


class AccessChange(TrackedModel):
    """One change of access 授权变更申请: what is asked for, by whom, and who decided.

    The columns of the change stand on the row itself and are frozen with it: what the second person confirms is what
    the page showed.
    """

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("事项"), max_length=16, choices=ChangeKind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=ChangeState.choices, default=ChangeState.PROPOSED)
    account = models.ForeignKey(
        Account, verbose_name=_("账户"), null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    #: For a new account alone.
    username = models.CharField(_("登录名"), max_length=60, blank=True)
    display_name = models.CharField(_("姓名"), max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.ForeignKey(
        "integrity.Subject", verbose_name=_("本人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The person at the identity provider, as whoever asks was told it.
    provider_issuer = models.CharField(_("身份提供方"), max_length=300, blank=True)
    provider_subject = models.CharField(_("身份标识"), max_length=255, blank=True)
    #: The recusal that is to end.
    declaration = models.ForeignKey(
        RecusalDeclaration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The assignment that is altered, or the columns of a new one.
    assignment = models.ForeignKey(
        Assignment, verbose_name=_("原授权"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("角色"), max_length=30, choices=Role.choices, blank=True)
    authority = models.ForeignKey(
        Organisation, verbose_name=_("管理机关"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    profession = models.ForeignKey(
        "integrity.Profession",
        verbose_name=_("行业"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    clearance = models.PositiveSmallIntegerField(_("可接触级别"), choices=Grade.choices, null=True, blank=True)
    valid_from = models.DateField(_("有效期自"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    reason = models.CharField(_("事由"), max_length=300)
    document = models.CharField(_("依据文书"), max_length=120, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    lapses_on = models.DateField(_("失效日期"), help_text=_("当日未决定的，次日失效"))
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

    objects = models.Manager.from_queryset(AccessChangeQuerySet)()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        verbose_name = _("授权变更申请")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=True) | ~Q(proposed_by=F("account")), name="change_not_for_oneself"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(account__isnull=True)
                | ~Q(decided_by=F("account"))
                | Q(state=ChangeState.WITHDRAWN),
                name="change_not_decided_for_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.CONFIRMED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="change_by_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.account or self.display_name}"

    def waits_on(self, day: date) -> bool:
        return self.state == ChangeState.PROPOSED and self.lapses_on >= day

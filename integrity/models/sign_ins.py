"""Attempts to sign in 登录记录 and passwords used before 曾用口令 (等级保护: 身份鉴别)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import SignInOutcome
from integrity.models.readlog import AppendOnlyModel


class SignInAttempt(AppendOnlyModel):
    """One attempt to sign in 登录尝试: written once; a name that is nobody's is kept as a keyed digest alone."""

    at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("账户")
    )
    name_digest = models.CharField(max_length=64, db_index=True)
    address = models.GenericIPAddressField(_("地址"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=SignInOutcome.choices)

    class Meta:
        verbose_name = _("登录记录")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["name_digest", "-at"], name="sign_in_by_name"),
            models.Index(fields=["address", "-at"], name="sign_in_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"


class UsedPassword(AppendOnlyModel):
    """The hash of a password an account has had 曾用口令: asked when a new one is chosen, shown nowhere."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    password = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("曾用口令")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at:%Y-%m-%d}"

"""The read log 查阅日志 (H19; assurance 3.3): written before the answer leaves; no values, only what was opened."""

from __future__ import annotations

from typing import NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import Act, ReadOutcome
from integrity.exceptions import ClosedDoor


class ReadEntryQuerySet(models.QuerySet["ReadEntry"]):
    """Append-only: nothing is updated, nothing deleted."""

    def update(self, **kwargs: object) -> NoReturn:
        raise ClosedDoor("the read log is append-only")

    def delete(self) -> NoReturn:
        raise ClosedDoor("the read log is append-only")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise ClosedDoor("the read log is append-only")

    def bulk_create(self, *args: object, **kwargs: object) -> NoReturn:
        raise ClosedDoor("the read log is written by access.log_read, one answer a line")

    def bulk_update(self, *args: object, **kwargs: object) -> NoReturn:
        raise ClosedDoor("the read log is append-only")


class ReadEntry(models.Model):
    """One answer that showed, counted or refused personal content 查阅记录."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=True
    )
    act = models.CharField(_("行为"), max_length=20, choices=Act.choices)
    door = models.CharField(_("入口"), max_length=80)
    model = models.CharField(_("数据类别"), max_length=40)
    ids = models.JSONField(_("记录"), default=list)
    subject_ids = models.JSONField(_("当事人"), default=list)
    count = models.PositiveIntegerField(_("条数"), default=0)
    clause = models.CharField(_("依据"), max_length=120, blank=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    case = models.ForeignKey(
        "integrity.Case",
        verbose_name=_("案件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    query_hash = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=ReadOutcome.choices, default=ReadOutcome.SHOWN)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    objects = ReadEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("查阅记录")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["model", "-at"], name="readlog_by_model")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.account_id} {self.act}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise ClosedDoor("the read log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise ClosedDoor("the read log is append-only")

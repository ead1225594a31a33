"""The read log 查阅日志 (H19; domain §10): written before the answer leaves; no values, only what was opened.

Append-only: the application closes its doors, triggers close the database's (migration 0005).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import Act, FindingState, Grade, ReadOutcome, UnusualReading
from integrity.exceptions import ClosedDoor
from integrity.models.tracked import TrackedModel


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Nothing is updated, nothing deleted, and lines are written one by one."""

    def _closed(self, *args: object, **kwargs: object) -> NoReturn:
        raise ClosedDoor("the read log is append-only")

    update = delete = _raw_delete = bulk_create = bulk_update = update_or_create = _closed


class AppendOnlyModel(models.Model):
    """A line that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise ClosedDoor("the read log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise ClosedDoor("the read log is append-only")


class ReadEntry(AppendOnlyModel):
    """One answer that showed, counted or refused personal content 查阅记录."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=True
    )
    act = models.CharField(_("行为"), max_length=20, choices=Act.choices)
    door = models.CharField(_("入口"), max_length=80)
    model = models.CharField(_("数据类别"), max_length=40)
    ids = models.JSONField(_("记录"), default=list)
    grade = models.PositiveSmallIntegerField(_("最高级别"), choices=Grade.choices, null=True, blank=True)
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
    #: Keyed digest of what was searched for: names can be guessed, so a bare one would tell them.
    query_hash = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=ReadOutcome.choices, default=ReadOutcome.SHOWN)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("查阅记录")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="readlog_by_time"),
            models.Index(fields=["model", "-at"], name="readlog_by_model"),
            models.Index(fields=["account", "-at", "-id"], name="readlog_by_account"),
            models.Index(fields=["case", "-at", "-id"], name="readlog_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.account_id} {self.act}"

    @property
    def subject_ids(self) -> list[str]:
        """Whose records the line is about, in order."""
        return sorted({str(row.subject_id) for row in self.subjects.all() if row.subject_id is not None})

    @property
    def refs(self) -> list[str]:
        """Numbers of the records that the line is about, or that were asked for in vain, in order."""
        return sorted({str(row.ref) for row in self.subjects.all() if row.ref is not None})


class ReadSubject(AppendOnlyModel):
    """One record that a line of the log is about, and its person 被查阅人: found by either, in one look into an index.

    What was asked for in vain has its number alone: the log must not tell that a record exists, nor whose it is.
    """

    entry = models.ForeignKey(ReadEntry, on_delete=models.PROTECT, related_name="subjects", db_index=True)
    subject_id = models.UUIDField(_("当事人"), null=True)
    ref = models.UUIDField(_("记录编号"), null=True)

    class Meta:
        verbose_name = _("被查阅人")
        indexes = [
            models.Index(fields=["subject_id", "-entry"], name="readlog_by_subject"),
            models.Index(fields=["ref", "-entry"], name="readlog_by_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.subject_id} {self.ref}"

    @classmethod
    def written(
        cls, entry: ReadEntry, subject_ids: Iterable[UUID], records: Iterable[tuple[UUID | None, UUID]] = ()
    ) -> None:
        """The lines of one entry in one statement; `records`: person and number. Called by `access.log_read` alone."""
        rows = [cls(entry=entry, subject_id=subject_id, ref=ref) for subject_id, ref in records]
        with_record = {row.subject_id for row in rows}
        rows += [cls(entry=entry, subject_id=one) for one in subject_ids if one not in with_record]
        if rows:
            models.QuerySet[ReadSubject](cls).bulk_create(rows)


class ReadFinding(TrackedModel):
    """Reading that somebody should look at 异常查阅: a rule found it, the audit administrator says what it was.

    A finding is about one account, one rule, one day: made again it is the same row.
    """

    rule = models.CharField(_("规则"), max_length=20, choices=UnusualReading.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("查阅人"), on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("日期"))
    count = models.PositiveIntegerField(_("次数"))
    entries = models.JSONField(_("查阅记录"), default=list, help_text=_("记录编号，最多一百条"))
    state = models.CharField(_("状态"), max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审查人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(_("审查时间"), null=True, blank=True)
    words = models.TextField(_("审查意见"), blank=True)

    class Meta:
        verbose_name = _("异常查阅")
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "account", "day"], name="finding_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(state=FindingState.OPEN)
                | (models.Q(reviewed_by__isnull=False) & ~models.Q(words="")),
                name="finding_closed_with_words",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True) | ~models.Q(reviewed_by=models.F("account")),
                name="finding_not_by_the_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_rule_display()} {self.account_id}"

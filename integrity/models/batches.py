"""Import batches 导入批次: what was read, what became of each row, and why a row was refused."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import BatchState, RowOutcome
from integrity.models.organisations import Organisation
from integrity.models.tracked import TrackedModel


class ImportBatch(TrackedModel):
    """One import of one file under one profile 导入批次; the same content and profile again is this same batch."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.CharField(_("映射方案"), max_length=80)
    profile_digest = models.CharField(max_length=64)
    file_name = models.CharField(_("文件名"), max_length=200)
    digest = models.CharField(_("文件摘要 SHA-256"), max_length=64)
    stored = models.CharField(max_length=80, blank=True, help_text="random name below CLOSED_ROOT while pending")
    authority = models.ForeignKey(Organisation, verbose_name=_("管理机关"), on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("导入人"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=12, choices=BatchState.choices, default=BatchState.PREVIEWED)
    read = models.PositiveIntegerField(_("读取"), default=0)
    created = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("变更"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    rejected = models.PositiveIntegerField(_("拒收"), default=0)
    total = models.PositiveIntegerField(_("总行数"), null=True, blank=True)
    message = models.TextField(_("说明"), blank=True)
    started_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("导入批次")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "profile_digest", "authority"],
                condition=models.Q(state=BatchState.DONE),
                name="batch_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.started_at:%Y-%m-%d %H:%M}"


class ImportedRow(models.Model):
    """One row as it was read 原始行 and what became of it; written once by the writer, with its batch.

    Columns that may not be collected (H8) are not in `raw`.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(_("工作表"), max_length=80, blank=True)
    number = models.PositiveIntegerField(_("行号"))
    raw = models.JSONField(_("原始内容"), default=dict)
    outcome = models.CharField(_("结果"), max_length=10, choices=RowOutcome.choices)
    target_model = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("导入行")
        ordering = ["batch", "sheet", "number"]
        indexes = [models.Index(fields=["batch", "outcome"], name="row_by_outcome")]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "number"], name="row_once")]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.number}"


class Rejection(models.Model):
    """One reason why a row was refused 拒收原因: sheet, row, column, value, rule, remedy."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejections")
    sheet = models.CharField(_("工作表"), max_length=80, blank=True)
    number = models.PositiveIntegerField(_("行号"))
    column = models.CharField(_("列"), max_length=120)
    value = models.CharField(_("值"), max_length=200)
    rule = models.CharField(_("规则"), max_length=200)
    remedy = models.CharField(_("如何改正"), max_length=300)

    class Meta:
        verbose_name = _("拒收原因")
        ordering = ["batch", "sheet", "number", "id"]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.number} {self.column}"


class MatchProposal(TrackedModel):
    """Two rows that may be one person 身份比对建议: proposed by the machine, decided by a person (H17)."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="proposals")
    row = models.ForeignKey(ImportedRow, on_delete=models.CASCADE, related_name="proposals")
    subject = models.ForeignKey("integrity.Subject", on_delete=models.CASCADE, related_name="+")
    candidate = models.ForeignKey("integrity.Subject", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("相同之处"), max_length=200)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    same_person = models.BooleanField(_("是同一人"), null=True, blank=True)

    class Meta:
        verbose_name = _("身份比对建议")

    def __str__(self) -> str:
        return f"{self.subject_id} ~ {self.candidate_id}"

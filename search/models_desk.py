"""The inspector's desk 办案工具: what its owner keeps beside the search. Sealed words, an end date, no history.

Every row is one account's (a folder's: one case's). Words, lists and notes are ciphertext under the field keys: an
administrator of the database reads dates and figures. Nothing here repeats a record: rows are named by their keys and
asked of the archive again, under the scope of that moment, whenever they are shown.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.identifiers import decrypt, encrypt


def _case_open(path: str = "case__") -> Q:
    """As `Case.open_on` says it, over columns."""
    today = timezone.localdate()
    return Q(**{f"{path}opened_on__lte": today, f"{path}ends_on__gte": today}) & (
        Q(**{f"{path}closed_on__isnull": True}) | Q(**{f"{path}closed_on__gt": today})
    )


class Sealed(models.Model):
    """A row with something sealed in it 密封内容: bound to this row, moved to another one it does not open."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def sealed(self, name: str, content: Any) -> bytes:
        return encrypt(json.dumps(content, ensure_ascii=False), aad=self._aad(name))

    def opened(self, name: str, token: bytes | memoryview) -> Any:
        return json.loads(decrypt(token, aad=self._aad(name)))

    def _aad(self, name: str) -> str:
        return f"{type(self).__name__}.{name}:{self.ref}"


class CaseRows(models.QuerySet[Any, Any]):
    """Rows that end with their case, from that day on as if they were not there."""

    def live(self) -> Self:
        return self.filter(Q(case__isnull=True) | _case_open())

    def over(self) -> Self:
        """What is to be thrown away."""
        return self.exclude(Q(case__isnull=True) | _case_open())


class DeskRow(Sealed):
    """What one account keeps for one purpose, an inspector for one case 本人留存."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(_("用途"), max_length=200)
    case = models.ForeignKey(
        "integrity.Case", verbose_name=_("案件"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    objects = CaseRows.as_manager()

    class Meta:
        abstract = True


class BatchCheck(DeskRow):
    """A list of persons that was compared with what is on file 批量核对.

    The list itself and what it was compared with lie in a sealed file below CLOSED_ROOT, until `expires_at`.
    """

    path = models.CharField(max_length=80, unique=True, help_text="random name below CLOSED_ROOT/checks")
    rows = models.PositiveIntegerField(_("行数"))
    exact = models.PositiveIntegerField(_("证件号码一致"))
    proposed = models.PositiveIntegerField(_("待核实"))
    absent = models.PositiveIntegerField(_("无记录"))
    unread = models.PositiveIntegerField(_("未能核对"))
    expires_at = models.DateTimeField(_("删除时间"))

    class Meta:
        verbose_name = _("批量核对")
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["account", "-made_at", "-id"], name="check_by_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows=F("exact") + F("proposed") + F("absent") + F("unread")), name="check_counts_every_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M} {self.rows}"


class PastSearch(DeskRow):
    """Words that were searched for 检索记录: the newest of each, for whoever searched and for nobody else."""

    token = models.BinaryField(editable=True)
    #: Keyed: the same words again move up, and nobody can try words against it.
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("检索记录")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["account", "-at", "-id"], name="past_by_account")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class StandingKind(models.TextChoices):
    """What is asked again and again."""

    SEARCH = "search", _("保存的检索")
    WATCH = "watch", _("关注名单")


class Standing(DeskRow):
    """A search or a list of persons that is asked again 保存的检索、关注名单, with what was known and what is new."""

    kind = models.CharField(_("类别"), max_length=6, choices=StandingKind.choices)
    #: Title and words, or title and persons: whom somebody watches is as closed as what somebody looks for.
    token = models.BinaryField(editable=True)
    #: Keys of what was known and of what is new since the owner last looked.
    memory = models.BinaryField(editable=True)
    news = models.PositiveIntegerField(_("新命中"), default=0)
    by_mail = models.BooleanField(_("邮件通知"), default=False)
    #: New hits that a mail has told of already.
    mailed = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(_("最近核查时间"), null=True, blank=True)
    #: More hits than one can follow: the owner is told to narrow it.
    overfull = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("保存的检索")
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["account", "-made_at", "-id"], name="standing_by_account")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_at:%Y-%m-%d}"


class FolderItem(Sealed):
    """A record in the folder of a case 案卷夹: its key alone; each reader is asked the rule about it."""

    case = models.ForeignKey("integrity.Case", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("类别"), max_length=12)
    object_id = models.BigIntegerField()
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("放入人"), on_delete=models.PROTECT, related_name="+"
    )
    put_at = models.DateTimeField(_("放入时间"), auto_now_add=True)

    objects = CaseRows.as_manager()

    class Meta:
        verbose_name = _("案卷夹")
        ordering = ["-put_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "object_id"], name="once_in_a_folder")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.object_id}"


class FolderNote(Sealed):
    """A note on a record of the folder 办案备注; it never enters the record (H3)."""

    item = models.ForeignKey(FolderItem, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("写注人"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    token = models.BinaryField(editable=True)

    class Meta:
        verbose_name = _("办案备注")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.at:%Y-%m-%d %H:%M}"

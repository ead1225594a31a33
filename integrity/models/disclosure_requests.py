"""Requests for government information 依申请公开 (信息公开条例 27–45; domain §8).

An applicant is a user of a service and never a subject (H7): no key leads from here to a person on file, or back. Words
and names are sealed with a key of the request's own. That key has no history: once it is thrown away by the term of the
rules, row, history, ledger and backups hold nothing that anybody can read (decision 0027).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import (
    ApplicantKind,
    DeliveryForm,
    Grade,
    ReplyKind,
    RequestEntryKind,
    RequestState,
)
from integrity.models.guarded import FollowedManager, GuardedManager
from integrity.models.organisations import Organisation
from integrity.models.tracked import TrackedModel


def _officer(label: Any) -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class InformationRequest(TrackedModel):
    """One request 政府信息公开申请. Answers nobody without a scope, like records about persons."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("受理编号"), max_length=20, unique=True)
    passphrase = models.CharField(_("口令散列"), max_length=128)
    #: The form's own key: a form sent twice is one request.
    once = models.CharField(max_length=32, unique=True)
    authority = models.ForeignKey(
        Organisation, verbose_name=_("被申请机关"), on_delete=models.PROTECT, related_name="+"
    )
    grade = models.PositiveSmallIntegerField(_("数据分级"), choices=Grade.choices, default=Grade.SENSITIVE)
    applicant_kind = models.CharField(_("申请人类别"), max_length=12, choices=ApplicantKind.choices)
    delivery = models.CharField(_("获取方式"), max_length=10, choices=DeliveryForm.choices)
    #: Name, contact, what is wanted, identity document: ciphertext under the request's key.
    sealed = models.BinaryField(_("申请内容（密文）"))
    state = models.CharField(_("状态"), max_length=16, choices=RequestState.choices, default=RequestState.RECEIVED)
    received_on = models.DateField(_("收到日期"))
    #: From here the time limit counts: the day of receipt, or of the supplement (条例 30).
    clock_from = models.DateField(_("期限起算日"))
    due_on = models.DateField(_("答复期限届满日"), null=True, blank=True, db_index=True)
    supplement_due_on = models.DateField(_("补正期限届满日"), null=True, blank=True)
    opinion_due_on = models.DateField(_("第三方意见期限届满日"), null=True, blank=True)
    extension_days = models.PositiveSmallIntegerField(_("延长工作日"), null=True, blank=True)
    extension_asked_by = _officer(_("提请延期人"))
    extended_by = _officer(_("批准延期人"))
    reply_kind = models.CharField(_("答复类型"), max_length=16, choices=ReplyKind.choices, blank=True)
    reply_no = models.CharField(_("答复书文号"), max_length=60, blank=True)
    reply_sealed = models.BinaryField(_("答复内容（密文）"), null=True, blank=True)
    drafted_by = _officer(_("拟稿人"))
    signed_by = _officer(_("签发人"))
    #: Replied, lapsed or withdrawn on this day; what the yearly report counts by.
    done_on = models.DateField(_("办结日期"), null=True, blank=True, db_index=True)
    offered_on = models.DateField(_("转主动公开日期"), null=True, blank=True)
    erased_on = models.DateField(_("申请人信息删除日期"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = GuardedManager()  # type: ignore[misc]  # narrows the tracked manager
    followed = FollowedManager()

    class Meta:
        verbose_name = _("政府信息公开申请")
        ordering = ["due_on", "id"]
        base_manager_name = "followed"
        indexes = [models.Index(fields=["authority", "state", "due_on"], name="request_queue")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RequestState.REPLIED)
                | (
                    Q(signed_by__isnull=False, drafted_by__isnull=False, done_on__isnull=False)
                    & ~Q(reply_kind="")
                    & ~Q(signed_by=F("drafted_by"))
                ),
                name="request_reply_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(extended_by__isnull=True)
                | (Q(extension_asked_by__isnull=False) & ~Q(extended_by=F("extension_asked_by"))),
                name="request_extended_by_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def state_on(self, day: date) -> RequestState:
        """The state a reader is told: a passed term for the supplement is a lapsed request, whatever job has run."""
        due = self.supplement_due_on
        if self.state == RequestState.SUPPLEMENT_ASKED and due is not None and due < day:
            return RequestState.LAPSED
        return RequestState(self.state)

    def overdue_on(self, day: date) -> bool:
        return self.state in RequestState.counting() and self.due_on is not None and self.due_on < day


class RequestKey(models.Model):
    """The key of one request 数据密钥, itself under the archive's field key. No history: it must be able to go."""

    request = models.OneToOneField(InformationRequest, on_delete=models.PROTECT, related_name="key")
    wrapped = models.BinaryField()

    class Meta:
        verbose_name = _("申请数据密钥")

    def __str__(self) -> str:
        return str(self.request_id)


class RequestEntry(TrackedModel):
    """One step of the handling in words 办理经过: who, when, and the sealed text."""

    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("事项"), max_length=16, choices=RequestEntryKind.choices)
    on = models.DateField(_("日期"))
    by = _officer(_("经办人"))
    sealed = models.BinaryField(_("内容（密文）"))

    class Meta:
        verbose_name = _("办理经过")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class RequestPause(TrackedModel):
    """Time that does not count 不计入期限的时间 (条例 33 第三款): after `from_on`, up to and including `to_on`."""

    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="pauses")
    from_on = models.DateField(_("自"))
    to_on = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        verbose_name = _("期限扣除")
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(to_on__isnull=True), name="request_one_open_pause")
        ]

    def __str__(self) -> str:
        return f"{self.from_on} – {self.to_on or ''}"


class ReleasedFile(TrackedModel):
    """What goes out 提供的信息: text made anew without what is withheld; the original is never kept (条例 37)."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="released")
    number = models.PositiveSmallIntegerField(_("序号"))
    #: Title and text, sealed: a title could name the applicant.
    sealed = models.BinaryField(_("内容（密文）"))
    withheld = models.PositiveSmallIntegerField(_("不予公开处数"), default=0)

    class Meta:
        verbose_name = _("提供的信息")
        ordering = ["number", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="released_file_number")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}"


class ReleasedAnswer(TrackedModel):
    """A released answer offered to everybody 转为主动公开 (条例 44): title and text, and no way back to who asked."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Organisation, verbose_name=_("公开机关"), on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=200)
    text = models.TextField(_("正文"))
    offered_on = models.DateField(_("转主动公开日期"))
    taken_on = models.DateField(_("采编日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("转主动公开的答复")
        ordering = ["-offered_on", "-id"]

    def __str__(self) -> str:
        return self.title


class LookupAttempt(models.Model):
    """A failed look-up 查询失败记录: keyed digests alone, counted for an hour, thrown away by the nightly command."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    code_digest = models.CharField(max_length=64, db_index=True)
    address_digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("查询失败记录")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

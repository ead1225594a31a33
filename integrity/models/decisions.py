"""Matters, decisions and remedies 处分决定与救济 (domain §5). A decision is judged by the law of its date (H2)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import DecisionKind, Grade, Level, RecordState, RemedyKind, RemedyOutcome
from integrity.models.files import FilePart
from integrity.models.guarded import GuardedModel
from integrity.models.organisations import Organisation
from integrity.models.rules import LegalBasis
from integrity.models.tracked import TrackedModel


class Matter(TrackedModel):
    """One matter 一事: party, government, criminal and licence consequences of the same facts (H10)."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("事项"), max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("事项")

    def __str__(self) -> str:
        return self.title


class Document(TrackedModel):
    """A decision document 决定文书: kept outside the media folder under a random name, shown only through access."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("文号"), max_length=80)
    title = models.CharField(_("名称"), max_length=200)
    path = models.CharField(max_length=80, unique=True, help_text="random name below CLOSED_ROOT")
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("文书")

    def __str__(self) -> str:
        return self.number


class DecisionFields(models.Model):
    """What every decision with legal effect carries, on servants and practitioners alike (H2, H9).

    Columns are empty in a draft; the needs of the move `approve` and the constraints demand them later.
    """

    matter = models.ForeignKey(
        Matter,
        verbose_name=_("事项"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
    )
    capacity = models.CharField(_("行为时职务（执业）"), max_length=200, blank=True)
    facts = models.TextField(_("事实（不含第三人信息）"), blank=True)
    deciding_authority = models.ForeignKey(
        Organisation,
        verbose_name=_("决定机关"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    deciding_authority_text = models.CharField(_("决定机关（原文）"), max_length=200, blank=True)
    deciding_level = models.PositiveSmallIntegerField(_("决定机关层级"), choices=Level.choices, null=True, blank=True)
    document = models.ForeignKey(
        Document,
        verbose_name=_("决定文书"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    served_on = models.DateField(_("送达日期"), null=True, blank=True)
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    effective_to = models.DateField(_("期限至（含）"), null=True, blank=True)
    period_months = models.PositiveSmallIntegerField(_("期限（月）"), null=True, blank=True)
    permanent = models.BooleanField(_("长期"), default=False)
    announcement = models.CharField(_("宣布范围"), max_length=200, blank=True)
    execution = models.TextField(_("执行情况"), blank=True)
    remedies_told = models.BooleanField(_("已告知救济途径"), default=False)
    lifted_on = models.DateField(_("解除日期"), null=True, blank=True)
    ended_reason = models.CharField(_("变更、撤销或作废事由"), max_length=300, blank=True)
    sealed = models.BooleanField(_("已封存"), default=False, help_text=_("治安管理处罚法 136；刑事诉讼法 286"))

    class Meta:
        abstract = True


#: H2 in the database: nothing adverse beyond a draft without authority, document, number, dates and a second person.
ADVERSE_COMPLETE = (
    Q(state__in=RecordState.unapproved())
    | Q(state=RecordState.VOIDED)
    | (
        Q(deciding_authority__isnull=False)
        & Q(document__isnull=False)
        & Q(decided_on__isnull=False)
        & Q(served_on__isnull=False)
        & Q(approved_by__isnull=False)
        & ~Q(document_no="")
    )
)
FOUR_EYES = Q(approved_by__isnull=True) | ~Q(approved_by=models.F("entered_by"))


class Decision(FilePart, DecisionFields):
    """A decision on a civil servant 处分决定. No path leads from here to a publication (H12)."""

    kind = models.CharField(_("种类"), max_length=24, choices=DecisionKind.choices, default=DecisionKind.UNCLASSIFIED)
    amends = models.ForeignKey(
        "self",
        verbose_name=_("变更自"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="amendments",
    )

    class Meta:
        verbose_name = _("处分决定")
        ordering = ["-decided_on", "-id"]
        indexes = [
            models.Index(fields=["authority", "state", "-decided_on", "-id"], name="decision_queue"),
            models.Index(fields=["file", "-decided_on"], name="decision_by_file"),
            models.Index(fields=["document_no"], name="decision_by_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=ADVERSE_COMPLETE, name="decision_h2_complete"),
            models.CheckConstraint(condition=FOUR_EYES, name="decision_h18_four_eyes"),
            models.UniqueConstraint(
                fields=["amends"], condition=~Q(state__in=RecordState.thrown_away()), name="decision_amended_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document_no}".strip()

    def save(self, *args: object, **kwargs: object) -> None:
        self.grade = Grade.STRICT
        super().save(*args, **kwargs)


class DecisionBasis(TrackedModel):
    """A legal basis a decision rests on 决定的法律依据 (H2b)."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="bases")
    basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("处分决定的法律依据")
        constraints = [models.UniqueConstraint(fields=["decision", "basis"], name="decision_basis_once")]

    def __str__(self) -> str:
        return str(self.basis)


class RemedyFields(GuardedModel):
    """A remedy the subject took 救济: the system records, it does not decide. None suspends, none may aggravate."""

    kind = models.CharField(_("种类"), max_length=16, choices=RemedyKind.choices)
    body = models.CharField(_("受理机关"), max_length=120)
    filed_on = models.DateField(_("提出日期"))
    due_on = models.DateField(_("应办结日期"), null=True, blank=True)
    decided_on = models.DateField(_("办结日期"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=20, choices=RemedyOutcome.choices, default=RemedyOutcome.PENDING)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    stays_execution = models.BooleanField(_("停止执行"), default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.filed_on}"


class Remedy(RemedyFields):
    """A remedy against a decision on a civil servant 复审、复核、申诉 (监察法 56; 公务员法 95–96)."""

    case_column = "decision__file_id"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="remedies")

    class Meta:
        verbose_name = _("处分救济")
        ordering = ["-filed_on", "-id"]

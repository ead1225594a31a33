"""Objections 异议 (domain §11): about data; against the decision itself there are remedies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import ObjectionKind, ObjectionState
from integrity.models.decisions import Decision
from integrity.models.files import IntegrityFile
from integrity.models.guarded import GuardedModel
from integrity.models.practitioners import Penalty, PractitionerRecord


class Objection(GuardedModel):
    """An objection of the subject 异议申请 to one record of a file or of a practitioner's record."""

    family = "either"
    case_column = "file_id"
    profession_column = "record__profession_id"

    file = models.ForeignKey(IntegrityFile, null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    record = models.ForeignKey(
        PractitionerRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="objections"
    )
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    penalty = models.ForeignKey(Penalty, null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    kind = models.CharField(_("事由"), max_length=22, choices=ObjectionKind.choices)
    text = models.TextField(_("说明"))
    state = models.CharField(_("状态"), max_length=16, choices=ObjectionState.choices, default=ObjectionState.RECEIVED)
    lodged_on = models.DateField(_("提出日期"))
    due_on = models.DateField(_("应办结日期"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("异议")
        ordering = ["-lodged_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, record__isnull=True) | Q(file__isnull=True, record__isnull=False),
                name="objection_one_capacity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.lodged_on}"

"""What left the public site 撤下记录, and the signed lists of open data 开放数据清单: no person in either."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import WithdrawalReason
from integrity.models.organisations import Organisation
from integrity.models.readlog import AppendOnlyModel


class RemovalKind(models.TextChoices):
    """What a publication that left was about 撤下事项."""

    PENALTY = "penalty", _("行政处罚")
    LICENCE = "licence", _("执业许可（登记）")


class Removal(AppendOnlyModel):
    """One publication that left 撤下记录 (行政处罚法 48): kind, date, ground, unit, and no way back to the record.

    A row of its own, since the public role reads no withdrawn publication. A ground that would tell of a person
    (death, repair, an upheld objection) is not written here at all: it is empty.
    """

    kind = models.CharField(_("事项"), max_length=10, choices=RemovalKind.choices)
    ground = models.CharField(_("撤下原因"), max_length=10, choices=WithdrawalReason.choices, blank=True)
    authority = models.ForeignKey(Organisation, verbose_name=_("公示机关"), on_delete=models.PROTECT, related_name="+")
    removed_on = models.DateField(_("撤下日期"))

    class Meta:
        verbose_name = _("撤下记录")
        indexes = [models.Index(fields=["-removed_on", "kind", "ground"], name="removal_by_day")]

    def __str__(self) -> str:
        return f"{self.removed_on} {self.get_kind_display()}"


class OpenDataManifest(AppendOnlyModel):
    """A signed list of the digests of the open data 开放数据签名清单, by the checkpoint key."""

    at = models.DateTimeField(_("签署时间"))
    note = models.TextField(_("签名清单"))

    class Meta:
        verbose_name = _("开放数据签名清单")

    def __str__(self) -> str:
        return str(self.at)

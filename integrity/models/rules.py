"""The law as dated rows 法律依据与规则 (domain, head): nothing of it is a constant in code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import LawLevel, RuleKind
from integrity.models.organisations import DatedModel
from integrity.models.tracked import TrackedModel


class LegalBasis(DatedModel):
    """One article of one version of a law 法律依据; `valid_from`/`valid_to` are that version's dates of force."""

    code = models.CharField(_("代码"), max_length=60, help_text=_("例如 政务处分法#8"))
    law = models.CharField(_("法律名称"), max_length=120)
    short_title = models.CharField(_("简称"), max_length=60, blank=True)
    level = models.CharField(_("位阶"), max_length=12, choices=LawLevel.choices)
    article = models.CharField(_("条款"), max_length=40, help_text=_("例如 第八条"))
    text = models.TextField(_("条文"), blank=True)
    checked = models.BooleanField(_("已核对原文"), default=False)

    class Meta:
        verbose_name = _("法律依据")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="basis_once_a_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_from__isnull=True), name="basis_once_undated"),
        ]

    def __str__(self) -> str:
        return f"《{self.short_title or self.law}》{self.article}"


class RuleSet(DatedModel):
    """One dated rule 规则: a period, a competence, a remedy, a limit, with the article it comes from.

    `key` names what it is about (a decision kind, a publication class …); `parameters` holds numbers with their
    units in the names (`months`, `days`, `workdays`).
    """

    kind = models.CharField(_("规则类别"), max_length=30, choices=RuleKind.choices)
    key = models.CharField(_("适用对象"), max_length=60)
    parameters = models.JSONField(_("参数"), default=dict)
    basis = models.ForeignKey(LegalBasis, verbose_name=_("依据"), on_delete=models.PROTECT, related_name="rules")
    text = models.TextField(_("说明"), blank=True, help_text=_("向用户显示的文字"))
    ordinal = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("规则")
        ordering = ["kind", "key", "ordinal", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "ordinal", "valid_from"], name="rule_once_a_date"),
            models.UniqueConstraint(
                fields=["kind", "key", "ordinal"], condition=Q(valid_from__isnull=True), name="rule_once_undated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Holiday(TrackedModel):
    """A day that departs from the weekly rhythm 节假日与调休: yearly State Council notice, prefecture holidays."""

    on = models.DateField(_("日期"))
    is_workday = models.BooleanField(_("调休上班"), default=False)
    name = models.CharField(_("名称"), max_length=40)
    division_code = models.CharField(_("适用区划"), max_length=12, blank=True, help_text=_("空白为全国"))
    notice = models.CharField(_("依据通知"), max_length=120)

    class Meta:
        verbose_name = _("节假日")
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["on", "division_code"], name="holiday_once_a_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

"""Lists of serious misconduct 严重失信主体名单 (domain §7): a type exists only with a basis."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import ListState
from integrity.models.guarded import GuardedModel
from integrity.models.organisations import DatedModel, Organisation
from integrity.models.practitioners import PractitionerRecord
from integrity.models.rules import LegalBasis
from integrity.models.tracked import TrackedModel


class ListType(DatedModel):
    """A list type 名单类别 with its basis, term and removal conditions; nobody may add one without a basis."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    basis = models.ForeignKey(LegalBasis, verbose_name=_("设列依据"), on_delete=models.PROTECT, related_name="+")
    criteria = models.TextField(_("列入条件"))
    term_months = models.PositiveSmallIntegerField(_("期限（月）"), null=True, blank=True)
    early_removal_months = models.PositiveSmallIntegerField(_("可提前移出（月）"), null=True, blank=True)
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("名单类别")

    def __str__(self) -> str:
        return self.name


class Measure(DatedModel):
    """A measure of the catalogue 守信激励、失信惩戒措施: quoted, never imposed by the system (H11)."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    incentive = models.BooleanField(_("激励措施"), default=False)
    basis = models.ForeignKey(LegalBasis, verbose_name=_("依据"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("措施")

    def __str__(self) -> str:
        return self.name


class ListEntry(GuardedModel):
    """An entry of a list 名单条目."""

    family = "practitioner"
    profession_column = "record__profession_id"
    state_column = "state"
    draft_states = (ListState.PROPOSED.value, ListState.NOTICED.value, ListState.STATEMENT.value)

    record = models.ForeignKey(PractitionerRecord, on_delete=models.PROTECT, related_name="list_entries")
    list_type = models.ForeignKey(ListType, on_delete=models.PROTECT, related_name="entries")
    state = models.CharField(_("状态"), max_length=10, choices=ListState.choices, default=ListState.PROPOSED)
    deciding_authority = models.ForeignKey(
        Organisation,
        verbose_name=_("认定单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    document_no = models.CharField(_("决定文号"), max_length=80, blank=True)
    facts = models.TextField(_("事实"), blank=True)
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    listed_on = models.DateField(_("列入日期"), null=True, blank=True)
    ends_on = models.DateField(_("期满日期"), null=True, blank=True)
    removed_on = models.DateField(_("移出日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("名单条目")

    def __str__(self) -> str:
        return f"{self.list_type} {self.record_id}"


class EntryMeasure(TrackedModel):
    """A measure reported by a body as applied or lifted 措施执行 (H11: quoted from the decision)."""

    entry = models.ForeignKey(ListEntry, on_delete=models.CASCADE, related_name="measures")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(_("执行机关"), max_length=120)
    applied_on = models.DateField(_("实施日期"))
    lifted_on = models.DateField(_("解除日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("措施执行")

    def __str__(self) -> str:
        return str(self.measure)

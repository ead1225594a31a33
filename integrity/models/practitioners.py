"""Professions and practitioner records 重点人群职业信用记录 (domain §6): the catalogue is rows, ranges warn."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import (
    FileStatus,
    Grade,
    Level,
    LicenceState,
    PenaltyKind,
    RecordState,
    StatusBasis,
)
from integrity.models.decisions import ADVERSE_COMPLETE, FOUR_EYES, DecisionFields, RemedyFields
from integrity.models.files import RecordPart
from integrity.models.guarded import GuardedModel
from integrity.models.organisations import DatedModel, Organisation
from integrity.models.rules import LegalBasis
from integrity.models.tracked import TrackedModel


class Profession(DatedModel):
    """A profession of the catalogue 职业目录: status basis, regulator per level, re-entry bar, what is public."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    group = models.CharField(_("类别"), max_length=60, blank=True)
    status_basis = models.CharField(_("身份依据"), max_length=16, choices=StatusBasis.choices)
    licence_name = models.CharField(_("证照名称"), max_length=60, blank=True)
    regulators = models.JSONField(_("各级监管机关"), default=dict, help_text=_("层级 → 机关名称"))
    reentry_bar = models.CharField(_("再次准入限制"), max_length=200, blank=True)
    public_items = models.JSONField(_("可公开事项"), default=list)
    basis = models.ForeignKey(
        LegalBasis, verbose_name=_("依据"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    enabled = models.BooleanField(_("启用"), default=True)
    disabled_reason = models.CharField(_("停用原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("职业")
        ordering = ["group", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(enabled=True) | ~Q(disabled_reason=""), name="disabled_has_reason")
        ]

    def __str__(self) -> str:
        return self.name


class ProfessionSanction(DatedModel):
    """One sanction a profession's law allows 职业罚则: range, who may impose, article. Ranges warn, never block."""

    profession = models.ForeignKey(Profession, on_delete=models.CASCADE, related_name="sanctions")
    kind = models.CharField(_("种类"), max_length=16, choices=PenaltyKind.choices)
    imposed_by = models.CharField(_("决定机关"), max_length=120, blank=True)
    lowest_level = models.PositiveSmallIntegerField(
        _("最低决定层级"), choices=Level.choices, null=True, blank=True, help_text=_("低于此层级无权决定")
    )
    min_months = models.PositiveSmallIntegerField(_("最短（月）"), null=True, blank=True)
    max_months = models.PositiveSmallIntegerField(_("最长（月）"), null=True, blank=True)
    permanent = models.BooleanField(_("可为终身"), default=False)
    min_amount = models.DecimalField(_("最低金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    max_amount = models.DecimalField(_("最高金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    basis = models.ForeignKey(LegalBasis, verbose_name=_("依据"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("罚则")
        ordering = ["profession", "kind", "id"]

    def __str__(self) -> str:
        return f"{self.profession} {self.get_kind_display()}"


class PractitionerRecord(GuardedModel):
    """The record of one person in one profession 职业信用记录 (H9: capacity)."""

    family = "practitioner"
    profession_column = "profession_id"
    state_column = "status"
    draft_states = (FileStatus.DRAFT.value,)
    field_grades = {"identifiers": Grade.SENSITIVE}

    profession = models.ForeignKey(Profession, verbose_name=_("职业"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=100)
    unit_name = models.CharField(_("执业单位"), max_length=160, blank=True)
    unit_credit_code = models.CharField(_("单位统一社会信用代码"), max_length=18, blank=True)
    status = models.CharField(_("记录状态"), max_length=12, choices=FileStatus.choices, default=FileStatus.DRAFT)
    licence_state = models.CharField(
        _("执业状态"), max_length=10, choices=LicenceState.choices, default=LicenceState.UNKNOWN
    )
    established_on = models.DateField(_("建立日期"), null=True, blank=True)
    batch = models.ForeignKey(
        "integrity.ImportBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("执业记录")
        indexes = [
            models.Index(fields=["authority", "profession", "name", "id"], name="practitioner_by_authority"),
            models.Index(fields=["name", "id"], name="practitioner_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "profession"],
                condition=~Q(status__in=[FileStatus.TRANSFERRED, FileStatus.ARCHIVED]),
                name="one_live_record_a_profession",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.profession}）"


class PractitionerPart(RecordPart):
    """A part of a practitioner's record 职业信用记录分项."""

    family = "practitioner"
    profession_column = "record__profession_id"

    record = models.ForeignKey(PractitionerRecord, on_delete=models.PROTECT, related_name="%(class)ss")
    raw = models.TextField(_("原始文字"), blank=True)

    class Meta:
        abstract = True


class Qualification(PractitionerPart):
    """Qualification 职业资格."""

    title = models.CharField(_("资格名称"), max_length=80)
    number = models.CharField(_("证书编号"), max_length=60, db_index=True)
    issuer = models.CharField(_("颁发机关"), max_length=120)
    issued_on = models.DateField(_("颁发日期"), null=True, blank=True)
    licence_state = models.CharField(_("状态"), max_length=10, choices=LicenceState.choices, default=LicenceState.VALID)

    class Meta:
        verbose_name = _("职业资格")


class Licence(PractitionerPart):
    """Licence or registration 执业证、登记: number, issuer, scope, validity, unit, state."""

    title = models.CharField(_("证照名称"), max_length=80)
    number = models.CharField(_("编号"), max_length=60, db_index=True)
    is_registration = models.BooleanField(_("登记（非许可）"), default=False)
    issuer = models.ForeignKey(
        Organisation,
        verbose_name=_("发证机关"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    issuer_text = models.CharField(_("发证机关（原文）"), max_length=160, blank=True)
    scope = models.CharField(_("执业范围"), max_length=200, blank=True)
    unit_name = models.CharField(_("执业单位"), max_length=160, blank=True)
    valid_from = models.DateField(_("有效期自"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    licence_state = models.CharField(_("状态"), max_length=10, choices=LicenceState.choices, default=LicenceState.VALID)
    state_from = models.DateField(_("状态自"), null=True, blank=True)

    class Meta:
        verbose_name = _("执业证（登记）")
        ordering = ["-valid_from", "-id"]


class Assessment(PractitionerPart):
    """Periodic assessment 定期考核 of a practitioner: the fact of a decision, never summed (H1)."""

    period = models.CharField(_("考核周期"), max_length=40)
    result = models.CharField(_("结论"), max_length=40)
    body = models.CharField(_("考核机构"), max_length=120)
    decided_on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("定期考核")
        ordering = ["-decided_on", "-id"]


class PractitionerHonour(PractitionerPart):
    """Honour of a practitioner 执业荣誉 (H15)."""

    title = models.CharField(_("名称"), max_length=120)
    body = models.CharField(_("授予机关"), max_length=120)
    awarded_on = models.DateField(_("授予日期"))
    revoked_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("执业荣誉")
        ordering = ["-awarded_on", "-id"]


class PractitionerCommitment(PractitionerPart):
    """Credit commitment of a practitioner 信用承诺."""

    text = models.TextField(_("内容"))
    made_on = models.DateField(_("日期"))
    outcome = models.CharField(_("履行情况"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("信用承诺")
        ordering = ["-made_on", "-id"]


class Penalty(PractitionerPart, DecisionFields):
    """A decision on a practitioner 行政处罚、监管措施、行业处分、从业禁止、生效判决 (domain §6)."""

    kind = models.CharField(_("种类"), max_length=16, choices=PenaltyKind.choices, default=PenaltyKind.UNCLASSIFIED)
    violation = models.CharField(_("违法行为类型"), max_length=200, blank=True)
    content = models.TextField(_("处理内容"), blank=True)
    fine_amount = models.DecimalField(_("罚款金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    confiscated_amount = models.DecimalField(
        _("没收金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    simple_procedure = models.BooleanField(_("简易程序"), default=False)
    licence = models.ForeignKey(
        Licence, verbose_name=_("涉及证照"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amends = models.ForeignKey(
        "self",
        verbose_name=_("变更自"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="amendments",
    )

    class Meta:
        verbose_name = _("执业处理决定")
        ordering = ["-decided_on", "-id"]
        indexes = [
            models.Index(fields=["authority", "state", "-decided_on", "-id"], name="penalty_queue"),
            models.Index(fields=["record", "-decided_on"], name="penalty_by_record"),
            models.Index(fields=["document_no"], name="penalty_by_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=ADVERSE_COMPLETE, name="penalty_h2_complete"),
            models.CheckConstraint(condition=FOUR_EYES, name="penalty_h18_four_eyes"),
            models.UniqueConstraint(
                fields=["amends"], condition=~Q(state__in=RecordState.thrown_away()), name="penalty_amended_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document_no}".strip()

    def save(self, *args: object, **kwargs: object) -> None:
        self.grade = max(self.grade, Grade.SENSITIVE)
        super().save(*args, **kwargs)


class PenaltyBasis(TrackedModel):
    """A legal basis a penalty rests on 处罚依据 (H2b)."""

    penalty = models.ForeignKey(Penalty, on_delete=models.CASCADE, related_name="bases")
    basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("执业处理决定的法律依据")
        constraints = [models.UniqueConstraint(fields=["penalty", "basis"], name="penalty_basis_once")]

    def __str__(self) -> str:
        return str(self.basis)


class PenaltyRemedy(RemedyFields):
    """A remedy against a penalty 行政复议、行政诉讼."""

    family = "practitioner"
    profession_column = "penalty__record__profession_id"

    penalty = models.ForeignKey(Penalty, on_delete=models.PROTECT, related_name="remedies")

    class Meta:
        verbose_name = _("执业处理救济")
        ordering = ["-filed_on", "-id"]

"""Integrity files 公务员诚信档案 and their parts (domain §4): only facts already served on or known to the subject."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import (
    AppraisalGrade,
    CommitmentKind,
    CommitmentOutcome,
    FileStatus,
    FindingKind,
    Grade,
    HonourKind,
    IntegrityNoteKind,
    LeadingPost,
    Level,
    PostCategory,
    Rank,
    RecordState,
    ReportCheck,
    ReportKind,
    ReportResult,
    ServantKind,
    ServiceStatus,
    TrainingTheme,
)
from integrity.models.guarded import GuardedModel
from integrity.models.organisations import Organisation


class IntegrityFile(GuardedModel):
    """A civil servant's integrity file 公务员诚信档案. Never public, never exported to public credit (H12).

    `name`, `unit`, `authority`, `level`, `leading_post` and `rank` repeat the current facts of `SubjectName` and
    `Post` so that lists sort and filter on one row; `files.move_person` and `files.rename` keep them true.
    """

    case_column = "id"
    state_column = "status"
    draft_states = (FileStatus.DRAFT.value,)
    # 停职 and 开除 tell of discipline; a year of appraisal tells of appraisals; even a mask is part of a number (§9).
    field_grades = {
        "service_status": Grade.STRICT,
        "last_appraisal_year": Grade.SENSITIVE,
        "identifiers": Grade.SENSITIVE,
    }

    name = models.CharField(_("姓名"), max_length=100)
    status = models.CharField(_("档案状态"), max_length=12, choices=FileStatus.choices, default=FileStatus.DRAFT)
    servant_kind = models.CharField(
        _("人员类别"), max_length=20, choices=ServantKind.choices, default=ServantKind.CIVIL_SERVANT
    )
    service_status = models.CharField(
        _("人员状态"), max_length=12, choices=ServiceStatus.choices, default=ServiceStatus.SERVING
    )
    unit = models.ForeignKey(
        Organisation,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices, null=True, blank=True)
    leading_post = models.PositiveSmallIntegerField(
        _("领导职务层次"), choices=LeadingPost.choices, null=True, blank=True
    )
    rank = models.PositiveSmallIntegerField(_("职级"), choices=Rank.choices, null=True, blank=True)
    post_title = models.CharField(_("职务"), max_length=120, blank=True)
    identity_confirmed_on = models.DateField(_("身份核实日期"), null=True, blank=True)
    informed_on = models.DateField(_("告知本人日期"), null=True, blank=True)
    last_appraisal_year = models.PositiveSmallIntegerField(_("最近考核年度"), null=True, blank=True)
    established_on = models.DateField(_("建档日期"), null=True, blank=True)
    closed_on = models.DateField(_("冻结或转出日期"), null=True, blank=True)
    batch = models.ForeignKey(
        "integrity.ImportBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("诚信档案")
        indexes = [
            models.Index(fields=["name", "id"], name="file_by_name"),
            models.Index(fields=["authority", "name", "id"], name="file_by_authority_name"),
            models.Index(fields=["authority", "-recorded_at", "-id"], name="file_by_authority_time"),
            models.Index(fields=["authority", "level", "id"], name="file_by_authority_level"),
            # With all that the rule reads: units in reach are looked up, and files counted, without going to the rows.
            models.Index(
                fields=["authority", "unit", "id", "grade", "status", "entered_by", "subject"],
                name="file_by_authority_unit",
            ),
            models.Index(fields=["unit", "name", "id"], name="file_by_unit_name"),
            # Asked at every door: whose unit does the reader belong to the leaders of (H18).
            models.Index(
                fields=["unit", "leading_post"], condition=Q(leading_post__isnull=False), name="file_by_unit_leader"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=~Q(status__in=[FileStatus.TRANSFERRED, FileStatus.ARCHIVED]),
                name="one_live_file_a_person",
            ),
            models.CheckConstraint(
                condition=Q(status=FileStatus.DRAFT) | Q(established_on__isnull=False),
                name="file_established_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecordPart(GuardedModel):
    """What a part carries on either side 分项: the legal life of a record and the text it was imported from."""

    state_column = "state"
    draft_states = tuple(state.value for state in RecordState.unapproved())

    state = models.CharField(_("状态"), max_length=12, choices=RecordState.choices, default=RecordState.DRAFT)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    batch = models.ForeignKey(
        "integrity.ImportBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class FilePart(RecordPart):
    """A part of a file 档案分项."""

    case_column = "file_id"

    file = models.ForeignKey(IntegrityFile, on_delete=models.PROTECT, related_name="%(class)ss")
    raw = models.TextField(_("原始文字"), blank=True, help_text=_("导入时的原文，保留备查"))

    class Meta:
        abstract = True


class Post(FilePart):
    """A dated post 任职: unit, title, category, leading post, rank, and who manages it (dated)."""

    unit = models.ForeignKey(Organisation, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("职务"), max_length=120)
    category = models.CharField(
        _("职位类别"), max_length=12, choices=PostCategory.choices, default=PostCategory.GENERAL
    )
    leading_post = models.PositiveSmallIntegerField(
        _("领导职务层次"), choices=LeadingPost.choices, null=True, blank=True
    )
    rank = models.PositiveSmallIntegerField(_("职级"), choices=Rank.choices, null=True, blank=True)
    managed_by = models.ForeignKey(
        Organisation, verbose_name=_("当时的管理机关"), on_delete=models.PROTECT, related_name="+"
    )
    from_on = models.DateField(_("任职自"), null=True, blank=True)
    to_on = models.DateField(_("任职至"), null=True, blank=True)

    class Meta:
        verbose_name = _("任职")
        ordering = ["-from_on", "-id"]
        indexes = [models.Index(fields=["file", "-from_on"], name="post_by_file")]


class PersonalMattersReport(FilePart):
    """That a report on personal matters was due and made 个人有关事项报告; its contents are never held (H8)."""

    year = models.PositiveSmallIntegerField(_("年度"))
    kind = models.CharField(_("类别"), max_length=10, choices=ReportKind.choices, default=ReportKind.YEARLY)
    due_on = models.DateField(_("应报日期"))
    filed_on = models.DateField(_("报告日期"), null=True, blank=True)
    receiver = models.ForeignKey(
        Organisation,
        verbose_name=_("受理机关"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    check_kind = models.CharField(_("查核"), max_length=10, choices=ReportCheck.choices, default=ReportCheck.NONE)
    result = models.CharField(_("结果"), max_length=10, choices=ReportResult.choices, default=ReportResult.PENDING)
    decision = models.ForeignKey(
        "integrity.Decision", verbose_name=_("认定文书"), null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = _("个人有关事项报告")
        ordering = ["-year", "-id"]


class IntegrityNote(FilePart):
    """Integrity note 廉政记录: kind, date, body, document."""

    kind = models.CharField(_("类别"), max_length=24, choices=IntegrityNoteKind.choices)
    held_on = models.DateField(_("日期"))
    body = models.CharField(_("机关"), max_length=120)
    text = models.TextField(_("内容"), blank=True)

    class Meta:
        verbose_name = _("廉政记录")
        ordering = ["-held_on", "-id"]


class Appraisal(FilePart):
    """Yearly appraisal 年度考核 (公务员法 38–39). 基本称职 and 不称职 are adverse (H2)."""

    year = models.PositiveSmallIntegerField(_("年度"))
    result = models.CharField(_("等次"), max_length=20, choices=AppraisalGrade.choices)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    body = models.CharField(_("考核机关"), max_length=120)
    notice_on = models.DateField(_("书面通知本人日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("年度考核")
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "year"],
                condition=~Q(state__in=[*RecordState.thrown_away(), RecordState.AMENDED, RecordState.REVOKED]),
                name="one_appraisal_a_year",
            )
        ]


class Breach(FilePart):
    """Breach of a contract or promise 违约: an effective judgment, award or written finding (H2)."""

    finding_kind = models.CharField(_("认定依据"), max_length=16, choices=FindingKind.choices)
    body = models.CharField(_("认定机关"), max_length=120)
    found_on = models.DateField(_("认定日期"))
    text = models.TextField(_("内容"))

    class Meta:
        verbose_name = _("违约记录")
        ordering = ["-found_on", "-id"]


class Training(FilePart):
    """Training 教育培训."""

    theme = models.CharField(_("主题"), max_length=12, choices=TrainingTheme.choices)
    title = models.CharField(_("名称"), max_length=120)
    organiser = models.CharField(_("主办单位"), max_length=120)
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1)
    completed_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("教育培训")
        ordering = ["-completed_on", "-id"]


class Honour(FilePart):
    """Honour 奖励 (公务员法 53): same proof as a sanction, and revocable (H15)."""

    kind = models.CharField(_("种类"), max_length=14, choices=HonourKind.choices)
    title = models.CharField(_("名称"), max_length=120, blank=True)
    body = models.CharField(_("授予机关"), max_length=120)
    awarded_on = models.DateField(_("授予日期"))
    revoked_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("奖励")
        ordering = ["-awarded_on", "-id"]


class Commitment(FilePart):
    """Commitment 承诺; the period after leaving office comes from 公务员法 107 as a rule row."""

    kind = models.CharField(_("种类"), max_length=16, choices=CommitmentKind.choices)
    text = models.TextField(_("内容"))
    from_on = models.DateField(_("自"))
    to_on = models.DateField(_("至"), null=True, blank=True)
    outcome = models.CharField(
        _("履行情况"), max_length=12, choices=CommitmentOutcome.choices, default=CommitmentOutcome.PERFORMING
    )
    finding = models.CharField(_("认定文书"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("承诺")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=CommitmentOutcome.BREACHED) | ~Q(finding=""),
                name="breach_needs_a_finding",
            )
        ]


class Statement(FilePart):
    """The subject's own note on a record 本人说明, shown beside it."""

    about_model = models.CharField(_("针对记录类别"), max_length=40, blank=True)
    about_id = models.BigIntegerField(_("针对记录"), null=True, blank=True)
    text = models.TextField(_("说明"))
    made_on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("本人说明")
        ordering = ["-made_on", "-id"]


class UseEntry(FilePart):
    """Use ledger 使用台账: who asked, why, on which letter, and what was given."""

    asked_by = models.CharField(_("查询单位"), max_length=120)
    purpose = models.CharField(_("用途"), max_length=200)
    given = models.TextField(_("提供内容"))
    used_on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("使用记录")
        ordering = ["-used_on", "-id"]


#: Parts shown on a file's page, in the order of the page, each with the grade its rows carry.
PARTS: tuple[tuple[type[FilePart], Grade], ...] = (
    (Post, Grade.INTERNAL),
    (PersonalMattersReport, Grade.SENSITIVE),
    (IntegrityNote, Grade.SENSITIVE),
    (Appraisal, Grade.SENSITIVE),
    (Breach, Grade.STRICT),
    (Training, Grade.INTERNAL),
    (Honour, Grade.INTERNAL),
    (Commitment, Grade.INTERNAL),
    (Statement, Grade.SENSITIVE),
    (UseEntry, Grade.SENSITIVE),
)

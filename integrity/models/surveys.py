"""Surveys of satisfaction 政务诚信满意度调查 (domain §17): the question, unused codes, and counts without anybody.

Answers are never rows: only a counter of a cell goes up, so there is no order, no time and nothing to link a device or
a code with. A used code is simply no longer there (decision 0027).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import Satisfaction, SurveyMode, SurveyState
from integrity.models.organisations import Organisation
from integrity.models.tracked import TrackedModel, TrackedQuerySet


class SurveyQuerySet(TrackedQuerySet["Survey"]):
    def shown(self, day: date) -> Self:
        """What the public sees: published and begun. Open is another question, asked by `open_on`."""
        return self.filter(state=SurveyState.PUBLISHED, opens_on__lte=day)

    def over(self, day: date) -> Self:
        """Closed by its date: from now on its figures may be told."""
        return self.filter(state=SurveyState.PUBLISHED, closes_on__lt=day)


SurveyManager = models.Manager.from_queryset(SurveyQuerySet)


class Survey(TrackedModel):
    """One survey 调查: question, options, groups of respondents, from when to when. Two persons stand behind it."""

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Organisation, verbose_name=_("主办机关"), on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("标题"), max_length=120)
    introduction = models.CharField(_("说明"), max_length=500, blank=True)
    question = models.CharField(_("题目"), max_length=300)
    sample = models.CharField(_("调查对象与取样方式"), max_length=300)
    population = models.PositiveIntegerField(
        _("总体人数"), null=True, blank=True, help_text=_("已知时填写，用于有限总体修正")
    )
    mode = models.CharField(_("防重方式"), max_length=8, choices=SurveyMode.choices, default=SurveyMode.DEVICE)
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期（含）"))
    state = models.CharField(_("状态"), max_length=10, choices=SurveyState.choices, default=SurveyState.DRAFT)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("编制人"), on_delete=models.PROTECT, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("发布人"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = SurveyManager()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        verbose_name = _("满意度调查")
        ordering = ["-year", "-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="survey_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state=SurveyState.PUBLISHED)
                | (Q(published_by__isnull=False) & ~Q(published_by=F("entered_by"))),
                name="survey_by_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def open_on(self, day: date) -> bool:
        """Whether answers are taken: asked of the dates at each request, by no job."""
        return self.state == SurveyState.PUBLISHED and self.opens_on <= day <= self.closes_on

    def over_on(self, day: date) -> bool:
        return self.state == SurveyState.PUBLISHED and self.closes_on < day


class SurveyOption(TrackedModel):
    """One answer that can be given 选项, and how it counts."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField(_("顺序"))
    text = models.CharField(_("选项"), max_length=60)
    counts = models.CharField(_("计入方式"), max_length=12, choices=Satisfaction.choices)

    class Meta:
        verbose_name = _("选项")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["survey", "position"], name="survey_option_once")]

    def __str__(self) -> str:
        return self.text


class SurveyGroup(TrackedModel):
    """One group of respondents 答卷人类别, as they name themselves."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="groups")
    position = models.PositiveSmallIntegerField(_("顺序"))
    text = models.CharField(_("类别"), max_length=60)

    class Meta:
        verbose_name = _("答卷人类别")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["survey", "position"], name="survey_group_once")]

    def __str__(self) -> str:
        return self.text


class SurveyCount(models.Model):
    """How many gave one answer in one group 计数. All cells stand there from the beginning; no history, no time."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="counts")
    option = models.ForeignKey(SurveyOption, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(SurveyGroup, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("调查计数")
        constraints = [models.UniqueConstraint(fields=["survey", "option", "group"], name="survey_count_once")]

    def __str__(self) -> str:
        return f"{self.survey_id}"


class SurveyCode(models.Model):
    """A code that was given out and not used yet 未使用的代码, as a keyed digest. Its use deletes it."""

    digest = models.CharField(max_length=64, primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("未使用的调查代码")

    def __str__(self) -> str:
        return f"{self.survey_id}"

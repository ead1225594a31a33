"""Major administrative decisions 重大行政决策 with their five steps (重大行政决策程序暂行条例)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks_rows import Step, StepBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import NONE, Fact, Standing, Table, backwards, documents, span
from cms.vocabulary import Subject

NOT_HELD = Standing("not_held", _("不适用"), "neutral", "dash-circle")
COMING = Standing("coming", _("未开始"), "neutral", "hourglass-split")
RUNNING = Standing("running_step", _("进行中"), "info", "arrow-repeat")
DONE = Standing("step_done", _("已完成"), "success", "check-circle")
AWAITED = Standing("awaited", _("已结束，结果待公布"), "warning", "clock-history")
DECIDED = Standing("decided", _("已作出决策"), "success", "patch-check")
ASKING = Standing("asking", _("正在征求意见"), "info", "megaphone")
PREPARING = Standing("preparing", _("决策准备中"), "neutral", "hourglass-split")


class MajorDecisionPage(DisclosurePage):
    """A major decision 重大行政决策: each step with dates, outcome and papers, and the public's comments."""

    unit = models.CharField(_("承办单位"), max_length=120)
    matter = models.CharField(_("决策事项"), max_length=200)
    basis = models.CharField(_("决策依据"), max_length=300, blank=True)
    comments_from = models.DateField(_("征求意见起始日"), null=True, blank=True)
    comments_to = models.DateField(_("征求意见截止日（含）"), null=True, blank=True)
    steps = rows("step", StepBlock(label=_("程序环节")), _("程序环节"), max_num=len(Step))

    own_subject: ClassVar[Subject | None] = Subject.DECISIONS
    page_template: ClassVar[str] = "cms/major_decision_page.html"
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("unit"),
        FieldPanel("matter"),
        FieldPanel("basis"),
        FieldRowPanel([FieldPanel("comments_from"), FieldPanel("comments_to")]),
        FieldPanel("steps"),
        heading=_("重大行政决策"),
    )

    class Meta:
        verbose_name = _("重大行政决策")

    def clean(self) -> None:
        super().clean()
        if (self.comments_from is None) != (self.comments_to is None):
            raise ValidationError({"comments_to": _("征求意见的起止日期须同时填写。")})
        if backwards(self.comments_from, self.comments_to):
            raise ValidationError({"comments_to": _("截止日不得早于起始日。")})
        named = [block.value["step"] for block in self.steps]
        if len(named) != len(set(named)):
            raise ValidationError({"steps": _("每个环节只写一行。")})

    def takes_comments(self, day: date) -> bool:
        """Whether comments are asked for on that day; both ends count."""
        return bool(self.comments_from and self.comments_to and self.comments_from <= day <= self.comments_to)

    def standing(self, day: date) -> Standing:
        result = self._row(Step.RESULT)
        if result is not None and step_standing(result, day) == DONE:
            return DECIDED
        return ASKING if self.takes_comments(day) else PREPARING

    def facts(self, day: date) -> list[Fact]:
        told = [Fact(_("承办单位"), self.unit), Fact(_("决策事项"), self.matter)]
        if self.basis:
            told.append(Fact(_("决策依据"), self.basis, wide=True))
        if self.comments_from:
            told.append(Fact(_("征求意见期间"), span(self.comments_from, self.comments_to)))
        return told

    def tables(self, day: date) -> list[Table]:
        """All five steps, in their order, whether somebody filled them in or not."""
        found = []
        for step in Step:
            value = self._row(step)
            if value is None:
                found.append([step.label, COMING, NONE, NONE, NONE])
                continue
            outcome = value["outcome"] or value["not_held"] or NONE
            when = span(value["begins_on"], value["ends_on"])
            found.append([step.label, step_standing(value, day), when, outcome, documents(value["documents"])])
        columns = [_("环节"), _("状态"), _("起止日期"), _("结果或理由"), _("文件")]
        return [Table(_("决策程序五个环节"), columns, found)]

    def _row(self, step: Step) -> Any:
        return next((block.value for block in self.steps if block.value["step"] == step), None)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.models.comments import ConsultationComment

        context = super().get_context(request, *args, **kwargs)
        day = timezone.localdate()
        context["takes_comments"] = self.takes_comments(day)
        context["comments"] = ConsultationComment.objects.shown(day).filter(consultation=self.pk)
        return context


def step_standing(value: Any, day: date) -> Standing:
    """Where a step stands on that day: a result without a word of it is awaited, not done."""
    begins, ends = value["begins_on"], value["ends_on"]
    if value["not_held"] and not begins:
        return NOT_HELD
    if begins is None or day < begins:
        return COMING
    if ends is not None and day <= ends and not (day == ends and value["outcome"]):
        return RUNNING
    if ends is None and not value["outcome"]:
        return RUNNING
    return DONE if value["outcome"] or any(value["documents"]) else AWAITED

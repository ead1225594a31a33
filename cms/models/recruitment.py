"""Recruitment of civil servants 公务员招录 (信息公开条例 20(14)): notices that end, candidates that are masked."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks_rows import CandidateBlock, PostBlock, rows
from cms.masking import masked_name
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import NONE, Fact, Standing, Table, backwards, span
from cms.structured import day as words
from cms.vocabulary import Subject

OPEN = Standing("applying", _("报名中"), "success", "megaphone")
COMING = Standing("not_open", _("报名未开始"), "neutral", "hourglass-split")
CLOSED = Standing("applied", _("报名已截止"), "neutral", "calendar-check")
NOTICE = Standing("candidates", _("公示中"), "info", "megaphone")


class Notice(models.TextChoices):
    """What is announced 公告类别."""

    CALL = "call", _("招录公告")
    CANDIDATES = "candidates", _("拟录用人员公示")
    RESULT = "result", _("录用结果")


class RecruitmentPage(DisclosurePage):
    """A recruitment notice 招录公告: posts, or candidates of whom only masked names are ever kept.

    There is no page, no index entry and no address of a candidate (H7); the notice itself ends on its last day (H5).
    """

    notice = models.CharField(_("公告类别"), max_length=12, choices=Notice.choices)
    unit = models.CharField(_("招录机关"), max_length=120)
    apply_from = models.DateField(_("报名起始日"), null=True, blank=True)
    apply_to = models.DateField(_("报名截止日（含）"), null=True, blank=True)
    objections = models.CharField(_("监督电话或受理方式"), max_length=200, blank=True)
    posts = rows("post", PostBlock(label=_("职位")), _("职位"))
    candidates = rows("candidate", CandidateBlock(label=_("人员")), _("拟录用人员"), max_num=500)

    own_subject: ClassVar[Subject | None] = Subject.RECRUITMENT
    must_end: ClassVar[bool] = True
    content_panels: ClassVar[list[Any]] = panels(
        FieldRowPanel([FieldPanel("notice"), FieldPanel("unit")]),
        FieldRowPanel([FieldPanel("apply_from"), FieldPanel("apply_to")]),
        FieldPanel("objections"),
        FieldPanel("posts"),
        FieldPanel("candidates"),
        heading=_("公务员招录"),
    )

    class Meta:
        verbose_name = _("公务员招录")

    def clean(self) -> None:
        super().clean()
        if backwards(self.apply_from, self.apply_to):
            raise ValidationError({"apply_to": _("截止日不得早于起始日。")})
        if self.notice == Notice.CALL and len(self.candidates):
            raise ValidationError({"candidates": _("招录公告不写人员。")})

    def standing(self, day: date) -> Standing | None:
        if self.notice != Notice.CALL:
            return NOTICE
        if not (self.apply_from and self.apply_to):
            return None
        if day < self.apply_from:
            return COMING
        return OPEN if day <= self.apply_to else CLOSED

    def facts(self, day: date) -> list[Fact]:
        told = [Fact(_("公告类别"), self.get_notice_display()), Fact(_("招录机关"), self.unit)]
        if self.apply_from:
            told.append(Fact(_("报名期间"), span(self.apply_from, self.apply_to)))
        told.append(Fact(_("公开至"), words(self.ends_on)))
        if self.objections:
            told.append(Fact(_("监督电话或受理方式"), self.objections, wide=True))
        return told

    def tables(self, day: date) -> list[Table]:
        found: list[Table] = []
        if len(self.posts):
            rows = [
                [
                    post.value["name"], post.value["code"] or NONE, post.value["unit"] or self.unit,
                    str(post.value["places"]), post.value["conditions"] or NONE,
                ]
                for post in self.posts
            ]  # fmt: skip
            columns = [_("职位"), _("职位代码"), _("招录单位"), _("名额"), _("报考条件")]
            found.append(Table(_("职位表"), columns, rows))
        if len(self.candidates):
            people = [
                [
                    masked_name(one.value["name"]), one.value["post"], one.value["ticket"] or NONE,
                    one.value["result"] or NONE,
                ]
                for one in self.candidates
            ]  # fmt: skip
            columns = [_("姓名"), _("职位"), _("准考证号后四位"), _("结果")]
            note = _("姓名已脱敏；本表不进入检索，公开期满即不再显示。")
            found.append(Table(_("人员名单"), columns, people, note=note, searched=False))
        return found

"""Notices of withdrawal and correction 撤回更正公告: what was wrong, what holds instead (信息公开条例 41, H6)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PageChooserPanel

from cms.models.disclosures import DisclosurePage, panels
from cms.structured import Fact, Linked, Standing
from cms.structured import day as words
from cms.vocabulary import Subject

WITHDRAWN = Standing("document_withdrawn", _("撤回"), "warning", "x-circle")
CORRECTED = Standing("document_corrected", _("更正"), "info", "pencil-square")


class Ground(models.TextChoices):
    """Why 理由, in words that speak of the document, never of a person."""

    ERROR = "error", _("内容有误")
    SUPERSEDED = "superseded", _("被新的文件代替")
    REVOKED = "revoked", _("原文件被撤销或者废止")
    SECRECY = "secrecy", _("不应当公开")
    PRIVACY = "privacy", _("含有不应公开的个人信息")
    OTHER = "other", _("其他")


class CorrectionPage(DisclosurePage):
    """A notice 撤回或更正公告. Published, a withdrawal takes its document out of every door by itself.

    Of what was withdrawn the notice repeats neither title nor text.
    """

    withdraws = models.BooleanField(_("撤回（不选为更正）"), default=False)
    target = models.ForeignKey(
        DisclosurePage, verbose_name=_("所涉文件"), on_delete=models.PROTECT, related_name="corrections"
    )
    ground = models.CharField(_("理由"), max_length=12, choices=Ground.choices)
    effective_on = models.DateField(_("生效日期"))
    wrong = models.CharField(_("原文"), max_length=400, blank=True, help_text=_("撤回的不填"))
    right = models.CharField(_("更正为"), max_length=400, blank=True)

    own_subject: ClassVar[Subject | None] = Subject.CORRECTIONS
    content_panels: ClassVar[list[Any]] = panels(
        PageChooserPanel("target", "cms.DisclosurePage"),
        FieldRowPanel([FieldPanel("withdraws"), FieldPanel("ground"), FieldPanel("effective_on")]),
        FieldPanel("wrong"),
        FieldPanel("right"),
        heading=_("撤回更正公告"),
    )

    class Meta:
        verbose_name = _("撤回更正公告")
        indexes = [models.Index(fields=["target", "withdraws", "effective_on"], name="correction_of")]

    def clean(self) -> None:
        super().clean()
        if self.target_id is None:
            return
        if self.pk and self.target_id == self.pk:
            raise ValidationError({"target": _("公告不能针对自己。")})
        if self.withdraws and (self.wrong or self.right):
            raise ValidationError({"wrong": _("撤回公告不重复被撤回的内容。")})
        if self.withdraws and self.target.title in f"{self.title} {self.summary}":
            raise ValidationError({"title": _("撤回公告不重复被撤回文件的标题，写索引号。")})
        if not self.withdraws and not self.right:
            raise ValidationError({"right": _("更正公告须写明更正为什么。")})

    @property
    def changes_pages(self) -> list[int]:
        """The page that this one puts in another light: the index is told of both."""
        return [self.target_id]

    def standing(self, day: date) -> Standing:
        return WITHDRAWN if self.withdraws else CORRECTED

    def facts(self, day: date) -> list[Fact]:
        number = self.target.index_number
        shown = not self.withdraws and self.target.is_shown(day)
        told = [
            Fact(_("所涉文件"), Linked(number, self.target.url) if shown else number),
            Fact(_("理由"), self.get_ground_display()),
            Fact(_("生效日期"), words(self.effective_on)),
        ]
        if not self.withdraws:
            told += [Fact(_("原文"), self.wrong, wide=True)] if self.wrong else []
            told.append(Fact(_("更正为"), self.right, wide=True))
        return told

"""Role models and demonstration units 诚信典型: proof, a notice period, and revocation (H15)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks import a_reference
from cms.models.cases import cited_now, refuse_name
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import Fact, Standing, backwards, span
from cms.structured import day as words
from cms.vocabulary import Subject

COMING = Standing("notice_coming", _("公示未开始"), "neutral", "hourglass-split")
NOTICE = Standing("in_notice", _("公示中，尚未授予"), "info", "megaphone")
AWAITED = Standing("awaiting_conferral", _("公示期满，尚未授予"), "neutral", "clock-history")
CONFERRED = Standing("conferred", _("已授予"), "success", "patch-check")
REVOKED = Standing("honour_revoked", _("已撤销"), "danger", "x-circle")


class HonourPage(DisclosurePage):
    """An honour for integrity 诚信典型. A unit is named; a person only by a published record (H7, design §2)."""

    honour = models.CharField(_("称号"), max_length=120)
    unit = models.CharField(_("单位名称"), max_length=120, blank=True, help_text=_("机关、企业或其他组织"))
    person_ref = models.CharField(
        _("所引公示编号"), max_length=36, blank=True, validators=[a_reference],
        help_text=_("典型是个人的，只引用其公示，不写姓名"),
    )  # fmt: skip
    awarding_body = models.CharField(_("认定机关"), max_length=120)
    decision_number = models.CharField(_("认定文号"), max_length=80, blank=True)
    deeds = models.TextField(_("事迹"), max_length=1000)
    notice_from = models.DateField(_("公示起始日"))
    notice_to = models.DateField(_("公示截止日（含）"))
    channel = models.CharField(_("异议受理方式"), max_length=200)
    conferred_on = models.DateField(_("授予日期"), null=True, blank=True)
    revoked_on = models.DateField(_("撤销日期"), null=True, blank=True)
    revocation_number = models.CharField(_("撤销文号"), max_length=80, blank=True)
    revocation_reason = models.CharField(_("撤销理由"), max_length=300, blank=True)

    own_subject: ClassVar[Subject | None] = Subject.MODELS
    page_template: ClassVar[str] = "cms/typical_case_page.html"
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("honour"),
        FieldRowPanel([FieldPanel("unit"), FieldPanel("person_ref")]),
        FieldRowPanel([FieldPanel("awarding_body"), FieldPanel("decision_number")]),
        FieldPanel("deeds"),
        FieldRowPanel([FieldPanel("notice_from"), FieldPanel("notice_to")]),
        FieldPanel("channel"),
        FieldPanel("conferred_on"),
        FieldRowPanel([FieldPanel("revoked_on"), FieldPanel("revocation_number")]),
        FieldPanel("revocation_reason"),
        heading=_("诚信典型"),
    )

    class Meta:
        verbose_name = _("诚信典型")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.cited_ref = _reference(self.person_ref)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if bool(self.unit) == bool(self.person_ref):
            raise ValidationError({"unit": _("写单位名称，或者引用一项公示，二者取一。")})
        if self.person_ref:
            cited = cited_now(self)
            if cited is None:
                raise ValidationError({"person_ref": _("没有公示中的这一编号。")})
            refuse_name(self, cited.name, ("title", "summary", "honour", "deeds"))
        if backwards(self.notice_from, self.notice_to):
            raise ValidationError({"notice_to": _("公示截止日不得早于起始日。")})
        if self.conferred_on == self.notice_to or backwards(self.notice_to, self.conferred_on):
            raise ValidationError({"conferred_on": _("公示期满以后才能授予。")})
        if self.conferred_on and not self.decision_number:
            raise ValidationError({"decision_number": _("授予须有认定文号。")})
        if self.revoked_on and not (self.revocation_number and self.revocation_reason and self.conferred_on):
            raise ValidationError({"revocation_number": _("撤销须有授予日期、撤销文号和理由。")})

    def standing(self, day: date) -> Standing:
        if self.revoked_on and self.revoked_on <= day:
            return REVOKED
        if self.conferred_on and self.conferred_on <= day:
            return CONFERRED
        if day < self.notice_from:
            return COMING
        return NOTICE if day <= self.notice_to else AWAITED

    def facts(self, day: date) -> list[Fact]:
        told = [Fact(_("称号"), self.honour)]
        if self.unit:
            told.append(Fact(_("单位名称"), self.unit))
        told += [
            Fact(_("认定机关"), self.awarding_body),
            Fact(_("公示期"), span(self.notice_from, self.notice_to)),
            Fact(_("异议受理方式"), self.channel, wide=True),
        ]
        if self.decision_number:
            told.append(Fact(_("认定文号"), self.decision_number))
        if self.conferred_on:
            told.append(Fact(_("授予日期"), words(self.conferred_on)))
        if self.standing(day) == REVOKED:  # what was praised is no longer told
            told.append(Fact(_("撤销日期"), words(self.revoked_on)))
            told.append(Fact(_("撤销文号"), self.revocation_number))
            told.append(Fact(_("撤销理由"), self.revocation_reason, wide=True))
        else:
            told.append(Fact(_("事迹"), self.deeds, wide=True))
        return told

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"publication": cited_now(self)}


def _reference(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None  # the field's own check says so

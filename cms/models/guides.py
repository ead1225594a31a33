"""Guide to disclosure 政府信息公开指南 (政府信息公开条例 12)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms.blocks_rows import WayBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import Fact, Table
from cms.vocabulary import Subject


class GuidePage(DisclosurePage):
    """How information is sorted and got, and the office that answers 指南 (信息公开条例 12)."""

    office = models.CharField(_("政府信息公开工作机构"), max_length=120)
    address = models.CharField(_("办公地址"), max_length=200)
    hours = models.CharField(_("办公时间"), max_length=120)
    phone = models.CharField(_("联系电话"), max_length=60, blank=True)
    fax = models.CharField(_("传真号码"), max_length=60, blank=True)
    web = models.CharField(_("互联网联系方式"), max_length=120, blank=True)
    ways = rows("way", WayBlock(label=_("获取途径")), _("获取途径"))

    own_subject: ClassVar[Subject | None] = Subject.GUIDE
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("office"),
        FieldPanel("address"),
        FieldPanel("hours"),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("fax"), FieldPanel("web")]),
        FieldPanel("ways"),
        heading=_("指南"),
    )

    class Meta:
        verbose_name = _("政府信息公开指南")

    def facts(self, day: date) -> list[Fact]:
        named = (
            (_("政府信息公开工作机构"), self.office),
            (_("办公地址"), self.address),
            (_("办公时间"), self.hours),
            (_("联系电话"), self.phone),
            (_("传真号码"), self.fax),
            (_("互联网联系方式"), self.web),
        )
        return [Fact(label, value) for label, value in named if value]

    def tables(self, day: date) -> list[Table]:
        found = [
            [block.value["kind"], block.value["way"], block.value["place"], block.value["hours"]] for block in self.ways
        ]
        columns = [_("信息类别"), _("获取方式"), _("地点或网址"), _("时间")]
        return [Table(_("获取途径"), columns, found)] if found else []

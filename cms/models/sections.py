"""Sections 栏目: which unit edits below which page. An account works where its office has a section, nowhere else."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, Page


class Section(models.Model):
    """A unit's section 单位栏目: its page and everything below, and the folder of its files.

    The office is named by its code: no table of cms points at one of integrity (cms.checks). `every_office` is the
    section of a site that one editing office runs: offices without a section of their own work there.
    """

    page = models.OneToOneField(Page, verbose_name=_("栏目页"), on_delete=models.CASCADE, related_name="section")
    office_code = models.CharField(_("机构代码"), max_length=40, blank=True, db_index=True)
    every_office = models.BooleanField(_("未设栏目的机构共用"), default=False)
    folder = models.ForeignKey(Collection, verbose_name=_("文件夹"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("单位栏目")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(every_office=True, office_code="") | (Q(every_office=False) & ~Q(office_code="")),
                name="section_of_an_office_or_of_all",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page.title}（{self.office_code or '—'}）"

    def covers(self, path: str) -> bool:
        """Whether a page with that path lies in the section."""
        return path.startswith(self.page.path)

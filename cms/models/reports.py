"""Annual report 政府信息公开工作年度报告 (信息公开条例 49, 50): fixed chapters and tables, computed figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from cms import figures
from cms.blocks_rows import EnteredFigureBlock, rows
from cms.models.disclosures import DisclosurePage, panels
from cms.structured import Fact, Table
from cms.structured import day as words
from cms.vocabulary import Subject

OPEN = "…"
MARK = "※"


class AnnualReportPage(DisclosurePage):
    """The report of one organ and year 年报. Its figures are filled in with every saved draft and stand still after.

    The reviewers read the figures that will be published; a later change of a record does not rewrite a report.
    """

    organ = models.CharField(_("报告机关"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年度"))
    general = models.TextField(_("一、总体情况"), max_length=6000)
    problems = models.TextField(_("五、存在的主要问题及改进情况"), max_length=6000)
    other = models.TextField(_("六、其他需要报告的事项"), max_length=6000, blank=True)
    entered = rows("figure", EnteredFigureBlock(label=_("数字")), _("人工填报的数字"))
    computed = models.JSONField(_("系统统计的数字"), default=dict, editable=False)
    computed_on = models.DateField(_("统计日期"), null=True, editable=False)

    own_subject: ClassVar[Subject | None] = Subject.YEARLY_REPORT
    page_template: ClassVar[str] = "cms/annual_report_page.html"
    content_panels: ClassVar[list[Any]] = panels(
        FieldRowPanel([FieldPanel("organ"), FieldPanel("year")]),
        FieldPanel("general"),
        FieldPanel("problems"),
        FieldPanel("other"),
        FieldPanel("entered"),
        heading=_("年度报告"),
    )

    class Meta:
        verbose_name = _("政府信息公开年度报告")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        if self.year and self.organ:
            self.fill_in()
        super().full_clean(*args, **kwargs)

    def fill_in(self) -> None:
        """Ask every provider now 填入数字."""
        asked = figures.Asked(issuer=self.organ, issuer_code=self.issuer_code, year=self.year)
        self.computed = figures.collected(asked)
        self.computed_on = timezone.localdate()

    def clean(self) -> None:
        super().clean()
        if self.year and self.year > timezone.localdate().year:
            raise ValidationError({"year": _("年度还没有开始。")})
        known = figures.known_keys(self.form_day())
        for row in self.entered:
            key = row.value["key"]
            if key not in known:
                raise ValidationError({"entered": _("没有这个数字代号：%(key)s。") % {"key": key}})
            if key in self.computed:
                raise ValidationError({"entered": _("%(key)s 由系统统计，不另行填报。") % {"key": key}})

    def form_day(self) -> date:
        """The day by which the prescribed form is chosen: the report is written after its year."""
        return date(self.year + 1, 1, 31) if self.year else timezone.localdate()

    def chapters_in_form(self) -> list[dict[str, Any]]:
        prose = {"general": self.general, "problems": self.problems, "other": self.other or _now("无。")}
        return [
            {
                "anchor": f"chapter-{chapter.key}",
                "title": chapter.title,
                "text": prose.get(chapter.key, ""),
                "tables": [self._table(table) for table in chapter.tables],
            }
            for chapter in figures.form_on(self.form_day())
        ]

    def _table(self, table: figures.FormTable) -> Table:
        by_hand = {row.value["key"]: row.value for row in self.entered}
        sources: dict[str, None] = {}
        missing = False
        found = []
        for row, label in table.rows:
            cells = [label]
            for column, _label in table.columns:
                key = f"{table.key}.{row}.{column}"
                if key in self.computed:
                    cells.append(f"{Decimal(self.computed[key]):,}")
                elif key in by_hand:
                    cells.append(f"{by_hand[key]['value'].normalize():,f} {MARK}")
                    sources[by_hand[key]["source"]] = None
                else:
                    cells.append(OPEN)
                    missing = True
            found.append(cells)
        note = [f"{MARK} " + _now("人工填报，来源：%(sources)s") % {"sources": "；".join(sources)}] if sources else []
        note += [f"{OPEN} " + _now("没有统计，不等于零")] if missing else []
        columns = [_now("项目"), *(label for _key, label in table.columns)]
        return Table(table.title, columns, found, note="。".join(note), numeric=True)

    def facts(self, day: date) -> list[Fact]:
        told = [Fact(_("报告机关"), self.organ), Fact(_("年度"), str(self.year))]
        if self.computed_on:
            told.append(Fact(_("系统统计日期"), words(self.computed_on)))
        return told

    def tables(self, day: date) -> list[Table]:
        return [table for chapter in self.chapters_in_form() for table in chapter["tables"]]

    @property
    def full_text(self) -> str:
        return "\n".join([self.general, self.problems, self.other, super().full_text])

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"report": self.chapters_in_form(), "tables": []}

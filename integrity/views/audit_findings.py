"""Unusual reading as the audit administrator judges it 异常查阅 (H19): found by rules, explained by a person."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import readlog
from integrity.choices import FindingState, UnusualReading
from integrity.forms.audit import JudgeForm
from integrity.models import ReadEntry, ReadFinding
from integrity.views.administration import AdministrationAct, AdministrationView, Table, badge, code, link, table
from integrity.views.audit import SHOWN, shown_of
from integrity.views.audit_words import tabs_of

#: Records named on the page of a finding, those opened most often first.
MOST_RECORDS = 200


class Findings(AdministrationView):
    """Unusual reading that waits for a judgment, or has one 异常查阅."""

    operation = "audit.unusual"
    heading = gettext_lazy("异常查阅")
    lede = gettext_lazy("规则只提示，不作结论；由审计管理员核实后写明意见。")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = ReadFinding.objects.select_related("account__organisation", "reviewed_by")
        waiting = rows.filter(state=FindingState.OPEN)[:200]
        judged = rows.exclude(state=FindingState.OPEN)[:50]
        heads = finding_heads()
        return self.page(
            tabs=tabs_of(self.operation, self.account),
            tables=[
                table(_("待审查"), heads, [finding_cells(row) for row in waiting], empty=_("没有待审查的异常查阅")),
                table(_("已审查"), heads, [finding_cells(row) for row in judged], empty=_("尚无审查结论")),
            ],
        )


def finding_heads() -> list[str]:
    return [_("日期"), _("规则"), _("查阅人"), _("单位"), _("次数"), _("状态")]


def finding_cells(row: ReadFinding) -> list[Any]:
    states = {FindingState.OPEN: "submitted", FindingState.EXPLAINED: "closed", FindingState.ESCALATED: "overdue"}
    return [
        link(row.day.isoformat(), reverse("staff:audit_finding", args=[row.pk])),
        UnusualReading(row.rule).label,
        str(row.account),
        str(row.account.organisation or ""),
        row.count,
        badge(states[FindingState(row.state)], row.get_state_display()),
    ]


class Finding(AdministrationView):
    """One finding with its lines 异常查阅详情."""

    operation = "audit.finding"
    heading = gettext_lazy("异常查阅详情")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = ReadFinding.objects.select_related("account__organisation", "reviewed_by").filter(pk=pk).first()
        if row is None:
            raise Http404
        entries = list(
            readlog.told(ReadEntry.objects.filter(pk__in=row.entries))
            .select_related("account__organisation", "case")
            .prefetch_related("subjects")
        )
        actions = []
        if row.state == FindingState.OPEN and row.account_id != self.account.pk:
            url = reverse("staff:audit_judge", args=[row.pk])
            actions = [{"url": url, "label": _("审查"), "icon": "check2-square"}]
        return self.page(
            crumbs=[{"url": reverse("staff:audit_unusual"), "label": _("异常查阅")}],
            actions=actions,
            facts=[
                {"label": _("规则"), "value": UnusualReading(row.rule).label},
                {"label": _("日期"), "value": row.day.isoformat()},
                {"label": _("查阅人"), "value": f"{row.account} {row.account.organisation or ''}"},
                {"label": _("次数"), "value": row.count},
                {"label": _("状态"), "value": row.get_state_display()},
                {"label": _("审查意见"), "value": f"{row.words} {row.reviewed_by or ''}".strip() or "—"},
            ],
            tables=[_records(entries), table(_("查阅记录"), SHOWN, [shown_of(entry) for entry in entries])],
            count_logged=len(row.entries),
            about=[row],
        )


def _records(entries: list[ReadEntry]) -> Table:
    """Which records the lines are about, each once, with the number of its lines."""
    times = Counter(ref for entry in entries for ref in entry.refs)
    lines = [[code(ref), number] for ref, number in times.most_common(MOST_RECORDS)]
    caption = _("涉及的记录（%(n)s 条）") % {"n": len(times)}
    return table(caption, [_("记录编号"), _("次数")], lines, empty=_("没有指明记录"))


class JudgeFinding(AdministrationAct):
    """Say what it was 审查: explained or handed on, in words."""

    operation = "audit.judge"
    form_class = JudgeForm
    heading = gettext_lazy("审查异常查阅")
    submit = gettext_lazy("提交审查意见")
    done = gettext_lazy("审查意见已记录。")

    def row_of(self, **kwargs: Any) -> ReadFinding:
        row = ReadFinding.objects.filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def perform(self, form: Any) -> ReadFinding:
        given = form.cleaned_data
        return readlog.judge(
            finding=self.row, by=self.account, state=FindingState(given["state"]), words=given["words"]
        )

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:audit_unusual")

    def cancel_url(self) -> str:
        return reverse("staff:audit_finding", args=[self.row.pk])

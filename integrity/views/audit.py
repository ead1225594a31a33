"""The audit administrator's pages 审计 (H19; 三员分立): the read log by person, file and case; unusual reading.

No name of anybody on file and no content: references and numbers. Reading the log is itself a line of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, administration, readlog
from integrity.choices import Act, FindingState, ReadOutcome, Role, UnusualReading
from integrity.forms.audit import JudgeForm, LinesForm
from integrity.importing.export import harmless
from integrity.models import AccessChange, Account, Assignment, ReadEntry, ReadFinding, SignInAttempt
from integrity.views.administration import AdministrationAct, AdministrationView, badge, link, table
from integrity.views.paging import Sort, page_of

PAGE_SIZE = 50
OWN = "本人"  # the clause of one's own records, as access.rule words it
EXPORT_LINES = 100_000
COLUMNS = (
    gettext_lazy("时间"), gettext_lazy("账户"), gettext_lazy("单位"), gettext_lazy("行为"), gettext_lazy("入口"),
    gettext_lazy("数据类别"), gettext_lazy("条数"), gettext_lazy("最高级别"), gettext_lazy("结果"),
    gettext_lazy("依据"), gettext_lazy("用途"), gettext_lazy("案件"), gettext_lazy("地址"),
)  # fmt: skip


#: The same on a screen, told together: thirteen columns do not fit any.
SHOWN = (
    gettext_lazy("时间"), gettext_lazy("查阅人"), gettext_lazy("行为"), gettext_lazy("数据类别"), gettext_lazy("条数"),
    gettext_lazy("结果"), gettext_lazy("依据和用途"), gettext_lazy("地址"),
)  # fmt: skip


def _tabs(active: str, account: Account) -> list[dict[str, Any]]:
    return [
        {"url": reverse(f"staff:{operation.route}"), "label": _TABS[operation.code], "active": operation.code == active}
        for operation in administration.OPERATIONS.values()
        if operation.code in _TABS and administration.may(account, operation.code)
    ]


_TABS = {
    "audit.lines": gettext_lazy("全部"),
    "audit.person": gettext_lazy("按查阅人"),
    "audit.file": gettext_lazy("按档案"),
    "audit.case": gettext_lazy("按案件"),
    "audit.refusals": gettext_lazy("被拒绝"),
    "audit.unusual": gettext_lazy("异常查阅"),
    "audit.changes": gettext_lazy("账户与授权"),
    "audit.sign_ins": gettext_lazy("登录记录"),
    "audit.operations": gettext_lazy("管理操作表"),
}


class Lines(AdministrationView):
    """The read log, newest first, by what the address asks 查阅日志."""

    operation: ClassVar[str] = "audit.lines"
    heading = gettext_lazy("查阅日志")
    lede = gettext_lazy("只显示编号和数量，不显示档案内容和当事人姓名；查看日志也记入日志。")
    #: Which filter this page is about; without it nothing is listed there.
    asks: ClassVar[str] = ""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form = LinesForm(request.GET, asks=self.asks)
        rows: QuerySet[ReadEntry] = ReadEntry.objects.none()
        if form.is_valid() and (not self.asks or form.cleaned_data.get(self.asks)):
            rows = self.narrowed(form.cleaned_data)
        page = page_of(
            rows.select_related("account__organisation", "case"), Sort("at"), descending=True,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE_SIZE,
        )  # fmt: skip
        lines = [shown_of(entry) for entry in page.rows]
        export = reverse("staff:audit_export") + "?" + request.GET.urlencode()
        actions = (
            [{"url": export, "label": _("导出"), "icon": "download"}]
            if lines and administration.may(self.account, "audit.export")
            else []
        )
        return self.page(
            form=form, clear_url=request.path, tabs=_tabs(self.operation, self.account), actions=actions, paged=True,
            before=page.before, after=page.after, shown=len(lines), count_logged=len(lines),
            tables=[table(self.heading, SHOWN, lines, empty=_("没有符合条件的查阅记录"))],
        )  # fmt: skip

    def narrowed(self, wanted: dict[str, Any]) -> QuerySet[ReadEntry]:
        return entries_like(wanted)


def entries_like(wanted: dict[str, Any]) -> QuerySet[ReadEntry]:
    """The lines that the filters ask for."""
    condition = Q()
    if wanted.get("person"):
        text = wanted["person"]
        condition &= Q(account__username=text) | Q(account__display_name=text)
    if wanted.get("ref"):
        person = accounts.person_of(wanted["ref"])
        condition &= readlog.concerning([person.pk] if person is not None else [])
    if wanted.get("case"):
        condition &= Q(case__reference=wanted["case"])
    if wanted.get("outcome"):
        condition &= Q(outcome=wanted["outcome"])
    if wanted.get("from_on"):
        condition &= Q(at__gte=timezone.make_aware(datetime.combine(wanted["from_on"], time.min)))
    if wanted.get("to_on"):
        condition &= Q(at__lt=timezone.make_aware(datetime.combine(wanted["to_on"], time.min)) + timedelta(days=1))
    rows: QuerySet[ReadEntry] = ReadEntry.objects.filter(condition)
    return rows


def cells_of(entry: ReadEntry) -> list[Any]:
    """A line in cells. Whoever reads the own records is not named: the name would tell whose file it is."""
    own = entry.clause == OWN
    return [
        f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}",
        _("本人") if own else str(entry.account or _("未登录")),
        str(entry.account.organisation or "") if entry.account is not None and not own else "",
        entry.get_act_display(),
        entry.door,
        entry.model,
        entry.count,
        entry.get_grade_display() if entry.grade is not None else "",
        entry.get_outcome_display(),
        entry.clause,
        entry.purpose,
        entry.case.reference if entry.case is not None else "",
        entry.address or "",
    ]


def shown_of(entry: ReadEntry) -> list[Any]:
    at, account, unit, act, door, model, count, grade, outcome, clause, purpose, case, place = cells_of(entry)
    return [
        at,
        " ".join(filter(None, (account, unit))),
        f"{act} · {door.removeprefix('staff.')}",
        " · ".join(filter(None, (model, grade))),
        count,
        outcome,
        " · ".join(filter(None, (clause, purpose, case))),
        place,
    ]


class LinesByPerson(Lines):
    operation = "audit.person"
    heading = gettext_lazy("按查阅人查看")
    asks = "person"


class LinesByFile(Lines):
    operation = "audit.file"
    heading = gettext_lazy("按档案查看")
    asks = "ref"


class LinesByCase(Lines):
    operation = "audit.case"
    heading = gettext_lazy("按案件查看")
    asks = "case"


class Refusals(Lines):
    operation = "audit.refusals"
    heading = gettext_lazy("被拒绝的查阅")

    def narrowed(self, wanted: dict[str, Any]) -> QuerySet[ReadEntry]:
        return entries_like(wanted).filter(outcome=ReadOutcome.REFUSED)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


class ExportLines(AdministrationView):
    """The same lines as a table for a spreadsheet 导出, at most a hundred thousand; on record before the first byte."""

    operation = "audit.export"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form = LinesForm(request.GET)
        if not form.is_valid():
            raise Http404
        rows = entries_like(form.cleaned_data).select_related("account__organisation", "case").order_by("-at", "-id")
        scope = access.scope_for(self.account, Act.EXPORT)
        access.log_read(
            scope, door=self.door, model=ReadEntry, count=min(rows.count(), EXPORT_LINES), request=request,
            query=request.GET.urlencode(),
        )  # fmt: skip
        answer = StreamingHttpResponse(_csv(rows[:EXPORT_LINES]), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="read-log.csv"'
        return answer


def _csv(rows: QuerySet[ReadEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([str(column) for column in COLUMNS])
    for entry in rows.iterator(chunk_size=2000):
        yield writer.writerow([harmless(str(cell)) for cell in cells_of(entry)])


# --- unusual reading -------------------------------------------------------------------------------------------


class Findings(AdministrationView):
    """Unusual reading that waits for a judgment, or has one 异常查阅."""

    operation = "audit.unusual"
    heading = gettext_lazy("异常查阅")
    lede = gettext_lazy("规则只提示，不作结论；由审计管理员核实后写明意见。")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = ReadFinding.objects.select_related("account__organisation", "reviewed_by")
        waiting = rows.filter(state=FindingState.OPEN)[:200]
        judged = rows.exclude(state=FindingState.OPEN)[:50]
        heads = [_("日期"), _("规则"), _("查阅人"), _("单位"), _("次数"), _("状态")]
        return self.page(
            tabs=_tabs(self.operation, self.account),
            tables=[
                table(_("待审查"), heads, [_finding_cells(row) for row in waiting], empty=_("没有待审查的异常查阅")),
                table(_("已审查"), heads, [_finding_cells(row) for row in judged], empty=_("尚无审查结论")),
            ],
        )


def _finding_cells(row: ReadFinding) -> list[Any]:
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
        entries = ReadEntry.objects.filter(pk__in=row.entries).select_related("account__organisation", "case")
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
            tables=[table(_("查阅记录"), SHOWN, [shown_of(entry) for entry in entries])],
            count_logged=len(row.entries),
        )


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


# --- what administrators did ---------------------------------------------------------------------------------------


class Changes(AdministrationView):
    """Changes of accounts, assignments and requests, newest first 账户与授权的变更."""

    operation = "audit.changes"
    heading = gettext_lazy("账户与授权的变更")
    lede = gettext_lazy("谁、何时、因何、依据什么文书办理；改动前后见各账户的历史。")

    def get(self, request: HttpRequest) -> HttpResponse:
        found: list[tuple[Any, list[Any]]] = []
        histories: tuple[tuple[Any, str], ...] = ((Account, ""), (Assignment, "account"), (AccessChange, "account"))
        for model, holder in histories:
            entries = model.history.exclude(history_user=None).select_related("history_user").order_by("-history_id")
            for entry in entries[:100]:
                whom = getattr(entry, f"{holder}_id", None) if holder else entry.id
                found.append((entry.history_date, [model._meta.verbose_name, whom, entry]))
        found.sort(key=lambda item: item[0], reverse=True)
        names = Account.objects.in_bulk({cells[1] for _at, cells in found if cells[1]})
        acts = {"+": _("新增"), "~": _("修改"), "-": _("删除")}
        lines = [
            [
                f"{timezone.localtime(at):%Y-%m-%d %H:%M}", str(kind), acts.get(entry.history_type, ""),
                str(names.get(whom, "")), str(entry.history_user), str(entry.history_acting_for or ""),
                entry.history_change_reason, entry.history_document,
            ]
            for at, (kind, whom, entry) in found[:200]
        ]  # fmt: skip
        heads = [_("时间"), _("事项"), _("行为"), _("账户"), _("办理人"), _("申请人"), _("事由"), _("文书")]
        return self.page(tabs=_tabs(self.operation, self.account), tables=[table(self.heading, heads, lines)])


class SignIns(AdministrationView):
    """Attempts to sign in, newest first 登录记录; names that are nobody's are not kept."""

    operation = "audit.sign_ins"
    heading = gettext_lazy("登录记录")

    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(
            SignInAttempt.objects.select_related("account__organisation"), Sort("at"), descending=True,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE_SIZE,
        )  # fmt: skip
        lines = [
            [f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}", str(row.account or _("（无此账户）")),
             str(row.account.organisation or "") if row.account else "", row.address or "", row.get_outcome_display()]
            for row in page.rows
        ]  # fmt: skip
        heads = [_("时间"), _("账户"), _("单位"), _("地址"), _("结果")]
        return self.page(
            tabs=_tabs(self.operation, self.account), tables=[table(self.heading, heads, lines)], paged=True,
            before=page.before, after=page.after, shown=len(lines), count_logged=len(lines),
        )  # fmt: skip


class Operations(AdministrationView):
    """The table of administrative operations, as the doors ask it 管理操作表."""

    operation = "audit.operations"
    heading = gettext_lazy("管理操作表")
    lede = gettext_lazy("系统管理员、安全管理员、审计管理员各司其职，互不兼任，均不查阅档案内容。")

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = [
            [operation.code, str(operation.label), str(Role(operation.role).label), _("是") if operation.second else ""]
            for operation in administration.OPERATIONS.values()
        ]
        heads = [_("代码"), _("操作"), _("岗位"), _("须第二人")]
        return self.page(tabs=_tabs(self.operation, self.account), tables=[table(self.heading, heads, lines)])

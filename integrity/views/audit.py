"""The audit administrator's pages of the read log 审计 (H19; 三员分立): by person, record and case; refusals; CSV.

No name of anybody on file and no content: references and numbers. Reading the log is itself a line of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, administration, readlog
from integrity.choices import Act, ReadOutcome
from integrity.forms.audit import LinesForm
from integrity.importing.export import harmless
from integrity.models import ReadEntry
from integrity.views.administration import AdministrationView, Table, table
from integrity.views.audit_words import door_in_words, kind_in_words, tabs_of
from integrity.views.paging import Sort, page_of

PAGE_SIZE = 50
EXPORT_LINES = 100_000
#: Numbers of records in one line of a screen; a file has all of them.
SHOWN_NUMBERS = 3
COLUMNS = (
    gettext_lazy("时间"), gettext_lazy("账户"), gettext_lazy("单位"), gettext_lazy("行为"), gettext_lazy("入口"),
    gettext_lazy("数据类别"), gettext_lazy("记录编号"), gettext_lazy("条数"), gettext_lazy("最高级别"),
    gettext_lazy("结果"), gettext_lazy("依据"), gettext_lazy("用途"), gettext_lazy("案件"), gettext_lazy("地址"),
)  # fmt: skip


#: The same on a screen, told together: fourteen columns do not fit any.
SHOWN = (
    gettext_lazy("时间"), gettext_lazy("查阅人"), gettext_lazy("行为"), gettext_lazy("数据类别"),
    gettext_lazy("记录编号"), gettext_lazy("条数"), gettext_lazy("结果"), gettext_lazy("依据和用途"),
    gettext_lazy("地址"),
)  # fmt: skip


class Lines(AdministrationView):
    """The read log, newest first, by what the address asks 查阅日志."""

    operation: ClassVar[str] = "audit.lines"
    heading = gettext_lazy("查阅日志")
    lede = gettext_lazy("只显示编号和数量，不显示档案内容和当事人姓名；查看日志也记入日志。")
    #: Which filter this page is about; without it nothing is listed there.
    asks: ClassVar[str] = ""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form = LinesForm(request.GET, asks=self.asks)
        valid = form.is_valid()
        asked = valid and (not self.asks or form.cleaned_data.get(self.asks))
        rows = self.narrowed(form.cleaned_data) if asked else ReadEntry.objects.none()
        page = page_of(
            rows.select_related("account__organisation", "case").prefetch_related("subjects"), Sort("at"),
            descending=True, after=request.GET.get("after", ""), before=request.GET.get("before", ""),
            size=PAGE_SIZE,
        )  # fmt: skip
        lines = [shown_of(entry) for entry in page.rows]
        export = reverse("staff:audit_export") + "?" + request.GET.urlencode()
        actions = (
            [{"url": export, "label": _("导出"), "icon": "download"}]
            if lines and administration.may(self.account, "audit.export")
            else []
        )
        tables = [table(self.heading, SHOWN, lines, empty=_("没有符合条件的查阅记录"))]
        return self.page(
            status=200 if valid else 400, form=form, clear_url=request.path,
            tabs=tabs_of(self.operation, self.account), actions=actions, paged=True,
            before=page.before, after=page.after, shown=len(lines), count_logged=len(lines),
            tables=[*tables, *(self.more(form.cleaned_data) if asked else ())],
        )  # fmt: skip

    def narrowed(self, wanted: dict[str, Any]) -> QuerySet[ReadEntry]:
        return entries_like(wanted)

    def more(self, wanted: dict[str, Any]) -> Iterable[Table]:
        """Further tables of this page."""
        return ()


def entries_like(wanted: dict[str, Any]) -> QuerySet[ReadEntry]:
    """The lines that the filters ask for; never a reading of the own records (`readlog.told`)."""
    condition = Q()
    if wanted.get("person"):
        text = wanted["person"]
        condition &= Q(account__username=text) | Q(account__display_name=text)
    if wanted.get("ref"):
        condition &= readlog.concerning(wanted["ref"], persons_of(wanted["ref"]))
    if wanted.get("case"):
        condition &= Q(case__reference=wanted["case"])
    if wanted.get("outcome"):
        condition &= Q(outcome=wanted["outcome"])
    condition &= readlog.between(wanted)
    return readlog.told(ReadEntry.objects.filter(condition))


def persons_of(ref: UUID) -> list[UUID]:
    """The person of a file or a practitioner's record: whatever was read of it is about the file."""
    person = accounts.person_of(ref)
    return [person.pk] if person is not None else []


def cells_of(entry: ReadEntry) -> list[Any]:
    """A line in cells: references and numbers, never a name of somebody on file."""
    return [
        f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}",
        str(entry.account or _("未登录")),
        str(entry.account.organisation or "") if entry.account is not None else "",
        entry.get_act_display(),
        door_in_words(entry.door),
        kind_in_words(entry.model),
        " ".join(entry.refs or [f"#{number}" for number in entry.ids if isinstance(number, int)]),
        entry.count,
        entry.get_grade_display() if entry.grade is not None else "",
        entry.get_outcome_display(),
        entry.clause,
        entry.purpose,
        entry.case.reference if entry.case is not None else "",
        entry.address or "",
    ]


def shown_of(entry: ReadEntry) -> list[Any]:
    at, account, unit, act, door, model, refs, count, grade, outcome, clause, purpose, case, place = cells_of(entry)
    numbers = refs.split()
    return [
        at,
        " ".join(filter(None, (account, unit))),
        f"{act} · {door}",
        " · ".join(filter(None, (model, grade))),
        " ".join(numbers[:SHOWN_NUMBERS]) + (" …" if len(numbers) > SHOWN_NUMBERS else ""),
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

    def more(self, wanted: dict[str, Any]) -> Iterable[Table]:
        """How often the persons on file read themselves, by day alone: a line would tell whose account theirs is."""
        days = readlog.own_by_day(wanted["ref"], persons_of(wanted["ref"]), readlog.between(wanted))
        lines = [[day.isoformat(), number] for day, number in days]
        yield table(_("本人查阅（只按日计数）"), [_("日期"), _("次数")], lines, empty=_("没有本人查阅"))


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
            words = " ".join(str(fault) for faults in form.errors.values() for fault in faults)
            return HttpResponseBadRequest(words, content_type="text/plain; charset=utf-8")
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
    for entry in rows.prefetch_related("subjects").iterator(chunk_size=2000):
        yield writer.writerow([harmless(str(cell)) for cell in cells_of(entry)])

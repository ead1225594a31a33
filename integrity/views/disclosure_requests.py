"""Requests for information 依申请公开, the office's side: queue, one request, letter on paper, figures of a year."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access
from integrity.asking import clock, replying
from integrity.asking.sealing import sealer_of
from integrity.asking.statistics import request_statistics
from integrity.choices import Act, ApplicantKind, Grade, RequestEntryKind, RequestState
from integrity.exceptions import NotAdmitted
from integrity.forms.disclosure_requests import RequestFilter, YearForm
from integrity.models import InformationRequest
from integrity.views.base import ScopedDetail, ScopedList, StaffView
from integrity.views.paging import Sort

RELATED = ("authority__division", "drafted_by", "signed_by", "extension_asked_by", "extended_by")


def requests_within(scope: access.Scope) -> Any:
    return InformationRequest.objects.within(scope)


class RequestList(ScopedList):
    """The unit's queue 申请列表: numbers and dates; who asked stands on the request's own page."""

    model = InformationRequest
    form_class = RequestFilter
    template_name = "integrity/requests/list.html"
    related = ("authority",)
    sorts = {"due": Sort("due_on", "last"), "received": Sort("received_on")}
    default_sort = "due"

    def scoped(self, scope: access.Scope) -> QuerySet[Any]:
        rows: QuerySet[Any] = requests_within(scope)
        return rows

    def narrowed(self, rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if wanted["q"]:
            rows = rows.filter(code__icontains=wanted["q"].strip().upper())
        if wanted["state"]:
            rows = rows.filter(state=wanted["state"])
        if wanted["overdue"]:
            rows = rows.filter(due_on__lt=timezone.localdate(), state__in=RequestState.counting())
        return rows

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        today = timezone.localdate()
        for row in rows:
            row.state_now, row.overdue = row.state_on(today), row.overdue_on(today)
        mine = requests_within(self.scope(Act.LIST))
        late = mine.filter(due_on__lt=today, state__in=RequestState.counting()).count()
        return {"late": late, "waiting": mine.filter(state=RequestState.RECEIVED).count()}


class RequestPage(ScopedDetail):
    """One request, opened and logged 申请详情: what is wanted, the clock, the steps, the next ones."""

    model = InformationRequest
    related = RELATED
    template_name = "integrity/requests/detail.html"

    def fetch(self, **lookup: Any) -> Any:
        rows = InformationRequest.objects.select_related(*RELATED)
        return access.open_one(self.account, Act.READ, rows, door=self.door, request=self.request, **lookup)

    def context(self) -> dict[str, Any]:
        row: InformationRequest = self.row
        today, sealer = timezone.localdate(), sealer_of(row)
        entries = [
            {"kind": RequestEntryKind(entry.kind).label, "on": entry.on, "by": entry.by,
             "text": sealer.open(f"entry/{entry.kind}", entry.sealed)["text"] if sealer else ""}
            for entry in row.entries.select_related("by")
        ]  # fmt: skip
        return {
            "told": sealer.open("application", row.sealed) if sealer else None,
            "reply": sealer.open("reply", row.reply_sealed)["text"] if sealer and row.reply_sealed else "",
            "files": replying.released_of(row) if sealer else [],
            "entries": entries,
            "clock": clock.clock_of(row),
            "ask_until": clock.after(row, "supplement", row.received_on),
            "pauses": list(row.pauses.all()),
            "state_now": row.state_on(today),
            "overdue": row.overdue_on(today),
            "steps": self._steps(row),
            "editable": row.state in (RequestState.ACCEPTED, RequestState.EXTENDED) and self.may(Act.HANDLE, row),
        }

    def _steps(self, row: InformationRequest) -> list[dict[str, Any]]:
        return [
            {"url": reverse(f"staff:information_request_{name}", args=[row.ref]), "label": label}
            for name, label, states, act, wanted in STEPS
            if row.state in states and self.may(act, row) and wanted(row, self.account.pk)
        ]


_R = RequestState
_HANDLED = (_R.ACCEPTED, _R.EXTENDED)


def _always(row: InformationRequest, account: int) -> bool:
    return True


#: Step, words, from which states, the act that lets one in, and whether it makes sense now.
STEPS: tuple[tuple[str, Any, tuple[str, ...], Act, Any], ...] = (
    ("accept", gettext_lazy("受理"), (_R.RECEIVED,), Act.HANDLE, _always),
    ("supplement", gettext_lazy("告知补正"), (_R.RECEIVED,), Act.HANDLE, lambda row, me: row.supplement_due_on is None),
    ("release", gettext_lazy("添加提供的信息"), _HANDLED, Act.HANDLE, _always),
    ("draft", gettext_lazy("拟答复"), _HANDLED, Act.HANDLE, _always),
    ("consult", gettext_lazy("征求第三方意见"), _HANDLED, Act.HANDLE, _always),
    ("opinion", gettext_lazy("登记第三方意见"), (_R.CONSULTING,), Act.HANDLE, _always),
    ("extension", gettext_lazy("提请延期"), (_R.ACCEPTED,), Act.HANDLE,
     lambda row, me: row.extension_asked_by_id is None),
    ("extend", gettext_lazy("审批延期"), (_R.ACCEPTED,), Act.SIGN,
     lambda row, me: row.extension_asked_by_id not in (None, me)),
    ("sign", gettext_lazy("签发答复"), _HANDLED, Act.SIGN, lambda row, me: row.drafted_by_id not in (None, me)),
    ("return", gettext_lazy("退回答复稿"), _HANDLED, Act.SIGN, lambda row, me: row.drafted_by_id is not None),
    ("close", gettext_lazy("办结归档"), (_R.REPLIED, _R.LAPSED, _R.WITHDRAWN), Act.HANDLE, _always),
)  # fmt: skip


class RequestLetter(ScopedDetail):
    """The reply on paper 答复书: article, reasons, remedies. A draft is marked as one."""

    model = InformationRequest
    template_name = "integrity/requests/letter.html"

    def fetch(self, **lookup: Any) -> Any:
        rows = InformationRequest.objects.select_related(*RELATED)
        row = access.open_one(self.account, Act.READ, rows, door=self.door, request=self.request, **lookup)
        if not row.reply_kind or sealer_of(row) is None:
            raise NotAdmitted
        return row

    def context(self) -> dict[str, Any]:
        return {
            "letter": replying.letter_of(self.row),
            "back_url": reverse("staff:information_request", args=[self.row.ref]),
            "grade": Grade(self.row.grade),
            "draft": self.row.signed_by_id is None,
        }


class RequestFigures(StaffView):
    """The statutory table of a year for the own unit 年度统计."""

    template_name = "integrity/requests/figures.html"
    act: ClassVar[Act] = Act.LIST

    def get(self, request: HttpRequest) -> HttpResponse:
        units = sorted(
            {row.authority for row in access.assignments_today(self.account, timezone.localdate())
             if access.ROLE_FAMILY.get(row.role) == "request"},
            key=lambda unit: unit.pk,
        )  # fmt: skip
        if not units:
            raise NotAdmitted
        form = YearForm(request.GET if "year" in request.GET else {"year": timezone.localdate().year})
        year = form.cleaned_data["year"] if form.is_valid() else timezone.localdate().year
        access.log_read(self.scope(Act.LIST), door=self.door, model=InformationRequest, request=request, count=0)
        tables = [{"unit": unit, "lines": request_statistics(year, unit)} for unit in units]
        columns = [str(label) for label in ApplicantKind.labels] + [_("总计")]
        return self.answer({"tables": tables, "columns": columns, "year": year, "form": form})

"""Decisions 处分决定: list, page, entry with the law beside it, and the steps of their life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from integrity import access, decisions, documents, forecast, worklist
from integrity.choices import Act, DecisionKind, ObjectionState, RecordState
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.forecast import Forecast
from integrity.forms.base import fresh_key
from integrity.forms.decisions import DecisionFilterForm, DecisionForm, known
from integrity.models import Decision, FilePart, IntegrityFile, Matter, Objection, Remedy
from integrity.views.base import ActView, ScopedDetail, ScopedList, StaffView, scoped_rows
from integrity.views.decision_rows import as_of_today
from integrity.views.draft_effects import effect_shown
from integrity.views.paging import Sort

QUEUE = 200


class DecisionList(ScopedList):
    """All decisions within reach 处分决定列表."""

    model = Decision
    form_class = DecisionFilterForm
    template_name = "integrity/decisions/list.html"
    table_template = "integrity/decisions/_list.html"
    related = ("file", "file__unit", "deciding_authority")
    sorts = {
        "decided": Sort("decided_on", empty="first"),
        "ends": Sort("effective_to", empty="last"),
        "recorded": Sort("recorded_at"),
    }
    default_sort = "-recorded"
    export_route = "staff:decisions_export"

    def narrowed(self, rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        lookups = {"document_no": "document_no__icontains", "state": "state", "kind": "kind",
                   "since": "decided_on__gte", "until": "decided_on__lte"}  # fmt: skip
        return rows.filter(**{lookups[name]: value for name, value in wanted.items() if value})

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {"lines": [as_of_today(row) for row in rows]}


class Approvals(StaffView):
    """What waits for this approver 待审核: parts, decisions and new files entered by others (H18)."""

    template_name = "integrity/decisions/approvals.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        scope = self.scope(Act.APPROVE)
        if scope.empty:
            raise NotAdmitted
        block = worklist.to_approve(scope, self.account, first=QUEUE)
        access.log_read(scope, door=self.door, model=FilePart, rows=block.rows, count=block.count, request=request)
        return self.answer({"queue": block, "capped": block.count > QUEUE})


class DecisionPage(ScopedDetail):
    """One decision: what it says, what the law makes of it, and the acts that may follow."""

    model = Decision
    related = ("file", "file__unit", "deciding_authority", "document", "matter", "entered_by", "submitted_by",
               "approved_by", "amends")  # fmt: skip
    template_name = "integrity/decisions/decision.html"

    def context(self) -> dict[str, Any]:
        row, reading = self.row, self.scope(Act.READ)
        same_matter = self._same_matter(row)
        return (
            page_facts(row)
            | self._buttons(row)
            | effect_shown(self, row)
            | {
                "line": as_of_today(row),
                "remedies": list(scoped_rows(Remedy, reading).filter(decision=row)),
                "objections": list(scoped_rows(Objection, reading).filter(decision=row)),
                "under_objection": scoped_rows(Objection, reading)
                .filter(decision=row, state__in=ObjectionState.open())
                .exists(),
                "same_matter": same_matter,
                "file_open": self.may(Act.READ, row.file),
                "amended_by": scoped_rows(Decision, reading).filter(amends=row).first(),
            }
        )

    def _same_matter(self, row: Decision) -> list[Decision]:
        """The other decisions of one matter within reach: other persons' too, so they are a reading of their own."""
        if not row.matter_id:
            return []
        reading = self.scope(Act.READ)
        rows = list(scoped_rows(Decision, reading).filter(matter=row.matter_id).exclude(pk=row.pk))
        if rows:
            access.log_read(reading, door=self.door, model=Decision, rows=rows, request=self.request)
        return rows

    def _buttons(self, row: Decision) -> dict[str, Any]:
        entering, approving = self.may(Act.ENTER, row), self.may(Act.APPROVE, row)
        open_draft = row.state in (RecordState.DRAFT, RecordState.RETURNED)
        standing = row.state not in RecordState.unapproved() and row.state in (
            RecordState.APPROVED, RecordState.NOTIFIED, RecordState.IN_FORCE, RecordState.EXPIRED, RecordState.LIFTED,
        )  # fmt: skip
        mine = row.entered_by_id == self.account.pk
        waiting = approving and row.state == RecordState.SUBMITTED
        return {
            "may_change": open_draft and entering and mine,
            "may_submit": open_draft and entering and mine,
            "may_approve": waiting,
            "refusals": decisions.why_not_approve(row, by=self.account) if waiting else [],
            "may_amend": standing and entering,
            "may_revoke": standing and self.may(Act.REVOKE, row),
            "may_void": (open_draft and mine and entering) or (standing and self.may(Act.REVOKE, row)),
        }


def page_facts(row: Decision) -> dict[str, Any]:
    """The decision's own words and the law's beside them."""
    lines = decisions.forecast(row).lines
    return {
        "decision": row,
        "lines": lines,
        "bases": [link.basis for link in row.bases.select_related("basis")],
        "crumbs": [
            {"url": reverse("staff:files"), "label": _("诚信档案")},
            {"url": reverse("staff:file", args=[row.file.ref]), "label": row.file.name},
            {"url": reverse("staff:file_tab", args=[row.file.ref, "decisions"]), "label": _("处分决定")},
        ],
    }


def step_facts(row: Decision) -> dict[str, Any]:
    """What stands beside the form of a step."""
    return page_facts(row) | {"line": as_of_today(row)}


def forecast_of(form: DecisionForm, file: IntegrityFile) -> Forecast | None:
    """What the law makes of a form that may be half filled; nothing while kind or date is missing."""
    kind, decided_on = known(form, "kind"), known(form, "decided_on")
    if not kind or decided_on is None or kind == DecisionKind.UNCLASSIFIED:
        return None
    try:
        return forecast.forecast_decision(
            kind=DecisionKind(kind), decided_on=decided_on, authority=known(form, "deciding_authority"),
            managing=file.authority, months=known(form, "period_months"), received_on=known(form, "served_on"),
        )  # fmt: skip
    except ReasonedRefusal as refused:
        result = Forecast()
        result.lines.append(forecast.Line(_("规则"), refused.message, refused.article, refused=True))
        return result


class DecisionEntry(ActView, abstract=True):
    """Entry, change and amendment share one form with the law beside it."""

    template_name = "integrity/decisions/entry.html"
    submit = gettext_lazy("保存草稿")

    @property
    def file(self) -> IntegrityFile:
        file: IntegrityFile = self.row if isinstance(self.row, IntegrityFile) else self.row.file
        return file

    def build_form(self, data: Any = None, files: Any = None) -> DecisionForm:
        matters = Matter.objects.filter(
            pk__in=scoped_rows(Decision, self.scope(Act.READ)).filter(file=self.file).order_by().values("matter")
        )
        form = DecisionForm(data, files, initial=self.initial() | {"once": fresh_key()}, matters=matters)
        found = forecast_of(form, self.file)
        chosen = [link.basis for link in self.row.bases.select_related("basis")] if self.row is not self.file else []
        form.offer(known(form, "decided_on"), [*chosen, *(found.bases if found else ())])
        if data is None and found and "bases" not in form.initial:
            form.initial["bases"] = [basis.pk for basis in found.bases]
        return form

    def context(self, form: Any) -> dict[str, Any]:
        file = self.file
        return {
            "file": file,
            "forecast": forecast_of(form, file),
            "forecast_url": reverse("staff:decision_forecast", args=[file.ref]),
            "crumbs": [
                {"url": reverse("staff:files"), "label": _("诚信档案")},
                {"url": reverse("staff:file", args=[file.ref]), "label": file.name},
                {"url": reverse("staff:file_tab", args=[file.ref, "decisions"]), "label": _("处分决定")},
            ],
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """「测算」 shows what the law makes of the form without saving: the way without script."""
        if request.POST.get("action") == "preview":
            form = self.build_form(request.POST, request.FILES)
            found = forecast_of(form, self.file)
            form.show_only(found.bases if found else ())
            return self.page(form)
        return super().post(request, **kwargs)

    def perform(self, form: Any) -> Any:
        with documents.with_its_documents():
            return self.entered(form)

    def entered(self, form: Any) -> Any:
        values = form.values()
        reason = form.cleaned_data["reason"] or _("录入处分决定")
        upload = form.cleaned_data.get("upload")
        if upload:
            with override(settings.LANGUAGE_CODE):  # kept with the document, whatever the officer's language
                title = _("%s决定书") % DecisionKind(values["kind"]).label
            values["document"] = documents.store_document(
                content=upload, number=values["document_no"] or upload.name[:80], title=title, by=self.account,
                reason=reason,
            )  # fmt: skip
        row = self.save(values, form.cleaned_data["bases"], form.cleaned_data["matter_title"], reason)
        if self.request.POST.get("action") == "submit":
            row = decisions.submit(row=row, by=self.account, reason=_("提交审核"))
        return row

    def save(self, values: dict[str, Any], bases: Iterable[Any], matter_title: str, reason: str) -> Any:
        raise NotImplementedError

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:decision", args=[result.ref])


class NewDecision(DecisionEntry):
    model = IntegrityFile
    related = ("unit", "authority")
    heading = gettext_lazy("录入处分决定")
    done = gettext_lazy("决定已保存。")

    def fetch(self, **kwargs: Any) -> Any:
        file = super().fetch(**kwargs)
        if not self.may(Act.ENTER, decisions.blank_decision(file, by=self.account)):
            raise NotAdmitted
        return file

    def initial(self) -> dict[str, Any]:
        return {"capacity": self.row.post_title, "kind": DecisionKind.WARNING}

    def save(self, values: dict[str, Any], bases: Iterable[Any], matter_title: str, reason: str) -> Any:
        return decisions.enter_decision(
            file=self.row, by=self.account, values=values, bases=bases, matter_title=matter_title, reason=reason
        )

    def cancel_url(self) -> str:
        return reverse("staff:file_tab", args=[self.row.ref, "decisions"])


class ChangeDecision(DecisionEntry):
    """Change an own draft 修改草稿."""

    model = Decision
    related = ("file", "file__unit", "file__authority", "deciding_authority", "document")
    heading = gettext_lazy("修改处分决定草稿")
    done = gettext_lazy("决定已保存。")

    def initial(self) -> dict[str, Any]:
        row = self.row
        initial = {name: getattr(row, name) for name in DecisionForm.COLUMNS} | {"matter": row.matter_id}
        bases = list(row.bases.values_list("basis_id", flat=True))
        return initial | ({"bases": bases} if bases else {})

    def save(self, values: dict[str, Any], bases: Iterable[Any], matter_title: str, reason: str) -> Any:
        return decisions.change_draft(row=self.row, by=self.account, values=values, bases=bases, reason=reason)

    def cancel_url(self) -> str:
        return reverse("staff:decision", args=[self.row.ref])


class AmendDecision(ChangeDecision):
    """Enter the decision that changes an earlier one 变更决定 (H14)."""

    heading = gettext_lazy("录入变更决定")
    done = gettext_lazy("变更决定已保存为草稿；审核通过后原决定随之变更。")

    def initial(self) -> dict[str, Any]:
        return super().initial() | {
            "decided_on": None, "served_on": None, "document_no": "", "period_months": None,
        }  # fmt: skip

    def save(self, values: dict[str, Any], bases: Iterable[Any], matter_title: str, reason: str) -> Any:
        new = decisions.amend(row=self.row, by=self.account, values=values, reason=reason)
        if list(bases):
            new = decisions.change_draft(row=new, by=self.account, values={}, bases=bases, reason=reason)
        return new


class ForecastPanel(StaffView):
    """The law's panel of the entry form, asked for while one types 测算."""

    def post(self, request: HttpRequest, ref: Any) -> HttpResponse:
        file = self.opened(Act.ENTER, IntegrityFile, ("authority",), ref=ref)
        form = DecisionForm(request.POST)
        found = forecast_of(form, file)
        form.offer(known(form, "decided_on"), found.bases if found else ())
        form.show_only(found.bases if found else ())
        context = {"forecast": found, "form": form, "fragment": True}
        return self.answer(context, "integrity/decisions/_forecast.html")

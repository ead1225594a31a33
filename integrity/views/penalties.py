"""Decisions on practitioners 执业处理决定 (domain §6): enter with the law beside it, approve, change, end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import decisions, documents, forecast, versions
from integrity.choices import Act, Grade, ObjectionState, PenaltyKind, RecordState, RemedyOutcome
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, fresh_key
from integrity.forms.penalties import PenaltyForm, initial_of
from integrity.models import Licence, Objection, Penalty, PenaltyRemedy, PractitionerRecord, Publication
from integrity.views.base import ActView, ScopedDetail, StaffView, scoped_rows
from integrity.views.draft_effects import effect_shown
from integrity.views.publications import may_propose

_RELATED = (
    "record__profession",
    "record__authority__division",
    "authority__division",
    "deciding_authority",
    "document",
    "licence",
    "matter",
    "amends",
    "entered_by",
    "submitted_by",
    "approved_by",
)


def licences_of(view: StaffView, record: PractitionerRecord) -> Any:
    """The record's licences within this person's scope."""
    return scoped_rows(Licence, view.scope(Act.READ)).filter(record=record)


class PenaltyPage(ScopedDetail):
    """One decision on a practitioner, what the law makes of it, and the next step 执业处理决定."""

    model = Penalty
    related = _RELATED
    template_name = "integrity/practitioners/penalty.html"

    def context(self) -> dict[str, Any]:
        row: Penalty = self.row
        today = timezone.localdate()
        read = self.scope(Act.READ)
        remedies = list(scoped_rows(PenaltyRemedy, read).filter(penalty=row))
        objections = scoped_rows(Objection, read).filter(penalty=row, state__in=ObjectionState.open())
        shown = Publication.objects.filter(read.condition(Publication), penalty=row)
        return {
            "state": decisions.state_on(row, today),
            "bases": [link.basis for link in row.bases.select_related("basis")],
            "forecast": decisions.forecast(row),
            "remedies": remedies,
            "under_appeal": any(remedy.outcome == RemedyOutcome.PENDING for remedy in remedies),
            "under_objection": objections.exists(),
            "publications": list(shown.order_by("-recorded_at")),
            "amended_by": Penalty.objects.within(read).filter(amends=row).first(),
            "steps": self._steps(row),
            "history": versions.entries_of([row], read, limit=50),
        } | effect_shown(self, row)

    def _steps(self, row: Penalty) -> list[dict[str, Any]]:
        """The buttons of this person in this state; each act asks again."""
        mine = row.entered_by_id == self.account.pk
        checks = self.may(Act.APPROVE, row) and self.account.pk not in (row.entered_by_id, row.submitted_by_id)
        enters = self.may(Act.ENTER, row)
        open_draft = row.state in (RecordState.DRAFT, RecordState.RETURNED)
        standing = row.state not in (*RecordState.unapproved(), RecordState.REVOKED, RecordState.VOIDED,
                                     RecordState.AMENDED, RecordState.ARCHIVED)  # fmt: skip
        offered = (
            ("submit", _("提交审核"), open_draft and mine and enters, False),
            ("edit", _("修改"), open_draft and enters, False),
            ("approve", _("审核通过"), row.state == RecordState.SUBMITTED and checks, False),
            ("return", _("退回"), row.state == RecordState.SUBMITTED and checks, False),
            ("publish", _("提出公示"), may_propose(self, row), False),
            ("amend", _("录入变更决定"), standing and enters, False),
            ("revoke", _("撤销"), standing and self.may(Act.REVOKE, row), True),
            (
                "void",
                _("录入作废"),
                row.state not in RecordState.thrown_away() and (mine or self.may(Act.REVOKE, row)),
                True,
            ),
        )
        return [
            {"url": reverse(f"staff:penalty_{name}", args=[row.ref]), "label": label, "danger": danger}
            for name, label, wanted, danger in offered
            if wanted
        ]


def penalty_facts(row: Penalty) -> dict[str, Any]:
    """What stands beside the form of a step."""
    return {"bases": [link.basis for link in row.bases.select_related("basis")], "forecast": decisions.forecast(row)}


class PenaltyEntry(ActView, abstract=True):
    """The form of a decision with the live forecast beside it 录入."""

    form_class = PenaltyForm
    template_name = "integrity/practitioners/penalty_form.html"
    submit = gettext_lazy("保存草稿")

    def record(self) -> PractitionerRecord:
        raise NotImplementedError

    def build_form(self, data: Any = None, files: Any = None) -> PenaltyForm:
        record = self.record()
        day = timezone.localdate()
        initial = {"once": fresh_key()} | self.initial()
        return PenaltyForm(data, files, record=record, licences=licences_of(self, record), day=day, initial=initial)

    def perform(self, form: ActForm) -> Penalty:
        with documents.with_its_documents():
            return self.entered(form)

    def entered(self, form: ActForm) -> Penalty:
        raise NotImplementedError

    def values(self, form: ActForm) -> dict[str, Any]:
        """What was typed, with the uploaded document stored under its own number."""
        assert isinstance(form, PenaltyForm)  # noqa: S101  for the type checker
        values = form.values()
        upload = form.cleaned_data["document"]
        if upload:
            values["document"] = documents.store_document(
                content=upload,
                number=values["document_no"] or _("无文号"),
                title=str(dict(PenaltyKind.choices).get(values["kind"], "")),
                by=self.account,
                reason=form.cleaned_data["reason"],
            )
        return values

    def context(self, form: ActForm) -> dict[str, Any]:
        record = self.record()
        return {
            "record": record,
            "forecast": forecast_of(self, record, form),
            "forecast_url": reverse("staff:penalty_forecast", args=[record.ref]),
        }

    def get_success_url(self, result: Penalty) -> str:
        return reverse("staff:penalty", args=[result.ref])


class EnterPenalty(PenaltyEntry):
    model = PractitionerRecord
    related = ("profession__basis", "authority__division")
    heading = gettext_lazy("录入执业处理决定")
    done = gettext_lazy("草稿已保存。核对后提交审核。")

    def record(self) -> PractitionerRecord:
        record: PractitionerRecord = self.row
        return record

    def fetch(self, **kwargs: Any) -> Any:
        """Whoever may enter a penalty here may: the record alone is of a lower grade than its penalties."""
        row = super().fetch(**kwargs)
        if not self.may(Act.ENTER, _draft_of(row, self.account)):
            raise NotAdmitted
        return row

    def cancel_url(self) -> str:
        return reverse("staff:practitioner", args=[self.row.ref])

    def entered(self, form: ActForm) -> Penalty:
        given = form.cleaned_data
        return decisions.enter_penalty(
            record=self.row,
            by=self.account,
            values=self.values(form),
            bases=given["bases"],
            matter_title=given["matter_title"],
            reason=given["reason"],
        )


class EditPenalty(PenaltyEntry):
    model = Penalty
    row: Penalty
    related = _RELATED
    heading = gettext_lazy("修改草稿")
    done = gettext_lazy("草稿已保存。")

    def record(self) -> PractitionerRecord:
        record: PractitionerRecord = self.row.record
        return record

    def initial(self) -> dict[str, Any]:
        return initial_of(self.row)

    def cancel_url(self) -> str:
        return reverse("staff:penalty", args=[self.row.ref])

    def entered(self, form: ActForm) -> Penalty:
        given = form.cleaned_data
        return decisions.change_draft(
            row=self.row, by=self.account, values=self.values(form), bases=given["bases"], reason=given["reason"]
        )


class AmendPenalty(EditPenalty):
    """The decision that changes an earlier one: a new row (H14); the earlier one ends when this is approved."""

    heading = gettext_lazy("录入变更决定")
    lede = gettext_lazy("原决定不改写；变更决定审核通过时，原决定转为“已变更”，其公示同时撤下。")
    done = gettext_lazy("变更决定已存为草稿。")

    def initial(self) -> dict[str, Any]:
        values = initial_of(self.row)
        for column in ("decided_on", "served_on", "document_no", "effective_from", "period_months"):
            values.pop(column)
        return values

    def entered(self, form: ActForm) -> Penalty:
        reason, bases = form.cleaned_data["reason"], list(form.cleaned_data["bases"])
        new = decisions.amend(row=self.row, by=self.account, values=self.values(form), reason=reason)
        if bases:
            new = decisions.change_draft(row=new, by=self.account, values={}, bases=bases, reason=reason)
        return new


def _draft_of(record: PractitionerRecord, account: Any) -> Penalty:
    """A penalty as it would be entered, to ask access before the form is shown."""
    return Penalty(
        record=record, subject=record.subject, authority=record.authority, grade=Grade.SENSITIVE, entered_by=account
    )


def forecast_of(view: StaffView, record: PractitionerRecord, form: Any) -> forecast.Forecast | None:
    """What the law makes of what is typed so far 测算; nothing before kind and date are known."""
    typed: dict[str, Any] = {}
    for name in ("kind", "decided_on", "served_on", "deciding_authority", "period_months", "fine_amount"):
        field = form.fields[name]
        try:
            typed[name] = field.clean(form[name].value() or "") if form.is_bound else form[name].initial
        except Exception as problem:
            del problem
            typed[name] = None
    if not typed["kind"] or typed["kind"] == PenaltyKind.UNCLASSIFIED or not typed["decided_on"]:
        return None
    return forecast.forecast_penalty(
        kind=PenaltyKind(typed["kind"]),
        decided_on=typed["decided_on"],
        profession=record.profession,
        authority=typed["deciding_authority"] or None,
        months=typed["period_months"],
        amount=typed["fine_amount"],
        managing=record.authority,
        received_on=typed["served_on"],
    )


class PenaltyForecast(StaffView):
    """The forecast alone, asked for while the form is filled in 测算: it stores nothing."""

    def post(self, request: HttpRequest, ref: Any) -> HttpResponse:
        record = self.opened(Act.ENTER, PractitionerRecord, ("profession__basis", "authority__division"), ref=ref)
        licences = licences_of(self, record)
        form = PenaltyForm(request.POST, record=record, licences=licences, day=timezone.localdate())
        found = forecast_of(self, record, form)
        context = {"forecast": found, "form": form, "fragment": True}
        return self.answer(context, "integrity/practitioners/_forecast.html")

"""Practitioners' records 执业记录 (domain §6): the list and a record's page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from integrity import access, decisions, versions
from integrity.access import Scope
from integrity.choices import Act, FileStatus, Grade, LicenceState, ObjectionState, RecordState
from integrity.forms.practitioners import PARTS, PractitionerFilter
from integrity.models import (
    Assessment,
    Licence,
    ListEntry,
    Objection,
    Organisation,
    Penalty,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerRecord,
    Profession,
    ProfessionSanction,
    Publication,
    Qualification,
)
from integrity.views import histories
from integrity.views.base import ScopedDetail, ScopedList, scoped_rows
from integrity.views.paging import Sort
from integrity.views.publications import may_propose

#: What the states of a licence mean 证照状态: words that people mix up, told apart (行政许可法 69–70).
STATE_NOTES: dict[str, Any] = {
    LicenceState.REVOKED: gettext_lazy("吊销是行政处罚：因违法行为收回证照，再次准入受法律限制。"),
    LicenceState.WITHDRAWN: gettext_lazy(
        "撤销是纠正：当初不应准予而准予，或以欺骗等手段取得（行政许可法第六十九条）。"
    ),
    LicenceState.CANCELLED: gettext_lazy("注销是手续：因期满、退出、死亡等办理，不表示违法（行政许可法第七十条）。"),
    LicenceState.LOST: gettext_lazy("丧失由法律直接规定（例如受到刑事处罚），不需要另作处罚决定。"),
    LicenceState.SUSPENDED: gettext_lazy("暂停是限期停止执业，期满自行恢复。"),
    LicenceState.LAPSED: gettext_lazy("有效期届满未延续，不表示违法。"),
}


def professions_in(scope: Scope) -> QuerySet[Profession]:
    """The enabled professions a regulator's scope reaches (none assigned: all), and those of one's own records."""
    clauses = [clause for clause in scope.clauses if clause.family == "practitioner"]
    rows = Profession.objects.on(timezone.localdate()).filter(enabled=True)
    if any(not clause.professions for clause in clauses):
        return rows
    reached = Q(pk__in={pk for clause in clauses for pk in clause.professions})
    for subject_id in {clause.subject_id for clause in scope.clauses if clause.subject_id is not None}:
        own = PractitionerRecord.objects.within(scope).filter(subject_id=subject_id)
        reached |= Q(pk__in=own.order_by().values("profession"))
    return rows.filter(reached)


def authorities_in(scope: Scope) -> QuerySet[Organisation]:
    """The authorities a regulator may enter records for."""
    clauses = [clause for clause in scope.clauses if clause.family == "practitioner"]
    return Organisation.objects.filter(pk__in={pk for clause in clauses for pk in clause.authorities})


class PractitionerList(ScopedList):
    """Practitioners within scope 执业记录列表."""

    model = PractitionerRecord
    template_name = "integrity/practitioners/list.html"
    related = ("profession", "authority")
    sorts = {
        "name": Sort("name"),
        "unit": Sort("unit_name"),
        "profession": Sort("profession__code"),
        "recorded": Sort("recorded_at"),
    }
    default_sort = "name"
    export_route = "staff:practitioners_export"

    def filter_form(self) -> forms.Form:
        return PractitionerFilter(self.request.GET, professions=professions_in(self.scope(self.act)))

    def narrowed(self, rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if wanted["q"]:
            rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(unit_name__icontains=wanted["q"]))
        for column in ("profession", "licence_state", "status"):
            if wanted[column]:
                rows = rows.filter(**{column: wanted[column]})
        return rows

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {"may_enter": bool(authorities_in(self.scope(Act.ENTER)))}


class PractitionerPage(ScopedDetail):
    """One person in one profession, everything of it that this reader may see 执业记录页."""

    model = PractitionerRecord
    related = ("profession__basis", "authority", "entered_by", "batch")
    template_name = "integrity/practitioners/detail.html"

    def context(self) -> dict[str, Any]:
        row: PractitionerRecord = self.row
        today = timezone.localdate()
        parts = {name: self._parts(model) for name, model in _SHOWN.items()}
        self._log(parts["penalties"])
        for penalty in parts["penalties"]:
            penalty.state_now = decisions.state_on(penalty, today)
        for licence in parts["licences"]:
            licence.may_propose = may_propose(self, licence)
        objections = [row for row in parts["objections"] if row.state in ObjectionState.open()]
        marked = {objection.penalty_id for objection in objections}
        drafts = Penalty(
            record=row, subject=row.subject, authority=row.authority, grade=Grade.SENSITIVE, entered_by=self.account
        )
        in_history = self.request.GET.get("tab") == "history"
        proofs = [] if in_history else versions.changes_of_proof(row, self.scope(Act.READ))
        history = histories.history_tab(self, row) if in_history else {}
        return (
            parts
            | history
            | {
                "sanctions": ProfessionSanction.objects.on(today)
                .filter(profession=row.profession)
                .select_related("basis"),
                "state_note": STATE_NOTES.get(row.licence_state, ""),
                "state_notes": [(LicenceState(code).label, words) for code, words in STATE_NOTES.items()],
                "open_objections": objections,
                "marked": marked,
                "timeline": sorted(
                    [*timeline_of(row, parts, today), *map(histories.proof_entry, proofs)],
                    key=lambda entry: entry["on"],
                    reverse=True,
                ),
                "may_enter": self.may(Act.ENTER, row),
                "may_enter_penalty": self.may(Act.ENTER, drafts) and row.status != FileStatus.ARCHIVED,
                "may_establish": self._may_establish(row),
                "may_approve": self.may(Act.APPROVE, row),
                "part_kinds": [(kind, words) for kind, (_model, _columns, words) in PARTS.items()],
                "unapproved": RecordState.unapproved(),
            }
        )

    def _parts(self, model: Any) -> list[Any]:
        related = {Penalty: ("deciding_authority",), ListEntry: ("list_type",), Licence: ("issuer",)}.get(model, ())
        scope = self.scope(Act.READ)
        if model is Publication:
            of_record = Q(penalty__record=self.row) | Q(licence__record=self.row)
            return list(Publication.objects.filter(scope.condition(Publication), of_record).order_by("-id"))
        rows = scoped_rows(model, scope).filter(record=self.row)
        found = list(rows.select_related(*related) if related else rows)
        for row in found:
            row.record = self.row
        return found

    def _log(self, penalties: list[Penalty]) -> None:
        if penalties:
            access.log_read(self.scope(Act.READ), door=self.door, model=Penalty, rows=penalties, request=self.request)

    def _may_establish(self, row: PractitionerRecord) -> bool:
        return row.status == FileStatus.DRAFT and row.entered_by_id != self.account.pk and self.may(Act.APPROVE, row)


_SHOWN: dict[str, Any] = {
    "licences": Licence,
    "qualifications": Qualification,
    "penalties": Penalty,
    "assessments": Assessment,
    "honours": PractitionerHonour,
    "commitments": PractitionerCommitment,
    "list_entries": ListEntry,
    "objections": Objection,
    "publications": Publication,
}


def timeline_of(row: PractitionerRecord, parts: dict[str, list[Any]], today: date) -> list[dict[str, Any]]:
    """What happened in this profession, newest first 时间线."""
    found: list[dict[str, Any]] = []
    if row.established_on:
        found.append({"on": row.established_on, "title": pgettext("时间线", "建立执业记录"), "icon": "folder2-open"})
    for licence in parts["licences"]:
        if licence.valid_from:
            found.append({
                "on": licence.valid_from, "title": f"{licence.title} {licence.number}", "icon": "award",
                "document": licence.document_no,
            })  # fmt: skip
    for penalty in parts["penalties"]:
        if penalty.decided_on:
            found.append({
                "on": penalty.decided_on, "title": str(penalty), "icon": "hammer", "text": penalty.violation,
                "state": decisions.state_on(penalty, today), "actor": str(penalty.deciding_authority or ""),
                "recorded": penalty.recorded_at, "url": reverse("staff:penalty", args=[penalty.ref]),
            })  # fmt: skip
    for assessment in parts["assessments"]:
        found.append({
            "on": assessment.decided_on, "title": f"{_('定期考核')} {assessment.period}", "icon": "clipboard-check",
            "text": assessment.result, "actor": assessment.body,
        })  # fmt: skip
    for honour in parts["honours"]:
        found.append({"on": honour.awarded_on, "title": honour.title, "icon": "award", "actor": honour.body})
    for commitment in parts["commitments"]:
        found.append({"on": commitment.made_on, "title": _("信用承诺"), "icon": "pencil-square"})
    for entry in parts["list_entries"]:
        if entry.listed_on:
            found.append(
                {"on": entry.listed_on, "title": str(entry.list_type), "icon": "list-task", "state": entry.state}
            )
    return sorted(found, key=lambda entry: entry["on"], reverse=True)

"""Integrity files 诚信档案: the list and a file's page in tabs."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.urls.converters import StringConverter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from integrity import access, files, names, timeline, worklist
from integrity.access import Scope
from integrity.choices import Act, FileStatus, Grade, ObjectionState, ReadOutcome
from integrity.exceptions import NotAdmitted
from integrity.forms.fields import organisations_like
from integrity.forms.files import (
    FileFilterForm,
)
from integrity.models import (
    PARTS,
    IntegrityFile,
    Objection,
    Organisation,
    Remedy,
    SubjectIdentifier,
    SubjectName,
)
from integrity.versions import changes_of_proof
from integrity.views import histories
from integrity.views.base import ScopedDetail, ScopedList, StaffView, account_of, scoped_rows
from integrity.views.decision_rows import decision_rows
from integrity.views.paging import Sort
from integrity.views.part_columns import highest_grade, part_tables

TABS: tuple[tuple[str, Any], ...] = (
    ("", gettext_lazy("概况")),
    ("parts", gettext_lazy("分项")),
    ("decisions", pgettext_lazy("复数", "处分决定")),
    ("timeline", gettext_lazy("时间线")),
    ("objections", pgettext_lazy("复数", "异议")),
    ("history", gettext_lazy("历史")),
    ("readers", gettext_lazy("谁能看")),
)


class TabConverter(StringConverter):
    """The tabs as a part of an address 分页签."""

    regex = "|".join(code for code, _label in TABS if code)


class FileList(ScopedList):
    """The files within reach 档案列表."""

    model = IntegrityFile
    form_class = FileFilterForm
    template_name = "integrity/files/list.html"
    table_template = "integrity/files/_list.html"
    related = ("unit",)
    sorts = {
        "name": Sort("name"),
        "unit": Sort("unit__name", empty="first"),
        "level": Sort("level", empty="last"),
        "recorded": Sort("recorded_at"),
    }
    default_sort = "name"
    export_route = "staff:files_export"

    def filter_form(self) -> FileFilterForm:
        return FileFilterForm(self.request.GET, self.units_in_reach())

    def units_in_reach(self) -> QuerySet[Organisation]:
        """The units that have a file within reach: each is looked up, the files are not gone through."""
        scope = self.scope(self.act)
        there = [
            Q(Exists(self.scoped(piece).filter(unit=OuterRef("pk")))) for piece in scope.pieces(self.model) or (scope,)
        ]
        return Organisation.objects.filter(reduce(or_, there))

    def narrowed(self, rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        for column in ("unit", "level", "status"):
            if wanted.get(column):
                rows = rows.filter(**{column: wanted[column]})
        if wanted.get("name"):
            key = names.name_key(wanted["name"])
            rows = rows.filter(subject_id__in=SubjectName.objects.filter(key__contains=key).values("subject_id"))
        return rows.filter(_missing(wanted.get("missing", ""), self.scope(self.act)))

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        for row in rows:
            row.missing = files.missing_of(row, hidden=row.hidden)
        return {"may_enter": access.has_any(self.account, Act.ENTER) and not self.scope(Act.ENTER).empty}


def _missing(code: str, scope: Scope) -> Q:
    """The filter of completeness, over the same columns as `files.missing_of`."""
    today = timezone.localdate()
    if code in ("none", "any"):
        incomplete = worklist.incomplete_condition(scope, today)
        return incomplete if code == "any" else ~incomplete
    if code == "appraisal" and not scope.may_ask_for(IntegrityFile, "last_appraisal_year"):
        return Q(pk__in=[])
    year = files.due_appraisal_year(today)
    return {
        "identity": Q(identity_confirmed_on__isnull=True),
        "base": Q(unit__isnull=True) | Q(post_title=""),
        "informed": Q(informed_on__isnull=True),
        "appraisal": Q(last_appraisal_year__isnull=True) | Q(last_appraisal_year__lt=year),
    }.get(code, Q())


class FilePage(ScopedDetail):
    """One file 档案: a head that stays, and one tab at a time."""

    model = IntegrityFile
    related = ("unit", "authority", "entered_by")
    template_name = "integrity/files/file.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.tab = kwargs.get("tab", "")
        self.row = self.fetch(ref=kwargs["ref"])
        reading = self.scope(Act.READ)
        self.row.hidden = reading.hidden(self.row)
        context = {"row": self.row, "tab": self.tab, "today": timezone.localdate()} | self._head(reading)
        build = getattr(self, f"_tab_{self.tab or 'overview'}")
        return self.answer(context | build(reading))

    def _head(self, reading: Scope) -> dict[str, Any]:
        file = self.row
        entering, approving = self.may(Act.ENTER, file), self.may(Act.APPROVE, file)
        reach = highest_grade(file, reading)
        objections = list(scoped_rows(Objection, reading).filter(file=file, state__in=ObjectionState.open()))
        tabs = [
            {
                "url": reverse("staff:file_tab", args=[file.ref, code])
                if code
                else reverse("staff:file", args=[file.ref]),
                "label": label,
                "active": code == self.tab,
                "count": len(objections) if code == "objections" else 0,
            }
            for code, label in TABS
            if (code != "readers" or approving) and (code != "decisions" or reach >= Grade.STRICT)
        ]
        identifiers = SubjectIdentifier.objects.unscoped(reason="掩码随已打开的档案显示")
        return {
            "tabs": tabs,
            "may_enter": entering and file.status in (FileStatus.DRAFT, FileStatus.ESTABLISHED),
            "may_establish": approving and file.status == FileStatus.DRAFT and file.entered_by_id != self.account.pk,
            "may_manage": approving and file.status == FileStatus.ESTABLISHED,
            "may_reveal": self.may(Act.REVEAL, file),
            "may_erase": file.status != FileStatus.DRAFT and self.may(Act.ERASE, file),
            "identifiers": []
            if "identifiers" in file.hidden
            else list(identifiers.filter(subject_id=file.subject_id, retired_on__isnull=True)),
            "open_objections": objections,
            "part_kinds": [
                (str(model._meta.model_name), model._meta.verbose_name)
                for model, grade in PARTS
                if entering and grade <= highest_grade(file, self.scope(Act.ENTER))
            ],
            "may_decide": entering and reach >= Grade.STRICT,
        }

    def _tab_overview(self, reading: Scope) -> dict[str, Any]:
        file = self.row
        running = [
            row for row in decision_rows(file, reading, limit=20) if row.running
        ]  # restriction windows, never a verdict
        return {"checks": self._checks(), "running": running}

    def _checks(self) -> list[dict[str, Any]]:
        """Each condition of completeness, met or not, with its next step (domain §17)."""
        file, year = self.row, files.due_appraisal_year(timezone.localdate())
        ref = [file.ref]
        appraised = (file.last_appraisal_year or 0) >= year
        checks = [
            {
                "label": _("身份已核实") if file.identity_confirmed_on else _("身份未核实"),
                "met": file.identity_confirmed_on,
                "url": reverse("staff:file_identity", args=ref),
            },
            {
                "label": _("基本信息完整") if file.unit_id and file.post_title else _("基本信息不完整"),
                "met": file.unit_id and file.post_title,
                "url": reverse("staff:file_move", args=ref),
                "manage": True,
            },
            {
                "label": _("已告知本人") if file.informed_on else _("未告知本人"),
                "met": file.informed_on,
                "url": reverse("staff:file_inform", args=ref),
            },
            {
                "label": (_("%(year)s 年度考核已入档") if appraised else _("缺 %(year)s 年度考核")) % {"year": year},
                "met": appraised,
                "url": reverse("staff:part_new", args=[file.ref, "appraisal"]),
            },
        ]
        return checks[:-1] if "last_appraisal_year" in file.hidden else checks

    def _tab_parts(self, reading: Scope) -> dict[str, Any]:
        return {"tables": part_tables(self.row, reading)}

    def _tab_decisions(self, reading: Scope) -> dict[str, Any]:
        if highest_grade(self.row, reading) < Grade.STRICT:
            raise NotAdmitted
        decisions = decision_rows(self.row, reading)
        remedies = scoped_rows(Remedy, reading).filter(decision__file=self.row).select_related("decision")
        matters: dict[int, list[Any]] = {}
        for line in decisions:
            if line.row.matter_id:
                matters.setdefault(line.row.matter_id, []).append(line)
        return {
            "decisions": decisions,
            "remedies": list(remedies),
            "matters": [(lines[0].row.matter, lines) for lines in matters.values() if len(lines) > 1],
        }

    def _tab_timeline(self, reading: Scope) -> dict[str, Any]:
        then = reverse("staff:file_on_day", args=[self.row.ref])
        entries = [
            {
                "on": event.on, "title": event.title, "text": event.text, "icon": event.icon, "tone": event.tone,
                "state": event.state, "document": event.document, "recorded": event.recorded,
                "url": histories.row_url(event.label, event.ref), "actor": event.by,
                "then_url": f"{then}?known={event.recorded}" if event.recorded else "",
            }
            for event in timeline.timeline_of(self.row, reading)
        ]  # fmt: skip
        entries += map(histories.proof_entry, changes_of_proof(self.row, reading))
        return {"entries": sorted(entries, key=lambda entry: entry["on"], reverse=True)}

    def _tab_objections(self, reading: Scope) -> dict[str, Any]:
        return {"objections": timeline.open_objections(self.row, reading)}

    def _tab_history(self, reading: Scope) -> dict[str, Any]:
        return histories.history_tab(self, self.row)

    def _tab_readers(self, reading: Scope) -> dict[str, Any]:
        if not self.may(Act.APPROVE, self.row):
            raise NotAdmitted
        return {"readers": access.readers_of(self.row)}


class RevealNumber(StaffView):
    """The full identity number 查看全号: by a stated purpose, logged; refused like absent."""

    def post(self, request: HttpRequest, ref: Any, number: Any) -> HttpResponse:
        purpose = request.POST.get("purpose", "").strip()
        scope = self.scope(Act.REVEAL)
        file = scoped_rows(IntegrityFile, scope).filter(ref=ref).first()
        found = SubjectIdentifier.objects.unscoped(reason="持有人档案在查阅范围内")
        identifier = found.filter(ref=number, subject_id=file.subject_id).first() if file is not None else None
        if file is None or identifier is None or not purpose:  # one line, and none that says something was shown
            access.log_read(
                scope, door=self.door, model=SubjectIdentifier, ids=[str(number)], refs=[ref], request=request,
                outcome=ReadOutcome.REFUSED,
            )  # fmt: skip
            raise NotAdmitted
        shown = access.reveal_identifier(
            account_of(request), identifier, file, purpose=purpose, door=self.door, request=request
        )
        context = {"number": shown, "row": file, "kind": identifier.get_kind_display()}
        partial = bool(getattr(request, "htmx", None))
        return render(request, f"integrity/files/{'_number' if partial else 'number'}.html", context)


class OrganisationOptions(StaffView):
    """Suggestions of organisations while one types; offices are public knowledge."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get(request.GET.get("field", "q"), "")
        return render(request, "integrity/organisation_options.html", {"rows": organisations_like(text[:60])})

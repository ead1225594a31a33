"""My worklist 我的工作台: what waits for this person, by role; and the purpose an inspector states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from integrity import access, accounts, emergencies, readlog, worklist
from integrity.access import Scope
from integrity.choices import Act, FindingState, ReadOutcome, Role
from integrity.models import (
    AccessChange,
    Decision,
    FilePart,
    IntegrityFile,
    Objection,
    PersonalMattersReport,
    PractitionerRecord,
    ReadEntry,
    ReadFinding,
    Remedy,
)
from integrity.views.account_changes import CHANGE_HEADS, change_cells
from integrity.views.administration import table
from integrity.views.audit_findings import finding_cells, finding_heads
from integrity.views.base import SESSION_CASE, SESSION_PURPOSE, StaffView, scoped_rows
from integrity.views.grants import in_force
from integrity.views.navigation import address


class WorklistView(StaffView):
    """The page after sign-in. Each block is queried within the person's scope and logged."""

    template_name = "integrity/worklist.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        roles = access.roles_of(self.account)
        context: dict[str, Any] = {
            "administrator": bool(roles & set(Role.administrators())),
            "no_role": not roles and self.account.subject_id is None,
            "today": timezone.localdate(),
        }
        context |= self._own_records()
        if roles & {Role.CLERK, Role.REVIEWER, Role.ORGANISATION_OFFICER, Role.REGULATOR}:
            context |= self._office(roles)
        if Role.INSPECTOR in roles:
            context |= self._inspector()
        if Role.OBJECTION_OFFICER in roles:
            context |= self._disputed()
        if Role.SECURITY_ADMIN in roles:
            context |= self._security()
        if Role.AUDIT_ADMIN in roles:
            context |= self._audit()
        return self.answer(context)

    def _disputed(self) -> dict[str, Any]:
        """Records under an open objection that this person handles, no others 在办异议所涉记录."""
        scope = self.scope(Act.LIST)
        disputed = worklist.under_objection(scope, access.disputed_records(scope))
        for model, rows in disputed:
            if rows:
                self._log(scope, model, rows)
        return {"disputed": [row for _model, rows in disputed for row in rows], "is_objection_officer": True}

    def _security(self) -> dict[str, Any]:
        """What waits for the security administrator, of the own area alone: no file and no name on file."""
        soon = timezone.localdate() + timedelta(days=worklist.SOON_DAYS)
        waiting = accounts.waiting_for(self.account).select_related("account", "proposed_by", "authority")
        rows = list(waiting.order_by("lapses_on", "pk")[: worklist.FIRST])
        running = emergencies.running().filter(asked_by__in=accounts.within_area(self.account)).count()
        ending = in_force(self.account).filter(ends_on__lte=soon).count()
        tiles = [
            _tile(_("待决定的申请"), waiting.count(), "staff:changes", "check2-square"),
            _tile(_("正在生效的紧急查阅"), running, "staff:break_glass_list", "unlock"),
            _tile(_("30 天内到期的案件授权"), ending, "staff:grants", "calendar-event"),
        ]
        self._log(self.scope(Act.GRANT), AccessChange, rows, tiles[0]["value"])
        lines = [change_cells(row) for row in rows]
        return {
            "tiles": tiles,
            "tables": [table(_("待决定的申请"), CHANGE_HEADS, lines, empty=_("没有待决定的申请"))],
        }

    def _audit(self) -> dict[str, Any]:
        """What waits for the audit administrator: findings that nobody judged, refusals of today."""
        waiting = ReadFinding.objects.filter(state=FindingState.OPEN)
        rows = list(waiting.select_related("account__organisation")[: worklist.FIRST])
        today = timezone.localdate()
        refused = readlog.between({"from_on": today, "to_on": today})
        refusals = ReadEntry.objects.filter(refused, outcome=ReadOutcome.REFUSED).count()
        tiles = [
            _tile(_("待审查的异常查阅"), waiting.count(), "staff:audit_unusual", "exclamation-octagon"),
            _tile(_("今天被拒绝的查阅"), refusals, "staff:audit_refusals", "shield-lock"),
        ]
        self._log(self.scope(Act.GRANT), ReadFinding, rows, tiles[0]["value"])
        lines = [finding_cells(row) for row in rows]
        return {
            "tiles": tiles,
            "tables": [table(_("待审查的异常查阅"), finding_heads(), lines, empty=_("没有待审查的异常查阅"))],
        }

    def _own_records(self) -> dict[str, Any]:
        if self.account.subject_id is None:
            return {}
        scope = self.scope(Act.LIST)
        files = list(
            scoped_rows(IntegrityFile, scope).filter(subject_id=self.account.subject_id).select_related("unit")
        )
        records = list(
            scoped_rows(PractitionerRecord, scope)
            .filter(subject_id=self.account.subject_id)
            .select_related("profession")
        )
        self._log(scope, IntegrityFile, files)
        if records:
            self._log(scope, PractitionerRecord, records)
        return {"own_files": files, "own_records": records, "is_subject": True}

    def _office(self, roles: frozenset[str]) -> dict[str, Any]:
        listed, approving = self.scope(Act.LIST), self.scope(Act.APPROVE)
        today = timezone.localdate()
        context: dict[str, Any] = {"is_office": True, "may_enter": access.has_any(self.account, Act.ENTER)}
        blocks: dict[str, tuple[Scope, Any, worklist.Block]] = {
            "drafts": (listed, FilePart, worklist.drafts(listed, self.account)),
            "returned": (listed, FilePart, worklist.returned(listed, self.account)),
            "to_approve": (approving, FilePart, worklist.to_approve(approving, self.account)),
            "overdue_reports": (listed, PersonalMattersReport, worklist.overdue_reports(listed, today)),
            "overdue_objections": (listed, Objection, worklist.overdue_objections(listed, today)),
            "overdue_remedies": (listed, Remedy, worklist.overdue_remedies(listed, today)),
            "incomplete": (listed, IntegrityFile, worklist.incomplete_files(listed, today)),
            "ending": (listed, Decision, worklist.ending_soon(listed, today)),
        }
        for name, (scope, model, block) in blocks.items():
            if block.rows:
                self._log(scope, model, block.rows, block.count)
            context[name] = block
        context["overdue"] = sum(context[name].count for name in blocks if name.startswith("overdue"))
        context["may_approve"] = not approving.empty
        context["files_route"] = address("staff:files")
        context["practitioners_route"] = address("staff:practitioners") if Role.REGULATOR in roles else ""
        context["has_files"] = bool(roles & {Role.CLERK, Role.REVIEWER, Role.ORGANISATION_OFFICER})
        return context

    def _inspector(self) -> dict[str, Any]:
        scope = self.scope(Act.LIST)
        cases = worklist.my_cases(self.account, timezone.localdate())
        files: list[Any] = []
        if scope.case is not None:
            rows = scoped_rows(IntegrityFile, scope).select_related("unit").order_by("name", "pk")
            files = list(rows[: worklist.FIRST])
            self._log(scope, IntegrityFile, files)
        return {"is_inspector": True, "cases": cases, "case_files": files, "case": scope.case}

    def _log(self, scope: Scope, model: Any, rows: list[Any], count: int | None = None) -> None:
        access.log_read(scope, door=self.door, model=model, rows=rows, count=count, request=self.request)


def _tile(label: str, value: int, route: str, icon: str) -> dict[str, Any]:
    return {"label": label, "value": value, "url": reverse(route), "icon": icon}


class StatePurposeView(StaffView):
    """Purpose and case reference for this session 用途与案件编号: held until changed, written with each reading."""

    def post(self, request: HttpRequest) -> HttpResponse:
        target = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = reverse("staff:worklist")
        purpose, reference = request.POST.get("purpose", "").strip()[:200], request.POST.get("case", "").strip()[:60]
        if request.POST.get("clear"):
            purpose = reference = ""
        request.session[SESSION_PURPOSE], request.session[SESSION_CASE] = purpose, reference
        if purpose or reference:
            self._warn(purpose, reference)
        return HttpResponseRedirect(target)

    def _warn(self, purpose: str, reference: str) -> None:
        """The same words for a case that is unknown, closed, or not one's own."""
        if not purpose or access.scope_for(self.account, Act.READ, purpose=purpose, case=reference).case is None:
            messages.warning(self.request, _("用途或案件编号不足以查阅：请填写用途和已授权、未截止的案件编号。"))
        else:
            messages.success(self.request, _("已按此用途和案件查阅，每次查阅均记入日志。"))

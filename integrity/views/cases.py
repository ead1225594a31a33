"""Cases and their grants 案件授权 (domain §10): ask for files, decide as a second officer, extend, cut, close."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, case_terms, cases
from integrity.choices import Act, Role
from integrity.exceptions import ActRefused, NotAdmitted, ReasonedRefusal
from integrity.forms.base import ActForm, ReasonForm, fresh_key
from integrity.forms.cases import AskForm, DecideRequestForm, ExtendForm, FindFileForm
from integrity.models import Case, CaseGrant, GrantRequest, IntegrityFile
from integrity.views.base import ActView, ScopedList, StaffView
from integrity.views.paging import Sort

#: A found file may be granted for this long; then the officer names it again.
FOUND_SECONDS = 900
_SALT = "integrity.cases.found"


class CaseList(ScopedList):
    """The cases of the inspector's own body 案件列表: no name of anybody."""

    model = Case
    template_name = "integrity/cases/list.html"
    sorts = {"opened": Sort("opened_on"), "reference": Sort("reference"), "ends": Sort("ends_on")}
    default_sort = "-opened"
    related = ("organisation",)

    def scoped(self, scope: access.Scope) -> Any:
        if Role.INSPECTOR not in access.roles_of(self.account):
            raise NotAdmitted
        return cases.cases_of(self.account)

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        today, counts = timezone.localdate(), cases.in_force(rows, self.account)
        for row in rows:
            row.open_now, row.grants_now = row.open_on(today), counts.get(row.pk, 0)
        return {"today": today, "asked": case_terms.requests_for(self.account)}


class CasePage(StaffView):
    """One case with its grants and their end dates 案件详情; a file's name to those who granted or got it, in force."""

    template_name = "integrity/cases/detail.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = one_case(self, pk)
        grants = cases.grants_of(case, self.account)
        known = [line.grant.content_object for line in grants if line.known]
        scope = cases.shown_in(case, self.account, Act.LIST)
        access.log_read(scope, door=self.door, model=IntegrityFile, rows=known, request=request)
        context = {
            "case": case,
            "open": case.open_on(timezone.localdate()),
            "grants": grants,
            "requests": cases.waiting_for(case, self.account),
            "asked": case_terms.requests_for(self.account).filter(case=case),
            "history": list(case.history.select_related("history_user").order_by("-history_date")[:30]),
        }
        return self.answer(context)


def one_case(view: StaffView, pk: int) -> Case:
    """A case of the own body, or 404 alike."""
    case = cases.cases_of(view.account).select_related("organisation__division").filter(pk=pk).first()
    if case is None:
        raise NotAdmitted
    return case


class CaseAct(ActView, abstract=True):
    """An act on a case: opened by the own body's inspectors."""

    row: Case
    form_class: ClassVar[type[ActForm]] = ReasonForm

    def fetch(self, **kwargs: Any) -> Any:
        return one_case(self, kwargs["pk"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:case", args=[self.row.pk])

    def cancel_url(self) -> str:
        return reverse("staff:case", args=[self.row.pk])

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "crumbs": [
                {"url": reverse("staff:cases"), "label": _("案件授权")},
                {"url": reverse("staff:case", args=[self.row.pk]), "label": self.row.reference},
            ]
        }


class CloseCase(CaseAct):
    heading = gettext_lazy("结案")
    lede = gettext_lazy("结案后全部授权同时终止；当事人此后可以看到本案的查阅记录。")
    submit = gettext_lazy("结案")
    done = gettext_lazy("案件已结束，授权全部终止。")
    danger = True

    def perform(self, form: ActForm) -> Case:
        return cases.close_case(case=self.row, by=self.account, reason=form.cleaned_data["reason"])


class GrantAct(CaseAct, abstract=True):
    """An act on a grant of the case."""

    granted: CaseGrant

    def fetch(self, **kwargs: Any) -> Case:
        case: Case = super().fetch(**kwargs)
        self.granted = cases.grant_of(case, kwargs["grant"], self.account)
        return case


class CutGrant(GrantAct):
    heading = gettext_lazy("终止授权")
    lede = gettext_lazy("自下一次查阅起失效。")
    submit = gettext_lazy("终止授权")
    done = gettext_lazy("授权已终止。")
    danger = True

    def perform(self, form: ActForm) -> CaseGrant:
        return cases.cut_grant(grant=self.granted, by=self.account, reason=form.cleaned_data["reason"])


class AskFiles(CaseAct):
    """Name files exactly, then ask for them 申请查阅: two steps, nothing to browse; another officer decides."""

    template_name = "integrity/cases/ask.html"
    form_class = AskForm
    heading = gettext_lazy("申请查阅档案")
    lede = gettext_lazy("逐一按全名和单位、证件号码或档案编号查找，每次查找均记入日志；由另一名办案人员决定（H18）。")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名办案人员决定。")

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        return AskForm(data, case=self.row, initial={"once": fresh_key(), "ends_on": self.row.ends_on})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.find(request) if "find" in request.POST else super().post(request, **kwargs)

    def find(self, request: HttpRequest) -> HttpResponse:
        """Step one by POST: a name belongs into no address and no access log."""
        find = FindFileForm(request.POST)
        found: list[IntegrityFile] | None = None
        if find.is_valid():
            try:
                found = cases.find_files(
                    case=self.row, by=self.account, door=self.door, request=request, **find.cleaned_data
                )
            except ReasonedRefusal as refusal:
                place = refusal.field if refusal.field in find.fields else None
                find.add_error(place, str(refusal))
        asking = self.build_form()
        asking.initial["found"] = self._sealed(found or [])
        context = {"row": self.row, "form": asking, "heading": self.heading, "lede": self.lede, "submit": self.submit}
        context |= self.context(asking) | {"find": find, "found": found}
        return self.answer(context, status=200 if found is not None else 422)

    def context(self, form: ActForm) -> dict[str, Any]:
        """A refused request shows the same files again; they were logged when they were found."""
        found = None
        if form.is_bound:
            try:
                found = list(self._files(self._found(form.data.get("found", ""))).order_by("name", "pk"))
            except ActRefused:
                found = None
        return super().context(form) | {"case": self.row, "find": FindFileForm(), "found": found}

    def _files(self, ids: Iterable[int]) -> Any:
        """Files found before; a tie declared or a case closed since then takes them away again."""
        today = timezone.localdate()
        if not self.row.open_on(today):
            return IntegrityFile.objects.none()
        rows = IntegrityFile.objects.unscoped(reason="案件授权：已查找的档案")
        rows = rows.exclude(subject_id__in=access.recused_subjects(self.account, today))
        return rows.filter(pk__in=list(ids)).select_related("unit")

    def _sealed(self, found: list[IntegrityFile]) -> str:
        """What was found, bound to officer and case: a forged list of files opens nothing."""
        if not found:
            return ""
        return signing.dumps([self.account.pk, self.row.pk, [file.pk for file in found]], salt=_SALT)

    def _found(self, sealed: str) -> list[int]:
        try:
            officer, case, ids = signing.loads(sealed, salt=_SALT, max_age=FOUND_SECONDS)
        except signing.BadSignature:
            raise ActRefused("not_found_yet", _("请先查找档案（查找结果十五分钟内有效）")) from None
        if (officer, case) != (self.account.pk, self.row.pk):
            raise ActRefused("not_found_yet", _("请先查找档案（查找结果十五分钟内有效）"))
        return [int(pk) for pk in ids]

    def chosen(self, sealed: str) -> set[int]:
        """The files that were ticked among those found."""
        chosen = {int(pk) for pk in self.request.POST.getlist("chosen") if pk.isdigit()} & set(self._found(sealed))
        if not chosen:
            raise ActRefused("nothing_chosen", _("请勾选档案"))
        return chosen

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        chosen = self.chosen(given["found"])
        return cases.ask_files(
            case=self.row, by=self.account, files=self._files(chosen), reason=given["reason"], ends_on=given["ends_on"]
        )


class RequestAct(CaseAct, abstract=True):
    """An act on a request of the case."""

    asked: GrantRequest

    def fetch(self, **kwargs: Any) -> Case:
        case: Case = super().fetch(**kwargs)
        asked = cases.requests_of(case).filter(ref=kwargs["ref"]).first()
        if asked is None:
            raise NotAdmitted
        self.asked = asked
        return case


class DecideRequest(RequestAct):
    """A second officer decides 决定查阅申请; the files are shown to the decider, and that is logged.

    Files of persons the decider keeps away from are counted and not shown; a request for nothing else is absent.
    """

    named: list[IntegrityFile]

    form_class = DecideRequestForm
    heading = gettext_lazy("决定查阅申请")
    lede = gettext_lazy("不得决定本人的申请（H18）；授权只读，到期自行失效。")
    submit = gettext_lazy("决定")
    done = gettext_lazy("决定已记录。")

    def fetch(self, **kwargs: Any) -> Case:
        case = super().fetch(**kwargs)
        self.named = cases.files_of(self.asked, self.account)
        if self.asked.inspector_id == self.account.pk or not self.named:
            raise NotAdmitted
        return case

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        form = DecideRequestForm(data, initial={"once": fresh_key()})
        scope = cases.shown_in(self.row, self.account, Act.GRANT, purpose="决定查阅申请")
        access.log_read(scope, door=self.door, model=IntegrityFile, rows=self.named, request=self.request)
        field: Any = form.fields["chosen"]
        field.choices = [(file.pk, f"{file.name} · {file.unit or ''} · {file.post_title}") for file in self.named]
        return form

    def context(self, form: ActForm) -> dict[str, Any]:
        facts = [
            {"label": _("申请人"), "value": str(self.asked.inspector)},
            {"label": _("申请理由"), "value": self.asked.reason},
            {"label": _("申请查阅至"), "value": self.asked.ends_on.isoformat()},
        ]
        kept = len(self.asked.files) - len(self.named)
        if kept:
            words = _("因回避不显示：%(number)s 份，由其他办案人员决定") % {"number": kept}
            facts.append({"label": _("其他档案"), "value": words})
        return super().context(form) | {"facts": facts}

    def perform(self, form: ActForm) -> GrantRequest:
        given = form.cleaned_data
        return cases.decide_request(request=self.asked, by=self.account, chosen=given["chosen"], answer=given["answer"])


class WithdrawRequest(RequestAct):
    heading = gettext_lazy("撤回查阅申请")
    submit = gettext_lazy("撤回")
    done = gettext_lazy("申请已撤回。")

    def perform(self, form: ActForm) -> GrantRequest:
        return cases.withdraw_request(request=self.asked, by=self.account, answer=form.cleaned_data["reason"])


class ExtendGrant(GrantAct):
    form_class = ExtendForm
    heading = gettext_lazy("延长授权")
    lede = gettext_lazy("由被授权人以外的办案人员办理，不晚于案件截止日期。")
    submit = gettext_lazy("延长")
    done = gettext_lazy("授权已延长。")

    def perform(self, form: ActForm) -> CaseGrant:
        given = form.cleaned_data
        return cases.extend_grant(grant=self.granted, by=self.account, ends_on=given["ends_on"], reason=given["reason"])

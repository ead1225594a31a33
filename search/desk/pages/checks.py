"""Batch check in the browser 批量核对: upload, result, workbook, away with it. Each result is its owner's alone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity.exceptions import ActRefused
from integrity.forms.base import ActForm, fresh_key
from integrity.views import import_jobs
from integrity.views.imports import workbook
from search.desk import checks, standing
from search.desk.forms import CheckForm, WatchCheckedForm
from search.desk.holders import states_case
from search.desk.lists import MAX_ROWS
from search.desk.matching import Outcome, words_of
from search.desk.pages.base import Desk, DeskAct
from search.desk.workbook import described, result_workbook, template_workbook
from search.hits import url_of
from search.models import BatchCheck, Standing

#: Lines of a result on one page; the workbook holds all of them.
SHOWN = 200


class CheckList(Desk):
    """The results of one's own that are still there 我的核对结果."""

    tab = "search:checks"
    template_name = "search/desk/checks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer({"checks": list(checks.own_checks(self.account)), "days": checks.KEPT.days})


class NewCheck(DeskAct):
    """Upload a list 核对名单: it is read, compared, and thrown away; what is kept is the result."""

    tab = "search:checks"
    template_name = "search/desk/check_new.html"
    heading = gettext_lazy("核对名单")
    lede = gettext_lazy(
        "名单逐行与您可查阅的档案和执业记录比对；每一行都记入查阅日志。系统只提出可能，由人核实（H17）。"
    )
    submit = gettext_lazy("核对")

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        initial = self.stated_here() | {"once": fresh_key()}
        return CheckForm(data, files, states_case=states_case(self.account), initial=initial)

    def perform(self, form: ActForm) -> BatchCheck:
        checks.throw_away_old()
        given = form.cleaned_data
        token = import_jobs.keep_upload(given["file"])
        path = import_jobs.upload_of(token)
        assert path is not None  # noqa: S101  kept a line above
        purpose, case = given["purpose"], given.get("case", "")
        try:
            done = checks.check_list(
                path, by=self.account, purpose=purpose, case=case, door=self.door, request=self.request
            )
        finally:
            import_jobs.throw_away(token)
        self.keep_stated(purpose, case)
        return done

    def get_success_url(self, result: BatchCheck) -> str:
        return reverse("search:check", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("search:checks")

    def context(self, form: ActForm) -> dict[str, Any]:
        crumbs = [{"url": reverse("search:checks"), "label": _("批量核对")}]
        return {"crumbs": crumbs, "most": MAX_ROWS, "days": checks.KEPT.days}


class CheckPage(Desk):
    """One result, a tab for each kind of answer 核对结果."""

    tab = "search:checks"
    template_name = "search/desk/check.html"

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        row = self.own(checks.own_checks(self.account), ref)
        wanted = request.GET.get("of", "")
        outcome = wanted if wanted in Outcome.ALL else _first(row)
        result = checks.open_result(row, door=self.door, request=request, outcome=outcome, most=SHOWN)
        lines = result.of(outcome)
        context = {
            "check": row, "result": result, "outcome": outcome, "count": len(lines), "today": timezone.localdate(),
            "lines": [(line, [_shown(match) for match in line.matches]) for line in lines[:SHOWN]],
            "tabs": [_tab(row, one, label, result, active=one == outcome) for one, label in _labels().items()],
            "matched": outcome in (Outcome.EXACT, Outcome.PROPOSED),
        }  # fmt: skip
        return self.answer(context)


def _first(row: BatchCheck) -> str:
    counts = {Outcome.EXACT: row.exact, Outcome.PROPOSED: row.proposed, Outcome.NONE: row.absent}
    return next((outcome for outcome, count in counts.items() if count), Outcome.UNREAD)


def _labels() -> dict[str, str]:
    return {
        Outcome.EXACT: _("证件号码一致"),
        Outcome.PROPOSED: _("待核实的建议"),
        Outcome.NONE: _("范围内无记录"),
        Outcome.UNREAD: _("未能核对"),
    }


def _tab(row: BatchCheck, outcome: str, label: str, result: checks.Result, *, active: bool) -> dict[str, Any]:
    address = f"{reverse('search:check', args=[row.ref])}?of={outcome}"
    return {"url": address, "label": label, "active": active, "count": len(result.of(outcome))}


def _shown(match: Any) -> dict[str, str]:
    kind, name, unit, post = described(match)
    why = words_of(match.reasons)
    return {"kind": kind, "name": name, "unit": unit, "post": post, "why": why, "url": url_of(match.kind, match.row)}


class CheckWorkbook(Desk):
    """The whole result as a workbook 核对结果表."""

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        row = self.own(checks.own_checks(self.account), ref)
        result = checks.open_result(row, door=self.door, request=request)
        name = _("批量核对-%s.xlsx") % timezone.localdate(row.made_at).isoformat()
        return workbook(result_workbook(row, result), name)


class WatchChecked(DeskAct):
    """Those whose number is on file onto a list to watch 关注名单: whoever asks for it decides who they are (H17)."""

    tab = "search:checks"
    heading = gettext_lazy("建立关注名单")
    lede = gettext_lazy("只加入证件号码一致的人员；有新记录或状态变化时提醒您。名单只有您本人能看，结案时清除。")
    submit = gettext_lazy("建立")
    done = gettext_lazy("已建立。")

    def fetch(self, **kwargs: Any) -> BatchCheck:
        return self.own(checks.own_checks(self.account), kwargs["ref"])

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        initial = {"once": fresh_key(), "title": self.row.purpose[:80]}
        return WatchCheckedForm(data, by_mail=bool(self.account.email), initial=initial)

    @transaction.atomic
    def perform(self, form: ActForm) -> Standing:
        result = checks.open_result(self.row, door=self.door, request=self.request, outcome=Outcome.EXACT)
        records = [match.row for line in result.of(Outcome.EXACT) for match in line.matches]
        if not records:
            raise ActRefused("nobody", _("没有证件号码一致的人员"))
        given = form.cleaned_data
        row = standing.save_watch(
            by=self.account, title=given["title"], purpose=self.row.purpose,
            case=self.row.case.reference if self.row.case else "", by_mail=bool(given.get("by_mail")),
        )  # fmt: skip
        return standing.put_on(row, *records)

    def get_success_url(self, result: Standing) -> str:
        return reverse("search:kept", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("search:check", args=[self.row.ref])


class CheckTemplate(Desk):
    """An empty list to fill in 名单模板."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return workbook(template_workbook(), _("待核名单模板.xlsx"))


class DropCheck(DeskAct):
    """Away with a result before its days are over 删除结果."""

    tab = "search:checks"
    heading = gettext_lazy("删除核对结果")
    lede = gettext_lazy("结果立即删除，不能恢复；查阅日志不受影响。")
    submit = gettext_lazy("删除")
    done = gettext_lazy("已删除。")
    danger = True

    def fetch(self, **kwargs: Any) -> BatchCheck:
        return self.own(checks.own_checks(self.account), kwargs["ref"])

    def perform(self, form: ActForm) -> None:
        checks.throw_away(self.row)

    def get_success_url(self, result: None) -> str:
        return reverse("search:checks")

    def cancel_url(self) -> str:
        return reverse("search:check", args=[self.row.ref])

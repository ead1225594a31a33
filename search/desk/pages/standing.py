"""Saved searches and watches in the browser 保存的检索、关注名单: keep, look, mark as seen, put on, take off, end."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity.access import Scope, log_read
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, fresh_key
from integrity.views.base import stated
from search.desk import standing
from search.desk.forms import PutOnForm, SaveSearchForm, WatchForm
from search.desk.holders import scope_of, states_case
from search.desk.matching import KINDS
from search.desk.pages.base import Desk, DeskAct
from search.documents import SOURCES
from search.engines import EngineError
from search.forms import MAX_WORDS
from search.hits import Hit
from search.models import SearchDocument, Standing, StandingKind
from search.query import hits_of

#: Hits of a kept search on its page; the search itself shows all of them.
SHOWN = 100


class KeptList(Desk):
    """Everything one keeps, what has news first 我的保存."""

    tab = "search:kept_list"
    template_name = "search/desk/kept_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = standing.own_standing(self.account).order_by("-news", "-made_at", "-pk")
        lines = [(row, standing.content_of(row), standing.in_force(row)) for row in rows]
        return self.answer({"lines": lines})


class Own(Desk):
    """A page about one row of one's own."""

    tab = "search:kept_list"

    def row_of(self, ref: Any) -> Standing:
        return self.own(standing.own_standing(self.account), ref)


class KeptPage(Own):
    """What one row finds now, the new ones marked; shown under its own purpose and case, and logged."""

    template_name = "search/desk/kept.html"

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        row = self.row_of(ref)
        scope, content = scope_of(row), standing.content_of(row)
        new = standing.memory_of(row).new
        try:
            found, down = standing.candidates(row, scope), False
        except EngineError:
            found, down = [], True
        shown = hits_of(found[:SHOWN], scope, content.words)
        self._log(scope, shown, content.words)
        context = {
            "kept": row, "content": content, "down": down, "count": len(found),
            "hits": [(hit, hit.key in new) for hit, _row in shown],
            "new": [hit.key for hit, _row in shown if hit.key in new],
            "persons": self._persons(row, content, scope), "is_watch": row.kind == StandingKind.WATCH,
        }  # fmt: skip
        return self.answer(context)

    def _persons(self, row: Standing, content: standing.Content, scope: Scope) -> list[tuple[str, Any]]:
        """Those on the list whom the scope still reaches: person and one record that has the name."""
        if row.kind != StandingKind.WATCH:
            return []
        found: dict[str, Any] = {}
        for kind in KINDS:
            rows = SOURCES[kind].rows_for(scope).prefetch_related(None).filter(subject_id__in=content.persons)
            for record in rows.order_by("name", "pk"):
                found.setdefault(str(record.subject_id), record)
        log_read(scope, door=self.door, model=SOURCES[KINDS[0]].model, count=len(found), request=self.request,
                 about=[record.subject_id for record in found.values()])  # fmt: skip
        return list(found.items())

    def _log(self, scope: Scope, shown: list[tuple[Hit, Any]], words: str) -> None:
        for kind in dict.fromkeys(hit.kind for hit, _row in shown):
            rows = [row for hit, row in shown if hit.kind == kind]
            log_read(scope, door=self.door, model=SOURCES[kind].model, rows=rows, query=words, request=self.request)
        if not shown:
            log_read(scope, door=self.door, model=SearchDocument, count=0, query=words, request=self.request)


class MarkSeen(Own):
    """What was on the page is no longer new 标为已阅."""

    def post(self, request: HttpRequest, ref: Any) -> HttpResponse:
        row = standing.seen(self.row_of(ref), request.POST.getlist("key"))
        return HttpResponseRedirect(reverse("search:kept", args=[row.ref]))


class Keep(DeskAct, abstract=True):
    """Begin to keep something."""

    tab = "search:kept_list"
    kept_form: ClassVar[type[SaveSearchForm] | type[WatchForm]] = WatchForm

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        initial = self.stated_here() | self.asked() | {"once": fresh_key()}
        return self.kept_form(
            data, states_case=states_case(self.account), by_mail=bool(self.account.email), initial=initial
        )

    def asked(self) -> dict[str, str]:
        return {}

    def get_success_url(self, result: Standing) -> str:
        return reverse("search:kept", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("search:kept_list")

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"crumbs": [{"url": reverse("search:kept_list"), "label": _("保存的检索和关注")}]}

    def given(self, form: ActForm) -> dict[str, Any]:
        """What every kept row is made with; purpose and case hold for the session as well."""
        given = form.cleaned_data
        common = {"by": self.account, "title": given["title"], "purpose": given["purpose"]}
        return common | {"case": given.get("case", ""), "by_mail": bool(given.get("by_mail"))}


class SaveSearch(Keep):
    heading = gettext_lazy("保存检索")
    lede = gettext_lazy(
        "系统定时按您当时的权限再查一次，有新命中时提醒您。检索内容加密保存，只有您本人能看，结案时清除。"
    )
    submit = gettext_lazy("保存")
    done = gettext_lazy("已保存。")
    kept_form = SaveSearchForm

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """From a page with results, or from the history: the words come by a form, never in one more address."""
        return self.page(self.build_form()) if "begin" in request.POST else super().post(request, **kwargs)

    def asked(self) -> dict[str, str]:
        """The search that was just made."""
        words = self.request.POST.get("q", "").strip()[:MAX_WORDS]
        return {"words": words, "title": words[:80], "kind": self.request.POST.get("kind", "")}

    def perform(self, form: ActForm) -> Standing:
        given = form.cleaned_data
        row = standing.save_search(**self.given(form), words=given["words"], kind=given["kind"])
        self.keep_stated(given["purpose"], given.get("case", ""))
        return row


class SaveWatch(Keep):
    heading = gettext_lazy("建立关注名单")
    lede = gettext_lazy(
        "名单建立后，从档案或执业记录页面逐人加入。有新记录或状态变化时提醒您；名单只有您本人能看，结案时清除。"
    )
    submit = gettext_lazy("建立")
    done = gettext_lazy("已建立。")

    def perform(self, form: ActForm) -> Standing:
        row = standing.save_watch(**self.given(form))
        self.keep_stated(form.cleaned_data["purpose"], form.cleaned_data.get("case", ""))
        return row


class PutOn(DeskAct):
    """From a person's record onto a list 加入关注: the record is opened as any other, under what was stated."""

    tab = "search:kept_list"
    heading = gettext_lazy("加入关注名单")
    submit = gettext_lazy("加入")
    done = gettext_lazy("已加入。")

    def fetch(self, **kwargs: Any) -> Any:
        return self.opened(Act.READ, SOURCES[kwargs["kind"]].model, ref=kwargs["record"])

    def lists(self) -> list[Standing]:
        """One's own lists for the case that is stated now."""
        _purpose, case = stated(self.request)
        rows = standing.own_standing(self.account).filter(kind=StandingKind.WATCH)
        if states_case(self.account):
            rows = rows.filter(case__reference=case)
        return [row for row in rows if standing.in_force(row)]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return super().get(request, **kwargs) if self.lists() else HttpResponseRedirect(reverse("search:save_watch"))

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        lists = [(str(row.ref), standing.content_of(row).title) for row in self.lists()]
        return PutOnForm(data, lists=lists, initial={"once": fresh_key()})

    def perform(self, form: ActForm) -> Standing:
        chosen = self.own(standing.own_standing(self.account), form.cleaned_data["into"])
        return standing.put_on(chosen, self.row)

    def get_success_url(self, result: Standing) -> str:
        return reverse("search:kept", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("search:kept_list")


class TakeOff(Own):
    """A person off the list 移出关注."""

    def post(self, request: HttpRequest, ref: Any, person: Any) -> HttpResponse:
        row = self.row_of(ref)
        if str(person) not in standing.content_of(row).persons:
            raise NotAdmitted
        standing.take_off(row, str(person))
        return HttpResponseRedirect(reverse("search:kept", args=[row.ref]))


class EndKept(DeskAct):
    """No longer kept 删除, with words and memory."""

    tab = "search:kept_list"
    heading = gettext_lazy("删除")
    lede = gettext_lazy("不再核查和提醒；保存的内容立即清除，查阅日志不受影响。")
    submit = gettext_lazy("删除")
    done = gettext_lazy("已删除。")
    danger = True

    def fetch(self, **kwargs: Any) -> Standing:
        return self.own(standing.own_standing(self.account), kwargs["ref"])

    def perform(self, form: ActForm) -> None:
        standing.end(self.row)

    def get_success_url(self, result: None) -> str:
        return reverse("search:kept_list")

    def cancel_url(self) -> str:
        return reverse("search:kept", args=[self.row.ref])

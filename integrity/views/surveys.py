"""Surveys 满意度调查, the office's side: list, making, proposing, publishing, codes, figures after the end."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access
from integrity.choices import Act, SurveyMode, SurveyState
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ConfirmForm, ReasonForm, fresh_key
from integrity.forms.surveys import CodesForm, SurveyForm
from integrity.models import Organisation, Survey
from integrity.surveys import acts
from integrity.surveys.figures import figures_of
from integrity.views.base import ActView, ScopedDetail, ScopedList
from integrity.views.paging import Sort


class SurveyList(ScopedList):
    """Surveys of the own unit 调查列表."""

    model = Survey
    template_name = "integrity/surveys/list.html"
    related = ("authority",)
    sorts = {"opens": Sort("opens_on"), "year": Sort("year")}
    default_sort = "-opens"

    def scoped(self, scope: access.Scope) -> QuerySet[Any]:
        return Survey.objects.filter(scope.condition(Survey))

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        today = timezone.localdate()
        for row in rows:
            row.open_now, row.over_now = row.open_on(today), row.over_on(today)
        return {"may_make": not self.scope(Act.COMPOSE).empty}


class SurveyPage(ScopedDetail):
    """One survey 调查详情: what is asked, the next step, and the figures once it is over."""

    model = Survey
    related = ("authority", "entered_by", "published_by")
    template_name = "integrity/surveys/detail.html"

    def fetch(self, **lookup: Any) -> Any:
        return self.opened(Act.READ, Survey, self.related, **lookup)

    def context(self) -> dict[str, Any]:
        row: Survey = self.row
        today = timezone.localdate()
        return {
            "options": list(row.options.all()),
            "groups": list(row.groups.all()),
            "open_now": row.open_on(today),
            "figures": figures_of(row, today) if row.over_on(today) else None,
            "steps": [
                {"url": reverse(f"staff:survey_{name}", args=[row.ref]), "label": label}
                for name, label, states, act in _STEPS
                if row.state in states and self.may(act, row) and (name != "codes" or row.mode == SurveyMode.CODE)
            ],
        }


_S = SurveyState
_STEPS = (
    ("propose", gettext_lazy("提交发布"), (_S.DRAFT,), Act.COMPOSE),
    ("publish", gettext_lazy("发布"), (_S.PROPOSED,), Act.PUBLISH),
    ("codes", gettext_lazy("发放代码"), (_S.PROPOSED, _S.PUBLISHED), Act.COMPOSE),
    ("return", gettext_lazy("退回"), (_S.PROPOSED,), Act.PUBLISH),
    ("withdraw", gettext_lazy("撤下"), (_S.PROPOSED, _S.PUBLISHED), Act.PUBLISH),
)


class NewSurvey(ActView):
    """Write a survey 编制调查."""

    form_class: ClassVar[type[ActForm]] = SurveyForm
    act = Act.COMPOSE
    heading = gettext_lazy("编制调查")
    submit = gettext_lazy("保存")
    done = gettext_lazy("已保存为草稿，请核对后提交发布。")

    def fetch(self, **kwargs: Any) -> Any:
        if self.scope(Act.COMPOSE).empty:
            raise NotAdmitted

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        owned = {one for clause in self.scope(Act.COMPOSE).clauses for one in clause.authorities}
        organisations = Organisation.objects.filter(pk__in=owned)
        return SurveyForm(data, organisations=organisations, initial={"once": fresh_key()})

    def perform(self, form: ActForm) -> Survey:
        assert isinstance(form, SurveyForm)  # noqa: S101  the class above
        given = form.cleaned_data
        plain = {
            name: given[name] for name in
            ("authority", "year", "title", "introduction", "question", "sample", "population", "mode", "opens_on",
             "closes_on")
        }  # fmt: skip
        return acts.make(by=self.account, options=form.options(), groups=form.group_names(), reason="编制调查", **plain)

    def get_success_url(self, result: Survey) -> str:
        return reverse("staff:survey", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("staff:surveys")

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"crumbs": [{"url": reverse("staff:surveys"), "label": _("满意度调查")}]}


class SurveyStep(ActView, abstract=True):
    """One step of a survey."""

    act = Act.COMPOSE
    form_class: ClassVar[type[ActForm]] = ConfirmForm
    row: Survey

    def fetch(self, **kwargs: Any) -> Any:
        return self.opened(self.act, Survey, ("authority",), ref=kwargs["ref"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:survey", args=[self.row.ref])

    def cancel_url(self) -> str:
        return reverse("staff:survey", args=[self.row.ref])

    def about(self) -> str:
        return self.row.title

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "crumbs": [
                {"url": reverse("staff:surveys"), "label": _("满意度调查")},
                {"url": reverse("staff:survey", args=[self.row.ref]), "label": self.row.title},
            ]
        }


class ProposeSurvey(SurveyStep):
    heading = submit = gettext_lazy("提交发布")
    done = gettext_lazy("已提交，由发布人员发布。")

    def perform(self, form: ActForm) -> Survey:
        return acts.propose(survey=self.row, by=self.account, reason=form.cleaned_data["reason"])


class PublishSurvey(SurveyStep):
    act = Act.PUBLISH
    heading = submit = gettext_lazy("发布")
    lede = gettext_lazy("发布后题目、选项、类别和日期不再改动；按开始和截止日期自行开放和结束。")
    done = gettext_lazy("调查已发布。")

    def perform(self, form: ActForm) -> Survey:
        return acts.publish(survey=self.row, by=self.account, reason=form.cleaned_data["reason"])


class ReturnSurvey(SurveyStep):
    act = Act.PUBLISH
    form_class = ReasonForm
    heading = submit = gettext_lazy("退回")
    done = gettext_lazy("已退回。")

    def perform(self, form: ActForm) -> Survey:
        return acts.send_back(survey=self.row, by=self.account, reason=form.cleaned_data["reason"])


class WithdrawSurvey(SurveyStep):
    act = Act.PUBLISH
    form_class = ReasonForm
    heading = submit = gettext_lazy("撤下")
    done = gettext_lazy("已撤下。")
    danger = True

    def perform(self, form: ActForm) -> Survey:
        return acts.withdraw(survey=self.row, by=self.account, reason=form.cleaned_data["reason"])


class HandOutCodes(SurveyStep):
    """New codes as a text file 发放代码, once: the page itself keeps none."""

    form_class = CodesForm
    heading = gettext_lazy("发放代码")
    lede = gettext_lazy("代码只在本次下载，系统只留摘要，不记录发给何人；请打乱后分发，不要与名单对应。")
    submit = gettext_lazy("生成并下载")

    def perform(self, form: ActForm) -> list[str]:
        return acts.hand_out(survey=self.row, by=self.account, number=form.cleaned_data["number"])

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        form = self.build_form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        codes = self.perform(form)
        response = HttpResponse("\n".join(codes) + "\n", content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="survey-codes-{self.row.year}.txt"'
        return response

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | {"download": True}

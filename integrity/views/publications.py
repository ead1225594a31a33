"""Publications 公示 (domain §8): the list, a publication's page, and the proposal of a new one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import publications, rules
from integrity.choices import Act, PublicationClass, PublicationState, RecordState
from integrity.exceptions import ReasonedRefusal
from integrity.forms.base import ActForm, ReasonForm
from integrity.forms.publications import ProposeForm, PublicationFilter
from integrity.models import Licence, Penalty, Publication
from integrity.projection import shown
from integrity.views.base import ActView, ScopedDetail, ScopedList, StaffView
from integrity.views.paging import Sort

RELATED = ("profession", "authority", "penalty__record", "licence__record")


class PublicationList(ScopedList):
    """Every publication within scope, with its state and its last day 公示列表."""

    model = Publication
    form_class = PublicationFilter
    template_name = "integrity/publications/list.html"
    related = ("profession", "authority")
    sorts = {"recorded": Sort("recorded_at"), "name": Sort("name"), "ends": Sort("ends_on", "last")}
    default_sort = "-recorded"
    export_route = "staff:publications_export"

    def narrowed(self, rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if wanted["q"]:
            rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(title__icontains=wanted["q"]))
        for column in ("state", "publication_class"):
            if wanted[column]:
                rows = rows.filter(**{column: wanted[column]})
        return rows

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {"queues": _queues(self), "today": timezone.localdate()}


#: What waits for whom: the act somebody may do, the state it starts from, the words.
_QUEUES = (
    (Act.REVIEW_PUBLICATION, PublicationState.PROPOSED, gettext_lazy("待审查")),
    (Act.SERVE, PublicationState.REVIEWED, gettext_lazy("待告知")),
    (Act.PUBLISH, PublicationState.NOTICED, gettext_lazy("待发布")),
)


def _queues(view: PublicationList) -> list[dict[str, Any]]:
    """Own queues 待办: how many wait for the roles of this person."""
    found = []
    for act, state, label in _QUEUES:
        scope = view.scope(act)
        if scope.empty:
            continue
        count = Publication.objects.filter(scope.condition(Publication), state=state).count()
        found.append({"label": label, "value": count, "url": f"?state={state.value}"})
    return found


class PublicationPage(ScopedDetail):
    """One publication: exactly what the public will see, what it will not, and the next step 公示详情."""

    model = Publication
    related = (*RELATED, "proposed_by", "reviewed_by", "published_by")
    template_name = "integrity/publications/detail.html"

    def context(self) -> dict[str, Any]:
        row: Publication = self.row
        return {
            "shown": [{"label": label, "value": value} for _key, label, value in shown(row.projection)],
            "withheld": _withheld(row),
            "notices": list(row.notices.select_related("served_by").order_by("served_on", "id")),
            "steps": self._steps(row),
            "intact": publications.digest_of(row.projection) == row.digest,
            "over": row.ends_on is not None and row.ends_on < timezone.localdate(),
            "source_url": self._source_url(row),
            "history": list(row.history.select_related("history_user").order_by("-history_date", "-history_id")[:50]),
        }

    def _source_url(self, row: Publication) -> str:
        if row.penalty is not None and self.may(Act.READ, row.penalty):
            return reverse("staff:penalty", args=[row.penalty.ref])
        return ""

    def _steps(self, row: Publication) -> list[dict[str, Any]]:
        """The buttons of this person in this state; each act asks again."""
        found = []
        for name, label, states, acts, danger in _STEPS:
            if row.state in states and any(self.may(act, row) for act in acts):
                url = reverse(f"staff:publication_{name}", args=[row.ref])
                onward = name not in ("suspend", "refuse", "withdraw")
                found.append({"url": url, "label": label, "danger": danger, "onward": onward})
        return found


_S = PublicationState
_STEPS = (
    ("review", gettext_lazy("审查通过"), (_S.PROPOSED,), (Act.REVIEW_PUBLICATION,), False),
    ("notice", gettext_lazy("告知当事人"), (_S.REVIEWED,), (Act.SERVE,), False),
    ("publish", gettext_lazy("发布"), (_S.NOTICED,), (Act.PUBLISH,), False),
    ("resume", gettext_lazy("恢复公示"), (_S.SUSPENDED,), (Act.PUBLISH,), False),
    ("suspend", gettext_lazy("暂停公示"), _S.shown(), (Act.REVOKE, Act.PUBLISH), False),
    (
        "refuse",
        gettext_lazy("不予公示"),
        (_S.PROPOSED, _S.REVIEWED, _S.NOTICED),
        (Act.REVIEW_PUBLICATION, Act.PUBLISH),
        True,
    ),
    ("withdraw", gettext_lazy("撤下"), (*_S.shown(), _S.SUSPENDED), (Act.REVOKE, Act.PUBLISH), True),
)

#: Columns of a penalty that no projection takes; the reviewer sees their names, never their values.
_INNER_COLUMNS = (
    "facts", "capacity", "served_on", "announcement", "execution", "remedies_told", "raw", "document",
)  # fmt: skip
_NEVER = (
    gettext_lazy("身份证件号码"),
    gettext_lazy("出生日期"),
    gettext_lazy("住址和联系方式"),
    gettext_lazy("第三人、未成年人信息"),
    gettext_lazy("录入、审核人员"),
)


def _withheld(row: Publication) -> list[str]:
    """What stays inside 不公开的内容 (domain §8), by name alone."""
    source = row.penalty or row.licence
    kept = []
    for column in _INNER_COLUMNS:
        if source is not None and getattr(source, column, None):
            kept.append(str(getattr(source._meta.get_field(column), "verbose_name", column)))
    return kept + [str(words) for words in _NEVER]


class Propose(ActView):
    """A regulator proposes to publish a penalty 提出公示; class and period come from the rules in force."""

    model: ClassVar[type[Model]] = Penalty
    act = Act.PROPOSE
    related: ClassVar[tuple[str, ...]] = ("record__profession", "deciding_authority", "authority")
    form_class: ClassVar[type[ActForm]] = ProposeForm
    template_name = "integrity/publications/propose.html"
    heading = gettext_lazy("提出公示")
    submit = gettext_lazy("提交公示审查")
    done = gettext_lazy("已提出公示，等待保密与个人信息审查。")

    def initial(self) -> dict[str, Any]:
        try:
            return {"publication_class": rules.penalty_class(self.row)}
        except ReasonedRefusal:
            return {}

    def perform(self, form: ActForm) -> Publication:
        given = form.cleaned_data
        return publications.propose(
            by=self.account,
            penalty=self.row,
            publication_class=given["publication_class"],
            months=given["months"],
            reason=given["reason"],
        )

    def get_success_url(self, result: Publication) -> str:
        return reverse("staff:publication", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("staff:penalty", args=[self.row.ref])

    def context(self, form: ActForm) -> dict[str, Any]:
        record = self.row.record
        return {
            "periods": _periods(),
            "effective": self.row.state in RecordState.effective(),
            "crumbs": [
                {"url": reverse("staff:practitioners"), "label": _("执业记录")},
                {"url": reverse("staff:practitioner", args=[record.ref]), "label": record.name},
            ],
        }


class ProposeLicence(Propose):
    """A regulator proposes to show a licence 证照公示: no class of dishonesty, until the licence ends."""

    model = Licence
    related = ("record__profession", "record__authority", "issuer", "authority")
    form_class = ReasonForm
    heading = gettext_lazy("提出证照公示")
    lede = gettext_lazy("公开证照、持证人、单位和有效期；公示至有效期届满。")

    def initial(self) -> dict[str, Any]:
        return {}

    def perform(self, form: ActForm) -> Publication:
        return publications.propose(by=self.account, licence=self.row, reason=form.cleaned_data["reason"])

    def cancel_url(self) -> str:
        return reverse("staff:practitioner", args=[self.row.record.ref])

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | {"periods": []}


def may_propose(view: StaffView, source: Penalty | Licence) -> bool:
    """In force, within scope, and no publication of it under way or shown."""
    if source.state not in RecordState.effective() or not view.may(Act.PROPOSE, source):
        return False
    return not publications.live_of(source).exists()


def _periods() -> list[dict[str, Any]]:
    """Period of each class by the rule in force today, with its article."""
    found = []
    today = timezone.localdate()
    for kind in PublicationClass:
        try:
            period = rules.publication_period(kind, today)
        except ReasonedRefusal as refusal:
            found.append({"label": kind.label, "value": refusal.message, "basis": refusal.article})
            continue
        value = (
            _("%(min)s 至 %(max)s 个月") % {"min": period.min_months, "max": period.max_months}
            if period.publishable
            else _("不予公示")
        )
        found.append({"label": kind.label, "value": value, "basis": str(period.basis), "note": period.text})
    return found

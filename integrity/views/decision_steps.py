"""Steps of a decision's life 办理: one set for decisions on civil servants and on practitioners (domain §5, §6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy

from integrity import decisions, documents
from integrity.choices import Act, RecordState
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ConfirmForm, ReasonForm
from integrity.forms.decisions import RevokeForm
from integrity.models import Decision, Penalty
from integrity.views.base import ActView, StaffView
from integrity.views.decisions import DecisionPage, step_facts
from integrity.views.draft_effects import effect_shown
from integrity.views.penalties import PenaltyPage, penalty_facts


@dataclass(frozen=True, slots=True)
class Side:
    """What differs between the two kinds of row: names, template, and the facts beside the form."""

    route: str
    folder: str
    template: str
    related: tuple[str, ...]
    facts: Callable[[Any], dict[str, Any]]


SIDES: dict[type[Model], Side] = {
    Decision: Side("decision", "decisions", "integrity/decisions/step.html", DecisionPage.related, step_facts),
    Penalty: Side(
        "penalty", "penalties", "integrity/practitioners/penalty_step.html", PenaltyPage.related, penalty_facts
    ),
}


class Step(ActView, abstract=True):
    """One step, with all facts of the decision before the eyes; `model` is given by the route."""

    model: ClassVar[type[Model]] = Decision
    door: ClassVar[str] = ""

    @property
    def side(self) -> Side:
        return SIDES[self.model]

    def fetch(self, **kwargs: Any) -> Any:
        return self.opened(self.act, self.model, self.side.related, ref=kwargs["ref"])

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        return super().answer(context, template or self.side.template, status)

    def get_success_url(self, result: Any) -> str:
        return reverse(f"staff:{self.side.route}", args=[self.row.ref])

    def cancel_url(self) -> str:
        return self.get_success_url(None)

    def context(self, form: ActForm) -> dict[str, Any]:
        return self.side.facts(self.row)


class Submit(Step):
    form_class = ConfirmForm
    heading, submit, done = gettext_lazy("提交审核"), gettext_lazy("提交审核"), gettext_lazy("已提交，等待第二人审核。")

    def perform(self, form: ActForm) -> Any:
        return decisions.submit(row=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Approve(Step):
    """A second person compares entry and document 审核 (H2, H18)."""

    act = Act.APPROVE
    form_class = ConfirmForm
    heading, submit, done = gettext_lazy("审核决定"), gettext_lazy("审核通过"), gettext_lazy("已审核通过。")
    lede = gettext_lazy("对照决定文书逐项核对。录入人、提交人不得审核（H18）。")

    def context(self, form: ActForm) -> dict[str, Any]:
        waiting = self.row.state == RecordState.SUBMITTED
        return (
            super().context(form)
            | {
                "refusals": decisions.why_not_approve(self.row, by=self.account) if waiting else [],
                "return_url": reverse(f"staff:{self.side.route}_return", args=[self.row.ref]),
            }
            | effect_shown(self, self.row)
        )

    def perform(self, form: ActForm) -> Any:
        return decisions.approve(row=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Return(Step):
    act = Act.APPROVE
    form_class = ReasonForm
    heading, submit, done = gettext_lazy("退回修改"), gettext_lazy("退回"), gettext_lazy("已退回录入人。")

    def perform(self, form: ActForm) -> Any:
        return decisions.return_to_author(row=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Revoke(Step):
    """Revoked by the organ that may 撤销; what was published goes with it (行政处罚法 48)."""

    act = Act.REVOKE
    form_class = RevokeForm
    danger = True
    heading, submit, done = gettext_lazy("登记撤销"), gettext_lazy("登记撤销"), gettext_lazy("撤销已登记。")
    lede = gettext_lazy("由有权机关撤销的决定：记录保留并注明，在原范围内恢复名誉。")

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        return decisions.revoke(row=self.row, by=self.account, reason=given["reason"], document=given["document"])


class Void(Step):
    """An entry error 录入作废 (H14): a draft by its author, otherwise by a reviewer."""

    form_class = ReasonForm
    danger = True
    heading, submit, done = gettext_lazy("录入作废"), gettext_lazy("作废"), gettext_lazy("已作废，记录保留并注明。")
    lede = gettext_lazy("仅用于录入错误：记录不删除，注明作废事由。")

    def fetch(self, **kwargs: Any) -> Any:
        try:
            return self.opened(Act.REVOKE, self.model, self.side.related, ref=kwargs["ref"])
        except NotAdmitted:
            own = {"ref": kwargs["ref"], "entered_by": self.account}
            return self.opened(Act.ENTER, self.model, self.side.related, **own)

    def perform(self, form: ActForm) -> Any:
        return decisions.void(row=self.row, by=self.account, reason=form.cleaned_data["reason"])


_SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class DocumentBytes(StaffView):
    """The document's bytes 决定文书: access first, the log second, the file last; never shown inline."""

    model: ClassVar[type[Model]] = Decision
    door: ClassVar[str] = ""

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        row = self.opened(Act.READ, self.model, ("document",), ref=ref)
        if row.document is None:
            raise NotAdmitted
        try:
            content = documents.read_document(row.document)
        except FileNotFoundError:
            raise NotAdmitted from None
        suffix = _SUFFIXES.get(row.document.content_type, "bin")
        response = HttpResponse(content, content_type=row.document.content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{row.ref}.{suffix}"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


STEPS: dict[str, type[StaffView]] = {
    "submit": Submit,
    "approve": Approve,
    "return": Return,
    "revoke": Revoke,
    "void": Void,
    "document": DocumentBytes,
}


def routes(model: type[Model]) -> list[URLPattern]:
    """The addresses of all steps for one kind of row; each is a door of its own in the read log."""
    side = SIDES[model]
    return [
        path(
            f"{side.folder}/<uuid:ref>/{name}/",
            view.as_view(model=model, door=f"staff.{side.route}_{name}"),
            name=f"{side.route}_{name}",
        )
        for name, view in STEPS.items()
    ]

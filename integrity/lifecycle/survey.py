"""State table of a survey 调查状态表. Whether it is open on a day follows from its dates, not from a move."""

from __future__ import annotations

from django.utils.translation import gettext as text
from django.utils.translation import gettext_lazy as _

from integrity.choices import Satisfaction
from integrity.choices import SurveyState as S
from integrity.lifecycle.engine import Machine, Move, Refusal, Step
from integrity.lifecycle.needs import stated_reason


def published_by_another(step: Step) -> Refusal | None:
    if step.by is None or step.by.pk == step.row.entered_by_id:
        return Refusal("second_person", text("编制人不得发布本人编制的调查"), "H18")
    return None


def answers_complete(step: Step) -> Refusal | None:
    """At least one option that counts as satisfied and one that does not: otherwise the share says nothing."""
    kinds = set(step.row.options.values_list("counts", flat=True))
    if {Satisfaction.SATISFIED, Satisfaction.UNSATISFIED} <= kinds:
        return None
    return Refusal("options", text("选项须至少各有一项计为满意、计为不满意"), field="options")


def not_over_yet(step: Step) -> Refusal | None:
    if step.row.closes_on < step.on:
        return Refusal("over", text("截止日期已过"), field="closes_on")
    return None


SURVEY = Machine(
    name="survey",
    column="state",
    moves=(
        Move("propose", (S.DRAFT,), S.PROPOSED, (answers_complete, not_over_yet), _("提交发布")),
        Move("return", (S.PROPOSED,), S.DRAFT, (published_by_another, stated_reason), _("退回")),
        Move("publish", (S.PROPOSED,), S.PUBLISHED, (published_by_another, answers_complete, not_over_yet), _("发布")),
        Move("withdraw", (S.PROPOSED, S.PUBLISHED), S.WITHDRAWN, (stated_reason,), _("撤下")),
    ),
)

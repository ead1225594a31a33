"""State tables of erasure 删除 and legal hold 法律保全 (个人信息保护法 47; H18)."""

from __future__ import annotations

from django.utils.translation import gettext as text
from django.utils.translation import gettext_lazy as _

from integrity.choices import ErasureKind, HoldState
from integrity.choices import ErasureState as E
from integrity.lifecycle.engine import Machine, Move, Refusal, Step
from integrity.lifecycle.requests import not_lapsed
from integrity.models import LegalHold


def another_person(step: Step) -> Refusal | None:
    """Who asked does not decide, nor anybody about oneself."""
    if step.by is None or step.by.pk == step.row.asked_by_id:
        return Refusal("same_person", text("须由申请人以外的人决定"), "H18")
    if step.row.subject_id is not None and step.by.subject_id == step.row.subject_id:
        return Refusal("own_record", text("不得决定本人的事项"), "H18")
    return None


def who_asked(step: Step) -> Refusal | None:
    if step.by is None or step.by.pk != step.row.asked_by_id:
        return Refusal("not_own_request", text("只能撤回本人的申请"))
    return None


def not_held(step: Step) -> Refusal | None:
    """A legal hold stops erasure, whenever it was set."""
    row = step.row
    holds = LegalHold.objects.on(step.on)
    held = holds.filter(subject_id=row.subject_id) if row.subject_id else holds.filter(account_id=row.account_id)
    if held.exists():
        return Refusal("held", text("该主体处于法律保全中，不得删除"), "《个人信息保护法》第四十七条第二款")
    return None


def by_rule(step: Step) -> Refusal | None:
    """Without a person's decision an officer's name alone goes, after its term."""
    if step.row.kind == ErasureKind.ACTOR:
        return None
    return Refusal("two_persons", text("须由两人办理"), "H18")


def with_reason(step: Step) -> Refusal | None:
    if not step.row.words.strip():
        return Refusal("words", text("请写明解除保全的理由"), field="words")
    return None


ERASURE = Machine(
    name="erasure",
    column="state",
    moves=(
        Move("approve", (E.PROPOSED,), E.APPROVED, (another_person, not_lapsed, not_held), _("批准删除")),
        Move("let", (E.PROPOSED,), E.APPROVED, (by_rule, not_held), _("期满化名")),
        Move("refuse", (E.PROPOSED,), E.REFUSED, (another_person, not_lapsed), _("不批准")),
        Move("withdraw", (E.PROPOSED, E.APPROVED), E.WITHDRAWN, (who_asked,), _("撤回")),
        Move("carry_out", (E.APPROVED,), E.DONE, (not_held,), _("执行删除")),
    ),
)
HOLD = Machine(
    name="hold",
    column="state",
    moves=(
        Move("ask", (HoldState.HELD,), HoldState.LIFTING, (with_reason,), _("申请解除保全")),
        Move("lift", (HoldState.LIFTING,), HoldState.LIFTED, (another_person,), _("批准解除")),
        Move("keep", (HoldState.LIFTING,), HoldState.HELD, (another_person,), _("继续保全")),
    ),
)

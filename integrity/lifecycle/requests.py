"""State tables of requests between two persons 申请状态表 (H18): access, files of a case, emergencies, findings."""

from __future__ import annotations

from django.utils.translation import gettext as text
from django.utils.translation import gettext_lazy as _

from integrity.choices import ChangeState as C
from integrity.choices import EmergencyState as E
from integrity.choices import FindingState as F
from integrity.lifecycle.engine import Machine, Move, Refusal, Step


def second_officer(step: Step) -> Refusal | None:
    """Nobody decides what one asked for, or what is about oneself."""
    row = step.row
    asked = {getattr(row, name, None) for name in ("proposed_by_id", "asked_by_id", "inspector_id")}
    about = getattr(row, "account_id", None)
    if step.by is None or step.by.pk in (asked | {about}) - {None}:
        return Refusal("same_person", text("须由另一人决定"), "H18")
    return None


def by_whoever_asked(step: Step) -> Refusal | None:
    asked = {getattr(step.row, name, None) for name in ("proposed_by_id", "asked_by_id", "inspector_id")}
    if step.by is None or step.by.pk not in asked:
        return Refusal("not_own_request", text("只能撤回本人的申请"))
    return None


def not_lapsed(step: Step) -> Refusal | None:
    """What nobody decided in time has lapsed by itself."""
    if step.row.lapses_on < step.on:
        return Refusal("decided", text("该申请已经决定或者失效"))
    return None


def with_words(step: Step) -> Refusal | None:
    if not step.row.words.strip():
        return Refusal("words_missing", text("请写明理由"), field="words")
    return None


REQUEST = Machine(
    name="request",
    column="state",
    moves=(
        Move("confirm", (C.PROPOSED,), C.CONFIRMED, (second_officer, not_lapsed), _("批准")),
        Move("refuse", (C.PROPOSED,), C.REFUSED, (second_officer, not_lapsed), _("不予批准")),
        Move("withdraw", (C.PROPOSED,), C.WITHDRAWN, (by_whoever_asked,), _("撤回")),
        # What it was about has ended: nobody's decision, hence nobody to be named as having decided.
        Move("void", (C.PROPOSED,), C.REFUSED, (), _("失效")),
    ),
)
EMERGENCY = Machine(
    name="emergency",
    column="state",
    moves=(
        Move("open", (E.ASKED,), E.OPENED, (second_officer,), _("批准")),
        Move("refuse", (E.ASKED,), E.REFUSED, (second_officer,), _("不予批准")),
        Move("cut", (E.OPENED,), E.CUT, (), _("终止")),
    ),
)
FINDING = Machine(
    name="finding",
    column="state",
    moves=(
        Move("explain", (F.OPEN,), F.EXPLAINED, (second_officer, with_words), _("已说明")),
        Move("escalate", (F.OPEN,), F.ESCALATED, (second_officer, with_words), _("已移送")),
    ),
)

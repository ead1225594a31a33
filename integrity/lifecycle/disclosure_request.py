"""State table of a request for information 依申请公开状态表 (信息公开条例 29–37; domain §15)."""

from __future__ import annotations

from django.utils.translation import gettext as text
from django.utils.translation import gettext_lazy as _

from integrity.choices import ReplyKind
from integrity.choices import RequestState as R
from integrity.lifecycle.engine import Machine, Move, Refusal, Step

ARTICLE_30, ARTICLE_33, ARTICLE_37 = (
    "《信息公开条例》第三十条",
    "《信息公开条例》第三十三条",
    "《信息公开条例》第三十七条",
)


def supplement_once(step: Step) -> Refusal | None:
    """Asked for once and completely (条例 30: 一次性告知)."""
    if step.facts.get("asked_before"):
        return Refusal("asked_before", text("补正只能一次性告知，不得再次要求补正"), ARTICLE_30)
    return None


def asked_in_time(step: Step) -> Refusal | None:
    """The question for a supplement has a time limit of its own, from the day of receipt."""
    last = step.facts.get("ask_until")
    if last is not None and step.on > last:
        return Refusal("ask_too_late", text("已超过告知补正的期限，请按现有内容办理"), ARTICLE_30)
    return None


def supplement_in_time(step: Step) -> Refusal | None:
    due = step.row.supplement_due_on
    if due is not None and step.on > due:
        return Refusal("supplement_late", text("补正期限已过，该申请不再处理；可以重新提出申请"), ARTICLE_30)
    return None


def supplement_over(step: Step) -> Refusal | None:
    due = step.row.supplement_due_on
    if due is not None and step.on > due:
        return None
    return Refusal("not_over", text("补正期限未届满"))


def extension_asked(step: Step) -> Refusal | None:
    if step.row.extension_asked_by_id is None:
        return Refusal("extension_not_asked", text("尚未提请延期"), ARTICLE_33)
    return None


def extended_by_another(step: Step) -> Refusal | None:
    """Who asked for the extension does not approve it (条例 33: 负责人同意; H18)."""
    if step.by is None or step.by.pk == step.row.extension_asked_by_id:
        return Refusal("second_person", text("须由提请人以外的负责人同意"), ARTICLE_33)
    return None


def still_in_time(step: Step) -> Refusal | None:
    """What is over cannot be made longer."""
    due = step.row.due_on
    if due is not None and step.on > due:
        return Refusal("already_overdue", text("答复期限已过，不能再延长"), ARTICLE_33)
    return None


def reply_drafted(step: Step) -> Refusal | None:
    row = step.row
    if row.reply_kind and row.reply_sealed and row.drafted_by_id is not None and row.reply_no:
        return None
    return Refusal("no_draft", text("尚无答复稿"))


def signed_by_another(step: Step) -> Refusal | None:
    if step.by is None or step.by.pk == step.row.drafted_by_id:
        return Refusal("second_person", text("拟稿人不得签发本人拟的答复"), "H18")
    return None


def release_fits(step: Step) -> Refusal | None:
    """What goes out fits the kind: partial release withholds something and gives the rest, a refusal gives nothing."""
    files = list(step.row.released.all())
    kind = step.row.reply_kind
    if kind == ReplyKind.PARTIAL and not any(file.withheld for file in files):
        return Refusal("nothing_withheld", text("部分公开须有作区分处理的信息"), ARTICLE_37)
    if kind == ReplyKind.OPEN and any(file.withheld for file in files):
        return Refusal("withheld", text("有不予公开的内容，答复类型应为部分公开"), ARTICLE_37)
    if files and kind not in ReplyKind.releasing():
        return Refusal("released_though_refused", text("该答复类型不提供信息，请先删去所附信息"), ARTICLE_37)
    return None


REQUEST_FOR_INFORMATION = Machine(
    name="request",
    column="state",
    moves=(
        Move("ask_supplement", (R.RECEIVED,), R.SUPPLEMENT_ASKED, (supplement_once, asked_in_time), _("告知补正")),
        Move("supplement", (R.SUPPLEMENT_ASKED,), R.RECEIVED, (supplement_in_time,), _("补正")),
        Move("lapse", (R.SUPPLEMENT_ASKED,), R.LAPSED, (supplement_over,), _("逾期未补正")),
        Move("accept", (R.RECEIVED,), R.ACCEPTED, (), _("受理")),
        Move("consult", (R.ACCEPTED, R.EXTENDED), R.CONSULTING, (), _("征求第三方意见")),
        Move("resume", (R.CONSULTING,), R.ACCEPTED, (), _("恢复办理")),
        Move("resume_extended", (R.CONSULTING,), R.EXTENDED, (), _("恢复办理")),
        Move(
            "extend",
            (R.ACCEPTED,),
            R.EXTENDED,
            (extension_asked, extended_by_another, still_in_time),
            _("延长答复期限"),
        ),
        Move(
            "reply",
            (R.ACCEPTED, R.EXTENDED),
            R.REPLIED,
            (reply_drafted, signed_by_another, release_fits),
            _("签发答复"),
        ),
        Move(
            "withdraw",
            (R.RECEIVED, R.SUPPLEMENT_ASKED, R.ACCEPTED, R.CONSULTING, R.EXTENDED),
            R.WITHDRAWN,
            (),
            _("申请人撤回"),
        ),
        Move("close", (R.REPLIED, R.LAPSED, R.WITHDRAWN), R.CLOSED, (), _("办结归档")),
    ),
)

"""Comments on major decisions 公众意见: receive, answer, show, set aside, take back, delete by rule.

The sender leaves no trace but the text and the day. A comment is shown by a second person, with the unit's answer.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.models import CommentRecall, ConsultationComment, MajorDecisionPage
from integrity import access
from integrity.choices import Role, RuleKind
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.models import Account
from integrity.rules import rule
from integrity.workdays import add_months

RULE = "consultation_comment"
#: Letters that nobody reads wrongly, in four groups: 80 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: A flood ends here; people do not write that much to one consultation in a day.
MOST_A_DAY = 2000


def keep_months(on: date) -> int:
    """How long after the end of a consultation its comments are kept 保存期限, by the rule row of that day."""
    return int(rule(RuleKind.RETENTION, RULE, on).parameters["months"])


def receive(
    *, consultation: MajorDecisionPage, standpoint: str, text: str, on: date
) -> tuple[ConsultationComment, str]:
    """Take in a comment 收到意见; answers with the receipt, of which only the digest is kept."""
    if not consultation.takes_comments(on) or consultation.comments_to is None:
        raise ReasonedRefusal("not_open", _("现在不在征求意见期间。"))
    if _counted(consultation, on) > MOST_A_DAY:
        raise ReasonedRefusal("too_many", _("今天收到的意见太多，请明天再提交。"))
    code = "-".join("".join(secrets.choice(ALPHABET) for _place in range(4)) for _group in range(4))
    comment = ConsultationComment(
        consultation=consultation,
        standpoint=standpoint,
        text=text,
        received_on=on,
        code_hash=digest(code),
        keep_until=add_months(consultation.comments_to, keep_months(on)),
    )
    comment.save(force_insert=True)  # the public process may add a row and do nothing else
    return comment, code


def _counted(consultation: MajorDecisionPage, on: date) -> int:
    """How many came to this process today; the public one cannot read what waits, so it counts for itself."""
    name = f"cms.comments.{consultation.pk}.{on.isoformat()}"
    cache.add(name, 0, 24 * 3600)
    return cache.incr(name)


def digest(code: str) -> str:
    """Spaces, hyphens and small letters make no other receipt of it."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"consultation comment {plain}".encode()).hexdigest()


def take_back(*, code: str, on: date) -> None:
    """The sender takes a comment back 撤回意见: gone now, deleted by night. Whether there was one is not told."""
    CommentRecall.objects.get_or_create(code_hash=digest(code), defaults={"received_on": on})


@transaction.atomic
def answer(*, comment: ConsultationComment, by: Account, reply: str, unit: str) -> ConsultationComment:
    """Draft the unit's answer 拟写答复; nothing is shown yet."""
    _admit(by, Role.EDITOR)
    row = _locked(comment)
    if row.shown_on or row.removed_on:
        raise ReasonedRefusal("closed", _("这条意见已经办结。"))
    row.reply, row.reply_unit, row.replied_by = reply, unit, by
    row.save(update_fields=["reply", "reply_unit", "replied_by"])
    return row


@transaction.atomic
def show(*, comment: ConsultationComment, by: Account, on: date) -> ConsultationComment:
    """Publish a comment with its answer 公开意见和答复; by another person than who wrote the answer (H18)."""
    _admit(by, Role.PUBLISHER)
    row = _locked(comment)
    if row.removed_on or row.shown_on:
        raise ReasonedRefusal("closed", _("这条意见已经办结。"))
    if not row.reply:
        raise ReasonedRefusal("no_reply", _("须先拟写答复。"), field="reply")
    if row.replied_by_id == by.pk:
        raise ReasonedRefusal("same_person", _("拟写答复的人不得办理公开。"))
    row.shown_on, row.shown_by = on, by
    row.save(update_fields=["shown_on", "shown_by"])
    return row


@transaction.atomic
def set_aside(*, comment: ConsultationComment, by: Account, on: date, reason: str) -> ConsultationComment:
    """Keep a comment from the public, or take it down again 不予公开, with a reason."""
    _admit(by, Role.PUBLISHER, Role.SECRECY_REVIEWER)
    row = _locked(comment)
    if row.removed_on:
        raise ReasonedRefusal("closed", _("这条意见已经办结。"))
    if not reason.strip():
        raise ReasonedRefusal("no_reason", _("须写明理由。"), field="reason")
    row.removed_on, row.removed_by, row.removal_reason = on, by, reason
    row.save(update_fields=["removed_on", "removed_by", "removal_reason"])
    return row


def delete_due(*, on: date | None = None) -> int:
    """Delete what is past its day or was taken back 到期删除; readers are kept from it before the job comes."""
    count, _per_model = ConsultationComment.objects.to_delete(on or timezone.localdate()).delete()
    CommentRecall.objects.all().delete()
    return count


def _locked(comment: ConsultationComment) -> ConsultationComment:
    return ConsultationComment.objects.select_for_update().get(pk=comment.pk)


def _admit(by: Account, *roles: Role) -> None:
    if not {role.value for role in roles} & set(access.roles_of(by)):
        raise NotAdmitted

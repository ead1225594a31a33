"""State table of a record 记录状态表 (domain §15): decisions, penalties and the parts of a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from integrity.choices import RecordState as S
from integrity.lifecycle.engine import Machine, Move
from integrity.lifecycle.needs import (
    author_only,
    basis_in_force,
    competent_authority,
    date_reached,
    document_complete,
    end_passed,
    kind_known,
    not_entered_before,
    not_own_record,
    period_lawful,
    second_person,
    stated_reason,
)

_PROOF = (not_entered_before, kind_known, document_complete, competent_authority, basis_in_force, period_lawful)
_STANDING = (S.APPROVED, S.NOTIFIED, S.IN_FORCE, S.SUSPENDED, S.EXPIRED, S.LIFTED)

RECORD = Machine(
    name="record",
    column="state",
    moves=(
        Move(
            "submit",
            (S.DRAFT, S.RETURNED),
            S.SUBMITTED,
            (author_only, not_own_record, kind_known, not_entered_before),
            _("提交审核"),
        ),
        Move("return", (S.SUBMITTED,), S.RETURNED, (second_person, stated_reason), _("退回")),
        Move("reopen", (S.RETURNED,), S.DRAFT, (author_only,), _("继续修改")),
        Move("approve", (S.SUBMITTED,), S.APPROVED, (second_person, not_own_record, *_PROOF), _("审核通过")),
        Move("notify", (S.APPROVED,), S.NOTIFIED, (document_complete,), _("告知")),
        Move("enter_into_force", (S.APPROVED, S.NOTIFIED), S.IN_FORCE, (date_reached,), _("生效")),
        Move("expire", (S.APPROVED, S.NOTIFIED, S.IN_FORCE), S.EXPIRED, (end_passed,), _("期满")),
        Move("lift", (S.APPROVED, S.NOTIFIED, S.IN_FORCE), S.LIFTED, (end_passed,), _("自动解除")),
        Move("suspend", (S.NOTIFIED, S.IN_FORCE), S.SUSPENDED, (stated_reason, second_person), _("停止执行")),
        Move("resume", (S.SUSPENDED,), S.IN_FORCE, (stated_reason, second_person), _("恢复执行")),
        Move("amend", _STANDING, S.AMENDED, (not_own_record, stated_reason), pgettext_lazy("动作", "变更")),
        Move("revoke", _STANDING, S.REVOKED, (second_person, not_own_record, stated_reason), _("撤销")),
        # Twice: a draft goes by one hand; what two persons have put on file does not leave by the first one alone.
        Move("void", (S.DRAFT, S.SUBMITTED, S.RETURNED), S.DISCARDED, (not_own_record, stated_reason), _("录入作废")),
        Move("void", _STANDING, S.VOIDED, (second_person, not_own_record, stated_reason), _("录入作废")),
        Move("archive", (S.EXPIRED, S.LIFTED, S.REVOKED, S.VOIDED, S.AMENDED), S.ARCHIVED, (), _("归档")),
    ),
)

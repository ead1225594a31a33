"""Acts on decisions 处分决定、处罚决定: enter, submit, return, approve, amend, revoke, void, expire (domain §5, §15).

The same functions take a `Decision` on a civil servant or a `Penalty` on a practitioner. Each is one transaction
and asks access first; the needs of each move are in `lifecycle/needs.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, publications
from integrity.choices import (
    Act,
    DecisionFamily,
    DecisionKind,
    FileStatus,
    Grade,
    RecordState,
    WithdrawalReason,
)
from integrity.exceptions import ActRefused, NotAdmitted, ReasonedRefusal
from integrity.forecast import Forecast, forecast_decision, forecast_penalty
from integrity.lifecycle.engine import Refusal, Step, move, refusals
from integrity.lifecycle.record import RECORD
from integrity.models import (
    Account,
    Decision,
    DecisionBasis,
    IntegrityFile,
    LegalBasis,
    Matter,
    Penalty,
    PenaltyBasis,
    PractitionerRecord,
    recording,
)
from integrity.signals import tell_decisions

AnyDecision = TypeVar("AnyDecision", Decision, Penalty)
log = logging.getLogger("integrity.decisions")

#: Columns a form may set; everything else belongs to an act.
DRAFT_COLUMNS = frozenset(
    {
        "kind", "capacity", "facts", "deciding_authority", "deciding_authority_text", "deciding_level", "document",
        "document_no", "decided_on", "served_on", "effective_from", "effective_to", "period_months", "permanent",
        "announcement", "execution", "remedies_told", "matter", "raw",
        "violation", "content", "fine_amount", "confiscated_amount", "simple_procedure", "licence",
    }
)  # fmt: skip


#: A change of one of these computes the effect window anew.
_DATING = ("kind", "decided_on", "period_months")


def blank_decision(file: IntegrityFile, *, by: Account) -> Decision:
    """A new decision on this file's person, not written yet; over it access decides, form and act alike."""
    return Decision(
        file=file, subject=file.subject, authority=file.authority, grade=Grade.STRICT, entered_by=by,
        capacity=file.post_title,
    )  # fmt: skip


@transaction.atomic
def enter_decision(
    *,
    file: IntegrityFile,
    by: Account,
    values: Mapping[str, Any],
    bases: Iterable[LegalBasis] = (),
    matter_title: str = "",
    reason: str,
) -> Decision:
    """Enter a decision on a civil servant as a draft 录入处分决定. Complete or not: the draft keeps what is known."""
    if file.status not in (FileStatus.ESTABLISHED, FileStatus.DRAFT):
        raise ActRefused("file_closed", _("档案已冻结或转出，不能录入"))
    return _enter(
        blank_decision(file, by=by), by=by, values=values, bases=bases, matter_title=matter_title, reason=reason
    )


@transaction.atomic
def enter_penalty(
    *,
    record: PractitionerRecord,
    by: Account,
    values: Mapping[str, Any],
    bases: Iterable[LegalBasis] = (),
    matter_title: str = "",
    reason: str,
) -> Penalty:
    """Enter a decision on a practitioner as a draft 录入执业处理决定."""
    penalty = Penalty(
        record=record, subject=record.subject, authority=record.authority, grade=Grade.SENSITIVE, entered_by=by,
        capacity=str(record.profession),
    )  # fmt: skip
    return _enter(penalty, by=by, values=values, bases=bases, matter_title=matter_title, reason=reason)


def _enter(
    row: AnyDecision,
    *,
    by: Account,
    values: Mapping[str, Any],
    bases: Iterable[LegalBasis],
    matter_title: str,
    reason: str,
) -> AnyDecision:
    _assign(row, values)
    access.require(by, Act.ENTER, row)
    with recording(by=by, reason=reason, document=row.document_no):
        if matter_title and row.matter_id is None:
            matter = Matter(title=matter_title)
            matter.save()
            row.matter = matter
        _apply_law(row)
        row.save()
        _replace_bases(row, bases)
    tell_decisions(str(row._meta.model_name), [row.pk])
    return row


def _assign(row: Decision | Penalty, values: Mapping[str, Any]) -> None:
    unknown = set(values) - DRAFT_COLUMNS
    if unknown:
        raise ActRefused("unknown_column", _("不能由表单设置的字段：%s") % "、".join(sorted(unknown)))
    for column, value in values.items():
        setattr(row, column, value)
    if row.deciding_authority is not None:
        row.deciding_level = row.deciding_authority.level


def _apply_law(row: Decision | Penalty) -> None:
    """Fill the effect window from the rule in force on the decision date, unless the document states one."""
    if row.decided_on is None or row.effective_to is not None:
        return
    found = forecast(row)
    row.effective_from = row.effective_from or found.effective_from
    row.effective_to = found.effective_to
    # `period_months` stays what the document states: a period of the rule is computed anew when the kind changes.
    row.permanent = row.permanent or found.permanent


def forecast(row: Decision | Penalty) -> Forecast:
    """What the law makes of this draft; an undated or unclassified one yields nothing."""
    if row.decided_on is None:
        return Forecast()
    if isinstance(row, Decision):
        kind = DecisionKind(row.kind)
        if kind is DecisionKind.UNCLASSIFIED:
            return Forecast()
        return forecast_decision(
            kind=kind, decided_on=row.decided_on, authority=row.deciding_authority, managing=row.authority,
            months=row.period_months, received_on=row.served_on,
        )  # fmt: skip
    from integrity.choices import PenaltyKind

    return forecast_penalty(
        kind=PenaltyKind(row.kind), decided_on=row.decided_on, profession=row.record.profession,
        authority=row.deciding_authority, months=row.period_months, amount=row.fine_amount,
        managing=row.authority, received_on=row.served_on,
    )  # fmt: skip


def _replace_bases(row: Decision | Penalty, bases: Iterable[LegalBasis]) -> None:
    wanted = {basis.pk: basis for basis in bases}
    for link in row.bases.all():
        if link.basis_id in wanted:
            wanted.pop(link.basis_id)
        else:
            link.delete()
    for basis in wanted.values():
        if isinstance(row, Decision):
            DecisionBasis(decision=row, basis=basis).save()
        else:
            PenaltyBasis(penalty=row, basis=basis).save()


@transaction.atomic
def change_draft(
    *,
    row: AnyDecision,
    by: Account,
    values: Mapping[str, Any],
    bases: Iterable[LegalBasis] | None = None,
    reason: str,
) -> AnyDecision:
    """Change a draft or a returned record 修改草稿; an approved one is only ever amended by a new decision (H14)."""
    locked = type(row)._base_manager.select_for_update().get(pk=row.pk)
    if locked.state not in (RecordState.DRAFT, RecordState.RETURNED):
        raise ActRefused("not_a_draft", _("已提交或已审核的记录不能修改；请以新的决定变更"), article="H14")
    access.require(by, Act.ENTER, locked)
    if locked.entered_by_id != by.pk:
        # Whoever writes the text is its author; an approver who could would approve the own words (H18).
        raise NotAdmitted
    if any(name in values and values[name] != getattr(locked, name) for name in _DATING):
        locked.effective_from = locked.effective_to = None
        locked.permanent = False
    _assign(locked, values)
    with recording(by=by, reason=reason, document=locked.document_no):
        _apply_law(locked)
        locked.save()
        if bases is not None:
            _replace_bases(locked, bases)
    row.refresh_from_db()
    tell_decisions(str(row._meta.model_name), [row.pk])
    return row


@transaction.atomic
def submit(*, row: AnyDecision, by: Account, reason: str = "") -> AnyDecision:
    """Hand a draft in for approval 提交审核; what contradicts the law goes back to its author at once."""
    access.require(by, Act.ENTER, row)
    for line in forecast(row).refused:
        raise ActRefused("unlawful", f"{line.label}：{line.value}", article=line.article)
    return _moved(row, "submit", by=by, reason=reason or _("提交审核"), changes={"submitted_by": by})


@transaction.atomic
def return_to_author(*, row: AnyDecision, by: Account, reason: str) -> AnyDecision:
    """Send a record back to its author with the reason 退回."""
    access.require(by, Act.APPROVE, row)
    return _moved(row, "return", by=by, reason=reason)


@transaction.atomic
def approve(*, row: AnyDecision, by: Account, reason: str = "") -> AnyDecision:
    """A second person approves 审核通过 (H2, H18): then notified, and in force once its date is reached.

    A decision that amends another ends the earlier one in the same step (H14).
    """
    access.require(by, Act.APPROVE, row)
    why = reason or _("审核通过")
    now = timezone.now()
    _moved(row, "approve", by=by, reason=why, changes={"approved_by": by, "approved_at": now})
    _moved(row, "notify", by=by, reason=why)
    today = timezone.localdate()
    if row.effective_from is None or row.effective_from <= today:
        _moved(row, "enter_into_force", by=by, reason=why)
    if row.amends is not None:
        _withdraw_publications(row.amends, WithdrawalReason.CHANGED, why)
        _moved(
            row.amends, "amend", by=by, reason=why, document=row.document_no,
            changes={"ended_reason": _("由 %s 变更") % row.document_no},
        )  # fmt: skip
    if row.effective_to is not None and row.effective_to < today:
        _end(row, today)
    return row


@transaction.atomic
def amend(*, row: AnyDecision, by: Account, values: Mapping[str, Any], reason: str) -> AnyDecision:
    """Enter the decision that changes an earlier one 变更决定: a new row, never an overwrite (H14)."""
    access.require(by, Act.ENTER, row)
    if row.state in RecordState.unapproved():
        raise ActRefused("not_approved", _("尚未审核的记录请直接修改"))
    others = type(row)._base_manager.filter(amends=row).exclude(state__in=RecordState.thrown_away())
    if others.exists():
        raise ActRefused("already_amended", _("该决定已有变更决定，请在变更决定上办理"), article="H14")
    if isinstance(row, Decision):
        new: Decision | Penalty = Decision(file=row.file, kind=row.kind)
    else:
        new = Penalty(record=row.record, kind=row.kind, licence=row.licence)
    new.subject, new.authority, new.grade = row.subject, row.authority, row.grade
    new.entered_by, new.amends, new.matter, new.capacity = by, row, row.matter, row.capacity
    return _enter(
        new,
        by=by,
        values=values,
        bases=[link.basis for link in row.bases.all()],
        matter_title="",
        reason=reason,
    )  # type: ignore[return-value, type-var]


@transaction.atomic
def revoke(*, row: AnyDecision, by: Account, reason: str, document: str) -> AnyDecision:
    """Revoked by the organ that may 撤销: reputation restored in the original scope (政务处分法 60; 公务员法 110)."""
    access.require(by, Act.REVOKE, row)
    if not document.strip():
        raise ActRefused("document_no_missing", _("撤销须填写撤销文书文号"), article="H2", field="document")
    _moved(row, "revoke", by=by, reason=reason, document=document, changes={"ended_reason": reason})
    _withdraw_publications(row, WithdrawalReason.REVOKED, reason)
    return row


@transaction.atomic
def void(*, row: AnyDecision, by: Account, reason: str) -> AnyDecision:
    """An entry error 录入作废: the row stays, marked, with its reason (H14). A draft by its author, else a reviewer."""
    own_draft = row.state in RecordState.unapproved() and row.entered_by_id == by.pk
    access.require(by, Act.ENTER if own_draft else Act.REVOKE, row)
    _moved(row, "void", by=by, reason=reason, changes={"ended_reason": reason})
    _withdraw_publications(row, WithdrawalReason.ERROR, reason)
    return row


@transaction.atomic
def seal(*, row: AnyDecision, by: Account, reason: str, document: str) -> AnyDecision:
    """Seal a record 封存 (H13; 治安管理处罚法 136; 刑事诉讼法 286): out of search at once, and its public copy down."""
    access.require(by, Act.REVOKE, row)
    if not document.strip():
        raise ActRefused("document_no_missing", _("封存须填写依据文书文号"), article="H13", field="document")
    locked = type(row)._base_manager.select_for_update().get(pk=row.pk)
    locked.sealed = True
    with recording(by=by, reason=reason, document=document):
        locked.save()
    row.refresh_from_db()
    tell_decisions(str(row._meta.model_name), [row.pk])
    _withdraw_publications(row, WithdrawalReason.ORDER, reason)
    return row


def _withdraw_publications(row: Decision | Penalty, cause: WithdrawalReason, reason: str) -> None:
    """Changed, revoked or void: the public copy goes in the same transaction (H6; 行政处罚法 48)."""
    if isinstance(row, Penalty):
        publications.withdraw_of(row, cause=cause, reason=reason)


def _moved(
    row: AnyDecision,
    name: str,
    *,
    by: Account | None,
    reason: str,
    document: str = "",
    changes: dict[str, Any] | None = None,
    on: date | None = None,
) -> AnyDecision:
    move(RECORD, row, name, by=by, reason=reason, document=document or row.document_no, changes=changes, on=on)
    tell_decisions(str(row._meta.model_name), [row.pk])
    return row


def _end(row: AnyDecision, today: date) -> None:
    """At the end: government discipline is lifted automatically (政务处分法 26), the rest expires."""
    if _lifts(row):
        _moved(row, "lift", by=None, reason=_("期满自动解除"), changes={"lifted_on": today}, on=today)
    else:
        _moved(row, "expire", by=None, reason=_("期满"), on=today)


def _lifts(row: Decision | Penalty) -> bool:
    return isinstance(row, Decision) and DecisionKind(row.kind).family is DecisionFamily.GOVERNMENT_DISCIPLINE


def expire_due(today: date | None = None) -> int:
    """Move every decision whose end date has passed 期满处理; readers never wait for it, they compare dates."""
    day = today or timezone.localdate()
    done = 0
    models: tuple[type[Decision] | type[Penalty], ...] = (Decision, Penalty)
    for model in models:
        due: Any = model.objects.unscoped(reason="期满处理").filter(
            state__in=RecordState.effective(), effective_to__lt=day
        )
        for row in due.iterator(chunk_size=500):
            done += _by_date(row, day)
        waiting: Any = model.objects.unscoped(reason="到期生效").filter(
            state__in=(RecordState.APPROVED, RecordState.NOTIFIED), effective_from__lte=day
        )
        for row in waiting.iterator(chunk_size=500):
            done += _by_date(row, day)
    return done


def _by_date(row: AnyDecision, day: date) -> int:
    """One row's step by date; a row that cannot move is named in the log and does not hold up the others."""
    try:
        with transaction.atomic():
            if row.effective_to is not None and row.effective_to < day:
                _end(row, day)
            else:
                _moved(row, "enter_into_force", by=None, reason=_("到期生效"), on=day)
    except ReasonedRefusal as refused:
        log.error("%s %s was not moved by date: %s", row._meta.model_name, row.pk, refused.code)
        return 0
    return 1


def state_on(row: Decision | Penalty, day: date) -> RecordState:
    """The state as the dates have it: an ended decision reads as ended although no job has run (H5), and one that has
    ended since reads as in force on a day within its period."""
    state = RecordState(row.state)
    if state == RecordState.LIFTED and row.lifted_on is not None and day < row.lifted_on:
        state = RecordState.IN_FORCE
    if state == RecordState.EXPIRED and row.effective_to is not None and day <= row.effective_to:
        state = RecordState.IN_FORCE
    if state in RecordState.effective() and row.effective_to is not None and row.effective_to < day:
        return RecordState.LIFTED if _lifts(row) else RecordState.EXPIRED
    return state


def why_not_approve(row: Decision | Penalty, *, by: Account) -> list[Refusal]:
    """Every unmet need of an approval at once, for the approver's page."""
    return refusals(RECORD, "approve", Step(row=row, by=by, on=timezone.localdate(), reason=""))

"""Acts on the duration of a case 办案期限 (domain §10, H18): asked by one officer, decided by another.

No case lasts longer than the rule of the day lets it (`access_limit`, `case_term|…`): of an opening so many days from
today, of an extension so many days from today, so that asking early stacks nothing up.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.cases import bodies_of, inspectors_in
from integrity.choices import CaseRequestKind, ChangeState, RuleKind
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.lifecycle.engine import move
from integrity.lifecycle.requests import REQUEST
from integrity.models import Account, Case, CaseRequest, Organisation, recording
from integrity.rules import rule


def longest_days(kind: CaseRequestKind, on: date) -> int:
    """How many days ahead a case may be opened or extended under the rule of that day."""
    return int(rule(RuleKind.ACCESS_LIMIT, f"case_term|{kind.value}", on).parameters["days"])


def latest_end(kind: CaseRequestKind, on: date) -> date:
    return on + timedelta(days=longest_days(kind, on))


def _within_the_rule(kind: CaseRequestKind, ends_on: date, today: date) -> None:
    if ends_on < today:
        raise ActRefused("ends_before", _("截止日期不能早于今天"), field="ends_on")
    latest = latest_end(kind, today)
    if ends_on <= latest:
        return
    days = {"days": longest_days(kind, today), "day": latest}
    if kind == CaseRequestKind.OPEN:
        message = _("案件一次登记最长 %(days)s 日，截止日期最晚为 %(day)s；确需更久的，届时由两人延长")
    else:
        message = _("每次延长最长至今天起 %(days)s 日，新的截止日期最晚为 %(day)s")
    raise ActRefused("too_long", message % days, field="ends_on")


def _of_body(by: Account, organisation: Organisation, today: date) -> None:
    if not bodies_of(by, today).filter(pk=organisation.pk).exists():
        raise NotAdmitted


def _waiting() -> QuerySet[CaseRequest]:
    rows: QuerySet[CaseRequest] = CaseRequest.objects.filter(
        state=ChangeState.PROPOSED, lapses_on__gte=timezone.localdate()
    )
    return rows


def _not_asked_already(**of: Any) -> None:
    if _waiting().filter(**of).exists():
        raise ActRefused("asked_already", _("同样的申请正在等待决定"))


def _asked(row: CaseRequest, today: date) -> CaseRequest:
    days = rule(RuleKind.ACCESS_LIMIT, "request_lapses", today).parameters["days"]
    row.lapses_on = today + timedelta(days=days)
    with recording(by=row.asked_by, reason=row.reason, document=row.document or row.reference):
        row.save()
    return row


@transaction.atomic
def ask_opening(
    *, by: Account, reference: str, organisation: Organisation, reason: str, ends_on: date, document: str = ""
) -> CaseRequest:
    """An officer asks for a case to be entered 申请登记案件; nothing of it enters a file (H3)."""
    today = timezone.localdate()
    _of_body(by, organisation, today)
    _within_the_rule(CaseRequestKind.OPEN, ends_on, today)
    _reference_free(organisation, reference.strip())
    _not_asked_already(kind=CaseRequestKind.OPEN, organisation=organisation, reference=reference.strip())
    row = CaseRequest(
        kind=CaseRequestKind.OPEN, organisation=organisation, reference=reference.strip(), reason=reason.strip(),
        document=document, ends_on=ends_on, asked_by=by,
    )  # fmt: skip
    return _asked(row, today)


@transaction.atomic
def ask_extension(*, case: Case, by: Account, ends_on: date, reason: str, document: str = "") -> CaseRequest:
    """An officer asks for a case to last longer 申请延长办案期限; its grants keep their own ends."""
    today = timezone.localdate()
    _of_body(by, case.organisation, today)
    _not_shorter(case, ends_on, today)
    _within_the_rule(CaseRequestKind.EXTEND, ends_on, today)
    _not_asked_already(kind=CaseRequestKind.EXTEND, case=case)
    row = CaseRequest(
        kind=CaseRequestKind.EXTEND, organisation=case.organisation, case=case, reference=case.reference,
        reason=reason.strip(), document=document, ends_on=ends_on, asked_by=by,
    )  # fmt: skip
    return _asked(row, today)


def _reference_free(organisation: Organisation, reference: str) -> None:
    if Case.objects.filter(organisation=organisation, reference=reference).exists():
        raise ActRefused("reference_taken", _("本办案机关已登记此案件编号，请核对"), field="reference")


def _not_shorter(case: Case, ends_on: date, today: date) -> None:
    if not case.open_on(today) or ends_on <= case.ends_on:
        raise ActRefused("not_longer", _("案件已结束，或者新的截止日期不晚于原日期"), field="ends_on")


def requests_for(account: Account) -> QuerySet[CaseRequest]:
    """Requests of the own bodies that wait, the own ones among them 待决定的办案申请."""
    bodies = bodies_of(account, timezone.localdate()).order_by()
    return _waiting().filter(organisation__in=bodies).select_related("asked_by", "organisation", "case")


@transaction.atomic
def decide(*, request: CaseRequest, by: Account, agreed: bool, answer: str) -> CaseRequest:
    """A second officer of the body opens or extends the case, or refuses 决定办案申请."""
    today = timezone.localdate()
    row = CaseRequest.objects.select_for_update().select_related("organisation", "asked_by").get(pk=request.pk)
    _of_body(by, row.organisation, today)
    if by.pk == row.asked_by_id:
        raise ActRefused("same_person", _("不得决定本人的申请，请由另一名办案人员决定"), article="H18")
    if row.state != ChangeState.PROPOSED or row.lapses_on < today:
        raise ActRefused("decided", _("该申请已经决定或者失效"))
    decided: dict[str, Any] = {"decided_by": by, "decided_at": timezone.now(), "answer": answer.strip()}
    if agreed:
        decided["case"] = _carried_out(row, by, today)
    return move(
        REQUEST, row, "confirm" if agreed else "refuse", by=by, reason=answer.strip() or row.reason,
        document=row.document or row.reference, acting_for=row.asked_by, changes=decided,
    )  # fmt: skip


def _carried_out(row: CaseRequest, by: Account, today: date) -> Case:
    """The case as it is after the decision; judged by the rule of this day, whatever held when it was asked."""
    if not inspectors_in(row.organisation, today).filter(pk=row.asked_by_id).exists():
        raise ActRefused("asker_gone", _("申请人已不在办案岗位，请重新申请"))
    kind = CaseRequestKind(row.kind)
    if kind == CaseRequestKind.OPEN:
        _reference_free(row.organisation, row.reference)
        case = Case(reference=row.reference, organisation=row.organisation, reason=row.reason, opened_on=today)
    else:
        case = Case.objects.select_for_update().get(term_requests=row)
        _not_shorter(case, row.ends_on, today)
    _within_the_rule(kind, row.ends_on, today)
    case.ends_on = row.ends_on
    with recording(by=by, reason=row.reason, document=row.document or row.reference, acting_for=row.asked_by):
        case.save()
    return case


@transaction.atomic
def withdraw(*, request: CaseRequest, by: Account, answer: str) -> CaseRequest:
    """Whoever asked takes it back 撤回申请."""
    row = CaseRequest.objects.select_for_update().get(pk=request.pk)
    if by.pk != row.asked_by_id:
        raise NotAdmitted
    return move(
        REQUEST, row, "withdraw", by=by, reason=answer, document=row.reference, changes={"answer": answer.strip()}
    )

"""Legal hold 法律保全: set at once by one person, lifted by two. It stops erasure and pseudonymising alike."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.choices import Act, HoldState
from integrity.erasing import plan
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.lifecycle.engine import move
from integrity.lifecycle.erasure import HOLD
from integrity.models import Account, GuardedModel, LegalHold, recording


@transaction.atomic
def hold(
    *, row: GuardedModel, by: Account, ground: str, case_reference: str, from_on: date, to_on: date | None = None
) -> LegalHold:
    """Hold everything about the person of a record 登记保全."""
    access.require(by, Act.ERASE, row)
    _check(ground, case_reference, from_on, to_on)
    held = LegalHold(
        subject_id=row.subject_id, authority=row.authority, label=str(row._meta.model_name), row_ref=row.ref,
        ground=ground.strip(), case_reference=case_reference.strip(), from_on=from_on, to_on=to_on, set_by=by,
    )  # fmt: skip
    with recording(by=by, reason=ground, document=case_reference):
        held.save()
    return held


@transaction.atomic
def hold_officer(
    *, account: Account, by: Account, ground: str, case_reference: str, from_on: date, to_on: date | None = None
) -> LegalHold:
    """Hold an officer's name, so that history goes on telling who it was 保全经办人."""
    offices = [row for row in access.assignments_today(by, timezone.localdate()) if _erases(row.role)]
    if not offices or account.pk == by.pk or account.organisation is None:
        raise NotAdmitted
    _check(ground, case_reference, from_on, to_on)
    held = LegalHold(
        account=account, authority=offices[0].authority, ground=ground.strip(),
        case_reference=case_reference.strip(), from_on=from_on, to_on=to_on, set_by=by,
    )  # fmt: skip
    with recording(by=by, reason=ground, document=case_reference):
        held.save()
    return held


def _erases(role: str) -> bool:
    return Act.ERASE in access.ROLE_ACTS.get(role, frozenset())


def _check(ground: str, case_reference: str, from_on: date, to_on: date | None) -> None:
    if not ground.strip():
        raise ActRefused("ground", _("请写明保全事由"), field="ground")
    if not case_reference.strip():
        raise ActRefused("reference", _("请写明案号或者来函文号"), field="case_reference")
    if to_on is not None and to_on < from_on:
        raise ActRefused("dates", _("截止日期早于起始日期"), field="to_on")


def may_see(held: LegalHold, by: Account) -> bool:
    """Whoever may erase from the record it was set at; of an officer's, the same authority's."""
    if held.account_id is not None:
        own = access.assignments_today(by, timezone.localdate())
        return held.account_id != by.pk and any(
            row.authority_id == held.authority_id and _erases(row.role) for row in own
        )
    row = plan.rows(plan.model_of(held.label)).filter(ref=held.row_ref).first()
    return row is not None and access.scope_for(by, Act.ERASE).admits(row)


def visible_to(account: Account) -> list[LegalHold]:
    own = {row.authority_id for row in access.assignments_today(account, timezone.localdate())}
    rows = LegalHold.objects.filter(authority__in=own).select_related("set_by", "asked_by", "lifted_by", "account")
    return [one for one in rows[:200] if may_see(one, account)]


@transaction.atomic
def ask_to_lift(*, held: LegalHold, by: Account, words: str) -> LegalHold:
    """The first of two persons 申请解除保全."""
    if not may_see(held, by):
        raise NotAdmitted
    return move(HOLD, held, "ask", by=by, reason=words, document=held.case_reference,
                changes={"asked_by": by, "words": words.strip()})  # fmt: skip


@transaction.atomic
def decide_lifting(*, held: LegalHold, by: Account, lifted: bool, reason: str) -> LegalHold:
    """The second person lifts it, or lets it stand 决定."""
    if not may_see(held, by):
        raise NotAdmitted
    if held.state != HoldState.LIFTING:
        raise ActRefused("decided", _("没有待决定的解除申请"))
    changes = {"lifted_by": by} if lifted else {}
    return move(HOLD, held, "lift" if lifted else "keep", by=by, reason=reason, document=held.case_reference,
                changes=changes)  # fmt: skip

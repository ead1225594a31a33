"""Emergency reading 紧急查阅 (domain §10): two persons, some hours, one file; a third person judges it after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.choices import Act, EmergencyState, FileStatus, ReviewResult, Role, RuleKind
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.lifecycle.engine import move
from integrity.lifecycle.requests import EMERGENCY
from integrity.models import Account, Assignment, BreakGlass, IntegrityFile, recording
from integrity.rules import rule
from integrity.workdays import add_workdays, calendar_for

#: Who may ask.
ASKING = access.EMERGENCY_ROLES
#: Who may open and who judges: those who check files.
DECIDING = frozenset({Role.REVIEWER, Role.ORGANISATION_OFFICER})


def _figures(day: date) -> dict[str, Any]:
    figures: dict[str, Any] = rule(RuleKind.ACCESS_LIMIT, "break_glass", day).parameters
    return figures


def asking_rows(account: Account) -> list[Assignment]:
    return [row for row in access.assignments_today(account, timezone.localdate()) if row.role in ASKING]


def authorities_deciding(account: Account) -> set[int]:
    """The managing authorities for which this account checks files today."""
    today = timezone.localdate()
    return {row.authority_id for row in access.assignments_today(account, today) if row.role in DECIDING}


@transaction.atomic
def ask(*, by: Account, ref: Any, reason: str, document: str = "") -> BreakGlass:
    """Ask for one file in an emergency 申请紧急查阅, by its number; a file one may not name reads as unknown."""
    held = asking_rows(by)
    if not held:
        raise NotAdmitted
    rows = IntegrityFile.objects.unscoped(reason="紧急查阅：按档案编号")
    file = rows.filter(ref=ref).exclude(status=FileStatus.DRAFT).select_related("authority").first()
    today = timezone.localdate()
    if file is None or file.subject_id in access.recused_subjects(by, today):
        raise ActRefused("unknown_file", _("没有可以申请的此编号档案"), field="ref")
    if access.scope_for(by, Act.READ).admits(file):
        raise ActRefused("reached_already", _("该档案在您的管理权限内，无须紧急查阅"), field="ref")
    if not reason.strip():
        raise ActRefused("reason", _("请写明紧急事由"), field="reason")
    duty = max(held, key=lambda assignment: assignment.clearance)
    row = BreakGlass(
        file=file,
        authority=file.authority,
        asked_by=by,
        office=duty.authority,
        reason=reason.strip(),
        document=document,
        max_grade=duty.clearance,
    )
    with recording(by=by, reason=reason, document=document):
        row.save()
    return row


def _recused(row: BreakGlass, by: Account) -> bool:
    """Whether this account keeps away from the person on file, and so from the emergency 回避 (政务处分法 47)."""
    return row.file.subject_id in access.recused_subjects(by, timezone.localdate())


def may_decide(row: BreakGlass, by: Account) -> bool:
    """Another person who checks files for the file's authority or for an authority of the asker's."""
    own = {assignment.authority_id for assignment in asking_rows(row.asked_by)}
    return by.pk != row.asked_by_id and bool(authorities_deciding(by) & (own | {row.authority_id}))


@transaction.atomic
def decide(*, row: BreakGlass, by: Account, opened: bool, reason: str) -> BreakGlass:
    """The second person opens the file for the hours of the rule, or refuses 批准或不批准."""
    locked = BreakGlass.objects.select_for_update().select_related("asked_by", "file").get(pk=row.pk)
    if by.pk == locked.asked_by_id:
        raise ActRefused("same_person", _("不得批准本人的申请"), article="H18")
    if not may_decide(locked, by):
        raise NotAdmitted
    if locked.state != EmergencyState.ASKED:
        raise ActRefused("decided", _("该申请已经决定"))
    today = timezone.localdate()
    if _recused(locked, by) or _recused(locked, locked.asked_by):
        raise ActRefused("recused", _("申请人或批准人应当回避"), article="《公职人员政务处分法》第四十七条")
    decided: dict[str, Any] = {"decided_by": by}
    if opened:
        now = timezone.now()
        decided |= {"opened_at": now, "closes_at": now + timedelta(hours=_figures(today)["hours"])}
    return move(
        EMERGENCY, locked, "open" if opened else "refuse", by=by, reason=reason, document=locked.document,
        acting_for=locked.asked_by, changes=decided,
    )  # fmt: skip


@transaction.atomic
def cut(*, row: BreakGlass, by: Account, reason: str) -> BreakGlass:
    """End it before its hours are over 提前终止: a checker, whoever opened it, a security administrator."""
    checks = may_decide(row, by) or row.authority_id in authorities_deciding(by)
    if not ((checks and not _recused(row, by)) or Role.SECURITY_ADMIN in access.roles_of(by)):
        raise NotAdmitted
    return move(EMERGENCY, row, "cut", by=by, reason=reason)


@transaction.atomic
def review(*, row: BreakGlass, by: Account, result: ReviewResult, words: str) -> BreakGlass:
    """A third person of the file's authority says afterwards whether it was right 复核."""
    locked = BreakGlass.objects.select_for_update().select_related("file").get(pk=row.pk)
    if locked.authority_id not in authorities_deciding(by):
        raise NotAdmitted
    if _recused(locked, by):
        raise ActRefused("recused", _("复核人应当回避"), article="《公职人员政务处分法》第四十七条")
    if by.pk in (locked.asked_by_id, locked.decided_by_id):
        raise ActRefused("same_person", _("须由申请人和批准人以外的人复核"), article="H18")
    if locked.reviewed_by_id is not None or not BreakGlass.objects.to_review(timezone.now()).filter(pk=row.pk).exists():
        raise ActRefused("not_to_review", _("尚未结束或者已经复核"))
    if not words.strip():
        raise ActRefused("words", _("请写明复核意见"), field="words")
    locked.reviewed_by, locked.reviewed_at = by, timezone.now()
    locked.result, locked.words = result, words.strip()
    with recording(by=by, reason=words.strip()):
        locked.save()
    return locked


def review_due(row: BreakGlass) -> date | None:
    """The day by which it should be judged."""
    if row.closes_at is None:
        return None
    ended = timezone.localtime(row.closes_at).date()
    return add_workdays(ended, _figures(ended)["review_workdays"], calendar_for())


def mine(account: Account) -> QuerySet[BreakGlass]:
    rows: QuerySet[BreakGlass] = BreakGlass.objects.filter(asked_by=account)
    return rows


def to_decide(account: Account) -> QuerySet[BreakGlass]:
    """Requests this account may decide: of files of its authorities, or by askers of its authorities."""
    own = authorities_deciding(account)
    askers = Assignment.objects.on(timezone.localdate()).filter(role__in=ASKING, authority__in=own)
    rows: QuerySet[BreakGlass] = BreakGlass.objects.filter(state=EmergencyState.ASKED).exclude(asked_by=account)
    return _open_to(account, rows.filter(Q(authority__in=own) | Q(asked_by__in=askers.values("account"))))


def to_review(account: Account) -> QuerySet[BreakGlass]:
    rows: QuerySet[BreakGlass] = BreakGlass.objects.to_review(timezone.now())
    own = rows.filter(authority__in=authorities_deciding(account))
    return _open_to(account, own.exclude(Q(asked_by=account) | Q(decided_by=account)))


def to_cut(account: Account) -> QuerySet[BreakGlass]:
    """What is open now of files of the authorities this account checks for 正在生效."""
    return _open_to(account, running().filter(authority__in=authorities_deciding(account)))


def _open_to(account: Account, rows: QuerySet[BreakGlass]) -> QuerySet[BreakGlass]:
    """Without those about persons this account keeps away from: they are as if they were not there."""
    return rows.exclude(file__subject_id__in=access.recused_subjects(account, timezone.localdate()))


def running() -> QuerySet[BreakGlass]:
    """What is open now, everywhere: for the security administrator, who sees no person on file."""
    rows: QuerySet[BreakGlass] = BreakGlass.objects.open_at(timezone.now())
    return rows

"""What the office does 办理 (信息公开条例 30–33): ask for a supplement once, accept, hear a third party, extend."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.asking import clock
from integrity.asking.intake import end_pause, note, settle_clock
from integrity.choices import Act, RequestEntryKind, RequestState
from integrity.exceptions import ActRefused
from integrity.lifecycle.disclosure_request import REQUEST_FOR_INFORMATION
from integrity.lifecycle.engine import move
from integrity.models import Account, InformationRequest, RequestPause, recording

_OPEN_TEXT = "请写明内容"


def _worded(text: str, field: str = "text") -> str:
    if not text.strip():
        raise ActRefused("text", _(_OPEN_TEXT), field=field)
    return text.strip()


@transaction.atomic
def ask_supplement(*, request: InformationRequest, by: Account, text: str) -> InformationRequest:
    """Tell the applicant once what is missing 一次性告知补正, within its limit from the day of receipt."""
    access.require(by, Act.HANDLE, request)
    words, today = _worded(text), timezone.localdate()
    facts = {
        "asked_before": request.entries.filter(kind=RequestEntryKind.SUPPLEMENT_ASKED).exists(),
        "ask_until": clock.after(request, "supplement", request.received_on),
    }
    changes = {"supplement_due_on": clock.after(request, "supplement_term", today), "due_on": None}
    done = move(
        REQUEST_FOR_INFORMATION, request, "ask_supplement", by=by, reason="告知补正", changes=changes, facts=facts
    )
    note(done, RequestEntryKind.SUPPLEMENT_ASKED, words, by=by)
    return done


@transaction.atomic
def accept(*, request: InformationRequest, by: Account, reason: str = "") -> InformationRequest:
    """Take it in hand 受理; the clock has been running since it came in."""
    access.require(by, Act.HANDLE, request)
    done = move(REQUEST_FOR_INFORMATION, request, "accept", by=by, reason="受理")
    note(done, RequestEntryKind.ACCEPTED, reason or _("受理"), by=by)
    return settle_clock(done, by=by, reason="受理")


@transaction.atomic
def consult(*, request: InformationRequest, by: Account, text: str) -> InformationRequest:
    """Ask a third party in writing 征求第三方意见; from now on time does not count (条例 32, 33)."""
    access.require(by, Act.HANDLE, request)
    words, today = _worded(text), timezone.localdate()
    changes = {"opinion_due_on": clock.after(request, "third_party", today), "due_on": None}
    done = move(REQUEST_FOR_INFORMATION, request, "consult", by=by, reason="征求第三方意见", changes=changes)
    with recording(by=by, reason="征求第三方意见"):
        RequestPause(request=done, from_on=today).save()
    note(done, RequestEntryKind.OPINION_ASKED, words, by=by)
    return done


@transaction.atomic
def hear(*, request: InformationRequest, by: Account, text: str, received_on: date) -> InformationRequest:
    """The third party's opinion, or that none came 第三方意见. Waiting longer than the law allows does count."""
    access.require(by, Act.HANDLE, request)
    words, today = _worded(text), timezone.localdate()
    pause = request.pauses.filter(to_on__isnull=True).first()
    if received_on > today or (pause is not None and received_on < pause.from_on):
        raise ActRefused("received_on", _("收到意见的日期不能早于征求日，也不能晚于今天"), field="received_on")
    name = "resume_extended" if request.extension_days else "resume"
    done = move(REQUEST_FOR_INFORMATION, request, name, by=by, reason="第三方意见")
    last = done.opinion_due_on or received_on
    end_pause(done, by=by, on=min(received_on, last), reason="第三方意见")
    note(done, RequestEntryKind.OPINION, words, by=by)
    return settle_clock(done, by=by, reason="第三方意见")


@transaction.atomic
def ask_extension(*, request: InformationRequest, by: Account, text: str) -> InformationRequest:
    """Ask the head for more time 提请延期."""
    access.require(by, Act.HANDLE, request)
    words = _worded(text)
    InformationRequest.objects.unscoped(reason="锁定申请后再改").select_for_update().get(pk=request.pk)
    request.refresh_from_db()
    if request.state != RequestState.ACCEPTED:
        raise ActRefused("state", _("只有办理中、尚未延期的申请可以提请延期"))
    request.extension_asked_by = by
    with recording(by=by, reason="提请延期"):
        request.save()
    note(request, RequestEntryKind.EXTENSION_ASKED, words, by=by)
    return request


@transaction.atomic
def decide_extension(
    *, request: InformationRequest, by: Account, approved: bool, workdays: int, text: str
) -> InformationRequest:
    """The head of the office for disclosure agrees, or does not 延期审批 (条例 33); the applicant reads it."""
    access.require(by, Act.SIGN, request)
    words = _worded(text)
    if not approved:
        if request.extension_asked_by_id in (None, by.pk):
            raise ActRefused("second_person", _("须由提请人以外的负责人同意"), article="H18")
        request.extension_asked_by = None
        with recording(by=by, reason="不同意延期"):
            request.save()
        note(request, RequestEntryKind.NOT_EXTENDED, words, by=by)
        return request
    longest = int(clock.limit("reply", request.clock_from).parameters["extension_workdays"])
    if not 1 <= workdays <= longest:
        raise ActRefused(
            "workdays", _("延长的期限最长不得超过%(days)s个工作日") % {"days": longest},
            article="《信息公开条例》第三十三条", field="workdays",
        )  # fmt: skip
    done = move(
        REQUEST_FOR_INFORMATION, request, "extend", by=by, reason="延长答复期限",
        changes={"extended_by": by, "extension_days": workdays},
    )  # fmt: skip
    note(done, RequestEntryKind.EXTENDED, words, by=by)
    return settle_clock(done, by=by, reason="延长答复期限")


def lapse_due(day: date) -> int:
    """Write down which supplements never came 逾期未补正; readers never wait for it."""
    rows = InformationRequest.objects.unscoped(reason="逾期未补正的夜间处理")
    due = list(rows.filter(state=RequestState.SUPPLEMENT_ASKED, supplement_due_on__lt=day))
    for row in due:
        last = row.supplement_due_on
        move(REQUEST_FOR_INFORMATION, row, "lapse", by=None, reason="逾期未补正", on=day, changes={"done_on": last})
    return len(due)


def count_again() -> int:
    """Due dates by the holiday rows as they are now 重算期限: a year's notice may be newer."""
    rows = InformationRequest.objects.unscoped(reason="按现行日历重算期限").select_related("authority__division")
    moved = 0
    for row in rows.filter(state__in=RequestState.counting()):
        if row.due_on != clock.clock_of(row).due:
            settle_clock(row, by=None, reason="按现行日历重算期限")
            moved += 1
    return moved

"""What an applicant does 申请人 (信息公开条例 29, 30): apply, look up, supplement, withdraw. No account, no session.

The code tells nothing of who asked; of the passphrase a hash alone is kept. A wrong code and a wrong passphrase are one
answer, and take the same time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.asking import clock
from integrity.asking.sealing import Sealer, fresh_sealer, keep_key, sealer_of
from integrity.choices import ApplicantKind, RequestEntryKind, Role, RuleKind
from integrity.exceptions import ActRefused
from integrity.identifiers import check_credit_code, check_identity_number, keyed_digest
from integrity.lifecycle.disclosure_request import REQUEST_FOR_INFORMATION
from integrity.lifecycle.engine import move
from integrity.models import (
    Account,
    Assignment,
    InformationRequest,
    LookupAttempt,
    Organisation,
    RequestEntry,
    recording,
)
from integrity.rules import rule, rules_of

#: Without letters and figures that are taken for one another when read aloud or written by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH, PASSPHRASE_LENGTH, BLOCK = 10, 16, 4
#: Compared with when there is no such code, so that absence takes the same time.
_NOBODY = make_password(None)
WHY_LODGED = "申请人提交"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant takes along 回执. The passphrase is shown this once; it is empty for a form sent twice."""

    request: InformationRequest
    passphrase: str


def offices(day: date) -> Iterable[Organisation]:
    """Organs that somebody handles requests for today."""
    duties = Assignment.objects.on(day).filter(role=Role.REQUEST_OFFICER, account__is_active=True)
    return Organisation.objects.on(day).filter(pk__in=duties.values("authority"))


def asks_identity(kind: str, day: date) -> bool:
    """Whether the law of that day wants an identity document of this kind of applicant."""
    key = "natural" if kind == ApplicantKind.NATURAL else "organisation"
    rows = rules_of(RuleKind.DISCLOSURE_LIMIT, f"identity|{key}", day)
    return bool(rows and rows[0].parameters.get("asked"))


def _identity(kind: str, number: str, day: date) -> str:
    if not asks_identity(kind, day):
        return ""  # not asked for by the law: not kept, even if somebody typed it
    if kind == ApplicantKind.NATURAL:
        return check_identity_number(number, today=day).number
    return check_credit_code(number)


def _random(length: int) -> str:
    text = "".join(secrets.choice(ALPHABET) for _place in range(length))
    return "-".join(text[start : start + BLOCK] for start in range(0, length, BLOCK))


def normalised(text: str) -> str:
    """A code or passphrase as it was given out, whatever somebody typed between its letters."""
    return "".join(letter for letter in text.upper() if letter in ALPHABET)


@transaction.atomic
def lodge(
    *, authority: Organisation, kind: str, name: str, contact: str, address: str, number: str, wanted: str,
    delivery: str, once: str,
) -> Receipt:  # fmt: skip
    """Take a request 提出申请. The day it comes in is the day both sides confirm: the receipt is shown at once."""
    earlier = InformationRequest.objects.unscoped(reason="同一表单只收一次").filter(once=once).first()
    if earlier is not None:
        return Receipt(earlier, "")
    today = timezone.localdate()
    passphrase = _random(PASSPHRASE_LENGTH)
    row = InformationRequest(
        code=_random(CODE_LENGTH), passphrase=make_password(normalised(passphrase)), once=once, authority=authority,
        applicant_kind=kind, delivery=delivery, received_on=today, clock_from=today,
    )  # fmt: skip
    sealer = fresh_sealer(row)
    row.sealed = sealer.seal(
        "application",
        {
            "name": name.strip(), "contact": contact.strip(), "address": address.strip(),
            "number": _identity(kind, number, today), "wanted": wanted.strip(),
        },
    )  # fmt: skip
    with recording(by=None, reason=WHY_LODGED):
        row.save()
        keep_key(row, sealer)
        row.due_on = clock.clock_of(row).due
        row.save()
    return Receipt(row, passphrase)


# --- looking up ----------------------------------------------------------------------------------------------


def _digests(code: str, address: str) -> tuple[str, str]:
    """A day's digest of an address: what is kept cannot be tried against all addresses of the world later."""
    day = timezone.localdate().isoformat()
    return keyed_digest(code, purpose="request-code"), keyed_digest(f"{day} {address}", purpose="request-address")


def look_up(*, code: str, passphrase: str, address: str) -> InformationRequest | None:
    """The request of a code and passphrase, or nothing; `ActRefused` after too many failures."""
    code, passphrase = normalised(code), normalised(passphrase)
    code_digest, address_digest = _digests(code, address)
    parameters = rule(RuleKind.ACCESS_LIMIT, "request_lookup", timezone.localdate()).parameters
    lately = LookupAttempt.objects.filter(at__gt=timezone.now() - timedelta(minutes=parameters["minutes"]))
    tried = lately.filter(code_digest=code_digest).count() >= parameters["failures_a_code"]
    if tried or lately.filter(address_digest=address_digest).count() >= parameters["failures_an_address"]:
        raise ActRefused("too_many", _("查询失败次数过多，请一小时后再试"))
    written = "-".join(code[start : start + BLOCK] for start in range(0, len(code), BLOCK))
    rows = InformationRequest.objects.unscoped(reason="申请人凭编号和口令查询")
    row = rows.select_related("authority__division").filter(code=written).first()
    if check_password(passphrase, row.passphrase if row is not None else _NOBODY) and row is not None:
        return row
    LookupAttempt.objects.create(code_digest=code_digest, address_digest=address_digest)
    return None


def request_of(ref: Any) -> InformationRequest | None:
    """The request that a token named; the token was given after code and passphrase."""
    rows = InformationRequest.objects.unscoped(reason="申请人凭当次查询办理")
    found: InformationRequest | None = rows.select_related("authority__division").filter(ref=ref).first()
    return found


# --- what an applicant may still do --------------------------------------------------------------------------


@transaction.atomic
def supplement(*, request: InformationRequest, text: str) -> InformationRequest:
    """Complete the request 补正: the reply's time counts from the day it comes in (条例 30)."""
    if not text.strip():
        raise ActRefused("text", _("请填写补正内容"), field="text")
    today = timezone.localdate()
    done = move(
        REQUEST_FOR_INFORMATION, request, "supplement", by=None, reason="申请人补正", changes={"clock_from": today}
    )
    note(done, RequestEntryKind.SUPPLEMENT, text, by=None)
    return settle_clock(done, by=None, reason="申请人补正")


@transaction.atomic
def withdraw(*, request: InformationRequest, reason: str) -> InformationRequest:
    """The applicant takes the request back 撤回, as long as no reply went out."""
    done = move(
        REQUEST_FOR_INFORMATION, request, "withdraw", by=None, reason="申请人撤回",
        changes={"done_on": timezone.localdate()},
    )  # fmt: skip
    end_pause(done, by=None, on=timezone.localdate(), reason="申请人撤回")
    note(done, RequestEntryKind.WITHDRAWN, reason or _("申请人撤回"), by=None)
    return done


# --- shared with the office's acts ---------------------------------------------------------------------------


def opened_sealer(request: InformationRequest) -> Sealer:
    sealer = sealer_of(request)
    if sealer is None:
        raise ActRefused("erased", _("申请内容已按期限删除"))
    return sealer


def note(request: InformationRequest, kind: RequestEntryKind, text: str, *, by: Account | None) -> RequestEntry:
    """Write down a step in words, sealed."""
    sealed = opened_sealer(request).seal(f"entry/{kind}", {"text": text.strip()})
    entry = RequestEntry(request=request, kind=kind, on=timezone.localdate(), by=by, sealed=sealed)
    with recording(by=by, reason=str(kind)):
        entry.save()
    return entry


def end_pause(request: InformationRequest, *, by: Account | None, on: date, reason: str) -> None:
    pause = request.pauses.filter(to_on__isnull=True).first()
    if pause is not None:
        pause.to_on = max(on, pause.from_on)
        with recording(by=by, reason=reason):
            pause.save()


def settle_clock(request: InformationRequest, *, by: Account | None, reason: str) -> InformationRequest:
    """Write the due date that the rows give now into the column lists are ordered by."""
    request.due_on = clock.clock_of(request).due
    with recording(by=by, reason=reason):
        request.save()
    return request

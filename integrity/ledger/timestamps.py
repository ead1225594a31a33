"""Time stamps of an authority over checkpoints 可信时间戳 (RFC 3161): a third party swears when a root was there.

An anchor that can be asked later: the folder and the mail show a checkpoint, the token shows its day to a court, with
`openssl ts -verify -data NOTE -in TOKEN -CAfile ROOTS` and nothing of ours.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from integrity.models import LedgerCheckpoint, LedgerTimestamp

SECONDS = 10  # to wait for the authority; the next checkpoint asks again
MOST_BYTES = 100_000
#: How far the authority's clock and ours may stand apart before a stamp says something else than its checkpoint.
APART = timedelta(minutes=5)


class TimestampError(OSError):
    """No token, or one that does not hold: an anchor that failed, like a folder that is full."""


def stamp(row: LedgerCheckpoint) -> LedgerTimestamp | None:
    """Ask for a token over the note and keep it, once in `LEDGER_TSA_MINUTES`; None when it is not yet time."""
    newest = LedgerTimestamp.objects.order_by("-id").values_list("checkpoint__at", flat=True).first()
    if newest is not None and row.at - newest < timedelta(minutes=settings.LEDGER_TSA_MINUTES):
        return None
    message = row.note.encode()
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    token = _asked(settings.LEDGER_TSA_URL, request.as_bytes())
    verifier = _verifier(VerifierBuilder.from_request(request))
    kept = LedgerTimestamp(checkpoint=row, at=_holds(token, message, verifier), token=token)
    kept.save()
    return kept


def not_holding() -> Iterator[tuple[str, str, str]]:
    """Kept tokens that are not over their checkpoint: number, column, what. Nothing is asked without roots."""
    if not settings.LEDGER_TSA_ROOTS:
        return
    for kept in LedgerTimestamp.objects.order_by("id").select_related("checkpoint"):
        try:
            at = _holds(bytes(kept.token), kept.checkpoint.note.encode(), _verifier(VerifierBuilder()))
        except (TimestampError, TypeError) as fault:
            yield str(kept.pk), "token", str(fault)
            continue
        if at != kept.at:
            yield str(kept.pk), "at", "not what the authority signed"
        if abs(at - kept.checkpoint.at) > APART:
            yield str(kept.pk), "token", "is of another time than its checkpoint"


def _asked(address: str, query: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    asked = urllib.request.Request(address, data=query, headers=headers)  # noqa: S310  env.py takes http and https
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            found: bytes = answer.read(MOST_BYTES)
    except (urllib.error.URLError, TimeoutError, ValueError) as fault:
        raise TimestampError(f"the authority did not answer ({fault})") from fault
    return found


def _holds(token: bytes, message: bytes, verifier: Verifier) -> datetime:
    """The authority's time over these bytes; `TimestampError` when they are other bytes, or nobody known signed."""
    try:
        answer: TimeStampResponse = decode_timestamp_response(token)
        verifier.verify_message(answer, message)
        at: datetime = answer.tst_info.gen_time
    except (ValueError, VerificationError) as fault:
        raise TimestampError(f"the token does not hold ({fault})") from fault
    return at


def _verifier(builder: VerifierBuilder) -> Verifier:
    for root in _roots(settings.LEDGER_TSA_ROOTS):
        builder = builder.add_root_certificate(root)
    return builder.build()


@lru_cache(maxsize=4)
def _roots(file: str) -> tuple[x509.Certificate, ...]:
    """Certificates to believe, from a PEM file that the operator keeps; never those that a token brings along."""
    try:
        return tuple(x509.load_pem_x509_certificates(Path(file).read_bytes()))
    except (OSError, ValueError) as fault:
        raise TimestampError(f"{file}: no certificates ({fault})") from fault

"""Checkpoints 检查点: signed by the signer's process, published, handed to anchors outside (design §5).

The signing key is the signer's alone: `manage.py sign_checkpoint`, run under the audit administrator's account; the web
processes know public keys. Whoever reads the published page is a witness.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.ledger import merkle, note, timestamps, tree
from integrity.models import LedgerCheckpoint

log = logging.getLogger("integrity.ledger")
TIME = "time "


def time_line(at: datetime) -> str:
    """When it was signed, as a line of the note."""
    return f"{TIME}{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@transaction.atomic
def sign_now(*, private: bytes) -> LedgerCheckpoint:
    """Place all leaves, sign the root of the whole tree; the same tree is signed again, with its new time."""
    size = tree.place_all()
    subtrees = tree.stored_subtrees()
    root = merkle.root(size, subtrees)
    before = LedgerCheckpoint.objects.order_by("-id").first()
    proof = merkle.consistency_proof(before.size, size, subtrees) if before is not None and before.size else []
    now = timezone.now().replace(microsecond=0)  # as the note writes it
    origin = settings.LEDGER_ORIGIN
    signed = note.sign(note.Checkpoint(origin, size, root, (time_line(now),)), name=origin, private=private)
    row = LedgerCheckpoint(at=now, size=size, root=root, note=signed, proof=[one.hex() for one in proof])
    row.save()
    return row


def anchor(row: LedgerCheckpoint) -> list[str]:
    """Hand a checkpoint out of the house; returns what did not work, in words, so that one fault stops no other."""
    faults: list[str] = []
    ways: list[tuple[str, Callable[[LedgerCheckpoint], None]]] = []
    if settings.LEDGER_ANCHOR_FOLDER:
        ways.append((settings.LEDGER_ANCHOR_FOLDER, _into_folder))
    if settings.LEDGER_ANCHOR_MAIL:
        ways.append((", ".join(settings.LEDGER_ANCHOR_MAIL), _by_mail))
    if settings.LEDGER_TSA_URL:
        ways.append((settings.LEDGER_TSA_URL, _stamped))
    for name, way in ways:
        try:
            way(row)
        except OSError as fault:
            log.critical("ledger: checkpoint %s was not handed to %s (%s)", row.pk, name, type(fault).__name__)
            faults.append(f"{name}: {fault}")
    return faults


def _into_folder(row: LedgerCheckpoint) -> None:
    """A file of its own, made once and never written to: the folder may be one where nothing can be changed."""
    file = Path(settings.LEDGER_ANCHOR_FOLDER) / f"{row.size:012d}-{row.at:%Y%m%dT%H%M%SZ}.txt"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(row.note)


def _by_mail(row: LedgerCheckpoint) -> None:
    subject = _("诚信档案检查点 %(size)d") % {"size": row.size}
    send_mail(subject, row.note, None, list(settings.LEDGER_ANCHOR_MAIL))


def _stamped(row: LedgerCheckpoint) -> None:
    timestamps.stamp(row)


# --- keys ---------------------------------------------------------------------------------------------------


def public_line_of(private: bytes) -> str:
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return note.public_line(settings.LEDGER_ORIGIN, public)


def trusted_keys() -> list[str]:
    """Public lines that this archive's checkpoints are signed with: those told, else the signer's own."""
    told = list(settings.LEDGER_PUBLIC_KEYS)
    return told or ([public_line_of(settings.LEDGER_KEY)] if settings.LEDGER_KEY else [])

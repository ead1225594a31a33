"""Checkpoints 检查点: signed by the signer's process, published, handed to anchors outside (design §5).

The signing key is the signer's alone: `manage.py sign_checkpoint`, run under the audit administrator's account; the web
processes know public keys. Whoever reads the published page is a witness.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.exceptions import ActRefused
from integrity.ledger import merkle, note, tree
from integrity.models import LedgerCheckpoint, LedgerEntry

log = logging.getLogger("integrity.ledger")
TIME = "time "


@transaction.atomic
def sign_now(*, private: bytes) -> LedgerCheckpoint:
    """Place all leaves, sign the root of the whole tree; the same tree is signed again, with its new time."""
    size = tree.place_all()
    root = merkle.root(size, tree.stored_subtrees())
    now = timezone.now()
    origin = settings.LEDGER_ORIGIN
    signed = note.sign(
        note.Checkpoint(origin, size, root, (f"{TIME}{now:%Y-%m-%dT%H:%M:%SZ}",)), name=origin, private=private
    )
    row = LedgerCheckpoint(at=now, size=size, root=root, note=signed)
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


# --- the signer is away ---------------------------------------------------------------------------------------


def waiting_since() -> datetime | None:
    """How long the oldest leaf has had no place, None when every leaf has one."""
    oldest: datetime | None = (
        LedgerEntry.objects.filter(position__isnull=True).order_by("id").values_list("at", flat=True).first()
    )
    return oldest


def alarm() -> str:
    """Words for the status page when leaves have waited longer than the signer should take, else empty."""
    since = waiting_since()
    if since is None or timezone.now() - since <= timedelta(minutes=settings.LEDGER_ALARM_MINUTES):
        return ""
    return _("签名程序未运行：有存证自 %(since)s 起未进入检查点") % {
        "since": f"{timezone.localtime(since):%Y-%m-%d %H:%M}"
    }


def refuse_when_unsigned() -> None:
    """Stop writing closed files once nobody has signed for too long (assurance B8); asked by the engine of acts."""
    hours = settings.LEDGER_STOP_AFTER_HOURS
    if not hours:
        return
    since = waiting_since()
    if since is not None and timezone.now() - since > timedelta(hours=hours):
        raise ActRefused("ledger_unsigned", _("存证签名已停止超过规定时间，暂停办理；请联系系统管理员"))


# --- keys ---------------------------------------------------------------------------------------------------


def public_line_of(private: bytes) -> str:
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return note.public_line(settings.LEDGER_ORIGIN, public)


def trusted_keys() -> list[str]:
    """Public lines that this archive's checkpoints are signed with: those told, else the signer's own."""
    told = list(settings.LEDGER_PUBLIC_KEYS)
    return told or ([public_line_of(settings.LEDGER_KEY)] if settings.LEDGER_KEY else [])

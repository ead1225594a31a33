"""Sign the list of open data 签署开放数据清单: the signer's process, never the web's."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cms.open_data import DUMPS, digests
from integrity.ledger import note
from integrity.ledger.checkpoints import time_line
from integrity.models.removals import OpenDataManifest


def _listed(file: str | None) -> dict[str, str]:
    """File → digest, as the public site told it or as this process reads it itself."""
    if file is None:
        return digests()
    files = json.loads(Path(file).read_text(encoding="utf-8")).get("files", {})
    for name, digest in files.items():
        if name.partition(".")[0] not in DUMPS or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise CommandError(f"{name!r} is no file of the open data with a digest.")
    if not files:
        raise CommandError("The manifest names no file.")
    return dict(files)


class Command(BaseCommand):
    help = "Signs the digests of the open data as they are now; needs LEDGER_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--manifest", metavar="FILE", help="manifest.json of the public site")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LEDGER_KEY:
            raise CommandError("LEDGER_KEY is not set. It is the signer's alone: name its file in LEDGER_KEY_FILE.")
        now = timezone.now().replace(microsecond=0)
        lines = tuple(f"{name} {digest}" for name, digest in sorted(_listed(options["manifest"]).items()))
        root = sha256("".join(f"{line}\n" for line in lines).encode()).digest()
        # Another origin than the tree's: nobody may take this list for a checkpoint.
        listed = note.Checkpoint(f"{settings.LEDGER_ORIGIN}/open-data", len(lines), root, (time_line(now), *lines))
        signed = note.sign(listed, name=settings.LEDGER_ORIGIN, private=settings.LEDGER_KEY)
        OpenDataManifest(at=now, note=signed).save()
        self.stdout.write(f"open data signed: {len(lines)} files")

"""Restore a backup 恢复 (docs/backup.md): into an empty archive, whole or not at all."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from integrity.backup import restoring
from integrity.management.commands.backup import sealing_key

log = logging.getLogger("integrity.restore")


class Command(BaseCommand):
    help = "Authenticates all of it, compares it with the newest checkpoint kept outside, writes, verifies, commits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("--checkpoint", action="append", type=Path, default=[], metavar="FILE_OR_FOLDER",
                            help="notes kept outside; besides LEDGER_ANCHOR_FOLDER")  # fmt: skip
        parser.add_argument("--check", action="store_true", help="read and compare, write nothing")
        parser.add_argument("--accept-older", metavar="REASON", default="", help="lose what was signed since")

    def handle(self, *args: Any, **options: Any) -> None:
        key, source, reason = sealing_key(), options["source"], options["accept_older"].strip()
        outside = list(options["checkpoint"])
        if settings.LEDGER_ANCHOR_FOLDER:
            outside.append(Path(settings.LEDGER_ANCHOR_FOLDER))
        try:
            if options["check"]:
                manifest = restoring.checked(source, key)
                restoring.refuse_old(manifest, restoring.kept_outside(outside))
                self.stdout.write(f"whole, of {manifest['made_at']}; nothing was written")
                return
            if not outside:
                self.stdout.write("no checkpoint from outside: that this is the newest truth cannot be shown")
            manifest = restoring.restore(
                source, key, outside=outside, accept_older=bool(reason), tell=self.stdout.write
            )
        except restoring.RestoreRefused as refusal:
            raise CommandError(f"nothing was restored: {refusal}") from refusal
        if reason:
            log.warning("an older truth was restored (%s, made at %s): %s", source, manifest["made_at"], reason)
        self.stdout.write(f"restored: the state of {manifest['made_at']}; the ledger holds")
        call_command("build_index", stdout=self.stdout)

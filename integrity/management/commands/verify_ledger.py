"""Verify the ledger against the tables 核验账本; ends with 1 and names table, key and field of every break."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from integrity.ledger import checking
from integrity.models import LedgerEntry

SMALL = 50_000


class Command(BaseCommand):
    help = "Leaves, rows, tree and checkpoints; with --checkpoint also notes that were kept outside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--checkpoint", action="append", type=Path, default=[], metavar="FILE")
        parser.add_argument("--key", action="append", metavar="LINE", help="public keys, instead of LEDGER_PUBLIC_KEYS")
        parser.add_argument("--since", type=int, default=0, metavar="N", help="compare rows from entry N on")
        parser.add_argument("--workers", type=int, help="processes; for a large ledger as many as processors")

    def handle(self, *args: Any, **options: Any) -> None:
        outside = [path.read_text(encoding="utf-8") for path in [*options["checkpoint"], *_anchored()]]
        # Other processes see what is committed, and are not worth their start for a small ledger.
        alone = connection.in_atomic_block or LedgerEntry.objects.count() < SMALL
        workers = options["workers"] or (1 if alone else os.cpu_count() or 1)
        checked = checking.verify(outside, options["key"], since=options["since"], workers=workers)
        checked.require_signature()
        for one in checked.breaks:
            self.stdout.write(str(one))
        if checked.breaks:
            self.stdout.write(f"{checked.size} entries, {len(checked.breaks)} breaks")
            sys.exit(1)
        self.stdout.write(f"{checked.size} entries hold, {checked.signed or 0} of them signed")


def _anchored() -> list[Path]:
    """The newest checkpoint in the folder of anchors, where one is set and this process may read it."""
    folder = Path(settings.LEDGER_ANCHOR_FOLDER) if settings.LEDGER_ANCHOR_FOLDER else None
    return sorted(folder.glob("*.txt"))[-1:] if folder is not None and folder.is_dir() else []

"""Verify the ledger against the tables 核验账本; ends with 1 and names table, key and field of every break."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from integrity.ledger import checking


class Command(BaseCommand):
    help = "Leaves, rows, tree and checkpoints; with --checkpoint also notes that were kept outside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--checkpoint", action="append", type=Path, default=[], metavar="FILE")
        parser.add_argument("--key", action="append", metavar="LINE", help="public keys, instead of LEDGER_PUBLIC_KEYS")
        parser.add_argument("--since", type=int, default=0, metavar="N", help="compare rows from entry N on")

    def handle(self, *args: Any, **options: Any) -> None:
        outside = [path.read_text(encoding="utf-8") for path in options["checkpoint"]]
        checked = checking.verify(outside, options["key"], since=options["since"])
        for one in checked.breaks:
            self.stdout.write(str(one))
        if checked.breaks:
            self.stdout.write(f"{checked.size} entries, {len(checked.breaks)} breaks")
            sys.exit(1)
        self.stdout.write(f"{checked.size} entries hold")

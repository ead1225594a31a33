"""Export the ledger for the offline verifier 导出账本: one JSON line a checkpoint, one a leaf with its row's values."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrity.ledger.checking import placed_entries, waiting_erasures
from integrity.ledger.looking import line_of
from integrity.models import LedgerCheckpoint


class Command(BaseCommand):
    help = "The file holds personal data in clear: it is made for its owner alone (mode 600)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            handle = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as fault:
            raise CommandError(f"{options['file']}: {fault.strerror}. Name a new file in a folder of yours.") from fault
        count = 0
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            for text in LedgerCheckpoint.objects.order_by("id").values_list("note", flat=True):
                opened.write(json.dumps({"checkpoint": text}, ensure_ascii=False) + "\n")
            for placed in placed_entries():
                opened.write(json.dumps(line_of(placed), ensure_ascii=False) + "\n")
                count += 1
            for placed in waiting_erasures():
                opened.write(json.dumps({"waiting": line_of(placed)}, ensure_ascii=False) + "\n")
        self.stdout.write(f"{count} entries")

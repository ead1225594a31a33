"""Sign a checkpoint of the ledger 签署检查点; with `--every`, again and again: the signer's process."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrity.ledger import checkpoints


class Command(BaseCommand):
    help = "Place all leaves, sign the root, hand the checkpoint to the anchors; needs LEDGER_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="go on; for example 60")
        parser.add_argument("--public-key", action="store_true", help="print the public key and sign nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        private = settings.LEDGER_KEY
        if not private:
            raise CommandError("LEDGER_KEY is not set. It is the signer's alone: name its file in LEDGER_KEY_FILE.")
        if options["public_key"]:
            self.stdout.write(checkpoints.public_line_of(private))
            return
        while True:
            row = checkpoints.sign_now(private=private)
            self.stdout.write(f"checkpoint {row.size} {bytes(row.root).hex()[:16]}")
            for fault in checkpoints.anchor(row):
                self.stderr.write(f"not anchored: {fault}")
            if not options["every"]:
                return
            time.sleep(options["every"])

"""A proof that one signed checkpoint grows out of another 一致性证明, whatever lies between them.

    manage.py prove_growth OLD-NOTE NEW-NOTE > growth.json
    python -m integrity.ledger.verifier growth.json --consistency --key LINE

Between two checkpoints that follow one another the public page gives it.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrity.ledger import merkle, note, tree
from integrity.ledger.checkpoints import trusted_keys
from integrity.models import LedgerEntry


class Command(BaseCommand):
    help = "Writes the two checkpoints and the proof as JSON; it names no row and no person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", type=Path, help="a note kept earlier")
        parser.add_argument("new", type=Path, help="a later note")

    def handle(self, *args: Any, **options: Any) -> None:
        texts = {name: self.read(options[name]) for name in ("old", "new")}
        try:
            old, new = (note.read(texts[name], trusted_keys()) for name in ("old", "new"))
        except note.NoteError as fault:
            raise CommandError(f"no checkpoint of this ledger: {fault}") from fault
        there = LedgerEntry.objects.filter(position__isnull=False).count()
        if not 0 < old.size <= new.size <= there:
            raise CommandError(
                f"{old.size} entries, then {new.size}; the ledger has {there}. Name the older note first."
            )
        proof = merkle.consistency_proof(old.size, new.size, tree.stored_subtrees())
        told = {"previous": texts["old"], "checkpoint": texts["new"], "proof": [one.hex() for one in proof]}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))

    def read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as fault:
            raise CommandError(f"{path}: cannot be read ({type(fault).__name__})") from fault

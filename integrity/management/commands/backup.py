"""Make a backup 备份 (docs/backup.md); reads it back before it says that there is one."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrity.backup.restoring import RestoreRefused, checked
from integrity.backup.saving import save


class Command(BaseCommand):
    help = "The whole archive as one sealed file; writers go on meanwhile. The keys are not in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="a file that is not there yet, or a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        key = sealing_key()
        target: Path = options["target"]
        try:
            if target.is_dir():
                target = target / f"archive-{timezone.localtime():%Y%m%d-%H%M%S}.backup"
            manifest = save(target, key, self.stdout.write)
            checked(target, key)
        except FileExistsError as fault:
            raise CommandError(f"{target} is there already: name another file") from fault
        except (OSError, RestoreRefused) as fault:
            raise CommandError(f"no backup was made: {fault}") from fault
        rows = sum(table["rows"] for table in manifest["tables"].values())
        ledger = manifest["ledger"]["size"]
        self.stdout.write(
            f"{target}: {rows} rows, {len(manifest['files'])} files, ledger of {ledger} entries; read back"
        )


def sealing_key() -> bytes:
    if not settings.BACKUP_KEY:
        raise CommandError(
            "BACKUP_KEY or BACKUP_KEY_FILE is not set: 32 random bytes in base64, kept apart from backups"
        )
    key: bytes = settings.BACKUP_KEY
    return key

"""`import_batch PATH --profile NAME_OR_FILE --by USER`: import a spreadsheet 批量导入 from the command line."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from integrity.importing import ImportRefused, default_authority, load_profile, run
from integrity.models import Account, ImportBatch, Organisation


class Command(BaseCommand):
    """Parses arguments, calls one act; its last line accounts for every row."""

    help = "Import a spreadsheet under a profile; imported rows are drafts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--profile", required=True, help="name of a built-in profile, or a TOML file")
        parser.add_argument("--by", required=True, help="user name of the account that imports")
        parser.add_argument("--authority", help="code of the managing authority; needed when the account has several")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then roll it back")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._run(**options)
        except ImportRefused as refused:
            raise CommandError(_("未导入：%s") % refused) from None
        if batch.message:
            self.stdout.write(batch.message)
        self.stdout.write(
            f"read {batch.read} = created {batch.created} + changed {batch.changed}"
            f" + unchanged {batch.unchanged} + rejected {batch.rejected}"
        )

    def _run(self, **options: Any) -> ImportBatch:
        account = Account.objects.filter(username=options["by"]).first()
        if account is None:
            raise CommandError(_("没有账户“%s”") % options["by"])
        profile = load_profile(options["profile"])
        if options["authority"]:
            authority = Organisation.objects.filter(code=options["authority"]).first()
            if authority is None:
                raise CommandError(_("没有机构代码“%s”") % options["authority"])
        else:
            authority = default_authority(account, profile)
        return run(
            options["path"],
            profile,
            by=account,
            authority=authority,
            dry_run=options["dry_run"],
            progress=self._progress,
        )

    def _progress(self, read: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{read} / {total}", ending="")
            if read >= total:
                self.stderr.write("")
        else:
            self.stderr.write(f"{read} / {total}")

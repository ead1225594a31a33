"""`import_batch PATH --profile NAME_OR_FILE --by USER`: import a spreadsheet 批量导入 from the command line."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from integrity.importing import ImportRefused, default_authority, load_profile, run
from integrity.importing.report import masked
from integrity.models import Account, ImportBatch, Organisation, Rejection

#: Refused rows that the command names itself.
_SAID = 10


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
        self._say_rejected(batch)
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

    def _say_rejected(self, batch: ImportBatch) -> None:
        """The first refused rows with place, rule and remedy; all of them are in the report on the import page."""
        if batch.pk is None:
            return
        for item in Rejection.objects.filter(batch=batch).order_by("number", "id")[:_SAID]:
            place = _("第 %(row)s 行“%(column)s”") % {"row": item.number, "column": item.column}
            value = f"（{masked(item.value)}）" if item.value else ""
            self.stderr.write(f"{item.sheet} {place}{value}：{item.rule}。{item.remedy}".strip())
        if batch.rejected > _SAID:
            self.stderr.write(_("共拒收 %s 行，全部见导入页的拒收清单") % batch.rejected)

    def _progress(self, read: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{read} / {total}", ending="")
            if read >= total:
                self.stderr.write("")
        else:
            self.stderr.write(f"{read} / {total}")

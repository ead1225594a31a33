"""Carry out approved erasures 执行已批准的删除, and rewrite the files that held what was erased.

Runs as the owner of the tables: no role of the web may change history. Once a day; again does nothing new.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrity import signals
from integrity.erasing import act, officers, storage


class Command(BaseCommand):
    help = "Erases what two persons approved, pseudonymises officers after ACTOR_PSEUDONYM_YEARS, rewrites the files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rewrite", action="store_true", help="rewrite all files, even when nothing was due")
        parser.add_argument("--wait", type=int, default=60, metavar="SECONDS", help="for older transactions to end")

    def handle(self, *args: Any, **options: Any) -> None:
        storage.prepare()
        _approved, held = officers.let_go(timezone.localdate())
        report = act.carry_out_due()
        left: list[Exception] = []
        if report.done or options["rewrite"]:
            copies, left = signals.tell_erased()
            tables = report.tables | set(copies) | (set(storage.all_tables()) if options["rewrite"] else set())
            for fault in storage.rewrite(tables, wait=options["wait"]):
                self.stderr.write(fault)
        self.stdout.write(
            f"erased {len(report.done)}: {report.columns} columns, {report.versions} versions, "
            f"{report.documents} documents; held {len(report.held) + held}"
        )
        if left:
            told = "; ".join(f"{type(fault).__name__}: {fault}" for fault in left)
            raise CommandError(f"copies of what was erased are left ({told}); mend it and run again with --rewrite")

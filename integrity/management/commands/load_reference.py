"""Load the law, the catalogue and the divisions 装载法律与目录 (idempotent)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from integrity.reference.loader import load_reference


class Command(BaseCommand):
    help = "Load legal bases, rules, professions, lists, holidays and divisions; writes only what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_reference(None, "装载法律依据、规则、目录与区划")
        for line in report.lines():
            self.stdout.write(line)

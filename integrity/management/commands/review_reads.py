"""Nightly look at yesterday's reading 异常查阅检查: findings for the audit administrator; again changes what grew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from integrity import readlog


class Command(BaseCommand):
    help = "Finds unusual reading in the log of the last days (default: yesterday and today)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=2, help="how many days back, today included")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        for back in reversed(range(options["days"])):
            day = today - timedelta(days=back)
            self.stdout.write(f"{day}: {len(readlog.review_day(day))}")

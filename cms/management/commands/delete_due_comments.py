"""`manage.py delete_due_comments`: comments past their day are deleted; run it nightly. Readers see none before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms.comments import delete_due


class Command(BaseCommand):
    help = "Delete comments on major decisions whose retention has ended."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"deleted: {delete_due()}")

"""The nightly work on requests for information 依申请公开夜间处理: lapse, count again, delete by rule."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integrity.asking import deleting, handling


class Command(BaseCommand):
    help = "Lapses requests whose supplement never came and deletes contents past their term. Can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        lapsed, counted = handling.lapse_due(today), handling.count_again()
        deleted, forgotten = deleting.delete_due(today), deleting.forget_attempts()
        self.stdout.write(f"lapsed {lapsed}, due dates moved {counted}, deleted {deleted}, attempts {forgotten}")

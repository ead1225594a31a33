"""Write down what the dates have already done 期满处理 (H5): readers never wait for it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from integrity import decisions, publications, recusal_rows


class Command(BaseCommand):
    help = "Ends decisions and publications whose last day has passed. Once a day is enough; can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = decisions.expire_due()
        withdrawn = publications.withdraw_expired()
        recused = recusal_rows.match_again()
        self.stdout.write(f"decisions moved {ended}, publications withdrawn {withdrawn}, recusals met {recused}")

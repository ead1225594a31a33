"""Closed 已关闭: simple-history's command would delete old rows of the history (N3, N4)."""

from __future__ import annotations

from integrity.management.closed import ClosedCommand


class Command(ClosedCommand):
    help = "Closed: history is written once, by the act it belongs to."

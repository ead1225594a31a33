"""Closed 已关闭: simple-history's command would delete rows of the history that look alike (N3, N4)."""

from __future__ import annotations

from integrity.management.closed import ClosedCommand


class Command(ClosedCommand):
    help = "Closed: history is written once, by the act it belongs to."

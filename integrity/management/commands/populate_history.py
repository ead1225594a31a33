"""Closed 已关闭: simple-history's command would write rows of the history that no act stands behind (N3, N4)."""

from __future__ import annotations

from integrity.management.closed import ClosedCommand


class Command(ClosedCommand):
    help = "Closed: history is written once, by the act it belongs to."

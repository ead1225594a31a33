"""Receipts 收据: that one recorded change stands in the signed tree, for whoever may see that change (design §5).

What this reader may not see is left out with its salt: the commitment stays, so the receipt still verifies.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from integrity.ledger import merkle, tree
from integrity.ledger.checking import placed_entries
from integrity.ledger.entry import SALT_BYTES
from integrity.ledger.verifier import Placed, receipt_of
from integrity.models import LedgerCheckpoint, LedgerEntry


def receipt_for(table: str, history_id: int, shown: Collection[str]) -> dict[str, Any] | None:
    """The receipt of one history row with the values of `shown` columns; None until a checkpoint covers it."""
    row = LedgerEntry.objects.filter(table=table, history_id=history_id, position__isnull=False).first()
    point = LedgerCheckpoint.objects.order_by("-id").first()
    if row is None or point is None or row.position is None or row.position >= point.size:
        return None
    placed = next(placed_entries(first=row.position, last=row.position))
    proof = merkle.inclusion_proof(row.position, point.size, tree.stored_subtrees())
    return receipt_of(_without(placed, shown), proof, point.note)


def _without(placed: Placed, shown: Collection[str]) -> Placed:
    values = placed.values or [None] * len(placed.names)
    return Placed(
        placed.position,
        placed.head,
        placed.names,
        placed.commitments,
        [
            salt if name in shown else bytes(SALT_BYTES)
            for name, salt in zip(placed.names, placed.salts, strict=True)
        ],
        placed.leaf,
        [value if name in shown else None for name, value in zip(placed.names, values, strict=True)],
    )  # fmt: skip

"""Receipts 收据: that one recorded change stands in the signed tree, for whoever may see that change (design §5).

What this reader may not see is left out with its salt: the commitment stays, so the receipt still verifies.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from integrity.ledger import merkle, tree
from integrity.ledger.checking import placed_entries
from integrity.ledger.entry import SALT_BYTES
from integrity.ledger.erased import ITEMS, REQUESTS, SHOWN, emptied
from integrity.ledger.looking import Placed
from integrity.ledger.verifier import receipt_of
from integrity.models import Erasure, ErasureItem, LedgerCheckpoint, LedgerEntry


def receipt_for(table: str, history_id: int, shown: Collection[str]) -> dict[str, Any] | None:
    """The receipt of one history row with the values of `shown` columns; None until a checkpoint covers it."""
    row = LedgerEntry.objects.filter(table=table, history_id=history_id, position__isnull=False).first()
    point = LedgerCheckpoint.objects.order_by("-id").first()
    if row is None or point is None or row.position is None or row.position >= point.size:
        return None
    placed = next(placed_entries(first=row.position, last=row.position))
    proof = merkle.inclusion_proof(row.position, point.size, tree.stored_subtrees())
    made = receipt_of(_without(placed, shown), proof, point.note)
    erased = [told for name in sorted(emptied(placed.names, placed.salts) & set(shown))
              if (told := _erased(table, placed.head.pk, name)) is not None]  # fmt: skip
    return made | {"erased": erased} if erased else made


def _erased(table: str, pk: str, name: str) -> dict[str, Any] | None:
    """By which erasure a field went: its item and its last entry, each with a receipt of its own."""
    item = ErasureItem.objects.filter(history_table=table, row_pk=pk, name=name, erasure__state="done").first()
    if item is None:
        return None
    histories: list[Any] = [ErasureItem.history, Erasure.history]
    entries = [history.filter(id=key).order_by("-history_id").values_list("history_id", flat=True).first()
               for history, key in zip(histories, (item.pk, item.erasure_id), strict=True)]  # fmt: skip
    item_receipt, erasure_receipt = receipt_for(ITEMS, entries[0], SHOWN), receipt_for(REQUESTS, entries[1], SHOWN)
    if item_receipt is None or erasure_receipt is None:
        return None  # no checkpoint covers it yet
    return {"field": name, "item": item_receipt, "erasure": erasure_receipt}


def _without(placed: Placed, shown: Collection[str]) -> Placed:
    shown = set(shown) - emptied(placed.names, placed.salts)
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

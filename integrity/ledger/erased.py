"""Erased fields in the ledger 账本中的删除: a salt may be zero only where a lawful erasure says so. No Django.

The erasures are leaves like everything else (`integrity_historicalerasure`, `integrity_historicalerasureitem`), so an
export brings them along: decided by a second person, carried out, and naming table, row and field.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrity.ledger.entry import SALT_BYTES, canonical

REQUESTS = "integrity_historicalerasure"
ITEMS = "integrity_historicalerasureitem"
#: Columns of officers alone may go by their term, without two persons.
BY_TERM = frozenset({
    "integrity_historicalaccount", "integrity_historicalaccesschange", "integrity_historicalrecusaldeclaration",
})  # fmt: skip
#: What stands where a value was erased and the column may be empty.
EMPTY = frozenset({canonical(None), canonical(""), canonical(b""), canonical({"json": "{}"})})


def emptied(names: Sequence[str], salts: Sequence[bytes]) -> frozenset[str]:
    """The fields of a leaf whose salt was taken."""
    return frozenset(name for name, salt in zip(names, salts, strict=False) if salt == bytes(SALT_BYTES))


@dataclass(frozen=True, slots=True)
class Item:
    """A column of a row that an erasure named, and what was put in its place."""

    erasure: str
    marker: str


@dataclass
class Erasures:
    """What was found erased, against what was asked for, decided and carried out."""

    _items: dict[tuple[str, str, str], list[Item]] = field(default_factory=dict)
    _requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    _found: list[tuple[str, str, str, str, bytes | None]] = field(default_factory=list)

    def note(self, table: str, pk: str, key: str, gone: frozenset[str], told: Mapping[str, bytes | None]) -> None:
        """Fields of one leaf without salt, with what stands in the row now."""
        self._found += [(table, pk, key, name, told.get(name)) for name in sorted(gone)]

    def learn(self, table: str, pk: str, told: Mapping[str, bytes | None]) -> None:
        """What a leaf says, if it is one of an erasure; its values were found to be those committed to."""
        if table not in (REQUESTS, ITEMS):
            return
        values = {name: json.loads(value) for name, value in told.items() if value is not None}
        if table == REQUESTS:
            self._requests[pk] = values
            return
        where = str(values.get("history_table")), str(values.get("row_pk")), str(values.get("name"))
        item = Item(str(values.get("erasure_id")), str(values.get("marker", "")))
        self._items.setdefault(where, []).append(item)

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """Table, key, field and what is wrong, for everything that lost its salt without right."""
        for table, pk, key, name, value in self._found:
            lawful = [one for one in self._items.get((table, pk, name), ()) if self._carried_out(one, table)]
            if not lawful:
                yield table, key, name, "was erased without an approved erasure"
            elif value is not None and value not in EMPTY and not any(_is_marker(value, one) for one in lawful):
                yield table, key, name, "holds a value although it was erased"

    def of(self, erasure: str) -> dict[str, Any]:
        """The last values of a request."""
        return self._requests[erasure]

    def _carried_out(self, item: Item, table: str) -> bool:
        request = self._requests.get(item.erasure)
        if request is None or request.get("state") != "done":
            return False
        if request.get("kind") == "actor":
            return table in BY_TERM
        asked, decided = request.get("asked_by_id"), request.get("decided_by_id")
        return asked is not None and decided is not None and asked != decided


def _is_marker(value: bytes, item: Item) -> bool:
    return bool(item.marker) and value in (canonical(item.marker), canonical(item.marker.encode()))


# --- receipts -------------------------------------------------------------------------------------------------

#: What the receipt of an erasure shows: where, when, on which ground, that two decided.
SHOWN = frozenset({
    "history_table", "row_pk", "name", "marker", "erasure_id", "kind", "state", "basis", "done_at", "asked_by_id",
    "decided_by_id",
})  # fmt: skip
Verify = Callable[[dict[str, Any]], Sequence[Any]]


def words(receipt: Mapping[str, Any], verify: Verify) -> tuple[list[str], list[str]]:
    """What a receipt says of erased fields, in words, and which of it does not hold. `verify`: breaks of a receipt."""
    said, wrong = [], []
    for one in receipt.get("erased", ()):
        try:
            name, item, request = str(one["field"]), one["item"], one["erasure"]
            erasures = Erasures()
            if verify(item) or verify(request):
                raise ValueError("its proof does not hold")
            entry = receipt["entry"]
            place = [str(text) for text in entry["names"]].index(name)
            if entry["salts"][place] != "00" * SALT_BYTES:
                raise ValueError("it was not erased")
            for part in (item, request):
                told = part["entry"]
                values = {key: None if value is None else str(value).encode()
                          for key, value in zip(told["names"], told["values"], strict=True)}  # fmt: skip
                erasures.learn(str(told["table"]), str(told["pk"]), values)
            erasures.note(str(entry["table"]), str(entry["pk"]), "", frozenset({name}), {})
            if list(erasures.faults()):
                raise ValueError("no approved erasure names it")
            about = erasures.of(str(request["entry"]["pk"]))
            said.append(f"{name}: erased on {about['done_at']['moment'][:10]}, {about['basis']}")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as fault:
            wrong.append(f"the erasure it names cannot be relied on ({fault})")
    return said, wrong

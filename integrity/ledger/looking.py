"""A leaf by itself 逐条核验: as it stands in a table or a line of an export, and what is wrong with it. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from integrity.ledger.entry import SALT_BYTES, EntryError, Head, differing, leaf_of
from integrity.ledger.erased import ITEMS, REQUESTS, emptied


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that does not agree 断裂: where, and what."""

    table: str
    key: str
    field: str
    what: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.table, self.key, self.field) if part) + f": {self.what}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A leaf as it stands in an export or a table; `values` are canonical bytes, None where erased or gone."""

    position: int
    head: Head
    names: Sequence[str]
    commitments: Sequence[bytes]
    salts: Sequence[bytes]
    leaf: bytes
    values: Sequence[bytes | None] | None
    #: False: the row was not asked for, the leaf is taken as it stands.
    with_row: bool = True


class Looked(NamedTuple):
    """A leaf that was checked by itself, with what its place in the ledger is checked by."""

    position: int
    table: str
    pk: str
    history_id: int
    op: str
    previous: str
    leaf: bytes
    #: Field and what is wrong.
    faults: Sequence[tuple[str, str]] = ()
    #: Fields without a salt, and what stands in the row now.
    gone: Mapping[str, bytes | None] = {}
    #: What a leaf of an erasure says, if it holds.
    learned: Mapping[str, bytes | None] = {}

    @property
    def packed(self) -> tuple[Any, ...]:
        """For the way between processes: objects of a class take as long to send as their hashes take to make."""
        return tuple(self) if self.faults or self.gone or self.learned else tuple(self)[:7]


def look(placed: Placed) -> Looked:
    """Check one leaf by itself: whether it is the hash of its entry, and its entry's of the row."""
    head, faults = placed.head, []
    gone: frozenset[str] = frozenset()
    try:
        made = leaf_of(head, placed.names, placed.commitments)
        if placed.with_row and _NO_SALT in placed.salts:
            gone = emptied(placed.names, placed.salts)
        values = placed.values or ()
        kept = [None if name in gone else value for name, value in zip(placed.names, values, strict=False)]
        wrong = [] if placed.values is None else differing(placed.names, kept, placed.salts, placed.commitments)
    except (EntryError, ValueError, TypeError) as fault:
        faults.append(("", f"the ledger entry cannot be read ({fault})"))
        made, wrong, gone = placed.leaf, [], frozenset()
    if made != placed.leaf:
        faults.append(("", "the ledger entry was changed: its hash is another"))
    if placed.values is None and placed.with_row:
        faults.append(("", "the row is gone"))
    faults += [(name, "not what was committed to") for name in wrong]
    of_erasure = head.table in (REQUESTS, ITEMS)
    told = dict(zip(placed.names, placed.values or (), strict=False)) if gone or of_erasure else {}
    return Looked(
        placed.position, head.table, head.pk, head.history_id, head.op, head.previous, placed.leaf, faults,
        gone={name: told.get(name) for name in sorted(gone)}, learned=told if of_erasure and not faults else {},
    )  # fmt: skip


_NO_SALT = bytes(SALT_BYTES)


def placed_of(line: dict[str, Any]) -> Placed:
    """A leaf out of a line of an export."""
    head = Head(
        str(line["table"]), str(line["pk"]), int(line["history"]), str(line["op"]), str(line["at"]),
        str(line["previous"]),
    )  # fmt: skip
    values = line["values"]
    return Placed(
        position=int(line["position"]),
        head=head,
        names=[str(name) for name in line["names"]],
        commitments=[bytes.fromhex(one) for one in line["commitments"]],
        salts=[bytes.fromhex(one) for one in line["salts"]],
        leaf=bytes.fromhex(line["leaf"]),
        values=None if values is None else [None if one is None else str(one).encode() for one in values],
    )


def line_of(placed: Placed) -> dict[str, Any]:
    """A leaf as a line of an export."""
    head, values = placed.head, placed.values
    return {
        "position": placed.position, "table": head.table, "pk": head.pk, "history": head.history_id, "op": head.op,
        "at": head.at, "previous": head.previous, "names": list(placed.names),
        "commitments": [one.hex() for one in placed.commitments], "salts": [one.hex() for one in placed.salts],
        "leaf": placed.leaf.hex(),
        "values": None if values is None else [None if one is None else one.decode() for one in values],
    }  # fmt: skip


def split(data: bytes, width: int) -> list[bytes]:
    return [data[start : start + width] for start in range(0, len(data), width)]

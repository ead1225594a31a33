"""The verifier 核验程序: whether rows, leaves, tree and checkpoints agree. Needs no Django and no database.

    python -m integrity.ledger.verifier export.jsonl --key "name+id+key" [--checkpoint old-note.txt]
    python -m integrity.ledger.verifier receipt.json --receipt --key "name+id+key"
    python -m integrity.ledger.verifier checkpoint.json --consistency --key "name+id+key"

Prints each break with table, key and field; ends with 1 when there is one. `manage.py verify_ledger` feeds the same
class from the tables. What an export looks like stands in docs/ledger.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from integrity.ledger import merkle, note
from integrity.ledger.entry import EntryError, differing, leaf_of
from integrity.ledger.erased import Erasures
from integrity.ledger.erased import words as erased_words
from integrity.ledger.looking import Break, Looked, Placed, line_of, look, placed_of
from integrity.ledger.spreading import in_order

MOST_BREAKS = 1000
CHUNK = 2_000
SMALL = 50_000_000  # bytes of an export that one process reads before others have started


@dataclass
class Verifier:
    """Takes leaves in the order of their places; keeps the tree's edge alone, so that a million fit."""

    checkpoints: Sequence[note.Checkpoint] = ()
    breaks: list[Break] = field(default_factory=list)
    size: int = 0
    #: Erasures in an export that have no place yet: nobody has signed them, so they excuse nothing.
    waiting: int = 0
    #: How far the places are off, once one is missing: each gap is told once.
    _shift: int = 0
    #: Roots of complete subtrees from left to right: (level, hash).
    _edge: list[tuple[int, bytes]] = field(default_factory=list)
    _last: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _roots: dict[int, list[bytes]] = field(default_factory=dict)
    #: Complete subtrees of 256**n leaves by (n, number), as the tables keep them too.
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    #: What lost its salt, and which erasures were asked for and decided (docs/erasure.md).
    erasures: Erasures = field(default_factory=Erasures)

    def __post_init__(self) -> None:
        for point in self.checkpoints:
            self.expect(point)

    def say(self, table: str, key: str, name: str, what: str) -> None:
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(Break(table, key, name, what))

    def take(self, looked: Looked) -> None:
        """Check a leaf against the one before it of its row, and grow the tree."""
        key = f"{looked.pk}#{looked.history_id}"
        if looked.position != self.size + self._shift:
            place = self.size + self._shift
            self.say(looked.table, key, "position", f"place {place} of the ledger is missing or taken twice")
            self._shift = looked.position - self.size
        for name, what in looked.faults:
            self.say(looked.table, key, name, what)
        if looked.gone:
            self.erasures.note(looked.table, looked.pk, key, frozenset(looked.gone), looked.gone)
        self.hear(looked)
        row = (looked.table, looked.pk)
        if looked.op not in "+r" and looked.previous != self._last.get(row, b"").hex():
            self.say(looked.table, key, "previous", "does not follow the entry before it")
        self._last[row] = looked.leaf
        self._grow(looked.leaf)
        self._compare()

    def expect(self, point: note.Checkpoint) -> None:
        """A checkpoint that the leaves to come must lead to."""
        if point.size < self.size:
            self.say("checkpoint", str(point.size), "size", "stands after leaves that it covers: it cannot be checked")
            return
        self._roots.setdefault(point.size, []).append(point.root)
        self._compare()

    def hear(self, looked: Looked) -> None:
        """What a leaf of an erasure says, one without a place too; it counts if the leaf holds."""
        if looked.learned:
            self.erasures.learn(looked.table, looked.pk, looked.learned)

    def _grow(self, leaf: bytes) -> None:
        level, value = 0, leaf
        while self._edge and self._edge[-1][0] == level:
            value = merkle.node_hash(self._edge.pop()[1], value)
            level += 1
            if level % 8 == 0:
                self.tiles[level // 8, self.size >> level] = value
        self._edge.append((level, value))
        self.size += 1

    def root(self) -> bytes:
        if not self._edge:
            return merkle.EMPTY_ROOT
        value = self._edge[-1][1]
        for _level, left in reversed(self._edge[:-1]):
            value = merkle.node_hash(left, value)
        return value

    def _compare(self) -> None:
        if self.size in self._roots and any(root != self.root() for root in self._roots[self.size]):
            self.say("checkpoint", str(self.size), "root", "the ledger up to here is not what was signed")

    @property
    def signed(self) -> int | None:
        """The greatest size that a signed checkpoint tells of; None where there was none to compare with."""
        return max(self._roots, default=None)

    def require_signature(self) -> None:
        """Without a checkpoint that somebody known has signed, leaves and rows prove one another and nothing else."""
        if self.signed is None:
            self.say("checkpoint", "", "note", "there is no signed checkpoint to compare with")

    def finish(self) -> list[Break]:
        """After the last leaf: a checkpoint of more leaves than there are tells of a cut tail."""
        for size in sorted(self._roots):
            if size > self.size:
                self.say("checkpoint", str(size), "size", f"the ledger has {self.size} entries, {size} were signed")
        for table, key, name, what in self.erasures.faults():
            self.say(table, key, name, what)
        return self.breaks


# --- exports --------------------------------------------------------------------------------------------------


def verify_export(
    lines: Iterable[str], keys: Sequence[str], outside: Sequence[str] = (), *, workers: int = 1
) -> Verifier:
    """Check a whole export: its own checkpoints, which stand before the leaves, and those kept elsewhere."""
    verifier = Verifier()
    for text in outside:
        _expect(verifier, text, keys, "outside")
    for read in in_order(_read_lines, _chunks(lines), workers=workers):
        for one in read:
            match one:
                case Looked():
                    verifier.take(one)
                case Waiting():
                    verifier.waiting += 1
                case OtherLine(number, "", fault, of):
                    verifier.say("export", f"line {number}", "", f"cannot be read ({fault}){of}")
                case OtherLine(number, checkpoint):
                    _expect(verifier, checkpoint, keys, f"line {number}")
    verifier.finish()
    verifier.require_signature()
    return verifier


class OtherLine(NamedTuple):
    """A line of an export that is no leaf: a checkpoint, or nothing that can be read."""

    number: int
    checkpoint: str = ""
    fault: str = ""
    #: The row that the line says it is of.
    of: str = ""


class Waiting(NamedTuple):
    """A leaf of an erasure that has no place yet."""


def _chunks(lines: Iterable[str]) -> Iterator[list[tuple[int, str]]]:
    numbered = enumerate(lines, 1)
    while chunk := list(islice(numbered, CHUNK)):
        yield chunk


def _read_lines(chunk: list[tuple[int, str]]) -> list[Looked | Waiting | OtherLine]:
    found: list[Looked | Waiting | OtherLine] = []
    for number, text in chunk:
        line: Any = None
        try:
            line = json.loads(text)
            if "checkpoint" in line:
                found.append(OtherLine(number, checkpoint=str(line["checkpoint"])))
            elif "waiting" in line:
                found.append(Waiting())
            else:
                found.append(look(placed_of(line)))
        except (ValueError, KeyError, TypeError) as fault:
            found.append(OtherLine(number, fault=type(fault).__name__, of=_named(line)))
    return found


def _named(line: Any) -> str:
    if not isinstance(line, dict) or "table" not in line:
        return ""
    return f": {line['table']} {line.get('pk', '')}#{line.get('history', '')}"


def _expect(verifier: Verifier, text: str, keys: Sequence[str], where: str) -> None:
    point = _point(verifier, text, keys, where)
    if point is not None:
        verifier.expect(point)


def _point(verifier: Verifier, text: str, keys: Sequence[str], where: str) -> note.Checkpoint | None:
    try:
        return note.read(text, keys)
    except note.NoteError as fault:
        verifier.say("checkpoint", where, "note", str(fault))
        return None


# --- receipts -------------------------------------------------------------------------------------------------


def receipt_of(placed: Placed, proof: Sequence[bytes], signed: str) -> dict[str, Any]:
    """One leaf, its path and the checkpoint it leads to 收据: enough for a court."""
    return {"entry": line_of(placed), "proof": [one.hex() for one in proof], "checkpoint": signed}


def verify_receipt(receipt: dict[str, Any], keys: Sequence[str]) -> list[Break]:
    """Whether the entry says what it says and stands in the signed tree."""
    verifier = Verifier()
    try:
        placed = placed_of(receipt["entry"])
        proof = [bytes.fromhex(one) for one in receipt["proof"]]
        signed = str(receipt["checkpoint"])
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        return [Break("receipt", "", "", f"cannot be read ({type(fault).__name__})")]
    point = _point(verifier, signed, keys, "receipt")
    key = f"{placed.head.pk}#{placed.head.history_id}"
    try:
        made = leaf_of(placed.head, placed.names, placed.commitments)
        values = placed.values or [None] * len(placed.names)
        for name in differing(placed.names, values, placed.salts, placed.commitments):
            verifier.say(placed.head.table, key, name, "not what was committed to")
        if made != placed.leaf:
            verifier.say(placed.head.table, key, "", "the entry has another hash")
        if point is not None:
            merkle.check_inclusion(placed.position, point.size, made, proof, point.root)
    except (EntryError, merkle.ProofError, ValueError) as fault:
        verifier.say(placed.head.table, key, "proof", str(fault))
    for wrong in erased_words(receipt, lambda one: verify_receipt(one, keys))[1]:
        verifier.say(placed.head.table, key, "erased", wrong)
    return verifier.breaks


def verify_consistency(told: dict[str, Any], keys: Sequence[str]) -> list[Break]:
    """Whether a published checkpoint grows out of the one before it; both signed."""
    verifier = Verifier()
    try:
        texts = str(told["previous"]), str(told["checkpoint"])
        proof = [bytes.fromhex(one) for one in told["proof"]]
    except (ValueError, KeyError, TypeError) as fault:
        return [Break("consistency", "", "", f"cannot be read ({type(fault).__name__})")]
    before, after = (
        _point(verifier, text, keys, where) for text, where in zip(texts, ("previous", "new"), strict=True)
    )
    if before is not None and after is not None:
        try:
            if before.origin != after.origin:
                raise merkle.ProofError("the checkpoints are of two ledgers")
            merkle.check_consistency(before.size, after.size, before.root, after.root, proof)
        except merkle.ProofError as fault:
            verifier.say("checkpoint", str(after.size), "proof", str(fault))
    return verifier.breaks


def _of_json(file: Path, check: Callable[[Any, Sequence[str]], list[Break]], keys: Sequence[str]) -> list[Break]:
    try:
        return check(json.loads(file.read_text(encoding="utf-8")), keys)
    except (OSError, ValueError) as fault:
        return [Break("file", file.name, "", f"cannot be read ({type(fault).__name__})")]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--receipt", action="store_true", help="the file is one receipt, not an export")
    parser.add_argument("--consistency", action="store_true", help="the file is a published checkpoint with its proof")
    parser.add_argument("--key", action="append", required=True, help="a public key: name+id+key")
    parser.add_argument("--checkpoint", action="append", type=Path, default=[], help="a note kept elsewhere")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes for a large export")
    given = parser.parse_args(arguments)
    outside = [path.read_text(encoding="utf-8") for path in given.checkpoint]
    if given.receipt or given.consistency:
        check, said = (
            (verify_receipt, "the receipt holds") if given.receipt else (verify_consistency, "the checkpoint follows")
        )
        breaks = _of_json(given.file, check, given.key)
        if given.receipt and not breaks:
            told = json.loads(given.file.read_text(encoding="utf-8"))
            for line in erased_words(told, lambda one: verify_receipt(one, given.key))[0]:
                sys.stdout.write(f"{line}\n")
    else:
        with given.file.open(encoding="utf-8") as lines:
            small = given.file.stat().st_size < SMALL
            checked = verify_export(lines, given.key, outside, workers=1 if small else given.workers)
        breaks, said = checked.breaks, f"{checked.size} entries hold, {checked.signed or 0} of them signed"
        if checked.waiting:
            sys.stdout.write(f"{checked.waiting} erasures have no place yet and excuse nothing: export after signing\n")
    for one in breaks:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(f"{said}\n" if not breaks else f"{len(breaks)} breaks\n")
    return 1 if breaks else 0


if __name__ == "__main__":
    raise SystemExit(main())

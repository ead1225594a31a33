"""The Merkle tree of RFC 6962 默克尔树 (section 2.1; proofs as RFC 9162 section 2.1.3 and 2.1.4 check them). No Django.

A leaf is hashed with 00 before it, a node with 01, so that neither passes for the other. Trees here are given by a
function that answers the hash of a complete subtree; who has all leaves in memory uses `of_leaves`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

#: Hash of the complete subtree of 2**level leaves that begins at leaf `number * 2**level`.
Subtrees = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof that proves nothing: wrong length, wrong size, another root."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def of_leaves(leaves: Sequence[bytes]) -> Subtrees:
    """Subtrees over leaf hashes in memory, each made once."""
    made: dict[tuple[int, int], bytes] = {}

    def subtree(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        if (level, number) not in made:
            made[level, number] = node_hash(subtree(level - 1, 2 * number), subtree(level - 1, 2 * number + 1))
        return made[level, number]

    return subtree


def root(size: int, subtrees: Subtrees) -> bytes:
    """Root of the first `size` leaves."""
    return _range(0, size, subtrees) if size else EMPTY_ROOT


def _range(start: int, stop: int, subtrees: Subtrees) -> bytes:
    """Hash over leaves start … stop - 1; `start` lies on a multiple of the largest power of two below the width."""
    width = stop - start
    if width & (width - 1) == 0 and start % width == 0:
        level = width.bit_length() - 1
        return subtrees(level, start >> level)
    half = 1 << (width - 1).bit_length() - 1
    return node_hash(_range(start, start + half, subtrees), _range(start + half, stop, subtrees))


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """The path that leads from leaf `index` to the root of `size` leaves (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not among {size}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        half = 1 << (stop - start - 1).bit_length() - 1
        middle = start + half
        if index < middle:
            path.append(_range(middle, stop, subtrees))
            stop = middle
        else:
            path.append(_range(start, middle, subtrees))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """What shows that the tree of `new` leaves begins with that of `old` (RFC 6962 2.1.2)."""
    if not 0 <= old <= new:
        raise ProofError(f"{old} leaves are not the beginning of {new}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, stop, whole = 0, new, True
    while old != stop:
        half = 1 << (stop - start - 1).bit_length() - 1
        middle = start + half
        if old <= middle:
            path.append(_range(middle, stop, subtrees))
            stop = middle
        else:
            path.append(_range(start, middle, subtrees))
            start, whole = middle, False
    if not whole:
        path.append(_range(start, stop, subtrees))
    return path[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], wanted: bytes) -> None:
    """Whether `leaf` is leaf `index` of the tree with root `wanted`; `ProofError` says why not (RFC 9162 2.1.3.2)."""
    _well_formed([leaf, wanted, *proof])
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not among {size}")
    place, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if found != wanted:
        raise ProofError("the proof leads to another root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Whether the tree of `new` leaves begins with that of `old`; `ProofError` says why not (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofError(f"{old} leaves are not the beginning of {new}")
    if old == new:
        if proof:
            raise ProofError("the proof is too long")
        if old_root != new_root or (not old and old_root != EMPTY_ROOT):
            raise ProofError("the roots differ")
        return
    if not old:
        raise ProofError("every tree begins with the empty one: that proves nothing")
    _well_formed([old_root, new_root, *proof])
    steps = list(proof)
    if not steps:
        raise ProofError("the proof is empty")
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for other in steps[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, other)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if before != old_root:
        raise ProofError("the proof does not begin with the old root")
    if after != new_root:
        raise ProofError("the proof leads to another root")


def _well_formed(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofError("a hash has the wrong length")

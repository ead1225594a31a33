"""RFC 6962 and 9162: published vectors, and random trees against a reference that is slow and plain (assurance B1)."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from integrity.ledger import merkle

TREES = 10_000
VECTORS = Path(settings.INTEGRITY_DATA) / "conformance-vectors" / "merkle-rfc6962"


def vectors(name: str) -> Any:
    file = VECTORS / name
    if not file.exists():
        pytest.skip(f"NOT RUN: real data absent ({name}); set INTEGRITY_DATA to the folder of the data sets")
    return [json.loads(line) for line in file.read_text().splitlines()] if name.endswith("l") else json.loads(
        file.read_text()
    )  # fmt: skip


def plain(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except merkle.ProofError:
        return False
    return True


def test_the_roots_of_the_published_trees() -> None:
    tree = vectors("tree.json")
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in tree["leaf_inputs_hex"]]
    found = [merkle.root(size, merkle.of_leaves(leaves)).hex() for size in range(len(leaves) + 1)]
    assert found == tree["root_hex_by_tree_size"]


def test_published_inclusion_proofs(capsys: pytest.CaptureFixture[str]) -> None:
    cases = vectors("inclusion.jsonl")
    wrong = [
        case["case"]
        for case in cases
        if holds(
            merkle.check_inclusion, case["leafIdx"], case["treeSize"], plain(case["leafHash"]),
            [plain(one) for one in case["proof"] or []], plain(case["root"]),
        ) is case["wantErr"]
    ]  # fmt: skip
    with capsys.disabled():
        print(f"\ninclusion: {len(cases)} vectors, {len(wrong)} deviations")  # noqa: T201
    assert wrong == []
    assert len(cases) == 98


def test_published_consistency_proofs(capsys: pytest.CaptureFixture[str]) -> None:
    cases = vectors("consistency.jsonl")
    wrong = [
        case["case"]
        for case in cases
        if holds(
            merkle.check_consistency, case["size1"], case["size2"], plain(case["root1"]), plain(case["root2"]),
            [plain(one) for one in case["proof"] or []],
        ) is case["wantErr"]
    ]  # fmt: skip
    with capsys.disabled():
        print(f"\nconsistency: {len(cases)} vectors, {len(wrong)} deviations")  # noqa: T201
    assert wrong == []
    assert len(cases) == 98


# --- the reference: the words of RFC 6962, nothing clever --------------------------------------------------------


def naive_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def random_trees(seed: int, number: int) -> Iterator[tuple[random.Random, list[bytes]]]:
    dice = random.Random(seed)  # noqa: S311  a test's dice
    for count in range(number):
        size = count % 130 if count % 50 else dice.randrange(1000)
        yield dice, [dice.randbytes(32) for _leaf in range(size)]


def test_random_trees_agree_with_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    proofs = 0
    for dice, leaves in random_trees(20260401, TREES):
        subtrees = merkle.of_leaves(leaves)
        root = naive_root(leaves)
        assert merkle.root(len(leaves), subtrees) == root
        if not leaves:
            continue
        index, old = dice.randrange(len(leaves)), dice.randrange(len(leaves) + 1)
        path = merkle.inclusion_proof(index, len(leaves), subtrees)
        merkle.check_inclusion(index, len(leaves), leaves[index], path, root)
        old = max(old, 1)
        steps = merkle.consistency_proof(old, len(leaves), subtrees)
        merkle.check_consistency(old, len(leaves), naive_root(leaves[:old]), root, steps)
        proofs += 2
    with capsys.disabled():
        print(f"\nmerkle: {TREES} random trees, {proofs} proofs, 0 deviations")  # noqa: T201


def test_a_bent_proof_proves_nothing() -> None:
    bent = 0
    for dice, leaves in random_trees(7, 400):
        if len(leaves) < 2:
            continue
        subtrees = merkle.of_leaves(leaves)
        root, index = naive_root(leaves), dice.randrange(len(leaves))
        path = merkle.inclusion_proof(index, len(leaves), subtrees)
        place = dice.randrange(len(path))
        for forged in (
            [*path, dice.randbytes(32)],
            path[:-1],
            [*path[:place], dice.randbytes(32), *path[place + 1 :]],
            [*path[:place], path[place][:31], *path[place + 1 :]],
        ):
            assert not holds(merkle.check_inclusion, index, len(leaves), leaves[index], forged, root)
            bent += 1
        assert not holds(merkle.check_inclusion, index, len(leaves), dice.randbytes(32), path, root)
        assert not holds(merkle.check_inclusion, len(leaves), len(leaves), leaves[index], path, root)
        old = dice.randrange(1, len(leaves))
        steps = merkle.consistency_proof(old, len(leaves), subtrees)
        before = naive_root(leaves[:old])
        for forged in ([*steps, dice.randbytes(32)], steps[:-1], [dice.randbytes(32), *steps[1:]]):
            assert not holds(merkle.check_consistency, old, len(leaves), before, root, forged)
            bent += 1
        assert not holds(merkle.check_consistency, old, len(leaves), dice.randbytes(32), root, steps)
        assert not holds(merkle.check_consistency, len(leaves) + 1, len(leaves), before, root, steps)
    assert bent > 500


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(merkle.ProofError):
        merkle.inclusion_proof(index, size, merkle.of_leaves([bytes(32)] * 3))


def test_a_larger_tree_is_not_the_beginning_of_a_smaller() -> None:
    with pytest.raises(merkle.ProofError):
        merkle.consistency_proof(4, 3, merkle.of_leaves([bytes(32)] * 4))

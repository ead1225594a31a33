"""The canonical bytes are frozen 冻结向量: entries of years ago are verified by them; a change is a new VERSION."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from integrity.ledger.entry import VERSION, Head, canonical, commitment, leaf_of

LINES = [json.loads(text) for text in (Path(__file__).parent / "golden.jsonl").read_text().splitlines()]
READ: dict[str, Callable[[str], Any]] = {
    "none": lambda text: None, "bool": lambda text: text == "true", "int": int, "text": str, "decimal": Decimal,
    "date": date.fromisoformat, "moment": datetime.fromisoformat, "time": time.fromisoformat, "uuid": UUID,
    "bytes": bytes.fromhex, "json": json.loads,
}  # fmt: skip


def test_there_are_enough_of_them() -> None:
    assert VERSION == 1
    assert len(LINES) >= 200
    assert {line["kind"] for line in LINES if "kind" in line} == set(READ)


def test_values_are_written_as_ever() -> None:
    for line in LINES:
        if "kind" in line:
            assert canonical(READ[line["kind"]](line["value"])) == line["written"].encode("utf-8", "surrogatepass"), (
                line
            )


def test_leaves_are_hashed_as_ever() -> None:
    for line in LINES:
        if "leaf" in line:
            salts = [bytes.fromhex(one) for one in line["salts"]]
            written = [one.encode("utf-8", "surrogatepass") for one in line["written"]]
            kept = [commitment(*one) for one in zip(salts, line["names"], written, strict=True)]
            assert leaf_of(Head(*line["head"]), line["names"], kept).hex() == line["leaf"]

"""The bytes of a leaf 存证条目: a head in clear and one salted commitment a field (design §5). No Django.

A commitment is SHA-256(salt ‖ length of the name ‖ name ‖ value). Whoever lacks the salt cannot guess even an identity
number; whoever erases value and salt erases lawfully, and the leaf still verifies. Values are canonical JSON: keys
sorted, UTF-8, no floats, dates and decimals as text, no Unicode normalisation. Golden vectors freeze the bytes
(tests/ledger/golden.jsonl): a change of them is a new `VERSION`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from integrity.ledger.merkle import HASH_BYTES, leaf_hash

VERSION = 1
SALT_BYTES = 16
ALGORITHM = "sha-256"


class EntryError(ValueError):
    """A value or an entry that has no canonical bytes."""


def canonical(value: Any) -> bytes:
    """The bytes of a value; floats and unknown kinds are refused rather than written somehow."""
    kind = type(value)
    if kind is str:
        return _text(value).encode("utf-8", "surrogatepass")
    if value is None:
        return b"null"
    if kind is int:
        return b"%d" % value
    if kind is datetime:
        return _moment(value)
    return _encoded(value)


@lru_cache(maxsize=64)  # rows of one statement share theirs
def _moment(value: datetime) -> bytes:
    return _encoded(value)


def _encoded(value: Any) -> bytes:
    return _ENCODER.encode(_plain(value)).encode("utf-8", "surrogatepass")


#: One for all: `json.dumps` would make one a value. A text alone needs the quoting only.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_text: Callable[[str], str] = json.encoder.encode_basestring


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case Decimal():
            return {"decimal": format(value, "f")}
        case datetime():
            if value.tzinfo is None:
                raise EntryError("a moment without its time zone")
            return {"moment": value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case UUID():
            return {"uuid": str(value)}
        case bytes() | bytearray() | memoryview():
            return {"bytes": base64.b64encode(bytes(value)).decode()}
        case Mapping():
            return {"object": {str(key): _plain(item) for key, item in value.items()}}
        case Sequence():
            return [_plain(item) for item in value]
    raise EntryError(f"{type(value).__name__} has no canonical form")


def commitment(salt: bytes, name: str, value: bytes) -> bytes:
    """What the leaf says of one field; `value` are its canonical bytes."""
    if len(salt) != SALT_BYTES:
        raise EntryError("a salt has the wrong length")
    return sha256(salt + _coded(name) + value).digest()


@lru_cache(maxsize=4096)
def _coded(name: str) -> bytes:
    coded = name.encode()
    return len(coded).to_bytes(2, "big") + coded


@dataclass(frozen=True, slots=True)
class Head:
    """What a leaf says in clear: which row of which table, which act, when, and the leaf before it of the same row."""

    table: str
    pk: str
    history_id: int
    op: str
    at: str
    previous: str = ""


def leaf_data(head: Head, names: Sequence[str], commitments: Sequence[bytes]) -> bytes:
    """The canonical bytes that are hashed into the tree; written out, for nothing is hashed more often."""
    if len(names) != len(commitments) or not _ordered(tuple(names)):
        raise EntryError("names and commitments do not belong together")
    if any(len(one) != HASH_BYTES for one in commitments):
        raise EntryError("a commitment has the wrong length")
    fields = ",".join([f'{_text(name)}:"{one.hex()}"' for name, one in zip(names, commitments, strict=True)])
    return (
        f'{{"object":{{"at":{_text(head.at)},"fields":{{"object":{{{fields}}}}},"hash":"{ALGORITHM}","history":{head.history_id:d},'
        f'"op":{_text(head.op)},"pk":{_text(head.pk)},"previous":{_text(head.previous)},"table":{_text(head.table)},'
        f'"version":{VERSION}}}}}'
    ).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=4096)
def _ordered(names: tuple[str, ...]) -> bool:
    """Each once, in order; there are as many lists of names as tables."""
    return list(names) == sorted(set(names))


def leaf_of(head: Head, names: Sequence[str], commitments: Sequence[bytes]) -> bytes:
    return leaf_hash(leaf_data(head, names, commitments))


@lru_cache(maxsize=64)
def moment(at: datetime) -> str:
    """A moment as a head writes it."""
    text: str = _plain(at)["moment"]
    return text


def differing(
    names: Sequence[str], values: Sequence[bytes | None], salts: Sequence[bytes], commitments: Sequence[bytes]
) -> list[str]:
    """Fields whose value is not what was committed to; an erased one (zero salt and no value) is not among them."""
    found = []
    for name, value, salt, kept in zip(names, values, salts, commitments, strict=True):
        if value is None and salt == bytes(SALT_BYTES):
            continue
        if value is None or commitment(salt, name, value) != kept:
            found.append(name)
    return found

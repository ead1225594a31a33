"""Signed checkpoints 签名检查点: C2SP notes (signed-note, tlog-checkpoint) with Ed25519. No Django.

    origin
    size
    root in base64
    (extension lines: time, …)

    — name base64(key id ‖ signature)

The key id is the first four bytes of SHA-256(name ‖ LF ‖ 01 ‖ public key), so other tools of that format read it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from integrity.ledger.merkle import HASH_BYTES

ED25519 = b"\x01"
MOST_BYTES = 1_000_000


class NoteError(ValueError):
    """A note that is none, or that nobody known has signed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: whose tree, how many leaves, which root; `extra` are further lines, the first one the time."""

    origin: str
    size: int
    root: bytes
    extra: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extra]
        return "".join(f"{line}\n" for line in lines)


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def public_line(name: str, public: bytes) -> str:
    """The public key as the format writes it 公钥: name+hex id+base64(01 ‖ key)."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_public_line(line: str) -> tuple[str, bytes]:
    try:
        name, number, coded = line.strip().split("+", 2)
        material = base64.b64decode(coded, validate=True)
    except (ValueError, binascii.Error) as fault:
        raise NoteError("this is no public key: write name+id+key") from fault
    if len(material) != 1 + HASH_BYTES or material[:1] != ED25519 or key_id(name, material[1:]).hex() != number:
        raise NoteError("the public key does not agree with its id")
    return name, material[1:]


def sign(checkpoint: Checkpoint, *, name: str, private: bytes) -> str:
    """The signed note; `private` is the 32-byte seed."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    signature = key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n— {name} {base64.b64encode(key_id(name, public) + signature).decode()}\n"


def read(note: str, keys: Sequence[str]) -> Checkpoint:
    """The checkpoint of a note that one of `keys` (public lines) has signed; `NoteError` otherwise."""
    if len(note.encode()) > MOST_BYTES or not note.endswith("\n"):
        raise NoteError("this is no note")
    text, separator, signatures = note.rpartition("\n\n")
    if not separator:
        raise NoteError("the note has no signature")
    text += "\n"
    known: dict[str, list[bytes]] = {}  # a ledger's keys follow one another under one name
    for line in keys:
        name, public = read_public_line(line)
        known.setdefault(name, []).append(public)
    signed = False
    for line in signatures.splitlines():
        mark, _, rest = line.partition(" ")
        name, _, coded = rest.rpartition(" ")
        if mark != "—" or not name:
            raise NoteError("a line of the note is no signature")
        for public in known.get(name, ()):
            signed |= _holds(text, public, name, coded)
    if not signed:
        raise NoteError("nobody known has signed this note")
    return _parsed(text)


def _holds(text: str, public: bytes, name: str, coded: str) -> bool:
    """Whether a signature of a known name holds; one of another key of that name counts for nothing."""
    try:
        material = base64.b64decode(coded, validate=True)
    except binascii.Error as fault:
        raise NoteError("a signature cannot be read") from fault
    if material[:4] != key_id(name, public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(material[4:], text.encode())
    except InvalidSignature as fault:
        raise NoteError("the signature does not hold") from fault
    return True


def _parsed(text: str) -> Checkpoint:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not lines[0] or not all(lines):
        raise NoteError("the note is no checkpoint")
    origin, number, coded, *extra = lines
    if not number.isascii() or not number.isdigit() or (len(number) > 1 and number[0] == "0") or len(number) > 18:
        raise NoteError("the size is no number")
    try:
        found = base64.b64decode(coded, validate=True)
    except binascii.Error as fault:
        raise NoteError("the root cannot be read") from fault
    if len(found) != HASH_BYTES:
        raise NoteError("the root has the wrong length")
    return Checkpoint(origin, int(number), found, tuple(extra))

"""A sealed stream 密封流: AES-256-GCM in chunks, each bound to its place and to the header. No Django.

File: magic, length of the header (4 bytes), header (JSON), then chunks of up to a mebibyte with their tags. The key of
a file is derived from the backup key and a salt of its own; the nonce counts the chunks and marks the last one (the
STREAM construction), so a chunk that is cut off, swapped, doubled or changed by a bit does not open.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"integrity-backup 1\n"
CHUNK = 1 << 20
TAG = 16
MOST_HEADER = 1 << 16


class SealError(ValueError):
    """The file is not whole, not ours, or sealed with another key."""


def _opener(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=MAGIC).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Sealer(io.RawIOBase):
    """Write plain bytes, get a sealed file; `close` writes the last chunk, without which nothing opens."""

    def __init__(self, into: BinaryIO, key: bytes, about: Mapping[str, Any]) -> None:
        salt = os.urandom(32)
        header = json.dumps({**about, "salt": salt.hex()}, sort_keys=True).encode()
        self._bound = MAGIC + len(header).to_bytes(4, "big") + header
        into.write(self._bound)
        self._into, self._aead, self._number = into, _opener(key, salt), 0
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk is never written here: only `close` knows that it is
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._into.write(self._aead.encrypt(_nonce(self._number, last=last), plain, self._bound))
        self._number += 1


class Opener(io.RawIOBase):
    """Read a sealed file; a byte that was not sealed never comes out."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        start = source.read(len(MAGIC) + 4)
        if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 4:
            raise SealError("this is not a backup of the archive")
        length = int.from_bytes(start[-4:], "big")
        header = source.read(length) if length <= MOST_HEADER else b""
        try:
            self.about: dict[str, Any] = json.loads(header)
            salt = bytes.fromhex(self.about["salt"])
        except (ValueError, KeyError, TypeError) as fault:
            raise SealError("the header cannot be read") from fault
        self._bound = start + header
        self._source, self._aead, self._number = source, _opener(key, salt), 0
        self._ready = b""
        self._next = source.read(CHUNK + TAG)
        if not self._next:
            raise SealError("it ends after its header")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready and self._next:
            self._ready = self._open()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _open(self) -> bytes:
        sealed, self._next = self._next, self._source.read(CHUNK + TAG)
        try:
            plain = self._aead.decrypt(_nonce(self._number, last=not self._next), sealed, self._bound)
        except InvalidTag as fault:
            where = self._number * CHUNK
            raise SealError(
                f"it was changed or cut at about byte {where}, or BACKUP_KEY is another one than it was sealed with"
            ) from fault
        self._number += 1
        return plain

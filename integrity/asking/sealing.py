"""What an applicant wrote, sealed 申请内容加密: one key a request, itself under the archive's field key.

With the key gone nothing of it can be opened again, in the row, its history, the ledger or a backup made since.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from integrity.identifiers import decrypt, encrypt
from integrity.models import InformationRequest, RequestKey

_NONCE = 12
_KEY_BITS = 256


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens texts of one request; each is bound to its request and place, so that none can be moved."""

    ref: str
    key: bytes

    def seal(self, place: str, content: dict[str, Any]) -> bytes:
        nonce = os.urandom(_NONCE)
        text = json.dumps(content, ensure_ascii=False).encode()
        return nonce + AESGCM(self.key).encrypt(nonce, text, f"{self.ref}/{place}".encode())

    def open(self, place: str, token: bytes | memoryview) -> dict[str, Any]:
        data = bytes(token)
        opened = AESGCM(self.key).decrypt(data[:_NONCE], data[_NONCE:], f"{self.ref}/{place}".encode())
        found: dict[str, Any] = json.loads(opened)
        return found


def fresh_sealer(request: InformationRequest) -> Sealer:
    """A key for a request that is being made."""
    return Sealer(str(request.ref), AESGCM.generate_key(_KEY_BITS))


def keep_key(request: InformationRequest, sealer: Sealer) -> None:
    wrapped = encrypt(base64.b64encode(sealer.key).decode(), aad=f"request-key/{request.ref}")
    RequestKey.objects.create(request=request, wrapped=wrapped)


def sealer_of(request: InformationRequest) -> Sealer | None:
    """The request's sealer, or nothing once its contents were deleted."""
    row = RequestKey.objects.filter(request=request).first()
    if row is None:
        return None
    return Sealer(str(request.ref), base64.b64decode(decrypt(row.wrapped, aad=f"request-key/{request.ref}")))

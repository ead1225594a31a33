"""Decision documents 决定文书: stored outside the media folder under random names, shown only through access."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from integrity.exceptions import ActRefused
from integrity.models import Account, Document, recording

#: Content types by the first bytes; the name a stranger gave the file decides nothing.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
MAX_BYTES = 20 * 1024 * 1024
_written: ContextVar[list[Path] | None] = ContextVar("written", default=None)


@contextmanager
def with_its_documents() -> Iterator[None]:
    """One transaction and the files stored in it: when it is refused, neither rows nor files stay."""
    files: list[Path] = []
    token = _written.set(files)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        raise
    finally:
        _written.reset(token)


def store_document(*, content: IO[bytes], number: str, title: str, by: Account, reason: str) -> Document:
    """Keep a scanned decision: PDF, JPEG or PNG of at most 20 MiB. Call it inside `with_its_documents()`."""
    data = content.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ActRefused("document_too_large", _("文书超过 20 MB，请压缩后重新上传"), field="document")
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is None:
        raise ActRefused("document_type", _("文书须为 PDF、JPEG 或 PNG 文件"), field="document")
    name = secrets.token_hex(24)
    folder = Path(settings.CLOSED_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    files = _written.get()
    if files is not None:
        files.append(folder / name)
    (folder / name).write_bytes(data)
    document = Document(
        number=number,
        title=title,
        path=name,
        content_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_by=by,
    )
    with recording(by=by, reason=reason, document=number):
        document.save()
    return document


def read_document(document: Document) -> bytes:
    """The bytes, checked against their digest; callers have opened the decision through access first."""
    data = (Path(settings.CLOSED_ROOT) / document.path).read_bytes()
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise ActRefused("document_altered", _("文书内容与入档时的摘要不符，请联系审计管理员"))
    return data

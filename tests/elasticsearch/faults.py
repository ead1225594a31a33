"""A proxy that fails on demand 故障代理; loopback only.

unavailable  every request is answered with 503
refused      every connection is cut before an answer
slow         every answer waits
dropped      bulk writes are said to be done and are not
partial      of a bulk write every second line is refused by the server, the others are done
reordered    bulk writes are said to be done, and reach the server later, the newest first
lying        a search is answered from the whole index, whatever it was restricted to
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal

Fault = Literal["", "unavailable", "refused", "slow", "dropped", "partial", "reordered", "lying"]
DELAY_SECONDS = 30
_DONE = b'{"took":1,"errors":false,"items":[]}'
_JSON = "application/vnd.elasticsearch+json;compatible-with=8"


class _Handler(BaseHTTPRequestHandler):
    target: ClassVar[str]
    fault: ClassVar[Fault]
    ended: ClassVar[threading.Event]
    held: ClassVar[list[tuple[str, str, bytes, dict[str, str]]]]
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault, is_bulk = self.fault, "/_bulk" in self.path
        if fault == "slow":
            self.ended.wait(DELAY_SECONDS)
        if fault == "refused":
            self.close_connection = True
            self.connection.close()
        elif fault == "unavailable":
            self._answer(503, b"{}", "application/json")
        elif fault == "dropped" and is_bulk:
            self._answer(200, _DONE, _JSON)
        elif fault == "reordered" and is_bulk:
            self.held.append((self.command, self.path, body, self._kept_headers()))
            self._answer(200, _DONE, _JSON)
        elif fault == "partial" and is_bulk:
            self._half(body)
        elif fault == "lying" and "/_search" in self.path:
            self._forward(_unrestricted(body))
        else:
            self._forward(body)

    def _kept_headers(self) -> dict[str, str]:
        return {name: value for name in ("Content-Type", "Accept") if (value := self.headers.get(name))}

    def _forward(self, body: bytes) -> None:
        self._answer(*_asked(self.target, self.command, self.path, body, self._kept_headers()))

    def _half(self, body: bytes) -> None:
        """Lines at odd places go through; the others come back as refused for the moment."""
        actions = _actions(body)
        through = b"".join(lines for _name, _key, lines in actions[::2])
        status, answer, kind = _asked(self.target, self.command, self.path, through, self._kept_headers())
        done = json.loads(answer)["items"] if status == 200 else []
        busy = {"type": "es_rejected_execution_exception", "reason": "busy"}
        refused = [{name: {"_id": key, "status": 429, "error": busy}} for name, key, _lines in actions[1::2]]
        items = [one for pair in zip(done, [*refused, None], strict=False) for one in pair if one is not None]
        told = {"took": 1, "errors": bool(refused), "items": items}
        self._answer(status, json.dumps(told).encode() if status == 200 else answer, kind)

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


def _asked(target: str, command: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, str | None]:
    asked = urllib.request.Request(target + path, data=body or None, method=command, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=DELAY_SECONDS) as answer:  # noqa: S310  loopback
            return answer.status, answer.read(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers["Content-Type"]


def _actions(body: bytes) -> list[tuple[str, str, bytes]]:
    """(action, id, its lines) of a bulk request."""
    found: list[tuple[str, str, bytes]] = []
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        ((name, meta),) = json.loads(line).items()
        found.append((name, meta["_id"], line if name == "delete" else line + next(lines)))
    return found


def _unrestricted(body: bytes) -> bytes:
    asked = json.loads(body)
    if "bool" in asked.get("query", {}):
        asked["query"]["bool"] |= {"filter": [], "must": [{"match_all": {}}]}
    return json.dumps(asked).encode()


class FaultyProxy:
    """Stands before a server; `fault` says what goes wrong from now on."""

    def __init__(self, target: str) -> None:
        self._ended = threading.Event()
        self._handler: Any = type(
            "Handler", (_Handler,), {"target": target.rstrip("/"), "fault": "", "ended": self._ended, "held": []}
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
        """Writes that were held back reach the server when another fault begins, or none."""
        self._handler.fault = value
        held, self._handler.held = self._handler.held, []
        for command, path, body, headers in reversed(held):
            _asked(self._handler.target, command, path, body, headers)

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

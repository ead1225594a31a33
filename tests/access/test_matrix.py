"""The authorisation matrix 访问矩阵 (assurance A1, A4, B6): every address × persona × method × state of the record.

Refused and absent are one answer, byte for byte; no answer carries a token its reader may not see; what carries one
has its line in the read log. `pytest -m long tests/access` asks every cell; the ordinary run a fixed sample.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from integrity.models import ReadEntry
from tests.access.doors import Door, doors
from tests.access.world import PERSONAS, Target, may_read, may_see_token, may_write, targets
from tests.personas import Province

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
RECORDS = frozenset({"file", "part", "decision", "practitioner", "penalty", "licence", "publication"})
#: Django lets a superuser into the editors' admin; production refuses to have one, and of records he sees nothing.
EDITORS = frozenset({"secrecy_reviewer", "publisher", "superuser"})
#: Words of the editors' admin that are no page: its script texts and its icons.
HARMLESS = frozenset({"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"})
INSPECTORS = frozenset({"inspector_with_case", "inspector_without_case", "second_inspector"})
REFUSED = frozenset({301, 302, 400, 401, 403, 404, 405, 410})
ABSENT = "00000000-0000-4000-8000-000000000000"
LEAST_CELLS = 60_000
SAMPLE = 25  # of a thousand cells


def address(door: Door, target: Target | None) -> str:
    """The address with its arguments filled: the record's own where the door names one, else what is nobody's."""
    given = {"ref": str(target.ref), "tab": "parts"} | target.args if target is not None else {}
    path = re.sub(
        r"(?<!\?P)<(?:\w+:)?(\w+)>", lambda found: given.get(found[1], _filled(found[0], found[1])), door.route
    )
    path = re.sub(
        r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda found: given.get(found[1], _filled("", found[1])), path
    )
    path = re.sub(r"\((?:\?:)?[^()]*(?:\([^()]*\)[^()]*)*\)[?*]?", "1", path)
    return "/" + path.replace("^", "").replace("$", "").replace("/?", "/").replace("\\", "")


def _filled(pattern: str, name: str) -> str:
    if "uuid" in pattern or name in ("ref", "number"):
        return ABSENT
    if "int" in pattern or name.endswith(("_id", "pk")):
        return "1"
    return {"label": "training", "kind": "licence", "profile": "template-servants", "code": "en"}.get(name, "nothing")


def cells(rows: list[Target]) -> Iterator[tuple[Door, Target | None, str, str]]:
    for door in doors():
        named: list[Target | None] = [None]
        if door.kind in RECORDS:
            named = [row for row in rows if row.kind == door.kind]
        for target in named:
            for persona in PERSONAS:
                for method in METHODS:
                    yield door, target, persona, method


class Matrix:
    """Asks cells, each in a transaction that is rolled back, and says what is wrong with an answer."""

    def __init__(self, scene: Province) -> None:
        self.rows = targets(scene)
        self.tokens = {row.token: row for row in self.rows if row.token}
        self.cookies: dict[str, Any] = {}
        for persona in PERSONAS:
            client = Client() if persona == "anonymous" else scene.browser(persona)
            self.cookies[persona] = client.cookies
        self.absent: dict[tuple[str, str, str], bytes] = {}

    def answer(self, door: Door, target: Target | None, persona: str, method: str) -> tuple[Any, bytes, int]:
        client = Client(raise_request_exception=False)
        client.cookies = self.cookies[persona].copy()
        with transaction.atomic():
            before = ReadEntry.objects.count()
            answer: Any = client.generic(method, address(door, target))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            lines = ReadEntry.objects.count() - before
            transaction.set_rollback(True)
        return answer, body, lines

    def faults(self, door: Door, target: Target | None, persona: str, method: str) -> Iterator[str]:
        answer, body, lines = self.answer(door, target, persona, method)
        status = answer.status_code
        if status >= 500 and (persona, door.kind) != ("superuser", "editors"):  # Wagtail's own, on made-up arguments
            yield f"answered {status}"
        shown = str(answer.headers) + body.decode("utf-8", "replace")
        for token, row in self.tokens.items():
            if token in shown and not may_see_token(persona, row):
                yield f"shows {token} of {row.kind} {row.state}"
            elif token in shown and not lines:
                yield f"shows {token} without a line in the log"
        if method == "OPTIONS":
            return
        if persona == "anonymous":
            if (
                door.kind not in ("public", "entrance", "documents")
                and door.name not in HARMLESS
                and status not in REFUSED
            ):
                yield f"anonymous got {status}"
        elif door.kind in RECORDS and target is not None:
            yield from self.record_faults(door, target, persona, method, status, body)
        elif door.kind.startswith("administration:") and door.kind.partition(":")[2] != persona:
            if status not in (404, 405):
                yield f"not of this office and got {status}"
        elif door.kind == "inspectors" and persona not in INSPECTORS and status not in (404, 405):
            yield f"no inspector and got {status}"
        elif door.kind == "editors" and persona not in EDITORS and door.name not in HARMLESS and status not in REFUSED:
            yield f"no editor and got {status}"

    def record_faults(
        self, door: Door, target: Target, persona: str, method: str, status: int, body: bytes
    ) -> Iterator[str]:
        allowed = may_read(persona, target)
        if door.reads and method in ("GET", "HEAD") and allowed and status != 200:
            yield f"may read and got {status}"
        if not allowed:
            if status not in (404, 405):
                yield f"may not read and got {status}"
            elif status == 404 and body != self.absent_body(door, target, persona, method):
                yield "refused and absent differ"
        elif not (door.reads or may_write(persona) or door.name.endswith("_document")) and status not in (404, 405):
            yield f"only reads and got {status} from an act"

    def absent_body(self, door: Door, target: Target, persona: str, method: str) -> bytes:
        key = (door.route, persona, method)
        if key not in self.absent:
            nobody = next(row for row in self.rows if row.kind == target.kind and row.state == "absent")
            self.absent[key] = self.answer(door, nobody, persona, method)[1]
        return self.absent[key]


def of_office(door: Door, persona: str, method: str) -> bool:
    """An administrator's own page, read: of each only one persona gets an answer, so no sample leaves it out."""
    return door.kind == f"administration:{persona}" and method in ("GET", "HEAD")


def asked(scene: Province, permille: int) -> tuple[int, Counter[str], list[str]]:
    """Ask the cells of a sample: how many there were, by kind of door, and what deviates."""
    matrix = Matrix(scene)
    kinds: Counter[str] = Counter()
    deviations: list[str] = []
    number = 0
    logging.disable(logging.CRITICAL)
    try:
        for door, target, persona, method in cells(matrix.rows):
            state = target.state if target is not None else ""
            name = f"{method} {door.name or door.route} {state} as {persona}"
            if zlib.crc32(name.encode()) % 1000 >= permille and not of_office(door, persona, method):
                continue
            number += 1
            kinds[door.kind.partition(":")[0]] += 1
            deviations += [f"{name}: {fault}" for fault in matrix.faults(door, target, persona, method)]
    finally:
        logging.disable(logging.NOTSET)
    return number, kinds, deviations


def test_every_address_stands_in_a_class() -> None:
    assert [door.route for door in doors() if not door.kind] == []


def test_the_whole_matrix_is_as_large_as_the_goal(scene: Province) -> None:
    assert sum(1 for _cell in cells(targets(scene))) >= LEAST_CELLS


def test_a_sample_of_the_matrix(scene: Province, capsys: pytest.CaptureFixture[str]) -> None:
    report(*asked(scene, SAMPLE), capsys=capsys)


@pytest.mark.long
def test_the_whole_matrix(scene: Province, capsys: pytest.CaptureFixture[str]) -> None:
    report(*asked(scene, 1000), capsys=capsys)


def report(number: int, kinds: Counter[str], deviations: list[str], *, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nmatrix: {number} cells {dict(kinds)}, {len(deviations)} deviations")  # noqa: T201  the figure is the point
    assert not deviations, "\n".join(deviations[:60])

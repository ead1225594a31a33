"""Every address of both sites for rows that exist, and the links on the pages 遍历入口: asked as one persona."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from django.test import Client

from integrity.models import PARTS, Account, Assignment, CaseGrant
from tests.access.closed import Closed
from tests.access.doors import Door, doors
from tests.access.test_matrix import address
from tests.access.world import Target
from tests.personas import Province

TABS = ("parts", "decisions", "timeline", "objections", "history", "readers")
#: Model → kind of door that names its rows.
KINDS = {
    "IntegrityFile": "file", "Decision": "decision", "PractitionerRecord": "practitioner", "Penalty": "penalty",
    "Licence": "licence", "Publication": "publication",
} | {model.__name__: "part" for model, _grade in PARTS}  # fmt: skip
#: Names of the other rows' arguments, by the beginning of the address.
OTHERS: tuple[tuple[str, str, str], ...] = (
    ("staff/cases/<int:pk>", "Case", "pk"),
    ("staff/imports/<uuid:ref>", "ImportBatch", "ref"),
    ("staff/changes/<uuid:ref>", "AccessChange", "ref"),
    ("staff/emergencies/<uuid:ref>", "BreakGlass", "ref"),
    ("staff/erasures/holds/<uuid:ref>", "LegalHold", "ref"),
    ("staff/erasures/<uuid:ref>", "Erasure", "ref"),
    ("staff/recusals/<int:pk>", "Recusal", "pk"),
    ("staff/audit/unusual/<int:pk>", "ReadFinding", "pk"),
)
#: What a page links to and a crawl does not follow: the way out, the language, files of the design.
NOT_FOLLOWED = re.compile(r"^/(accounts/logout|i18n|static|media)/|[?&](next|lang)=")
_LINK = re.compile(r"""(?:href|src|action|hx-get|hx-post|data-url)="([^"]*)\"""")
CURSORS = frozenset({"after", "before"})


@dataclass(frozen=True)
class Answer:
    """One answer, its text with archives unpacked."""

    persona: str
    url: str
    status: int
    text: str
    links: tuple[str, ...]


def addresses(world: Closed) -> list[tuple[Door, str]]:
    """Each door with each row it can name, in a fixed order."""
    found: dict[str, Door] = {}
    for door in doors():
        for url in _of(door, world):
            found.setdefault(url, door)
    return [(door, url) for url, door in found.items()]


def _of(door: Door, world: Closed) -> Iterator[str]:
    targets = [
        Target(kind, "", row.ref, args={"label": type(row).__name__.lower(), "number": _number(world, row)})
        for model, kind in KINDS.items()
        for row in world.rows.get(model, ())
        if kind == door.kind
    ]
    for target in targets:
        for tab in TABS if "<tab>" in door.route else ("",):
            yield address(door, Target(target.kind, "", target.ref, args=target.args | ({"tab": tab} if tab else {})))
    if targets:
        return
    for start, model, key in OTHERS:
        if door.route.startswith(start):
            for row in world.rows.get(model, ()):
                yield address(
                    door, Target("", "", getattr(row, "ref", ""), args={key: str(getattr(row, key))} | _inner(world))
                )
            return
    yield from _accounts(door, world.scene)


def _inner(world: Closed) -> dict[str, str]:
    """Rows named behind another: a request and a grant of a case, a proposal of a batch."""
    grant = CaseGrant.objects.filter(case=world.scene.case)[0]
    return {"grant": str(grant.pk)}


def _number(world: Closed, row: Any) -> str:
    held = (
        [number for number in world.rows["SubjectIdentifier"] if number.subject_id == row.subject_id]
        if hasattr(row, "subject_id")
        else []
    )
    return str(held[0].ref) if held else ""


def _accounts(door: Door, scene: Province) -> Iterator[str]:
    if door.route.startswith("staff/accounts/<int:pk>"):
        for account in (scene.clerk, scene.subject_himself):
            yield address(door, Target("", "", "", args={"pk": str(account.pk)}))
    elif door.route.startswith("staff/assignments/<int:pk>"):
        held = Assignment.objects.filter(account=scene.clerk)[0]
        yield address(door, Target("", "", "", args={"pk": str(held.pk)}))
    else:
        yield address(door, None)


def browser(scene: Province, persona: str) -> Client:
    client = Client() if persona == "anonymous" else scene.browser(persona)
    client.raise_request_exception = False
    return client


def account_of(scene: Province, persona: str) -> Account | None:
    return None if persona == "anonymous" else getattr(scene, persona)


def asked(client: Client, persona: str, url: str, *, method: str = "GET", data: Any = None) -> Answer:
    """One request, its answer as text."""
    answer: Any = client.get(url) if method == "GET" else client.post(url, data)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    text = unzipped(body) if body.startswith(b"PK\x03\x04") else body.decode("utf-8", "replace")
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    links = [unescape(link) for link in _LINK.findall(text)] if "html" in kind else []
    if answer.headers.get("Location"):
        links.append(answer.headers["Location"])
    return Answer(persona, url, answer.status_code, f"{head}\n\n{text}", tuple(links))


def unzipped(body: bytes) -> str:
    """The texts inside a workbook."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def followed(answer: Answer) -> Iterator[str]:
    """The addresses of our own that a page leads to."""
    for link in answer.links:
        parts = urlsplit(urljoin(answer.url, link))
        if parts.netloc or not parts.path.startswith("/") or link.startswith(("data:", "mailto:", "javascript:")):
            continue
        url = parts.path + (f"?{parts.query}" if parts.query else "")
        if not NOT_FOLLOWED.search(url):
            yield url


def place_of(url: str) -> str:
    """An address without its cursor, which is other ciphertext each time."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in CURSORS]
    return f"{parts.path}?{urlencode(sorted(query))}"


def walk(client: Client, persona: str, seeds: Iterable[str], *, pages: int, limit: int) -> Iterator[Answer]:
    """Every seed and every link found on the way; of one list at most `pages` pages, at most `limit` links in all."""
    seen: dict[str, int] = {}
    waiting = list(seeds)
    links = 0
    known = {place_of(url) for url in waiting}
    while waiting:
        url = waiting.pop(0)
        place = place_of(url)
        if seen.get(place, 0) >= (pages if any(f"{name}=" in url for name in CURSORS) else 1):
            continue
        seen[place] = seen.get(place, 0) + 1
        answer = asked(client, persona, url)
        yield answer
        for link in followed(answer):
            if place_of(link) in known and not any(f"{name}=" in link for name in CURSORS):
                continue
            if links < limit:
                known.add(place_of(link))
                waiting.append(link)
                links += 1


def addresses_in(answer: Answer) -> str:
    """Every address that an answer contains, readable."""
    return "\n".join(unquote(link) for link in answer.links)

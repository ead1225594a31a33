"""Twin worlds 孪生世界 (non-interference, assurance A3): one record differs, and whoever may not see it cannot tell.

Both worlds are the same database: the second is a savepoint in which the record was changed, and which is rolled back;
ids and clock are equal by that. What is random in each answer (tokens against forgery, keys of forms, cursors, nonces)
is taken out before two answers are compared.
"""

from __future__ import annotations

import re
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, models, transaction
from django.test import Client

from integrity.choices import FileStatus, Grade, RecordState
from integrity.models import GuardedModel, IntegrityFile, PractitionerRecord, Subject, SubjectName
from integrity.names import name_key
from search import worker
from tests import factories
from tests.access.audience import PUBLICATION, readers
from tests.access.closed import Closed, minimal
from tests.access.crawl import addresses, browser, unzipped
from tests.access.planting import text_columns
from tests.access.test_matrix import EDITORS
from tests.access.world import PERSONAS

#: Random in each answer, and not of the records.
_RANDOM = tuple(
    re.compile(pattern)
    for pattern in (
        r'name="(?:csrfmiddlewaretoken|once|found)" value="[^"]*"',
        r'"X-CSRFToken": "[^"]*"',
        r"\b(?=[A-Za-z0-9]{64}\b)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{64}\b",  # a digest has no capitals
        r"nonce[-=]\"?[A-Za-z0-9_+/=-]+",
        r"(?:after|before)=[A-Za-z0-9_%=-]+",
        r"(?:csrftoken|sessionid|messages)=[^;]*",
        r"csrfToken[^,]*",
    )
)
#: Number of the record that is there in one world alone.
ONE_MORE = uuid.UUID("11111111-1111-4111-8111-111111111111")
NAMES = ("才旦卓玛", "欧阳春晓")
NEW_NUMBER = "青监政处〔2026〕977号"
QUERIES = (
    "/staff/search/?q={}", "/search/?q={}", "/staff/files/?name={}", "/staff/decisions/?document_no={}",
    "/staff/practitioners/?q={}",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two worlds: the one as it is, and the one in which `change` was made to a record."""

    name: str
    row: Any
    change: Callable[[], None]
    unseen: tuple[str, ...]
    words: tuple[str, ...]


def pairs(world: Closed) -> list[Pair]:
    """Every record of the world with every change that fits it."""
    found = []
    for model, rows in world.rows.items():
        for row in rows:
            if model == "SubjectIdentifier" or not (isinstance(row, GuardedModel) or model == "Publication"):
                continue
            if model == "Publication" and row.state != "proposed":
                continue
            for name, change in _changes(world, row):
                found.append(Pair(f"{model} {row.pk}: {name}", row, change, _unseen(world, row), _words(row, name)))
    return found


def _unseen(world: Closed, row: Any) -> tuple[str, ...]:
    """Who may see nothing of the person, in either world: whatever grade or state the record gets."""
    seen = set(PUBLICATION)
    if isinstance(row, GuardedModel):
        seen = set(world.named[row.subject_id])
        for grade in Grade.values:
            before, row.grade = row.grade, grade
            seen |= readers(world.scene, row)
            row.grade = before
        if row.family == "practitioner" or getattr(row, "record_id", None):
            seen |= PUBLICATION
    return tuple(persona for persona in PERSONAS if persona not in seen)


def _words(row: Any, change: str) -> tuple[str, ...]:
    """What somebody would ask who suspects the record: whole, in parts, spelt, by number."""
    if change == "another name":
        return (NAMES[0], NAMES[0][:2], "caidan zhuoma", "cdzm", NAMES[1])
    if change == "another document number":
        return (NEW_NUMBER, "977", str(row.document_no))
    if change == "another identity number":
        return (factories.identity_number(977), NAMES[0])
    return (NAMES[0], str(getattr(row, "name", "") or getattr(row, "document_no", "")) or "令牌", "zq")


def _changes(world: Closed, row: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    named = isinstance(row, (IntegrityFile, PractitionerRecord))
    if named:
        yield "another name", lambda: _renamed(row)
        yield "another identity number", lambda: _numbered(row.subject)
    yield "other words", lambda: _reworded(row)
    if not isinstance(row, GuardedModel):
        return
    yield "one more record", lambda: _one_more(row)
    if type(row).__name__ not in ("Decision", "Penalty"):
        grade = Grade.STRICT if row.grade != Grade.STRICT else Grade.SENSITIVE
        yield "another grade", lambda: _altered(row, grade=grade)
    if hasattr(row, "sealed"):
        yield "sealed or not", lambda: _altered(row, sealed=not row.sealed)
    if hasattr(row, "document_no"):
        yield "another document number", lambda: _altered(row, document_no=NEW_NUMBER)
    state = {"status": FileStatus.FROZEN, "state": RecordState.VOIDED}.get(row.state_column)
    undated = isinstance(row, IntegrityFile) and row.established_on is None  # a draft is not frozen
    if state and type(row).__name__ != "ListEntry" and not undated:
        yield "another state", lambda: _altered(row, **{row.state_column: state})


def _fresh(row: Any) -> Any:
    """The row as it stands; the world's own copy stays as it was."""
    if isinstance(row, GuardedModel):
        return type(row).objects.unscoped(reason="twin world").get(pk=row.pk)
    return type(row)._default_manager.get(pk=row.pk)


def _altered(row: Any, **columns: Any) -> None:
    other = _fresh(row)
    if columns.get("state") and hasattr(other, "approved_by_id"):
        columns.setdefault("ended_reason", "作废") if hasattr(other, "ended_reason") else None
    for name, value in columns.items():
        setattr(other, name, value)
    factories.saved(other)


def _reworded(row: Any) -> None:
    columns = [column for column in text_columns(type(row)) if not isinstance(column, models.JSONField)]
    _altered(row, **{column.name: "另一个世界的文字" for column in columns})


def _renamed(row: Any) -> None:
    other = _fresh(row)
    other.name = NAMES[0]
    factories.saved(other)
    person = Subject.objects.get(pk=row.subject_id)
    person.name = NAMES[0]
    factories.saved(person)
    for name in SubjectName.objects.filter(subject=person):
        name.text, name.key = NAMES[0], name_key(NAMES[0])
        factories.saved(name)


def _numbered(person: Subject) -> None:
    factories.identifier(person, factories.identity_number(977))


def _one_more(row: Any) -> None:
    """A second record of the kind where the first one is, under a number known beforehand."""
    subject = row.subject
    columns: dict[str, Any] = {"authority": row.authority, "entered_by": row.entered_by, "grade": row.grade,
                               "ref": ONE_MORE}  # fmt: skip
    if isinstance(row, (IntegrityFile, PractitionerRecord)):
        subject = factories.subject(NAMES[0])
        columns |= {"name": NAMES[0], "status": row.status, "established_on": row.established_on}
        columns |= {"unit": row.unit} if isinstance(row, IntegrityFile) else {"profession": row.profession}
    for name in ("file", "record", "decision", "penalty", "list_type", "state", "deciding_authority", "document"):
        if getattr(row, name, None) is not None and hasattr(type(row), name):
            columns[name] = getattr(row, name)
    for name in ("decided_on", "served_on", "approved_by", "document_no"):
        if getattr(row, name, None):
            columns[name] = getattr(row, name)
    factories.saved(minimal(type(row), subject=subject, **columns))


@dataclass
class Twins:
    """Asks both worlds and compares."""

    world: Closed
    browsers: dict[str, Client] = field(default_factory=dict)
    known: dict[tuple[str, str], bytes] = field(default_factory=dict)
    compared: int = 0
    differences: list[str] = field(default_factory=list)
    _sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.browsers = {persona: browser(self.world.scene, persona) for persona in PERSONAS}
        for client in self.browsers.values():
            client.get("/staff/")  # the session's hour is written on its first page
        self._sequences = sequences()

    def compare(self, pair: Pair, personas: Iterable[str], urls: list[str]) -> None:
        """Ask the same of both worlds, as each of these personas."""
        asked = [(persona, url) for persona in personas for url in urls if _asks(persona, url)]
        with self.twin(lambda: None):
            for persona, url in asked:
                if (persona, url) not in self.known:
                    self.known[persona, url] = zlib.compress(self.answer(persona, url).encode())
        with self.twin(pair.change):
            for persona, url in asked:
                self.compared += 1
                here, there = zlib.decompress(self.known[persona, url]).decode(), self.answer(persona, url)
                if here != there:
                    self.differences.append(f"{pair.name}: {persona} {url}: {_where(here, there)}")

    @contextmanager
    def twin(self, change: Callable[[], None]) -> Iterator[None]:
        """A world in which one thing was done, and which is gone afterwards."""
        cache.clear()
        with transaction.atomic():
            change()
            worker.drain()
            aligned(self._sequences)
            yield
            transaction.set_rollback(True)

    def answer(self, persona: str, url: str) -> str:
        """Status, headers and body of one answer, without what is random in each.

        What it writes is undone: a page that counts readings would tell of the questions before it, and the base
        world's answers are kept, so that fewer are asked there.
        """
        client = Client(raise_request_exception=False)
        client.cookies.update(self.browsers[persona].cookies)
        with transaction.atomic():
            answer: Any = client.get(url)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        cookies = "\n".join(sorted(answer.cookies))
        head = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
        text = f"{answer.status_code}\n{head}\n{cookies}\n\n"
        # A workbook notes the second in which it was packed, which no test's clock stops.
        text += unzipped(body) if body.startswith(b"PK\x03\x04") else body.decode("utf-8", "replace")
        for pattern in _RANDOM:
            text = pattern.sub("…", text)
        return text


def _asks(persona: str, url: str) -> bool:
    return not url.startswith("/cms") or persona in EDITORS


def _where(here: str, there: str) -> str:
    at = next(
        (n for n, (one, two) in enumerate(zip(here, there, strict=False)) if one != two), min(len(here), len(there))
    )
    return f"{here[max(0, at - 60) : at + 60]!r} / {there[max(0, at - 60) : at + 60]!r}"


def sequences() -> dict[str, int]:
    """Where the counters of ids stand on PostgreSQL, which a rollback does not turn back."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM pg_sequences")
        return dict(cursor.fetchall())


def aligned(stand: dict[str, int]) -> None:
    """Ids given from here on are the same in both worlds: far beyond those that exist."""
    with connection.cursor() as cursor:
        for name, value in stand.items():
            cursor.execute("SELECT setval(%s, %s)", [name, value + 1_000_000])
        if not stand:
            cursor.execute("UPDATE sqlite_sequence SET seq = 1000000 WHERE seq < 1000000")


def one_of_each(world: Closed) -> list[str]:
    """One address of each door, without the way out, and without the log: it tells of this very comparison."""
    found: dict[str, str] = {}
    for door, url in addresses(world):
        if "logout" not in door.route and door.kind != "entrance" and not door.route.startswith("staff/audit/"):
            found.setdefault(door.route, url)
    return list(found.values())


def of_row(world: Closed, row: Any) -> list[str]:
    """Every address that names the record, and the number of the one that may be there."""
    ref = str(row.ref)
    own = [url for _door, url in addresses(world) if ref in url]
    return own + [url.replace(ref, str(ONE_MORE)) for url in own]

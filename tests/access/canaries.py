"""The crawl of the canaries 标记遍历: every door as every persona, and what is wrong with the answers."""

from __future__ import annotations

import logging
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from integrity.models import Document, ReadEntry
from search.models import SearchDocument, World
from tests.access.audience import EVERYBODY
from tests.access.closed import Closed
from tests.access.crawl import Answer, account_of, addresses, addresses_in, asked, browser, walk
from tests.access.planting import Canary
from tests.access.world import PERSONAS

#: Rows of offices among themselves, and a matter, which several persons share: a line, which need not name this row.
OFFICES_ONLY = frozenset({"Matter", "BreakGlass", "Recusal", "ImportedRow", "Rejection", "MatchProposal"})

#: Of these nobody on file is the subject: the run of an import (its rows are another table), what inspectors and
#: administrators write of cases and accounts, the log itself.
UNLOGGED = frozenset({"ImportBatch", "Case", "CaseRequest", "GrantRequest", "AccessChange", "ReadEntry", "ReadFinding"})


#: Where somebody reads the words again that were typed by that very person; others' words would be a leak there too.
OWN_WORDS = "/staff/search/history/"


class EveryLine(logging.Handler):
    """Keeps every line of every logger, with its trace, as a handler would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def every_line() -> Iterator[EveryLine]:
    """The root logger at DEBUG; levels that the settings name stay as they are."""
    root, handler = logging.getLogger(), EveryLine()
    before, others = root.level, list(root.handlers)
    root.handlers, root.level = [handler], logging.DEBUG
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.handlers = others
        root.setLevel(before)


@dataclass
class Crawl:
    """Asks, looks for canaries in each answer, and remembers who was shown what."""

    world: Closed
    permille: int = 1000
    pages: int = 3
    links: int = 4000
    responses: int = 0
    hits: int = 0
    doors: set[str] = field(default_factory=set)
    above: list[str] = field(default_factory=list)
    unlogged: list[str] = field(default_factory=list)
    in_addresses: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)
    #: Persona → the addresses of its searches.
    typed: dict[str, str] = field(default_factory=dict)
    #: (persona, address) that showed a closed row, for the second round without a log.
    carriers: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> None:
        every = addresses(self.world)
        self.doors = {door.route for door, _url in every if "logout" not in door.route}
        for persona in PERSONAS:
            client = browser(self.world.scene, persona)
            seeds = [
                url
                for number, (door, url) in enumerate(every)
                if "logout" not in door.route and self._taken(f"{persona} {number} {door.route}", url, door.reads)
            ]
            seeds += self._searches(persona)
            self._follow(client, persona, seeds)
            self._reveals(client, persona)

    def _taken(self, lot: str, url: str, reads: bool) -> bool:
        """The sample of an ordinary run: lists always, pages of records and acts by lot."""
        if url.count("/") <= 3 and not url.startswith("/cms"):
            return True
        return zlib.crc32(lot.encode()) % 1000 < self.permille * (3 if reads else 1)

    def _searches(self, persona: str) -> list[str]:
        """Words that stand in closed rows, as somebody would type them who has heard of them."""
        kinds = ("IntegrityFile", "Decision", "PractitionerRecord", "Penalty", "SubjectName", "Publication")
        words = [c.token for c in self.world.planter.canaries.values()
                 if c.model in kinds and not c.column.startswith("history")]  # fmt: skip
        every = [url.format(word) for word in words for url in ("/staff/search/?q={}", "/search/?q={}")]
        every += [f"/staff/files/?name={word}" for word in words]
        return [url for url in every if zlib.crc32(f"{persona} {url}".encode()) % 1000 < self.permille // 5]

    def _follow(self, client: Client, persona: str, seeds: list[str]) -> None:
        account = account_of(self.world.scene, persona)
        last = _newest_line()
        for answer in walk(client, persona, seeds, pages=self.pages, limit=self.links):
            self.look(answer, account.pk if account else None, last)
            last = _newest_line()

    def _reveals(self, client: Client, persona: str) -> None:
        """The one act that shows a number."""
        account = account_of(self.world.scene, persona)
        for number in self.world.rows["SubjectIdentifier"]:
            last = _newest_line()
            url = f"/staff/files/{number.holder.ref}/numbers/{number.ref}/"
            answer = asked(client, persona, url, method="POST", data={"purpose": "核实身份"})
            self.look(answer, account.pk if account else None, last, again=False)

    def look(self, answer: Answer, account: int | None, last: int, *, again: bool = True) -> None:
        """Everything that may be wrong with one answer."""
        self.responses += 1
        if answer.status >= 500 and not (answer.persona == "superuser" and answer.url.startswith("/cms")):
            self.failed.append(f"{answer.persona} {answer.url}: {answer.status}")
        planter = self.world.planter
        own = self._typed(answer)
        found = [canary for canary in planter.found(answer.text) if canary.token not in answer.url + own]
        for canary in found:
            self.hits += 1
            self.shown[canary.model] += 1
            if answer.persona not in canary.audience:
                self.above.append(f"{answer.persona} {answer.url} shows {canary}")
        for canary in planter.found(addresses_in(answer)):
            if canary.token not in answer.url:
                self.in_addresses.append(f"{answer.persona} {answer.url} leads to an address with {canary}")
        closed = [canary for canary in found if canary.audience != EVERYBODY and canary.model not in UNLOGGED]
        if closed and again:
            self.carriers.append((answer.persona, answer.url))
        self.unlogged += self._unlogged(answer, closed, account, last)

    def _typed(self, answer: Answer) -> str:
        """What this persona has searched for so far, on the one page that gives it back."""
        if answer.url.startswith("/staff/search/?"):
            self.typed[answer.persona] = self.typed.get(answer.persona, "") + f" {answer.url}"
        return self.typed.get(answer.persona, "") if answer.url == OWN_WORDS else ""

    def _unlogged(self, answer: Answer, closed: list[Canary], account: int | None, last: int) -> Iterator[str]:
        if not closed:
            return
        lines = list(ReadEntry.objects.filter(pk__gt=last, account=account).prefetch_related("subjects"))
        people = {subject.subject_id for line in lines for subject in line.subjects.all()}
        named = {(line.model, str(pk)) for line in lines for pk in line.ids}
        for canary in closed:
            by_row = (canary.model.lower(), str(canary.pk)) in named
            if by_row or (canary.subject_id in people) or (canary.model in OFFICES_ONLY and lines):
                continue
            yield f"{answer.persona} {answer.url} shows {canary} without a line that names it"

    # --- where nothing may stand ----------------------------------------------------------------------------------

    def elsewhere(self, lines: EveryLine) -> list[str]:
        """Canaries in the log, mail, sessions, the public index and files left behind."""
        found = [f"log: {canary}" for canary in self._in("\n".join(lines.lines))]
        found += [f"mail: {canary}" for canary in self._in("\n".join(str(letter.message()) for letter in mail.outbox))]
        for session in Session.objects.all():
            found += [f"session: {canary}" for canary in self._in(str(session.get_decoded()))]
        for row in SearchDocument.objects.filter(world=World.PUBLIC):
            text = " ".join((row.names, row.numbers, row.text))
            found += [f"public index: {canary}" for canary in self._in(text) if canary.audience != EVERYBODY]
        return found + [f"file {path}: {canary}" for path, text in left_behind() for canary in self._in(text)]

    def _in(self, text: str) -> Iterator[Canary]:
        return self.world.planter.found(text)


def _newest_line() -> int:
    return ReadEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def left_behind() -> Iterator[tuple[Path, str]]:
    """Files of this run beside the documents themselves: uploads, workbooks, whatever was written on the way."""
    kept = set(Document.objects.values_list("path", flat=True))
    for folder in (settings.CLOSED_ROOT, settings.MEDIA_ROOT, tempfile.gettempdir()):
        for path in Path(folder).rglob("*"):
            if path.is_file() and path.name not in kept:
                yield path, path.read_bytes().decode("utf-8", "replace")

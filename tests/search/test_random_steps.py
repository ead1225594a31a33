"""Published, edited, sealed, withdrawn, granted, revoked at random, and asked in between: nothing forbidden is found.

Acts and questions are drawn by a seed, on both engines; the index lags behind as it likes, and the cluster is away,
slow or lying (`tests/elasticsearch/faults.py`). After each question every hit is compared with a book that this test
keeps in its own words, and with the rule on the object itself. After each calm nothing is missing either: index and
database differ nowhere, and everybody finds all that is theirs.

SEARCH_STEPS=10000 ./run test tests/search/test_random_steps.py      (60 in every run)
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from integrity import cases, decisions, publications
from integrity.access import scope_for
from integrity.choices import Act, PublicationState, WithdrawalReason
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.files import _carry_authority
from integrity.models import (
    Assignment,
    CaseGrant,
    Decision,
    IntegrityFile,
    Organisation,
    Penalty,
    Publication,
    recording,
)
from search import query as asking
from search import reconcile, worker
from search.documents import SOURCES
from search.engines import EngineError
from search.engines.database import DatabaseEngine
from search.models import Kind, World
from search.query import Results, search
from search.receivers import enqueue
from tests import factories
from tests.elasticsearch import faults
from tests.elasticsearch.faults import Fault, FaultyProxy
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.personas import Province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]

STEPS = int(os.environ.get("SEARCH_STEPS", "60"))
#: A calm after so many steps: faults end, the queue is worked, lost writes are looked for.
CALM_EVERY = 20 if STEPS < 1000 else 50
FILES, PRACTITIONERS = 6, 3
NAMES = ("扎西多杰", "扎西才让", "多杰扎西", "丁扎西", "扎西", "多杰才让")
FACTS = ("违反工作纪律", "接受扎西宴请", "泄露工作秘密")
WORDS = (*NAMES, "扎", "zhaxi", "zxdj", "工作纪律", "青监政处〔2026〕", "扎西 工作")
READERS = (
    "clerk", "reviewer", "low_clearance_clerk", "clerk_of_other_authority", "inspector_with_case", "regulator",
    "superuser", "security_admin", "nobody",
)  # fmt: skip
#: Whoever may be sent off duty here; the others are needed for the acts.
ON_AND_OFF = ("clerk", "low_clearance_clerk", "clerk_of_other_authority")
Found = set[tuple[Kind, int]]


class Book:
    """What is so 台账, in this test's own words: written by its steps, never read from an index or a scope."""

    def __init__(self, scene: Province) -> None:
        self.authority: dict[int, int] = {}
        #: The name on the file, and the person's own, which a change on the file leaves.
        self.names: dict[int, tuple[str, str]] = {}
        self.file_of: dict[int, int] = {}
        self.record_of: dict[int, int] = {}
        self.sealed: set[int] = set()
        self.granted: set[int] = set()
        self.off_duty: set[str] = set()
        self.shown: dict[int, str] = {}
        self.home, self.other = scene.authority.pk, scene.other_authority.pk

    def may_see(self, reader: str) -> Found:
        if reader in self.off_duty or reader in {"superuser", "security_admin", "nobody"}:
            return set()
        if reader == "regulator":
            records = {(Kind.PRACTITIONER, pk) for pk in self.record_of.values()}
            return records | {(Kind.PENALTY, pk) for pk in self.record_of}
        if reader == "inspector_with_case":
            files = self.granted
        else:
            where = self.other if reader == "clerk_of_other_authority" else self.home
            files = {pk for pk, authority in self.authority.items() if authority == where}
        seen: Found = {(Kind.FILE, pk) for pk in files}
        if reader != "low_clearance_clerk":
            of_files = {pk for pk, file in self.file_of.items() if file in files}
            seen |= {(Kind.DECISION, pk) for pk in of_files - self.sealed}
        return seen


class Steps:
    """What happens, drawn at random; what the law refuses is simply not done."""

    def __init__(self, scene: Province, dice: random.Random) -> None:
        self.scene, self.dice, self.book = scene, dice, Book(scene)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.files: list[int] = [scene.file.pk]
        self.book.authority[scene.file.pk] = scene.authority.pk
        self.book.names[scene.file.pk] = (scene.file.name, scene.file.name)
        self.book.granted.add(scene.file.pk)  # the scene's own
        self.penalties: list[Penalty] = []
        for number in range(FILES):
            self._file(number)
        for number in range(PRACTITIONERS):
            self._practitioner(number)
        self.acts: list[Callable[[], None]] = [
            self.publish, self.suspend, self.resume, self.withdraw, self.rename, self.restate, self.seal, self.unseal,
            self.grant, self.revoke, self.duty, self.move,
        ]  # fmt: skip

    def _file(self, number: int) -> None:
        book, scene = self.book, self.scene
        where, clerk = (
            (scene.other_authority, scene.clerk_of_other_authority)
            if number % 3 == 2
            else (scene.authority, scene.clerk)
        )
        file = factories.file(where, by=clerk, subject=factories.subject(NAMES[number]), name=NAMES[number])
        book.authority[file.pk], book.names[file.pk] = where.pk, (file.name, file.name)
        self.files.append(file.pk)
        for place in range(2):
            row = factories.decision(file, by=clerk, document_no=f"青监政处〔2026〕{number * 2 + place + 1}号")
            with_facts(row, FACTS[place])
            book.file_of[row.pk] = file.pk

    def _practitioner(self, number: int) -> None:
        record = factories.practitioner(
            self.scene.bureau, by=self.scene.regulator, of=self.scene.profession, name=NAMES[number]
        )
        penalty = scenes.penalty_in_force(self.scene, record, document_no=f"青司罚〔2026〕{number + 1}号")
        self.book.record_of[penalty.pk] = record.pk
        self.penalties.append(penalty)

    def step(self) -> str:
        act = self.dice.choice(self.acts)
        try:
            with transaction.atomic():
                act()
        except (ReasonedRefusal, NotAdmitted):
            self.refused[act.__name__] += 1
        return act.__name__

    def file(self) -> IntegrityFile:
        return IntegrityFile.objects.unscoped(reason="测试").get(pk=self.dice.choice(self.files))

    def decision(self) -> Decision:
        return Decision.objects.unscoped(reason="测试").get(pk=self.dice.choice(sorted(self.book.file_of)))

    def told(self, state: str) -> Publication | None:
        return Publication.objects.filter(state=state).order_by("pk").first()

    # --- the public site ---

    def publish(self) -> None:
        penalty = self.dice.choice(self.penalties)
        if publications.live_of(penalty).exists():
            return
        row = scenes.published(self.scene, penalty)
        self.book.shown[row.pk] = row.name
        self.done["publish"] += 1

    def suspend(self) -> None:
        if row := self.told(PublicationState.PUBLISHED):
            publications.suspend(publication=row, by=self.scene.publisher, reason="核查")
            del self.book.shown[row.pk]
            self.done["suspend"] += 1

    def resume(self) -> None:
        if row := self.told(PublicationState.SUSPENDED):
            publications.resume(publication=row, by=self.scene.publisher, reason="核查完毕")
            self.book.shown[row.pk] = row.name
            self.done["resume"] += 1

    def withdraw(self) -> None:
        if row := self.told(self.dice.choice((PublicationState.PUBLISHED, PublicationState.SUSPENDED))):
            publications.withdraw(publication=row, by=self.scene.publisher, cause=WithdrawalReason.ERROR, reason="有误")
            self.book.shown.pop(row.pk, None)
            self.done["withdraw"] += 1

    # --- the files ---

    def rename(self) -> None:
        file = self.file()
        file.name = self.dice.choice(NAMES)
        saved(file)
        self.book.names[file.pk] = (file.name, self.book.names[file.pk][1])
        self.done["edit"] += 1

    def restate(self) -> None:
        with_facts(self.decision(), self.dice.choice(FACTS))
        self.done["edit"] += 1

    def seal(self) -> None:
        row = self.decision()
        by = self.scene.reviewer if row.authority_id == self.book.home else self.scene.reviewer_of_other_authority
        decisions.seal(row=row, by=by, reason="封存", document="青法封〔2026〕1号")
        self.book.sealed.add(row.pk)
        self.done["seal"] += 1

    def unseal(self) -> None:
        """There is no act of it: behind the archive's back, so that there is something to seal again."""
        if self.book.sealed:
            row = Decision.objects.unscoped(reason="测试").get(pk=self.dice.choice(sorted(self.book.sealed)))
            raw(row, sealed=False)
            enqueue("decision", [row.pk])
            self.book.sealed.discard(row.pk)

    def move(self) -> None:
        file = self.file()
        home = file.authority_id == self.scene.authority.pk
        target: Organisation = self.scene.other_authority if home else self.scene.authority
        file.authority = target
        saved(file)
        with recording(by=None, reason="移转"):
            _carry_authority(file)
        self.book.authority[file.pk] = target.pk
        self.done["move"] += 1

    # --- the rights ---

    def grant(self) -> None:
        file = self.file()
        asked = cases.ask_files(case=self.scene.case, by=self.scene.inspector_with_case, files=[file], reason="办案")
        cases.decide_request(request=asked, by=self.scene.second_inspector, chosen=[file.pk], answer="同意")
        self.book.granted.add(file.pk)
        self.done["grant"] += 1

    def revoke(self) -> None:
        grants = CaseGrant.objects.filter(cut_on__isnull=True, content_object_id__in=self.files).order_by("pk")
        if found := list(grants):
            grant = self.dice.choice(found)
            cases.cut_grant(grant=grant, by=self.scene.second_inspector, reason="终止")
            self.book.granted.discard(grant.content_object_id)
            self.done["revoke"] += 1

    def duty(self) -> None:
        name = self.dice.choice(ON_AND_OFF)
        row = Assignment.objects.get(account=getattr(self.scene, name))
        off = name not in self.book.off_duty
        raw(row, valid_to=scenes.TODAY - timedelta(days=1) if off else None)
        (self.book.off_duty.add if off else self.book.off_duty.discard)(name)
        self.done["duty"] += 1


def with_facts(row: Decision, facts: str) -> None:
    row.facts = facts
    saved(row)


# --- what goes wrong -----------------------------------------------------------------------------------------


class Weather:
    """The engine in its moods: a proxy before the cluster; the database's own engine fails as a whole."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.proxy = FaultyProxy(settings.ELASTICSEARCH_URL) if settings.ELASTICSEARCH_URL else None
        self.seen: Counter[str] = Counter()
        self.fault = ""
        if self.proxy is not None:
            settings.ELASTICSEARCH_URL = self.proxy.address
        else:
            find = DatabaseEngine.find

            def moody(engine: DatabaseEngine, *given: Any, **asked: Any) -> Any:
                if self.fault:
                    raise EngineError(self.fault)
                return find(engine, *given, **asked)

            monkeypatch.setattr(DatabaseEngine, "find", moody)
        self.moods: tuple[Fault, ...] = (
            ("", "", "unavailable", "refused", "dropped", "partial", "reordered", "lying", "slow")
            if self.proxy is not None
            else ("", "", "unavailable")
        )

    def becomes(self, mood: Fault) -> None:
        self.fault = mood
        self.seen[mood or "calm"] += 1
        if self.proxy is not None:
            self.proxy.fault = mood

    def close(self) -> None:
        if self.proxy is not None:
            self.proxy.close()


@pytest.fixture
def weather(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weather]:
    monkeypatch.setattr(faults, "DELAY_SECONDS", 3)
    direct = settings.ELASTICSEARCH_URL
    weather = Weather(settings, monkeypatch)
    yield weather
    settings.ELASTICSEARCH_URL = direct
    weather.close()


# --- what is asked -------------------------------------------------------------------------------------------


def ask(scene: Province, reader: str, text: str) -> tuple[Results, Any]:
    if reader == "public":
        return search(World.PUBLIC, text, limit=200), None
    account = type(scene.clerk).objects.get(pk=getattr(scene, reader).pk)
    purpose, case = (scene.purpose, scene.case.reference) if reader == "inspector_with_case" else ("", "")
    scope = scope_for(account, Act.SEARCH, purpose=purpose, case=case)
    return search(World.STAFF, text, scope=scope, limit=200), scope


def forbidden(steps: Steps, reader: str, text: str) -> tuple[list[str], int, bool]:
    """Hits that this reader must not have, by the book and by the rule on the object; how many there were in all."""
    results, scope = ask(steps.scene, reader, text)
    wrong: list[str] = []
    allowed = steps.book.may_see(reader) if reader != "public" else set()
    for hit in results.hits:
        if reader == "public":
            if hit.kind != Kind.PUBLICATION or hit.id not in steps.book.shown:
                wrong.append(f"public: {hit.kind} {hit.id}")
            continue
        row = SOURCES[hit.kind].all_rows().filter(pk=hit.id).first()
        if (hit.kind, hit.id) not in allowed or row is None or not scope.admits(row):
            wrong.append(f"{reader}: {hit.kind} {hit.id}")
    return wrong, len(results.hits), results.degraded


def missing(steps: Steps) -> list[str]:
    """After a calm: index against database, and of each reader what should be found by its name and is not."""
    lost = [f"difference: {one}" for one in reconcile.differences()]
    book = steps.book
    for reader in READERS:
        files = {pk for kind, pk in book.may_see(reader) if kind == Kind.FILE and "扎西" in "\n".join(book.names[pk])}
        results, _scope = ask(steps.scene, reader, "扎西")
        found = {hit.id for hit in results.hits if hit.kind == Kind.FILE}
        lost += [f"{reader}: file {pk}" for pk in files ^ found]
    for pk, name in book.shown.items():
        if pk not in {hit.id for hit in ask(steps.scene, "public", name)[0].hits if hit.kind == Kind.PUBLICATION}:
            lost.append(f"public: publication {pk}")
    return lost


@contextmanager
def recovered(weather: Weather) -> Iterator[None]:
    """All is well again: what waited is written, what was lost is looked for, as the worker and the nightly job do."""
    weather.becomes("")
    worker.drain()
    assert worker.pending() == 0
    reconcile.repair()
    yield


@pytest.mark.parametrize("seed", [int(os.environ.get("SEARCH_SEED", "20261127"))])
def test_whatever_happens_nobody_finds_what_is_not_theirs(
    scene: Province,
    weather: Weather,
    seed: int,
) -> None:
    dice = random.Random(seed)  # noqa: S311  interleavings, not secrets
    steps = Steps(scene, dice)
    asked = hits = degraded = differences = 0
    with recovered(weather):
        assert missing(steps) == []
    for number in range(1, STEPS + 1):
        happened = steps.step()
        if dice.random() < 0.3:
            weather.becomes(dice.choice(weather.moods))
        if weather.fault != "slow" and dice.random() < 0.6:
            worker.drain()
        reader = dice.choice((*READERS, "public", "public"))
        text = dice.choice(NAMES if reader == "public" else WORDS)
        wrong, found, was_degraded = forbidden(steps, reader, text)
        assert not wrong, (number, happened, weather.fault, text, wrong)
        asked, hits, degraded = asked + 1, hits + found, degraded + was_degraded
        if weather.fault == "slow":
            weather.becomes("")
        if number % CALM_EVERY == 0 or number == STEPS:
            with recovered(weather):
                lost = missing(steps)
                differences += len(lost)
                assert not lost, (number, lost)
        if number % 500 == 0:
            print(f"{number} steps, {hits} hits, {degraded} by exact look-ups", flush=True)  # noqa: T201
    assert hits > STEPS / 4, "questions find something"
    if STEPS >= 1000:
        wanted = {"publish", "suspend", "resume", "withdraw", "edit", "seal", "move", "grant", "revoke", "duty"}
        assert set(steps.done) == wanted
        assert set(weather.seen) == {mood or "calm" for mood in weather.moods}
    told = f"{sum(steps.done.values())} acts {dict(steps.done)}, weather {dict(weather.seen)}"
    print(  # noqa: T201
        f"random steps ({'cluster' if weather.proxy else 'database'}): {STEPS}, {asked} questions, {hits} hits, "
        f"{degraded} by exact look-ups, 0 forbidden, {differences} differences; {told}"
    )


def test_the_book_sees_a_leak(scene: Province, weather: Weather, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof bites: without the database's last word, what was sealed or withdrawn since is found and named."""
    steps = Steps(scene, random.Random(1))  # noqa: S311
    steps.penalties[:] = steps.penalties[:1]
    steps.publish()
    worker.drain()
    steps.book.off_duty.clear()
    for row in Decision.objects.unscoped(reason="测试").filter(pk__in=steps.book.file_of):
        raw(row, sealed=True)
    steps.book.sealed |= set(steps.book.file_of)
    steps.withdraw()
    steps.withdraw()
    assert not forbidden(steps, "clerk", "工作纪律")[0]
    monkeypatch.setattr(asking, "_disposed", lambda proposed, *given: list(proposed))
    monkeypatch.setitem(SOURCES, Kind.DECISION, _unsealed(SOURCES[Kind.DECISION]))
    assert forbidden(steps, "clerk", "工作纪律")[0]


def _unsealed(source: Any) -> Any:
    from dataclasses import replace

    return replace(source, shown=lambda rows: rows)

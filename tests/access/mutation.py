"""The tests bite 变异测试 (assurance A10).

`python -m tests.access.mutation` mutants of the access package; `--points`: each point of enforcement outside of it
removed. `--only MODULE…`, `--seconds N`, `--sample N`; `--database FILE` to start from a test database that is there.

Each fault gets a process of its own, forked after collection, with a database file of its own that already holds the
law and the scene, and the tests that run through the changed function run in it until one fails. Fails below the goal.
"""

from __future__ import annotations

import argparse
import copy
import gc
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import types
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from datetime import time as clock_time
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from _pytest.runner import runtestprotocol

from tests.access.enforcement import points
from tests.access.mutants import MODULES, Mutant, mutants, unchanged

GOAL = 0.95
MOST_SECONDS = 240  # one test: a mutant may make a loop of a rule
CONTROL_SECONDS = 60
TESTS = (
    "tests/access/test_rule_lines.py",
    "tests/access/test_scope_lines.py",
    "tests/access/test_duty_lines.py",
    "tests/access/test_door_lines.py",
    "tests/access/test_act_lines.py",
    "tests/access/test_page_lines.py",
    "tests/integrity/test_access.py",
    "tests/integrity/test_pieces.py",
    "tests/integrity/test_as_of.py",
    "tests/integrity/test_field_grades.py",
    "tests/integrity/test_cases.py",
    "tests/integrity/test_readlog.py",
    "tests/integrity/test_emergencies.py",
    "tests/integrity/test_explain.py",
    "tests/access/test_canaries.py",
    "tests/access/test_visibility.py",
    "tests/access/test_twins.py",
)
POINT_TESTS = ("tests/access", "tests/integrity", "tests/search", "tests/cms")
#: Mutants that change no answer, each with the reason; they count neither way.
EQUIVALENT = {
    "clauses Clause._reach: dropped not self.authorities": "no authority: `authority_id IN ()` matches no row either",
    "clauses Clause._publication_condition: dropped not self.authorities": "the same",
    "clauses Clause._reaches: dropped bool(obj.case_column)": "no column named: its value is None, and no file is None",
    "clauses Clause._admits_draft: dropped account_id is not None": "entered_by is required: nobody equals no one",
    "clauses Clause._reach: Q(pk__in=ids) if ids else None: always Q(pk__in=ids)": "`pk IN ()` matches no row either",
    "roles : {Act.PROPOSE, Act.SERVE}: Act.ENTER added": "a regulator enters already, by the sets beside this one",
    "roles : {Act.PROPOSE, Act.SERVE}: Act.APPROVE added": "and approves",
    "roles : {Act.PROPOSE, Act.SERVE}: Act.EXPORT added": "and exports",
    "scope Scope.condition: dropped clause.subject_id is None": "the own rows less those recused, OR the own rows",
    "scope Scope.condition: dropped self.recused": "not about nobody: every row",
    "scope Scope._recused_rows: Q(subject_id__in=self.recused) if issubclass(model, GuardedModel) e…: "
    "always Q(subject_id__in=self.recused)": "asked only where an office's clause reaches the table: a guarded one",
    "scope Scope.clauses_for: dropped bool(self.recused)": "nobody is among no one; spares a look at the source",
    "scope Scope.hidden: if not grades → False": "no column is graded: none of them is graded too high",
    "rule _case: dropped not bodies": "`organisation IN ()` matches no case either",
    "rule _emergency_clauses: if not duties → False": "`office IN ()` matches no opening either",
    "rule _emergency_clauses: timezone.localtime(one.closes_at).date() if one.closes_at else None: "
    "always timezone.localtime(one.closes_at).date()": "`open_at` finds what closes later than now: it has an end",
    "doors log_read: str(getattr(request, 'request_id', '')) if request else '': "
    "always str(getattr(request, 'request_id', ''))": "no request has no number: '' too",
    "doors _persons: if shown → True": "`pk IN ()` matches no publication",
}


def say(text: str) -> None:
    stdout = sys.__stdout__  # pytest holds the other one
    assert stdout is not None
    stdout.write(text + "\n")
    stdout.flush()


def put_in(mutant: Mutant) -> None:
    """Make the running program the mutant."""
    from tests.access import implanting

    whole = mutant.module.startswith("integrity.access.")
    if whole:
        implanting.put_in_constants(mutant.module, mutant.source)
    changed = implanting.put_in_code(mutant.module, mutant.source, only="" if whole else mutant.function)
    if not changed and mutant.function:
        raise implanting.NotPlanted(mutant.name)


class Runner:
    """Takes the place of pytest's loop: one child a fault, the tests that are likely to see it first."""

    def __init__(
        self, chosen: list[Mutant], *, seconds: float, control: float, known: Path | None, points: bool
    ) -> None:
        self.chosen = chosen
        self.seconds, self.control, self.known, self.points = seconds, control, known, points
        self.kills: Counter[tuple[str, str]] = Counter()
        self.cost: dict[str, float] = {}
        self.ways: dict[str, set[str]] = {}
        self.files = Path(tempfile.mkdtemp(prefix="mutation-"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        runtestprotocol(items[0], nextitem=session, log=False)  # type: ignore[arg-type]  # the session's database and law stand from here on
        from tests.access import implanting  # not earlier: it knows models

        stand(session.config, self.files / "standing.sqlite3")
        for module in {one.module for one in self.chosen}:
            import_module(module)  # what no address was asked for yet is not there
        implanting.functions_of("")
        gc.freeze()  # a collection in a child would copy every page of the parent
        sound = self.sound(items)
        killed, survivors, planted, ran = 0, [], 0, 0
        began = time.monotonic()
        for mutant in self.chosen:
            if time.monotonic() - began > self.seconds:
                break
            by = self.child(self.ordered(sound, mutant), mutant)
            ran += 1
            planted += mutant.enforces
            if by:
                killed += 1
                self.kills[mutant.module, by] += 1
                self.kills[mutant.function, by] += 4  # what saw one fault of a function is likely to see the next
            else:
                survivors.append(mutant)
            say(f"{'killed  ' if by else 'SURVIVES'} {mutant.name}{'  by ' + by.rpartition('::')[2] if by else ''}")
        self.report(ran, killed, planted, survivors)
        shutil.rmtree(self.files)
        session.testsfailed = int(killed < (1 if self.points else GOAL) * ran)
        return True

    def ordered(self, sound: list[pytest.Item], mutant: Mutant) -> list[pytest.Item]:
        """The tests that run through the changed function, cheap ones and those that killed before first."""
        way = f"{mutant.file}::{mutant.function}"
        through = [item for item in sound if not mutant.function or way in self.ways.get(item.nodeid, ())]

        def likely(item: pytest.Item) -> float:
            kills = self.kills[mutant.module, item.nodeid] + self.kills[mutant.function, item.nodeid]
            return (kills + 0.1) / (self.cost.get(item.nodeid, 1) + 0.05)

        return sorted(through, key=likely, reverse=True)

    def sound(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that pass without a fault, what each costs and through which functions it runs."""
        told = json.loads(self.known.read_text()) if self.known is not None and self.known.exists() else None
        if told is None or {item.nodeid for item in items} - set(told["cost"]):
            told = self.forked(items, None, stop=False)
            if self.known is not None:
                self.known.write_text(json.dumps(told))
        self.cost, self.ways = told["cost"], {name: set(ways) for name, ways in told["ways"].items()}
        for name in sorted(told["failed"]):
            say(f"left out, fails without a fault: {name}")
        sound = [item for item in items if item.nodeid not in told["failed"]]
        # The control: the package taken apart and put in again without a fault, tests in another order, kills nothing.
        quick, spent = [], 0.0
        for item in sorted(sound, key=lambda item: self.cost[item.nodeid]):
            spent += self.cost[item.nodeid]
            quick += [item] if spent < self.control else []
        told = self.forked(quick[::-1], *map(unchanged, MODULES), stop=False)
        if told["failed"]:
            raise pytest.UsageError(f"the control fails: {told['failed']}")
        say(f"{len(sound)} tests, {sum(self.cost.values()):.0f} s without a fault; control of {len(quick)} passed")
        return sound

    def child(self, items: list[pytest.Item], mutant: Mutant) -> str:
        failed = self.forked(items, mutant, stop=True)["failed"] if items else []
        return str(failed[0]) if failed else ""

    def forked(self, items: list[pytest.Item], *planted: Mutant | None, stop: bool) -> dict[str, Any]:
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            told = _told(items, planted, self.files, stop=stop)
            with os.fdopen(writing, "w") as pipe:
                json.dump(told, pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        for left in self.files.glob(f"{child}.sqlite3*"):
            left.unlink()
        return json.loads(text) if text else {"failed": ["(the process ended)"], "cost": {}, "ways": {}}

    def report(self, ran: int, killed: int, planted: int, survivors: list[Mutant]) -> None:
        if self.points:
            say(f"enforcement points: {ran} of {len(self.chosen)} removed, {killed} caught")
        else:
            alive = sum(mutant.enforces for mutant in survivors)
            say(
                f"mutation: {ran} of {len(self.chosen)} mutants run, {killed} killed ({killed / max(ran, 1):.1%}), "
                f"{len(EQUIVALENT)} equivalent left out; enforcing lines removed: {planted}, caught {planted - alive}"
            )
        for mutant in survivors:
            say(f"survivor: {mutant.name}")


# --- the database --------------------------------------------------------------------------------------------


def stand(config: pytest.Config, standing: Path) -> None:
    """A copy of the test database with the scene in it: what every child starts from, and tests need not build."""
    import time_machine  # these two are pytest's to import first
    from django.db import connection
    from pytest_django.plugin import blocking_manager_key

    from tests import personas
    from tests.integrity.scenes import TODAY

    _move_to(standing, copied)
    morning = datetime.combine(TODAY, clock_time(10), ZoneInfo("Asia/Shanghai"))
    with config.stash[blocking_manager_key].unblock(), time_machine.travel(morning, tick=False):
        scene = personas.province()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    vars(personas)["standing"] = lambda: copy.deepcopy(scene)
    personas.province.__code__ = eval("lambda: standing()").__code__  # noqa: S307  every holder of the function has it


def _move_to(file: Path, by: Callable[[str, Path], Any]) -> None:
    """This process works on a file of its own from here on, equal to the one it had."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    connection.close()
    by(name, file)
    connection.settings_dict["NAME"] = str(file)


def copied(database: str, to: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


# --- in the child --------------------------------------------------------------------------------------------


def _told(items: list[pytest.Item], planted: Sequence[Mutant | None], files: Path, *, stop: bool) -> dict[str, Any]:
    """What failed, what each test cost, and, where nothing is planted, through which functions it ran."""
    told: dict[str, Any] = {"failed": [], "cost": {}, "ways": {}}
    _move_to(files / f"{os.getpid()}.sqlite3", shutil.copyfile)  # nobody writes to the standing one
    faults = [fault for fault in planted if fault is not None]
    if faults:
        try:
            for fault in faults:
                put_in(fault)
        except Exception as fault:
            # A changed module that does not even load is seen by everybody; a fault that found no place by nobody.
            unseen = type(fault).__name__ == "NotPlanted"
            say(f"{'not planted' if unseen else 'does not load'}: {fault!r}")
            return told | {"failed": [] if unseen and stop else [f"({fault!r})"]}
    for item in items:
        began = time.process_time()  # others may be at work here too
        ways: set[str] = set()
        # Anew for each test: a survivor that takes long, through many tests, is no fault that somebody saw.
        signal.alarm(MOST_SECONDS if faults and stop else 0)
        if not faults:
            sys.settrace(_watch(ways))
        # "Next comes the session": what the session holds stays, all below it goes, in whatever order tests run.
        reports = runtestprotocol(item, nextitem=item.session, log=False)  # type: ignore[arg-type]
        sys.settrace(None)
        told["cost"][item.nodeid], told["ways"][item.nodeid] = time.process_time() - began, sorted(ways)
        if any(report.failed for report in reports):
            told["failed"].append(item.nodeid)
            if stop:
                break
    return told


def _watch(ways: set[str]) -> Callable[..., None]:
    """Notes which of our functions are entered, by file and outermost name."""
    root = f"{Path.cwd()}/"
    names: dict[types.CodeType, str] = {}

    def note(frame: types.FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if code not in names:
            ours = code.co_filename.startswith(root) and "site-packages" not in code.co_filename
            name = code.co_qualname.partition(".<locals>")[0]
            names[code] = f"{code.co_filename.removeprefix(root)}::{name}" if ours else ""
        if names[code]:
            ways.add(names[code])

    return note


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", action="store_true", help="the points of enforcement outside of the package")
    parser.add_argument("--seconds", type=float, default=6 * 3600)
    parser.add_argument("--only", nargs="*", help="these modules alone")
    parser.add_argument("--sample", type=int, default=0, help="so many of them")
    parser.add_argument("--tests", nargs="*", help="other tests than all that concern access")
    parser.add_argument("--database", type=Path, help="a migrated test database to start from (SQLite)")
    parser.add_argument("--known", type=Path, help="keep here what each test costs and runs through")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as files:
        os.environ.pop("DATABASE_URL", None)  # each child has a file of its own
        os.environ["TEST_DATABASE"] = "var/mutation.sqlite3"
        if given.database is not None:
            os.environ["TEST_DATABASE"] = f"{files}/test.sqlite3"
            copied(str(given.database), Path(os.environ["TEST_DATABASE"]))
        chosen = points() if given.points else mutants()
        wanted = {*given.only} if given.only else None
        chosen = [one for one in chosen if wanted is None or {one.module, one.module.rpartition(".")[2]} & wanted]
        chosen = [one for one in chosen if one.key not in EQUIVALENT]
        chosen = chosen[: given.sample] if given.sample else chosen
        control = CONTROL_SECONDS / 10 if given.sample else CONTROL_SECONDS
        runner = Runner(chosen, seconds=given.seconds, control=control, known=given.known, points=given.points)
        present = [path for path in given.tests or (POINT_TESTS if given.points else TESTS) if Path(path).exists()]
        options = ["-q", "-p", "no:cacheprovider", "-m", "not long and not journey and not real_data", "--reuse-db"]
        return int(pytest.main([*options, *present], plugins=[runner]))


if __name__ == "__main__":
    raise SystemExit(main())

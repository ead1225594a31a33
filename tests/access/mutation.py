"""The tests bite 变异测试 (assurance A10): `python -m tests.access.mutation [--seconds N] [--only MODULE]`.

Each mutant of the access package gets a process of its own, forked after collection and with the test database ready,
and the tests of access run in it until one fails. Prints killed and survivors; fails below the goal.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import types
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.access.mutants import MODULES, Mutant, mutants, unchanged

GOAL = 0.95
MOST_SECONDS = 240  # one mutant may make a loop of a rule
TESTS = (
    "tests/integrity/test_access.py",
    "tests/integrity/test_field_grades.py",
    "tests/integrity/test_cases.py",
    "tests/integrity/test_readlog.py",
    "tests/integrity/test_emergencies.py",
    "tests/integrity/test_explain.py",
    "tests/access/test_rule_lines.py",
    "tests/access/test_canaries.py",
    "tests/access/test_visibility.py",
    "tests/access/test_twins.py",
)
#: Mutants that change no answer, each with the reason; they count neither way.
EQUIVALENT: dict[str, str] = {}


def say(text: str) -> None:
    stdout = sys.__stdout__  # pytest holds the other one
    assert stdout is not None
    stdout.write(text + "\n")
    stdout.flush()


# --- putting a fault in -------------------------------------------------------------------------------------


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _functions(holder: Any, module: str) -> Iterator[Any]:
    for value in list(vars(holder).values()):
        plain = value.fget if isinstance(value, property) else value
        if isinstance(plain, types.FunctionType) and plain.__module__ == module:
            yield plain
        elif isinstance(value, type) and value.__module__ == module:
            yield from _functions(value, module)


def put_in(mutant: Mutant) -> None:
    """Make the running package the mutant: the code of its functions, its constants, its defaults."""
    name = f"integrity.access.{mutant.module}"
    module = import_module(name)
    compiled = compile(mutant.source, f"<mutant of {mutant.module}>", "exec")
    by_name = {code.co_qualname: code for code in _codes(compiled)}
    fresh: dict[str, Any] = {"__name__": name}
    standing = sys.modules[name]
    exec(compiled, fresh)  # noqa: S102  our own source with one line changed
    sys.modules[name] = standing
    for function in _functions(module, name):
        code = by_name.get(function.__qualname__)
        if code is not None and len(code.co_freevars) == len(function.__code__.co_freevars):
            function.__code__ = code
    for key, old in list(vars(module).items()):
        new = fresh.get(key)
        if isinstance(old, type) and old.__module__ == name:
            old.__init__.__defaults__ = new.__init__.__defaults__  # type: ignore[misc]
        elif isinstance(old, (frozenset, dict, str)) and not key.startswith("__") and old != new:
            _replace_everywhere(old, new)


def _replace_everywhere(old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").partition(".")[0] in ("integrity", "search", "cms", "tests"):
            for key, value in list(vars(module).items()):
                if value is old:
                    setattr(module, key, new)


# --- running ------------------------------------------------------------------------------------------------


class Runner:
    """Takes the place of pytest's loop: one child a mutant, the tests that killed most first."""

    def __init__(self, seconds: float, only: str) -> None:
        self.seconds = seconds
        self.chosen = [one for one in mutants() if not only or one.module == only]
        self.kills: Counter[str] = Counter()
        self.cost: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        runtestprotocol(items[0], nextitem=session, log=False)  # type: ignore[arg-type]  # the session's database and law stand from here on
        sound = self.sound(items)
        killed, survivors, planted = 0, [], 0
        began = time.monotonic()
        tried = [one for one in self.chosen if one.name not in EQUIVALENT]
        ran = 0
        for mutant in tried:
            if time.monotonic() - began > self.seconds:
                break
            sound.sort(key=lambda item: -(self.kills[item.nodeid] + 0.1) / (self.cost.get(item.nodeid, 1) + 0.3))
            by = self.child(sound, mutant)
            ran += 1
            planted += mutant.enforces
            if by:
                killed += 1
                self.kills[by] += 1
            else:
                survivors.append(mutant)
            say(f"{'killed ' if by else 'SURVIVES'} {mutant.name}{'  by ' + by.rpartition('::')[2] if by else ''}")
        self.report(ran, len(tried), killed, planted, survivors)
        session.testsfailed = int(killed < GOAL * ran)
        return True

    def sound(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that pass without a fault, and what each costs."""
        told = self.forked(items, None, stop=False)
        failed = set(told["failed"])
        self.cost = told["cost"]
        for name in sorted(failed):
            say(f"left out, fails without a mutant: {name}")
        sound = [item for item in items if item.nodeid not in failed]
        # The control: the package taken apart and put in again without a fault, tests in another order, kills nothing.
        for module in MODULES:
            told = self.forked(sound[::-1] if module == MODULES[0] else sound[:40], unchanged(module), stop=False)
            if told["failed"]:
                raise pytest.UsageError(f"the control of {module} fails: {told['failed']}")
        say(f"{len(sound)} tests, {sum(self.cost.values()):.0f} s without a mutant; control passed")
        return sound

    def child(self, items: list[pytest.Item], mutant: Mutant) -> str:
        failed = self.forked(items, mutant, stop=True)["failed"]
        return str(failed[0]) if failed else ""

    def forked(self, items: list[pytest.Item], mutant: Mutant | None, *, stop: bool) -> dict[str, Any]:
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            told = _told(items, mutant, stop=stop)
            with os.fdopen(writing, "w") as pipe:
                json.dump(told, pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        return json.loads(text) if text else {"failed": ["(the process ended)"], "cost": {}}

    def report(self, ran: int, of: int, killed: int, planted: int, survivors: list[Mutant]) -> None:
        alive = sum(mutant.enforces for mutant in survivors)
        say(
            f"mutation: {ran} of {of} mutants run, {killed} killed ({killed / max(ran, 1):.1%}), "
            f"{len(EQUIVALENT)} equivalent left out; enforcing lines removed: {planted}, caught {planted - alive}"
        )
        for mutant in survivors:
            say(f"survivor: {mutant.name}")


def _told(items: list[pytest.Item], mutant: Mutant | None, *, stop: bool) -> dict[str, Any]:
    """In the child: what failed and what each test cost."""
    failed: list[str] = []
    cost: dict[str, float] = {}
    if mutant is not None:
        signal.alarm(MOST_SECONDS)
        try:
            put_in(mutant)
        except Exception:
            return {"failed": ["(does not load)"], "cost": cost}
    for item in items:
        began = time.monotonic()
        # "Next comes the session": what the session holds stays, all below it goes, in whatever order tests run.
        reports = runtestprotocol(item, nextitem=item.session, log=False)  # type: ignore[arg-type]
        cost[item.nodeid] = time.monotonic() - began
        if any(report.failed for report in reports):
            failed.append(item.nodeid)
            if stop:
                break
    return {"failed": failed, "cost": cost}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6 * 3600)
    parser.add_argument("--only", default="", help="one module of the package")
    given = parser.parse_args()
    present = [path for path in TESTS if os.path.exists(path)]  # noqa: PTH110
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", "not long and not journey", "--reuse-db"]
    return int(pytest.main([*options, *present], plugins=[Runner(given.seconds, given.only)]))


if __name__ == "__main__":
    raise SystemExit(main())

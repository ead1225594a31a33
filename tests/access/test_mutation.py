"""The tests bite 变异测试 (assurance A10): a sample of faults in every run, all of them with `-m long`.

The runner is a process of its own on SQLite, whatever database the other tests use: it forks.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.access.enforcement import points, points_in
from tests.access.mutants import mutants
from tests.access.mutation import EQUIVALENT

SAMPLE = 10
LEAST_MUTANTS = 500
LEAST_POINTS = 60


def ran(*options: str) -> subprocess.CompletedProcess[str]:
    """The runner's answer; it starts from the database of these tests where that is a file."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DATABASE_URL"))}
    given = ["--database", str(connection.settings_dict["NAME"])] if connection.vendor == "sqlite" else []
    return subprocess.run(  # noqa: S603  our own module and options
        [sys.executable, "-m", "tests.access.mutation", *options, *given],
        capture_output=True, text=True, check=False, env=environ, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def figures(answer: subprocess.CompletedProcess[str], pattern: str) -> tuple[int, ...]:
    found = re.search(pattern, answer.stdout)
    assert found, answer.stdout[-4000:] + answer.stderr[-4000:]
    return tuple(map(int, found.groups()))


@pytest.mark.usefixtures("reference")
def test_a_sample_of_mutants_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines of the rule and of the doors alone, so that they stay what kills."""
    lines = tuple(f"tests/access/test_{name}_lines.py" for name in ("rule", "scope", "duty", "door"))
    answer = ran("--sample", str(SAMPLE), "--tests", *lines)
    number, _of, killed = figures(answer, r"mutation: (\d+) of (\d+) mutants run, (\d+) killed")
    with capsys.disabled():
        print(f"\nmutation, a sample: {number} mutants, {killed} killed")  # noqa: T201  the figure is the point
    assert answer.returncode == 0, answer.stdout[-4000:]
    assert number == SAMPLE


@pytest.mark.long
@pytest.mark.parametrize("which", [(), ("--points",)], ids=["mutants", "points"])
@pytest.mark.usefixtures("reference")
def test_all_of_them(which: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    answer = ran(*which)
    with capsys.disabled():
        print("\n" + "\n".join(line for line in answer.stdout.splitlines() if re.match(r"mutation|enforc|surv", line)))  # noqa: T201
    assert answer.returncode == 0, answer.stdout[-4000:]


def test_there_are_as_many_faults_as_before() -> None:
    """A change of the package that the mutants no longer see would leave few of them."""
    assert len(mutants()) >= LEAST_MUTANTS
    assert len(points()) >= LEAST_POINTS
    assert [point.name for point in points() if not point.function] == []


def test_what_is_left_out_as_equivalent_is_there() -> None:
    """A line that changed takes its reason with it: the fault is planted again until somebody says why not."""
    known = Counter(mutant.key for mutant in mutants())
    assert {key: known[key] for key in EQUIVALENT} == dict.fromkeys(EQUIVALENT, 1)


GUARDED = """
def act(by, row, rows, scope):
    access.require(by, Act.ENTER, row)
    if not access.may(by, Act.READ, row):
        raise NotAdmitted
    shown = access.may(by, Act.ENTER, row)
    found = access.open_one(by, Act.READ, rows, door="t", pk=1)
    log_read(scope, door="t")
    return Row.objects.within(scope).filter(pk=1), shown
"""


def test_each_kind_of_point_is_found_and_a_button_is_none() -> None:
    found: list[Any] = list(points_in(GUARDED, "integrity/act.py"))
    assert [point.line for point in found] == [3, 4, 7, 8, 9]
    assert {point.function for point in found} == {"act"}
    assert all("tests.access.implanting" in point.source for point in found)

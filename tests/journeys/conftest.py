"""Plumbing of the journeys: one made-up province, one server a module, one browser window a person.

The journeys look at the archive from outside; they run on SQLite whatever database the other tests use, because
each module wants a whole province of its own, and a file is copied in a moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import browser_path
from tests.journeys.scene import VAR, Province, Site, built
from tests.journeys.visitor import Visitor

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
SHOTS = VAR / "journeys-shots"
HERE = Path(__file__).parent
Arrive = Callable[..., Visitor]


@pytest.hookimpl(tryfirst=True)  # before tests/conftest.py asks which markers may run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
                item.add_marker(
                    pytest.mark.skip(reason="only on SQLite: each journey has a copy of the whole province as a file")
                )


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The demonstration's province, loaded once for as long as the code that makes it is the same."""
    return built(tmp_path_factory.mktemp("province"))


@pytest.fixture(scope="module")
def site(
    province: Province, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """A copy of the province and a server on it, for one module."""
    name = request.path.stem
    copy = province.copy(tmp_path_factory.mktemp(name) / "province")
    log = VAR / f"{name}.log"
    log.unlink(missing_ok=True)
    running = Site(copy, log)
    try:
        running.address = running.start()
        yield running
    finally:
        running.stop()
    assert not running.gaps()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while Playwright's loop runs, Django takes every test for an asynchronous one."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def arrive(site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Arrive]:
    """Somebody opens a browser window: `arrive()` for the public, `arrive("clerk")` signed in, `size=PHONE`, `at=` an
    address of another server. When the test fails, what each of them saw last is kept in var/."""
    present: list[tuple[str, Visitor]] = []

    def comes(username: str = "", *, at: str = "", size: dict[str, int] | None = None) -> Visitor:
        visitor = Visitor(browser, at or site.address, SHOTS, size=size)
        present.append((username or "public", visitor))
        return visitor.sign_in(username) if username else visitor

    yield comes
    failed = request.node.stash.get(FAILED, False)
    faults: list[str] = []
    for number, (name, visitor) in enumerate(present):
        if failed or visitor.faults:
            visitor.shot(f"{request.node.name}-{number}-{name}")
        faults += [f"{name}: {fault}" for fault in visitor.faults]
        visitor.leave()
    assert not faults, "\n".join(faults) + f"\nserver's log: {os.path.relpath(site.log)}"

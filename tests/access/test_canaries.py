"""Canaries 标记 (assurance A4, B6): each closed text field of each row has a token, each door is asked as each persona.

No token reaches somebody it is not for, no log, no address; each answer with one has its line in the read log, and none
is given when the line cannot be written. `pytest -m long tests/access/test_canaries.py`: 10,000 tokens and more.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from integrity.models import ReadEntry, Training
from integrity.models.tracked import HistoryRow
from integrity.views.files import FilePage
from search import worker
from tests.access.canaries import Crawl, every_line
from tests.access.closed import Closed, closed_world
from tests.access.crawl import asked, browser
from tests.access.planting import KEPT, text_columns
from tests.personas import Province

LEAST_TOKENS = 1_000
LONG_TOKENS, LONG_PEOPLE = 10_000, 40
SAMPLE, LONG_SAMPLE = 15, 50  # of a thousand addresses of acts; three times as many of pages
#: Tables without canaries, each with its reason.
OPEN: dict[str, str] = {
    "Account": "who acts in office is named on every record",
    "Assignment": "no free text",
    "CaseGrant": "no free text",
    "DecisionBasis": "no free text",
    "Division": "public knowledge",
    "Holiday": "public knowledge",
    "Kinship": "no free text",
    "LedgerCheckpoint": "hashes and signatures, which are public",
    "LedgerEntry": "hashes and numbers",
    "LedgerShape": "names of columns",
    "LedgerTile": "hashes",
    "LedgerTimestamp": "an authority's signature over a checkpoint, which is public",
    "LegalBasis": "the law is public",
    "ListType": "the law is public",
    "Measure": "the law is public",
    "OpenDataManifest": "digests of what is public",
    "Organisation": "public knowledge",
    "OrganisationRelation": "public knowledge",
    "PenaltyBasis": "no free text",
    "Profession": "the law is public",
    "ProfessionSanction": "the law is public",
    "ReadSubject": "no free text",
    "Removal": "kind, ground, unit and date, which are public",
    "RuleSet": "the law is public",
    "SignInAttempt": "a digest and an address; no free text",
}


@pytest.fixture(autouse=True)
def _own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what a request leaves behind is this run's."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))


@pytest.fixture
def world(scene: Province) -> Closed:
    made = closed_world(scene)
    worker.drain()
    return made


def crawled(world: Closed, *, permille: int, pages: int = 2, links: int = 40) -> tuple[Crawl, list[str]]:
    crawl = Crawl(world, permille=permille, pages=pages, links=links)
    with every_line() as lines:
        crawl.run()
        elsewhere = crawl.elsewhere(lines)
    return crawl, elsewhere


def report(crawl: Crawl, elsewhere: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    tokens = len(crawl.world.planter.canaries)
    with capsys.disabled():
        print(  # noqa: T201  the figure is the point
            f"\ncanaries: {tokens} tokens, {len(crawl.doors)} doors, {crawl.responses} responses, {crawl.hits} hits, "
            f"{len(crawl.above)} above clearance, {len(elsewhere) + len(crawl.in_addresses)} in logs and URLs"
        )
    faults = [*crawl.failed, *crawl.above, *crawl.in_addresses, *elsewhere, *crawl.unlogged]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:60])


def without_a_log(crawl: Crawl, monkeypatch: pytest.MonkeyPatch, *, at_most: int) -> list[str]:
    """Ask again what showed something closed, the log unwritable: what answers anything but an empty 503."""

    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ReadEntry, "save", full)
    logging.disable(logging.CRITICAL)
    step = max(1, len(crawl.carriers) // at_most)
    faults = []
    try:
        clients = {persona: browser(crawl.world.scene, persona) for persona, _url in crawl.carriers}
        for persona, url in crawl.carriers[::step]:
            answer = asked(clients[persona], persona, url)
            shown = [str(canary) for canary in crawl.world.planter.found(answer.text) if canary.token not in url]
            if answer.status != 503 or shown:
                faults.append(f"{persona} {url}: {answer.status} {shown[:3]}")
    finally:
        logging.disable(logging.NOTSET)
    return faults


def test_every_table_has_canaries_or_a_reason(world: Closed) -> None:
    tables = {
        model.__name__
        for model in apps.get_app_config("integrity").get_models()
        if not issubclass(model, HistoryRow) and not model.__name__.startswith("Historical")
    }
    planted = {model.__name__ for model in world.planter.planted}
    assert tables - planted - OPEN.keys() == set()
    assert planted & OPEN.keys() == set()


def test_every_kept_column_is_there() -> None:
    """A reason for a column that was renamed would excuse its successor from nothing, and nobody would know."""
    for label in KEPT:
        model, column = label.split(".")
        assert apps.get_model("integrity", model)._meta.get_field(column)


def test_a_new_text_column_gets_its_token_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns as a later migration might add them to a table of today."""
    chosen = models.CharField(max_length=20, choices=[("a", "a")])
    added: list[models.Field[Any, Any]] = [models.TextField(), models.CharField(max_length=4), chosen]
    for number, column in enumerate(added):
        column.set_attributes_from_name(f"added_{number}")
    columns = [*Training._meta.concrete_fields, *added]
    monkeypatch.setattr(Training._meta, "concrete_fields", columns)
    assert [column.name for column in text_columns(Training) if column.name.startswith("added")] == ["added_0"]


def test_no_canary_reaches_whom_it_is_not_for(
    world: Closed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl, elsewhere = crawled(world, permille=SAMPLE)
    report(crawl, elsewhere, capsys)
    assert len(world.planter.canaries) >= LEAST_TOKENS
    assert {"IntegrityFile", "Decision", "Document", "Penalty", "Publication", "Objection"} <= crawl.shown.keys()
    assert not without_a_log(crawl, monkeypatch, at_most=80)


@pytest.mark.long
def test_no_canary_of_many_reaches_whom_it_is_not_for(
    scene: Province, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = closed_world(scene, people=LONG_PEOPLE)
    worker.drain()
    assert len(world.planter.canaries) >= LONG_TOKENS
    crawl, elsewhere = crawled(world, permille=LONG_SAMPLE, pages=6, links=150)
    report(crawl, elsewhere, capsys)
    assert not without_a_log(crawl, monkeypatch, at_most=800)


# --- the faults, planted ----------------------------------------------------------------------------------------------


def _shows_everything(self: FilePage, reading: Any) -> dict[str, Any]:
    """A tab that forgets to ask which parts this reader may see."""
    from integrity.models import Appraisal

    rows = Appraisal.objects.unscoped(reason="a fault planted by a test").filter(file=self.row)
    return {"tables": [{"label": "", "heads": [""], "rows": [{"cells": [row.body], "row": row} for row in rows]}],
            "objections": [type("Row", (), {"text": row.body})() for row in rows]}  # fmt: skip


def _writes_a_name(self: FilePage, reading: Any) -> dict[str, Any]:
    logging.getLogger("integrity.pages").info("opened %s", self.row.name)
    return {"checks": [], "running": []}


@pytest.mark.parametrize(
    ("tab", "method", "fault", "persona", "place"),
    [
        ("", "_tab_overview", _writes_a_name, "clerk", "log"),
        ("objections/", "_tab_objections", _shows_everything, "low_clearance_clerk", "above"),
    ],
)
def test_a_planted_leak_is_reported(
    world: Closed, monkeypatch: pytest.MonkeyPatch, tab: str, method: str, fault: Callable[..., Any], persona: str,
    place: str,
) -> None:  # fmt: skip
    url = f"/staff/files/{world.scene.file.ref}/{tab}"

    def faults() -> list[str]:
        crawl = Crawl(world, links=0)
        with every_line() as lines:
            crawl._follow(browser(world.scene, persona), persona, [url])
            return [line for line in crawl.elsewhere(lines) if line.startswith("log")] + [
                f"above: {line}" for line in crawl.above
            ]

    assert faults() == []
    monkeypatch.setattr(FilePage, method, fault)
    assert any(line.startswith(place) for line in faults())


def test_an_answer_without_its_line_is_reported(world: Closed, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"/staff/files/{world.scene.file.ref}/"

    def unlogged() -> list[str]:
        crawl = Crawl(world, links=0)
        crawl._follow(browser(world.scene, "clerk"), "clerk", [url])
        return crawl.unlogged

    assert unlogged() == []
    from integrity.access import doors

    monkeypatch.setattr(doors, "log_read", lambda *args, **kwargs: None)
    assert unlogged()

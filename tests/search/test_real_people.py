"""The main job on real people 真实数据: each official of a real spreadsheet is found again (INTEGRITY_DATA).

By the whole name, by full pinyin and by initials, as the clerk who imported them, through the staff search itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from integrity.access import Scope, scope_for
from integrity.choices import Act, Grade, Role
from integrity.importing import run
from integrity.models import Account, Assignment, IntegrityFile, Organisation, ReadEntry
from integrity.names import pinyin_keys
from search import worker
from search.models import Kind, World
from search.query import search
from tests import factories

pytestmark = pytest.mark.real_data

FILES = (
    ("cped-officials/background1.csv", "cped-officials"),
    ("cped-officials/no_background2.csv", "cped-no-background"),
)


@pytest.fixture
def clerk(authority: Organisation) -> Account:
    clerk = factories.account("real-clerk", organisation=authority)
    factories.saved(
        Assignment(
            account=clerk, role=Role.CLERK, authority=authority, clearance=Grade.STRICT,
            granted_by=factories.account(), seconded_by=factories.account(),
        )
    )  # fmt: skip
    return clerk


@pytest.fixture
def people(clerk: Account, authority: Organisation) -> dict[int, str]:
    """File id → name of everybody in the two files, imported and indexed."""
    for name, profile in FILES:
        path = Path(settings.INTEGRITY_DATA) / name
        if not path.is_file():
            pytest.skip(f"REAL DATA ABSENT: {path} (set INTEGRITY_DATA)")
        run(path, profile, by=clerk, authority=authority)
    worker.drain()
    assert (worker.pending(), worker.failed()) == (0, 0)
    rows = IntegrityFile.objects.unscoped(reason=factories.WHY)
    return dict(rows.values_list("pk", "name"))


def _lost(sought: dict[str, set[int]], scope: Scope) -> list[tuple[str, int]]:
    """Who is not among the hits for their key; each key is asked once, page after page."""
    return [(key, pk) for key, ids in sought.items() for pk in ids - _found(key, ids, scope)]


def _found(key: str, wanted: set[int], scope: Scope) -> set[int]:
    found: set[int] = set()
    after: str | None = None
    while True:
        page = search(World.STAFF, key, scope=scope, kinds=[Kind.FILE], page_after=after, limit=len(wanted) + 10)
        found |= {hit.id for hit in page.hits}
        if not page.more or wanted <= found:
            return found
        after = page.after


def _by(keys: Iterable[tuple[int, list[str]]]) -> dict[str, set[int]]:
    sought: dict[str, set[int]] = defaultdict(set)
    for pk, readings in keys:
        for reading in readings:
            sought[reading].add(pk)
    return sought


@pytest.mark.parametrize("each", [16, pytest.param(1, marks=pytest.mark.long)], ids=["sample", "everybody"])
def test_everybody_is_found_by_name_by_pinyin_and_by_initials(
    people: dict[int, str], clerk: Account, each: int
) -> None:
    assert len(people) == 4057
    people = {pk: people[pk] for pk in sorted(people)[::each]}
    scope = scope_for(clerk, Act.SEARCH, purpose="核对导入结果")
    keys = {pk: pinyin_keys(name) for pk, name in people.items()}
    assert all(reading.full and reading.initials for reading in keys.values())
    assert _lost(_by((pk, [name]) for pk, name in people.items()), scope) == []
    assert _lost(_by((pk, reading.full[:1]) for pk, reading in keys.items()), scope) == []
    assert _lost(_by((pk, reading.initials[:1]) for pk, reading in keys.items()), scope) == []
    assert ReadEntry.objects.filter(account=clerk).exists(), "each of these searches is in the read log (H19)"


def test_find_on_the_command_line(people: dict[int, str], clerk: Account) -> None:
    """One object a hit, on stdout alone; a handful of people over the whole file."""
    for pk in sorted(people)[:: len(people) // 4]:
        keys = pinyin_keys(people[pk])
        for term in (people[pk], keys.full[0]):
            out = StringIO()
            call_command(
                "find", term, "--as", clerk.username, "--purpose", "核对导入结果", "--json", "--limit", "200",
                stdout=out, stderr=StringIO(),
            )  # fmt: skip
            hits = [json.loads(line) for line in out.getvalue().splitlines()]
            assert all({"id", "type", "title", "why"} <= set(hit) for hit in hits)
            ref = str(IntegrityFile.objects.unscoped(reason=factories.WHY).get(pk=pk).ref)
            assert [hit["title"] for hit in hits if hit["type"] == "file" and hit["id"] == ref] == [people[pk]]

"""Twin worlds 孪生世界 (assurance A3): two worlds that differ in a record one may not see give byte-equal answers.

`pytest -m long tests/access/test_twins.py`: a hundred pairs, every address that is read, five hundred queries. Timing
is not compared.
"""

from __future__ import annotations

import zlib

import pytest
from django.db.models import QuerySet

from integrity.models import IntegrityFile
from integrity.views.files import FileList
from search import worker
from tests.access.closed import closed_world
from tests.access.twins import QUERIES, Pair, Twins, of_row, one_of_each, pairs
from tests.personas import Province

ORDINARY_PAIRS, LONG_PAIRS = 10, 100
SAMPLE = 45  # addresses of an ordinary pair
LONG_QUERIES = 500


@pytest.fixture
def twins(scene: Province) -> Twins:
    world = closed_world(scene, people=0)
    worker.drain()
    return Twins(world)


def chosen(twins: Twins, number: int) -> list[Pair]:
    """Pairs by lot, the changes in turn, so that every kind of change is among them."""
    by_change: dict[str, list[Pair]] = {}
    for pair in pairs(twins.world):
        by_change.setdefault(pair.name.partition(": ")[2], []).append(pair)
    for group in by_change.values():
        group.sort(key=lambda pair: zlib.crc32(pair.name.encode()))
    found: list[Pair] = []
    while len(found) < number:
        left = [group for group in by_change.values() if group]
        assert left, f"only {len(found)} pairs"
        found += [group.pop(0) for group in left]
    return found[:number]


def questions(pair: Pair) -> list[str]:
    return [form.format(word) for word in pair.words for form in QUERIES]


def compared(twins: Twins, *, number: int, personas: int, addresses: int, queries: int) -> int:
    """Ask `number` pairs, each as some of those who may not see the record; the number of queries put."""
    every, put = one_of_each(twins.world), 0
    for turn, pair in enumerate(chosen(twins, number)):
        step = zlib.crc32(pair.name.encode())
        # Two who hold an office, in turn; whoever comes without one is asked in each pair as well.
        asked = [pair.unseen[(turn + step + n * 7) % len(pair.unseen)] for n in range(personas)]
        words = questions(pair)
        some = [words[(turn + n * 3) % len(words)] for n in range(queries)]
        put += len(set(some))
        urls = sorted(every, key=lambda url: zlib.crc32(f"{turn} {url}".encode()))[:addresses]
        own = of_row(twins.world, pair.row)
        twins.compare(pair, dict.fromkeys(asked), [*urls, *own[: addresses // 3 or len(own)], *dict.fromkeys(some)])
        twins.compare(pair, ["anonymous"], [url for url in dict.fromkeys(some) if url.startswith("/search")])
    return put


def report(twins: Twins, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(  # noqa: T201  the figure is the point
            f"\ntwins: {number} pairs, {twins.compared} answers compared, {len(twins.differences)} differences"
        )
    assert not twins.differences, "\n".join(twins.differences[:40])


def test_who_may_not_see_a_record_cannot_tell_two_worlds_apart(
    twins: Twins, capsys: pytest.CaptureFixture[str]
) -> None:
    compared(twins, number=ORDINARY_PAIRS, personas=2, addresses=SAMPLE, queries=4)
    report(twins, ORDINARY_PAIRS, capsys)


@pytest.mark.long
def test_a_hundred_pairs_cannot_be_told_apart(twins: Twins, capsys: pytest.CaptureFixture[str]) -> None:
    put = compared(twins, number=LONG_PAIRS, personas=1, addresses=10_000, queries=6)
    report(twins, LONG_PAIRS, capsys)
    assert put >= LONG_QUERIES


def test_every_change_makes_another_world(twins: Twins) -> None:
    """A change that changed nothing would compare a world with itself: whoever may see the record sees a difference."""
    told = set()
    for pair in pairs(twins.world):
        kind = pair.name.partition(": ")[2]
        if kind in told or not isinstance(pair.row, IntegrityFile):
            continue
        told.add(kind)
        before = len(twins.differences)
        pages = [f"/staff/files/{pair.row.ref}/", f"/staff/files/{pair.row.ref}/history/", "/staff/files/"]
        twins.compare(pair, ["reviewer", "reviewer_of_other_authority", "low_clearance_clerk"], pages)
        assert len(twins.differences) > before, kind
    assert {"another name", "one more record", "another grade", "another state"} <= told


def test_a_planted_count_is_seen(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that counts before it asks who may see: the number alone tells of the record."""
    files = (pair for pair in pairs(twins.world) if isinstance(pair.row, IntegrityFile))
    pair = next(pair for pair in files if pair.name.endswith("one more record"))
    twins.compare(pair, pair.unseen, ["/staff/files/"])
    assert twins.differences == []

    def extra(self: FileList, rows: QuerySet[IntegrityFile]) -> dict[str, object]:
        count = IntegrityFile.objects.unscoped(reason="a fault planted by a test").count()
        return {"may_enter": False, "count": count}

    twins.known.clear()
    monkeypatch.setattr(FileList, "extra_context", extra)
    twins.compare(pair, pair.unseen, ["/staff/files/"])
    assert twins.differences

"""The tree over the leaves 存证树: the sequencer gives places, complete subtrees are kept, proofs are read from them.

One sequencer at a time (an advisory lock on PostgreSQL; SQLite has one writer anyway). Between the writing of a leaf
and its place an owner of host and database could still drop it: as long as the signer's interval, no longer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from integrity.insertion import insert_columns
from integrity.ledger import merkle
from integrity.ledger.appending import Leaf, append
from integrity.models import LedgerEntry, LedgerTile, ReadEntry

WIDTH_BITS = 8
WIDTH = 1 << WIDTH_BITS
#: No transaction lasts longer than this; older lines of the read log without a leaf are the verifier's finding.
LOOK_BACK = timedelta(days=1)
_LOCK = 7_263_001
BATCH = 2_000


@transaction.atomic
def place_all() -> int:
    """Give every leaf that has none its place, in the order of their keys; returns the size of the tree."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    _take_in_readings()
    size = size_now()
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [size])
    grown = size_now()
    _complete_tiles(size, grown)
    return grown


_PLACES = """
UPDATE integrity_ledgerentry SET position = placed.place
FROM (SELECT id, %s - 1 + row_number() OVER (ORDER BY id) AS place FROM integrity_ledgerentry WHERE position IS NULL)
AS placed WHERE integrity_ledgerentry.id = placed.id AND integrity_ledgerentry.position IS NULL
"""


def size_now() -> int:
    highest: int | None = LedgerEntry.objects.aggregate(highest=Max("position"))["highest"]
    return 0 if highest is None else highest + 1


def _take_in_readings() -> None:
    """A leaf for every line of the read log: they are many, so not while somebody waits for a page."""
    table = ReadEntry._meta.db_table
    taken = LedgerEntry.objects.filter(table=table, history_id=OuterRef("pk"))
    since = timezone.now() - LOOK_BACK
    newest = LedgerEntry.objects.filter(table=table).order_by("-history_id").values_list("at", flat=True).first()
    fresh = ReadEntry.objects.filter(~Exists(taken)).prefetch_related("subjects").order_by("pk")
    fresh = fresh.filter(at__gte=min(since, newest - LOOK_BACK)) if newest is not None else fresh
    while rows := list(fresh[:BATCH]):
        append(ReadEntry, [Leaf(str(row.pk), row.pk, "r", row.at, row.__dict__, row.subject_ids) for row in rows])


def _complete_tiles(size: int, grown: int) -> None:
    """Keep the hash of every subtree of 256, 65,536 … leaves that the new leaves completed."""
    level = 1
    below: Callable[[int, int], list[bytes]] = hashes_of_leaves
    while grown >> WIDTH_BITS * level:
        first, last = size >> WIDTH_BITS * level, grown >> WIDTH_BITS * level
        columns: dict[str, list[object]] = {"level": [], "number": [], "hash": []}
        for number in range(first, last):
            leaves = below(number * WIDTH, WIDTH)
            columns["level"].append(level)
            columns["number"].append(number)
            columns["hash"].append(merkle.root(WIDTH, merkle.of_leaves(leaves)))
        if columns["number"]:
            insert_columns(LedgerTile, columns)
        below = _hashes_of(level)
        level += 1


def hashes_of_leaves(start: int, count: int) -> list[bytes]:
    rows = LedgerEntry.objects.filter(position__gte=start, position__lt=start + count).order_by("position")
    return [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]


def _hashes_of(level: int) -> Callable[[int, int], list[bytes]]:
    def found(start: int, count: int) -> list[bytes]:
        rows = LedgerTile.objects.filter(level=level, number__gte=start, number__lt=start + count)
        return [bytes(one) for one in rows.order_by("number").values_list("hash", flat=True)]

    return found


def stored_subtrees() -> merkle.Subtrees:
    """Subtrees out of the tables, 256 hashes at a time, each read once."""
    rows: dict[tuple[int, int], list[bytes]] = {}
    made: dict[tuple[int, int], bytes] = {}

    def row(tile: int, number: int) -> bytes:
        block, place = divmod(number, WIDTH)
        if (tile, block) not in rows:
            read = hashes_of_leaves if tile == 0 else _hashes_of(tile)
            rows[tile, block] = read(block * WIDTH, WIDTH)
        return rows[tile, block][place]

    def subtree(level: int, number: int) -> bytes:
        tile, above = divmod(level, WIDTH_BITS)
        if above == 0:
            return row(tile, number)
        if (level, number) not in made:
            made[level, number] = merkle.node_hash(subtree(level - 1, 2 * number), subtree(level - 1, 2 * number + 1))
        return made[level, number]

    return subtree

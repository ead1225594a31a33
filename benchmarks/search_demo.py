"""Search speed 检索速度 on the demo data: milliseconds a search, and its ratio to a bare LIKE over the same names.

    python benchmarks/search_demo.py USER      (a database with demo data, see DATABASE_URL)

The baseline, in the same run: `name LIKE '%…%'` on the table of files, without scope, ranking or read log.
The read log of the searches is rolled back.
"""

# ruff: noqa: E402, T201  Django is set up before its models are imported; a benchmark prints
from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")

import django

django.setup()

from django.conf import settings
from django.db import transaction

from integrity.access import scope_for
from integrity.choices import Act
from integrity.models import Account, IntegrityFile
from integrity.names import pinyin_keys
from search.models import World
from search.query import search

SEARCHES = 60


def main(username: str) -> None:
    settings.DEBUG = False
    scope = scope_for(Account.objects.get(username=username), Act.SEARCH, purpose="检索测速")
    files = IntegrityFile.objects.unscoped(reason="检索测速")
    names = list(files.order_by("pk").values_list("name", flat=True))
    some = names[:: max(1, len(names) // SEARCHES)][:SEARCHES]
    base = _each(some, lambda term: list(files.filter(name__contains=term).values_list("pk", flat=True)[:20]))
    print(f"{len(names)} files, {len(some)} searches a kind; baseline LIKE {base:.2f} ms CPU")
    kinds = {
        "whole name": some,
        "part of a name": [name[-2:] for name in some],
        "pinyin": [pinyin_keys(name).full[0] for name in some],
        "initials": [pinyin_keys(name).initials[0] for name in some],
    }
    for kind, terms in kinds.items():
        spent = _each(terms, lambda term: search(World.STAFF, term, scope=scope))
        print(f"{kind:15} {spent:6.2f} ms CPU, {spent / base:.1f} x the baseline")


def _each(terms: list[str], ask: Callable[[str], object]) -> float:
    """Milliseconds of processor time a term."""
    with transaction.atomic():
        started = time.process_time()
        for term in terms:
            ask(term)
        spent = time.process_time() - started
        transaction.set_rollback(True)
    return spent * 1000 / len(terms)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])

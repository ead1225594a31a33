"""The scope in the engine, in the database and on one object: three readings of one rule, on the live engine.

`test_filters.py` asks the database's own index table; here the engine in use is asked, as search asks it.
"""

from __future__ import annotations

import pytest

from integrity.access import scope_for
from integrity.choices import Act
from integrity.models import Account
from search import filters, worker
from search.analysis import parse
from search.documents import SOURCES, kinds_of
from search.engines import engine
from search.models import World
from tests.search.test_filters import people  # noqa: F401  a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
STAFF = kinds_of(World.STAFF)


def test_engine_database_and_object_agree_for_every_role_and_kind(people: list[tuple[Account, str]]) -> None:  # noqa: F811
    worker.drain()
    everybody, seen = parse("丁"), 0  # every name in this world begins with it
    for account, case in people:
        for act in (Act.SEARCH, Act.READ):
            scope = scope_for(account, act, purpose="核对", case=case)
            for kind in STAFF:
                condition = filters.within(scope, [kind])
                proposed = engine().find(World.STAFF, everybody, condition, kinds=[kind], limit=1000)
                source = SOURCES[kind]
                by_database = set(source.rows_for(scope).values_list("pk", flat=True))
                by_object = {row.pk for row in source.all_rows() if scope.admits(row)}
                assert {one.object_id for one in proposed} == by_database == by_object, (account, kind)
                seen += len(proposed)
    assert seen > 50

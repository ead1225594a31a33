"""Three nodes, one of them ended in the middle of indexing and of questions: no failed request, nothing lost.

./run test tests/search/test_cluster.py -m long
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from integrity.access import scope_for
from integrity.choices import Act, Role
from integrity.models import Organisation
from search import reconcile, worker
from search.engines import EngineError
from search.models import World
from search.query import search
from tests.search import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.real_es, pytest.mark.long]

PERSONS, ENDED_AT = 60, 20


@pytest.fixture
def three_nodes(settings: Settings, db: None) -> Iterator[list[int]]:
    """A cluster of its own; the process numbers of its nodes."""
    from search.engines.elasticsearch import ElasticsearchEngine
    from tests.elasticsearch.server import running

    with running(3, heap=os.environ.get("CLUSTER_HEAP", "400m")) as cluster:
        settings.ELASTICSEARCH_URL = cluster.addresses
        settings.ELASTICSEARCH_PREFIX = f"test-{uuid4().hex[:12]}"
        settings.ELASTICSEARCH_REPLICAS = 1
        engine = ElasticsearchEngine()
        with engine.building():
            pass
        engine.client.cluster.health(wait_for_status="green", timeout="60s")
        yield [node.process.pid for node in cluster.nodes if node.process is not None]


def test_a_node_is_lost_and_nobody_notices(three_nodes: list[int], authority: Organisation) -> None:
    reviewer = make.officer(Role.CLERK, authority)
    scope = scope_for(reviewer, Act.SEARCH)
    search(World.STAFF, "丁", scope=scope, limit=1)  # what is read once only is not timed
    degraded, slowest, slowest_at = 0, 0.0, 0
    for number in range(PERSONS):
        make.file(f"丁{chr(0x4E00 + number)}", authority)
        if number == ENDED_AT:
            os.killpg(three_nodes[0], signal.SIGKILL)
        worker.drain()
        began = time.monotonic()
        results = search(World.STAFF, "丁", scope=scope, limit=1)  # a failed request would raise here
        slowest, slowest_at = max((slowest, slowest_at), (time.monotonic() - began, number))
        degraded += results.degraded
        if not results.degraded and not worker.pending():
            assert results.total == number + 1
    for _try in range(30):
        worker.drain()
        if not worker.pending():
            break
        time.sleep(1)
    assert worker.pending() == 0
    for _try in range(30):
        try:
            assert reconcile.differences() == []
            break
        except EngineError:
            time.sleep(1)
    else:
        pytest.fail("two nodes of three do not answer")
    assert search(World.STAFF, "丁", scope=scope, limit=1).total == PERSONS
    told = f"{degraded} by exact look-ups, slowest {slowest:.2f} s (number {slowest_at}), 0 differences"
    print(f"cluster: {PERSONS} writes and questions, 1 node of 3 ended, 0 failed, {told}")  # noqa: T201

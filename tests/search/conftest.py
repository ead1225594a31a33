"""What the search tests share: the index drained on demand, a scope for an account, found titles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from integrity.access import Scope, scope_for
from integrity.choices import Act
from integrity.models import Account, Organisation
from search import worker
from search.models import World
from search.query import Results, search
from tests.integrity.conftest import clock, scene  # noqa: F401  fixtures
from tests.search import factories

Find = Callable[..., Results]


def use_elasticsearch(settings: Settings) -> Iterator[None]:
    """Fresh empty indices of this test alone, on the real server."""
    settings.ELASTICSEARCH_URL = os.environ["TEST_ELASTICSEARCH_URL"]
    settings.ELASTICSEARCH_PREFIX = f"test-{uuid4().hex[:12]}"
    settings.ELASTICSEARCH_REPLICAS = 0
    from search.engines.elasticsearch import ElasticsearchEngine

    engine = ElasticsearchEngine()
    with engine.building():
        pass
    yield
    for name in engine.client.indices.get(index=f"{settings.ELASTICSEARCH_PREFIX}-*"):
        engine.client.indices.delete(index=name)


@pytest.fixture(params=["database", pytest.param("elasticsearch", marks=pytest.mark.real_es)])
def each_engine(request: pytest.FixtureRequest, settings: Settings, db: None) -> Iterator[None]:
    """The contract holds with every engine."""
    if request.param == "database":
        yield
    else:
        yield from use_elasticsearch(settings)


@pytest.fixture
def elasticsearch(settings: Settings, db: None) -> Iterator[None]:
    yield from use_elasticsearch(settings)


@pytest.fixture
def indexed() -> Callable[[], int]:
    """Drain the queue, as the worker does after commit."""
    return worker.drain


@pytest.fixture
def find(indexed: Callable[[], int]) -> Find:
    """Search as an account does, after the worker has caught up (unless `stale`)."""

    def _find(account: Account, text: str, *, purpose: str = "", case: str = "", stale: bool = False) -> Results:
        if not stale:
            indexed()
        scope: Scope = scope_for(account, Act.SEARCH, purpose=purpose, case=case)
        return search(World.STAFF, text, scope=scope)

    return _find


@pytest.fixture
def find_public(indexed: Callable[[], int]) -> Find:
    def _find(text: str, *, stale: bool = False) -> Results:
        if not stale:
            indexed()
        return search(World.PUBLIC, text)

    return _find


@pytest.fixture
def authority(db: None) -> Organisation:
    return factories.organisation("甲县委组织部")


@pytest.fixture
def other_authority(db: None) -> Organisation:
    return factories.organisation("乙县委组织部")

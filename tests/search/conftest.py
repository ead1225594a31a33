"""What the search tests share: the index drained on demand, a scope for an account, found titles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrity.access import Scope, scope_for
from integrity.choices import Act
from integrity.models import Account, Organisation
from search import worker
from search.models import World
from search.query import Results, search
from tests.search import factories

Find = Callable[..., Results]


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

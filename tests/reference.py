"""The law in the test database: loaded once a session, put back when a flushing test has thrown it away."""

from __future__ import annotations

import pytest
from pytest_django.plugin import DjangoDbBlocker

from integrity.models import LegalBasis
from integrity.reference.loader import load_reference
from tests.shadow import differences

REASON = "测试装载"


@pytest.fixture(scope="session")
def _law_loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Committed outside of the tests' transactions, so the rows stay for the session."""
    with django_db_blocker.unblock():
        load_reference(None, REASON)
        assert not differences()


@pytest.fixture
def reference(_law_loaded: None, db: None) -> None:
    """Legal bases, rules, professions with sanctions, lists, measures, holidays and divisions are there."""
    if not LegalBasis.objects.exists():  # a test with `transaction=True` flushes every table
        load_reference(None, REASON)

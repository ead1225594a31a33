"""Plumbing of all tests: which may run, and what each finds clean. Personas live in tests/personas.py."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from pytest_django.fixtures import Settings

pytest_plugins = ["tests.shadow", "tests.reference"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    """The browser of the journeys: Debian's chromium, not a download."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def missing(marker: str) -> str | None:
    """Why tests with this marker cannot run here; .ci/run knows which reasons are acceptable."""
    if marker == "journey" and browser_path() is None:
        return "no chromium: apt-get install chromium fonts-noto-cjk"
    if marker == "postgres" and "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return "only on PostgreSQL: set DATABASE_URL"
    if marker == "real_data" and not Path(settings.INTEGRITY_DATA).exists():
        return "real data absent: set INTEGRITY_DATA"
    if marker == "real_es" and not os.environ.get("TEST_ELASTICSEARCH_URL"):
        return "no Elasticsearch: set TEST_ELASTICSEARCH_URL (python -m tests.elasticsearch.server)"
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = {marker: missing(marker) for marker in ("journey", "postgres", "real_data", "real_es")}
    asked = "long" in config.getoption("markexpr", "") or "::" in " ".join(config.args)
    reasons["long"] = None if asked else "long profile: ask for it with -m long (docs/proofs.md)"
    only = [path for path in os.environ.get("TEST_ELASTICSEARCH_ONLY", "").split(",") if path]
    for item in items:
        if only and item.get_closest_marker("real_es") and not item.nodeid.startswith(tuple(only)):
            item.add_marker(pytest.mark.skip(reason="the cluster is asked elsewhere: TEST_ELASTICSEARCH_ONLY"))
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
    # Thousands of rows written and rolled back leave PostgreSQL with tables full of the dead and no figures to plan
    # by: a query of the tests after them ran for minutes. So they come last.
    items.sort(key=lambda item: item.get_closest_marker("real_data") is not None)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Sign-in limits, Wagtail's site cache and a chosen language must not travel from test to test."""
    cache.clear()
    translation.activate(settings.LANGUAGE_CODE)
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings) -> None:
    """Uploads and closed documents of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CLOSED_ROOT = tmp_path / "closed"

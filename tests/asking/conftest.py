"""Requests and surveys want the law rows and the scene of personas."""

from __future__ import annotations

import pytest

from tests.personas import Province, province


@pytest.fixture
def scene(reference: None) -> Province:
    return province()

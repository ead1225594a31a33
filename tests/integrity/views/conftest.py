"""The scene of the staff site's tests: one province with everybody in it."""

import pytest

from tests.personas import Province, province


@pytest.fixture
def scene(db: None) -> Province:
    return province()

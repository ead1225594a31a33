"""The scene of the staff site's tests: one province with everybody in it, the law loaded."""

import pytest

from tests.personas import Province, province


@pytest.fixture
def scene(reference: None) -> Province:
    return province()

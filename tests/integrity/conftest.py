"""The scene of the domain's tests: one province with everybody in it, the law loaded, one fixed day."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.integrity.scenes import TODAY
from tests.personas import Province, province


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Ten in the morning of the fixed day; tests move it, nothing sleeps."""
    with time_machine.travel(datetime.combine(TODAY, time(10), ZoneInfo("Asia/Shanghai")), tick=False) as moved:
        yield moved


@pytest.fixture
def scene(reference: None, clock: time_machine.Traveller) -> Province:
    return province()

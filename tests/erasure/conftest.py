"""A file with a word in it that must not be found again."""

from typing import Any

import pytest
from django.conf import settings

from integrity import erasures
from integrity.choices import TrainingTheme
from integrity.ledger import checkpoints
from integrity.models import Erasure, RuleSet, Training
from tests import factories
from tests.integrity.conftest import clock, scene
from tests.personas import Province

__all__ = ["clock", "scene"]
CANARY = "河湟廉政课甲子"
DOCUMENT = "青组删〔2026〕1号"


def ground(key: str = "purpose_over") -> RuleSet:
    return RuleSet.objects.get(kind="erasure_ground", key=key)


def signed() -> None:
    checkpoints.sign_now(private=settings.LEDGER_KEY)


@pytest.fixture
def training(scene: Province) -> Training:
    """A row with three versions, each with the word; signed."""
    row: Training = factories.part(
        Training,
        scene.file,
        by=scene.clerk,
        title=CANARY,
        theme=TrainingTheme.INTEGRITY,
        hours=2,
        raw=CANARY,
        organiser="省委党校",
    )
    for hours in (3, 4):
        row.hours = hours
        factories.saved(row)
    signed()
    return row


def asked(scene: Province, row: Any, field: str = "title", **changes: Any) -> Erasure:
    given: dict[str, Any] = {"ground": ground(), "by": scene.reviewer, "reason": "处理目的已实现", "document": DOCUMENT}
    return erasures.ask(row=row, field=field, **(given | changes))


def approved(scene: Province, row: Any, field: str = "title", **changes: Any) -> Erasure:
    erasure = asked(scene, row, field, **changes)
    return erasures.decide(erasure=erasure, by=scene.second_reviewer, approved=True, reason="核实无误")

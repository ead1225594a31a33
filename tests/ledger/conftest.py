"""The scene of the domain's tests, lived in and signed."""

import pytest
from django.conf import settings

from integrity.choices import TrainingTheme
from integrity.importing.writer import write_rows
from integrity.ledger import checkpoints
from integrity.models import Subject, Training
from tests import factories
from tests.integrity import scenes
from tests.integrity.conftest import clock, scene
from tests.personas import Province

__all__ = ["clock", "scene"]


@pytest.fixture
def lived(scene: Province) -> Province:
    """Files, decisions, penalties, a publication, imported rows and readings, all signed."""
    scenes.in_force(scene)
    record = scenes.practitioner(scene)
    scenes.published(scene, scenes.penalty_in_force(scene, record))
    factories.part(Training, scene.file, by=scene.clerk, title="河湟廉政课", theme=TrainingTheme.INTEGRITY, hours=2)
    write_rows(Subject, [Subject(name=f"示例{n}") for n in range(300)], by=scene.clerk, reason="导入")
    scene.browser("clerk").get(f"/staff/files/{scene.file.ref}/")
    checkpoints.sign_now(private=settings.LEDGER_KEY)
    return scene

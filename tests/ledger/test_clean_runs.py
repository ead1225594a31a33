"""No false alarm 误报为零 (assurance B3): whatever is done lawfully, in whatever order, the ledger holds.

`LEDGER_CLEAN_RUNS=1000 ./run test tests/ledger/test_clean_runs.py` for the whole figure.
"""

from __future__ import annotations

import os
import random
import unicodedata
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from integrity import decisions, erasures
from integrity.choices import TrainingTheme
from integrity.erasing import act
from integrity.importing.writer import write_rows
from integrity.ledger import checking, checkpoints
from integrity.models import LedgerEntry, RuleSet, Subject, Training, recording
from tests import factories
from tests.integrity import scenes
from tests.personas import Province

pytestmark = pytest.mark.django_db
RUNS = int(os.environ.get("LEDGER_CLEAN_RUNS", "12"))
WHY = "依法办理"
#: Texts that a careless ledger would change on their way: forms of one letter, marks, controls, what looks like a form.
TEXTS = (
    "卓玛", "ཚེ་རིང་", "曾國藩", "A\u0301", unicodedata.normalize("NFC", "A\u0301"), "\u200b零宽", "\u202e反向",
    "\U0001f469\u200d\u2696\ufe0f", "a\tb", "0", "-0.0", "null", "\\u0000", "'; --", '{"a": 1}', "\U00020bb7",
    "\u3000全角", "é" * 40,
)  # fmt: skip


class Life:
    """What happens on a day in the archive, one act at a time."""

    def __init__(self, scene: Province, dice: random.Random) -> None:
        self.scene, self.dice, self.numbers = scene, dice, count(100)

    def person(self) -> None:
        with recording(by=self.scene.clerk, reason=self.text(), document=self.text()):
            row = Subject.objects.create(name=self.text())
            row.name = self.text()
            row.save(update_fields=["name"])

    def people(self) -> None:
        rows = [Subject(name=self.text()) for _ in range(self.dice.randrange(1, 9))]
        write_rows(Subject, rows, by=self.scene.clerk, reason=WHY)

    def gone(self) -> None:
        row = factories.subject(self.text())
        with recording(by=self.scene.clerk, reason=WHY):
            row.delete()

    def training(self) -> None:
        factories.part(
            Training, self.scene.file, by=self.scene.clerk, title=self.text(), theme=TrainingTheme.INTEGRITY,
            hours=self.dice.randrange(1, 99),
        )  # fmt: skip

    def decision(self) -> None:
        number = f"青监政处〔2026〕{next(self.numbers)}号"  # the same one twice is refused
        row = scenes.in_force(self.scene, facts=self.text() * 3, document_no=number)
        if self.dice.random() < 0.5:
            decisions.revoke(row=row, by=self.scene.reviewer, reason=self.text(), document="1号")

    def identity(self) -> None:
        factories.identifier(factories.subject(self.text()), factories.identity_number(self.dice.randrange(1, 999)))

    def reading(self) -> None:
        self.scene.browser("clerk").get(f"/staff/files/{self.scene.file.ref}/")

    def erasing(self) -> None:
        """One field after two persons agreed, its signature before or after."""
        row = factories.part(
            Training, self.scene.file, by=self.scene.clerk, title=self.text(), theme=TrainingTheme.INTEGRITY, hours=1
        )
        row.title = self.text()
        factories.saved(row)
        if self.dice.random() < 0.5:
            self.signing()
        ground = RuleSet.objects.get(kind="erasure_ground", key="purpose_over")
        asked = erasures.ask(
            row=row, field="title", ground=ground, by=self.scene.reviewer, reason=WHY, document=self.text()
        )
        erasures.decide(erasure=asked, by=self.scene.second_reviewer, approved=True, reason=WHY)
        if self.dice.random() < 0.8:
            act.carry_out_due()

    def undone(self) -> None:
        with transaction.atomic():
            factories.subject(self.text())
            transaction.set_rollback(True)

    def signing(self) -> None:
        checkpoints.sign_now(private=settings.LEDGER_KEY)

    def text(self) -> str:
        return self.dice.choice(TEXTS)

    def acts(self) -> list[Callable[[], Any]]:
        return [
            self.person, self.people, self.gone, self.training, self.decision, self.identity, self.reading,
            self.undone, self.signing, self.erasing,
        ]  # fmt: skip


def test_what_is_done_lawfully_raises_no_alarm(scene: Province, capsys: pytest.CaptureFixture[str]) -> None:
    alarms: list[str] = []
    acts = entries = 0
    checkpoints.sign_now(private=settings.LEDGER_KEY)
    for run in range(RUNS):
        dice = random.Random(run)  # noqa: S311  a test's dice
        with transaction.atomic():
            life = Life(scene, dice)
            for _ in range(dice.randrange(1, 7)):
                dice.choice(life.acts())()
                acts += 1
            outside = checkpoints.sign_now(private=settings.LEDGER_KEY).note
            alarms += [f"run {run}: {one}" for one in checking.verify((outside,)).breaks]
            entries += LedgerEntry.objects.count()
            transaction.set_rollback(True)
    with capsys.disabled():
        print(f"\nclean runs: {RUNS}, {acts} acts, {entries} entries, {len(alarms)} alarms")  # noqa: T201
    assert alarms == []

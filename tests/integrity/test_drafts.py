"""What an approver sees of a draft 审核对照: beside what it changes, since it was sent back, within the own scope."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from integrity import decisions, parts
from integrity.access import scope_for
from integrity.choices import Act, DecisionKind, RecordState
from integrity.drafts import effect_of
from integrity.lifecycle.engine import move
from integrity.lifecycle.record import RECORD
from integrity.models import Decision, ReadEntry, Training, recording
from tests import factories
from tests.integrity import scenes
from tests.integrity.conftest import clock, scene
from tests.personas import Province

__all__ = ["clock", "scene"]
pytestmark = pytest.mark.django_db


def read(scene: Province, name: str) -> Any:
    return scope_for(getattr(scene, name), Act.READ, purpose=scene.purpose, case=scene.case.reference)


def amendment(scene: Province) -> Decision:
    """A 警告 in place of the 记过 in force, handed in."""
    new = decisions.amend(
        row=scenes.in_force(scene), by=scene.clerk, reason="变更",
        values=scenes.values(scene, kind=DecisionKind.WARNING, document_no="青监政处〔2026〕9号",
                             decided_on=date(2026, 5, 4), served_on=date(2026, 5, 5)),
    )  # fmt: skip
    handed_in: Decision = move(
        RECORD, new, "submit", by=scene.clerk, reason="提交", changes={"submitted_by": scene.clerk}
    )
    return handed_in


def test_an_amendment_stands_beside_the_decision_that_it_changes(scene: Province) -> None:
    new = amendment(scene)
    page = scene.browser("reviewer").get(reverse("staff:decision_approve", args=[new.ref]))
    effect = page.context["effect"]
    assert effect.against.pk == new.amends_id
    told = {change.label: (change.old, change.new) for change in effect.changes}
    assert told["种类"] == ("记过", "警告")
    assert told["文号"] == ("青监政处〔2026〕3号", "青监政处〔2026〕9号")
    assert "状态" not in told
    assert new.amends_id not in {one.pk for one in effect.standing}


def test_the_comparison_is_a_reading_on_record(scene: Province) -> None:
    new = amendment(scene)
    scene.browser("reviewer").get(reverse("staff:decision", args=[new.ref]))
    lines = ReadEntry.objects.filter(account=scene.reviewer, model="decision")
    assert any(new.amends_id in line.ids for line in lines)


def test_what_the_author_repaired_since_the_return_is_told(scene: Province) -> None:
    row = factories.part(
        Training, scene.file, by=scene.clerk, title="错名", theme="integrity", hours=2, state=RecordState.DRAFT,
        approved_by=None, approved_at=None,
    )  # fmt: skip
    parts.submit_part(part=row, by=scene.clerk, reason="提交")
    parts.return_part(part=row, by=scene.reviewer, reason="名称有误")
    row.title = "正名"
    with recording(by=scene.clerk, reason="更正"):
        row.save()
    parts.submit_part(part=row, by=scene.clerk, reason="再次提交")
    page = scene.browser("reviewer").get(reverse("staff:part", args=["training", row.ref]))
    effect = page.context["effect"]
    assert (effect.returned.history_user, effect.returned.history_change_reason) == (scene.reviewer, "名称有误")
    assert ("名称", "错名", "正名") in {(one.label, one.old, one.new) for one in effect.repaired}
    assert "名称有误" in page.text


def test_what_is_in_force_of_the_same_kind_stands_beside_it(scene: Province) -> None:
    standing = factories.part(Training, scene.file, by=scene.clerk, title="已有", theme="integrity", hours=2)
    row = factories.part(
        Training, scene.file, by=scene.clerk, title="新增", theme="integrity", hours=2, state=RecordState.SUBMITTED,
        approved_by=None, approved_at=None,
    )  # fmt: skip
    assert standing.pk in {one.pk for one in effect_of(row, read(scene, "reviewer")).standing}
    page = scene.browser("reviewer").get(reverse("staff:part", args=["training", row.ref]))
    assert "已有" in page.text


def test_it_is_shown_to_who_may_approve_and_within_the_own_scope(scene: Province) -> None:
    new = amendment(scene)
    assert "effect" not in scene.browser("clerk").get(reverse("staff:decision", args=[new.ref])).context
    below = effect_of(new, read(scene, "low_clearance_clerk"))
    assert below.against is None
    assert (below.changes, below.standing, below.returned) == ([], [], None)

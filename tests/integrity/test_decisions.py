"""Decisions 处分决定 (domain §5): the whole life of one, who may, and what the law computes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrity import decisions
from integrity.choices import DecisionKind, RecordState
from integrity.exceptions import NotAdmitted
from integrity.signals import decisions_changed
from tests.integrity import scenes
from tests.integrity.scenes import refused
from tests.personas import Province

pytestmark = pytest.mark.django_db


def test_entered_submitted_approved_in_force(scene: Province) -> None:
    row = scenes.draft(scene)
    assert (row.state, row.effective_from, row.effective_to) == (RecordState.DRAFT, date(2026, 3, 2), date(2027, 3, 1))
    decisions.submit(row=row, by=scene.clerk)
    decisions.approve(row=row, by=scene.reviewer)
    assert (row.state, row.approved_by, row.submitted_by) == (RecordState.IN_FORCE, scene.reviewer, scene.clerk)


def test_returned_changed_and_handed_in_again(scene: Province) -> None:
    row = scenes.submitted(scene, document_no="")
    with refused("reason_missing"):
        decisions.return_to_author(row=row, by=scene.reviewer, reason=" ")
    decisions.return_to_author(row=row, by=scene.reviewer, reason="缺文号")
    with pytest.raises(NotAdmitted):
        decisions.change_draft(row=row, by=scene.second_clerk, values={"document_no": "x"}, reason="改")
    decisions.change_draft(row=row, by=scene.clerk, values={"document_no": "青监政处〔2026〕3号"}, reason="补文号")
    decisions.approve(row=decisions.submit(row=row, by=scene.clerk), by=scene.reviewer)
    assert row.state == RecordState.IN_FORCE


def test_another_kind_is_another_period(scene: Province) -> None:
    """政务处分法 8: 警告 6, 记过 12, 记大过 18, 降级 and 撤职 24 months."""
    row = scenes.draft(scene)
    ends = {
        DecisionKind.WARNING: date(2026, 9, 1), DecisionKind.MAJOR_DEMERIT: date(2027, 9, 1),
        DecisionKind.DEMOTION: date(2028, 3, 1), DecisionKind.DEMERIT: date(2027, 3, 1),
    }  # fmt: skip
    for kind, end in ends.items():
        decisions.change_draft(row=row, by=scene.clerk, values={"kind": kind, "period_months": None}, reason="改种类")
        assert row.effective_to == end, kind


def test_entered_late_a_past_period_ends_at_once(scene: Province) -> None:
    """政务处分法 26: at the end it is lifted automatically; the record stays as history."""
    row = scenes.in_force(scene, decided_on=date(2024, 3, 1), served_on=date(2024, 3, 5))
    assert (row.state, row.effective_to, row.lifted_on) == (RecordState.LIFTED, date(2025, 2, 28), scenes.TODAY)


def test_a_decision_not_yet_in_effect_waits_for_its_day(scene: Province, clock: Any) -> None:
    row = scenes.in_force(scene, effective_from=date(2026, 6, 10), effective_to=date(2027, 3, 1), period_months=12)
    assert row.state == RecordState.NOTIFIED
    assert decisions.expire_due() == 0
    clock.move_to("2026-06-10T08:00:00+08:00")
    assert decisions.expire_due() == 1
    row.refresh_from_db()
    assert row.state == RecordState.IN_FORCE


@pytest.mark.parametrize("who", ["clerk_of_other_authority", "inspector_with_case", "regulator", "superuser", "nobody",
                                 "system_admin", "subject_himself", "publisher"])  # fmt: skip
def test_who_may_not_enter_or_approve(scene: Province, who: str) -> None:
    account = getattr(scene, who)
    with pytest.raises(NotAdmitted):
        decisions.enter_decision(file=scene.file, by=account, values={}, reason="录入")
    row = scenes.submitted(scene)
    for act in (decisions.approve, decisions.return_to_author, decisions.void):
        with pytest.raises(NotAdmitted):
            act(row=row, by=account, reason="x")


def test_a_revocation_names_its_document(scene: Province) -> None:
    row = scenes.in_force(scene)
    with refused("document_no_missing"):
        decisions.revoke(row=row, by=scene.reviewer, reason="复审撤销", document=" ")
    decisions.revoke(row=row, by=scene.reviewer, reason="复审撤销", document="青监复〔2026〕1号")
    assert row.state == RecordState.REVOKED
    assert row.history.first().history_document == "青监复〔2026〕1号"


def test_nothing_is_entered_on_a_closed_file(scene: Province) -> None:
    from integrity import files

    files.freeze_file(file=scene.file, by=scene.reviewer, service_status="retired", on=scenes.TODAY, reason="退休")
    with refused("file_closed"):
        scenes.draft(scene)


def test_each_step_tells_its_id_and_nothing_else(scene: Province) -> None:
    heard: list[dict[str, Any]] = []

    def hear(sender: object, **kwargs: Any) -> None:
        heard.append({key: value for key, value in kwargs.items() if key != "signal"})

    decisions_changed.connect(hear)
    try:
        row = scenes.in_force(scene)
    finally:
        decisions_changed.disconnect(hear)
    assert len(heard) >= 4
    assert all(said == {"label": "decision", "ids": [row.pk]} for said in heard)


def test_the_law_is_shown_with_its_article(scene: Province) -> None:
    lines = decisions.forecast(scenes.draft(scene)).lines
    assert {"影响期", "届满日（含当日）", "决定机关"} <= {line.label for line in lines}
    assert any(line.label.startswith("救济") for line in lines)
    assert all(line.article for line in lines if line.label in ("影响期", "决定机关"))


def test_what_contradicts_the_law_is_not_handed_in(scene: Province) -> None:
    """A commission of the province decides; an organ of another kind or a period out of range goes back (H2a)."""
    wrong_organ = scenes.draft(scene, deciding_authority=scene.authority, kind=DecisionKind.PARTY_WARNING)
    with scenes.refused("unlawful"):
        decisions.submit(row=wrong_organ, by=scene.clerk)
    too_short = scenes.draft(scene, period_months=3)
    with scenes.refused("unlawful"):
        decisions.submit(row=too_short, by=scene.clerk)
    assert {wrong_organ.state, too_short.state} == {RecordState.DRAFT}


def test_only_the_author_writes_the_text_that_another_approves(scene: Province) -> None:
    """H18: whoever could change the draft would approve the own words."""
    row = scenes.draft(scene)
    for other in (scene.second_clerk, scene.reviewer, scene.organisation_officer):
        with pytest.raises(NotAdmitted):
            decisions.change_draft(row=row, by=other, values={"facts": "改写。"}, reason="修改")


def test_a_changed_kind_or_date_is_computed_anew(scene: Province) -> None:
    row = scenes.draft(scene, kind=DecisionKind.MAJOR_DEMERIT, decided_on=date(2025, 7, 20), served_on=date(2025, 9, 1))
    assert row.effective_to == date(2027, 1, 19)
    changed = {"kind": DecisionKind.WARNING, "decided_on": date(2025, 8, 31)}
    decisions.change_draft(row=row, by=scene.clerk, values=changed, reason="更正")
    assert (row.effective_from, row.effective_to) == (date(2025, 8, 31), date(2026, 2, 28))


def test_the_same_document_is_one_record(scene: Province) -> None:
    scenes.in_force(scene)
    with refused("entered_before"):
        decisions.submit(row=scenes.draft(scene), by=scene.clerk)


def test_h2_service_lies_in_the_past(scene: Province) -> None:
    with refused("served_in_future"):
        decisions.approve(row=scenes.submitted(scene, served_on=date(2027, 5, 1)), by=scene.reviewer)

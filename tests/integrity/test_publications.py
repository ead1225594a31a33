"""Publications 公示 (domain §8, §15; order 36): proposed, reviewed, noticed, published, suspended, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrity import publications
from integrity.choices import PenaltyKind, PublicationState, WithdrawalReason
from integrity.exceptions import NotAdmitted
from integrity.models import Publication
from tests.integrity import scenes
from tests.integrity.scenes import refused
from tests.personas import Province

pytestmark = pytest.mark.django_db


def test_four_hands_and_a_notice_lead_to_the_public(scene: Province) -> None:
    row = scenes.published(scene)
    assert row.state == PublicationState.PUBLISHED
    assert len({row.proposed_by, row.reviewed_by, row.published_by}) == 3
    assert row.digest == publications.digest_of(row.projection)
    assert list(Publication.objects.current(scenes.TODAY)) == [row]


def test_the_term_runs_from_the_decision_and_stays_in_the_rules_range(scene: Province) -> None:
    """信用修复管理办法: 一般 3 months to 1 year."""
    penalty = scenes.penalty_in_force(scene)
    for months in (0, 99):
        with refused("period_out_of_range"):
            publications.propose(by=scene.regulator, penalty=penalty, months=months, reason="提出")
    row = publications.propose(by=scene.regulator, penalty=penalty, months=3, reason="提出")
    assert row.ends_on == date(2026, 8, 5)


def test_minor_misconduct_is_not_published(scene: Province) -> None:
    penalty = scenes.penalty_in_force(scene, kind=PenaltyKind.WARNING, period_months=None)
    with refused("not_published"):
        publications.propose(by=scene.regulator, penalty=penalty, reason="提出")


def test_a_draft_is_not_proposed_and_nothing_twice(scene: Province) -> None:
    with refused("not_in_force"):
        publications.propose(by=scene.regulator, penalty=scenes.penalty_draft(scene), reason="提出")
    penalty = scenes.penalty_in_force(scene, scenes.practitioner(scene))
    scenes.proposed(scene, penalty)
    with refused("already_proposed"):
        scenes.proposed(scene, penalty)


def test_a_licence_is_published_too(scene: Province) -> None:
    licence = scenes.licence(scenes.practitioner(scene), scene)
    row = publications.propose(by=scene.regulator, licence=licence, reason="提出")
    assert row.projection["licence_no"] == licence.number


def test_suspended_is_gone_and_comes_back(scene: Province) -> None:
    row = scenes.published(scene)
    publications.suspend(publication=row, by=scene.second_regulator, reason="身份存疑")
    assert not Publication.objects.current(scenes.TODAY).exists()
    publications.resume(publication=row, by=scene.publisher, reason="核实无误")
    assert Publication.objects.current(scenes.TODAY).get() == row


def test_withdrawn_stays_withdrawn(scene: Province) -> None:
    row = scenes.published(scene)
    publications.withdraw(publication=row, by=scene.publisher, cause=WithdrawalReason.ORDER, reason="依要求")
    for act in (publications.publish, publications.resume):
        with refused("no_such_move"):
            act(publication=row, by=scene.publisher, reason="再公示")


@pytest.mark.parametrize("who", ["clerk", "reviewer", "inspector_with_case", "superuser", "system_admin", "nobody"])
def test_who_may_not_publish_withdraw_or_suspend(scene: Province, who: str) -> None:
    account, row = getattr(scene, who), scenes.published(scene)
    acts: list[Any] = [publications.suspend, publications.resume, publications.refuse]
    for act in acts:
        with pytest.raises(NotAdmitted):
            act(publication=row, by=account, reason="x")
    with pytest.raises(NotAdmitted):
        publications.withdraw(publication=row, by=account, cause=WithdrawalReason.ORDER, reason="x")


def test_what_was_shown_does_not_change_with_its_source(scene: Province) -> None:
    """A frozen copy: one fact, one row, and the digest of what was shown."""
    row = scenes.published(scene)
    assert row.penalty is not None
    scenes.raw(row.penalty, content="另一种内容")
    row.refresh_from_db()
    assert row.projection["content"] == "停止执业三个月"
    assert publications.digest_of(row.projection) == row.digest

"""Officers who left 经办人化名: by the configured term, not before, not under a hold; history goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as configured
from django.utils import timezone

from integrity import accounts, holds
from integrity.erasing import act, officers
from integrity.ledger import checking
from integrity.models import AccessChange, Account, Assignment, Training, recording
from tests.erasure.conftest import signed
from tests.integrity.scenes import refused
from tests.personas import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(scene: Province, training: Training) -> Account:
    """The clerk who entered the training leaves today."""
    account = scene.clerk
    with recording(by=scene.security_admin, reason="离任"):
        for row in Assignment.objects.filter(account=account):
            row.valid_to = timezone.localdate()
            row.save()
        account.is_active, account.display_name, account.email = False, "才仁拉毛", "c@example.gov.cn"
        account.save()
    return account


def later(clock: time_machine.Traveller, years: float) -> None:
    clock.move_to(timezone.now() + timedelta(days=365.25 * years + 1))


def test_after_the_term_the_name_is_a_pseudonym_everywhere(
    scene: Province, gone: Account, clock: time_machine.Traveller, training: Training
) -> None:
    EmailAddress.objects.create(user=gone, email="c@example.gov.cn")
    later(clock, configured.ACTOR_PSEUDONYM_YEARS)
    approved, held = officers.let_go(timezone.localdate())
    assert (len(approved), held) == (1, 0)
    act.carry_out_due()
    gone.refresh_from_db()
    assert str(gone) == gone.username
    assert gone.username.startswith("离任人员-")
    assert not EmailAddress.objects.filter(user=gone).exists()
    assert not Account.history.filter(id=gone.pk).exclude(display_name="").exists()
    assert not Account.history.filter(id=gone.pk, username="clerk").exists()
    entry = Training.history.filter(id=training.pk).earliest("history_id")
    assert (entry.entered_by_id, str(entry.entered_by)) == (gone.pk, str(gone))
    signed()
    assert checking.verify().breaks == []
    assert officers.let_go(timezone.localdate()) == ([], 0)


def test_before_the_term_nothing_happens(scene: Province, gone: Account, clock: time_machine.Traveller) -> None:
    later(clock, configured.ACTOR_PSEUDONYM_YEARS - 1)
    assert officers.let_go(timezone.localdate()) == ([], 0)


def test_whoever_still_serves_keeps_the_name(scene: Province, clock: time_machine.Traveller) -> None:
    later(clock, configured.ACTOR_PSEUDONYM_YEARS + 1)
    assert officers.let_go(timezone.localdate()) == ([], 0)


def test_a_hold_keeps_the_name(scene: Province, gone: Account, clock: time_machine.Traveller) -> None:
    gone.organisation = scene.authority
    holds.hold_officer(
        account=gone, by=scene.reviewer, ground="追责", case_reference="1号", from_on=timezone.localdate()
    )
    later(clock, configured.ACTOR_PSEUDONYM_YEARS)
    assert officers.let_go(timezone.localdate()) == ([], 1)
    act.carry_out_due()
    gone.refresh_from_db()
    assert gone.display_name == "才仁拉毛"


def test_a_pseudonymised_account_is_not_opened_again(
    scene: Province, gone: Account, clock: time_machine.Traveller
) -> None:
    later(clock, configured.ACTOR_PSEUDONYM_YEARS)
    officers.let_go(timezone.localdate())
    act.carry_out_due()
    change = AccessChange(kind="reactivate", account=gone)
    with refused("pseudonymised"):
        accounts._apply(change, by=scene.security_admin)

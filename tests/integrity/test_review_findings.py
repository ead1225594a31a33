"""What a reader who had not built it got through, shut: own file and administrator, thrown-away drafts, wrong codes,
hidden reasons, ended sanctions, unsigned ledgers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.core import context
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from django.utils import timezone

from integrity import cases, decisions, recusals, versions
from integrity.access import scope_for
from integrity.choices import Act, RecordState, Role, ServiceStatus, SignInOutcome
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.ledger import note
from integrity.ledger.merkle import EMPTY_ROOT
from integrity.ledger.verifier import verify_export
from integrity.lifecycle.record import RECORD
from integrity.models import CaseGrant, Decision, SignInAttempt, recording
from integrity.sign_in.codes import CodeForm
from integrity.views import explain, grants
from tests.personas import Province
from tests.search import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def himself(scene: Province) -> Any:
    """The person on file, who is security administrator of the managing authority as well."""
    account = scene.subject_himself
    make.assignment(account, Role.SECURITY_ADMIN, scene.authority)
    make.assignment(account, Role.SECURITY_ADMIN, scene.inspection)
    return account


def test_the_person_on_file_administers_no_access_to_the_own_file(scene: Province, himself: Any) -> None:
    grant = CaseGrant.objects.filter(content_object=scene.file).first()
    assert grant is not None
    assert grant not in grants.in_force(himself)
    with pytest.raises(NotAdmitted):
        cases.cut_grant(grant=grant, by=himself, reason="与我有关")
    assert explain.row_of(scene.file.ref, himself) is None
    with pytest.raises(ActRefused):
        recusals.impose(account=scene.clerk, by=himself, reason="与我有关", ref=scene.file.ref)


def test_a_draft_that_was_thrown_away_is_still_seen_by_author_and_reviewer_only(scene: Province) -> None:
    """H2; it was shown to the inspector and to the person on file once it was void."""
    for move in RECORD.moves:
        if move.name == "void" and set(move.sources) & set(RecordState.unapproved()):
            assert move.target == RecordState.DISCARDED
    row = make.decision(scene.file, state=RecordState.DISCARDED, entered_by=scene.clerk)

    def sees(account: Any, **stated: Any) -> bool:
        return Decision.objects.within(scope_for(account, Act.READ, **stated)).filter(pk=row.pk).exists()

    assert sees(scene.clerk)
    assert sees(scene.reviewer)
    assert not sees(scene.subject_himself)
    assert not sees(scene.inspector_with_case, purpose=scene.purpose, case=scene.case)


def test_wrong_codes_of_the_second_factor_are_counted_and_end(scene: Province) -> None:
    request = RequestFactory().post("/accounts/2fa/authenticate/", REMOTE_ADDR="192.0.2.7")
    request.session = SessionStore()
    with context.request_context(request):
        for _attempt in range(8):
            assert not CodeForm({"code": "000000"}, user=scene.clerk).is_valid()
    lines = SignInAttempt.objects.filter(account=scene.clerk)
    assert lines.filter(outcome=SignInOutcome.FAILED).count() == 5
    assert lines.filter(outcome=SignInOutcome.REFUSED).count() == 3


def test_who_and_why_of_a_change_to_a_hidden_column_are_hidden_with_it(scene: Province) -> None:
    changes: tuple[tuple[str, Any, str], ...] = (
        ("service_status", ServiceStatus.SUSPENDED, "停职检查"), ("post_title", "科长", "更正"),
    )  # fmt: skip
    for name, value, reason in changes:
        setattr(scene.file, name, value)
        with recording(by=scene.reviewer, reason=reason):
            scene.file.save()
    now = timezone.now()

    def told(account: Any) -> set[str]:
        scope = scope_for(account, Act.READ)
        between = (now - timedelta(days=1), now + timedelta(days=1))
        found = versions.entries_between(scene.file, scope, [scene.file], *between)
        return {entry.history_change_reason for entries in found.values() for entry in entries}

    assert {"停职检查", "更正"} <= told(scene.clerk)
    assert "更正" in told(scene.low_clearance_clerk)
    assert "停职检查" not in told(scene.low_clearance_clerk)


@pytest.mark.parametrize(("state", "lifted_on"), [(RecordState.LIFTED, date(2026, 3, 1)), (RecordState.EXPIRED, None)])
def test_a_sanction_that_ended_since_was_running_within_its_period(state: RecordState, lifted_on: date | None) -> None:
    row = Decision(state=state, effective_from=date(2024, 8, 30), effective_to=date(2026, 2, 28), lifted_on=lifted_on)
    assert decisions.state_on(row, date(2025, 5, 30)) == RecordState.IN_FORCE
    assert decisions.state_on(row, date(2026, 2, 28)) == RecordState.IN_FORCE
    assert decisions.state_on(row, date(2026, 3, 1)) == state


def test_keys_that_followed_one_another_all_verify() -> None:
    keys = [Ed25519PrivateKey.generate() for _ in range(3)]
    lines = [note.public_line("archive", key.public_key().public_bytes_raw()) for key in keys]
    for key in keys[:2]:
        signed = note.sign(note.Checkpoint("archive", 0, EMPTY_ROOT), name="archive", private=key.private_bytes_raw())
        assert note.read(signed, lines[:2]).size == 0
        assert note.read(signed, lines[1::-1]).size == 0
        with pytest.raises(note.NoteError):
            note.read(signed, lines[2:])


def test_an_export_without_a_signed_checkpoint_does_not_hold() -> None:
    checked = verify_export([], [])
    assert [one.table for one in checked.breaks] == ["checkpoint"]
    assert checked.signed is None

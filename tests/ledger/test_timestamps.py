"""Time stamps over checkpoints 可信时间戳 (RFC 3161), by a real authority: OpenSSL's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from integrity.ledger import checking, checkpoints
from integrity.models import LedgerCheckpoint, LedgerTimestamp
from tests.ledger.authority import Authority, serving
from tests.personas import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority(tmp_path: Path, settings: Settings) -> Iterator[Authority]:
    with serving(tmp_path) as found:
        settings.LEDGER_TSA_URL = found.address
        settings.LEDGER_TSA_ROOTS = str(found.roots)
        settings.LEDGER_TSA_MINUTES = 60
        yield found


def signed() -> tuple[LedgerCheckpoint, list[str]]:
    """A checkpoint at the authority's hour: OpenSSL keeps no clock of ours."""
    with time_machine.travel(datetime.fromtimestamp(time_machine.escape_hatch.time.time()).astimezone(), tick=True):
        row = checkpoints.sign_now(private=configured.LEDGER_KEY)
        return row, checkpoints.anchor(row)


def faults() -> list[Any]:
    return [one for one in checking.verify().breaks if one.table == "timestamp"]


def test_a_token_is_kept_and_openssl_believes_it(lived: Province, authority: Authority) -> None:
    row, told = signed()
    assert told == []
    kept = LedgerTimestamp.objects.get()
    assert kept.checkpoint == row
    assert abs(kept.at - row.at) < timedelta(minutes=1)
    assert faults() == []
    answer = Client().get(f"/checkpoints/{row.pk}.tsr")
    (authority.folder / "note.txt").write_text(row.note, encoding="utf-8")
    (authority.folder / "kept.tsr").write_bytes(answer.content)
    command = [shutil.which("openssl") or "openssl", "ts", "-verify", "-data", "note.txt", "-in", "kept.tsr"]
    checked = subprocess.run([*command, "-CAfile", "root.pem"], cwd=authority.folder, capture_output=True)  # noqa: S603
    assert checked.returncode == 0, checked.stderr
    assert f"/checkpoints/{row.pk}.tsr" in Client().get("/checkpoints/").text
    assert Client().get(f"/checkpoints/{row.pk - 1}.tsr").status_code == 404


def test_the_authority_is_asked_once_an_hour(lived: Province, authority: Authority) -> None:
    first, _told = signed()
    signed()
    assert authority.asked == 1
    assert LedgerTimestamp.objects.get().checkpoint == first


def test_an_authority_that_is_down_or_lies_is_an_anchor_that_failed(lived: Province, authority: Authority) -> None:
    authority.down = True
    assert len(signed()[1]) == 1
    authority.down = False
    authority.answer = b"no token"
    assert len(signed()[1]) == 1
    authority.answer = None
    assert signed()[1] == []
    answered = (authority.folder / "answer.tsr").read_bytes()
    with connection.cursor() as cursor:  # forget, so that the hour does not shield
        _without_triggers(cursor, 'DELETE FROM "integrity_ledgertimestamp"')
    authority.answer = answered
    assert len(signed()[1]) == 1, "a token over another checkpoint"
    assert not LedgerTimestamp.objects.exists()


@pytest.mark.tampers
def test_a_token_of_another_root_or_moment_is_a_break(
    lived: Province, authority: Authority, tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> None:
    signed()
    other = Authority(tmp_path_factory.mktemp("other"))
    settings.LEDGER_TSA_ROOTS = str(other.roots)
    assert [one.field for one in faults()] == ["token"]
    settings.LEDGER_TSA_ROOTS = str(authority.roots)
    assert faults() == []
    with connection.cursor() as cursor:
        _without_triggers(cursor, "UPDATE \"integrity_ledgertimestamp\" SET at = '2020-01-01 00:00:00+00:00'")
    assert [one.field for one in faults()] == ["at"]


def test_the_command_tells_what_was_not_stamped(lived: Province, authority: Authority, capsys: Any) -> None:
    authority.down = True
    call_command("sign_checkpoint")
    assert "not anchored" in capsys.readouterr().err


def _without_triggers(cursor: Any, statement: str) -> None:
    """Past the triggers, as whoever owns the database can."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
        return
    table = "integrity_ledgertimestamp"
    for verb in ("UPDATE", "DELETE"):
        cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"')
    cursor.execute(statement)

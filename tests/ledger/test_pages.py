"""Published checkpoints and receipts: what a stranger, an officer and the person on file can check without us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from integrity.choices import TrainingTheme
from integrity.exceptions import ActRefused
from integrity.ledger import checkpoints, note, watch
from integrity.ledger.verifier import main, verify_consistency, verify_receipt
from integrity.models import LedgerCheckpoint, ReadEntry, Training
from tests import factories
from tests.personas import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> str:
    return checkpoints.public_line_of(settings.LEDGER_KEY)


def test_the_newest_checkpoint_is_a_signed_note_and_sets_no_cookie(lived: Province, key: str) -> None:
    answer = Client().get("/.well-known/integrity-checkpoint")
    assert answer["Content-Type"].startswith("text/plain")
    assert not answer.cookies
    assert note.read(answer.text, [key]).size == LedgerCheckpoint.objects.latest().size


def test_before_the_first_one_there_is_none() -> None:
    assert Client().get("/.well-known/integrity-checkpoint").status_code == 404


def test_the_public_page_and_feed_list_them(lived: Province, key: str) -> None:
    factories.subject("后来的人")
    row = checkpoints.sign_now(private=settings.LEDGER_KEY)
    page = Client().get("/checkpoints/")
    assert key in page.text
    assert row.note.splitlines()[2] in page.text
    feed = Client().get("/checkpoints/feed.atom")
    assert feed.text.count("<entry>") == 2
    for text in (page.text, feed.text):
        assert "后来的人" not in text


def test_a_published_checkpoint_grows_out_of_the_one_before(lived: Province, key: str, tmp_path: Path) -> None:
    factories.subject("后来的人")
    row = checkpoints.sign_now(private=settings.LEDGER_KEY)
    told = Client().get(f"/checkpoints/{row.pk}.json").json()
    assert verify_consistency(told, [key]) == []
    assert verify_consistency(told | {"proof": told["proof"][1:]}, [key]) != []
    assert verify_consistency(told | {"previous": told["checkpoint"]}, [key]) != []
    file = tmp_path / "checkpoint.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    assert main([str(file), "--consistency", "--key", key]) == 0
    assert Client().get("/checkpoints/999999.json").status_code == 404


def test_the_first_checkpoint_offers_no_proof(lived: Province) -> None:
    row = LedgerCheckpoint.objects.get()
    assert f"/checkpoints/{row.pk}.json" not in Client().get("/checkpoints/").text


def test_any_checkpoint_grows_out_of_any_earlier_one(
    lived: Province, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = [LedgerCheckpoint.objects.latest().note]
    for number in range(3):
        factories.subject(f"后来的人{number}")
        notes.append(checkpoints.sign_now(private=settings.LEDGER_KEY).note)
    files = [tmp_path / f"{number}.txt" for number in range(4)]
    for file, text in zip(files, notes, strict=True):
        file.write_text(text, encoding="utf-8")
    for old in range(4):
        for new in range(old, 4):
            call_command("prove_growth", files[old], files[new])
            told = json.loads(capsys.readouterr().out)
            assert verify_consistency(told, [key]) == []
            assert old == new or verify_consistency(told | {"proof": told["proof"][1:]}, [key]) != []
    with pytest.raises(CommandError, match="older note first"):
        call_command("prove_growth", files[3], files[0])
    origin, size, *rest = notes[0].splitlines(keepends=True)
    files[0].write_text("".join([origin, f"{int(size) + 1}\n", *rest]), encoding="utf-8")
    with pytest.raises(CommandError, match="no checkpoint"):
        call_command("prove_growth", files[0], files[3])


def address(scene: Province) -> str:
    entry = Training.history.get(title="河湟廉政课")
    return f"/staff/files/{scene.file.ref}/receipts/{type(entry)._meta.db_table}/{entry.pk}/"


@pytest.mark.parametrize("persona", ["clerk", "subject_himself"])
def test_a_receipt_is_checked_without_us(lived: Province, key: str, persona: str, tmp_path: Path) -> None:
    before = ReadEntry.objects.count()
    answer = lived.browser(persona).get(address(lived))
    receipt = json.loads(answer.content)
    assert "河湟廉政课" in answer.content.decode()
    assert verify_receipt(receipt, [key]) == []
    assert ReadEntry.objects.count() > before
    file = tmp_path / "receipt.json"
    file.write_bytes(answer.content)
    assert main([str(file), "--receipt", "--key", key]) == 0
    file.write_bytes(answer.content.replace("河湟廉政课".encode(), "河湟廉改课".encode()))
    assert main([str(file), "--receipt", "--key", key]) == 1


@pytest.mark.parametrize("persona", ["nobody", "clerk_of_other_authority", "security_admin", "inspector_without_case"])
def test_no_receipt_of_what_one_may_not_see(lived: Province, persona: str) -> None:
    absent = f"/staff/files/{lived.file.ref}/receipts/integrity_historicaltraining/0/"
    browser = lived.browser(persona)
    told, nothing = browser.get(address(lived)), browser.get(absent)
    assert (told.status_code, told.content) == (404, nothing.content)


def test_a_receipt_leaves_out_what_its_page_leaves_out(lived: Province, key: str) -> None:
    """Columns no page shows have neither value nor salt in it; the rest still verifies."""
    receipt = json.loads(lived.browser("clerk").get(address(lived)).content)
    told: dict[str, Any] = dict(zip(receipt["entry"]["names"], receipt["entry"]["values"], strict=True))
    salts = dict(zip(receipt["entry"]["names"], receipt["entry"]["salts"], strict=True))
    for name in ("subject_id", "entered_by_id", "grade", "history_user_id"):
        assert told[name] is None
        assert set(salts[name]) == {"0"}
    assert verify_receipt(receipt, [key]) == []


def test_what_is_not_signed_yet_is_said_in_words(lived: Province) -> None:
    row = factories.part(Training, lived.file, by=lived.clerk, title="新课", theme="integrity", hours=1)
    entry = Training.history.get(id=row.pk)
    table = type(entry)._meta.db_table
    answer = lived.browser("clerk").get(f"/staff/files/{lived.file.ref}/receipts/{table}/{entry.pk}/")
    assert answer.status_code == 409
    assert "尚未进入签名检查点" in answer.text


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("proof"),
        lambda told: told["entry"].pop("leaf"),
        lambda told: told["entry"].update(position=-1),
        lambda told: told["entry"].update(names=["x"]),
        lambda told: told["entry"].update(commitments=["zz"]),
        lambda told: told["entry"].update(values=5),
        lambda told: told.update(entry=None),
        lambda told: told.update(proof=["00"]),
        lambda told: told.update(checkpoint="x"),
        lambda told: told["entry"].update(pk="8"),
        lambda told: told["entry"].update(salts=told["entry"]["salts"][1:]),
    ],
)
def test_a_hostile_receipt_is_refused(lived: Province, key: str, change: Any) -> None:
    receipt = json.loads(lived.browser("clerk").get(address(lived)).content)
    change(receipt)
    assert verify_receipt(receipt, [key]) != []


# --- anchors and the signer's absence --------------------------------------------------------------------------


def test_anchors_get_each_checkpoint_once(lived: Province, settings: Settings, tmp_path: Path) -> None:
    settings.LEDGER_ANCHOR_FOLDER = str(tmp_path)
    settings.LEDGER_ANCHOR_MAIL = ["audit@archive.example"]
    row = LedgerCheckpoint.objects.latest()
    assert checkpoints.anchor(row) == []
    (file,) = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8") == row.note
    assert row.note in mail.outbox[0].body
    faults = checkpoints.anchor(row)
    assert len(faults) == 1, "an anchored file is never written again"


def test_an_anchor_that_fails_does_not_stop_the_others(lived: Province, settings: Settings, tmp_path: Path) -> None:
    settings.LEDGER_ANCHOR_FOLDER = str(tmp_path / "absent")
    settings.LEDGER_ANCHOR_MAIL = ["audit@archive.example"]
    assert len(checkpoints.anchor(LedgerCheckpoint.objects.latest())) == 1
    assert len(mail.outbox) == 1


def test_a_silent_signer_is_told_and_stops_closed_files(lived: Province, settings: Settings, clock: Any) -> None:
    assert watch.alarm() == ""
    factories.subject("后来的人")
    assert watch.alarm() == ""
    clock.shift(6 * 60)
    assert "签名程序未运行" in watch.alarm()
    assert "签名程序未运行" in lived.browser("system_admin").get("/staff/system/").text
    settings.LEDGER_STOP_AFTER_HOURS = 4
    clock.shift(4 * 3600)
    course = {"title": "课", "theme": TrainingTheme.INTEGRITY, "hours": 1}
    with pytest.raises(ActRefused, match="存证签名已停止"):
        factories.part(Training, lived.file, by=lived.clerk, **course)
    factories.subject("公开的人")  # no closed file
    checkpoints.sign_now(private=settings.LEDGER_KEY)
    factories.part(Training, lived.file, by=lived.clerk, **course)

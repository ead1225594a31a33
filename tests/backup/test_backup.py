"""Backup and restore 备份与恢复: all of it or nothing, the newest truth or a refusal (assurance C4)."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from integrity.backup import restoring, saving
from integrity.backup.lines import kept_models
from integrity.backup.restoring import RestoreRefused, checked, members, restore
from integrity.backup.sealing import Opener, Sealer, SealError
from integrity.ledger import checkpoints
from integrity.models import IntegrityFile, LedgerCheckpoint, ReadEntry, Subject
from search.desk import folder, standing
from search.models import Kind, Standing
from tests import factories
from tests.backup.conftest import KEY
from tests.personas import Province

pytestmark = [pytest.mark.django_db, pytest.mark.tampers]
FLIPS = int(os.environ.get("BACKUP_FLIPS", "60"))
Empty = Callable[[], None]


def rows() -> int:
    return sum(model._base_manager.count() for model in kept_models())


def resealed(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The same backup with other contents, by somebody who has the key and makes the manifest agree."""
    parts = [(one.name, change(one.name, one.data)) for one in members(source, KEY)]
    manifest = json.loads(parts.pop()[1])
    for label, told in manifest["tables"].items():
        data = b"".join(data for name, data in parts if name.startswith(f"tables/{label}/"))
        told |= {"rows": data.count(b"\n"), "sha256": hashlib.sha256(data).hexdigest()}
    parts.append(("manifest.json", json.dumps(manifest).encode()))
    with (
        target.open("wb") as into,
        Sealer(into, KEY, {}) as sealer,
        tarfile.open(fileobj=cast(Any, sealer), mode="w|gz") as tar,
    ):
        for name, data in parts:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


# --- there and back ---------------------------------------------------------------------------------------------------


def test_every_row_and_file_comes_back(lived: Province, emptied: Empty, tmp_path: Path, settings: Settings) -> None:
    for root, name in ((settings.CLOSED_ROOT, "a/closed"), (settings.MEDIA_ROOT, "public.txt")):
        (Path(root) / name).parent.mkdir(parents=True, exist_ok=True)
        (Path(root) / name).write_bytes(name.encode() * 999)
    made, people = tmp_path / "one.backup", Subject.objects.count()
    before = saving.save(made, KEY)
    assert people > 300
    assert set(before["files"]) == {"files/closed/a/closed", "files/media/public.txt"}
    emptied()
    assert rows() == 0
    settings.CLOSED_ROOT, settings.MEDIA_ROOT = tmp_path / "elsewhere" / "closed", tmp_path / "elsewhere" / "media"
    restore(made, KEY)
    assert Subject.objects.count() == people
    assert (settings.CLOSED_ROOT / "a/closed").read_bytes() == b"a/closed" * 999
    again = saving.save(tmp_path / "two.backup", KEY)
    assert again["tables"] == before["tables"]
    assert again["files"] == before["files"]
    factories.subject("恢复之后的人")  # the counters of the tables go on where they stood
    assert lived.browser("clerk").get(f"/staff/files/{lived.file.ref}/").status_code == 200


def test_what_people_keep_beside_the_search_comes_back_and_the_index_is_made_anew(
    lived: Province, emptied: Empty, tmp_path: Path, settings: Settings
) -> None:
    scope = folder.scope_in_case(lived.inspector_with_case, purpose="核查", case=lived.case)
    folder.put_in(scope, Kind.FILE, lived.file, by=lived.inspector_with_case, note="核对报告")
    standing.save_search(by=lived.clerk, title="甲", words="扎西", purpose="日常核查")
    file = tmp_path / "one.backup"
    assert "search.SearchDocument" not in saving.save(file, KEY)["tables"]
    emptied()
    settings.CLOSED_ROOT = tmp_path / "elsewhere"
    restore(file, KEY)
    assert standing.content_of(Standing.objects.get()).words == "扎西"
    [line] = folder.lines(scope, reader=lived.inspector_with_case)
    assert [note.text for note in line.notes] == ["核对报告"]


def test_the_newest_checkpoint_outside_agrees(made: Path, emptied: Empty, tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "anchors"
    folder.mkdir()
    (folder / "1.txt").write_text(LedgerCheckpoint.objects.latest().note, encoding="utf-8")
    (folder / "a stranger's.txt").write_text("nothing of ours", encoding="utf-8")
    emptied()
    settings.CLOSED_ROOT = tmp_path / "elsewhere"
    assert restore(made, KEY, outside=[folder])["ledger"]["size"] > 0


def test_the_commands_say_what_they_did(
    lived: Province, emptied: Empty, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", tmp_path)
    (file,) = tmp_path.glob("*.backup")
    assert "read back" in capsys.readouterr().out
    assert file.stat().st_mode & 0o077 == 0
    call_command("restore", file, "--check")
    assert "nothing was written" in capsys.readouterr().out
    emptied()
    settings.CLOSED_ROOT = tmp_path / "elsewhere"
    call_command("restore", file)
    assert "the ledger holds" in capsys.readouterr().out
    settings.BACKUP_KEY = b""
    with pytest.raises(CommandError, match="BACKUP_KEY"):
        call_command("backup", tmp_path / "other.backup")


# --- what is no backup ----------------------------------------------------------------------------------------------


def test_a_flipped_bit_anywhere_is_refused(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dice, whole, file = random.Random(7), made.read_bytes(), tmp_path / "flipped"  # noqa: S311  a test's dice
    opened = 0
    for number in range(FLIPS):
        place = number if number < FLIPS // 3 else dice.randrange(len(whole))
        changed = bytearray(whole)
        changed[place] ^= 1 << dice.randrange(8)
        file.write_bytes(changed)
        try:
            checked(file, KEY)
            opened += 1
        except RestoreRefused:
            pass
    with capsys.disabled():
        print(f"\nbackup: {FLIPS} flipped bits of {len(whole)} bytes, {opened} opened")  # noqa: T201
    assert opened == 0


def test_a_cut_or_lengthened_file_is_refused(made: Path, tmp_path: Path) -> None:
    whole, file = made.read_bytes(), tmp_path / "cut"
    header = len(whole) - len(whole.split(b"}", 1)[1])
    for length in (0, 5, header - 1, header, header + 1, len(whole) // 2, len(whole) - 16, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(RestoreRefused):
            checked(file, KEY)
    file.write_bytes(whole + b"x")
    with pytest.raises(RestoreRefused):
        checked(file, KEY)


def test_chunks_are_bound_to_their_places() -> None:
    sealed = io.BytesIO()
    with Sealer(cast(Any, sealed), KEY, {}) as sealer:
        for number in range(4):
            sealer.write(bytes([number]) * (1 << 20))
    whole = sealed.getvalue()
    assert Opener(io.BytesIO(whole), KEY).read() == b"".join(bytes([number]) * (1 << 20) for number in range(4))
    start, step = len(whole) - 4 * ((1 << 20) + 16), (1 << 20) + 16
    chunks = [whole[start + step * number : start + step * (number + 1)] for number in range(4)]
    for order in ((1, 0, 2, 3), (0, 1, 2), (0, 1, 3), (0, 0, 1, 2, 3), (3,)):
        with pytest.raises(SealError):
            Opener(io.BytesIO(whole[:start] + b"".join(chunks[number] for number in order)), KEY).read()


def test_another_key_opens_nothing(made: Path) -> None:
    with pytest.raises(RestoreRefused, match="BACKUP_KEY"):
        checked(made, bytes(range(32)))


def test_what_lies_in_a_backup_is_not_in_clear(made: Path) -> None:
    whole = made.read_bytes()
    for text in ("河湟廉政课", "扎西多杰", "integrity_"):
        assert text.encode() not in whole


# --- what is not the truth -----------------------------------------------------------------------------------------


def test_an_old_truth_is_refused_and_says_what_would_be_lost(
    made: Path, lived: Province, emptied: Empty, tmp_path: Path, settings: Settings
) -> None:
    factories.subject("后来的人")
    newer = tmp_path / "newest.txt"
    newer.write_text(checkpoints.sign_now(private=settings.LEDGER_KEY).note, encoding="utf-8")
    emptied()
    settings.CLOSED_ROOT = tmp_path / "elsewhere"
    with pytest.raises(RestoreRefused, match=r"older truth.* 2 entries would be lost"):
        restore(made, KEY, outside=[newer])
    assert rows() == 0
    restore(made, KEY, outside=[newer], accept_older=True)
    assert ReadEntry.objects.filter(door="command.restore", count=2).exists()


def test_a_changed_row_is_refused_though_the_manifest_agrees(
    made: Path, emptied: Empty, tmp_path: Path, settings: Settings
) -> None:
    """Whoever has the key can seal what he likes; he cannot sign the ledger."""

    def change(name: str, data: bytes) -> bytes:
        return data.replace("河湟廉政课".encode(), "河湟廉改课".encode()) if "Historical" in name else data

    forged = tmp_path / "forged.backup"
    resealed(made, forged, change)
    emptied()
    settings.CLOSED_ROOT = tmp_path / "elsewhere"
    with pytest.raises(RestoreRefused, match="integrity_historicaltraining"):
        restore(forged, KEY)
    assert rows() == 0
    assert not list(Path(settings.CLOSED_ROOT).rglob("*"))


def test_a_file_beside_the_archives_folders_is_refused(
    made: Path, emptied: Empty, tmp_path: Path, settings: Settings
) -> None:
    for name in ("files/closed/../../outside", "files/other/x", "files//etc/x"):
        with pytest.raises(RestoreRefused, match="outside of the archive"):
            restoring._spread(tmp_path, name.removeprefix("files/"), b"x")


def test_a_full_archive_is_left_alone(made: Path, lived: Province) -> None:
    before = rows()
    with pytest.raises(RestoreRefused, match="empty archive"):
        restore(made, KEY)
    assert rows() == before
    assert IntegrityFile.objects.unscoped(reason="测试").filter(pk=lived.file.pk).exists()


def test_another_version_of_the_archive_says_so(made: Path, emptied: Empty, tmp_path: Path) -> None:
    other = tmp_path / "other.backup"

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b'"0002_domain"', b'"0003_later"') if name == "manifest.json" else data

    resealed(made, other, change)
    emptied()
    with pytest.raises(RestoreRefused, match="another version"):
        restore(other, KEY)


def test_nothing_half_is_left_under_the_name(lived: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "one.backup"
    monkeypatch.setattr(saving, "_files", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        saving.save(target, KEY)
    assert list(tmp_path.glob("*.backup*")) == []
    monkeypatch.undo()
    saving.save(target, KEY)
    with pytest.raises(FileExistsError):
        saving.save(target, KEY)

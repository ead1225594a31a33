"""History 留痕 (N3, N4; assurance 3.2): every way to write is either recorded, with actor and reason, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_in
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, QuerySet, Value
from django.test import RequestFactory
from simple_history.utils import bulk_update_with_history

from integrity import decisions
from integrity.exceptions import ClosedDoor, UnrecordedWrite
from integrity.importing.writer import write_rows
from integrity.models import (
    Account,
    Decision,
    IntegrityFile,
    Organisation,
    ReadEntry,
    Subject,
    SubjectIdentifier,
    TrackedModel,
    recording,
)
from tests import factories
from tests.integrity import scenes
from tests.personas import Province

pytestmark = pytest.mark.django_db
WHY = "测试改写"


def rows_of(model: Any) -> int:
    return int(model.history.count())


def person(name: str = "示例") -> Subject:
    return Subject(name=name)


# --- what is recorded -------------------------------------------------------------------------------------------------

Way = Callable[[Subject], object]


def changed(row: Subject) -> None:
    row.name = "改名"
    row.save()


def changed_in_part(row: Subject) -> None:
    row.name = "改名"
    row.save(update_fields=["name"])


RECORDED: dict[str, Way] = {
    "save() of a new row": lambda row: person().save(),
    "save() of a change": changed,
    "save(update_fields)": changed_in_part,
    "save() without a change": lambda row: row.save(),
    "objects.create()": lambda row: Subject.objects.create(name="示例"),
    "get_or_create()": lambda row: Subject.objects.get_or_create(name="新来的人"),
    "update_or_create()": lambda row: Subject.objects.update_or_create(pk=row.pk, defaults={"name": "改名"}),
    "delete()": lambda row: row.delete(),
    "queryset.delete()": lambda row: Subject.objects.filter(pk=row.pk).delete(),
}


@pytest.mark.parametrize("way", RECORDED)
def test_recorded_with_actor_reason_and_document(scene: Province, way: str) -> None:
    row = factories.saved(person())
    before = rows_of(Subject)
    with recording(by=scene.clerk, reason=WHY, document="1号"):
        RECORDED[way](row)
    assert rows_of(Subject) == before + 1
    written = Subject.history.latest("history_id")
    assert (written.history_user, written.history_change_reason, written.history_document) == (scene.clerk, WHY, "1号")


@pytest.mark.parametrize("way", RECORDED)
def test_the_same_ways_are_refused_without_actor_and_reason(scene: Province, way: str) -> None:
    row = factories.saved(person())
    before, names = rows_of(Subject), sorted(Subject.objects.values_list("name", flat=True))
    with pytest.raises(UnrecordedWrite), transaction.atomic():
        RECORDED[way](row)
    assert rows_of(Subject) == before
    assert sorted(Subject.objects.values_list("name", flat=True)) == names


def test_a_cascade_is_recorded(scene: Province) -> None:
    row = factories.subject("示例")
    with recording(by=scene.clerk, reason=WHY):
        row.delete()
    gone = apps.get_model("integrity", "HistoricalSubjectName").objects.filter(history_type="-")
    assert [entry.history_change_reason for entry in gone] == [WHY]


def test_the_bulk_door_is_recorded(scene: Province) -> None:
    written = write_rows(Subject, [person(f"示例{n}") for n in range(3)], by=scene.clerk, reason=WHY)
    found = Subject.history.filter(id__in=[row.pk for row in written])
    assert {(entry.history_user, entry.history_change_reason) for entry in found} == {(scene.clerk, WHY)}
    assert found.count() == 3


# --- what is refused --------------------------------------------------------------------------------------------------


def skipping(row: Subject) -> None:
    row.skip_history_when_saving = True  # type: ignore[attr-defined]
    row.save()


def expression(row: Subject) -> None:
    row.name = Value("改名")
    row.save()


def f_expression(row: Subject) -> None:
    row.name = F("id")
    row.save()


def by_cursor(statement: str) -> Way:
    def way(row: Subject) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [row.pk.hex if connection.vendor == "sqlite" else row.pk])

    return way


def many_by_cursor(row: Subject) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE integrity_subject SET name = %s", [("改",), ("名",)])


def data_move(row: Subject) -> None:
    """What a migration's RunPython gets: a model without our managers, made from the migrations' state."""
    state = MigrationLoader(connection).project_state([("integrity", "0002_domain")])
    state.apps.get_model("integrity", "Subject")._base_manager.update(name="改")


def data_move_by_save(row: Subject) -> None:
    state = MigrationLoader(connection).project_state([("integrity", "0002_domain")])
    found = state.apps.get_model("integrity", "Subject")._base_manager.get(pk=row.pk)
    found.name = "改"
    found.save()


REFUSED: dict[str, Way] = {
    "queryset.update()": lambda row: Subject.objects.filter(pk=row.pk).update(name="改"),
    "all().update()": lambda row: Subject.objects.all().update(name="改"),
    "bulk_create()": lambda row: Subject.objects.bulk_create([person()]),
    "bulk_create(ignore_conflicts)": lambda row: Subject.objects.bulk_create([person()], ignore_conflicts=True),
    "upsert": lambda row: Subject.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=["name"]
    ),
    "bulk_update()": lambda row: Subject.objects.bulk_update([row], ["name"]),
    "bulk_update_with_history()": lambda row: bulk_update_with_history([row], Subject, ["name"]),
    "_raw_delete()": lambda row: Subject.objects.filter(pk=row.pk)._raw_delete("default"),
    "skip_history_when_saving": skipping,
    "save() with an expression": expression,
    "save() with F()": f_expression,
    "a plain queryset's update()": lambda row: QuerySet(Subject).filter(pk=row.pk).update(name="改"),
    "a plain queryset's bulk_create()": lambda row: QuerySet[Any](Subject).bulk_create([person()]),
    "_base_manager's update()": lambda row: Subject._base_manager.filter(pk=row.pk).update(name="改"),
    "save_base()": lambda row: row.save_base(),
    "raw UPDATE": by_cursor("UPDATE integrity_subject SET name = '改' WHERE id = %s"),
    "raw UPDATE in small letters": by_cursor('update "integrity_subject" set name = upper(name) where id = %s'),
    "raw DELETE": by_cursor("DELETE FROM integrity_subject WHERE id = %s"),
    "raw INSERT": by_cursor(
        "INSERT INTO integrity_subjectname (subject_id, name, kind) SELECT id, name, '' FROM integrity_subject "
        "WHERE id = %s"
    ),
    "raw UPDATE inside WITH": by_cursor(
        "WITH one AS (SELECT id FROM integrity_subject WHERE id = %s) UPDATE integrity_subject SET name = '改'"
    ),
    "raw UPDATE of history": by_cursor("UPDATE integrity_historicalsubject SET name = '改' WHERE id = %s"),
    "raw INSERT into history": by_cursor(
        "INSERT INTO integrity_historicalsubject SELECT * FROM integrity_historicalsubject WHERE id = %s"
    ),
    "executemany": many_by_cursor,
    "a migration's update()": data_move,
    "a migration's save()": data_move_by_save,
    "history.update()": lambda row: Subject.history.update(name="改"),
    "history.filter().update()": lambda row: Subject.history.filter(id=row.pk).update(name="改"),
    "history.delete()": lambda row: Subject.history.all().delete(),
    "row.history.delete()": lambda row: row.history.all().delete(),
    "history model's objects": lambda row: Subject.history.model.objects.all().delete(),
    "history row's save()": lambda row: row.history.first().save(),
    "history row's delete()": lambda row: row.history.first().delete(),
    "history bulk_update": lambda row: Subject.history.model.objects.bulk_update([row.history.first()], ["name"]),
    "read log update()": lambda row: ReadEntry.objects.update(door="x"),
    "read log delete()": lambda row: ReadEntry.objects.all().delete(),
    "write_rows() without a reason": lambda row: write_rows(Subject, [person()], by=None, reason=" "),
}


@pytest.mark.parametrize("way", REFUSED)
def test_refused_even_with_actor_and_reason(scene: Province, way: str) -> None:
    row = factories.saved(person())
    before = list(Subject.objects.order_by("pk").values()), rows_of(Subject)
    with recording(by=scene.clerk, reason=WHY), pytest.raises((ClosedDoor, UnrecordedWrite)), transaction.atomic():
        REFUSED[way](row)
    assert (list(Subject.objects.order_by("pk").values()), rows_of(Subject)) == before


def test_at_least_twenty_ways_were_tried() -> None:
    assert len(RECORDED) + len(REFUSED) >= 45


def test_many_to_many_is_refused(scene: Province) -> None:
    """No history would tell of them, so nobody gives an account a right of Django's by hand."""
    group = Group.objects.create(name="示例")
    permission = Permission.objects.all()[0]
    ways: list[Callable[[], object]] = [
        lambda: scene.clerk.groups.add(group),
        lambda: scene.clerk.groups.set([group]),
        lambda: group.user_set.add(scene.clerk),
        lambda: scene.clerk.user_permissions.add(permission),
        lambda: permission.user_set.set([scene.clerk]),
    ]
    for way in ways:
        with recording(by=scene.security_admin, reason=WHY), pytest.raises(ClosedDoor), transaction.atomic():
            way()
    assert not scene.clerk.groups.exists()
    assert not scene.clerk.user_permissions.exists()


def test_a_lock_and_a_read_pass_the_door(scene: Province) -> None:
    row = factories.saved(person())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM integrity_subject")
        assert cursor.fetchone()[0] >= 1
    assert Subject.objects.select_for_update().get(pk=row.pk) == row


def test_loaddata_is_refused(scene: Province, tmp_path: Path) -> None:
    """A raw save passes by `save()` and by simple-history: the door is closed, with a reason or without."""
    fixture = tmp_path / "subject.json"
    fields = {"name": "夹带", "birth_date_token": None, "deceased_on": None, "recorded_at": "2026-01-01T00:00:00Z"}
    fixture.write_text(
        json.dumps([{"model": "integrity.subject", "pk": "00000000-0000-4000-8000-000000000001", "fields": fields}])
    )
    with recording(by=scene.clerk, reason=WHY), pytest.raises(ClosedDoor), transaction.atomic():
        call_command("loaddata", str(fixture), stdout=StringIO())
    assert not Subject.objects.filter(name="夹带").exists()


@pytest.mark.parametrize(
    "command",
    [["clean_old_history", "--auto"], ["clean_old_history", "integrity.Subject", "--days", "0"],
     ["clean_duplicate_history", "--auto"], ["populate_history", "--auto"]],
)  # fmt: skip
def test_commands_that_clean_or_fill_history_are_closed(scene: Province, command: list[str]) -> None:
    before = rows_of(Subject)
    with pytest.raises(CommandError, match="N4"):
        call_command(*command)
    assert rows_of(Subject) == before


# --- what a history row says ------------------------------------------------------------------------------------------


def test_no_history_row_lacks_a_reason_after_a_working_day(scene: Province) -> None:
    scenes.published(scene)
    decisions.revoke(row=scenes.in_force(scene), by=scene.reviewer, reason="撤销", document="1号")
    seen = 0
    for model in apps.get_app_config("integrity").get_models():
        if not model.__name__.startswith("Historical"):
            continue
        entries: list[Any] = list(model._default_manager.all())
        for entry in entries:
            seen += 1
            assert entry.history_change_reason, model.__name__
            by_date = entry.history_change_reason in {factories.WHY, "测试装载", "录入", "撤销"}
            assert entry.history_user_id is not None or by_date, (model.__name__, entry.history_change_reason)
    assert seen > 100


def test_every_domain_table_has_history() -> None:
    """Only what is written once, or rebuilt, has none; each named with its reason."""
    without = {
        model.__name__
        for model in apps.get_app_config("integrity").get_models()
        if not hasattr(model, "history") and not model.__name__.startswith("Historical")
    }
    assert without == {
        "ReadEntry", "ReadSubject", "SignInAttempt", "UsedPassword",  # append-only themselves
        "ImportedRow", "Rejection",  # written once with their batch
        "LedgerShape", "LedgerEntry", "LedgerTile", "LedgerCheckpoint", "LedgerTimestamp",  # append-only themselves
        "Removal", "OpenDataManifest",  # append-only themselves
        "Account_groups", "Account_user_permissions",
    } & without  # fmt: skip
    assert {"ReadEntry", "ImportedRow", "Rejection"} <= without
    assert issubclass(Organisation, TrackedModel)


def test_history_of_an_identity_number_is_ciphertext(scene: Province) -> None:
    number = factories.identity_number(42)
    row = factories.identifier(scene.person, number)
    entry = SubjectIdentifier.history.get(id=row.pk)
    for column in entry._meta.concrete_fields:
        value = getattr(entry, column.attname)
        text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        assert number not in text, column.name
        assert number[6:14] not in text, column.name
    assert bytes(entry.token) == bytes(row.token)


def test_an_account_signs_in_and_the_password_stays_out(scene: Province, rf: RequestFactory) -> None:
    before = rows_of(Account)
    user_logged_in.send(sender=Account, request=rf.get("/"), user=scene.clerk)
    entry = Account.history.latest("history_id")
    assert rows_of(Account) == before + 1
    assert entry.history_user == scene.clerk
    names = {field.name for field in entry._meta.concrete_fields}
    assert not names & {"password", "last_login"}


def test_a_save_in_part_tells_what_the_table_says(scene: Province) -> None:
    """Somebody changed the row meanwhile, and what stands in memory beside the saved field was never written."""
    stale = Account.objects.get(pk=scene.clerk.pk)
    with recording(by=scene.security_admin, reason=WHY):
        scene.clerk.display_name = "新姓名"
        scene.clerk.save()
    stale.first_name = "没有保存"
    with recording(by=scene.security_admin, reason=WHY):
        stale.save(update_fields=["email"])
    told = Account.history.filter(id=scene.clerk.pk).latest("history_id")
    assert (told.display_name, told.first_name) == ("新姓名", "")


def test_an_account_is_changed_by_acts_only(scene: Province) -> None:
    scene.clerk.is_superuser = True
    with pytest.raises(UnrecordedWrite):
        scene.clerk.save()
    with pytest.raises(UnrecordedWrite):
        scene.clerk.save(update_fields=["password", "is_superuser"])
    with pytest.raises(ClosedDoor):
        Account.objects.filter(pk=scene.clerk.pk).update(is_superuser=True)


def test_a_refused_move_leaves_neither_change_nor_history(scene: Province) -> None:
    row = scenes.submitted(scene, document=None)
    before = rows_of(Decision)
    with scenes.refused("document_missing"):
        decisions.approve(row=row, by=scene.reviewer)
    assert rows_of(Decision) == before


def test_nested_recordings_name_the_inner_reason_and_give_back_the_outer(scene: Province) -> None:
    with recording(by=scene.clerk, reason="外"):
        with recording(by=scene.reviewer, reason="内"):
            inner = Subject.objects.create(name="内")
        outer = Subject.objects.create(name="外")
    reasons = {entry.id: entry.history_change_reason for entry in Subject.history.all()}
    assert (reasons[inner.pk], reasons[outer.pk]) == ("内", "外")
    with pytest.raises(UnrecordedWrite), recording(by=scene.clerk, reason="  "):
        pass


def test_history_keeps_what_was(scene: Province) -> None:
    row = scenes.in_force(scene)
    states = list(row.history.order_by("history_id").values_list("state", flat=True))
    assert states == ["draft", "submitted", "approved", "notified", "in_force"]
    assert IntegrityFile.history.filter(id=scene.file.pk).count() == 1

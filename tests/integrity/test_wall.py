"""The second wall 第二道墙: what the database itself refuses, whatever the application forgets (assurance A9, 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from integrity import emergencies
from integrity.access import Scope, scope_for
from integrity.choices import Act, Grade, Role
from integrity.exceptions import UnscopedQuery
from integrity.models import Decision, GuardedModel, IntegrityFile
from integrity.models.guarded import OPEN_MARK
from integrity.wall import marks
from tests import factories
from tests.access.world import targets
from tests.integrity import scenes, wall
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
NAMES = (
    "clerk", "second_clerk", "low_clearance_clerk", "reviewer", "organisation_officer", "clerk_of_other_authority",
    "reviewer_of_other_authority", "inspector_with_case", "inspector_without_case", "regulator", "secrecy_reviewer",
    "publisher", "objection_officer", "subject_himself", "superuser", "system_admin", "security_admin", "audit_admin",
    "nobody",
)  # fmt: skip


def plain(model: type[Any]) -> Any:
    """A queryset without our rules: the mistake the wall is there for."""
    return models.QuerySet(model)


def guarded() -> list[type[GuardedModel]]:
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, GuardedModel)]


def test_a_statement_says_how_it_was_opened(scene: Province) -> None:
    scope = scope_for(scene.clerk, Act.LIST)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        list(IntegrityFile.objects.within(scope))
        list(IntegrityFile.objects.unscoped(reason="test"))
    marked = [query["sql"] for query in seen if "integrity_integrityfile" in query["sql"]]
    assert marked[0].startswith(scope.mark)
    assert marked[1].startswith(OPEN_MARK)
    assert str(scene.clerk.pk) in scope.mark


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only on SQLite: PostgreSQL has its policies")
def test_sqlite_refuses_a_read_without_a_mark(scene: Province) -> None:
    for model in guarded():
        with pytest.raises(UnscopedQuery):
            list(plain(model).all()[:1])
        with pytest.raises(UnscopedQuery), connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  the tables' own names


def test_a_write_and_a_table_of_nobodys_pass(scene: Province) -> None:
    assert marks.reader_of('SELECT 1 FROM "integrity_organisation"') is None
    assert marks.reader_of('UPDATE "integrity_decision" SET x = 1') == "open"
    assert marks.reader_of('SELECT * FROM "integrity_decision"') == ""
    assert marks.reader_of('SELECT * FROM "integrity_casegrant" JOIN "integrity_integrityfile" ON 1') == "open"


# --- PostgreSQL ----------------------------------------------------------------------------------------------


@contextmanager
def reading(scope: Scope) -> Iterator[None]:
    """Every statement of the block is this reader's, with no filter of the application at all."""
    with wall.as_staff(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('archive.reader', %s, true)", (scope.mark[7:-3],))
        yield


@pytest.mark.postgres
def test_the_policies_and_the_rule_agree(scene: Province, capsys: pytest.CaptureFixture[str]) -> None:
    """A9: per persona, act and table, the rows of the rule are the rows of the policies alone."""
    targets(scene)
    compared = differences = 0
    for name in NAMES:
        account = getattr(scene, name)
        for act in Act:
            case = scene.case if name.startswith("inspector") else None
            scope = scope_for(account, act, purpose="审查调查" if case else "", case=case)
            allowed_of = {model: set(model.objects.within(scope).values_list("pk", flat=True)) for model in guarded()}
            with reading(scope):
                seen_of = {model: wall.ids(model) for model in guarded()}
            for model, allowed in allowed_of.items():
                seen = seen_of[model]
                compared += 1
                if seen != allowed:
                    differences += 1
                    print(name, act, model.__name__, "wall", seen - allowed, "rule", allowed - seen)  # noqa: T201
    with capsys.disabled():
        print(f"\nsecond wall: {compared} sets compared, {differences} differences")  # noqa: T201
    assert differences == 0


@pytest.mark.postgres
@pytest.mark.parametrize("ended", [False, True])
def test_the_wall_asks_for_the_duty_too(scene: Province, ended: bool) -> None:
    """A case needs its body's duty; an emergency the duty it was asked in, within its clearance of today."""
    elsewhere = factories.organisation("海东市监察委员会")
    clerk, inspector = scene.clerk_of_other_authority, scene.inspector_with_case
    row = emergencies.ask(by=clerk, ref=scene.file.ref, reason="紧急")
    emergencies.decide(row=row, by=scene.reviewer, opened=True, reason="属实")
    # The database has a clock of its own.
    scenes.raw(row, opened_at=datetime(2020, 1, 1, tzinfo=UTC), closes_at=datetime(2099, 1, 1, tzinfo=UTC))
    decision = scenes.in_force(scene)
    for account in (clerk, inspector):
        (duty,) = account.assignments.all()
        assigned(account, Role.INSPECTOR, elsewhere)
        changed = {"valid_to": date(2020, 1, 1)} if ended else {"clearance": Grade.INTERNAL}
        scenes.raw(duty, **changed)
        case = scene.case if account == inspector else None
        scope = scope_for(account, Act.READ, purpose="审查调查" if case else "", case=case)
        assert (scope.admits(scene.file), scope.admits(decision)) == (not ended, False)
        with reading(scope):
            seen = (scene.file.pk in wall.ids(IntegrityFile), decision.pk in wall.ids(Decision))
        assert seen == (not ended, False), account


@pytest.mark.postgres
def test_without_a_reader_there_are_no_rows(scene: Province) -> None:
    for told in ("", "{}", "open-ish", '{"account": null, "act": "list"}'):
        with wall.as_staff(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('archive.reader', %s, true)", (told,))
            assert all(wall.ids(model) == set() for model in guarded()), told


@pytest.mark.postgres
def test_pages_behind_the_wall_alone(scene: Province) -> None:
    """The application's filter replaced by "all rows": what a page shows is still what the rule allows."""
    targets(scene)
    with wall.as_staff(), wall.all_rows():
        for name in ("clerk", "clerk_of_other_authority", "inspector_with_case", "nobody"):
            page = scene.browser(name).get("/staff/files/").text
            shown = scene.person.name in page
            assert shown == (name in ("clerk", "inspector_with_case")), name
        assert scene.browser("clerk_of_other_authority").get(f"/staff/files/{scene.file.ref}/").status_code == 404


@pytest.mark.postgres
def test_the_staff_role_rewrites_neither_log_nor_history(scene: Province) -> None:
    with wall.as_staff():
        for statement in (
            "DELETE FROM integrity_readentry", "UPDATE integrity_readentry SET door = 'x'",
            "TRUNCATE integrity_readentry", "DELETE FROM integrity_historicaldecision",
            "ALTER TABLE integrity_decision DISABLE ROW LEVEL SECURITY", "DROP POLICY wall_read ON integrity_decision",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.postgres
def test_the_public_role_reads_no_closed_table(scene: Province) -> None:
    with wall.as_public():
        for table in ("integrity_integrityfile", "integrity_decision", "integrity_subjectidentifier",
                      "integrity_readentry", "integrity_account", "integrity_historicalpenalty"):  # fmt: skip
            refused = pytest.raises(DatabaseError, match="permission denied")
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {table}")  # noqa: S608  a table's own name


@pytest.mark.postgres
def test_the_public_site_runs_on_the_public_role(scene: Province) -> None:
    from django.test import Client

    shown = scenes.published(scene)
    lawyer = factories.practitioner(scene.bureau, by=scene.regulator, of=scene.profession, name="旦增")
    hidden = scenes.proposed(scene, scenes.penalty_in_force(scene, lawyer, document_no="青司罚〔2026〕77号"))
    with wall.as_public():
        assert Client().get(f"/register/p/{shown.ref}/").status_code == 200
        assert Client().get(f"/register/p/{hidden.ref}/").status_code in (404, 410)
        assert Client().get("/register/").status_code == 200
        assert Client().get("/robots.txt").status_code == 200
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT ref FROM integrity_publication")
            assert [row[0] for row in cursor.fetchall()] == [shown.ref]


def test_all_rows_is_what_it_says(scene: Province) -> None:
    with wall.all_rows():
        assert scope_for(scene.nobody, Act.LIST).condition(IntegrityFile) == Q()

"""Roles of the database 数据库角色: what each reads and writes, and that nothing more is a grant away."""

# ruff: noqa: S608  the tables' own names
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg import Error
from psycopg.errors import InsufficientPrivilege
from pytest_django.fixtures import Settings
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from cms.models import DisclosureIndexPage, DisclosurePage
from cms.site_content import load_site
from integrity import erasures
from integrity.ledger import checkpoints, tree
from integrity.models import LedgerCheckpoint, LedgerEntry, Publication, RuleSet, Training
from integrity.models.guarded import guarded_models
from integrity.wall import database_roles
from search import worker
from search.models import SearchDocument, World
from tests import factories
from tests.cms.test_pages import _document
from tests.integrity import scenes, wall
from tests.personas import Province

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def rows(statement: str) -> list[Any]:
    """Asked past our wrappers, as a stranger with the role's password would."""
    with transaction.atomic(), connection.connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def refused(statement: str) -> bool:
    """For want of a grant, and for nothing else."""
    try:
        rows(statement)
    except InsufficientPrivilege:
        return True
    except Error:
        return False
    return False


def readable(every: list[str]) -> set[str]:
    return {table for table in every if not refused(f"SELECT 1 FROM {table} LIMIT 1")}


@pytest.fixture
def public_process(settings: Settings) -> Client:
    """The public process as production runs it: its addresses, nobody to sign in."""
    from integrity.settings.base import STAFF_ONLY_MIDDLEWARE

    settings.ROOT_URLCONF = "integrity.urls_public"
    settings.MIDDLEWARE = [entry for entry in settings.MIDDLEWARE if entry not in STAFF_ONLY_MIDDLEWARE]
    return Client()


@pytest.fixture
def site(scene: Province) -> DisclosurePage:
    """Both worlds in one database: pages, a record shown and a hidden one, a signed ledger, the whole index."""
    load_site()
    catalogue = DisclosureIndexPage.objects.get()
    listed = Document.objects.create(title="公开附件", file=ContentFile(b"open", name="open.txt"))
    shown = scenes.published(scene)
    body = [
        ("attachments", {"title": "附件", "documents": [listed]}),
        ("publication", {"ref": str(shown.ref)}),
    ]
    page = _document(catalogue, 7, title="公开的文件", body=body)
    page.save_revision().publish()
    scenes.in_force(scene)
    worker.drain()
    checkpoints.sign_now(private=configured.LEDGER_KEY)
    return page


@pytest.fixture
def kept_back(site: DisclosurePage) -> list[Page]:
    """What editors have not published, and what they closed again."""
    catalogue = DisclosureIndexPage.objects.get()
    draft = _document(catalogue, 8, title="未发布的草稿", live=False)
    private = _document(catalogue, 9, title="受限的页面")
    PageViewRestriction.objects.create(page=private, restriction_type="password", password="chengxin")
    folder = Collection.get_first_root_node().add_child(name="受限的文件夹")
    CollectionViewRestriction.objects.create(collection=folder, restriction_type="password", password="chengxin")
    closed = Document.objects.create(
        title="受限的附件", collection=folder, file=ContentFile(b"closed", name="shut.txt")
    )
    site.body.append(("attachments", {"title": "附件", "documents": [closed]}))
    site.save_revision().publish()
    site.title = "公开的文件，修订草稿"
    site.save_revision()
    Document.objects.create(title="草稿的附件", file=ContentFile(b"closed", name="closed.txt"))
    return [draft, private]


def addresses(site: DisclosurePage) -> Iterator[str]:
    shown, document = Publication.objects.get(), Document.objects.get(title="公开附件")
    yield from ("/", "/disclosures/", "/disclosures/?subject=budget&year=2024", "/about/", "/privacy/", site.url)
    yield from ("/register/", f"/register/?document_no={shown.projection['document_no']}", f"/register/p/{shown.ref}/")
    yield from ("/search/", f"/search/?q={site.title}", "/search/?q=信用体系", f"/search/?q={shown.name}")
    yield from ("/sitemap.xml", "/feed.atom", "/robots.txt", "/health/", document.url)
    yield from ("/checkpoints/", "/checkpoints/feed.atom", f"/checkpoints/{LedgerCheckpoint.objects.latest().pk}.json")
    yield "/.well-known/integrity-checkpoint"


def test_the_public_site_runs_on_its_role_and_reads_every_table_it_is_granted(
    site: DisclosurePage, kept_back: list[Page], public_process: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every page answers; a table that none of them reads would be a grant too many."""
    asked = list(addresses(site))
    with wall.as_public(), CaptureQueriesContext(connection) as seen:
        for address in asked:
            answer = public_process.get(address)
            assert answer.status_code == 200, address
            assert answer.getvalue() if answer.streaming else answer.content, address
        assert public_process.get("/nowhere/").status_code == 404
        for page in kept_back:
            assert public_process.get(f"/disclosures/{page.slug}/").status_code == 404
    named = {table for query in seen for table in re.findall(r'"(\w+)"', query["sql"])} & set(tables())
    granted = (database_roles.PUBLIC_TABLES | database_roles.page_tables()) & set(tables())
    with capsys.disabled():
        print(f"\npublic role: {len(asked)} addresses answer, {len(granted)} of {len(tables())} tables read")  # noqa: T201
    assert named == granted


def test_the_public_role_is_refused_every_other_table(site: DisclosurePage) -> None:
    every = tables()
    granted = database_roles.PUBLIC_TABLES | database_roles.page_tables() | database_roles.PUBLIC_INTAKE.keys()
    with wall.as_public():
        open_to_it = readable(every)
        writable = [
            table
            for table in every
            if not refused(f"DELETE FROM {table}") or not refused(f"INSERT INTO {table} DEFAULT VALUES")
        ]
    assert open_to_it == granted & set(every)
    assert not open_to_it & {"wagtailcore_revision", "wagtailcore_modellogentry", "wagtailcore_comment",
                             "wagtailcore_workflowstate", "wagtailcore_taskstate"}  # fmt: skip
    assert set(writable) == set(database_roles.PUBLIC_INTAKE)


def test_the_public_role_finds_in_the_index_its_own_world_alone(site: DisclosurePage) -> None:
    both = set(SearchDocument.objects.values_list("world", flat=True))
    assert both == {World.STAFF.value, World.PUBLIC.value}
    with wall.as_public():
        assert {row[0] for row in rows("SELECT world FROM search_searchdocument")} == {World.PUBLIC.value}
    with wall.as_staff():
        assert {row[0] for row in rows("SELECT world FROM search_searchdocument")} == both


def test_the_public_role_reads_no_page_before_it_is_published(site: DisclosurePage, kept_back: list[Page]) -> None:
    with wall.as_public():
        titles = {row[0] for row in rows("SELECT title FROM wagtailcore_page")}
        kinds = {row[0] for row in rows("SELECT index_number FROM cms_disclosurepage")}
        documents = {row[0] for row in rows("SELECT title FROM wagtaildocs_document")}
        names = {row[0] for row in rows("SELECT name FROM wagtailcore_collection")}
        assert rows("SELECT password FROM wagtailcore_pageviewrestriction") == []
        assert rows("SELECT password FROM wagtailcore_collectionviewrestriction") == []
    assert "公开的文件" in titles
    assert not titles & {"未发布的草稿", "受限的页面", "公开的文件，修订草稿"}
    assert "T-00007" in kinds
    assert not kinds & {"T-00008", "T-00009"}
    assert documents == {"公开附件"}
    assert "受限的文件夹" not in names
    with wall.as_staff():
        assert len(rows("SELECT 1 FROM cms_disclosurepage")) == DisclosurePage.objects.count()


@pytest.mark.parametrize("fault", ["no row policy", "every row", "a grant too many", "functions for everybody"])
def test_a_fault_planted_in_the_public_role_is_seen(site: DisclosurePage, fault: str) -> None:
    with wall.as_public():
        pass  # the roles are there
    planted = {
        "no row policy": "ALTER TABLE search_searchdocument DISABLE ROW LEVEL SECURITY",
        "every row": f"ALTER POLICY wall_{wall.PUBLIC} ON search_searchdocument USING (true)",
        "a grant too many": f"GRANT SELECT ON wagtailcore_revision TO {wall.PUBLIC}",
        "functions for everybody": "GRANT EXECUTE ON FUNCTION archive_files() TO PUBLIC",
    }
    with connection.cursor() as cursor:
        cursor.execute(planted[fault])
    proof: Any = {
        "no row policy": test_the_public_role_finds_in_the_index_its_own_world_alone,
        "every row": test_the_public_role_finds_in_the_index_its_own_world_alone,
        "a grant too many": test_the_public_role_is_refused_every_other_table,
        "functions for everybody": test_nobody_but_the_staff_role_calls_the_functions_of_the_wall,
    }[fault]
    with pytest.raises(AssertionError):
        proof(site)


def test_nobody_but_the_staff_role_calls_the_functions_of_the_wall(site: DisclosurePage) -> None:
    with wall.as_staff():
        pass  # the roles are there
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text, r.rolname FROM pg_proc p, pg_roles r "
            "WHERE p.proname LIKE 'archive\\_%%' AND r.rolname LIKE 'archive\\_test\\_%%' "
            "AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
        )
        may: dict[str, set[str]] = {}
        for function, role in cursor.fetchall():
            may.setdefault(role, set()).add(function)
    assert may.pop(wall.PUBLIC) == {"archive_private_pages()", "archive_private_collections()"}
    assert {"archive_files()", "archive_recused()", "archive_reach(text,boolean)"} <= may.pop(wall.STAFF)
    assert may == {}


# --- audit -------------------------------------------------------------------------------------------------


def test_the_audit_role_reads_the_log_and_no_secret(scene: Province) -> None:
    scene.browser("clerk").get(f"/staff/files/{scene.file.ref}/")
    every = tables()
    with wall.as_audit():
        assert rows("SELECT door FROM integrity_readentry")
        assert rows("SELECT username, is_active FROM integrity_account")
        assert refused("SELECT password FROM integrity_account")
        assert refused("SELECT * FROM integrity_account")
        assert rows("SELECT ref, history_date, history_user_id FROM integrity_historicalintegrityfile")
        for column in ("name", "history_change_reason", "history_document"):
            assert refused(f"SELECT {column} FROM integrity_historicalintegrityfile"), column
        open_to_it = readable(every)
        assert [table for table in every if not refused(f"DELETE FROM {table}")] == []
    told = {str(model.history.model._meta.db_table) for model in guarded_models()}  # of these, who and when
    assert open_to_it == database_roles.AUDIT_TABLES | {"integrity_account"} | told


# --- signer ------------------------------------------------------------------------------------------------


def test_the_signers_process_runs_on_its_role_and_reads_nothing_else(scene: Province) -> None:
    scene.browser("clerk").get(f"/staff/files/{scene.file.ref}/")
    every = tables()
    with wall.as_signer():
        call_command("sign_checkpoint", verbosity=0)
        open_to_it = readable(every)
        for column in ("leaf", "salts", "commitments", "row_pk"):
            assert refused(f"UPDATE integrity_ledgerentry SET {column} = {column}"), column
        assert refused("DELETE FROM integrity_ledgerentry")
        assert refused("UPDATE integrity_ledgercheckpoint SET note = ''")
        assert refused("UPDATE integrity_readentry SET door = ''")
        assert refused("INSERT INTO integrity_readentry DEFAULT VALUES")
    assert open_to_it == {
        "integrity_readentry", "integrity_readsubject", "integrity_ledgershape", "integrity_ledgerentry",
        "integrity_ledgertile", "integrity_ledgercheckpoint", "integrity_ledgertimestamp",
    }  # fmt: skip
    assert LedgerCheckpoint.objects.latest().size == tree.size_now() == LedgerEntry.objects.count()
    assert LedgerEntry.objects.filter(table="integrity_readentry").exists()


def test_the_staff_role_writes_leaves_and_neither_places_nor_edits_them(scene: Province) -> None:
    before = LedgerEntry.objects.count()
    with wall.as_staff():
        factories.subject("后来的人")
        assert LedgerEntry.objects.count() > before
        for statement in (
            "UPDATE integrity_ledgerentry SET position = 7000000", "UPDATE integrity_ledgerentry SET salts = ''",
            "DELETE FROM integrity_ledgerentry", "INSERT INTO integrity_ledgerentry (position) VALUES (7)",
            "UPDATE integrity_ledgershape SET names = '[]'", "DELETE FROM integrity_ledgertile",
            "INSERT INTO integrity_ledgertile (level, number, hash) VALUES (1, 0, '')",
            "INSERT INTO integrity_ledgercheckpoint (at, size, root, note, proof) VALUES (now(), 1, '', '', '[]')",
            "UPDATE integrity_ledgercheckpoint SET size = 0",
        ):  # fmt: skip
            assert refused(statement), statement


def test_the_staff_role_approves_an_erasure_and_cannot_carry_it_out(scene: Province) -> None:
    """Between the decision and the value stands a process of another role (docs/erasure.md)."""
    row = factories.part(Training, scene.file, by=scene.clerk, title="删去", theme="integrity", hours=1)
    with wall.as_staff():
        ground = RuleSet.objects.get(kind="erasure_ground", key="unlawful")
        asked = erasures.ask(
            row=row, field="title", ground=ground, by=scene.reviewer, reason="不应收集", document="1号"
        )
        erasures.decide(erasure=asked, by=scene.second_reviewer, approved=True, reason="核实")
        for statement in (
            "UPDATE integrity_historicaltraining SET title = ''",
            "UPDATE integrity_ledgerentry SET salts = salts",
        ):
            assert refused(statement), statement

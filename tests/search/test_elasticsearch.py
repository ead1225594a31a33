"""What holds for the cluster beside the contract: late writes, rebuilds beside readers, a server down, slow or lying.

Runs against a real Elasticsearch (`python -m tests.elasticsearch.server`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from elasticsearch import Elasticsearch
from pytest_django.fixtures import Settings

from integrity import signals
from integrity.access import scope_for
from integrity.choices import Act, Role
from integrity.erasing import storage
from integrity.models import Organisation, recording
from search import reconcile, worker
from search.documents import SOURCES, document
from search.engines import EngineError, engine
from search.engines.elasticsearch import ElasticsearchEngine, alias, filter_of
from search.models import Kind, World
from search.query import search
from tests.elasticsearch.faults import FaultyProxy
from tests.search import factories as make
from tests.search.conftest import Find

pytestmark = [pytest.mark.django_db, pytest.mark.real_es, pytest.mark.usefixtures("elasticsearch")]


@pytest.fixture
def proxy(elasticsearch: None, settings: Settings) -> Iterator[FaultyProxy]:
    proxy = FaultyProxy(settings.ELASTICSEARCH_URL)
    direct, settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_URL, proxy.address
    yield proxy
    settings.ELASTICSEARCH_URL = direct
    proxy.close()


# --- freshness ---------------------------------------------------------------------------------------------


def test_a_late_write_does_not_undo_a_newer_one(authority: Organisation) -> None:
    of = make.file("丁一", authority)
    old = document(SOURCES[Kind.FILE], of)
    late, newer = engine().version(), engine().version()
    with recording(by=None, reason="更名"):
        of.name = "丁改名"
        of.save()
    new = document(SOURCES[Kind.FILE], of)
    engine().replace(World.STAFF, Kind.FILE, (), [new], version=newer)
    engine().replace(World.STAFF, Kind.FILE, (), [old], version=late)
    assert engine().digests(World.STAFF, Kind.FILE) == {of.pk: new.digest}


def test_a_late_write_does_not_bring_back_what_was_taken_out(authority: Organisation) -> None:
    of = make.file("丁一", authority)
    late, newer = engine().version(), engine().version()
    engine().replace(World.STAFF, Kind.FILE, [of.pk], (), version=newer)
    engine().replace(World.STAFF, Kind.FILE, (), [document(SOURCES[Kind.FILE], of)], version=late)
    assert engine().digests(World.STAFF, Kind.FILE) == {}


def test_differences_are_told_and_healed(authority: Organisation) -> None:
    rows = [make.file(f"王{number}海", authority) for number in range(3)]
    worker.drain()
    engine().replace(World.STAFF, Kind.FILE, [rows[0].pk], (), version=engine().version())
    stranger = document(SOURCES[Kind.FILE], rows[1])
    stranger.object_id = 999_999
    engine().replace(World.STAFF, Kind.FILE, (), [stranger], version=engine().version())
    (found,) = reconcile.differences()
    assert found.missing == {rows[0].pk}
    assert found.surplus == {999_999}
    assert reconcile.repair() == 2
    assert reconcile.differences() == []


# --- building anew -------------------------------------------------------------------------------------------


def test_readers_are_answered_while_the_index_is_built_anew(authority: Organisation, find: Find) -> None:
    """And a change during the build is in the old index and in the new one."""
    clerk = make.officer(Role.CLERK, authority)
    make.file("丁一", authority)
    assert find(clerk, "丁").total == 1
    with engine().building() as building:
        assert find(clerk, "丁").total == 1
        make.file("丁二", authority)
        assert find(clerk, "丁").total == 2
        building.add(World.STAFF, Kind.FILE, [document(SOURCES[Kind.FILE], make.file("丁三", authority))])
    assert find(clerk, "丁").total == 2, "丁二 by the worker, 丁三 by the build; 丁一 was never put in"
    counts = reconcile.rebuild()
    assert counts[Kind.FILE] == 3
    assert find(clerk, "丁").total == 3
    engines = ElasticsearchEngine()
    assert len(engines.client.indices.get(index=f"{alias(World.STAFF)}-*")) == 1, "the old index is gone"


def test_a_build_that_broke_off_goes_on_where_it_was(
    authority: Organisation, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.engines.elasticsearch._NOTED_EVERY", 1)
    monkeypatch.setattr(reconcile, "BATCH", 2)
    rows = [make.file(f"王{number}海", authority) for number in range(6)]

    class BrokenOff(Exception):
        pass

    def power_cut(kind: Kind, count: int) -> None:
        if count == 4:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        reconcile.rebuild(power_cut)
    assert find(make.officer(Role.CLERK, authority), "王", stale=True).total == 0, "the old index still answers"
    with recording(by=None, reason="更名"):
        rows[0].name = "李海"
        rows[0].save()
    worker.drain()
    assert reconcile.rebuild()[Kind.FILE] == 2, "only what was missing"
    clerk = make.officer(Role.CLERK, authority)
    assert (find(clerk, "王").total, find(clerk, "李海").total) == (6, 1), "the earlier name stays"
    assert reconcile.differences() == []


# --- down, slow, lying ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["unavailable", "slow"])
def test_the_page_answers_with_exact_lookups_within_two_seconds(
    authority: Organisation, other_authority: Organisation, find: Find, proxy: FaultyProxy, fault: str
) -> None:
    clerk = make.officer(Role.CLERK, authority)
    make.file("丁一", authority)
    make.file("丁一", other_authority)
    worker.drain()
    proxy.fault = fault  # type: ignore[assignment]
    scope = scope_for(clerk, Act.SEARCH)
    began = time.monotonic()
    results = search(World.STAFF, "丁一", scope=scope)
    assert time.monotonic() - began < 2.5
    assert (results.degraded, results.total) == (True, 1), "the scope holds without the engine too"
    assert search(World.STAFF, "丁", scope=scope).total == 0
    proxy.fault = ""
    assert not search(World.STAFF, "丁一", scope=scope).degraded


def test_the_queue_waits_for_a_server_that_is_away_and_nothing_is_lost(
    authority: Organisation, find: Find, proxy: FaultyProxy
) -> None:
    clerk = make.officer(Role.CLERK, authority)
    proxy.fault = "unavailable"
    make.file("丁一", authority)
    waiting = worker.pending()
    assert worker.drain() == 0
    assert (worker.pending(), worker.failed()) == (waiting, 0)
    proxy.fault = ""
    assert find(clerk, "丁一").total == 1
    assert reconcile.differences() == []


def test_lost_writes_are_found_by_the_comparison(authority: Organisation, find: Find, proxy: FaultyProxy) -> None:
    clerk = make.officer(Role.CLERK, authority)
    of = make.file("丁一", authority)
    worker.drain()
    proxy.fault = "dropped"
    with recording(by=None, reason="更名"):
        of.name = "丁改名"
        of.save()
    worker.drain()
    proxy.fault = ""
    (found,) = reconcile.differences()
    assert found.stale == {of.pk}
    reconcile.repair()
    assert find(clerk, "丁改名").total == 1


def test_a_missing_index_is_an_engine_that_does_not_answer(authority: Organisation) -> None:
    client = ElasticsearchEngine().client
    for name in client.indices.get(index=f"{alias(World.STAFF)}-*"):
        client.indices.delete(index=name)
    make.file("丁一", authority)
    assert search(World.STAFF, "丁一", scope=scope_for(make.officer(Role.CLERK, authority), Act.SEARCH)).degraded
    with pytest.raises(EngineError):
        engine().replace(World.STAFF, Kind.FILE, [1], (), version=1)
    assert not client.indices.exists(index=alias(World.STAFF)), "no write makes an index without its mapping"


# --- erasure -------------------------------------------------------------------------------------------------

WORD = "quvwxjzkq"


def bytes_left(client: Elasticsearch, word: str) -> int:
    """How many files of this test's indices hold a word; the server runs beside the tests."""
    (node,) = client.nodes.info(metric="settings")["nodes"].values()
    found = client.indices.get_settings(index=f"{alias(World.STAFF)}-*")
    uuids = [one["settings"]["index"]["uuid"] for one in found.values()]
    folders = [Path(node["settings"]["path"]["data"]) / "indices" / uuid for uuid in uuids]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files, "the folders of the indices can be read here"
    return sum(word.encode() in path.read_bytes() for path in files)


def test_what_was_erased_is_in_no_file_of_the_cluster(authority: Organisation) -> None:
    client = ElasticsearchEngine().client
    of = make.file("丁一", authority, post_title=WORD)
    for number in range(30):
        make.file(f"王{number}海", authority)
    worker.drain()
    client.indices.flush(index=alias(World.STAFF))
    assert bytes_left(client, WORD) > 0
    with recording(by=None, reason="删除"):
        of.post_title = ""
        of.save()
    tables, faults = signals.tell_erased()
    assert (tables, faults) == ([], [])
    assert bytes_left(client, WORD) == 0


def test_an_erasure_says_that_the_cluster_still_has_copies(
    authority: Organisation, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.file("丁一", authority, post_title=WORD)
    worker.drain()
    make.file("丁二", authority)
    proxy.fault = "unavailable"
    _tables, faults = signals.tell_erased()
    assert [type(fault) for fault in faults] == [EngineError]
    monkeypatch.setattr(storage, "rewrite", lambda tables, wait: [])  # not within a test's transaction
    with pytest.raises(CommandError, match="--rewrite"):
        call_command("erase_due", "--rewrite")
    proxy.fault = ""
    assert signals.tell_erased() == ([], [])


# --- conditions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("condition", [Q(name="x"), Q(grade__contains=1), Q(pk__in=[1])])
def test_a_column_or_lookup_that_the_index_does_not_have_is_an_error_never_an_open_door(condition: Q) -> None:
    with pytest.raises(LookupError):
        filter_of(condition)


def test_no_clause_finds_nothing(authority: Organisation) -> None:
    make.file("丁一", authority)
    worker.drain()
    from search.analysis import parse
    from search.filters import NOTHING

    kinds = [Kind.FILE]
    assert engine().find(World.STAFF, parse("丁一"), NOTHING, kinds=kinds, limit=10) == []
    assert len(engine().find(World.STAFF, parse("丁一"), Q(authority_id=authority.pk), kinds=kinds, limit=10)) == 1
    assert engine().find(World.STAFF, parse("丁一"), ~Q(authority_id=authority.pk), kinds=kinds, limit=10) == []

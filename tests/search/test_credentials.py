"""The cluster with its security on: public site, staff site and worker each with their own credentials (§7).

The roles are those that an operator sets up (`search/engines/privileges.json`, docs/operations.md).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from elasticsearch import ApiError, AuthorizationException, Elasticsearch
from pytest_django.fixtures import Settings

import search.engines
from integrity.access import scope_for
from integrity.choices import Act, Role
from integrity.models import Organisation
from search import reconcile, worker
from search.engines import EngineError, engine
from search.engines.elasticsearch import client
from search.models import Kind, World
from search.query import search as ask
from tests.search import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.real_es]
Become = Callable[[str], None]
ROLES = json.loads((Path(search.engines.__file__).parent / "privileges.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def guarded() -> Iterator[SimpleNamespace]:
    """A node that asks who one is, with the three roles and a user of each."""
    from tests.elasticsearch.server import running

    word = secrets.token_urlsafe(24)
    with running(1, heap="384m", password=word) as cluster:
        operator = Elasticsearch(cluster.addresses, basic_auth=("operator", word), request_timeout=60)
        words = {name: secrets.token_urlsafe(24) for name in ROLES}
        for name, role in ROLES.items():
            operator.security.put_role(name=name, **role)
            operator.security.put_user(username=name, password=words[name], roles=[name])
        yield SimpleNamespace(url=cluster.addresses, words=words, operator=operator)


@pytest.fixture
def become(guarded: SimpleNamespace, settings: Settings) -> Iterator[Become]:
    """This process with the credentials of one of the three."""
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_REPLICAS = guarded.url, 0

    def _become(name: str) -> None:
        settings.ELASTICSEARCH_USER, settings.ELASTICSEARCH_PASSWORD = name, guarded.words.get(name, "")

    _become("archive-worker")
    with engine().building():
        pass
    yield _become
    for name in guarded.operator.indices.get(index="integrity-*"):
        guarded.operator.indices.delete(index=name)


def test_each_reads_its_own_world_and_the_worker_alone_writes(become: Become, authority: Organisation) -> None:
    scope = scope_for(make.officer(Role.REVIEWER, authority), Act.SEARCH)
    make.file("丁一", authority)
    record = make.practitioner("才让卓玛", authority, make.profession())
    make.publication(make.penalty(record, "罚1"))
    assert worker.drain() > 0
    assert reconcile.rebuild()[Kind.FILE] == 1
    assert reconcile.differences() == []

    become("archive-staff")
    found = ask(World.STAFF, "丁一", scope=scope)
    assert (found.total, found.degraded) == (1, False)

    become("archive-public")
    found = ask(World.PUBLIC, "才让卓玛")
    assert (found.total, found.degraded) == (1, False)


@pytest.mark.parametrize(("name", "closed"), [("archive-public", "staff"), ("archive-staff", "public")])
def test_the_other_world_is_closed_by_every_way(become: Become, name: str, closed: str) -> None:
    become(name)
    way, index = client(), f"integrity-{closed}"
    behind = [index, f"{index}-*", f"integrity-*,{index}"]
    questions: tuple[Callable[[], object], ...] = (
        lambda: way.search(index=index), lambda: way.count(index=index), lambda: way.get(index=index, id="file-1"),
        lambda: way.indices.get_mapping(index=index), lambda: way.indices.get_settings(index=index),
        lambda: way.search(index=behind[2]), lambda: way.open_point_in_time(index=index, keep_alive="1m"),
        lambda: way.msearch(searches=[{"index": index}, {"query": {"match_all": {}}}])["responses"][0]["hits"],
        lambda: way.field_caps(index=index, fields="*"),
    )  # fmt: skip
    for question in questions:
        with pytest.raises((AuthorizationException, KeyError)):
            question()
    assert way.search(index=f"{index}*", allow_no_indices=True)["hits"]["total"]["value"] == 0, (
        "a pattern meets nothing"
    )


@pytest.mark.parametrize("name", ["archive-public", "archive-staff"])
def test_readers_write_nothing(become: Become, name: str) -> None:
    become(name)
    own = name.replace("archive", "integrity")
    way = client()
    acts: tuple[Callable[[], object], ...] = (
        lambda: way.index(index=own, id="file-1", document={"kind": "file"}),
        lambda: way.delete(index=own, id="file-1"),
        lambda: way.indices.create(index=f"{own}-mine"), lambda: way.indices.delete(index=f"{own}-1"),
        lambda: way.indices.update_aliases(actions=[{"add": {"index": own, "alias": "mine"}}]),
        lambda: way.delete_by_query(index=own, query={"match_all": {}}), lambda: way.security.get_user(),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(ApiError) as refused:
            act()
        assert refused.value.meta.status in {403, 404}


def test_no_credentials_and_wrong_ones_are_an_engine_that_does_not_answer(
    become: Become, settings: Settings, authority: Organisation
) -> None:
    """Exact look-ups under the scope and a notice; never more than the scope."""
    scope = scope_for(make.officer(Role.REVIEWER, authority), Act.SEARCH)
    make.file("丁一", authority)
    for user, word in (("", ""), ("archive-staff", "wrong")):
        settings.ELASTICSEARCH_USER, settings.ELASTICSEARCH_PASSWORD = user, word
        found = ask(World.STAFF, "丁一", scope=scope)
        assert (found.total, found.degraded) == (1, True)
        with pytest.raises(EngineError):
            engine().digests(World.STAFF, Kind.FILE)

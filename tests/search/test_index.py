"""The queue, the worker, the rebuild and the comparison (assurance: pitfalls 25–28)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from integrity import signals
from integrity.choices import Role
from integrity.models import Organisation, recording
from search import reconcile, worker
from search.models import Kind, PendingIndex, SearchDocument
from tests.search import factories as make
from tests.search.conftest import Find

pytestmark = pytest.mark.django_db


def test_a_rolled_back_change_leaves_nothing_in_the_queue(authority: Organisation) -> None:
    before = PendingIndex.objects.count()
    savepoint = transaction.savepoint()
    make.file("丁一", authority)
    assert PendingIndex.objects.count() > before
    transaction.savepoint_rollback(savepoint)
    assert PendingIndex.objects.count() == before


def test_signals_of_the_acts_queue_their_rows(authority: Organisation) -> None:
    PendingIndex.objects.all().delete()
    signals.tell_records("integrityfile", [1, 2, 2])
    signals.tell_decisions("decision", [3])
    signals.tell_publications([4])
    signals.tell_records("training", [5])
    assert list(PendingIndex.objects.values_list("label", "object_id")) == [
        ("integrityfile", "1"), ("integrityfile", "2"), ("decision", "3"), ("publication", "4"),
    ], "nobody searches trainings"  # fmt: skip
    assert worker.drain() == 4
    assert worker.pending() == 0


def test_the_worker_runs_after_commit(
    authority: Organisation, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        make.file("丁一", authority)
        assert not SearchDocument.objects.filter(kind=Kind.FILE).exists()
    assert SearchDocument.objects.filter(kind=Kind.FILE).count() == 1


def test_a_new_name_reaches_file_and_decisions(authority: Organisation, find: Find) -> None:
    of = make.file("丁一", authority)
    make.decision(of)
    reviewer = make.officer(Role.REVIEWER, authority)
    assert find(reviewer, "丁一").total == 2
    with recording(by=None, reason="更名"):
        of.name = "丁改名"
        of.save()
    assert find(reviewer, "丁改名").total == 2


def test_one_bad_row_does_not_hold_up_the_queue_and_stays_visible(
    authority: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = make.file("丁一", authority), make.file("丁二", authority)
    index = worker.index_rows

    def failing(kind: Kind, ids: set[int]) -> int:
        if kind == Kind.FILE and bad.pk in ids:
            raise DatabaseError("丁二")
        return index(kind, ids)

    monkeypatch.setattr(worker, "index_rows", failing)
    worker.drain()
    assert SearchDocument.objects.filter(kind=Kind.FILE, object_id=good.pk).exists()
    left = PendingIndex.objects.filter(label="integrityfile")
    assert {entry.object_id for entry in left} == {str(bad.pk)}
    assert {(entry.attempts, entry.last_error) for entry in left} == {(worker.MAX_ATTEMPTS, "DatabaseError")}
    assert worker.failed() > 0


def test_the_comparison_names_what_is_missing_stale_and_surplus_and_repairs_it(authority: Organisation) -> None:
    rows = [make.file(f"丁{number}", authority) for number in range(4)]
    worker.drain()
    assert reconcile.differences() == []
    SearchDocument.objects.filter(kind=Kind.FILE, object_id=rows[0].pk).delete()
    SearchDocument.objects.filter(kind=Kind.FILE, object_id=rows[1].pk).update(digest="x")
    SearchDocument.objects.filter(kind=Kind.FILE, object_id=rows[2].pk).update(object_id=999_999)
    (found,) = reconcile.differences()
    assert found.missing == {rows[0].pk, rows[2].pk}
    assert found.stale == {rows[1].pk}
    assert found.surplus == {999_999}
    with pytest.raises(CommandError):
        call_command("build_index", check=True)
    assert reconcile.repair() == 4
    assert reconcile.differences() == []


def test_a_rebuild_gives_what_the_worker_gave(authority: Organisation, find: Find) -> None:
    make.decision(make.file("扎西多杰", authority))
    clerk = make.officer(Role.REVIEWER, authority)
    before = [hit.key for hit in find(clerk, "扎西").hits]
    counts = reconcile.rebuild()
    assert (counts[Kind.FILE], counts[Kind.DECISION]) == (1, 1)
    assert [hit.key for hit in find(clerk, "扎西").hits] == before
    call_command("build_index", check=True)

"""The scope in the index, in the database and on one object: three readings of one rule that agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Q

from integrity.access import scope_for
from integrity.choices import Act, FileStatus, Grade, NameKind, RecordState, Role
from integrity.models import Account
from search import filters
from search.documents import SOURCES, kinds_of
from search.models import SearchDocument, World
from tests.search import factories as make

STAFF = kinds_of(World.STAFF)


@pytest.fixture
def people(db: None) -> list[tuple[Account, str]]:
    """Rows in every corner, and accounts of every role with the case they state."""
    one, two = make.organisation("甲县委组织部"), make.organisation("乙县委组织部")
    lawyer, doctor = make.profession("律师"), make.profession("医师")
    author = make.officer(Role.CLERK, one)
    granted = make.file("丁一", one, others={NameKind.FORMER.value: "丁旧"})
    for authority in (one, two):
        of = make.file("丁二", authority, grade=Grade.SENSITIVE)
        make.file("丁三", authority, status=FileStatus.DRAFT, entered_by=author)
        make.decision(of)
        make.decision(granted, state=RecordState.DRAFT, entered_by=author)
        make.decision(of, state=RecordState.SUBMITTED, entered_by=author)
        for profession in (lawyer, doctor):
            record = make.practitioner("丁四", authority, profession)
            make.penalty(record, "罚1")
            make.penalty(record, "罚2", state=RecordState.DRAFT)
    inspector = make.inspector(granted, body=one, reference="案1")
    recused = make.officer(Role.REVIEWER, one)
    make.recusal(recused, granted.subject)
    subject = make.account("本人", subject=granted.subject)
    roles = [(make.officer(role, one), "") for role in Role]
    low = make.officer(Role.CLERK, two, clearance=Grade.INTERNAL)
    regulator = make.officer(Role.REGULATOR, two, profession=doctor)
    both = make.officer(Role.CLERK, one)
    make.assignment(both, Role.REGULATOR, two)
    return [
        *roles,
        (author, ""),
        (inspector, "案1"),
        (recused, ""),
        (subject, ""),
        (low, ""),
        (regulator, ""),
        (both, ""),
    ]


def test_index_database_and_object_agree_for_every_role_and_kind(
    people: list[tuple[Account, str]], indexed: Callable[[], int]
) -> None:
    indexed()
    seen = 0
    for account, case in people:
        for act in (Act.SEARCH, Act.READ):
            scope = scope_for(account, act, purpose="核对", case=case)
            for kind in STAFF:
                rows = SearchDocument.objects.filter(filters.within(scope, [kind]))
                by_index = set(rows.values_list("object_id", flat=True))
                source = SOURCES[kind]
                by_database = set(source.rows_for(scope).values_list("pk", flat=True))
                by_object = {row.pk for row in source.all_rows() if scope.admits(row)}
                assert by_index == by_database == by_object, (account, kind)
                seen += len(by_index)
    assert seen > 50


def test_every_column_that_access_reads_stands_in_the_index(people: list[tuple[Account, str]]) -> None:
    for kind in STAFF:
        model = SOURCES[kind].model
        wanted = {model.case_column, model.profession_column, model.state_column} - {""}  # type: ignore[attr-defined]
        assert wanted <= SOURCES[kind].columns.keys(), kind


def test_a_column_the_index_does_not_know_is_an_error() -> None:
    with pytest.raises(LookupError):
        filters.renamed(Q(secret=1) & Q(grade__lte=2), {"grade": "grade"})


def test_renaming_keeps_the_tree() -> None:
    condition = (Q(a__in=[1]) | ~Q(b=2)) & Q(c__isnull=True)
    renamed = filters.renamed(condition, {"a": "x", "b": "y", "c": "z"})
    assert renamed == (Q(x__in=[1]) | ~Q(y__exact=2)) & Q(z__isnull=True)

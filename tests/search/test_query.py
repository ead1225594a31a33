"""Staff search: what is found, in which order, and what never leaks. Runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from integrity.access import Scope, scope_for
from integrity.choices import Act, FileStatus, Grade, NameKind, ReadOutcome, RecordState, Role
from integrity.exceptions import UnscopedQuery
from integrity.models import Account, Organisation, ReadEntry, recording
from search.engines import engine
from search.models import Kind, World
from search.query import Results, count, search, suggest
from tests.search import factories as make
from tests.search.conftest import Find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]


def _scope(account: Account) -> Scope:
    return scope_for(account, Act.SEARCH)


def titles(results: Results) -> list[str]:
    return [hit.title for hit in results.hits]


# --- what is found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["扎西多杰", "扎", "西多", "杰", "扎西"])
def test_a_name_is_found_by_every_part_from_one_character_on(authority: Organisation, find: Find, typed: str) -> None:
    make.file("扎西多杰", authority)
    assert titles(find(make.officer(Role.CLERK, authority), typed)) == ["扎西多杰"]


@pytest.mark.parametrize(
    "typed", ["买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提吐尔逊", "提·吐", "提吐尔"]
)
def test_interpunct_variants_find_the_same_person(authority: Organisation, find: Find, typed: str) -> None:
    make.file("买买提·吐尔逊", authority)
    assert titles(find(make.officer(Role.CLERK, authority), typed)) == ["买买提·吐尔逊"]


@pytest.mark.parametrize("typed", ["zengguofan", "cengguofan", "zeng guofan", "zgf", "Zeng", "guofan", "ZGF"])
def test_pinyin_and_initials_find_a_polyphonic_surname(authority: Organisation, find: Find, typed: str) -> None:
    make.file("曾国藩", authority)
    hits = find(make.officer(Role.CLERK, authority), typed)
    assert titles(hits) == ["曾国藩"]
    assert "拼音" in hits.hits[0].why


def test_traditional_and_simplified_meet(authority: Organisation, find: Find) -> None:
    make.file("張學友", authority)
    make.file("刘学友", authority)
    clerk = make.officer(Role.CLERK, authority)
    assert titles(find(clerk, "张学友")) == ["張學友"]
    assert titles(find(clerk, "劉學友")) == ["刘学友"]


def test_former_tibetan_and_variant_names_are_found(authority: Organisation, find: Find) -> None:
    others = {NameKind.FORMER.value: "李建国", NameKind.TIBETAN.value: "བཀྲ་ཤིས་རྡོ་རྗེ"}
    make.file("扎西多杰", authority, others=others)
    clerk = make.officer(Role.CLERK, authority)
    assert titles(find(clerk, "李建国")) == ["扎西多杰"]
    assert find(clerk, "李建国").hits[0].why == "曾用名一致"
    assert titles(find(clerk, "བཀྲ་ཤིས་")) == ["扎西多杰"]


@pytest.mark.parametrize(
    "typed",
    ["某监政处〔2024〕17号", "某监政处[2024]17号", "某监政处（2024） 17号", "〔2024〕17", "政处〔2024", "2024〕17号"],
)
def test_a_document_number_is_found_in_every_bracket_and_by_its_parts(
    authority: Organisation, find: Find, typed: str
) -> None:
    make.decision(make.file("王五", authority), "某监政处〔2024〕17号")
    make.decision(make.file("赵六", authority), "某监政处〔2023〕8号")
    hits = find(make.officer(Role.REVIEWER, authority), typed)
    assert [hit.kind for hit in hits.hits] == [Kind.DECISION]
    assert "17号" in hits.hits[0].title


def test_the_organs_characters_of_a_number_are_found_without_its_figures(authority: Organisation, find: Find) -> None:
    make.decision(make.file("王五", authority), "某监政处〔2024〕17号")
    make.decision(make.file("赵六", authority), "某监政处〔2023〕8号")
    assert len(find(make.officer(Role.REVIEWER, authority), "监政处").hits) == 2


def test_several_words_must_all_match(authority: Organisation, find: Find) -> None:
    make.decision(make.file("王五", authority), facts="违规收受礼品礼金")
    make.decision(make.file("王六", authority), facts="违规兼职取酬")
    reviewer = make.officer(Role.REVIEWER, authority)
    assert [hit.subtitle.split(" · ")[0] for hit in find(reviewer, "王 礼品").hits] == ["王五"]
    assert titles(find(reviewer, "王五 兼职")) == []


def test_a_phrase_is_found_only_as_a_phrase(authority: Organisation, find: Find) -> None:
    """The pairs alone would also match 三张三."""
    make.file("三张三", authority)
    make.file("张三三张", authority)
    clerk = make.officer(Role.CLERK, authority)
    assert titles(find(clerk, "张三三")) == ["张三三张"]
    assert find(clerk, "三张三").total == 1


def test_whole_names_come_first_then_parts_then_text_then_the_newest(authority: Organisation, find: Find) -> None:
    make.file("王伟明", authority, established_on=date(2024, 5, 1))
    make.file("王伟", authority, established_on=date(2020, 1, 1))
    make.file("李四", authority, post_title="接替王伟任科长", established_on=date(2025, 1, 1))
    make.file("大王伟", authority, established_on=date(2025, 5, 1))
    assert titles(find(make.officer(Role.CLERK, authority), "王伟")) == ["王伟", "大王伟", "王伟明", "李四"]


@pytest.mark.parametrize(
    "typed",
    [
        "NEAR",
        "NEAR(张 三)",
        '"',
        "'",
        '""',
        "*",
        "张*",
        "-张三",
        "AND OR NOT",
        "names:张",
        "张三'; --",
        "^张",
        "%",
        "_",
        "\\",
        "&|!:*",
        "\x00",
    ],
)
def test_query_syntax_is_harmless(authority: Organisation, find: Find, typed: str) -> None:
    make.file("张三", authority)
    results = find(make.officer(Role.CLERK, authority), typed)
    assert not results.degraded
    assert set(titles(results)) <= {"张三"}


def test_practitioners_are_found_by_licence_number_profession_and_unit(authority: Organisation, find: Find) -> None:
    lawyer = make.profession("律师")
    record = make.practitioner("卓玛", authority, lawyer, unit_name="昆仑律师事务所")
    make.licence(record, "16301202410012345")
    regulator = make.officer(Role.REGULATOR, authority)
    for typed in ("16301202410012345", "卓玛 律师", "昆仑", "zm", "zhuoma"):
        assert titles(find(regulator, typed)) == ["卓玛"], typed


# --- what never leaks --------------------------------------------------------------------------------------


def test_other_authoritys_file_is_not_found_not_counted_not_suggested(
    authority: Organisation, other_authority: Organisation, find: Find
) -> None:
    make.file("格桑梅朵", other_authority)
    make.file("格桑花", authority)
    clerk = make.officer(Role.CLERK, authority)
    results = find(clerk, "格桑")
    assert titles(results) == ["格桑花"]
    assert results.total == 1
    assert results.by_kind == ((Kind.FILE, 1),)
    scope = _scope(clerk)
    assert count(World.STAFF, "格桑", scope=scope) == 1
    assert suggest(scope, "格桑") == ["格桑花"]
    assert find(clerk, "格桑梅朵").total == 0


def test_order_and_paging_do_not_depend_on_hidden_rows(
    authority: Organisation, other_authority: Organisation, find: Find
) -> None:
    for number in range(5):
        make.file(f"王{number}海", authority, established_on=date(2024, 1, number + 1))
    clerk = make.officer(Role.CLERK, authority)
    before = find(clerk, "王")
    for number in range(30):
        make.file(f"王{number}海", other_authority, established_on=date(2024, 1, 3))
    after = find(clerk, "王")
    assert titles(before) == titles(after)
    assert before.total == after.total == 5
    first = search(World.STAFF, "王", scope=_scope(clerk), limit=2)
    second = search(World.STAFF, "王", scope=_scope(clerk), limit=2, page_after=first.after)
    third = search(World.STAFF, "王", scope=_scope(clerk), limit=2, page_after=second.after)
    assert titles(first) + titles(second) + titles(third) == titles(before)
    assert (first.more, second.more, third.more) == (True, True, False)


def test_a_draft_is_found_by_its_author_and_the_reviewer_only(authority: Organisation, find: Find) -> None:
    author = make.officer(Role.CLERK, authority)
    of = make.file("丁一", authority)
    make.decision(of, "草〔2024〕1号", facts="草稿事实", state=RecordState.DRAFT, entered_by=author)
    assert find(author, "草稿事实").total == 1
    assert find(make.officer(Role.REVIEWER, authority), "草稿事实").total == 1
    assert find(make.officer(Role.CLERK, authority), "草稿事实").total == 0
    assert find(make.officer(Role.CLERK, authority), "草〔2024〕1号").total == 0


def test_a_decision_above_the_clearance_is_not_found(authority: Organisation, find: Find) -> None:
    make.decision(make.file("丁一", authority), facts="收受礼金")
    low = make.officer(Role.REVIEWER, authority, clearance=Grade.SENSITIVE)
    assert [hit.kind for hit in find(low, "丁一").hits] == [Kind.FILE]
    assert find(low, "收受礼金").total == 0


def test_an_inspector_without_a_case_finds_nothing_and_the_refusal_is_logged(
    authority: Organisation, find: Find
) -> None:
    of = make.file("丁一", authority)
    inspector = make.inspector(of, body=make.organisation("县纪委"), reference="青纪案〔2026〕3号")
    assert find(inspector, "丁一", purpose="核查线索").total == 0
    assert find(inspector, "丁一", case="青纪案〔2026〕3号").total == 0
    assert set(ReadEntry.objects.filter(account=inspector).values_list("outcome", flat=True)) == {ReadOutcome.REFUSED}


def test_an_inspector_with_a_case_finds_the_granted_file_and_no_other(authority: Organisation, find: Find) -> None:
    granted, other = make.file("丁一", authority), make.file("丁二", authority)
    make.decision(granted, facts="收受礼金")
    make.decision(other, facts="收受礼金")
    body = make.organisation("县纪委")
    inspector = make.inspector(granted, body=body, reference="青纪案〔2026〕3号")
    make.inspector(other, body=body, reference="青纪案〔2026〕4号")
    results = find(inspector, "丁", purpose="核查线索", case="青纪案〔2026〕3号")
    assert {hit.kind for hit in results.hits} == {Kind.FILE, Kind.DECISION}
    assert results.total == 2
    assert "丁二" not in " ".join(f"{hit.title}{hit.subtitle}" for hit in results.hits)
    assert find(inspector, "丁", purpose="核查线索", case="青纪案〔2026〕4号").total == 0
    entry = ReadEntry.objects.filter(account=inspector, outcome=ReadOutcome.SHOWN).latest("id")
    assert entry.case is not None
    assert entry.purpose == "核查线索"


def test_a_regulator_finds_no_civil_servants_and_a_clerk_no_practitioners(authority: Organisation, find: Find) -> None:
    person = make.subject("丁一")
    make.file("丁一", authority, person=person)
    make.practitioner("丁一", authority, make.profession(), person=person)
    assert [hit.kind for hit in find(make.officer(Role.REGULATOR, authority), "丁一").hits] == [Kind.PRACTITIONER]
    assert [hit.kind for hit in find(make.officer(Role.CLERK, authority), "丁一").hits] == [Kind.FILE]


def test_a_regulator_of_one_profession_finds_no_other(authority: Organisation, find: Find) -> None:
    lawyer, doctor = make.profession("律师"), make.profession("医师")
    make.penalty(make.practitioner("丁一", authority, doctor), "卫罚〔2024〕1号")
    make.penalty(make.practitioner("丁二", authority, lawyer), "司罚〔2024〕1号")
    regulator = make.officer(Role.REGULATOR, authority, profession=lawyer)
    assert find(regulator, "卫罚〔2024〕1号").total == 0
    assert find(regulator, "司罚〔2024〕1号").total == 1
    assert {hit.title for hit in find(regulator, "丁").hits if hit.kind == Kind.PRACTITIONER} == {"丁二"}


def test_a_recused_officer_does_not_find_the_person(authority: Organisation, find: Find) -> None:
    of = make.file("丁一", authority)
    clerk = make.officer(Role.CLERK, authority)
    assert find(clerk, "丁一").total == 1
    make.recusal(clerk, of.subject)
    assert find(clerk, "丁一").total == 0


def test_administrators_and_superusers_find_nothing(authority: Organisation, find: Find) -> None:
    make.file("丁一", authority)
    for role in Role.administrators():
        assert find(make.officer(role, authority), "丁一").total == 0
    root = make.account("root")
    with recording(by=None, reason="测试"):
        root.is_superuser = root.is_staff = True
        root.save()
    assert find(root, "丁一").total == 0


def test_a_sealed_record_is_not_even_in_the_index(authority: Organisation, find: Find) -> None:
    """H13."""
    make.decision(make.file("丁一", authority), "封〔2024〕1号", facts="已封存事实", sealed=True)
    assert find(make.officer(Role.REVIEWER, authority), "已封存事实").total == 0
    assert engine().digests(World.STAFF, Kind.DECISION) == {}


def test_a_record_sealed_after_indexing_is_not_found_though_the_index_still_has_it(
    authority: Organisation, find: Find
) -> None:
    row = make.decision(make.file("丁一", authority), facts="已封存事实")
    reviewer = make.officer(Role.REVIEWER, authority)
    assert find(reviewer, "已封存事实").total == 1
    with recording(by=None, reason="封存"):
        row.sealed = True
        row.save()
    assert find(reviewer, "已封存事实", stale=True).total == 0


def test_a_file_that_moved_away_is_not_found_though_the_index_still_has_it(
    authority: Organisation, other_authority: Organisation, find: Find
) -> None:
    of = make.file("丁一", authority)
    old, new = make.officer(Role.CLERK, authority), make.officer(Role.CLERK, other_authority)
    assert find(old, "丁一").total == 1
    with recording(by=None, reason="调动"):
        of.authority = other_authority
        of.save()
    assert find(old, "丁一", stale=True).total == 0
    assert find(new, "丁一").total == 1


def test_an_identity_number_is_in_no_index(authority: Organisation, find: Find) -> None:
    of = make.file("丁一", authority)
    number = "11010519491231002X"
    make.identifier(of.subject, number)
    assert find(make.officer(Role.CLERK, authority), number).total == 0
    with connection.cursor() as cursor:
        table = "search_token" if connection.vendor == "sqlite" else "search_searchdocument"
        column = "tokens" if connection.vendor == "sqlite" else "vector::text"
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608  names of our own
        assert not any("19491231" in row[0] for row in cursor.fetchall())


def test_a_draft_licence_number_does_not_lead_to_the_record(authority: Organisation, find: Find) -> None:
    record = make.practitioner("卓玛", authority, make.profession())
    make.licence(record, "9988776655", state=RecordState.DRAFT)
    assert find(make.officer(Role.REGULATOR, authority), "9988776655").total == 0


def test_search_without_a_scope_is_an_error() -> None:
    with pytest.raises(UnscopedQuery):
        search(World.STAFF, "丁一")


def test_the_read_log_says_which_rows_were_shown_and_keeps_no_words(authority: Organisation, find: Find) -> None:
    """H19; pitfall 31."""
    of = make.file("丁一", authority)
    clerk = make.officer(Role.CLERK, authority)
    find(clerk, "丁一")
    entry = ReadEntry.objects.get(account=clerk)
    assert (entry.model, entry.ids, entry.count, entry.door) == ("integrityfile", [of.pk], 1, "search")
    assert entry.subject_ids == [str(of.subject_id)]
    assert len(entry.query_hash) == 64
    assert "丁一" not in str({field.name: getattr(entry, field.attname) for field in entry._meta.concrete_fields})
    find(clerk, "没有此人")
    assert ReadEntry.objects.filter(account=clerk, count=0).exists()


# --- the engine is down ------------------------------------------------------------------------------------


@pytest.fixture
def broken_engine(each_engine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.engines import EngineError

    def fail(*args: object, **kwargs: object) -> None:
        raise EngineError("OperationalError")

    monkeypatch.setattr(type(engine()), "find", fail)


@pytest.mark.usefixtures("broken_engine")
def test_with_a_broken_engine_exact_names_and_numbers_are_found_under_the_same_scope(
    authority: Organisation, other_authority: Organisation, find: Find
) -> None:
    make.decision(make.file("丁一", authority), "某监〔2024〕5号")
    make.decision(make.file("丁一", other_authority), "某监〔2024〕5号")
    make.file("丁一二", authority)
    reviewer = make.officer(Role.REVIEWER, authority)
    by_name = find(reviewer, "丁一")
    assert by_name.degraded
    assert sorted(hit.kind for hit in by_name.hits) == [Kind.DECISION, Kind.FILE]
    assert find(reviewer, "某监[2024]5号").total == 1
    assert find(make.officer(Role.INSPECTOR, authority), "丁一").total == 0


@pytest.mark.usefixtures("broken_engine")
def test_what_a_broken_engine_does_not_find_is_never_called_no_record(authority: Organisation, client: Client) -> None:
    """The person on file is not cleared, and nobody is told so, by a server that is down."""
    make.file("丁一二", authority)
    client.force_login(make.officer(Role.CLERK, authority))
    for address in ("/staff/search/", "/search/"):
        page = client.get(address, {"q": "丁一"}).content.decode()
        assert "没有找到，但不等于没有记录" in page
        assert "本系统无记录" not in page


@pytest.mark.usefixtures("broken_engine")
def test_the_command_says_what_to_do_when_the_engine_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from search.engines import EngineError

    def fail(*args: object, **kwargs: object) -> None:
        raise EngineError("NotFoundError")

    monkeypatch.setattr(type(engine()), "digests", fail)
    with pytest.raises(CommandError, match="build_index"):
        call_command("build_index", "--check")


@pytest.mark.parametrize("each_engine", ["database"], indirect=True)
def test_a_missing_token_table_is_a_notice_and_not_an_error(find: Find) -> None:
    authority = make.organisation("甲县委组织部")
    make.file("丁一", authority)
    clerk = make.officer(Role.CLERK, authority)
    find(clerk, "丁一")
    table, column = ("search_token", "") if connection.vendor == "sqlite" else ("search_searchdocument", "vector")
    rename = f"ALTER TABLE {table} RENAME " + (f"COLUMN {column} TO {column}_away" if column else "TO away_token")
    back = (
        f"ALTER TABLE {table} RENAME COLUMN vector_away TO vector"
        if column
        else "ALTER TABLE away_token RENAME TO search_token"
    )
    with connection.cursor() as cursor:
        cursor.execute(rename)
    try:
        results = find(clerk, "丁一", stale=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(back)
    assert results.degraded
    assert titles(results) == ["丁一"]


def test_a_draft_file_is_found_by_its_author_only(authority: Organisation, find: Find) -> None:
    author = make.officer(Role.CLERK, authority)
    make.file("丁一", authority, status=FileStatus.DRAFT, entered_by=author)
    assert find(author, "丁一").total == 1
    assert find(make.officer(Role.CLERK, authority), "丁一").total == 0

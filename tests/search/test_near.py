"""Names that are only like the one asked for, operators, citations and filters; the same on every engine."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from integrity.access import scope_for
from integrity.choices import Act, DecisionKind, Level, RecordState, Role
from integrity.models import Account, Organisation, recording
from search import worker
from search.models import Kind, World
from search.narrowing import Narrowing, below
from search.query import Results, search
from tests.search import factories as make
from tests.search.conftest import Find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]


def titles(results: Results) -> list[str]:
    return [hit.title for hit in results.hits]


def ask(account: Account, text: str, **options: object) -> Results:
    worker.drain()
    return search(World.STAFF, text, scope=scope_for(account, Act.SEARCH), **options)  # type: ignore[arg-type]


# --- names that are alike -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_file", "asked", "reason"),
    [
        ("曾国藩", "zengguofna", "拼写差一处"),
        ("曾国藩", "增国凡", "读音相同"),
        ("兰建平", "nanjianping", "读音相近"),
        ("才让卓玛", "次仁卓玛", "译名写法不同"),
        ("才让卓玛", "Tsering Drolma", "译名写法不同"),
        ("买买提·吐尔逊", "麦麦提托尔逊", "译名写法不同"),
    ],
)
def test_a_name_that_is_only_like_it_is_proposed_when_nothing_else_is_found(
    authority: Organisation, find: Find, on_file: str, asked: str, reason: str
) -> None:
    make.file(on_file, authority)
    make.file("马海龙", authority)
    results = find(make.officer(Role.CLERK, authority), asked)
    assert titles(results) == [on_file]
    assert results.near
    assert reason in results.hits[0].why
    assert on_file in results.hits[0].why


def test_namesakes_by_sound_are_shown_beside_the_name_itself_only_when_asked_for(authority: Organisation) -> None:
    make.file("张伟", authority)
    make.file("章玮", authority)
    clerk = make.officer(Role.CLERK, authority)
    plain = ask(clerk, "张伟")
    assert titles(plain) == ["张伟"]
    assert plain.may_be_near
    assert not plain.near
    wide = ask(clerk, "张伟", near=True)
    assert titles(wide) == ["张伟", "章玮"]
    assert wide.near
    assert "读音相同" in wide.hits[1].why


def test_what_is_only_like_a_name_is_found_under_the_same_scope(
    authority: Organisation, other_authority: Organisation, find: Find
) -> None:
    make.file("才让卓玛", other_authority)
    results = find(make.officer(Role.CLERK, authority), "次仁卓玛")
    assert results.total == 0
    assert not results.near


def test_the_public_is_never_offered_a_name_that_is_only_like_it(authority: Organisation) -> None:
    """Domain §14: whole names only; a guess would name somebody who was not asked for."""
    record = make.practitioner("才让卓玛", authority, make.profession())
    make.publication(make.penalty(record, "青司罚〔2024〕1号"))
    worker.drain()
    assert search(World.PUBLIC, "才让卓玛").total == 1
    for typed in ("次仁卓玛", "cairangzhuoma", "Tsering Drolma"):
        assert search(World.PUBLIC, typed, near=True).total == 0


# --- operators ------------------------------------------------------------------------------------------------


def test_either_of_two_words_is_enough_and_another_is_left_out(authority: Organisation, find: Find) -> None:
    make.decision(make.file("王五", authority), facts="违规收受礼品礼金")
    make.decision(make.file("赵六", authority), facts="违规兼职取酬")
    make.decision(make.file("钱七", authority), facts="违规收受礼品并兼职取酬")
    reviewer = make.officer(Role.REVIEWER, authority)

    def persons(text: str) -> set[str]:
        return {hit.subtitle.split(" · ")[0] for hit in find(reviewer, text).hits}

    assert persons("礼品 或 兼职") == {"王五", "赵六", "钱七"}
    assert persons("违规 礼品|兼职") == set()
    assert persons("违规 礼品 | 兼职") == {"王五", "赵六", "钱七"}
    assert persons("违规 非 礼品") == {"赵六"}
    assert persons("违规 -兼职") == {"王五"}
    assert persons('违规 -"收受礼品"') == {"赵六"}
    assert persons("-礼品") == set()


def test_an_operator_alone_is_a_word(authority: Organisation, find: Find) -> None:
    make.file("或非", authority)
    clerk = make.officer(Role.CLERK, authority)
    assert titles(find(clerk, "或")) == ["或非"]
    assert titles(find(clerk, "非")) == ["或非"]
    assert titles(find(clerk, '"或" "非"')) == ["或非"]


# --- citations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["第五十三条", "第53条", "公务员法第53条", "公务员法第五十三条", "第53条第2项"])
def test_a_citation_is_found_in_numerals_and_in_figures(authority: Organisation, find: Find, typed: str) -> None:
    make.decision(make.file("王五", authority), facts="违反《公务员法》第五十三条第二项")
    make.decision(make.file("赵六", authority), facts="违反《公务员法》第五十四条第二项")
    reviewer = make.officer(Role.REVIEWER, authority)
    hits = find(reviewer, typed).hits
    assert [hit.subtitle.split(" · ")[0] for hit in hits] == ["王五"]
    assert "事实" in hits[0].why


def test_a_citation_in_figures_is_found_by_numerals(authority: Organisation, find: Find) -> None:
    make.decision(make.file("王五", authority), facts="违反《公务员法》第53条")
    assert find(make.officer(Role.REVIEWER, authority), "第五十三条").total == 1


# --- filters, facets, order ----------------------------------------------------------------------------------


def test_hits_are_narrowed_and_counted_under_the_scope(authority: Organisation, other_authority: Organisation) -> None:
    make.file("王一", authority, level=Level.COUNTY, established_on=date(2020, 5, 1))
    make.file("王二", authority, level=Level.TOWNSHIP, established_on=date(2024, 5, 1))
    make.file("王三", other_authority, level=Level.COUNTY)
    make.decision(make.file("王四", authority, level=Level.COUNTY), facts="某事")
    clerk = make.officer(Role.REVIEWER, authority)
    every = ask(clerk, "王")
    assert every.total == 4
    facets = {facet.name: {one.value: one.count for one in facet.values} for facet in every.facets}
    assert facets["level"] == {str(int(Level.COUNTY)): 3, str(int(Level.TOWNSHIP)): 1}
    assert "authority_id" not in facets  # there is one: it narrows nothing and tells nothing
    for narrowing, expected in [
        (Narrowing(level=Level.TOWNSHIP), ["王二"]),
        (Narrowing(year=2020), ["王一"]),
        (Narrowing(since=date(2024, 4, 1), until=date(2024, 6, 1)), ["王二"]),
        (Narrowing(category=DecisionKind.WARNING.value, state=RecordState.IN_FORCE.value), None),
        (Narrowing(authority_id=other_authority.pk), []),
        (Narrowing(profession_id=1), []),
    ]:
        results = ask(clerk, "王", narrowing=narrowing)
        if expected is None:
            assert [hit.kind for hit in results.hits] == [Kind.DECISION]
        else:
            assert titles(results) == expected
        assert results.total == len(results.hits)


def test_a_unit_takes_the_units_below_it_along(authority: Organisation) -> None:
    child = make.organisation("甲县委组织部干部科")
    child.parent = authority
    with recording(by=None, reason="测试"):
        child.save()
    make.file("王一", authority, unit=authority)
    make.file("王二", authority, unit=child)
    clerk = make.officer(Role.CLERK, authority)
    assert below(authority.pk) == {authority.pk, child.pk}
    assert ask(clerk, "王", narrowing=Narrowing(unit_id=authority.pk)).total == 2
    assert titles(ask(clerk, "王", narrowing=Narrowing(unit_id=child.pk))) == ["王二"]


def test_a_stale_index_shows_nothing_that_the_filter_leaves_out(authority: Organisation) -> None:
    of = make.file("王一", authority, level=Level.COUNTY)
    clerk = make.officer(Role.CLERK, authority)
    worker.drain()
    of.level = Level.TOWNSHIP
    with recording(by=None, reason="测试"):
        of.save()
    scope = scope_for(clerk, Act.SEARCH)
    assert search(World.STAFF, "王一", scope=scope, narrowing=Narrowing(level=Level.COUNTY)).total == 0


def test_by_date_the_newest_comes_first_whatever_matched(authority: Organisation) -> None:
    make.file("王伟", authority, established_on=date(2020, 1, 1))
    make.file("李四", authority, post_title="接替王伟任科长", established_on=date(2025, 1, 1))
    clerk = make.officer(Role.CLERK, authority)
    assert titles(ask(clerk, "王伟")) == ["王伟", "李四"]
    assert titles(ask(clerk, "王伟", by_date=True)) == ["李四", "王伟"]


def test_a_page_goes_on_where_it_ended_though_its_last_hit_is_gone(
    authority: Organisation, other_authority: Organisation
) -> None:
    made = [make.file(f"王{character}", authority, established_on=date(2024, 1, 2)) for character in "一二三四五"]
    clerk = make.officer(Role.CLERK, authority)
    first = ask(clerk, "王", limit=2)
    assert titles(first) == ["王五", "王四"]
    gone = made[3]
    with recording(by=None, reason="测试"):
        gone.authority = other_authority
        gone.save()
    assert titles(ask(clerk, "王", limit=2, page_after=first.after)) == ["王三", "王二"]
    assert titles(ask(clerk, "王", limit=2, page_after="nonsense")) == ["王五", "王三"]


# --- the pages ------------------------------------------------------------------------------------------------


def test_the_page_offers_filters_keeps_the_words_and_refuses_a_wrong_date(
    authority: Organisation, client: Client
) -> None:
    make.file("王一", authority, level=Level.COUNTY, established_on=date(2020, 5, 1))
    make.file("王二", authority, level=Level.TOWNSHIP, established_on=date(2024, 5, 1))
    worker.drain()
    client.force_login(make.officer(Role.CLERK, authority))
    page = client.get("/staff/search/", {"q": "王"}).content.decode()
    assert 'name="level"' in page
    assert 'name="profession_id"' not in page
    narrowed = client.get("/staff/search/", {"q": "王", "level": str(int(Level.TOWNSHIP))}).content.decode()
    assert "王二" in narrowed
    assert "王一" not in narrowed
    wrong = client.get("/staff/search/", {"q": "王", "since": "2024-13-45"})
    assert wrong.status_code == 400
    assert 'id="id_since_error"' in wrong.content.decode()
    assert client.get("/search/", {"q": "王", "since": "2024-13-45"}).status_code == 400


def test_the_page_says_that_a_like_name_proves_nothing(authority: Organisation, client: Client) -> None:
    make.file("张伟", authority)
    make.file("章玮", authority)
    worker.drain()
    client.force_login(make.officer(Role.CLERK, authority))
    page = client.get("/staff/search/", {"q": "张伟"}).content.decode()
    assert "near=1" in page
    assert "章玮" not in page
    wide = client.get("/staff/search/", {"q": "张伟", "near": "1"}).content.decode()
    assert "章玮" in wide
    assert "系统不作认定" in wide

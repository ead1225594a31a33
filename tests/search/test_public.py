"""Public search: current publications and live pages alone; a stale index never shows what was withdrawn (H5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from cms.vocabulary import Subject
from integrity.choices import PublicationState, WithdrawalReason
from integrity.models import Organisation, Publication, recording
from search.models import Kind, World
from search.query import search, suggest
from tests.integrity.scenes import raw
from tests.search import factories as make
from tests.search.conftest import Find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]

TEXT = "加快推进行政许可公开目录编制，做到行政许可和行政处罚信息七个工作日内上网公开。"


@pytest.fixture
def published(authority: Organisation) -> Publication:
    record = make.practitioner("卓玛", authority, make.profession("律师"))
    return make.publication(make.penalty(record, "青司罚〔2026〕9号"))


@pytest.fixture
def page(db: None) -> DisclosurePage:
    root = Page.get_first_root_node()  # made by Wagtail's first migration
    home = root.add_child(instance=HomePage(title="首页", slug="home-test"))
    index = home.add_child(instance=DisclosureIndexPage(title="目录", slug="catalogue"))
    return index.add_child(  # type: ignore[no-any-return]
        instance=DisclosurePage(
            title="信用体系建设规划", slug="plan", index_number="QH-2014-001", document_number="青政〔2014〕22号",
            issuer="青海省人民政府", subject=Subject.values[0], generated_on=date(2014, 4, 1), summary=TEXT,
        )
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["卓玛", "卓玛 律师", "卓玛 某律师事务所", "青司罚〔2026〕9号", "青司罚[2026] 9号"])
def test_a_published_record_is_found_by_whole_name_or_number(
    published: Publication, find_public: Find, typed: str
) -> None:
    assert [hit.id for hit in find_public(typed).hits] == [published.pk]


@pytest.mark.parametrize(
    "typed", ["卓", "玛", "zhuoma", "zm", "律师", "某律师事务所", "青司罚", "2026", "甲县", "卓玛 医师", "行政处罚公示"]
)
def test_persons_cannot_be_listed_or_guessed_from_parts(published: Publication, find_public: Find, typed: str) -> None:
    assert find_public(typed).total == 0


def test_a_withdrawn_publication_is_not_found_though_the_index_still_has_it(
    published: Publication, find_public: Find
) -> None:
    assert find_public("卓玛").total == 1
    with recording(by=None, reason="撤销"):
        published.state, published.withdrawal_reason = PublicationState.WITHDRAWN, WithdrawalReason.REVOKED
        published.save()
    assert find_public("卓玛", stale=True).total == 0
    assert find_public("卓玛").total == 0


def test_an_expired_publication_is_not_found_with_the_job_stopped(published: Publication, find_public: Find) -> None:
    """H5: the end date is asked at every read."""
    assert find_public("卓玛").total == 1
    # Time passes, nothing is saved, nothing is told to the index.
    raw(published, ends_on=timezone.localdate() - timedelta(days=1))
    assert find_public("卓玛", stale=True).total == 0


def test_a_publication_not_yet_begun_or_only_proposed_is_not_found(authority: Organisation, find_public: Find) -> None:
    record = make.practitioner("卓玛", authority, make.profession("律师"))
    tomorrow = timezone.localdate() + timedelta(days=1)
    make.publication(make.penalty(record, "罚1"), starts_on=tomorrow)
    make.publication(make.penalty(record, "罚2"), state=PublicationState.PROPOSED)
    assert find_public("卓玛").total == 0


def test_staff_records_are_in_no_public_answer(authority: Organisation, find_public: Find) -> None:
    """H12."""
    make.decision(make.file("丁一", authority), "某监〔2024〕5号")
    make.penalty(make.practitioner("丁一", authority, make.profession()), "罚9")
    for typed in ("丁一", "某监〔2024〕5号", "罚9"):
        assert find_public(typed).total == 0
    assert search(World.PUBLIC, "丁一", kinds=[Kind.FILE, Kind.DECISION]).total == 0


@pytest.mark.parametrize(
    "typed", ["许可", "行政许可公开目录", "可", "青政〔2014〕22号", "青政[2014]", "QH-2014-001", "许可 处罚"]
)
def test_a_disclosure_is_found_in_its_full_text(page: DisclosurePage, find_public: Find, typed: str) -> None:
    assert [hit.id for hit in find_public(typed).hits] == [page.pk]


def test_a_page_taken_down_is_not_found_though_the_index_still_has_it(page: DisclosurePage, find_public: Find) -> None:
    assert find_public("许可").total == 1
    DisclosurePage.objects.filter(pk=page.pk).update(live=False)  # pitfall 27: no signal
    assert find_public("许可").total == 0
    assert suggest(None, "信用体系") == []


def test_the_place_in_the_text_is_shown_and_escaped(page: DisclosurePage, client: Client, find_public: Find) -> None:
    page.summary = f"<script>alert(1)</script>{TEXT}"
    page.save()
    (hit,) = find_public("许可公开").hits
    assert ("许可公开", True) in hit.snippet
    html = client.get("/search/", {"q": "许可公开"}).content.decode()
    assert "<mark>许可公开</mark>" in html
    assert "<script>alert" not in html


def test_the_public_page_is_for_no_cache_and_no_search_engine(
    published: Publication, client: Client, find_public: Find
) -> None:
    find_public("卓玛")
    response = client.get("/search/", {"q": "卓玛"})
    assert response.status_code == 200
    assert "卓玛" in response.content.decode()
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert "本系统无记录" in client.get("/search/", {"q": "查无此人"}).content.decode()

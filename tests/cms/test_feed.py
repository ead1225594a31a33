"""Feed of disclosures 政府信息公开订阅: public, live and due pages; nobody's name from a record, now or later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms import feeds
from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from integrity.choices import WithdrawalReason
from integrity.models import Publication
from integrity.publications import withdraw
from tests.cms.test_pages import PLAN, _document
from tests.integrity import scenes
from tests.integrity.conftest import clock
from tests.personas import Province, province

ATOM = "{http://www.w3.org/2005/Atom}"
__all__ = ["clock"]  # the fixed day of the scenes


def fed(client: Client) -> list[dict[str, str]]:
    answer = client.get("/feed.atom")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)  # noqa: S314  our own answer
    assert feed.tag == f"{ATOM}feed"
    return [
        {
            "title": entry.findtext(f"{ATOM}title", ""),
            "summary": entry.findtext(f"{ATOM}summary", ""),
            "id": entry.findtext(f"{ATOM}id", ""),
            "link": entry.find(f"{ATOM}link").attrib["href"],  # type: ignore[union-attr]  # an entry has one
            "updated": entry.findtext(f"{ATOM}updated", ""),
        }
        for entry in feed.iter(f"{ATOM}entry")
    ]


def titles(client: Client) -> list[str]:
    return [entry["title"] for entry in fed(client)]


def test_the_newest_disclosures_with_a_lasting_id(catalogue: DisclosureIndexPage, client: Client) -> None:
    page = _document(catalogue, 1)
    entries = fed(client)
    assert [entry["title"] for entry in entries] == ["文件1", PLAN]
    assert entries[0] == {
        "title": "文件1", "summary": "概述", "id": f"urn:uuid:{page.translation_key}",
        "link": "http://testserver/disclosures/document-1/", "updated": entries[0]["updated"],
    }  # fmt: skip
    assert client.get(entries[0]["link"]).status_code == 200


def test_fifty_and_no_more(catalogue: DisclosureIndexPage, client: Client) -> None:
    for number in range(52):
        _document(catalogue, number)
    found = titles(client)
    assert len(found) == feeds.NEWEST == 50
    assert PLAN not in found


@pytest.mark.parametrize(
    "values",
    [
        {"live": False},
        {"published_on": date(2100, 1, 1)},
        {"go_live_at": timezone.now() + timedelta(days=3)},
        {"expire_at": timezone.now() - timedelta(days=3)},
    ],
)
def test_what_is_not_due_or_over_is_not_fed(
    catalogue: DisclosureIndexPage, client: Client, values: dict[str, Any]
) -> None:
    _document(catalogue, 1, **values)
    assert titles(client) == [PLAN]


def test_a_page_taken_back_or_closed_is_gone_at_once(catalogue: DisclosureIndexPage, client: Client) -> None:
    unpublished, private = _document(catalogue, 1), _document(catalogue, 2)
    assert len(titles(client)) == 3
    unpublished.unpublish()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert titles(client) == [PLAN]
    PageViewRestriction.objects.create(page=catalogue, restriction_type=PageViewRestriction.LOGIN)
    assert titles(client) == []


@pytest.fixture
def published(reference: None, clock: time_machine.Traveller) -> tuple[Province, Publication]:
    scene = province()
    return scene, scenes.published(scene)


@pytest.mark.parametrize("where", ["title", "summary"])
@pytest.mark.parametrize("hyphens", [True, False])
def test_no_entry_names_a_person_of_a_cited_record(
    published: tuple[Province, Publication], catalogue: DisclosureIndexPage, client: Client, where: str, hyphens: bool
) -> None:
    """Readers keep copies that no withdrawal reaches: the name is not fed while it is public, nor afterwards."""
    scene, row = published
    ref = str(row.ref) if hyphens else row.ref.hex
    page = _document(catalogue, 1, body=[("publication", {"ref": ref})], **{where: f"关于{row.name}的通报"})
    harmless = _document(catalogue, 2, body=[("publication", {"ref": ref})])
    assert row.name in client.get(page.url).content.decode()
    for _when in ("public", "withdrawn"):
        assert titles(client) == [harmless.title, PLAN]
        assert row.name not in client.get("/feed.atom").content.decode()
        if _when == "public":
            withdraw(publication=row, by=scene.publisher, cause=WithdrawalReason.ERROR, reason="有误")


def test_the_text_of_a_page_is_not_fed(catalogue: DisclosureIndexPage, client: Client) -> None:
    _document(catalogue, 1, body=[("paragraph", "<p>正文里的话</p>")])
    assert "正文里的话" not in client.get("/feed.atom").content.decode()


def test_public_pages_name_the_feed(site: HomePage, client: Client) -> None:
    for address in ("/", "/disclosures/", "/about/", "/register/", "/search/"):
        text = client.get(address).content.decode()
        assert '<link rel="alternate" type="application/atom+xml"' in text, address
        assert 'href="/feed.atom"' in text


def test_no_session_no_cookie_no_keeping(site: HomePage, client: Client) -> None:
    client.get("/feed.atom")  # Wagtail's site is asked for once
    with CaptureQueriesContext(connection) as found:
        answer = client.get("/feed.atom")
    assert not [query for query in found if "session" in query["sql"] or "account" in query["sql"]]
    assert not answer.cookies
    assert "max-age=0" in answer.headers["Cache-Control"]
    assert client.post("/feed.atom").status_code == 405
    assert len(found) <= 8


def test_many_entries_ask_as_often_as_one(catalogue: DisclosureIndexPage, client: Client) -> None:
    def asked() -> int:
        client.get("/feed.atom")
        with CaptureQueriesContext(connection) as found:
            client.get("/feed.atom")
        return len(found)

    few = asked()
    for number in range(30):
        _document(catalogue, number)
    assert asked() == few


def test_texts_stay_texts(catalogue: DisclosureIndexPage, client: Client) -> None:
    """N10: what an editor typed is no markup in a feed reader."""
    _document(catalogue, 1, title="甲<script>alert(1)</script>&乙", summary="]]> <b>丙</b>")
    entry = fed(client)[0]
    assert (entry["title"], DisclosurePage.objects.get(slug="document-1").title) == (
        "甲<script>alert(1)</script>&乙",
    ) * 2
    assert "<script>" not in client.get("/feed.atom").content.decode()

"""Public pages: they render, they filter, they hold no person (H12, domain §8)."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import Page, PageViewRestriction

from cms import checks
from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from cms.vocabulary import Subject, Validity

PLAN = "青海省社会信用体系建设规划（2014—2020年）"


def _document(catalogue: DisclosureIndexPage, number: int, **values: Any) -> DisclosurePage:
    fields: dict[str, Any] = {
        "title": f"文件{number}",
        "slug": f"document-{number}",
        "index_number": f"T-{number:05d}",
        "issuer": "某县人民政府",
        "subject": Subject.BUDGET,
        "generated_on": date(2024, 5, 1),
        "summary": "概述",
    }
    page = DisclosurePage(**fields | values)
    catalogue.add_child(instance=page)
    return page


@pytest.mark.parametrize("address", ["/", "/disclosures/", "/about/", "/accessibility/", "/privacy/", "/register/"])
def test_pages_render_without_inline_code(site: HomePage, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    body = response.content.decode()
    assert " style=" not in body
    assert "<style" not in body
    assert "<script>" not in body
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert not response.cookies


def test_loading_the_site_twice_changes_nothing(site: HomePage) -> None:
    before = list(Page.objects.order_by("pk").values_list("pk", "latest_revision_id"))
    call_command("load_site")
    assert list(Page.objects.order_by("pk").values_list("pk", "latest_revision_id")) == before


def test_the_plan_has_its_catalogue_fields_and_chapters(plan: DisclosurePage, client: Client) -> None:
    body = client.get(plan.url).content.decode()
    for words in ("QH-2015-00011", "青政发〔2015〕11号", "2015年1月21日", "2015年2月21日", "已失效", "引用本文"):
        assert words in body
    assert '<a class="toc-chapter" href="#s4">第四章 推进重点领域诚信体系建设</a>' in body
    assert '<h2 id="s4">第四章 推进重点领域诚信体系建设</h2>' in body
    assert body.count("<caption>专栏") == 5
    assert '<th scope="row">2015年</th>' in body
    assert "6·14" in body


@pytest.mark.parametrize(
    ("day", "validity"),
    [
        (date(2015, 2, 20), Validity.PENDING),
        (date(2015, 2, 21), Validity.IN_FORCE),
        (date(2020, 12, 31), Validity.IN_FORCE),
        (date(2021, 1, 1), Validity.ENDED),
    ],
)
def test_validity_follows_the_day(plan: DisclosurePage, client: Client, day: date, validity: Validity) -> None:
    plan.published_on = None  # it was public then; the site's own copy was published later
    plan.save()
    assert plan.validity_on(day) == validity
    with time_machine.travel(f"{day.isoformat()} 12:00+08:00"):
        for asked in Validity:
            found = PLAN in client.get("/disclosures/", {"validity": asked.value}).content.decode()
            assert found == (asked == validity)


def test_the_catalogue_filters_by_subject_and_year(catalogue: DisclosureIndexPage, client: Client) -> None:
    _document(catalogue, 1)
    _document(catalogue, 2, subject=Subject.GUIDE, generated_on=date(2025, 1, 2))

    def titles(**query: str) -> list[str]:
        context = client.get("/disclosures/", query).context
        return [page.title for page in context["documents"]]

    assert titles() == ["文件2", "文件1", PLAN]
    assert titles(subject="budget") == ["文件1"]
    assert titles(year="2025") == ["文件2"]
    assert titles(year="2025", subject="budget") == []
    assert titles(subject="no such subject") == []


def test_the_catalogue_turns_pages(catalogue: DisclosureIndexPage, client: Client) -> None:
    for number in range(21):
        _document(catalogue, number)
    first = client.get("/disclosures/", {"year": "2024"})
    assert len(first.context["documents"]) == 20
    after = first.context["after"]
    assert f"?year=2024&amp;after={after}" in first.content.decode()
    second = client.get("/disclosures/", {"year": "2024", "after": after})
    assert len(second.context["documents"]) == 1
    back = client.get("/disclosures/", {"year": "2024", "before": second.context["before"]})
    assert [page.pk for page in back.context["documents"]] == [page.pk for page in first.context["documents"]]
    assert (back.context["before"], second.context["after"]) == ("", "")


def test_drafts_are_nowhere(catalogue: DisclosureIndexPage, client: Client) -> None:
    draft = _document(catalogue, 9, live=False)
    assert client.get("/disclosures/document-9/").status_code == 404
    assert draft.title not in client.get("/disclosures/").content.decode()
    assert "document-9" not in client.get("/sitemap.xml").content.decode()


def test_machines_are_shown_disclosures_only(plan: DisclosurePage, client: Client) -> None:
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "/disclosures/social-credit-plan-2014-2020/" in sitemap
    assert "/register/" not in sitemap
    assert "Disallow: /register/" in client.get("/robots.txt").content.decode()


def test_a_tibetan_text_says_its_language(catalogue: DisclosureIndexPage, client: Client) -> None:
    page = _document(catalogue, 3, title="མཚོ་སྔོན", language="bo")
    page.body = [("paragraph", "<p>གསལ་བསྒྲགས།</p>")]
    page.save_revision().publish()
    assert '<article class="doc" lang="bo">' in client.get(page.url).content.decode()


def test_the_language_is_chosen_by_a_link_and_leads_nowhere_else(site: HomePage, client: Client) -> None:
    assert client.get("/language/en/", {"next": "/about/"})["Location"] == "/about/"
    assert client.get("/language/en/", {"next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.get("/language/xx/").status_code == 404
    assert '<html lang="en">' in client.get("/").content.decode()


def test_an_attachment_is_public_while_a_live_page_lists_it(
    catalogue: DisclosureIndexPage, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    document = Document.objects.create(title="附件", file=ContentFile(b"text", name="annex.txt"))
    document.file.close()
    assert client.get(document.url).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        body = [("attachments", {"title": "附件", "documents": [document]})]
        page = _document(catalogue, 4, body=body)
    served = client.get(document.url)
    assert (served.status_code, served.getvalue()) == (200, b"text")
    page.unpublish()
    assert client.get(document.url).status_code == 404


def test_h12_no_page_type_reaches_a_record() -> None:
    assert checks.pages_hold_no_records(None) == []


def test_h12_the_check_sees_a_page_type_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault on purpose: a relation to a file is reported."""
    from integrity.models import IntegrityFile

    class Planted:
        name = "file"
        related_model = IntegrityFile

    monkeypatch.setattr(DisclosurePage._meta, "get_fields", lambda *args, **kwargs: [Planted()])
    assert [error.id for error in checks.pages_hold_no_records(None)] == ["cms.E001"]


GUARDED = {"IntegrityFile", "Decision", "Subject", "Penalty", "Licence", "PractitionerRecord", "SubjectIdentifier"}


def test_h12_cms_names_no_record_of_a_person() -> None:
    """The whole package, imports and attributes: published copies are all it knows of people."""
    for path in (Path(settings.BASE_DIR) / "cms").rglob("*.py"):
        if path.name == "vocabulary.py":
            continue  # its Subject is the subject of a document
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("integrity"):
                assert not GUARDED & {alias.name for alias in node.names}, path


def test_a_page_for_some_readers_alone_is_listed_nowhere(catalogue: DisclosureIndexPage, client: Client) -> None:
    """`.live()` is not `.public()`: title and summary would stand in the catalogue of a page nobody else may open."""
    page = _document(catalogue, 77, title="内部文件", generated_on=date(2026, 5, 1))
    addresses = (catalogue.url, catalogue.get_parent().url, "/sitemap.xml", "/feed.atom")
    assert all(page.url in client.get(address).text for address in addresses)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    for address in addresses:
        text = client.get(address).text
        assert page.url not in text, address
        assert page.title not in text, address

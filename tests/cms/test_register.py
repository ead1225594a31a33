"""The register: whole names and numbers only, while the term runs and not a day longer (H4–H6, domain §14)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from integrity.choices import PublicationState, WithdrawalReason
from integrity.models import Publication, recording
from tests.search import factories

NAME = "扎西·多杰"
UNIT = "青海某某律师事务所"
NUMBER = "16301201510000001"


def _publish(name: str = NAME, **fields: Any) -> Publication:
    authority = factories.organisation("某市司法局")
    profession = fields.pop("profession", None) or factories.profession("律师")
    record = factories.practitioner(name, authority, profession)
    penalty = factories.penalty(record, f"某司罚〔2026〕{record.pk}号")
    projection = {
        "name": name,
        "profession": profession.name,
        "unit": UNIT,
        "licence_no": NUMBER,
        "document_no": penalty.document_no,
        "content": "给予警告",
        "identity_number": "630102199001011234",
    }
    return factories.publication(penalty, projection=projection, title=f"{name}（律师）行政处罚", **fields)


def _change(row: Publication, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    with recording(by=None, reason="测试"):
        row.save()


@pytest.fixture
def published(site: HomePage) -> Publication:
    return _publish()


def _found(client: Client, **query: str) -> list[Publication]:
    answer = client.get("/register/", query).context.get("answer")
    return answer.found if answer else []


def _address(row: Publication) -> str:
    return reverse("register:publication", args=[row.ref])


def test_a_whole_name_with_profession_or_unit_finds(published: Publication, client: Client) -> None:
    assert _found(client, name=NAME, profession=published.profession.code) == [published]
    assert _found(client, name=NAME, unit="某某律师") == [published]
    assert _found(client, name="扎西多杰", unit=UNIT) == [published]
    assert _found(client, name="扎西・多杰", unit=UNIT) == [published]


def test_numbers_find(published: Publication, client: Client) -> None:
    assert _found(client, licence_no=NUMBER) == [published]
    assert _found(client, document_no=published.projection["document_no"]) == [published]
    typed = published.projection["document_no"].replace("〔", "[").replace("〕", "]")
    assert _found(client, document_no=typed) == [published]


@pytest.mark.parametrize(
    "question",
    [
        {"name": "扎西", "unit": UNIT},
        {"name": "多杰", "unit": UNIT},
        {"name": ".*", "unit": UNIT},
        {"name": NAME},
        {"unit": UNIT},
        {"profession": "test"},
        {"licence_no": NUMBER[:10]},
    ],
)
def test_nothing_less_than_a_whole_name_finds(published: Publication, client: Client, question: dict[str, str]) -> None:
    response = client.get("/register/", question)
    assert response.status_code == 200
    assert not _found(client, **question)
    assert published.title not in response.content.decode()


def test_without_a_question_there_are_figures_and_no_names(published: Publication, client: Client) -> None:
    body = client.get("/register/").content.decode()
    assert NAME not in body
    assert "不足5" in body


def test_small_cells_stay_hidden_and_larger_ones_show(site: HomePage, client: Client) -> None:
    lawyers = factories.profession("律师")
    for number in range(5):
        _publish(f"测试{number}", profession=lawyers)
    (row,) = client.get("/register/").context["counts"]
    assert (row.licences, row.penalties) == (0, 5)


def test_a_page_shows_listed_fields_only(published: Publication, client: Client) -> None:
    body = client.get(_address(published)).content.decode()
    for words in (NAME, UNIT, NUMBER, "给予警告", "信用修复", published.digest):
        assert words in body
    assert "630102199001011234" not in body


def test_pages_about_persons_are_kept_out_of_engines_and_caches(published: Publication, client: Client) -> None:
    for address in (_address(published), "/register/"):
        response = client.get(address)
        assert "noindex" in response["X-Robots-Tag"]
        assert "no-store" in response["Cache-Control"]


def test_h5_after_the_last_day_a_tombstone_without_any_job(published: Publication, client: Client) -> None:
    assert published.ends_on is not None
    with time_machine.travel(f"{published.ends_on.isoformat()} 23:59:00+08:00"):
        assert client.get(_address(published)).status_code == 200
    with time_machine.travel(f"{(published.ends_on + timedelta(days=1)).isoformat()} 00:00:30+08:00"):
        gone = client.get(_address(published))
        assert gone.status_code == 410
        _names_nobody(gone.content.decode())
        assert "公示期满" in gone.content.decode()
        assert _found(client, licence_no=NUMBER) == []


def _names_nobody(body: str) -> None:
    for words in (NAME, UNIT, NUMBER, "某司罚"):
        assert words not in body


@pytest.mark.parametrize("reason", WithdrawalReason.values)
def test_h6_a_withdrawn_publication_leaves_a_tombstone(published: Publication, client: Client, reason: str) -> None:
    _change(published, state=PublicationState.WITHDRAWN, withdrawal_reason=reason)
    gone = client.get(_address(published))
    assert gone.status_code == 410
    _names_nobody(gone.content.decode())
    assert "死亡" not in gone.content.decode()


@pytest.mark.parametrize("state", [PublicationState.PROPOSED, PublicationState.REVIEWED, PublicationState.NOTICED])
def test_what_was_never_public_is_as_absent_as_nothing(site: HomePage, client: Client, state: str) -> None:
    row = _publish(state=state, published_by=None)
    absent = client.get(reverse("register:publication", args=["00000000-0000-4000-8000-000000000000"]))
    hidden = client.get(_address(row))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


def test_a_publication_does_not_show_before_its_first_day(site: HomePage, client: Client) -> None:
    row = _publish(starts_on=timezone.localdate() + timedelta(days=1))
    assert client.get(_address(row)).status_code == 404


def test_a_citing_page_shows_the_record_only_while_it_is_public(
    published: Publication, catalogue: DisclosureIndexPage, client: Client
) -> None:
    page = DisclosurePage(
        title="执法公示",
        slug="enforcement",
        index_number="T-1",
        issuer="某市司法局",
        subject="enforcement",
        generated_on=date(2026, 1, 1),
        summary="概述",
        body=[("publication", {"ref": str(published.ref)})],
    )
    catalogue.add_child(instance=page)
    assert NAME in client.get(page.url).content.decode()
    assert NAME not in page.full_text
    assert NAME not in str(page.save_revision().content)
    _change(published, state=PublicationState.WITHDRAWN, withdrawal_reason=WithdrawalReason.REVOKED)
    body = client.get(page.url).content.decode()
    assert NAME not in body
    assert "已经终止" in body

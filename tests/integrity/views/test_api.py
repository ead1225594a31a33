"""The read-only interface 只读接口: what the page shows, to the same people, with the same line of the log."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrity import api
from integrity.choices import Act, Grade, ReadOutcome
from integrity.models import IntegrityFile, ReadEntry
from integrity.views.base import ScopedDetail, ScopedList
from integrity.views.columns import LISTS, RECORDS
from tests import factories
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.personas import Province, province, signed_in

pytestmark = pytest.mark.django_db
ABSENT = "00000000-0000-4000-8000-000000000000"
EVERYBODY = (*Province.SEE, *Province.DO_NOT_SEE, "low_clearance_clerk", "second_clerk", "second_inspector")


@pytest.fixture
def scene(reference: None, clock: time_machine.Traveller) -> Province:
    return province()


def got(browser: Client, url: str, status: int = 200, **query: str) -> Any:
    answer = browser.get(url, query)
    assert answer.status_code == status, (url, answer.status_code, answer.content[:200])
    assert answer.headers["Content-Type"] == ("application/json" if status < 400 else "application/problem+json")
    assert {"private", "no-store"} <= {one.strip() for one in answer.headers["Cache-Control"].split(",")}
    return json.loads(answer.content)


def addresses(scene: Province) -> dict[str, tuple[str, str]]:
    """Kind → list and record, of rows that are there."""
    decision, publication = scenes.in_force(scene), scenes.published(scene)
    assert publication.penalty is not None
    rows: dict[str, Any] = {
        "files": scene.file, "decisions": decision, "practitioners": publication.penalty.record,
        "publications": publication,
    }  # fmt: skip
    return {kind: (f"/staff/api/{kind}/", f"/staff/api/{kind}/{row.ref}/") for kind, row in rows.items()}


def test_every_persona_gets_what_the_pages_show(scene: Province) -> None:
    """List = list page, record = record page, for each persona and kind."""
    compared = 0
    for kind, (listed, record) in addresses(scene).items():
        for name in EVERYBODY:
            browser = scene.browser(name)
            page = browser.get(f"/staff/{kind}/")
            told = got(browser, listed)
            assert [row["ref"] for row in told["results"]] == [str(row.ref) for row in page.context["rows"]], name
            assert told["count"] == page.context["count"]
            status = browser.get(record.replace("/api/", "/")).status_code
            assert browser.get(record).status_code == status, (name, record)
            compared += 2
    assert compared == 8 * len(EVERYBODY)


def test_refused_equals_absent(scene: Province) -> None:
    for listed, record in addresses(scene).values():
        for name in EVERYBODY:
            browser = scene.browser(name)
            refused = browser.get(record)
            if refused.status_code == 200:
                continue
            absent = browser.get(f"{listed}{ABSENT}/")
            assert (refused.status_code, refused.content) == (404, absent.content), (name, record)
            assert refused.headers["Content-Type"] == absent.headers["Content-Type"] == "application/problem+json"
            assert json.loads(refused.content)["code"] == "not_found"


def test_not_signed_in_is_told_so_and_led_nowhere(scene: Province) -> None:
    for address in (*(url for pair in addresses(scene).values() for url in pair), "/staff/api/nothing"):
        answer = Client().get(address)
        assert answer.status_code == 401
        assert json.loads(answer.content)["code"] == "not_signed_in"
        assert answer.headers["WWW-Authenticate"]
        assert "Location" not in answer.headers


def test_a_session_that_is_over_is_told_so(scene: Province, settings: Any, clock: time_machine.Traveller) -> None:
    settings.SESSION_IDLE_SECONDS = 60
    browser = scene.browser("clerk")
    assert browser.get("/staff/api/files/").status_code == 200
    clock.shift(3600)
    answer = browser.get("/staff/api/files/")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (401, "not_signed_in")


def test_without_the_second_factor_nothing_is_told(scene: Province, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    answer = scene.browser("clerk").get("/staff/api/files/")
    assert answer.status_code == 401
    assert scene.file.name not in answer.content.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_it_only_reads(scene: Province, method: str) -> None:
    browser, before = scene.browser("organisation_officer"), IntegrityFile.objects.unscoped(reason="测试").get()
    for address in ("/staff/api/files/", f"/staff/api/files/{scene.file.ref}/"):
        answer = browser.generic(method, address, {"name": "改"})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    after = IntegrityFile.objects.unscoped(reason="测试").get()
    assert (after.name, after.status) == (before.name, before.status)


def test_head_answers_like_get_and_is_logged(scene: Province) -> None:
    browser, before = scene.browser("clerk"), ReadEntry.objects.count()
    answer = browser.head(f"/staff/api/files/{scene.file.ref}/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert ReadEntry.objects.count() == before + 1


def test_each_answer_has_its_line_with_purpose_and_case(scene: Province) -> None:
    """H19; purpose and case are those stated for the session."""
    browser = scene.browser("inspector_with_case")
    got(browser, "/staff/api/files/")
    got(browser, f"/staff/api/files/{scene.file.ref}/")
    lines = ReadEntry.objects.filter(account=scene.inspector_with_case, door__startswith="api.").order_by("pk")
    assert [(line.door, line.act, line.ids) for line in lines] == [
        ("api.files", Act.LIST, [scene.file.pk]), ("api.file", Act.READ, [scene.file.pk]),
    ]  # fmt: skip
    assert {(line.purpose, line.case) for line in lines} == {(scene.purpose, scene.case)}
    assert all(line.subject_ids == [str(scene.person.pk)] for line in lines)
    scene.browser("nobody").get(f"/staff/api/files/{scene.file.ref}/")
    refused = ReadEntry.objects.get(account=scene.nobody, door="api.file")
    assert (refused.outcome, refused.ids) == (ReadOutcome.REFUSED, [str(scene.file.ref)])
    without = signed_in(scene.inspector_with_case)
    assert got(without, "/staff/api/files/")["results"] == []
    got(without, f"/staff/api/files/{scene.file.ref}/", 404)


def test_without_the_log_nothing_is_told(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    found = addresses(scene)
    browsers = {"files": "reviewer", "decisions": "reviewer"}

    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    for kind, pair in found.items():
        browser = scene.browser(browsers.get(kind, "regulator"))
        with monkeypatch.context() as patch:
            patch.setattr(ReadEntry, "save", full)
            for address in pair:
                assert got(browser, address, 503)["code"] == "read_log_unavailable"
        assert all(browser.get(address).status_code == 200 for address in pair)


def test_hidden_columns_are_not_there(scene: Province) -> None:
    raw(scene.file, last_appraisal_year=1987, service_status="suspended")
    record = f"/staff/api/files/{scene.file.ref}/"
    low, full = scene.browser("low_clearance_clerk"), scene.browser("clerk")
    graded = {"last_appraisal_year", "service_status"}
    assert graded <= set(got(full, record))
    assert graded.isdisjoint(got(low, record))
    listed = got(low, "/staff/api/files/")["results"][0]
    assert "last_appraisal_year" not in listed
    assert not any("年度考核" in words for words in listed["complete"])
    assert got(full, "/staff/api/files/")["results"][0]["last_appraisal_year"] == 1987
    assert got(low, "/staff/api/files/", missing="appraisal")["results"] == []
    assert len(got(full, "/staff/api/files/", missing="appraisal")["results"]) == 1


def test_only_named_columns_with_their_types(scene: Province) -> None:
    identifier = factories.identifier(scene.person)
    found = addresses(scene)
    for kind, (listed, record) in found.items():
        browser = scene.browser("reviewer" if kind in ("files", "decisions") else "regulator")
        model = next(view.model for view in VIEWS if view.door == f"api.{kind}")
        row = got(browser, listed)["results"][0]
        assert set(row) == {"ref", "url"} | {column.key for column in LISTS[model]}
        assert row["url"] == record
        assert datetime.fromisoformat(row["recorded_at"]).utcoffset() is not None
        whole = got(browser, record)
        assert set(whole) == {"ref"} | {column.key for column in RECORDS[model]}
        for text in (identifier.number(), identifier.masked):
            assert text not in json.dumps([row, whole])
    decision = got(scene.browser("reviewer"), found["decisions"][1])
    assert date.fromisoformat(decision["decided_on"]) == date(2026, 3, 2)
    assert decision["kind"] == {"code": "gd_demerit", "label": "记过"}
    assert decision["deciding_authority"]["name"] == "省监察委员会"
    assert decision["remedies_told"] in (True, False)
    assert decision["bases"]
    assert got(scene.browser("reviewer"), found["files"][1])["level"]["code"] == scene.file.level


def test_pages_neither_lose_nor_double_a_row(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.Files, "page_size", 5)
    for number in range(17):
        factories.file(
            scene.authority, by=scene.clerk, name=f"同名{number % 3}", unit=scene.authority if number % 4 else None
        )
    browser = scene.browser("clerk")
    everything = IntegrityFile.objects.unscoped(reason="测试").filter(authority=scene.authority)
    for sort in ("name", "-name", "unit", "level", "recorded", "-recorded"):
        seen: list[str] = []
        told = got(browser, "/staff/api/files/", sort=sort)
        seen += [row["ref"] for row in told["results"]]
        while told["after"]:
            told = got(browser, "/staff/api/files/", sort=sort, after=told["after"])
            seen += [row["ref"] for row in told["results"]]
        assert sorted(seen) == sorted(str(row.ref) for row in everything), sort
    first = got(browser, "/staff/api/files/", sort="name")
    for cursor, sort in (("forged", "name"), (first["after"], "unit")):
        assert got(browser, "/staff/api/files/", 400, sort=sort, after=cursor)["code"] == "bad_cursor"
    second = got(browser, "/staff/api/files/", sort="name", after=first["after"])
    back = got(browser, "/staff/api/files/", sort="name", before=second["before"])
    assert back["results"] == first["results"]


def test_a_filter_that_says_nothing_is_a_fault(scene: Province) -> None:
    browser = scene.browser("clerk")
    told = got(browser, "/staff/api/files/", 400, level="x")
    assert (told["code"], list(told["fields"])) == ("bad_filter", ["level"])
    assert got(browser, "/staff/api/files/", name="扎西")["count"] == 1


def test_any_other_address_is_absent_as_json(scene: Province) -> None:
    for rest in ("", "persons/", "files/7/", f"files/{scene.file.ref}"):
        assert got(scene.browser("clerk"), f"/staff/api/{rest}", 404)["code"] == "not_found"


def test_a_right_taken_away_shuts_the_next_request(scene: Province) -> None:
    browser = scene.browser("reviewer")
    record = f"/staff/api/files/{scene.file.ref}/"
    got(browser, record)
    raw(scene.file, grade=Grade.SEALED)
    got(browser, record, 404)
    assert got(browser, "/staff/api/files/")["results"] == []


VIEWS: tuple[Any, ...] = (api.Files, api.Decisions, api.Practitioners, api.Publications)


def test_the_rule_is_said_by_the_bases(scene: Province) -> None:
    """No view of the interface asks the database by itself."""
    details = (api.File, api.OneDecision, api.Practitioner, api.OnePublication)
    for view in VIEWS:
        assert issubclass(view, ScopedList)
        assert view.scoped is ScopedList.scoped
    for view in details:
        assert issubclass(view, ScopedDetail)
        assert view.fetch is ScopedDetail.fetch
    assert settings.SECOND_WALL


def test_a_list_and_a_record_ask_a_fixed_number_of_queries(scene: Province) -> None:
    for kind, (listed, record) in addresses(scene).items():
        browser = scene.browser("reviewer" if kind in ("files", "decisions") else "regulator")
        browser.get(listed)
        assert queries(browser, listed) <= 18, kind
        assert queries(browser, record) <= 18, kind
    browser = scene.browser("reviewer")
    few = queries(browser, "/staff/api/files/")
    for number in range(49):
        factories.file(scene.authority, by=scene.clerk, name=f"某某{number}", unit=scene.authority)
    assert queries(browser, "/staff/api/files/") == few


def queries(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert browser.get(url).status_code == 200
    return len(found)

"""The interfaces for machines 接口: described by what parses them, each described answer compared with a real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from cms.asking import digest_of, network_of
from cms.models import AskingCount, DisclosurePage
from cms.site_content import load_site
from integrity.choices import PublicationState, WithdrawalReason
from integrity.models import Organisation, Publication, ReadEntry, recording
from integrity.problems import PROBLEMS
from search import worker
from tests.integrity import scenes
from tests.integrity.scenes import TODAY
from tests.personas import Province, province
from tests.search import factories as make

pytestmark = pytest.mark.django_db


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "answer") -> None:
    """A checker of the part of JSON Schema that the descriptions use; anything else in them is a fault."""
    known = {"type", "properties", "required", "additionalProperties", "items", "enum", "format", "anyOf", "$ref",
             "minimum", "maximum", "maxLength", "default"}  # fmt: skip
    assert set(schema) <= known, (where, set(schema) - known)
    if "$ref" in schema:
        *_way, name = schema["$ref"].split("/")
        return fits(value, root["components"]["schemas"][name], root, where)
    if "anyOf" in schema:
        faults = []
        for one in schema["anyOf"]:
            try:
                return fits(value, one, root, where)
            except AssertionError as fault:
                faults.append(str(fault))
        raise AssertionError(f"{where}: {value!r} fits none: {faults}")
    kinds: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list,
                             "null": type(None)}  # fmt: skip
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(type(value) is kinds[one] for one in types), f"{where}: {value!r} is no {types}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
    readers: dict[str, Any] = {"date": date.fromisoformat, "date-time": datetime.fromisoformat, "uuid": UUID}
    read = readers.get(schema.get("format", ""))
    if read is not None:
        read(value)
    if isinstance(value, list):
        for number, one in enumerate(value):
            fits(one, schema["items"], root, f"{where}[{number}]")
    if isinstance(value, dict):
        named, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        assert set(schema.get("required", ())) <= set(value), f"{where}: lacks {set(schema['required']) - set(value)}"
        for name, one in value.items():
            assert name in named or more is not False, f"{where}: {name} is not described"
            if name in named or isinstance(more, dict):
                fits(one, named.get(name, more), root, f"{where}.{name}")
    return None


def compared(browser: Client, root: dict[str, Any], path: str, address: str, status: int = 200, **query: Any) -> Any:
    """A real answer, held against its description."""
    answer = browser.get(address, query)
    assert answer.status_code == status, (address, answer.status_code, answer.content[:300])
    (content,) = root["paths"][path]["get"]["responses"][str(status)]["content"].items()
    assert answer.headers["Content-Type"] == content[0]
    told = json.loads(answer.content)
    fits(told, content[1]["schema"], root)
    if status >= 400:
        assert (told["status"], PROBLEMS[told["code"]].status) == (status, status)
        assert told["title"] == str(PROBLEMS[told["code"]].title)
    return told


def sound(root: dict[str, Any]) -> None:
    """What OpenAPI 3.1 asks of a description, as far as these go."""
    assert root["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(root["info"])
    names = []
    for path, item in root["paths"].items():
        assert path.startswith("/")
        assert list(item) == ["get"]
        names.append(item["get"]["operationId"])
        inside = [one["name"] for one in item["get"]["parameters"] if one["in"] == "path"]
        assert inside == [part[1:-1] for part in path.split("/") if part.startswith("{")]
        keys = [(one["in"], one["name"]) for one in item["get"]["parameters"]]
        assert len(keys) == len(set(keys))
        assert all(one["schema"] for one in item["get"]["parameters"])
        assert all(answer["description"] for answer in item["get"]["responses"].values())
    assert len(names) == len(set(names))


@pytest.fixture
def published(authority: Organisation) -> Publication:
    record = make.practitioner("卓玛", authority, make.profession("律师"))
    row = make.publication(make.penalty(record, "青司罚〔2026〕9号"))
    worker.drain()
    return row


@pytest.fixture
def plan(db: None) -> DisclosurePage:
    load_site()
    worker.drain()
    page: DisclosurePage = DisclosurePage.objects.get(document_number="青政发〔2015〕11号")
    return page


@pytest.fixture
def public(client: Client) -> dict[str, Any]:
    root: dict[str, Any] = json.loads(client.get("/api/openapi.json").content)
    return root


def test_public_answers_are_as_described(
    client: Client, public: dict[str, Any], published: Publication, plan: DisclosurePage
) -> None:
    sound(public)
    profession = published.profession.code
    found = compared(client, public, "/api/search/", "/api/search/", q="卓玛")
    assert [(hit["ref"], hit["kind"]["code"]) for hit in found["results"]] == [(str(published.ref), "publication")]
    assert found["results"][0]["why"] == "姓名一致"
    whole = compared(client, public, "/api/register/{ref}/", found["results"][0]["api_url"])
    listed = compared(client, public, "/api/register/", "/api/register/", name="卓玛", profession=profession)
    assert listed["results"] == [whole]
    found = compared(client, public, "/api/search/", "/api/search/", q="行政许可", kind="disclosure", year=2015)
    assert [hit["ref"] for hit in found["results"]] == [str(plan.translation_key)]
    assert compared(client, public, "/api/disclosures/{ref}/", found["results"][0]["api_url"])["text"]
    seen: list[str] = []
    query: dict[str, Any] | None = {"limit": 2}
    while query:
        told = compared(client, public, "/api/disclosures/", "/api/disclosures/", **query)
        seen += [row["ref"] for row in told["results"]]
        query = {"limit": 2, "after": told["after"]} if told["after"] else None
    assert sorted(seen) == sorted(str(page.translation_key) for page in DisclosurePage.objects.live())
    assert not client.cookies


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/api/search/", {}, "bad_parameter"),
        ("/api/search/", {"q": "卓玛", "near": "1"}, "bad_parameter"),
        ("/api/search/", {"q": "卓玛", "unit_id": "1"}, "bad_parameter"),
        ("/api/search/", {"q": "卓玛", "kind": "file"}, "bad_parameter"),
        ("/api/search/", {"q": "卓玛", "after": "1"}, "bad_cursor"),
        ("/api/search/", {"q": "11010519491231002X"}, "identity_number"),
        ("/api/register/", {}, "bad_parameter"),
        ("/api/register/", {"name": "卓玛"}, "bad_parameter"),
        ("/api/register/", {"profession": "lawyer"}, "bad_parameter"),
        ("/api/disclosures/", {"after": "x"}, "bad_parameter"),
        ("/api/disclosures/", {"yaer": "2015"}, "bad_parameter"),
    ],
)
def test_a_wrong_question_is_a_problem(
    client: Client, public: dict[str, Any], path: str, query: dict[str, str], code: str
) -> None:
    told = compared(client, public, path, path, 400, **query)
    assert told["code"] == code
    assert query.get("q", "卓玛") not in json.dumps(told, ensure_ascii=False)


def test_a_withdrawn_record_is_gone_on_the_next_request(
    client: Client, public: dict[str, Any], published: Publication
) -> None:
    """H5: 410 with a tombstone that names nobody; the copy that a reader holds is void."""
    address = f"/api/register/{published.ref}/"
    first = client.get(address)
    kept = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=kept).status_code == 304
    with recording(by=None, reason="撤销"):
        published.state, published.withdrawal_reason = PublicationState.WITHDRAWN, WithdrawalReason.REVOKED
        published.save()
    assert client.get(address, headers=kept).status_code == 410
    told = compared(client, public, "/api/register/{ref}/", address, 410)
    assert "卓玛" not in json.dumps(told, ensure_ascii=False)
    assert told["reason"] == "决定撤销"
    assert compared(client, public, "/api/search/", "/api/search/", q="卓玛")["count"] == 0


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.combine(TODAY, time(10), ZoneInfo("Asia/Shanghai")), tick=False) as moved:
        yield moved


def test_staff_answers_are_as_described(reference: None, clock: time_machine.Traveller) -> None:
    """Existing lists and records, too; the search writes the page's line of the log."""
    scene: Province = province()
    decision, shown = scenes.in_force(scene), scenes.published(scene)
    assert shown.penalty is not None
    worker.drain()
    browser = scene.browser("reviewer")
    root = json.loads(browser.get("/staff/api/openapi.json").content)
    sound(root)
    rows: dict[str, Any] = {"files": scene.file, "decisions": decision, "practitioners": shown.penalty.record,
                            "publications": shown}  # fmt: skip
    for kind, row in rows.items():
        reader = browser if kind in ("files", "decisions") else scene.browser("regulator")
        listed, one = f"/staff/api/{kind}/", f"/staff/api/{kind}/{{ref}}/"
        assert compared(reader, root, listed, listed)["results"]
        compared(reader, root, one, one.replace("{ref}", str(row.ref)))
        compared(reader, root, one, one.replace("{ref}", "00000000-0000-4000-8000-000000000000"), 404)
    found = compared(browser, root, "/staff/api/search/", "/staff/api/search/", q=scene.file.name)
    assert str(scene.file.ref) in [hit["ref"] for hit in found["results"]]
    lines = ReadEntry.objects.filter(door="api.search", account=scene.reviewer)
    assert scene.file.pk in [pk for line in lines for pk in line.ids]
    nobody = compared(scene.browser("nobody"), root, "/staff/api/search/", "/staff/api/search/", q=scene.file.name)
    assert (nobody["count"], nobody["results"]) == (0, [])
    compared(Client(), root, "/staff/api/search/", "/staff/api/search/", 401, q="x")


# --- the limit of questions for persons ---------------------------------------------------------------------


def test_persons_are_asked_for_a_few_times_and_disclosures_without_limit(
    client: Client, settings: Settings, published: Publication, plan: DisclosurePage, public: dict[str, Any]
) -> None:
    settings.PERSON_SEARCH_LIMITS = ((600, 3), (86400, 100))
    with time_machine.travel(timezone.now(), tick=False):
        assert client.get("/search/", {"q": "卓玛"}).status_code == 200
        assert client.get("/search/", {"q": "查无此人"}).status_code == 200  # who finds nobody has asked all the same
        compared(client, public, "/api/search/", "/api/search/", q="卓玛")
        told = compared(client, public, "/api/search/", "/api/search/", 429, q="卓玛")
        assert 0 < told["retry_after"] <= 600
        compared(client, public, "/api/register/", "/api/register/", 429, document_no="青司罚〔2026〕9号")
        page = client.get("/search/", {"q": "卓玛"})
        assert (page.status_code, page.headers["Retry-After"]) == (429, str(told["retry_after"]))
        assert str(published.ref) not in page.content.decode()
        assert "查询人员的次数已满" in page.content.decode()
        assert "本系统无记录" not in page.content.decode()  # nobody looked (H16)
        assert plan.title in client.get("/search/", {"q": "信用体系"}).content.decode()
        assert client.get("/search/", {"q": "信用体系", "kind": "disclosure"}).status_code == 200
        register = client.get("/register/", {"document_no": "青司罚〔2026〕9号"})
        assert register.status_code == 429
        assert str(published.ref) not in register.content.decode()
        assert client.get("/search/", {"q": "卓玛"}, REMOTE_ADDR="192.0.2.9").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=601), tick=False):
        assert client.get("/search/", {"q": "卓玛"}).status_code == 200


def test_no_address_is_kept_and_yesterday_is_forgotten(client: Client, settings: Settings, rf: Any) -> None:
    settings.PERSON_SEARCH_LIMITS = ((600, 3),)
    request = rf.get("/", REMOTE_ADDR="203.0.113.7")
    with time_machine.travel("2026-03-01 12:00:00+08:00", tick=False):
        client.get("/search/", {"q": "卓玛"}, REMOTE_ADDR="203.0.113.7")
        (row,) = AskingCount.objects.all()
        assert "203.0.113.7" not in str(AskingCount.objects.values())
        today = digest_of(request, 600, 0.0)
    with time_machine.travel("2026-03-02 12:00:00+08:00", tick=False):
        assert digest_of(request, 600, 0.0) != today
        client.get("/search/", {"q": "卓玛"}, REMOTE_ADDR="203.0.113.7")
        assert not AskingCount.objects.filter(pk=row.pk).exists()
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")


# --- the feed ------------------------------------------------------------------------------------------------


def test_a_question_has_a_feed_without_persons(client: Client, published: Publication, plan: DisclosurePage) -> None:
    from defusedxml import ElementTree  # type: ignore[import-untyped]

    atom = "{http://www.w3.org/2005/Atom}"
    answer = client.get("/search/feed.atom", {"q": "信用", "year": "2015"})
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{atom}feed"
    entries = feed.findall(f"{atom}entry")
    assert [one.findtext(f"{atom}title") for one in entries] == [plan.title]
    for part in [feed, *entries]:
        assert all(part.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
        assert part.find(f"{atom}author/{atom}name") is not None
    kept = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/search/feed.atom", {"q": "信用", "year": "2015"}, headers=kept).status_code == 304
    assert "<entry>" not in client.get("/search/feed.atom", {"q": "卓玛"}).content.decode()
    assert "/search/feed.atom?q=" in client.get("/search/", {"q": "信用"}).content.decode()
    questions: list[dict[str, str]] = [{}, {"q": "11010519491231002X"}, {"q": "信用", "year": "x"}]
    for wrong in questions:
        assert client.get("/search/feed.atom", wrong).status_code == 400
    DisclosurePage.objects.filter(pk=plan.pk).update(live=False)
    again = client.get("/search/feed.atom", {"q": "信用", "year": "2015"}, headers=kept)
    assert again.status_code == 200
    assert plan.title not in again.content.decode()

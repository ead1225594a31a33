"""The staff page and the command: one path, clear refusals, the read log first."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from integrity.choices import Role
from integrity.models import Account, Organisation, ReadEntry
from search import worker
from tests.search import factories as make

pytestmark = pytest.mark.django_db
URL = "/staff/search/"


def page(account: Account, **query: str) -> tuple[int, str]:
    """The page of an address; purpose and case are typed into the form, for an address must not bring them."""
    client = Client()
    client.force_login(account)
    response: Any = client.post(URL, query, follow=True) if "purpose" in query else client.get(URL, query)
    return response.status_code, response.content.decode()


def find(*args: str, **options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("find", *args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_page_asks_for_a_sign_in(client: Client) -> None:
    assert client.get(URL, {"q": "丁一"}).status_code == 302


def test_a_clerk_finds_a_person_and_the_page_says_why(authority: Organisation) -> None:
    make.file("扎西多杰", authority, post_title="科长")
    worker.drain()
    clerk = make.officer(Role.CLERK, authority)
    status, html = page(clerk, q="zxdj")
    assert status == 200
    assert "扎西多杰" in html
    assert "拼音：zxdj" in html
    assert ReadEntry.objects.filter(account=clerk, door="staff.search", count=1).exists()
    assert "本系统无记录" in page(clerk, q="查无此人")[1]


def test_an_inspector_who_does_not_say_why_is_refused_clearly(authority: Organisation) -> None:
    of = make.file("丁一", authority)
    worker.drain()
    inspector = make.inspector(of, body=authority, reference="青纪案〔2026〕3号")
    status, html = page(inspector, q="丁一")
    assert status == 400
    assert "没有用途不能检索" in html
    assert "没有案件编号不能检索" in html
    assert "组织部" not in html
    status, html = page(inspector, q="丁一", purpose="核查线索", case="别的案号")
    assert "没有可检索的档案" in html
    status, html = page(inspector, q="丁一", purpose="核查线索", case="青纪案〔2026〕3号")
    assert status == 200
    assert "姓名一致" in html


def test_an_administrator_gets_the_same_empty_page(authority: Organisation) -> None:
    make.file("丁一", authority)
    worker.drain()
    status, html = page(make.officer(Role.SYSTEM_ADMIN, authority), q="丁一")
    assert status == 200
    assert "本系统无记录" in html


def test_find_prints_one_object_a_hit(authority: Organisation) -> None:
    of = make.file("曾国藩", authority)
    make.decision(of)
    worker.drain()
    reviewer = make.officer(Role.REVIEWER, authority)
    out, _err = find("zengguofan", "--as", reviewer.username, "--purpose", "核对", "--json")
    hits = [json.loads(line) for line in out.splitlines()]
    assert [hit["type"] for hit in hits] == ["decision", "file"]
    assert {hit["id"] for hit in hits if hit["type"] == "file"} == {str(of.ref)}
    assert all(hit["why"] for hit in hits)
    assert ReadEntry.objects.filter(account=reviewer, door="command.find", purpose="核对").exists()
    out, err = find("查无此人", "--as", reviewer.username, "--purpose", "核对")
    assert out == ""
    assert "本系统无记录" in err


def test_find_refuses_with_exit_code_2(authority: Organisation) -> None:
    of = make.file("丁一", authority)
    inspector = make.inspector(of, body=authority, reference="案1")
    admin = make.officer(Role.AUDIT_ADMIN, authority)
    for username, options, words in (
        ("没有此人", {"purpose": "核查"}, "没有可用的账户"),
        (admin.username, {"purpose": "核查"}, "没有检索内容的权限"),
        (inspector.username, {"purpose": "  "}, "用途"),
        (inspector.username, {"purpose": "核查"}, "案件编号"),
        (inspector.username, {"purpose": "核查", "case": "案2"}, "没有授权"),
    ):
        with pytest.raises(CommandError, match=words) as refused:
            find("丁一", account=username, **options)
        assert refused.value.returncode == 2
    assert ReadEntry.objects.filter(account=inspector, outcome="refused").count() == 2


def test_a_link_never_states_a_purpose(authority: Organisation) -> None:
    """Purpose and case are stated by a form the inspector sends; a GET keeps nothing of them."""
    of = make.file("丁一", authority)
    worker.drain()
    inspector = make.inspector(of, body=authority, reference="青纪案〔2026〕3号")
    client = Client()
    client.force_login(inspector)
    stated = {"q": "丁一", "purpose": "核查线索", "case": "青纪案〔2026〕3号"}
    client.get(URL, stated)
    assert not {"purpose", "case"} & set(client.session.keys())
    answer = client.post(URL, stated, follow=True)
    assert (client.session["purpose"], client.session["case"]) == ("核查线索", "青纪案〔2026〕3号")
    assert "姓名一致" in answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002X", "110105 19491231 0021", "查 １１０１０５１９４９１２３１００２ｘ", "110105491231002"],
)
def test_the_public_search_takes_no_identity_number(client: Client, db: None, typed: str) -> None:
    html = client.get("/search/", {"q": typed}).content.decode()
    assert "不按证件号码检索" in html
    assert typed not in html
    assert "491231" not in html


@pytest.mark.parametrize("typed", ["916301000000012345", "16301201010123456", "丁一"])
def test_numbers_of_licences_are_looked_up(client: Client, db: None, typed: str) -> None:
    assert "不按证件号码检索" not in client.get("/search/", {"q": typed}).content.decode()

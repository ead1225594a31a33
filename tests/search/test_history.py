"""Search history of one's own 检索记录: for whoever typed it, sealed, ended with the case; never an identity number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from integrity import cases
from integrity.choices import Role
from integrity.identifiers import TamperedError
from integrity.models import Account, Case, Organisation, recording
from search.desk import history
from search.models import PastSearch
from tests.factories import identity_number
from tests.search import factories as make

pytestmark = pytest.mark.django_db
SEARCH, URL = "/staff/search/", "/staff/search/history/"


def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def words_of(account: Account) -> list[str]:
    return [past.words for past in history.told(history.own_history(account))]


def page(client: Client) -> str:
    return str(client.get(URL).content.decode())


def test_what_one_searched_for_is_there_newest_first_and_once(authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority)
    client = browser(clerk)
    for words in ("扎西多杰", "才让卓玛", "扎西多杰"):
        client.get(SEARCH, {"q": words})
    assert words_of(clerk) == ["扎西多杰", "才让卓玛"]
    html = page(client)
    assert html.index("扎西多杰") < html.index("才让卓玛")


def test_nobody_else_sees_it(authority: Organisation) -> None:
    browser(make.officer(Role.CLERK, authority)).get(SEARCH, {"q": "扎西多杰"})
    assert "扎西多杰" not in page(browser(make.officer(Role.CLERK, authority)))
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        assert browser(make.officer(role, authority)).get(URL).status_code == 404


def test_the_table_holds_no_word_of_it(authority: Organisation) -> None:
    clerk, other = make.officer(Role.CLERK, authority), make.officer(Role.CLERK, authority)
    for account in (clerk, other):
        browser(account).get(SEARCH, {"q": "扎西多杰"})
    mine, others = PastSearch.objects.order_by("pk")
    assert "扎西多杰" not in str(list(PastSearch.objects.values()))
    assert bytes(mine.token) != bytes(others.token)
    assert mine.digest != others.digest, "equal words of two persons are not seen as equal"
    with pytest.raises(TamperedError):
        mine.opened("token", others.token)


@pytest.mark.parametrize("typed", [identity_number(1), f"扎西多杰 {identity_number(2)}"])
def test_an_identity_number_is_never_kept(authority: Organisation, typed: str) -> None:
    clerk = make.officer(Role.CLERK, authority)
    browser(clerk).get(SEARCH, {"q": typed})
    assert PastSearch.objects.count() == 0


def test_a_search_that_was_refused_is_not_kept(authority: Organisation) -> None:
    inspector = make.inspector(make.file("丁一", authority), body=authority, reference="案1")
    browser(inspector).post(SEARCH, {"q": "丁一", "purpose": "核查", "case": "别的案"}, follow=True)
    assert PastSearch.objects.count() == 0


def test_an_inspectors_words_end_with_the_case(authority: Organisation) -> None:
    inspector = make.inspector(make.file("丁一", authority), body=authority, reference="案1")
    client = browser(inspector)
    client.post(SEARCH, {"q": "丁一", "purpose": "核查线索", "case": "案1"}, follow=True)
    html = page(client)
    assert "核查线索" in html
    assert 'name="case" value="案1"' in html, "searched again, it states the same case"
    cases.close_case(case=Case.objects.get(reference="案1"), by=inspector, reason="办结")
    assert words_of(inspector) == []
    assert history.throw_away_old() == 1
    assert PastSearch.objects.count() == 0


def test_it_is_kept_for_some_time_and_to_some_length(authority: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 2)
    clerk = make.officer(Role.CLERK, authority)
    client = browser(clerk)
    for words in ("甲", "乙", "丙"):
        client.get(SEARCH, {"q": words})
    assert words_of(clerk) == ["丙", "乙"]
    with time_machine.travel(timezone.now() + history.KEPT + timedelta(minutes=1)):
        assert words_of(clerk) == []
        assert history.throw_away_old() == 2


def test_the_words_of_who_left_are_thrown_away(authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority)
    browser(clerk).get(SEARCH, {"q": "甲"})
    clerk.is_active = False
    with recording(by=None, reason="离任"):
        clerk.save()
    assert history.throw_away_old() == 1


def test_the_owner_clears_it_and_only_his(authority: Organisation) -> None:
    clerk, other = make.officer(Role.CLERK, authority), make.officer(Role.CLERK, authority)
    for account in (clerk, other):
        browser(account).get(SEARCH, {"q": "甲"})
    answer: Any = browser(clerk).post(f"{URL}clear/", {})
    assert answer.status_code == 302
    assert (words_of(clerk), words_of(other)) == ([], ["甲"])

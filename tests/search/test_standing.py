"""Saved searches and watches 保存的检索、关注名单: new hits within the scope, told in figures, to the owner alone."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from integrity import cases
from integrity.choices import Grade, RecordState, Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import Account, Assignment, Case, IntegrityFile, Organisation, ReadEntry, ReadSubject, recording
from search import worker
from search.desk import history, standing
from search.engines import EngineError
from search.models import Standing
from tests.search import factories as make

pytestmark = pytest.mark.django_db
URL = "/staff/search/kept/"


def browser(account: Account) -> Any:
    client = Client()
    client.force_login(account)
    return client


def saved(row: Any, reason: str = "测试") -> None:
    with recording(by=None, reason=reason):
        row.save()


def with_address(account: Account) -> Account:
    account.email = "someone@example.cn"
    saved(account)
    return account


def search_of(account: Account, words: str = "扎西", **fields: Any) -> Standing:
    given = {"title": "甲处名单", "purpose": "日常核查"} | fields
    return standing.save_search(by=account, words=words, **given)


def asked(row: Standing) -> int:
    """What the worker finds new in a round, and what is then new to the owner."""
    worker.drain()
    standing.ask_all()
    row.refresh_from_db()
    return row.news


# --- a saved search ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("each_engine")
def test_what_was_there_when_it_was_saved_is_no_news(authority: Organisation) -> None:
    make.file("扎西多杰", authority)
    worker.drain()
    row = search_of(make.officer(Role.CLERK, authority))
    assert asked(row) == 0
    make.file("扎西才让", authority)
    make.file("李援朝", authority)
    assert asked(row) == 1
    assert asked(row) == 1, "told once, new until it is looked at"


@pytest.mark.usefixtures("each_engine")
def test_news_is_what_the_scope_reaches_now(authority: Organisation, other_authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority, clearance=Grade.SENSITIVE)
    row = search_of(clerk)
    make.file("扎西多杰", other_authority)
    make.file("扎西才让", authority, grade=Grade.STRICT)
    recused = make.file("扎西卓玛", authority)
    make.recusal(clerk, recused.subject)
    assert asked(row) == 0
    of = make.file("扎西顿珠", authority)
    assert asked(row) == 1
    of.authority = other_authority
    saved(of)
    assert asked(row) == 0, "what left the scope before it was looked at is not counted"


def test_a_search_too_broad_to_follow_is_refused(authority: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_HITS", 1)
    make.file("扎西多杰", authority)
    worker.drain()
    clerk = make.officer(Role.CLERK, authority)
    row = search_of(clerk)
    make.file("扎西才让", authority)
    assert asked(row) == 0
    assert row.overfull
    assert "命中过多" in browser(clerk).get(URL).content.decode()
    with pytest.raises(ActRefused, match="多写几个字"):
        search_of(clerk)


def test_an_engine_that_is_down_loses_no_news(authority: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    row = search_of(make.officer(Role.CLERK, authority))
    make.file("扎西多杰", authority)
    worker.drain()

    def down(*args: object, **kwargs: object) -> None:
        raise EngineError("no answer")

    with monkeypatch.context() as broken:
        broken.setattr(standing, "asked_again", down)
        assert standing.ask_all().waiting == 1
        assert "检索服务暂不可用" in browser(row.account).get(f"{URL}{row.ref}/").content.decode()
    assert asked(row) == 1


# --- notices -------------------------------------------------------------------------------------------------


def test_a_mail_has_a_figure_no_name_and_no_word(authority: Organisation) -> None:
    clerk = with_address(make.officer(Role.CLERK, authority))
    row = search_of(clerk, "扎西多杰", title="关于扎西多杰", by_mail=True)
    make.file("扎西多杰", authority)
    asked(row)
    [sent] = mail.outbox
    assert sent.to == [clerk.email]
    assert "1 条新命中" in sent.body
    assert f"/staff/search/kept/{row.ref}/" in sent.body
    for closed in ("扎西", "甲县", "日常核查", clerk.display_name):
        assert closed not in f"{sent.subject}{sent.body}"
    asked(row)
    assert len(mail.outbox) == 1, "the same hits are told once"
    make.file("扎西多杰", authority)
    asked(row)
    assert "2 条新命中" in mail.outbox[1].body


def test_a_mail_that_was_not_taken_is_sent_again(authority: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    row = search_of(with_address(make.officer(Role.CLERK, authority)), by_mail=True)
    make.file("扎西多杰", authority)

    def refused(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected("closed")

    with monkeypatch.context() as broken:
        broken.setattr(standing, "send_mail", refused)
        assert asked(row) == 1
    assert mail.outbox == []
    asked(row)
    assert len(mail.outbox) == 1


def test_no_mail_without_wish_or_address(authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority)
    search_of(clerk, by_mail=True)
    row = search_of(with_address(make.officer(Role.CLERK, authority)), by_mail=False)
    make.file("扎西多杰", authority)
    assert asked(row) == 1
    assert mail.outbox == []
    assert 'name="by_mail"' not in browser(clerk).get(f"{URL}search/").content.decode()


def test_the_worklist_and_the_tabs_tell_the_figure(authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority)
    row = search_of(clerk, title="关于扎西")
    make.file("扎西多杰", authority)
    asked(row)
    html = browser(clerk).get("/staff/").content.decode()
    assert "有 1 条新命中" in html
    assert "扎西" not in html[html.index("新命中") - 200 : html.index("新命中") + 200]
    assert "新命中" not in browser(make.officer(Role.CLERK, authority)).get("/staff/").content.decode()


def test_a_row_is_told_in_the_log_when_it_tells_something(authority: Organisation) -> None:
    """A round that finds nothing new says nothing, and writes nothing; what is told is one line, in figures (H19)."""
    clerk = make.officer(Role.CLERK, authority)
    row = search_of(clerk)
    of = make.file("扎西多杰", authority)
    for _round in range(3):
        asked(row)
    [line] = ReadEntry.objects.filter(account=clerk, door=standing.DOOR)
    assert (line.count, line.ids, line.purpose) == (1, [], "日常核查")
    assert not ReadSubject.objects.filter(subject_id=of.subject_id).exists()
    browser(clerk).get(f"{URL}{row.ref}/")
    assert ReadSubject.objects.filter(subject_id=of.subject_id, entry__account=clerk).count() == 1


# --- the pages -----------------------------------------------------------------------------------------------


def test_saved_from_the_results_looked_at_and_marked_as_seen(authority: Organisation) -> None:
    make.file("扎西多杰", authority)
    worker.drain()
    clerk = make.officer(Role.CLERK, authority)
    client = browser(clerk)
    assert f'action="{URL}search/"' in client.get("/staff/search/", {"q": "扎西"}).content.decode()
    form = client.post(f"{URL}search/", {"begin": "1", "q": "扎西"}).content.decode()
    assert 'name="words" value="扎西"' in form
    assert Standing.objects.count() == 0
    nobody_yet = client.get("/staff/search/", {"q": "查无此人"}).content.decode()
    assert f'action="{URL}search/"' in nobody_yet, "what is not there yet is worth waiting for"
    answer = client.post(f"{URL}search/", {"title": "甲", "words": "扎西", "kind": "", "purpose": "日常核查"})
    row = Standing.objects.get()
    make.file("扎西才让", authority)
    asked(row)
    html = client.get(answer.url).content.decode()
    assert html.index("扎西才让") < html.index("扎西多杰"), "what is new comes first"
    keys = standing.memory_of(row).new
    make.file("扎西顿珠", authority)
    assert asked(row) == 2
    assert client.post(f"{answer.url}seen/", {"key": keys}).status_code == 302
    row.refresh_from_db()
    assert row.news == 1, "what came in while one looked stays new"
    assert client.post(f"{answer.url}end/", {}).status_code == 302
    assert Standing.objects.count() == 0


def test_a_row_is_its_owners_alone(authority: Organisation) -> None:
    row = search_of(make.officer(Role.CLERK, authority), title="甲处名单")
    colleague = browser(make.officer(Role.CLERK, authority))
    unknown = f"{URL}00000000-0000-4000-8000-000000000000/"
    for door in ("", "end/"):
        refused, absent = colleague.get(f"{URL}{row.ref}/{door}"), colleague.get(f"{unknown}{door}")
        assert (refused.status_code, refused.content) == (absent.status_code, absent.content)
        assert refused.status_code == 404
    assert colleague.post(f"{URL}{row.ref}/seen/", {"key": "file:1"}).status_code == 404
    assert "甲处名单" not in colleague.get(URL).content.decode()
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        assert browser(make.officer(role, authority)).get(f"{URL}{row.ref}/").status_code == 404


def test_the_table_tells_neither_words_nor_whom_they_found(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    worker.drain()
    clerk = make.officer(Role.CLERK, authority)
    search_of(clerk, title="关于扎西")
    watch = standing.save_watch(by=clerk, title="扎西等人", purpose="日常核查")
    standing.put_on(watch, of)
    stored = "".join(str(values) for values in Standing.objects.values())
    assert standing.content_of(Standing.objects.get(pk=watch.pk)).persons == (str(of.subject_id),)
    for closed in ("扎西", str(of.subject_id), f"file:{of.pk}"):
        assert closed not in stored


# --- with the case -------------------------------------------------------------------------------------------


def in_case(authority: Organisation) -> tuple[Account, IntegrityFile, Standing]:
    of = make.file("扎西多杰", authority)
    worker.drain()
    inspector = with_address(make.inspector(of, body=authority, reference="案1"))
    row = search_of(inspector, purpose="核查线索", case="案1", by_mail=True)
    return inspector, of, row


def test_an_inspector_states_purpose_and_case(authority: Organisation) -> None:
    inspector, _of, row = in_case(authority)
    assert (row.purpose, row.case) == ("核查线索", Case.objects.get(reference="案1"))
    for purpose, case in (("核查线索", ""), ("", "案1"), ("核查线索", "案2")):
        with pytest.raises(ActRefused):
            search_of(inspector, purpose=purpose, case=case)


def test_news_of_a_case_are_of_its_granted_files(authority: Organisation) -> None:
    _inspector, of, row = in_case(authority)
    make.decision(make.file("扎西才让", authority))
    assert asked(row) == 0
    make.decision(of)
    assert asked(row) == 1
    line = ReadEntry.objects.filter(door=standing.DOOR).get()
    assert (line.case, line.purpose) == (row.case, "核查线索")


def test_everything_ends_with_the_case(authority: Organisation) -> None:
    inspector, of, row = in_case(authority)
    make.decision(of)
    assert asked(row) == 1
    mail.outbox.clear()
    cases.close_case(case=row.case or Case(), by=inspector, reason="办结")
    make.decision(of)
    assert asked(row) == 1, "not asked again"
    assert mail.outbox == []
    assert standing.news_of(inspector) == 0
    assert browser(inspector).get(f"{URL}{row.ref}/").status_code == 404
    call_command("work_desk", stdout=StringIO())
    assert Standing.objects.count() == 0


def test_a_grant_that_was_cut_stops_the_news(authority: Organisation) -> None:
    inspector, of, row = in_case(authority)
    make.decision(of)
    assert asked(row) == 1
    grant = Case.objects.get(reference="案1").grants.get()
    cases.cut_grant(grant=grant, by=make.officer(Role.INSPECTOR, authority), reason="终止")
    make.decision(of)
    assert asked(row) == 1
    assert standing.news_of(inspector) == 0
    client = browser(inspector)
    assert client.get(f"{URL}{row.ref}/").status_code == 404
    assert "授权已终止" in client.get(URL).content.decode()
    assert "新命中</strong>" not in client.get("/staff/").content.decode()


def test_an_account_that_was_closed_is_not_asked_for(authority: Organisation) -> None:
    clerk = with_address(make.officer(Role.CLERK, authority))
    row = search_of(clerk, by_mail=True)
    clerk.is_active = False
    saved(clerk)
    make.file("扎西多杰", authority)
    assert asked(row) == 0
    assert mail.outbox == []
    assert standing.throw_away_old() == 1


def test_what_is_kept_ends_with_the_duty_too(authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority)
    other = search_of(make.officer(Role.CLERK, authority))
    search_of(clerk)
    browser(clerk).get("/staff/search/", {"q": "扎西"})
    duty = Assignment.objects.get(account=clerk)
    duty.valid_to = timezone.localdate() - timedelta(days=1)
    saved(duty)
    assert standing.throw_away_old() + history.throw_away_old() == 2
    assert Standing.objects.get() == other


def test_two_workers_send_one_mail(authority: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    row = search_of(with_address(make.officer(Role.CLERK, authority)), by_mail=True)
    make.file("扎西多杰", authority)
    worker.drain()
    standing.ask(row)
    sent = []

    def meanwhile(*args: object, **kwargs: object) -> None:
        sent.append(args)
        assert standing.tell_by_mail(row.pk) == 0

    monkeypatch.setattr(standing, "send_mail", meanwhile)
    assert standing.tell_by_mail(row.pk) == 1
    assert len(sent) == 1


# --- a watch -------------------------------------------------------------------------------------------------


def watch_with(clerk: Account, *files: IntegrityFile) -> Standing:
    row = standing.save_watch(by=clerk, title="拟任人选", purpose="任前核查")
    for of in files:
        standing.put_on(row, of)
    row.refresh_from_db()
    return row


def test_a_watch_tells_of_new_records_and_changed_states(authority: Organisation) -> None:
    of, other = make.file("扎西多杰", authority), make.file("才让卓玛", authority)
    earlier = make.decision(of)
    row = watch_with(make.officer(Role.REVIEWER, authority), of)
    assert asked(row) == 0
    make.decision(other)
    assert asked(row) == 0
    make.decision(of)
    assert asked(row) == 1
    earlier.state = RecordState.REVOKED
    earlier.ended_reason = "撤销"
    saved(earlier)
    assert asked(row) == 2


def test_a_long_list_is_never_too_broad(authority: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_HITS", 1)
    files = [make.file(name, authority) for name in ("扎西多杰", "才让卓玛", "李援朝")]
    row = watch_with(make.officer(Role.REVIEWER, authority), *files)
    make.decision(files[2])
    assert asked(row) == 1


def test_a_person_put_on_later_hides_no_news_of_the_others(authority: Organisation) -> None:
    first, second = make.file("扎西多杰", authority), make.file("才让卓玛", authority)
    make.decision(second)
    row = watch_with(make.officer(Role.REVIEWER, authority), first)
    make.decision(first)
    standing.put_on(row, second)
    assert asked(row) == 1


def test_sealed_and_foreign_records_are_no_news(authority: Organisation, other_authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    row = watch_with(make.officer(Role.REVIEWER, authority), of)
    make.decision(of, sealed=True)
    make.practitioner("扎西多杰", other_authority, make.profession(), person=of.subject)
    assert asked(row) == 0


def test_put_on_and_off_from_the_record(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    clerk = make.officer(Role.CLERK, authority)
    client = browser(clerk)
    address = f"/staff/search/watch/file/{of.ref}/"
    assert address in client.get(f"/staff/files/{of.ref}/").content.decode()
    assert client.get(address).url == f"{URL}watch/"
    made = client.post(f"{URL}watch/", {"title": "拟任人选", "purpose": "任前核查"})
    row = Standing.objects.get()
    assert "拟任人选" in client.get(address).content.decode()
    assert client.post(address, {"into": str(row.ref)}).url == made.url
    html = client.get(made.url).content.decode()
    assert "扎西多杰" in html
    off = f"{made.url}persons/{of.subject_id}/off/"
    assert off in html
    assert client.post(off).status_code == 302
    assert "扎西多杰" not in client.get(made.url).content.decode()
    assert client.post(off).status_code == 404


def test_nobody_is_put_on_whom_one_may_not_see(authority: Organisation, other_authority: Organisation) -> None:
    clerk = make.officer(Role.CLERK, authority)
    row = watch_with(clerk)
    foreign = make.file("扎西多杰", other_authority)
    with pytest.raises(ActRefused):
        standing.put_on(row, foreign)
    client = browser(clerk)
    assert client.get(f"/staff/search/watch/file/{foreign.ref}/").status_code == 404
    colleague = make.officer(Role.CLERK, authority)
    mine = make.file("才让卓玛", authority)
    watch_with(colleague)
    answer = browser(colleague).post(f"/staff/search/watch/file/{mine.ref}/", {"into": str(row.ref)})
    assert answer.status_code == 422, "another's list is no choice"


def test_a_row_thrown_away_meanwhile_is_refused(authority: Organisation) -> None:
    row = search_of(make.officer(Role.CLERK, authority))
    standing.end(Standing.objects.get(pk=row.pk))
    with pytest.raises(NotAdmitted):
        standing.ask(row)


def test_the_worker_says_what_it_did_in_figures(authority: Organisation) -> None:
    search_of(make.officer(Role.CLERK, authority), "扎西")
    make.file("扎西多杰", authority)
    worker.drain()
    out = StringIO()
    call_command("work_desk", stdout=out)
    assert "核查 1 项，新命中 1 条" in out.getvalue()
    assert "扎西" not in out.getvalue()

"""The folder of a case 案卷夹: opens nothing, ends with the case; each reader sees what the own grants reach."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from integrity import cases
from integrity.choices import Grade, Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import TamperedError
from integrity.models import Account, Case, IntegrityFile, Organisation, ReadEntry, ReadSubject, recording
from search import worker
from search.desk import folder
from search.models import FolderItem, FolderNote, Kind
from tests.search import factories as make

pytestmark = pytest.mark.django_db
URL = "/staff/search/folder/"


def browser(account: Account, *, case: str = "案1", purpose: str = "核查线索") -> Any:
    client = Client()
    client.force_login(account)
    if case:
        client.post("/staff/purpose/", {"purpose": purpose, "case": case})
    return client


def scope(account: Account, case: str = "案1") -> Any:
    return folder.scope_in_case(account, purpose="核查线索", case=case)


def titles(account: Account) -> list[str]:
    return [line.hit.title for line in folder.lines(scope(account), reader=account)]


def scene(body: Organisation) -> tuple[Account, Account, IntegrityFile, IntegrityFile]:
    """Two inspectors of one case: both are let into the first file, one of them into the second."""
    first, second = make.file("扎西多杰", body), make.file("才让卓玛", body)
    one = make.inspector(first, second, body=body, reference="案1")
    other = make.inspector(first, body=body, reference="案1")
    return one, other, first, second


def test_a_record_goes_in_from_its_page_with_a_note(authority: Organisation) -> None:
    one, other, first, _second = scene(authority)
    worker.drain()
    client = browser(one)
    address = f"{URL}put/file/{first.ref}/"
    assert address in client.get(f"/staff/files/{first.ref}/").content.decode()
    assert address in client.get("/staff/search/?q=扎西多杰").content.decode()
    assert "扎西多杰" in client.get(address).content.decode()
    assert client.post(address, {"note": "核对2023年报告"}).status_code == 302
    assert client.post(address, {"note": ""}).status_code == 302, "once more it is the same record"
    html = browser(other).get(URL).content.decode()
    assert "扎西多杰" in html
    assert "核对2023年报告" in html
    assert FolderItem.objects.count() == 1


def test_each_reader_sees_what_the_own_grants_reach(authority: Organisation) -> None:
    """Another's record is neither shown nor counted, and its notes are closed with it (案件授权逐人逐件)."""
    one, other, first, second = scene(authority)
    strict = make.decision(second)
    for kind, record in ((Kind.FILE, first), (Kind.FILE, second), (Kind.DECISION, strict)):
        folder.put_in(scope(one), kind, record, by=one, note=f"关于{record}")
    assert len(titles(one)) == 3
    assert titles(other) == ["扎西多杰"]
    html = browser(other).get(URL).content.decode()
    assert "才让卓玛" not in html
    assert strict.document_no not in html
    hidden = FolderItem.objects.get(kind=Kind.FILE, object_id=second.pk)
    for door in ("note/", "out/"):
        assert browser(other).get(f"{URL}{hidden.ref}/{door}").status_code == 404


def test_only_records_of_the_case_go_in(authority: Organisation, other_authority: Organisation) -> None:
    one, _other, _first, _second = scene(authority)
    foreign = make.file("李援朝", other_authority)
    sealed = make.decision(_first, sealed=True)
    for kind, record in ((Kind.FILE, foreign), (Kind.DECISION, sealed)):
        with pytest.raises(ActRefused):
            folder.put_in(scope(one), kind, record, by=one)
    assert browser(one).get(f"{URL}put/file/{foreign.ref}/").status_code == 404
    assert FolderItem.objects.count() == 0


def test_another_duty_of_an_inspector_opens_nothing_here(authority: Organisation) -> None:
    """Who is a clerk beside it reaches the authority's files, yet the folder is the case's."""
    one, _other, _first, _second = scene(authority)
    make.assignment(one, Role.CLERK, authority)
    mine = make.file("马秀英", authority)
    with pytest.raises(ActRefused):
        folder.put_in(scope(one), Kind.FILE, mine, by=one)
    FolderItem.objects.create(case=Case.objects.get(reference="案1"), kind=Kind.FILE, object_id=mine.pk, put_by=one)
    assert titles(one) == []


@pytest.mark.parametrize("case", ["", "案2", "案3"])
def test_it_opens_by_the_stated_case_alone(authority: Organisation, case: str) -> None:
    one, _other, first, _second = scene(authority)
    folder.put_in(scope(one), Kind.FILE, first, by=one)
    make.inspector(make.file("丁一", authority), body=authority, reference="案2")
    html = browser(one, case=case).get(URL).content.decode()
    assert "请先写明用途和案件编号" in html
    assert "扎西多杰" not in html
    assert ReadEntry.objects.filter(account=one, outcome="refused").exists()
    with pytest.raises(NotAdmitted):
        scope(one, case)


def test_nobody_else_has_a_folder(authority: Organisation) -> None:
    one, _other, first, _second = scene(authority)
    folder.put_in(scope(one), Kind.FILE, first, by=one, note="要点")
    for role in (Role.CLERK, Role.REVIEWER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        client = browser(make.officer(role, authority))
        assert client.get(URL).status_code == 404
        assert client.get(f"{URL}put/file/{first.ref}/").status_code == 404
    stranger = make.officer(Role.INSPECTOR, make.organisation("另一监委"))
    assert "要点" not in browser(stranger).get(URL).content.decode()
    granted_nothing = make.officer(Role.INSPECTOR, authority)
    assert "要点" not in browser(granted_nothing).get(URL).content.decode()


def test_the_folder_is_closed_with_the_case_and_then_empty(authority: Organisation) -> None:
    one, _other, first, _second = scene(authority)
    folder.put_in(scope(one), Kind.FILE, first, by=one, note="要点")
    held = scope(one)
    cases.close_case(case=Case.objects.get(reference="案1"), by=one, reason="办结")
    assert folder.lines(held, reader=one) == [], "also for who held a scope while it was open"
    html = browser(one).get(URL).content.decode()
    assert "要点" not in html
    assert "扎西多杰" not in html
    assert folder.throw_away_old() == 1
    assert FolderItem.objects.count() + FolderNote.objects.count() == 0


def test_a_grant_that_was_cut_closes_its_record_here(authority: Organisation) -> None:
    one, other, first, second = scene(authority)
    for record in (first, second):
        folder.put_in(scope(one), Kind.FILE, record, by=one)
    grant = Case.objects.get(reference="案1").grants.get(user=one, content_object=second)
    cases.cut_grant(grant=grant, by=other, reason="终止")
    assert titles(one) == ["扎西多杰"]


def test_a_grade_above_the_clearance_is_closed_here_too(authority: Organisation) -> None:
    one, _other, first, _second = scene(authority)
    folder.put_in(scope(one), Kind.FILE, first, by=one)
    first.grade = Grade.SEALED
    with recording(by=None, reason="定级"):
        first.save()
    assert titles(one) == []


def test_notes_are_sealed_and_bound_to_their_row(authority: Organisation) -> None:
    one, _other, first, _second = scene(authority)
    item = folder.put_in(scope(one), Kind.FILE, first, by=one, note="核对礼金登记")
    folder.write_note(item, by=one, text="第二条")
    assert "核对礼金登记" not in str(list(FolderNote.objects.values()))
    earlier, later = FolderNote.objects.order_by("pk")
    with pytest.raises(TamperedError):
        later.opened("token", earlier.token)


def test_a_note_is_its_authors_and_a_record_with_others_notes_stays(authority: Organisation) -> None:
    one, other, first, _second = scene(authority)
    item = folder.put_in(scope(one), Kind.FILE, first, by=one, note="甲")
    client = browser(other)
    assert client.post(f"{URL}{item.ref}/note/", {"note": "乙"}).status_code == 302
    mine, others = FolderNote.objects.order_by("pk")
    assert client.post(f"{URL}{item.ref}/notes/{mine.ref}/away/").status_code == 404
    assert client.get(f"{URL}{item.ref}/out/").status_code == 404, "not by him who did not put it in"
    assert browser(one).post(f"{URL}{item.ref}/out/", {}).status_code == 422
    assert client.post(f"{URL}{item.ref}/notes/{others.ref}/away/").status_code == 302
    assert browser(one).post(f"{URL}{item.ref}/out/", {}).status_code == 302
    assert FolderItem.objects.count() == 0


def test_an_empty_note_is_no_note(authority: Organisation) -> None:
    one, _other, first, _second = scene(authority)
    item = folder.put_in(scope(one), Kind.FILE, first, by=one)
    assert browser(one).post(f"{URL}{item.ref}/note/", {"note": "  "}).status_code == 422
    assert FolderNote.objects.count() == 0


def test_each_look_is_in_the_log_with_purpose_and_case(authority: Organisation) -> None:
    one, _other, first, second = scene(authority)
    for record in (first, second):
        folder.put_in(scope(one), Kind.FILE, record, by=one)
    browser(one).get(URL)
    line = ReadEntry.objects.filter(account=one, door="staff.FolderPage").get()
    assert (line.purpose, line.case, line.count) == ("核查线索", Case.objects.get(reference="案1"), 2)
    assert set(ReadSubject.objects.filter(entry=line).values_list("subject_id", flat=True)) == {
        first.subject_id, second.subject_id,
    }  # fmt: skip


def test_nothing_of_the_folder_enters_the_record(authority: Organisation) -> None:
    """A note is no source (H3): neither the file's history nor the index learns of it."""
    from search.models import SearchDocument

    one, _other, first, _second = scene(authority)
    before = first.history.count()
    folder.put_in(scope(one), Kind.FILE, first, by=one, note="独一无二的备注")
    worker.drain()
    assert first.history.count() == before
    assert not SearchDocument.objects.filter(text__contains="独一无二").exists()

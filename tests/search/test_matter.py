"""Persons of one matter 同案人员: shared document, number or matter, within the scope; never a finding (H9)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from integrity.access import scope_for
from integrity.choices import Act, RecordState, Role
from integrity.models import Account, Decision, Matter, Organisation, Penalty, ReadEntry, ReadSubject, recording
from search.desk.matter import others_in
from tests.search import factories as make

pytestmark = pytest.mark.django_db
NUMBER = "某监政处〔2024〕17号"


def browser(account: Account) -> Any:
    client = Client()
    client.force_login(account)
    return client


def saved(row: Any, **columns: Any) -> Any:
    for name, value in columns.items():
        setattr(row, name, value)
    with recording(by=None, reason="测试"):
        row.save()
    return row


def others(row: Decision | Penalty, reader: Account) -> list[tuple[str, str]]:
    return [(other.name, other.reasons) for other in others_in(row, scope_for(reader, Act.SEARCH))]


def decided(name: str, authority: Organisation, number: str = "", **columns: Any) -> Decision:
    return make.decision(make.file(name, authority), number, **columns)


def test_the_same_number_in_any_brackets(authority: Organisation) -> None:
    row = decided("扎西多杰", authority, NUMBER)
    body = row.deciding_authority
    saved(decided("才让卓玛", authority, "某监政处[2024]17号"), deciding_authority=body)
    saved(decided("李援朝", authority, "某监政处〔2024〕18号"), deciding_authority=body)
    reader = make.officer(Role.REVIEWER, authority)
    assert others(row, reader) == [("才让卓玛", "文号相同")]


def test_another_organs_same_number_is_said_to_be_anothers(authority: Organisation) -> None:
    row = decided("扎西多杰", authority, NUMBER)
    decided("才让卓玛", authority, NUMBER)
    assert others(row, make.officer(Role.REVIEWER, authority)) == [("才让卓玛", "文号相同，决定机关不同，请核对")]


def test_a_number_without_a_year_is_nobodys_mark(authority: Organisation) -> None:
    row = decided("扎西多杰", authority, "第1号")
    decided("才让卓玛", authority, "第1号")
    assert others(row, make.officer(Role.REVIEWER, authority)) == []


def test_a_matter_and_a_document_join_party_and_government(authority: Organisation) -> None:
    matter = saved(Matter(title="某工程"))
    row = saved(decided("扎西多杰", authority), matter=matter)
    saved(decided("才让卓玛", authority), matter=matter, document=row.document)
    law = make.profession()
    penalty = make.penalty(make.practitioner("韩梅", authority, law), "某司罚〔2024〕3号")
    saved(penalty, matter=matter)
    reader = make.officer(Role.REVIEWER, authority)
    assert others(row, reader) == [("才让卓玛", "同一事项；同一文书")]
    make.assignment(reader, Role.REGULATOR, authority, profession=law)
    assert others(row, reader) == [("才让卓玛", "同一事项；同一文书"), ("韩梅", "同一事项")]
    assert [name for name, _why in others(penalty, reader)] == ["才让卓玛", "扎西多杰"]


def test_the_persons_own_other_decisions_are_no_others(authority: Organisation) -> None:
    row = decided("扎西多杰", authority, NUMBER)
    make.decision(row.file, NUMBER)
    assert others(row, make.officer(Role.REVIEWER, authority)) == []


def test_only_within_the_scope(authority: Organisation, other_authority: Organisation) -> None:
    row = decided("扎西多杰", authority, NUMBER)
    decided("才让卓玛", other_authority, NUMBER)
    decided("李援朝", authority, NUMBER, sealed=True)
    decided("马秀英", authority, NUMBER, state=RecordState.DRAFT)
    kept_from = decided("韩梅", authority, NUMBER)
    clerk = make.officer(Role.CLERK, authority)
    make.recusal(clerk, kept_from.subject)
    assert others(row, clerk) == []
    address = f"/staff/search/matter/decision/{row.ref}/"
    html = browser(clerk).get(address).content.decode()
    assert "没有同案人员" in html
    foreign = decided("王玉树", other_authority, NUMBER)
    assert browser(clerk).get(f"/staff/search/matter/decision/{foreign.ref}/").status_code == 404


def test_an_inspector_sees_those_of_the_case(authority: Organisation) -> None:
    row, granted = decided("扎西多杰", authority, NUMBER), decided("才让卓玛", authority, NUMBER)
    decided("李援朝", authority, NUMBER)
    inspector = make.inspector(row.file, granted.file, body=authority, reference="案1")
    client = browser(inspector)
    address = f"/staff/search/matter/decision/{row.ref}/"
    assert client.get(address).status_code == 404, "no purpose, no case"
    client.post("/staff/purpose/", {"purpose": "核查线索", "case": "案1"})
    html = client.get(address).content.decode()
    assert "才让卓玛" in html
    assert "李援朝" not in html
    lines = ReadEntry.objects.filter(account=inspector, door="staff.MatterPage", case__isnull=False)
    seen = set(ReadSubject.objects.filter(entry__in=lines).values_list("subject_id", flat=True))
    assert seen == {row.subject_id, granted.subject_id}
    assert set(lines.values_list("purpose", flat=True)) == {"核查线索"}


def test_the_decisions_page_leads_there(authority: Organisation) -> None:
    row = decided("扎西多杰", authority, NUMBER)
    decided("才让卓玛", authority, NUMBER)
    client = browser(make.officer(Role.REVIEWER, authority))
    address = f"/staff/search/matter/decision/{row.ref}/"
    assert address in client.get(f"/staff/decisions/{row.ref}/").content.decode()
    html = client.get(address).content.decode()
    assert "才让卓玛" in html
    assert "不表示共同行为" in html
    assert f'href="/staff/decisions/{row.ref}/"' in html

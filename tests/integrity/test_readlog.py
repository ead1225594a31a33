"""The read log 查阅日志 (H19; assurance 3.3): one line before each answer, refusals too; no line, no answer."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from integrity import access, cases, emergencies
from integrity.access import log_read, open_one, reveal_identifier, scope_for
from integrity.choices import Act, Grade, ReadOutcome, Role
from integrity.exceptions import ClosedDoor, NotAdmitted
from integrity.models import Decision, IntegrityFile, ReadEntry, append_only
from integrity.models.door import writing
from search import worker
from search.models import World
from search.query import count, search, suggest
from tests import factories
from tests.integrity import scenes
from tests.personas import Province

pytestmark = pytest.mark.django_db


def last(account: Any) -> ReadEntry:
    line: ReadEntry = ReadEntry.objects.filter(account=account).order_by("-pk")[0]
    return line


def test_opening_one_names_who_why_what_and_by_which_path(scene: Province) -> None:
    open_one(
        scene.inspector_with_case, Act.READ, IntegrityFile.objects.all(), door="staff.file", purpose="审查调查",
        case=scene.case.reference, ref=scene.file.ref,
    )  # fmt: skip
    line = last(scene.inspector_with_case)
    assert (line.act, line.door, line.model, line.ids) == ("read", "staff.file", "integrityfile", [scene.file.pk])
    assert line.subject_ids == [str(scene.person.pk)]
    assert (line.purpose, line.case, line.count, line.outcome) == ("审查调查", scene.case, 1, ReadOutcome.SHOWN)
    assert scene.case.reference in line.clause


@pytest.mark.parametrize("name", Province.DO_NOT_SEE)
def test_a_refusal_is_logged_with_what_was_asked_for(scene: Province, name: str) -> None:
    with pytest.raises(NotAdmitted):
        open_one(getattr(scene, name), Act.READ, IntegrityFile.objects.all(), door="staff.file", ref=scene.file.ref)
    line = last(getattr(scene, name))
    assert (line.outcome, line.ids, line.count) == (ReadOutcome.REFUSED, [str(scene.file.ref)], 0)
    assert line.subject_ids == []  # the log itself must not tell that the file exists


def test_a_standing_office_states_its_purpose_by_itself(scene: Province) -> None:
    open_one(scene.clerk, Act.READ, IntegrityFile.objects.all(), door="t", ref=scene.file.ref)
    assert last(scene.clerk).purpose == access.STANDING_PURPOSE[Role.CLERK]


def test_a_search_logs_ids_and_a_digest_of_the_words(scene: Province) -> None:
    worker.drain()
    text = scene.person.name
    search(World.STAFF, text, scope=scope_for(scene.clerk, Act.SEARCH))
    line = last(scene.clerk)
    assert (line.model, line.ids, line.act) == ("integrityfile", [scene.file.pk], "search")
    assert len(line.query_hash) == 64
    for field in ReadEntry._meta.concrete_fields:
        assert text not in str(getattr(line, field.attname)), field.name


@pytest.mark.parametrize("ask", ["count", "suggest", "nothing found", "no clause"])
def test_counts_suggestions_and_empty_answers_are_logged_too(scene: Province, ask: str) -> None:
    worker.drain()
    account = scene.nobody if ask == "no clause" else scene.clerk
    scope = scope_for(account, Act.SEARCH)
    before = ReadEntry.objects.count()
    if ask == "count":
        count(World.STAFF, scene.person.name, scope=scope)
    elif ask == "suggest":
        suggest(scope, scene.person.name)
    else:
        search(World.STAFF, "无此人" if ask == "nothing found" else scene.person.name, scope=scope)
    assert ReadEntry.objects.count() == before + 1
    assert last(account).outcome == (ReadOutcome.REFUSED if ask == "no clause" else ReadOutcome.SHOWN)


def test_an_identity_number_is_revealed_by_a_logged_act(scene: Province) -> None:
    number = factories.identity_number(3)
    row = factories.identifier(scene.person, number)
    assert reveal_identifier(scene.clerk, row, scene.file, purpose="核实身份", door="staff.reveal") == number
    line = last(scene.clerk)
    assert (line.act, line.model, line.ids, line.purpose) == ("reveal", "subjectidentifier", [row.pk], "核实身份")
    assert number not in str([getattr(line, field.attname) for field in ReadEntry._meta.concrete_fields])


@pytest.mark.parametrize(
    ("who", "purpose"),
    [
        ("clerk", ""),
        ("low_clearance_clerk", "核实"),
        ("clerk_of_other_authority", "核实"),
        ("inspector_with_case", "核实"),
        ("subject_himself", "核实"),
        ("superuser", "核实"),
    ],
)
def test_a_refused_reveal_shows_nothing_and_is_logged(scene: Province, who: str, purpose: str) -> None:
    row = factories.identifier(scene.person)
    with pytest.raises(NotAdmitted):
        reveal_identifier(getattr(scene, who), row, scene.file, purpose=purpose, door="staff.reveal")
    assert last(getattr(scene, who)).outcome == ReadOutcome.REFUSED


def test_a_number_of_somebody_else_is_not_revealed_through_an_own_file(scene: Province) -> None:
    row = factories.identifier(factories.subject("他人"))
    with pytest.raises(NotAdmitted):
        reveal_identifier(scene.clerk, row, scene.file, purpose="核实", door="staff.reveal")


def test_looking_for_files_to_grant_is_logged(scene: Province) -> None:
    found = cases.find_files(
        case=scene.case, by=scene.second_inspector, name=scene.person.name, unit=scene.authority.name, door="cases"
    )
    assert found == [scene.file]
    assert (last(scene.second_inspector).ids, last(scene.second_inspector).act) == ([scene.file.pk], "grant")


PAGES = ["/staff/", "/staff/files/", "/staff/decisions/", "/staff/files/{file}/", "/staff/decisions/{decision}/"]


@pytest.mark.parametrize("page", PAGES)
def test_each_staff_page_with_content_writes_its_line(scene: Province, page: str) -> None:
    decision = scenes.in_force(scene)
    browser = scene.browser("reviewer")
    before = ReadEntry.objects.filter(account=scene.reviewer).count()
    answer = browser.get(page.format(file=scene.file.ref, decision=decision.ref))
    assert answer.status_code == 200
    assert scene.person.name in answer.text
    lines = ReadEntry.objects.filter(account=scene.reviewer)
    assert lines.count() > before
    assert str(scene.person.pk) in {subject for line in lines for subject in line.subject_ids}
    assert all(line.address for line in lines)


@pytest.mark.parametrize("page", PAGES)
def test_no_line_no_answer(scene: Province, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """N11: with the log made unwritable no page answers."""
    decision = scenes.in_force(scene)
    browser = scene.browser("reviewer")

    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ReadEntry, "save", full)
    answer = browser.get(page.format(file=scene.file.ref, decision=decision.ref))
    assert answer.status_code == 503
    assert scene.person.name not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("verb", ["UPDATE integrity_{0} SET id = id", "DELETE FROM integrity_{0}"])
@pytest.mark.parametrize("table", ["readentry", "readsubject", "historicalintegrityfile", "historicalassignment"])
def test_no_sql_rewrites_or_cuts_log_or_history(scene: Province, verb: str, table: str) -> None:
    """N4: triggers of the database, on both of them; the ORM is not asked, and the door of writes stands open."""
    open_one(scene.clerk, Act.READ, IntegrityFile.objects.all(), door="t", ref=scene.file.ref)
    statement = verb.format(table)
    if table.startswith("historical"):
        statement = statement.replace("SET id = id", "SET history_change_reason = 'x'")
    past = pytest.raises(DatabaseError, match="append-only")
    with past, transaction.atomic(), writing(), connection.cursor() as cursor:  # past the application's own door
        cursor.execute(statement)


def test_every_append_only_table_has_its_triggers_again_after_a_rebuild() -> None:
    """SQLite drops triggers with a table it rebuilds; the next migration run puts them back."""
    assert append_only.install() == len(append_only.tables()) > 30
    assert {"integrity_readentry", "integrity_readsubject", "integrity_historicalaccount"} <= set(append_only.tables())


def newest_line() -> int:
    return ReadEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def named_by(account: Any, since: int) -> set[str]:
    """Whom the lines of this account since then are about."""
    lines = ReadEntry.objects.filter(account=account, pk__gt=since)
    return {subject for line in lines for subject in line.subject_ids}


def test_a_publication_is_a_reading_of_the_person_of_its_source(scene: Province) -> None:
    """What the offices read of somebody before it is public stands in that person's own log."""
    row = scenes.proposed(scene)
    assert row.penalty is not None
    for page in (f"/staff/publications/{row.ref}/", "/staff/publications/"):
        since = newest_line()
        assert scene.browser("secrecy_reviewer").get(page).status_code == 200
        assert str(row.penalty.subject_id) in named_by(scene.secrecy_reviewer, since)


def test_the_other_decisions_of_a_matter_are_a_reading_of_their_persons(scene: Province) -> None:
    decision = scenes.in_force(scene)
    other = factories.file(scene.authority, by=scene.clerk, name="马秀英")
    factories.decision(other, by=scene.clerk, matter=decision.matter, document_no="青监政处〔2026〕4号")
    since = newest_line()
    page = scene.browser("reviewer").get(f"/staff/decisions/{decision.ref}/")
    assert "青监政处〔2026〕4号" in page.text
    assert {str(scene.person.pk), str(other.subject_id)} <= named_by(scene.reviewer, since)


def test_a_request_for_emergency_reading_is_logged_where_it_is_decided(scene: Province) -> None:
    asker = scene.clerk_of_other_authority
    row = emergencies.ask(by=asker, ref=scene.file.ref, reason="突发事件")
    page = scene.browser("reviewer").get(f"/staff/emergencies/{row.ref}/decide/")
    assert "突发事件" in page.text
    assert (last(scene.reviewer).model, last(scene.reviewer).ids) == ("breakglass", [row.pk])


def test_equal_words_have_equal_digests_that_nobody_can_guess(scene: Province) -> None:
    lines = [log_read(scope_for(scene.clerk, Act.SEARCH), door="t", model=Decision, query="扎西") for _once in range(2)]
    assert lines[0].query_hash == lines[1].query_hash != hashlib.sha256("扎西".encode()).hexdigest()


def test_the_log_is_append_only(scene: Province) -> None:
    line = log_read(scope_for(scene.clerk, Act.LIST), door="t", model=Decision, count=3)
    with pytest.raises(ClosedDoor):
        line.save()
    with pytest.raises(ClosedDoor):
        line.delete()
    with pytest.raises(ClosedDoor):
        ReadEntry.objects.filter(pk=line.pk).update(door="x")
    assert Grade.SEALED > Grade.STRICT

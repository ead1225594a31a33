"""Lines of the doors 入口逐条 (H19, docs/read-log.md): fetch, check and log; emergency hours; Django's `has_perm`."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, models
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrity.access import ScopeBackend, doors, log_read, open_one, reveal_identifier, scope_for
from integrity.choices import Act, Grade, ReadOutcome, RecordState, Role
from integrity.exceptions import NotAdmitted, ReadLogUnavailable
from integrity.identifiers import keyed_digest
from integrity.models import Account, Appraisal, BreakGlass, IntegrityFile, Publication, ReadEntry, SubjectIdentifier
from tests import factories
from tests.access.test_rule_lines import objection, publication, reaches
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import TODAY, raw
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
FILES: Any = IntegrityFile.objects


def request_from(address: str = "192.0.2.7", number: str = "r-1") -> HttpRequest:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    request.request_id = number  # type: ignore[attr-defined]  # the frame's middleware sets it
    return request


def last() -> ReadEntry:
    line: ReadEntry = ReadEntry.objects.order_by("-pk")[0]
    return line


# --- emergency reading ------------------------------------------------------------


def opened(scene: Province, **columns: Any) -> BreakGlass:
    """A file of this authority, opened to the clerk of another."""
    now = timezone.now()
    given = {
        "file": scene.file, "authority": scene.authority, "asked_by": scene.clerk_of_other_authority,
        "office": scene.other_authority, "reason": "紧急",
        "max_grade": Grade.STRICT, "state": "opened", "decided_by": scene.reviewer,
        "opened_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(hours=23),
    }  # fmt: skip
    return saved(BreakGlass(**given | columns))


def test_an_emergency_opens_one_file_and_its_parts_for_reading(scene: Province) -> None:
    row = opened(scene)
    asker = scene.clerk_of_other_authority
    part, draft = (
        factories.appraisal(scene.file, by=scene.clerk, year=year, state=state)
        for year, state in ((2024, RecordState.IN_FORCE), (2025, RecordState.DRAFT))
    )
    foreign = factories.file(scene.authority, by=scene.clerk)
    assert reaches(asker, scene.file)
    assert reaches(asker, part)
    assert not reaches(asker, draft)
    assert not reaches(asker, foreign)
    assert [act.value for act in Act if reaches(asker, scene.file, act)] == ["read"]
    clause = scope_for(asker, Act.READ).clause_for(scene.file)
    assert clause is not None
    assert row.closes_at is not None
    assert (clause.why, clause.role) == (f"紧急查阅{row.pk}", "emergency")
    assert clause.until == timezone.localtime(row.closes_at).date()


def test_the_clause_ends_on_the_local_day(scene: Province) -> None:
    """Ten in the evening in UTC is tomorrow here."""
    raw(opened(scene), closes_at=datetime(2026, 6, 1, 22, tzinfo=UTC))
    clause = scope_for(scene.clerk_of_other_authority, Act.READ).clause_for(scene.file)
    assert clause is not None
    assert clause.until == date(2026, 6, 2)


@pytest.mark.parametrize(
    "columns",
    [
        {"closes_at": timedelta(0)},
        {"opened_at": timedelta(seconds=1)},
        {"state": "asked"},
        {"state": "cut"},
        {"max_grade": Grade.PUBLIC},
    ],
    ids=["over", "not yet", "only asked", "cut", "above its grade"],
)
def test_outside_of_its_hours_and_grade_it_opens_nothing(scene: Province, columns: dict[str, Any]) -> None:
    moved = {key: timezone.now() + one if isinstance(one, timedelta) else one for key, one in columns.items()}
    opened(scene, **moved)
    assert not reaches(scene.clerk_of_other_authority, scene.file)


def test_two_emergencies_at_once_open_two_files(scene: Province) -> None:
    opened(scene)
    other = factories.file(scene.authority, by=scene.clerk)
    opened(scene, file=other)
    assert reaches(scene.clerk_of_other_authority, scene.file)
    assert reaches(scene.clerk_of_other_authority, other)


def test_it_is_its_askers_alone(scene: Province) -> None:
    opened(scene)
    assert not reaches(scene.reviewer_of_other_authority, scene.file)


@pytest.mark.parametrize(
    ("persona", "seen"),
    [
        ("reviewer_of_other_authority", True),
        ("inspector_without_case", False),
        ("regulator", False),
        ("objection_officer", False),
        ("publisher", False),
        ("secrecy_reviewer", False),
        ("nobody", False),
        ("system_admin", False),
    ],
)
def test_only_officers_of_files_keep_what_an_emergency_opened(scene: Province, persona: str, seen: bool) -> None:
    """Whatever else somebody does in the office that asked: it ends with the duty over files."""
    account = getattr(scene, persona)
    opened(scene, asked_by=account, office=account.organisation or scene.other_authority)
    assert reaches(account, scene.file) is seen


def test_an_emergency_ends_with_the_duty_it_was_asked_in(scene: Province) -> None:
    """The same work in another office does not keep it."""
    opened(scene)
    asker = scene.clerk_of_other_authority
    raw(asker.assignments.get(), authority=scene.bureau)
    assert not scope_for(asker, Act.READ).empty
    assert not reaches(asker, scene.file)


def test_an_organisation_officer_elsewhere_too(scene: Province) -> None:
    officer = assigned(factories.account(), Role.ORGANISATION_OFFICER, scene.other_authority)
    opened(scene, asked_by=officer)
    assert reaches(officer, scene.file)


# --- the line ------------------------------------------------------------


def test_an_open_file_is_one_line_with_everything(scene: Province) -> None:
    inspector = scene.inspector_with_case
    found = open_one(
        inspector, Act.READ, FILES.all(), door="staff.file", purpose="审查调查", case=scene.case,
        request=request_from(), ref=scene.file.ref,
    )  # fmt: skip
    line = last()
    assert found == scene.file
    assert (line.account, line.act, line.door, line.model) == (inspector, "read", "staff.file", "integrityfile")
    assert (line.ids, line.count, line.grade) == ([scene.file.pk], 1, Grade.INTERNAL)
    assert (line.clause, line.purpose, line.case) == (f"案件 {scene.case.reference}", "审查调查", scene.case)
    assert (line.outcome, line.address, line.request_id) == ("shown", "192.0.2.7", "r-1")
    assert (line.query_hash, line.subject_ids) == ("", [str(scene.person.pk)])


@pytest.mark.parametrize("there", [True, False], ids=["forbidden", "absent"])
def test_refused_and_absent_are_one_line_and_one_answer(scene: Province, there: bool) -> None:
    ref = scene.file.ref if there else scene.person.pk
    with pytest.raises(NotAdmitted):
        open_one(scene.nobody, Act.READ, FILES.all(), door="staff.file", request=request_from(), ref=ref)
    line = last()
    assert (line.account, line.outcome, line.ids, line.count) == (scene.nobody, "refused", [str(ref)], 0)
    assert (line.clause, line.grade, line.subject_ids, line.address) == ("", None, [], "192.0.2.7")


def test_purpose_and_case_are_asked_by_the_door(scene: Province) -> None:
    for given in ({"purpose": "审查"}, {"case": scene.case}, {}):
        with pytest.raises(NotAdmitted):
            open_one(scene.inspector_with_case, Act.READ, FILES.all(), door="t", ref=scene.file.ref, **given)


def test_a_list_is_one_line_of_all_its_rows(scene: Province) -> None:
    rows = [scene.file, factories.file(scene.authority, by=scene.clerk, grade=Grade.STRICT)]
    scope = scope_for(scene.clerk, Act.LIST)
    line = log_read(scope, door="t", model=IntegrityFile, rows=[*rows, rows[0]])
    assert (line.ids, line.count, line.grade) == ([rows[0].pk, rows[1].pk, rows[0].pk], 3, Grade.STRICT)
    assert line.subject_ids == sorted({str(row.subject_id) for row in rows})
    assert line.clause == f"岗位授权{scene.clerk.assignments.get().pk}"
    assert (line.purpose, line.case, line.address, line.request_id) == ("档案日常管理", None, None, "")


def test_a_count_is_said_and_nothing_counted_is_nought(scene: Province) -> None:
    scope = scope_for(scene.clerk, Act.LIST)
    assert log_read(scope, door="t", model=IntegrityFile, rows=[scene.file], count=70).count == 70
    assert log_read(scope, door="t", model=IntegrityFile, rows=[scene.file], count=0).count == 0
    empty = log_read(scope, door="t", model=IntegrityFile, ids=["a", 2])
    assert (empty.count, empty.ids, empty.grade, empty.clause) == (0, ["a", 2], None, "")


def test_rows_that_the_scope_does_not_reach_name_no_clause(scene: Province) -> None:
    line = log_read(scope_for(scene.nobody, Act.LIST), door="t", model=IntegrityFile, rows=[scene.file])
    assert line.clause == ""
    assert line.ids == [scene.file.pk]


def test_rows_without_grade_or_subject_are_logged_by_id(scene: Province) -> None:
    record = scenes.practitioner(scene)
    row = publication(record, scene)
    line = log_read(scope_for(scene.publisher, Act.READ), door="t", model=Publication, rows=[row])
    person = [str(record.subject_id)]
    assert (line.ids, line.grade, line.subject_ids, line.model) == ([row.pk], None, person, "publication")


def test_a_line_is_about_the_persons_of_its_rows_and_those_named_beside_them(scene: Province) -> None:
    """Whoever was proposed as the same person was looked at too, and finds the line in the own log."""
    beside, record = factories.subject(), factories.file(scene.authority, by=scene.clerk)
    line = log_read(
        scope_for(scene.clerk, Act.LIST), door="t", model=IntegrityFile, rows=[scene.file],
        about=[beside.pk, scene.person.pk], refs=[record.ref],
    )  # fmt: skip
    assert line.subject_ids == sorted([str(beside.pk), str(scene.person.pk)])
    assert line.refs == sorted([str(scene.file.ref), str(record.ref)])


def test_a_number_asked_for_in_vain_finds_its_line_and_names_nobody(scene: Province) -> None:
    """The log must not tell that there is a record of this number, nor whose it is."""
    with pytest.raises(NotAdmitted):
        open_one(scene.nobody, Act.READ, FILES.all(), door="t", ref=scene.file.ref)
    assert (last().refs, last().subject_ids) == ([str(scene.file.ref)], [])
    line = log_read(
        scope_for(scene.nobody, Act.READ), door="t", model=IntegrityFile, ids=["没有", 7, str(scene.file.ref)]
    )
    assert [(row.subject_id, row.ref) for row in line.subjects.all()] == [(None, scene.file.ref)]


def test_a_publication_read_is_about_its_own_person_alone(scene: Province) -> None:
    record, other = (scenes.practitioner(scene) for _one in range(2))
    row, _beside = publication(record, scene), publication(other, scene)
    line = log_read(scope_for(scene.publisher, Act.READ), door="t", model=Publication, rows=[row])
    assert line.subject_ids == [str(record.subject_id)]


# --- what let the rows of a line in ---------------------------------------------------------------


def test_a_line_says_what_let_its_first_row_in(scene: Province) -> None:
    assigned(scene.clerk, Role.CLERK, scene.other_authority)
    here, there = (f"岗位授权{row.pk}" for row in scene.clerk.assignments.order_by("pk"))
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    scope = scope_for(scene.clerk, Act.LIST)
    for rows, why in (([scene.file, foreign], here), ([foreign, scene.file], there)):
        assert log_read(scope, door="t", model=IntegrityFile, rows=rows).clause == why


def test_a_first_row_that_nothing_let_in_is_not_covered_by_the_next(scene: Province) -> None:
    """Such a line stands out: it names no reason."""
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    line = log_read(scope_for(scene.clerk, Act.LIST), door="t", model=IntegrityFile, rows=[foreign, scene.file])
    assert line.clause == ""


def test_a_list_of_an_office_is_no_reading_of_the_own_record(scene: Province) -> None:
    """Wherever the own rows stand in it; with nothing but own rows it is one."""
    officer = assigned(scene.subject_himself, Role.REVIEWER, scene.authority)
    other = factories.appraisal(factories.file(scene.authority, by=scene.clerk), by=scene.clerk)
    own = [factories.appraisal(scene.file, by=scene.clerk, year=year) for year in (2023, 2024)]
    office = f"岗位授权{officer.assignments.get().pk}"
    for rows, why in (([*own, other], office), ([other, *own], office), (own, "本人")):
        line = log_read(scope_for(officer, Act.LIST), door="t", model=Appraisal, rows=rows)
        assert line.clause == why, rows


def test_words_asked_for_are_a_digest(scene: Province) -> None:
    line = log_read(scope_for(scene.clerk, Act.SEARCH), door="t", model=IntegrityFile, query="扎西")
    assert line.query_hash == keyed_digest("扎西", purpose="read-log-query")


def test_a_long_purpose_is_cut_and_an_emergency_says_so(scene: Province) -> None:
    scope = scope_for(scene.clerk, Act.READ, purpose="长" * 300)
    assert log_read(scope, door="t", model=IntegrityFile, rows=[scene.file]).purpose == "长" * 200
    opened(scene)
    asker = scope_for(scene.clerk_of_other_authority, Act.READ)
    assert log_read(asker, door="t", model=IntegrityFile, rows=[scene.file]).purpose == "紧急查阅"
    assert log_read(asker, door="t", model=IntegrityFile).purpose == "档案日常管理"


def test_a_request_without_an_address_or_a_number(scene: Province) -> None:
    scope = scope_for(scene.clerk, Act.READ)
    line = log_read(scope, door="t", model=IntegrityFile, request=request_from(address=""))
    assert (line.address, line.request_id) == (None, "r-1")
    bare = HttpRequest()
    assert log_read(scope, door="t", model=IntegrityFile, request=bare).request_id == ""


@pytest.mark.parametrize("fault", [DatabaseError("gone"), OSError("disk full")])
def test_no_line_no_answer(scene: Province, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        raise fault

    monkeypatch.setattr(ReadEntry, "save", full)
    with pytest.raises(ReadLogUnavailable):
        open_one(scene.clerk, Act.READ, FILES.all(), door="t", ref=scene.file.ref)


@pytest.mark.parametrize("inside", [True, False])
def test_the_line_and_its_people_are_one(scene: Province, monkeypatch: pytest.MonkeyPatch, inside: bool) -> None:
    """In a transaction of somebody's that one decides; else the line brings one."""
    begun: list[str] = []

    @contextmanager
    def atomic() -> Any:
        begun.append("transaction")
        yield

    monkeypatch.setattr(doors, "connection", SimpleNamespace(in_atomic_block=inside))
    monkeypatch.setattr(doors, "transaction", SimpleNamespace(atomic=atomic))
    log_read(scope_for(scene.clerk, Act.READ), door="t", model=IntegrityFile, rows=[scene.file])
    assert begun == ([] if inside else ["transaction"])


# --- identity numbers ------------------------------------------------------------


def test_a_number_is_revealed_from_clearance_three_on(scene: Province) -> None:
    row = factories.identifier(scene.person)
    raw(scene.clerk.assignments.get(), clearance=Grade.SENSITIVE)
    number = reveal_identifier(scene.clerk, row, scene.file, purpose="核实", door="t", request=request_from())
    line = last()
    assert number == row.number()
    assert (line.model, line.ids, line.outcome, line.purpose) == ("subjectidentifier", [row.pk], "shown", "核实")
    assert (line.address, line.subject_ids, line.act) == ("192.0.2.7", [str(scene.person.pk)], "reveal")


@pytest.mark.parametrize(
    ("persona", "purpose"),
    [("low_clearance_clerk", "核实"), ("clerk", "  "), ("clerk_of_other_authority", "核实"), ("nobody", "核实")],
)
def test_a_number_refused_is_a_line(scene: Province, persona: str, purpose: str) -> None:
    row = factories.identifier(scene.person)
    with pytest.raises(NotAdmitted):
        reveal_identifier(getattr(scene, persona), row, scene.file, purpose=purpose, door="t", request=request_from())
    line = last()
    assert (line.outcome, line.ids, line.account) == (ReadOutcome.REFUSED, [row.pk], getattr(scene, persona))
    assert (line.model, line.address) == ("subjectidentifier", "192.0.2.7")


def test_a_number_of_somebody_else_is_not_shown_through_the_own_file(scene: Province) -> None:
    row = factories.identifier(factories.subject("他人"))
    before = ReadEntry.objects.count()
    with pytest.raises(NotAdmitted):
        reveal_identifier(scene.clerk, row, scene.file, purpose="核实", door="t")
    assert ReadEntry.objects.count() == before
    assert SubjectIdentifier.objects.unscoped(reason="测试").filter(pk=row.pk).exists()


def test_an_erased_number_is_shown_to_nobody(scene: Province) -> None:
    """Nothing was shown, so the log tells of no showing."""
    row = factories.identifier(scene.person)
    raw(row, token=b"")
    row.refresh_from_db()
    before = ReadEntry.objects.count()
    with pytest.raises(NotAdmitted):
        reveal_identifier(scene.clerk, row, scene.file, purpose="核实", door="t")
    assert ReadEntry.objects.count() == before


# --- has_perm ------------------------------------------------------------------------------------------------------


def view(row: models.Model) -> str:
    return f"integrity.view_{row._meta.model_name}"


def test_has_perm_is_the_rule(scene: Province) -> None:
    record = scenes.practitioner(scene)
    penalty = factories.penalty(record, by=scene.regulator, state=RecordState.VOIDED)
    for row, persona, seen in (
        (scene.file, "clerk", True),
        (scene.file, "clerk_of_other_authority", False),
        (scene.file, "subject_himself", True),
        (scene.file, "inspector_with_case", True),  # whatever case: a grant is looked for
        (scene.file, "inspector_without_case", False),
        (scene.file, "superuser", False),
        (penalty, "regulator", True),
        (penalty, "clerk", False),
        (objection(scene), "objection_officer", True),
    ):
        assert getattr(scene, persona).has_perm(view(row), row) is seen, (row, persona)
        assert ScopeBackend().has_perm(getattr(scene, persona), view(row), row) is seen, (row, persona)


def test_has_perm_looks_for_any_open_case(scene: Province) -> None:
    """The first grant is of a closed case, the second of an open one."""
    raw(scene.case, closed_on=TODAY)
    assert not scene.inspector_with_case.has_perm(view(scene.file), scene.file)
    other = factories.case(scene.inspection, reference="青纪立〔2026〕8号")
    factories.case_grant(other, inspector=scene.inspector_with_case, file=scene.file, granted_by=scene.second_inspector)
    assert scene.inspector_with_case.has_perm(view(scene.file), scene.file)


def test_has_perm_looks_at_no_other_inspector_and_no_other_file(
    scene: Province, django_assert_num_queries: Any
) -> None:
    """What else is granted costs no question: neither to others on this file nor to this inspector on others."""
    inspector, colleague = scene.inspector_without_case, scene.inspector_with_case
    raw(scene.case, closed_on=TODAY)
    with CaptureQueriesContext(connection) as alone:
        assert not ScopeBackend().has_perm(inspector, view(scene.file), scene.file)
    for number in range(3):
        other = factories.case(scene.inspection, reference=f"青纪立〔2026〕9{number}号")
        for who, file in ((colleague, scene.file), (inspector, factories.file(scene.authority, by=scene.clerk))):
            factories.case_grant(other, inspector=who, file=file, granted_by=scene.second_inspector)
    with django_assert_num_queries(len(alone)):
        assert not ScopeBackend().has_perm(inspector, view(scene.file), scene.file)


def test_has_perm_knows_one_permission_and_one_row(scene: Province) -> None:
    backend = ScopeBackend()
    for permission in (
        "integrity.change_integrityfile",
        "integrity.delete_integrityfile",
        "integrity.view_penalty",
        "",
    ):
        assert not backend.has_perm(scene.clerk, permission, scene.file)
    assert not backend.has_perm(scene.clerk, view(scene.file), None)
    assert not backend.has_perm(AnonymousUser(), view(scene.file), scene.file)
    closed = Account.objects.get(pk=scene.clerk.pk)
    closed.is_active = False
    assert not backend.has_perm(closed, view(scene.file), scene.file)
    assert not closed.has_perm(view(scene.file), scene.file)
    backend.authenticate(None, username="clerk", password="x")  # signs nobody in
    assert authenticate(None, username="clerk", password="x") is None


def test_the_own_record_beside_one_that_is_not_admitted_stays_an_own_reading(scene: Province) -> None:
    other = factories.file(scene.other_authority, by=scene.clerk_of_other_authority)
    scope = scope_for(scene.subject_himself, Act.READ)
    assert log_read(scope, door="t", model=IntegrityFile, rows=[scene.file, other]).clause == "本人"

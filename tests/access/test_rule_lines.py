"""Lines of the rule 访问规则逐条 (domain §10, docs/access.md): role × act × rows, one short test a line.

The table is said here a second time, in plain words; every answer is asked of one object and of the database.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from integrity import access
from integrity.access import recused_subjects, scope_for
from integrity.choices import (
    Act,
    FileStatus,
    Grade,
    LeadingPost,
    ObjectionState,
    PublicationState,
    RecordState,
    Role,
    RuleKind,
)
from integrity.exceptions import NotAdmitted
from integrity.models import (
    Account,
    Assignment,
    IntegrityFile,
    Kinship,
    LegalBasis,
    Objection,
    Organisation,
    PractitionerRecord,
    Publication,
    Recusal,
    RuleSet,
)
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import TODAY, raw
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
READING = {"list", "read", "search"}
ENTERING = READING | {"reveal", "establish", "enter", "import"}
APPROVING = READING | {"reveal", "export", "approve", "revoke", "erase"}
#: Who may do what to the row that is theirs: persona → (row, acts). Not named here: nothing to anything.
MAY: dict[str, tuple[str, set[str]]] = {
    "clerk": ("file", ENTERING),
    "reviewer": ("file", APPROVING),
    "organisation_officer": ("file", ENTERING | APPROVING),
    "inspector_with_case": ("file", READING),
    "subject_himself": ("file", {"list", "read", "object"}),
    "regulator": ("record", ENTERING | APPROVING | {"propose", "serve"}),
    "objection_officer": ("objection", READING),
    "secrecy_reviewer": ("publication", READING | {"review_publication"}),
    "publisher": ("publication", READING | {"publish"}),
}
NOTHING = (
    "clerk_of_other_authority", "reviewer_of_other_authority", "inspector_without_case", "second_inspector",
    "superuser", "system_admin", "security_admin", "audit_admin", "nobody",
)  # fmt: skip


def reaches(
    account: Account, row: Any, act: Act = Act.READ, *, purpose: str = "审查", case: Any = None, **more: Any
) -> bool:
    """What the rule says of one object; the database must say the same."""
    scope = scope_for(account, act, purpose=purpose, case=case, **more)
    one: bool = scope.admits(row)
    rows: Any = Publication.objects.filter(scope.condition(Publication)) if isinstance(row, Publication) else None
    rows = type(row).objects.within(scope) if rows is None else rows
    assert bool(rows.filter(pk=row.pk).exists()) is one, f"list and object differ: {account} {act} {row!r}"
    return bool(one)


def office(role: Role, authority: Organisation, **columns: Any) -> Account:
    return assigned(factories.account(organisation=authority), role, authority, **columns)


def objection(scene: Province, **columns: Any) -> Objection:
    given = {
        "file": scene.file, "subject": scene.person, "authority": scene.authority, "kind": "wrong_text",
        "text": "有误", "lodged_on": TODAY, "entered_by": scene.clerk, "grade": Grade.SENSITIVE,
    }  # fmt: skip
    return saved(Objection(**given | columns))


def about(record: PractitionerRecord, **columns: Any) -> dict[str, Any]:
    return {"file": None, "record": record, "subject": record.subject} | columns


def publication(record: PractitionerRecord, scene: Province, **columns: Any) -> Publication:
    source = {} if "licence" in columns else {"penalty": factories.penalty(record, by=scene.regulator)}
    given = {
        "profession": record.profession, "authority": record.authority, "title": "公示", "name": record.name,
        "projection": {}, "digest": "0" * 64, "state": PublicationState.PROPOSED, "proposed_by": scene.regulator,
    }  # fmt: skip
    return saved(Publication(**given | source | columns))


def row_of(kind: str, scene: Province) -> Any:
    """The row of each kind that the offices of the scene are there for."""
    if kind == "file":
        return scene.file
    if kind == "objection":
        return objection(scene)
    record = scenes.practitioner(scene)
    return record if kind == "record" else publication(record, scene)


# --- role × act -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", MAY)
def test_each_role_does_its_acts_and_no_other(scene: Province, persona: str) -> None:
    kind, acts = MAY[persona]
    row, account = row_of(kind, scene), getattr(scene, persona)
    assert {act.value for act in Act if reaches(account, row, act, case=scene.case)} == acts


@pytest.mark.parametrize("persona", [*MAY, *NOTHING])
def test_no_role_reaches_what_is_not_of_its_kind(scene: Province, persona: str) -> None:
    """A regulator reaches no file, a file officer no practitioner, the public's offices nothing but publications."""
    account = getattr(scene, persona)
    own = {MAY.get(persona, ("", set()))[0]} | ({"publication"} if persona == "regulator" else set())
    own |= {"objection"} if persona in ("clerk", "reviewer", "organisation_officer", "inspector_with_case") else set()
    own |= {"objection"} if persona == "subject_himself" else set()
    for kind in ("file", "record", "objection", "publication"):
        seen = reaches(account, row_of(kind, scene), case=scene.case)
        assert seen is (kind in own), kind


@pytest.mark.parametrize("role", [Role.TIP_DESK, Role.EDITOR, Role.EXCHANGE_OPERATOR])
def test_roles_of_later_parts_reach_nothing(scene: Province, role: Role) -> None:
    account = office(role, scene.authority)
    assert all(scope_for(account, act).empty for act in Act)


def test_an_authority_over_both_kinds_of_rows_keeps_them_apart(scene: Province) -> None:
    """One unit manages a file and a practitioner: its clerk opens the one, its regulator the other."""
    regulator, clerk = office(Role.REGULATOR, scene.authority), scene.clerk
    record = factories.practitioner(scene.authority, by=regulator, of=scene.profession)
    for_file, for_record = objection(scene), objection(scene, **about(record))
    assert reaches(clerk, for_file)
    assert not reaches(clerk, record)
    assert not reaches(clerk, for_record)
    assert reaches(regulator, record)
    assert reaches(regulator, for_record)
    assert not reaches(regulator, scene.file)
    assert not reaches(regulator, for_file)
    assert not reaches(clerk, publication(record, scene))


# --- authority, grade, professions, drafts -----------------------------------------------------------------------


def test_the_authority_of_today_decides(scene: Province) -> None:
    assert not reaches(scene.clerk_of_other_authority, scene.file)
    raw(scene.file, authority=scene.other_authority)
    scene.file.refresh_from_db()
    assert reaches(scene.clerk_of_other_authority, scene.file)
    assert not reaches(scene.clerk, scene.file)


def test_offices_at_two_authorities_reach_both_each_up_to_its_clearance(scene: Province) -> None:
    both = office(Role.CLERK, scene.authority, clearance=Grade.INTERNAL)
    assigned(both, Role.CLERK, scene.other_authority, clearance=Grade.STRICT)
    same = office(Role.CLERK, scene.authority)
    assigned(same, Role.CLERK, scene.other_authority)
    for authority in (scene.authority, scene.other_authority):
        row = factories.file(authority, by=scene.clerk, grade=Grade.STRICT)
        assert reaches(same, row)
        assert reaches(both, row) is (authority == scene.other_authority)


@pytest.mark.parametrize("persona", ["low_clearance_clerk", "inspector_with_case", "subject_himself"])
def test_no_grade_above_the_clearance(scene: Province, persona: str) -> None:
    highest = Grade.INTERNAL if persona == "low_clearance_clerk" else Grade.STRICT
    for grade in Grade:
        raw(scene.file, grade=grade)
        scene.file.refresh_from_db()
        assert reaches(getattr(scene, persona), scene.file, case=scene.case) is (grade <= highest), grade


def test_a_clearance_bounds_cases_and_disputes_too(scene: Province) -> None:
    for persona, row in (("inspector_with_case", scene.file), ("objection_officer", objection(scene))):
        account = getattr(scene, persona)
        raw(account.assignments.get(), clearance=Grade.PUBLIC)
        assert not reaches(account, row, case=scene.case)


def test_a_regulator_of_one_profession_reaches_that_one_alone(scene: Province) -> None:
    other = factories.profession("nurse", "护士")
    everyone = office(Role.REGULATOR, scene.bureau)
    for profession, seen in ((scene.profession, True), (other, False)):
        record = factories.practitioner(scene.bureau, by=scene.regulator, of=profession)
        rows = (record, publication(record, scene), objection(scene, **about(record, authority=scene.bureau)))
        for row in rows:
            assert reaches(scene.regulator, row) is seen, row
            assert reaches(everyone, row), row


def test_a_profession_bounds_no_office_of_files(scene: Province) -> None:
    raw(scene.clerk.assignments.get(), profession=scene.profession)
    assert reaches(scene.clerk, scene.file)


def test_publications_of_another_authority_are_closed(scene: Province) -> None:
    raw(scene.bureau, name="省司法厅")
    record = factories.practitioner(scene.authority, by=scene.regulator, of=scene.profession)
    row = publication(record, scene)
    assert not any(reaches(getattr(scene, name), row) for name in ("regulator", "publisher", "secrecy_reviewer"))


def test_a_publisher_of_one_profession_publishes_that_one(scene: Province) -> None:
    raw(scene.publisher.assignments.get(), profession=factories.profession("nurse", "护士"))
    assert not reaches(scene.publisher, publication(scenes.practitioner(scene), scene))


#: A state past the draft that asks for no proofs: these lines are about who may look.
PAST_DRAFT = RecordState.VOIDED
DRAFTS = (RecordState.DRAFT, RecordState.SUBMITTED, RecordState.RETURNED, RecordState.DISCARDED)


@pytest.mark.parametrize(
    ("persona", "own", "others"),
    [
        ("clerk", True, False),
        ("reviewer", True, True),
        ("organisation_officer", True, True),
        ("inspector_with_case", False, False),
        ("subject_himself", False, False),
    ],
)
def test_drafts_are_their_authors_and_those_who_check(scene: Province, persona: str, own: bool, others: bool) -> None:
    account = getattr(scene, persona)
    for first, author, seen in ((2000, account, own), (2010, scene.second_clerk, others)):
        for year, state in enumerate(DRAFTS, first):
            row = factories.appraisal(scene.file, by=author, year=year, state=state)
            assert reaches(account, row, case=scene.case) is seen, (author, state)
        assert reaches(account, factories.appraisal(scene.file, by=author, year=first + 9), case=scene.case)


def test_drafts_of_files_and_of_practitioners_alike(scene: Province) -> None:
    draft: dict[str, Any] = {"status": FileStatus.DRAFT, "established_on": None}
    file = factories.file(scene.authority, by=scene.clerk, **draft)
    assert reaches(scene.clerk, file)
    assert not reaches(scene.second_clerk, file)
    assert reaches(scene.reviewer, file)
    record = factories.practitioner(scene.bureau, by=scene.regulator, of=scene.profession, **draft)
    assert reaches(scene.second_regulator, record)  # does both


def test_a_disputed_draft_is_not_shown_to_the_objection_officer(scene: Province) -> None:
    draft = factories.decision(scene.file, by=scene.clerk)
    objection(scene, decision=draft)
    assert not reaches(scene.objection_officer, draft)
    raw(draft, state=PAST_DRAFT)
    draft.refresh_from_db()
    assert reaches(scene.objection_officer, draft)


# --- who asks ------------------------------------------------------------


def test_visitors_and_closed_accounts_have_no_clause(scene: Province) -> None:
    closed = Account.objects.get(pk=scene.clerk.pk)
    closed.is_active = False
    for account in (AnonymousUser(), closed):
        scope = scope_for(account, Act.READ, purpose="审查")
        assert (scope.clauses, scope.account_id, scope.purpose) == ((), None, "审查")
        assert not access.has_any(account, Act.READ)


def test_an_administrators_role_closes_every_other(scene: Province) -> None:
    for name in ("system_admin", "security_admin", "audit_admin"):
        row = Assignment.objects.get(account=getattr(scene, name))
        raw(row, account=scene.reviewer)
        assert scope_for(scene.reviewer, Act.READ).empty, name
        raw(row, account=getattr(scene, name))
    assert not scope_for(scene.reviewer, Act.READ).empty


def test_an_administrator_reads_what_is_on_record_about_himself(scene: Province) -> None:
    raw(scene.subject_himself, subject=None)
    raw(scene.audit_admin, subject=scene.person)
    scene.audit_admin.refresh_from_db()
    assert reaches(scene.audit_admin, scene.file)
    assert not reaches(scene.audit_admin, factories.file(scene.authority, by=scene.clerk))


def test_an_assignment_counts_from_its_first_to_its_last_day(scene: Province) -> None:
    for columns, seen in (
        ({"valid_from": TODAY, "valid_to": TODAY}, True),
        ({"valid_from": TODAY + DAY, "valid_to": None}, False),
        ({"valid_from": None, "valid_to": TODAY - DAY}, False),
    ):
        raw(scene.clerk.assignments.get(), **columns)
        assert reaches(scene.clerk, scene.file) is seen, columns
        assert access.has_any(scene.clerk, Act.ENTER) is seen
        assert access.roles_of(scene.clerk) == ({"clerk"} if seen else frozenset())


def test_the_rule_over_assignments_not_held(scene: Province) -> None:
    """ "What if" takes the place of what is held, in both directions."""
    held = list(scene.clerk.assignments.all())
    assert not reaches(scene.clerk, scene.file, assignments=[])
    assert reaches(scene.clerk, scene.file, assignments=held)
    others = Assignment(account=scene.clerk, role=Role.CLERK, authority=scene.other_authority, clearance=4)
    assert not reaches(scene.clerk, scene.file, assignments=[others])


def test_navigation_shows_an_act_to_roles_that_have_it(scene: Province) -> None:
    assert access.has_any(scene.clerk, Act.ENTER)
    assert not access.has_any(scene.clerk, Act.APPROVE)
    assert not access.has_any(scene.inspector_with_case, Act.ENTER)
    assert not access.has_any(scene.nobody, Act.READ)
    assert not access.has_any(scene.system_admin, Act.READ)


def test_buttons_and_acts_ask_the_same(scene: Province) -> None:
    assert access.may(scene.clerk, Act.ENTER, scene.file)
    assert access.require(scene.clerk, Act.ENTER, scene.file).role == Role.CLERK
    for account, act in ((scene.clerk, Act.APPROVE), (scene.clerk_of_other_authority, Act.ENTER)):
        assert not access.may(account, act, scene.file)
        with pytest.raises(NotAdmitted):
            access.require(account, act, scene.file)


def test_what_is_no_guarded_row_is_reached_by_nobody(scene: Province) -> None:
    for account in (scene.clerk, scene.subject_himself, scene.publisher, scene.objection_officer):
        scope = scope_for(account, Act.READ)
        assert not scope.admits(scene.authority)
        assert not Organisation.objects.filter(scope.condition(Organisation)).exists()


# --- cases ------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "seen"),
    [
        ({"ends_on": TODAY}, True),
        ({"ends_on": TODAY - DAY}, False),
        ({"cut_on": TODAY + DAY}, True),
        ({"cut_on": TODAY}, False),
        ({"cut_on": TODAY - DAY}, False),
    ],
)
def test_a_grant_ends_on_its_day(scene: Province, columns: dict[str, date], seen: bool) -> None:
    raw(scene.file.case_grants.get(), **columns)
    assert reaches(scene.inspector_with_case, scene.file, case=scene.case) is seen


@pytest.mark.parametrize(
    ("columns", "seen"),
    [
        ({"ends_on": TODAY}, True),
        ({"ends_on": TODAY - DAY}, False),
        ({"opened_on": TODAY}, True),
        ({"opened_on": TODAY + DAY}, False),
        ({"closed_on": TODAY + DAY}, True),
        ({"closed_on": TODAY}, False),
    ],
)
def test_a_case_is_open_on_its_days(scene: Province, columns: dict[str, date], seen: bool) -> None:
    raw(scene.case, **columns)
    scene.case.refresh_from_db()
    assert reaches(scene.inspector_with_case, scene.file, case=scene.case) is seen


def test_purpose_and_case_are_stated_each_time(scene: Province) -> None:
    inspector, file = scene.inspector_with_case, scene.file
    other = factories.case(scene.inspection, reference="青纪立〔2026〕8号")
    assert reaches(inspector, file, case=f" {scene.case.reference} ")
    for purpose, case in (("", scene.case), ("  ", scene.case), ("审查", None), ("审查", other), ("审查", "没有")):
        scope = scope_for(inspector, Act.READ, purpose=purpose, case=case)
        assert scope.empty, (purpose, case)
        assert scope.case is None
    raw(scene.case, reference="")
    assert scope_for(inspector, Act.READ, purpose="审查", case=" ").empty  # no case stated is no case


def test_a_grant_is_one_inspectors_in_one_case(scene: Province) -> None:
    assert not reaches(scene.inspector_without_case, scene.file, case=scene.case)
    other = factories.case(scene.inspection, reference="青纪立〔2026〕8号")
    foreign = factories.file(scene.authority, by=scene.clerk)
    factories.case_grant(other, inspector=scene.inspector_with_case, file=foreign, granted_by=scene.second_inspector)
    assert not reaches(scene.inspector_with_case, foreign, case=scene.case)
    assert reaches(scene.inspector_with_case, foreign, case=other)
    assert not reaches(scene.inspector_with_case, scene.file, case=other)


def test_a_case_reaches_the_parts_of_its_file_and_no_practitioner(scene: Province) -> None:
    part = factories.appraisal(scene.file, by=scene.clerk)
    decision = factories.decision(scene.file, by=scene.clerk, state=PAST_DRAFT)
    for row in (part, decision, objection(scene)):
        assert reaches(scene.inspector_with_case, row, case=scene.case)
    record = scenes.practitioner(scene)
    assert not reaches(scene.inspector_with_case, record, case=scene.case)


def test_a_case_clause_says_its_case_and_its_earliest_end(scene: Province) -> None:
    foreign = factories.file(scene.authority, by=scene.clerk)
    factories.case_grant(
        scene.case, inspector=scene.inspector_with_case, file=foreign, granted_by=scene.second_inspector,
        ends_on=TODAY + DAY,
    )  # fmt: skip
    scope = scope_for(scene.inspector_with_case, Act.READ, purpose="审查", case=scene.case)
    (clause,) = scope.clauses
    assert (clause.why, clause.role, clause.until) == (f"案件 {scene.case.reference}", "inspector", TODAY + DAY)
    assert (scope.case, scope.purpose) == (scene.case, "审查")
    assert clause.files == {scene.file.pk, foreign.pk}


def test_two_duties_of_one_inspector_reach_what_one_does(scene: Province) -> None:
    assigned(scene.inspector_with_case, Role.INSPECTOR, scene.inspection)
    assert reaches(scene.inspector_with_case, scene.file, case=scene.case)
    objection_row = objection(scene)
    assigned(scene.objection_officer, Role.OBJECTION_OFFICER, scene.authority)
    assert reaches(scene.objection_officer, objection_row)


def test_a_case_is_nobodys_but_an_inspectors(scene: Province) -> None:
    scope = scope_for(scene.clerk, Act.READ, case=scene.case)
    assert scope.case is None
    assert not reaches(scene.nobody, scene.file, case=scene.case)


# --- objections ------------------------------------------------------------


def test_an_objection_officer_reaches_the_disputed_record_alone(scene: Province) -> None:
    decision = factories.decision(scene.file, by=scene.clerk, state=PAST_DRAFT)
    other = factories.decision(scene.file, by=scene.clerk, state=PAST_DRAFT, document_no="2")
    row = objection(scene, decision=decision)
    officer = scene.objection_officer
    assert reaches(officer, row)
    assert reaches(officer, decision)
    assert not reaches(officer, other)
    assert not reaches(officer, scene.file)


def test_a_disputed_penalty_too(scene: Province) -> None:
    record = scenes.practitioner(scene)
    penalty = factories.penalty(record, by=scene.regulator, state=PAST_DRAFT)
    row = objection(scene, **about(record, penalty=penalty, authority=scene.authority))
    assert reaches(scene.objection_officer, penalty)
    raw(penalty, entered_by=scene.objection_officer)
    penalty.refresh_from_db()
    assert not reaches(scene.objection_officer, penalty)
    assert not reaches(scene.objection_officer, row)


def test_not_its_author(scene: Province) -> None:
    decision = factories.decision(scene.file, by=scene.objection_officer, state=PAST_DRAFT)
    row, other = objection(scene, decision=decision), objection(scene)
    assert not reaches(scene.objection_officer, decision)
    assert not reaches(scene.objection_officer, row)
    assert reaches(scene.objection_officer, other)  # about no record of the table: the objection alone


@pytest.mark.parametrize("state", ObjectionState)
def test_an_objection_opens_while_it_is_open(scene: Province, state: ObjectionState) -> None:
    decision = factories.decision(scene.file, by=scene.clerk, state=PAST_DRAFT)
    objection(scene, decision=decision, state=state)
    is_open = state in ("received", "supplement_asked", "accepted", "marked", "checking")
    assert reaches(scene.objection_officer, decision) is is_open
    assert scope_for(scene.objection_officer, Act.READ).empty is not is_open


def test_objections_of_another_authority_are_closed(scene: Province) -> None:
    row = objection(scene, authority=scene.other_authority)
    assert not reaches(scene.objection_officer, row)


# --- recusal ------------------------------------------------------------


def test_who_is_kept_from_whom(scene: Province) -> None:
    own, kin, foe = (factories.subject() for _one in range(3))
    assert recused_subjects(scene.clerk, TODAY) == frozenset()
    raw(scene.clerk, subject=own)
    scene.clerk.refresh_from_db()
    saved(Kinship(subject=kin, relative=own, declared_on=TODAY))
    saved(Kinship(subject=kin, relative=foe, declared_on=TODAY))  # others' kin
    saved(Recusal(account=scene.clerk, subject=scene.person, reason="同学"))
    saved(Recusal(account=scene.reviewer, subject=foe, reason="同学"))
    assert recused_subjects(scene.clerk, TODAY) == {own.pk, kin.pk, scene.person.pk}


@pytest.mark.parametrize(
    ("columns", "kept"),
    [({"valid_to": TODAY}, True), ({"valid_to": TODAY - DAY}, False), ({"valid_from": TODAY + DAY}, False)],
)
def test_a_recusal_holds_on_its_days(scene: Province, columns: dict[str, date], kept: bool) -> None:
    saved(Recusal(account=scene.clerk, subject=scene.person, reason="同学", **columns))
    assert reaches(scene.clerk, scene.file) is not kept
    foreign = factories.file(scene.authority, by=scene.clerk)
    assert reaches(scene.clerk, foreign)  # nobody else is closed by it


def test_recusal_closes_publications_of_either_source(scene: Province) -> None:
    record = scenes.practitioner(scene)
    licence = scenes.licence(record, scene)
    rows = (publication(record, scene), publication(record, scene, licence=licence))
    other = publication(factories.practitioner(scene.bureau, by=scene.regulator, of=scene.profession), scene)
    for persona in (scene.publisher, scene.regulator):
        assert all(reaches(persona, row) for row in rows)
        saved(Recusal(account=persona, subject=record.subject, reason="亲属"))
        assert not any(reaches(persona, row) for row in rows)
        assert reaches(persona, other)


def test_recusal_closes_offices_and_leaves_the_own_clause(scene: Province) -> None:
    assigned(scene.subject_himself, Role.REVIEWER, scene.authority)
    other = factories.file(scene.authority, by=scene.clerk)
    assert reaches(scene.subject_himself, scene.file)
    assert reaches(scene.subject_himself, other)
    assert not reaches(scene.subject_himself, publication(scenes.practitioner(scene), scene))  # no clause reaches it
    assert not reaches(scene.subject_himself, scene.file, include_self=False)
    assert not reaches(scene.subject_himself, scene.file, Act.APPROVE)
    clause = scope_for(scene.subject_himself, Act.READ).clause_for(scene.file)
    assert clause is not None
    assert clause.role == "subject"


def test_without_an_office_nobody_is_asked_about_recusal(scene: Province) -> None:
    assert scope_for(scene.subject_himself, Act.READ).recused == frozenset()
    assert not scope_for(scene.subject_himself, Act.READ).empty


LIMIT = LeadingPost.COUNTY_DEPUTY  # of an organ at prefecture level


@pytest.mark.parametrize(
    ("columns", "leads"),
    [
        ({"leading_post": LIMIT}, True),
        ({"leading_post": LIMIT - 1}, True),
        ({"leading_post": LIMIT + 1}, False),
        ({"leading_post": None}, False),
        ({"leading_post": LIMIT, "unit": None}, False),
    ],
)
def test_leaders_of_the_own_unit_are_kept_from(scene: Province, columns: dict[str, Any], leads: bool) -> None:
    if "unit" in columns:
        columns = columns | {"unit": scene.other_authority}
    leader = factories.file(scene.authority, by=scene.reviewer, **columns)
    assert (leader.subject_id in recused_subjects(scene.clerk, TODAY)) is leads
    assert reaches(scene.clerk, leader) is not leads
    raw(scene.clerk, organisation=None)
    scene.clerk.refresh_from_db()
    assert recused_subjects(scene.clerk, TODAY) == frozenset()


@pytest.mark.parametrize(
    "columns",
    [
        {"valid_from": TODAY + DAY},
        {"valid_from": date(2000, 1, 1), "valid_to": TODAY - DAY},
        {"kind": RuleKind.REPORT_DUE},
        {"key": "unit_leaders|1"},
        {"ordinal": 1},
    ],
    ids=["not yet", "no longer", "of another kind", "of another level", "behind"],
)
def test_the_limit_of_today_and_of_the_level_decides(scene: Province, columns: dict[str, Any]) -> None:
    """A rule of another day, kind or level does not say who leads."""
    given: dict[str, Any] = {
        "kind": RuleKind.ACCESS_LIMIT, "key": "unit_leaders|2", "basis": LegalBasis.objects.all()[0],
        "valid_from": date(2026, 1, 1), "parameters": {"leading_post_up_to": 1},
    }  # fmt: skip
    saved(RuleSet(**given | columns))
    leader = factories.file(scene.authority, by=scene.reviewer, leading_post=LIMIT)
    assert leader.subject_id in recused_subjects(scene.clerk, TODAY)


def test_the_newer_limit_of_a_level_goes_before_the_older(scene: Province) -> None:
    saved(
        RuleSet(
            kind=RuleKind.ACCESS_LIMIT, key="unit_leaders|2", basis=LegalBasis.objects.all()[0],
            valid_from=date(2026, 1, 1), parameters={"leading_post_up_to": 1},
        )
    )  # fmt: skip
    leader = factories.file(scene.authority, by=scene.reviewer, leading_post=LIMIT)
    assert leader.subject_id not in recused_subjects(scene.clerk, TODAY)


def test_a_level_without_a_limit_counts_every_leading_post(scene: Province) -> None:
    raw(scene.authority, level=9)
    account = Account.objects.get(pk=scene.clerk.pk)
    lowest, none = (
        factories.file(scene.authority, by=scene.reviewer, leading_post=post) for post in (max(LeadingPost), None)
    )
    assert recused_subjects(account, TODAY) == {lowest.subject_id}
    assert none.subject_id not in recused_subjects(account, TODAY)


# --- what a scope says ------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "purpose"),
    [
        ("clerk", "档案日常管理"),
        ("reviewer", "档案审核"),
        ("organisation_officer", "公务员管理"),
        ("regulator", "行业监管"),
        ("objection_officer", "异议核查"),
        ("secrecy_reviewer", "公示审查"),
        ("publisher", "公示发布"),
        ("subject_himself", "查阅本人记录"),
        ("nobody", ""),
        ("inspector_with_case", ""),
    ],
)
def test_everyday_work_states_its_purpose_by_the_role(scene: Province, persona: str, purpose: str) -> None:
    objection(scene)
    account = getattr(scene, persona)
    assert scope_for(account, Act.READ).purpose == purpose
    assert scope_for(account, Act.READ, purpose="核实").purpose == "核实"


def test_each_clause_says_why_and_until_when(scene: Province) -> None:
    row = scene.clerk.assignments.get()
    raw(row, valid_to=TODAY + DAY)
    (clause,) = scope_for(scene.clerk, Act.READ).clauses
    assert (clause.why, clause.role, clause.until) == (f"岗位授权{row.pk}", "clerk", TODAY + DAY)
    (own,) = scope_for(scene.subject_himself, Act.READ).clauses
    assert (own.why, own.max_grade, own.until) == ("本人", Grade.STRICT, None)
    objection(scene)
    (disputed,) = scope_for(scene.objection_officer, Act.READ).clauses
    assert disputed.why == f"岗位授权{scene.objection_officer.assignments.get().pk}"


def test_every_clause_that_lets_in_and_the_first(scene: Province) -> None:
    assigned(scene.clerk, Role.REVIEWER, scene.authority)
    scope = scope_for(scene.clerk, Act.READ)
    first = scope.clause_for(scene.file)
    assert [clause.role for clause in scope.clauses_for(scene.file)] == ["clerk", "reviewer"]
    assert first is not None
    assert first.role == "clerk"
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    assert scope.clause_for(foreign) is None


def test_the_mark_of_the_second_wall_names_account_act_case_and_whether_a_purpose(scene: Province) -> None:
    scope = scope_for(scene.inspector_with_case, Act.READ, purpose="审查", case=scene.case)
    told = f'"account": {scene.inspector_with_case.pk}, "act": "read", "case": {scene.case.pk}, "purpose": true'
    assert scope.mark == "/*wall {" + told + "}*/ "
    nobody = scope_for(AnonymousUser(), Act.LIST, purpose="  ")
    assert nobody.mark == '/*wall {"account": null, "act": "list", "case": null, "purpose": false}*/ '


def test_columns_above_the_clearance_are_hidden_and_not_asked_for(scene: Province) -> None:
    expected = {
        Grade.INTERNAL: {"service_status", "last_appraisal_year", "identifiers"},
        Grade.SENSITIVE: {"service_status"},
        Grade.STRICT: set(),
    }
    for clearance, hidden in expected.items():
        raw(scene.clerk.assignments.get(), clearance=clearance)
        scope = scope_for(scene.clerk, Act.LIST)
        assert scope.hidden(scene.file) == hidden
        for name in expected[Grade.INTERNAL]:
            assert scope.may_ask_for(IntegrityFile, name) is (name not in hidden)
        assert scope.may_ask_for(IntegrityFile, "name")
    raw(scene.clerk.assignments.get(), clearance=Grade.PUBLIC)
    assert scope_for(scene.clerk, Act.LIST).may_ask_for(IntegrityFile, "name")
    assert scope_for(scene.nobody, Act.LIST).hidden(scene.file) == expected[Grade.INTERNAL]
    assert scope_for(scene.nobody, Act.LIST).hidden(factories.appraisal(scene.file, by=scene.clerk)) == frozenset()


def test_of_two_clauses_the_higher_shows_and_the_lower_forbids_to_ask(scene: Province) -> None:
    both = office(Role.CLERK, scene.authority, clearance=Grade.INTERNAL)
    assigned(both, Role.REVIEWER, scene.authority, clearance=Grade.STRICT)
    scope = scope_for(both, Act.LIST)
    assert scope.hidden(scene.file) == frozenset()
    assert not scope.may_ask_for(IntegrityFile, "service_status")
    foreign = factories.file(scene.other_authority, by=scene.clerk)
    assert scope.hidden(foreign)  # not reached: nothing graded is shown

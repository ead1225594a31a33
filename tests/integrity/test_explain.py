"""Explaining access 访问解释: who can see a row, why somebody cannot, what is in reach, what would change.

Each is held against the rule itself over random worlds: nobody is left out, nobody is named too many.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from integrity import access, cases
from integrity.access import ROLE_ACTS, scope_for
from integrity.choices import Act, EmergencyState, Grade, Role
from integrity.models import (
    Account,
    Assignment,
    BreakGlass,
    Case,
    CaseGrant,
    Decision,
    IntegrityFile,
    Penalty,
    PractitionerRecord,
    Publication,
    Recusal,
)
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.integrity.test_access import PERSONAS, World, all_of, guarded_models
from tests.personas import Province, assigned
from tests.shadow import tampering

pytestmark = pytest.mark.django_db
MODELS: list[Any] = [*guarded_models(), Publication]


def crowd(scene: Province) -> list[Account]:
    """Every persona, and accounts that an office, an emergency or a tie makes different."""
    people = [Account.objects.get(pk=getattr(scene, name).pk) for name in PERSONAS]
    gone = assigned(factories.account("gone"), Role.CLERK, scene.authority, valid_to=scenes.TODAY - timedelta(days=1))
    off = assigned(factories.account("off"), Role.CLERK, scene.authority)
    raw(off, is_active=False)
    two = assigned(factories.account("two_offices"), Role.CLERK, scene.authority, clearance=Grade.INTERNAL)
    assigned(two, Role.REVIEWER, scene.other_authority)
    both = assigned(factories.account("clerk_and_inspector"), Role.INSPECTOR, scene.inspection)
    assigned(both, Role.CLERK, scene.authority, clearance=Grade.INTERNAL)
    factories.case_grant(scene.case, inspector=both, file=scene.file, granted_by=scene.second_inspector)
    urgent = assigned(factories.account("urgent"), Role.CLERK, scene.other_authority)
    emergency(scene, urgent)
    names = [one.username for one in (gone, off, two, both, urgent)]
    return people + list(Account.objects.filter(username__in=names))


def emergency(scene: Province, asker: Account) -> BreakGlass:
    from django.utils import timezone

    now = timezone.now()
    return saved(
        BreakGlass(
            file=scene.file, authority=scene.authority, asked_by=asker, reason="急用",
            office=scene.other_authority, max_grade=Grade.SENSITIVE,
            state=EmergencyState.OPENED, decided_by=scene.reviewer, opened_at=now, closes_at=now + timedelta(hours=24),
        )
    )  # fmt: skip


def seen_by_rule(account: Account, row: Model) -> bool:
    """By the rule alone: as an office, and with each case there is stated."""
    if scope_for(account, Act.READ).admits(row):
        return True
    return any(scope_for(account, Act.READ, purpose="审查", case=case).admits(row) for case in Case.objects.all())


# --- who can see this ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_readers_are_exactly_those_the_rule_lets_in(scene: Province, seed: int) -> None:
    """Every row of a random world × every account: narrowing by SQL leaves nobody out and names nobody too many."""
    World(scene, seed)
    people = crowd(scene)
    everybody = {account.pk for account in Account.objects.all()}
    cells = named = 0
    for model in MODELS:
        for row in all_of(model)[:8] + ([scene.file] if model is IntegrityFile else []):
            told = {reader.account.pk for reader in access.readers_of(row, with_cases=True)}
            expected = {account.pk for account in people if seen_by_rule(account, row)}
            assert told & {account.pk for account in people} == expected, (model.__name__, row.pk)
            assert told <= everybody
            cells += len(people)
            named += len(told)
    # Cells and names: a shrinking corpus must not pass in silence.
    assert cells > 2500
    assert named > 100


def test_a_planted_narrowing_that_loses_somebody_is_seen(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    urgent = assigned(factories.account("urgent"), Role.CLERK, scene.other_authority)
    emergency(scene, urgent)
    assert urgent.pk in {reader.account.pk for reader in access.readers_of(scene.file)}
    monkeypatch.setattr(BreakGlass.objects, "open_at", lambda moment: BreakGlass.objects.none())
    assert urgent.pk not in {reader.account.pk for reader in access.readers_of(scene.file)}


def test_each_reader_has_clause_words_and_end(scene: Province) -> None:
    until = scenes.TODAY + timedelta(days=40)
    Assignment.objects.filter(account=scene.clerk).get()
    raw(Assignment.objects.get(account=scene.clerk), valid_to=until)
    told = {reader.account.username: reader for reader in access.readers_of(scene.file, with_cases=True)}
    assert told["clerk"].until == until
    assert told["clerk"].why == f"档案经办 · {scene.authority} · S4 严格"
    assert scene.case.reference in told["inspector_with_case"].why
    assert told["inspector_with_case"].until == CaseGrant.objects.get().ends_on
    assert told["subject_himself"].why == "本人"
    assert told["low_clearance_clerk"].clause.max_grade == Grade.INTERNAL


def test_an_emergency_is_a_path_of_its_own(scene: Province) -> None:
    urgent = assigned(factories.account("urgent"), Role.CLERK, scene.other_authority)
    emergency(scene, urgent)
    (reader,) = [one for one in access.readers_of(scene.file) if one.account == urgent]
    assert "紧急查阅" in reader.why
    assert reader.until == scenes.TODAY + timedelta(days=1)


def test_n9_readers_without_cases_name_no_inspector(scene: Province) -> None:
    World(scene, 3)
    crowd(scene)
    for row in all_of(IntegrityFile) + all_of(Decision):
        told = access.readers_of(row)
        assert not [reader for reader in told if reader.case or reader.clause.role == Role.INSPECTOR]


def test_a_draft_is_told_as_the_authors_own(scene: Province) -> None:
    draft = scenes.draft(scene)
    told = {reader.account.username: reader.why for reader in access.readers_of(draft, with_cases=True)}
    assert "草稿" in told["clerk"]
    assert "second_clerk" not in told
    assert "subject_himself" not in told
    assert "reviewer" in told


def test_thousands_of_accounts_cost_no_more_questions(scene: Province, django_assert_max_num_queries: Any) -> None:
    """Accounts of other authorities are never asked about."""
    elsewhere = [
        Account(username=f"elsewhere{number}", display_name="某", organisation=scene.other_authority)
        for number in range(300)
    ]
    with tampering():
        QuerySet[Account](Account).bulk_create(elsewhere)
    first = Account.objects.get(username="granting")
    second = Account.objects.get(username="seconding")
    with tampering():
        QuerySet[Assignment](Assignment).bulk_create(
            Assignment(
                account=account, role=Role.CLERK, authority=scene.other_authority, clearance=Grade.STRICT,
                granted_by=first, seconded_by=second,
            )
            for account in Account.objects.filter(username__startswith="elsewhere")
        )  # fmt: skip
    assert access.candidates(scene.file).count() < 20
    with django_assert_max_num_queries(120):
        access.readers_of(scene.file, with_cases=True)


# --- why not --------------------------------------------------------------------------------------------------------


def codes(account: Account, row: Model, act: Act = Act.READ) -> list[str]:
    return [one.code for one in access.why_not(Account.objects.get(pk=account.pk), row, act)]


def test_why_not_names_the_nearest_obstacle(scene: Province) -> None:
    strict = factories.file(scene.authority, by=scene.clerk, grade=Grade.STRICT)
    assert codes(scene.clerk, strict) == []
    assert codes(scene.low_clearance_clerk, strict) == ["clearance"]
    assert codes(scene.clerk_of_other_authority, scene.file) == ["authority"]
    assert codes(scene.inspector_without_case, scene.file) == ["case"]
    assert codes(scene.nobody, scene.file) == ["office"]
    assert codes(scene.superuser, scene.file) == ["office"]
    assert codes(scene.clerk, scenes.submitted(scene)) == []
    assert codes(scene.second_clerk, scenes.draft(scene, document_no="青监政处〔2026〕8号")) == ["draft"]
    assert codes(scene.clerk, scene.file, Act.APPROVE) == ["act"]
    saved(Recusal(account=scene.reviewer, subject=scene.person, reason="同学"))
    assert codes(scene.reviewer, scene.file) == ["recused"]
    raw(scene.second_reviewer, is_active=False)
    assert codes(scene.second_reviewer, scene.file) == ["closed"]
    raw(Assignment.objects.get(account=scene.second_clerk), valid_to=scenes.TODAY - timedelta(days=1))
    assert codes(scene.second_clerk, scene.file) == ["ended"]
    assert "2026-05-31" in str(access.why_not(scene.second_clerk, scene.file)[0])
    sealed = factories.file(scene.authority, by=scene.clerk, grade=Grade.SEALED)
    assert codes(scene.clerk, sealed) == ["sealed"]
    assert set(codes(scene.security_admin, scene.file)) == {"separated", "office"}


def test_several_obstacles_are_all_named(scene: Province) -> None:
    strict = factories.file(scene.authority, by=scene.clerk, grade=Grade.STRICT)
    raw(scene.low_clearance_clerk, is_active=False)
    saved(Recusal(account=scene.low_clearance_clerk, subject=strict.subject, reason="同学"))
    assert codes(scene.low_clearance_clerk, strict) == ["closed", "recused", "clearance"]


@pytest.mark.parametrize(("end", "words"), [("cut", "提前终止"), ("over", "到期"), ("closed", "结案")])
def test_how_a_grant_ended_is_said(scene: Province, end: str, words: str) -> None:
    assert codes(scene.inspector_with_case, scene.file) == []
    grant = CaseGrant.objects.get()
    if end == "cut":
        cases.cut_grant(grant=grant, by=scene.second_inspector, reason="终止")
    elif end == "over":
        raw(grant, ends_on=scenes.TODAY - timedelta(days=1))
    else:
        cases.close_case(case=scene.case, by=scene.second_inspector, reason="结案")
    (obstacle,) = access.why_not(scene.inspector_with_case, scene.file)
    assert obstacle.code == "case"
    assert words in str(obstacle)


@pytest.mark.parametrize("seed", range(1))
def test_why_not_is_silent_exactly_where_the_rule_lets_in(scene: Province, seed: int) -> None:
    World(scene, seed)
    people = crowd(scene)
    for model in (IntegrityFile, Decision, Penalty, Publication):
        for row in all_of(model)[:4]:
            for account in people:
                silent = not access.why_not(account, row)
                assert silent is seen_by_rule(account, row), (account.username, model.__name__, row.pk)


# --- everything in reach ---------------------------------------------------------------------------------------------


def reached(account: Account, model: Any) -> set[int]:
    """By the rule, row by row; own records left out, and what was opened file by file counted as files alone."""
    found = set()
    scopes = [scope_for(account, Act.READ, include_self=False)]
    scopes += [scope_for(account, Act.READ, purpose="审", case=case, include_self=False) for case in Case.objects.all()]
    for row in all_of(model):
        for scope in scopes:
            if any(clause.authorities or model is IntegrityFile for clause in scope.clauses_for(row)):
                found.add(row.pk)
    return found


KINDS: dict[str, Any] = {
    str(model._meta.verbose_name): model
    for model in (IntegrityFile, Decision, PractitionerRecord, Penalty, Publication)
}


@pytest.mark.parametrize("seed", range(2))
def test_counts_in_reach_equal_the_rule_row_by_row(scene: Province, seed: int) -> None:
    World(scene, seed)
    total = 0
    for account in crowd(scene):
        counts = access.reach_of(account).counts
        sums = dict(counts.kinds)
        by_grade: Counter[str] = Counter()
        for one in counts.grades:
            by_grade[one.kind] += one.number
        for kind, model in KINDS.items():
            expected = len(reached(account, model))
            assert sums.get(kind, 0) == expected == by_grade[kind], (account.username, kind)
            total += expected
    assert total > 50


def test_reach_names_capacities_acts_and_cases_with_their_ends(scene: Province) -> None:
    (line,) = access.reach_of(scene.inspector_with_case).lines
    assert line.case == f"案件 {scene.case.reference}"
    assert line.until == CaseGrant.objects.get().ends_on
    (line,) = access.reach_of(scene.clerk).lines
    assert set(line.acts) == {str(Act(act).label) for act in ROLE_ACTS[Role.CLERK]}
    assert access.reach_of(scene.security_admin).lines == ()
    assert access.reach_of(scene.superuser).lines == ()
    assert [line.why for line in access.reach_of(scene.subject_himself).lines] == ["本人"]


def test_reach_tells_no_content(scene: Province) -> None:
    """三员分立: how many decisions are in one granted file, or in one's own, is content."""
    scenes.in_force(scene)
    told = str(access.reach_of(scene.inspector_with_case)) + str(access.reach_of(scene.subject_himself))
    assert str(Decision._meta.verbose_name) not in told
    for name in PERSONAS:
        assert "扎西多杰" not in str(access.reach_of(getattr(scene, name)))


def test_reach_asks_a_fixed_number_of_questions(scene: Province, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        factories.file(scene.authority, by=scene.clerk, name=f"某{number}")
    with django_assert_max_num_queries(25):
        access.reach_of(scene.reviewer)


# --- what would change ----------------------------------------------------------------------------------------


def hypothetical(account: Account, **columns: Any) -> Assignment:
    return Assignment(**{"account": account, "clearance": Grade.STRICT} | columns)


def sums(numbers: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, _place, number in numbers:
        found[kind] += number
    return found


@pytest.mark.parametrize("seed", range(2))
def test_what_would_change_is_what_changes(scene: Province, seed: int) -> None:
    """Forecast, then do it, then compare with the rule row by row: gained and lost to the row."""
    World(scene, seed)
    first, second = Account.objects.get(username="granting"), Account.objects.get(username="seconding")
    for account in (scene.clerk, scene.regulator, scene.nobody, scene.publisher, scene.inspector_with_case):
        held = list(Assignment.objects.filter(account=account))
        add = hypothetical(account, role=Role.REVIEWER, authority=scene.other_authority, clearance=Grade.SENSITIVE)
        change = access.what_would_change(account, add=[add], end=held)
        before = {kind: reached(account, model) for kind, model in KINDS.items()}
        for row in held:
            raw(row, valid_to=scenes.TODAY - timedelta(days=1))
        add.granted_by, add.seconded_by = first, second
        saved(add)
        after = {kind: reached(account, model) for kind, model in KINDS.items()}
        for kind in KINDS:
            assert sums(change.gained)[kind] == len(after[kind] - before[kind]), (account.username, kind)
            assert sums(change.lost)[kind] == len(before[kind] - after[kind]), (account.username, kind)
        kinds = set(sums(change.gained))
        graded = sums(change.grades_gained).items()
        assert sums(change.gained) == {one: number for one, number in graded if one in kinds}
        kinds = set(sums(change.lost))
        graded = sums(change.grades_lost).items()
        assert sums(change.lost) == {one: number for one, number in graded if one in kinds}


def test_a_change_names_acts_capacities_and_saves_nothing(scene: Province) -> None:
    held = Assignment.objects.count()
    add = hypothetical(scene.clerk, role=Role.REVIEWER, authority=scene.authority)
    change = access.what_would_change(scene.clerk, add=add)
    assert "审核" in change.acts
    assert not change.acts_lost
    assert [line.why for line in change.lines_gained] == [f"档案审核 · {scene.authority} · S4 严格"]
    assert Assignment.objects.count() == held
    same = access.what_would_change(scene.clerk)
    assert same.nothing


def test_ending_the_only_office_loses_everything_granted_in_cases_too(scene: Province) -> None:
    change = access.what_would_change(
        scene.inspector_with_case, end=Assignment.objects.get(account=scene.inspector_with_case)
    )
    assert sums(change.lost) == {str(IntegrityFile._meta.verbose_name): 1}
    assert not change.gained
    assert scene.case.reference in change.lines_lost[0].why


def test_a_lower_clearance_is_told_by_grade(scene: Province) -> None:
    factories.file(scene.authority, by=scene.clerk, grade=Grade.STRICT)
    row = Assignment.objects.get(account=scene.reviewer)
    lower = hypothetical(scene.reviewer, role=row.role, authority=row.authority, clearance=Grade.INTERNAL)
    change = access.what_would_change(scene.reviewer, add=[lower], end=[row])
    kind = str(IntegrityFile._meta.verbose_name)
    lost = [(one.kind, one.place, one.number) for one in change.grades_lost]
    # The strict file itself, and of both files the columns above the lower clearance.
    assert lost == [
        (kind, "S4 严格", 1), ("最近考核年度、证件号码", "S3 敏感", 2), ("人员状态", "S4 严格", 2),
    ]  # fmt: skip
    assert not change.gained

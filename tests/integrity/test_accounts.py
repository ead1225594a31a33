"""Accounts and assignments 账户与授权 (H18): two administrators to widen, one to narrow, nobody for oneself."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from integrity import accounts, administration
from integrity.access import scope_for
from integrity.choices import Act, ChangeKind, ChangeState, Grade, Level, OrganKind, Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import AccessChange, Account, Assignment
from tests import factories
from tests.integrity import scenes
from tests.integrity.scenes import raw, refused
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(scene: Province) -> Account:
    """Another security administrator of the same place."""
    return assigned(
        factories.account("second_security", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority
    )


def asked(scene: Province, **changes: Any) -> AccessChange:
    values: dict[str, Any] = {
        "kind": ChangeKind.ASSIGN, "by": scene.security_admin, "reason": "岗位调整", "account": newcomer(scene),
        "role": Role.CLERK, "authority": scene.authority, "clearance": Grade.SENSITIVE,
    }  # fmt: skip
    return accounts.propose(**values | changes)


def newcomer(scene: Province) -> Account:
    known = Account.objects.filter(username="newcomer").first()
    return known or factories.account("newcomer", organisation=scene.authority)


def test_an_assignment_takes_two_persons_and_works_from_the_next_request(scene: Province, second: Account) -> None:
    change = asked(scene)
    account = newcomer(scene)
    assert scope_for(account, Act.READ).empty
    accounts.confirm(change=change, by=second)
    assert scope_for(account, Act.READ).admits(scene.file)
    row = Assignment.objects.get(account=account)
    assert (row.granted_by, row.seconded_by) == (scene.security_admin, second)
    entry = row.history.get()
    assert (entry.history_user, entry.history_acting_for) == (second, scene.security_admin)


def test_nobody_confirms_the_own_request(scene: Province) -> None:
    with refused("same_person"):
        accounts.confirm(change=asked(scene), by=scene.security_admin)


def test_nobody_grants_to_oneself(scene: Province, second: Account) -> None:
    with refused("self_grant"):
        asked(scene, account=scene.security_admin)
    change = asked(scene, account=second, role=Role.SECURITY_ADMIN)
    with refused("self_grant"):
        accounts.confirm(change=change, by=second)
    for column in ("proposed_by", "decided_by"):
        with pytest.raises(IntegrityError), transaction.atomic():  # and the table says it as well
            raw(change, **{column: second})


def test_the_table_refuses_a_confirmation_by_one_person(scene: Province) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(asked(scene), state=ChangeState.CONFIRMED, decided_by=scene.security_admin)


def test_a_request_lapses_by_itself(scene: Province, second: Account, clock: Any) -> None:
    change = asked(scene)
    clock.shift(timedelta(days=15))
    assert change not in accounts.waiting_for(second)
    with refused("decided"):
        accounts.confirm(change=change, by=second)


def test_a_decided_request_is_not_decided_again(scene: Province, second: Account) -> None:
    change = asked(scene)
    accounts.refuse(change=change, by=second, answer="材料不全")
    with refused("decided"):
        accounts.confirm(change=change, by=second)
    assert scope_for(newcomer(scene), Act.READ).empty


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("sealed", {"clearance": Grade.SEALED}),
        ("profession", {"role": Role.REGULATOR}),
        ("organ", {"role": Role.INSPECTOR}),
        ("incomplete", {"role": ""}),
        ("incomplete", {"clearance": None}),
    ],
)
def test_what_may_not_be_granted(scene: Province, code: str, columns: dict[str, Any]) -> None:
    with refused(code):
        asked(scene, **columns)


@pytest.mark.parametrize(("held", "wanted"), [
    (Role.CLERK, Role.AUDIT_ADMIN), (Role.SYSTEM_ADMIN, Role.CLERK), (Role.AUDIT_ADMIN, Role.SECURITY_ADMIN),
])  # fmt: skip
def test_three_separated_administrators_are_not_mixed(scene: Province, held: Role, wanted: Role) -> None:
    account = assigned(newcomer(scene), held, scene.authority)
    with refused("separated"):
        asked(scene, account=account, role=wanted)


def test_delegated_at_each_level_never_upward_nor_sideways(scene: Province) -> None:
    """分级管理: a county's administrator grants in the county, not in the prefecture nor next door."""
    county = factories.organisation("乐都区委组织部", level=Level.COUNTY)
    local = assigned(factories.account("local", organisation=county), Role.SECURITY_ADMIN, county)
    assert administration.administers(local, county)
    assert not administration.administers(local, scene.authority)
    with refused("outside_area"):
        asked(scene, by=local)
    province = factories.organisation("省委组织部", level=Level.PROVINCE, kind=OrganKind.ORGANISATION_DEPARTMENT)
    above = assigned(factories.account("above", organisation=province), Role.SECURITY_ADMIN, province)
    assert administration.administers(above, county)
    assert not administration.administers(scene.security_admin, province)


def test_whoever_lost_the_office_since_confirms_nothing(scene: Province, second: Account) -> None:
    change = asked(scene)
    row = Assignment.objects.get(account=second)
    accounts.end_assignment(assignment=row, by=scene.security_admin, reason="离岗")
    with refused("outside_area"):
        accounts.confirm(change=change, by=second)


def test_ending_an_assignment_is_one_persons_and_at_once(scene: Province) -> None:
    row = Assignment.objects.get(account=scene.clerk)
    assert scope_for(scene.clerk, Act.READ).admits(scene.file)
    accounts.end_assignment(assignment=row, by=scene.security_admin, reason="离岗")
    assert scope_for(scene.clerk, Act.READ).empty
    with pytest.raises(NotAdmitted):
        accounts.end_assignment(assignment=row, by=scene.clerk, reason="恢复")


def test_altering_keeps_the_row_and_names_both(scene: Province, second: Account) -> None:
    row = Assignment.objects.get(account=scene.low_clearance_clerk)
    change = asked(
        scene, kind=ChangeKind.ALTER, account=scene.low_clearance_clerk, assignment=row, role="", authority=None,
        clearance=Grade.STRICT,
    )  # fmt: skip
    accounts.confirm(change=change, by=second)
    row.refresh_from_db()
    assert (row.clearance, row.seconded_by) == (Grade.STRICT, second)


def test_an_account_is_opened_by_two_and_has_no_password_yet(scene: Province, second: Account) -> None:
    change = asked(
        scene, kind=ChangeKind.OPEN, account=None, username="sonam", display_name="索南卓玛",
        organisation=scene.authority, role="", authority=None, clearance=None,
    )  # fmt: skip
    accounts.confirm(change=change, by=second)
    account = Account.objects.get(username="sonam")
    assert not account.has_usable_password()
    assert not account.is_superuser
    assert not account.is_staff


def test_suspending_closes_at_once_and_two_open_it_again(scene: Province, second: Account) -> None:
    accounts.suspend(account=scene.clerk, by=scene.security_admin, reason="停职")
    scene.clerk.refresh_from_db()
    assert scope_for(scene.clerk, Act.READ).empty
    change = asked(scene, kind=ChangeKind.REACTIVATE, account=scene.clerk, role="", authority=None, clearance=None)
    accounts.confirm(change=change, by=second)
    scene.clerk.refresh_from_db()
    assert scope_for(scene.clerk, Act.READ).admits(scene.file)


def test_the_link_to_the_own_file_takes_two(scene: Province, second: Account) -> None:
    change = asked(
        scene, kind=ChangeKind.LINK, subject=accounts.person_of(factories.file(scene.authority, by=scene.clerk).ref),
        role="", authority=None, clearance=None,
    )  # fmt: skip
    accounts.confirm(change=change, by=second)
    assert newcomer(scene).subject is not None


def link_asked(scene: Province, **changes: Any) -> AccessChange:
    return asked(scene, **{"kind": ChangeKind.LINK, "role": "", "authority": None, "clearance": None} | changes)


def test_a_link_goes_to_whom_the_own_area_manages_and_all_else_is_one_answer(scene: Province, second: Account) -> None:
    """Absent, outside and linked already: three answers would tell who is on file anywhere in the province."""
    golog = factories.division("632600", "果洛藏族自治州", Level.PREFECTURE)
    far = factories.organisation("果洛州委组织部", division=golog, level=Level.PREFECTURE)
    outside = factories.file(far, by=scene.clerk)
    haidong = factories.division("630200", "海东市", Level.PREFECTURE)
    office = factories.organisation("海东市委党校", division=haidong, level=Level.PREFECTURE)
    local = assigned(factories.account("local", organisation=office), Role.SECURITY_ADMIN, office)
    account = factories.account("teacher", organisation=office)
    inside = factories.file(office, by=scene.clerk)
    linked = factories.file(office, by=scene.clerk, subject=factories.subject("更登"))
    factories.account("gengdeng", subject=linked.subject)
    answers = set()
    for person in (None, accounts.person_of(uuid4()), outside.subject, linked.subject):
        with pytest.raises(ActRefused) as refusal:
            link_asked(scene, by=local, account=account, subject=person)
        answers.add((refusal.value.code, str(refusal.value), refusal.value.field))
    assert len(answers) == 1
    assert link_asked(scene, by=local, account=account, subject=inside.subject).state == ChangeState.PROPOSED


def test_an_account_stays_with_its_person(scene: Province, second: Account) -> None:
    """A wrong link is ended by another account: the closed one gives the person up and is kept from the records."""
    mine = factories.file(scene.authority, by=scene.second_clerk)
    scenes.raw(scene.clerk, subject=mine.subject)
    scene.clerk.refresh_from_db()
    with refused("account_linked"):
        link_asked(scene, account=scene.clerk, subject=factories.file(scene.authority, by=scene.reviewer).subject)
    with refused("no_person"):
        link_asked(scene, subject=mine.subject)
    accounts.suspend(account=scene.clerk, by=scene.security_admin, reason="关联有误")
    scene.clerk.refresh_from_db()
    accounts.confirm(change=link_asked(scene, subject=mine.subject), by=second)
    assert newcomer(scene).subject == mine.subject
    back = asked(scene, kind=ChangeKind.REACTIVATE, account=scene.clerk, role="", authority=None, clearance=None)
    accounts.confirm(change=back, by=second)
    scene.clerk.refresh_from_db()
    assert scene.clerk.subject is None
    assert scope_for(scene.clerk, Act.READ).admits(scene.file)
    assert not scope_for(scene.clerk, Act.READ).admits(mine)


# --- requests about what has ended ------------------------------------------------------------------------------


def altering(scene: Province) -> AccessChange:
    row = Assignment.objects.get(account=scene.low_clearance_clerk)
    return asked(
        scene, kind=ChangeKind.ALTER, account=scene.low_clearance_clerk, assignment=row, role="", authority=None,
        clearance=Grade.STRICT,
    )  # fmt: skip


def test_a_request_about_an_assignment_that_ended_revives_nothing(scene: Province, second: Account) -> None:
    """Planted before: the old request was confirmed, and the whole authority was open again without an end."""
    change = altering(scene)
    assert change.assignment is not None
    accounts.end_assignment(assignment=change.assignment, by=second, reason="离岗")
    with refused("decided"):
        accounts.confirm(change=change, by=second)
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (ChangeState.REFUSED, None)
    entry = change.history.order_by("-history_id")[0]
    assert (entry.history_user, entry.history_change_reason) == (second, "授权已终止：离岗")
    assert scope_for(scene.low_clearance_clerk, Act.READ).empty


def test_an_ended_assignment_is_not_altered_asked_again_when_confirmed(
    scene: Province, second: Account, clock: Any
) -> None:
    change = altering(scene)
    assert change.assignment is not None
    raw(change.assignment, valid_to=timezone.localdate())
    clock.shift(timedelta(days=1))  # it ended by its date: nobody's act has voided the request
    with refused("ended"):
        accounts.confirm(change=change, by=second)
    with refused("ended"):
        altering(scene)


@pytest.mark.parametrize("kind", [ChangeKind.PLACE, ChangeKind.LINK, ChangeKind.ASSIGN, ChangeKind.RESET_FACTOR])
def test_closing_an_account_ends_what_waits_for_it(scene: Province, second: Account, kind: ChangeKind) -> None:
    columns: dict[str, Any] = {"kind": kind, "role": "", "authority": None, "clearance": None}
    if kind == ChangeKind.PLACE:
        columns["organisation"] = scene.authority
    elif kind == ChangeKind.LINK:
        columns["subject"] = factories.file(scene.authority, by=scene.clerk).subject
    elif kind == ChangeKind.ASSIGN:
        columns = {}
    change = asked(scene, **columns)
    accounts.suspend(account=newcomer(scene), by=scene.security_admin, reason="停职")
    change.refresh_from_db()
    assert (change.state, change.answer) == (ChangeState.REFUSED, "账户已停用：停职")
    with refused("account_closed"):
        asked(scene, **columns)


def test_a_request_for_an_account_closed_since_is_refused_when_it_is_confirmed(
    scene: Province, second: Account
) -> None:
    change = asked(scene)
    raw(newcomer(scene), is_active=False)  # behind the back of the act
    with refused("account_closed"):
        accounts.confirm(change=change, by=second)


def test_nobody_keeps_a_way_back_in_store(scene: Province) -> None:
    """To open an account again is asked for when it is closed, and not before."""
    with refused("account_in_use"):
        asked(scene, kind=ChangeKind.REACTIVATE, role="", authority=None, clearance=None)


def test_the_request_is_on_record_with_both_and_the_reason(scene: Province, second: Account) -> None:
    change = accounts.confirm(change=asked(scene, document="组通〔2026〕3号"), by=second)
    entries = list(change.history.order_by("history_id"))
    assert [entry.history_user for entry in entries] == [scene.security_admin, second]
    assert all(entry.history_document == "组通〔2026〕3号" for entry in entries)
    assert timezone.localdate() <= change.lapses_on

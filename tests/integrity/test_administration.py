"""Three separated administrators 三员分立 (A8): the table of operations, asked at every door by everybody."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrity import accounts, administration, emergencies, recusals
from integrity.access import ROLE_ACTS
from integrity.choices import ChangeKind, Grade, Level, ReadOutcome, Role
from integrity.models import Account, Assignment, CaseGrant, ReadEntry, ReadFinding, RecusalDeclaration
from tests import factories
from tests.integrity.scenes import TODAY
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "三江源头的雪山与草原-2026"

EVERYBODY = (
    "system_admin", "security_admin", "audit_admin", "clerk", "reviewer", "organisation_officer", "inspector_with_case",
    "regulator", "secrecy_reviewer", "publisher", "objection_officer", "subject_himself", "superuser", "nobody",
)  # fmt: skip


def targets(scene: Province) -> dict[str, list[Any]]:
    """What each route that names a row is asked for: rows that the right administrator may reach."""
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    account = factories.account("newcomer", organisation=scene.authority)
    ask = {"kind": ChangeKind.ASSIGN, "reason": "岗位调整", "account": account, "authority": scene.authority}
    foreign = accounts.propose(by=second, role=Role.CLERK, clearance=Grade.INTERNAL, **ask)  # type: ignore[arg-type]
    own = accounts.propose(by=scene.security_admin, role=Role.REVIEWER, clearance=Grade.INTERNAL, **ask)  # type: ignore[arg-type]
    recusals.impose(account=scene.clerk, by=scene.security_admin, reason="同学", ref=scene.file.ref)
    glass = emergencies.ask(by=scene.clerk_of_other_authority, ref=scene.file.ref, reason="紧急")
    emergencies.decide(row=glass, by=scene.reviewer, opened=True, reason="属实")
    finding = ReadFinding(rule="rate", account=scene.reviewer, day=TODAY, count=60, entries=[])
    factories.saved(finding)
    routes = [row.route for row in administration.OPERATIONS.values() if row.route.startswith("account_")]
    routes += ["account", "assignment_propose", "recusal_impose"]
    local = assigned(factories.account("local", organisation=scene.authority), Role.CLERK, scene.authority)
    factories.case_grant(scene.case, inspector=local, file=scene.file, granted_by=scene.second_inspector)
    by_account: dict[str, list[Any]] = {route: [account.pk] for route in routes if route != "account_open"}
    return by_account | {
        "change": [foreign.ref],
        "change_confirm": [foreign.ref],
        "change_refuse": [foreign.ref],
        "change_withdraw": [own.ref],
        "assignment_change": [Assignment.objects.get(account=scene.clerk).pk],
        "assignment_end": [Assignment.objects.get(account=scene.clerk).pk],
        "recusal_end": [RecusalDeclaration.objects.get(account=scene.clerk).pk],
        "grant_end": [CaseGrant.objects.get(user=local).pk],
        "break_glass_cut": [glass.ref],
        "audit_finding": [finding.pk],
        "audit_judge": [finding.pk],
    }


def test_the_table_holds_what_the_goal_asks() -> None:
    assert len(administration.OPERATIONS) >= 40
    assert {row.role for row in administration.OPERATIONS.values()} == set(Role.administrators())
    assert len({row.route for row in administration.OPERATIONS.values()}) == len(administration.OPERATIONS)
    # what widens anybody's access needs a second person
    for code in ("open", "place", "link", "reactivate", "factor"):
        assert administration.OPERATIONS[f"accounts.{code}"].second
    for code in ("propose", "change", "confirm"):
        assert administration.OPERATIONS[f"assignments.{code}"].second


def test_no_administrator_has_an_act_on_content() -> None:
    assert not set(Role.administrators()) & set(ROLE_ACTS)


def test_every_door_lets_in_the_one_role_and_nobody_else(scene: Province, capsys: pytest.CaptureFixture[str]) -> None:
    """Each operation × each persona: as tabled, refused like absent, and every refusal is a line in the log."""
    names = targets(scene)
    cells = deviations = 0
    for persona in EVERYBODY:
        account: Account = getattr(scene, persona)
        browser: Client = signed_in(account)
        for operation in administration.OPERATIONS.values():
            address = reverse(f"staff:{operation.route}", args=names.get(operation.route, []))
            before = ReadEntry.objects.filter(account=account, outcome=ReadOutcome.REFUSED).count()
            status = browser.get(address).status_code
            allowed = operation.role == persona
            logged = ReadEntry.objects.filter(account=account, outcome=ReadOutcome.REFUSED).count() - before
            cells += 1
            if status != (200 if allowed else 404) or logged != (0 if allowed else 1):
                deviations += 1
                print(persona, operation.code, status, logged)  # noqa: T201  which cell it was
    with capsys.disabled():
        print(f"\n{cells} cells of administration, {deviations} deviations")  # noqa: T201  the figure is the point
    assert deviations == 0


def test_an_administrator_outside_the_area_sees_nobody(scene: Province) -> None:
    golog = factories.division("632600", "果洛藏族自治州", Level.PREFECTURE)
    elsewhere = factories.organisation("果洛州公安局", division=golog, level=Level.PREFECTURE)
    far = assigned(factories.account("far", organisation=elsewhere), Role.SECURITY_ADMIN, elsewhere)
    browser = signed_in(far)
    assert browser.get(reverse("staff:account", args=[scene.clerk.pk])).status_code == 404
    listed = browser.get(reverse("staff:accounts")).text
    assert reverse("staff:account", args=[far.pk]) in listed
    assert reverse("staff:account", args=[scene.clerk.pk]) not in listed


def test_fields_that_a_form_does_not_declare_are_not_read(scene: Province) -> None:
    """Mass assignment (A6): what a request says of superusers, grantors and states changes nothing."""
    browser = signed_in(scene.security_admin)
    browser.post(
        reverse("staff:account_rename", args=[scene.clerk.pk]),
        {"display_name": "新名", "reason": "更正", "is_superuser": "1", "is_staff": "on", "username": "root",
         "organisation": scene.other_authority.pk, "subject": str(scene.person.pk), "is_active": ""},
    )  # fmt: skip
    scene.clerk.refresh_from_db()
    assert scene.clerk.display_name == "新名"
    assert (scene.clerk.is_superuser, scene.clerk.is_staff, scene.clerk.is_active) == (False, False, True)
    assert (scene.clerk.username, scene.clerk.subject_id) == ("clerk", None)
    assert scene.clerk.organisation == scene.authority


def test_a_link_to_set_a_password_takes_two_and_is_shown_once(scene: Province) -> None:
    """Whoever has the link could be the holder: one administrator alone must not get it (N6)."""
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    one, other = signed_in(scene.security_admin), signed_in(second)
    asked = one.post(reverse("staff:account_password", args=[scene.clerk.pk]), {"reason": "忘记口令"})
    assert asked.status_code == 302
    change = scene.clerk.changes.get()
    assert "set-password" not in one.get(reverse("staff:change", args=[change.ref])).text
    confirm = reverse("staff:change_confirm", args=[change.ref])
    assert one.post(confirm, {}).status_code == 422
    answer = other.post(confirm, {})
    assert answer.status_code == 200
    assert "/accounts/set-password/" in answer.text
    assert "set-password" not in other.get(reverse("staff:change", args=[change.ref])).text
    assert other.post(confirm, {}).status_code in (404, 422)


@pytest.mark.parametrize("once", ["", "a-form-of-its-own"])
def test_a_form_sent_again_shows_no_second_link(scene: Province, once: str) -> None:
    """Planted before: the same form sent again was answered by a fresh link, for one administrator alone (N6)."""
    confirming, third = (
        assigned(factories.account(name, organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
        for name in ("second", "third")
    )
    signed_in(scene.security_admin).post(
        reverse("staff:account_password", args=[scene.clerk.pk]), {"reason": "忘记口令"}
    )
    confirm = reverse("staff:change_confirm", args=[scene.clerk.changes.get().ref])
    browser = signed_in(confirming)
    first = browser.post(confirm, {"once": once})
    address = re.search(r"/accounts/set-password/[^\s\"<]+", first.text)
    assert address
    for again in (browser, browser, signed_in(confirming), signed_in(third), signed_in(scene.security_admin)):
        answer = again.post(confirm, {"once": once}, follow=True)
        assert "set-password" not in answer.text
    holder = Client()
    form = holder.get(address[0], follow=True).redirect_chain[-1][0]
    words = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert holder.post(form, words).status_code == 302
    assert "链接已失效" in Client().get(address[0], follow=True).text


def waits(scene: Province, kind: ChangeKind, **columns: Any) -> tuple[str, str]:
    """The pages of a waiting request, as the second person opens them."""
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    change = accounts.propose(kind=kind, by=scene.security_admin, reason="办理", account=scene.clerk, **columns)
    browser = signed_in(second)
    pages = [browser.get(reverse(f"staff:{name}", args=[change.ref])).text for name in ("change", "change_confirm")]
    return pages[0], pages[1]


def test_the_second_person_sees_what_a_link_opens(scene: Province) -> None:
    file = factories.file(scene.authority, by=scene.second_clerk, subject=factories.subject("更登"))
    for page in waits(scene, ChangeKind.LINK, subject=file.subject):
        assert str(file.ref) in page
        assert f"{file.ref} · {scene.authority}" in page
        assert "1 份档案或执业记录，最高S4" in page
        assert "更登" not in page


def test_once_decided_the_request_no_longer_says_whose_file_it_is(scene: Province) -> None:
    file = factories.file(scene.authority, by=scene.second_clerk)
    waits(scene, ChangeKind.LINK, subject=file.subject)
    change = scene.clerk.changes.get()
    accounts.confirm(change=change, by=Account.objects.get(username="second"))
    page = signed_in(scene.security_admin).get(reverse("staff:change", args=[change.ref]))
    assert page.status_code == 200
    assert str(file.ref) not in page.text


def test_the_second_person_sees_which_recusal_ends(scene: Province) -> None:
    recusals.impose(account=scene.clerk, by=scene.security_admin, reason="举报", ref=scene.file.ref)
    row = RecusalDeclaration.objects.get()
    for page in waits(scene, ChangeKind.END_RECUSAL, declaration=row):
        for word in (str(scene.clerk), "责令回避", TODAY.isoformat(), str(scene.security_admin), "不再因此项登记回避"):
            assert word in page
        assert scene.person.name not in page
        assert str(scene.file.ref) not in page


def test_the_second_person_sees_what_another_unit_changes(scene: Province) -> None:
    """The leaders of the own unit are closed to an account: those of the new one close, those of the old one open."""
    for page in waits(scene, ChangeKind.PLACE, organisation=scene.other_authority):
        assert f"对{scene.other_authority}的领导成员（" in page
        assert f"不再因所在单位对{scene.authority}的领导成员（" in page


def test_cases_of_a_body_above_are_not_told(scene: Province) -> None:
    """N9: the inspection body is the province's, this administrator's area a prefecture's."""
    assert not administration.administers(scene.security_admin, scene.inspection)
    browser = signed_in(scene.security_admin)
    for address in (reverse("staff:grants"), reverse("staff:readers") + f"?ref={scene.file.ref}"):
        assert scene.case.reference not in browser.get(address).text


def test_whoever_reads_the_own_file_is_not_named_to_the_auditor(scene: Province) -> None:
    """The name would tell whose file the number is (三员分立)."""
    signed_in(scene.subject_himself).get(f"/staff/files/{scene.file.ref}/")
    page = signed_in(scene.audit_admin).get(reverse("staff:audit_file") + f"?ref={scene.file.ref}").text
    assert "本人" in page
    assert str(scene.subject_himself) not in page


def test_a_whole_assignment_by_two_browsers(scene: Province) -> None:
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    one, other = signed_in(scene.security_admin), signed_in(second)
    asked = one.post(
        reverse("staff:assignment_propose", args=[scene.reviewer.pk]),
        {"role": "clerk", "authority": scene.authority.code, "clearance": "3", "reason": "兼办", "state": "confirmed",
         "granted_by": second.pk},
    )  # fmt: skip
    assert asked.status_code == 302
    change = scene.reviewer.changes.get()
    assert change.state == "proposed"
    confirm = reverse("staff:change_confirm", args=[change.ref])
    assert one.post(confirm, {}).status_code == 422
    page = other.get(confirm)
    assert scene.person.name not in page.text
    assert other.post(confirm, {}).status_code == 302
    assert Assignment.objects.filter(account=scene.reviewer, role="clerk", seconded_by=second).exists()

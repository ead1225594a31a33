"""Relatives declared by oneself 申报亲属 (公务员法 74, 76; H18): closed at once to whoever declares, no way to ask."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from integrity import accounts, decisions, recusals
from integrity.choices import ChangeKind, IdentifierKind, KinRelation, Role
from integrity.exceptions import ActRefused
from integrity.identifiers import identity_check_character, mask_identity_number
from integrity.models import (
    Account,
    IntegrityFile,
    Kinship,
    Recusal,
    RecusalDeclaration,
    Subject,
    SubjectIdentifier,
    SubjectName,
    recording,
)
from tests import factories
from tests.integrity import scenes
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
DECLARE = "staff:relative_declare"


def checked(first17: str) -> str:
    return first17 + identity_check_character(first17)


NUMBER = checked("63012319850312441")
OTHER = checked("63012319900715332")


@pytest.fixture
def own_file(scene: Province) -> IntegrityFile:
    """The clerk's own file, kept by the other authority; its clerk has a file as well: nobody's kin yet."""
    subject = factories.subject("才旦卓玛")
    scene.clerk.subject = subject
    with recording(by=None, reason="测试"):
        scene.clerk.save()
    return factories.file(scene.other_authority, by=scene.clerk_of_other_authority, subject=subject)


def numbered(subject: Subject, number: str) -> None:
    row = SubjectIdentifier(subject=subject, kind=IdentifierKind.IDENTITY_NUMBER)
    row.set_number(number)
    factories.saved(row)


def sees(account: Account, file: IntegrityFile) -> bool:
    return signed_in(account).get(reverse("staff:file", args=[file.ref])).status_code == 200


def sent(browser: Client, **columns: Any) -> Any:
    return browser.post(reverse(DECLARE), {"relation": "spouse", "name": "扎西多杰", **columns})


@pytest.mark.parametrize("by", ["number", "unit", "ref"])
def test_the_relatives_file_closes_with_the_next_request(scene: Province, by: str) -> None:
    numbered(scene.person, NUMBER)
    browser = signed_in(scene.clerk)
    address = reverse("staff:file", args=[scene.file.ref])
    assert browser.get(address).status_code == 200
    means = {"number": NUMBER, "unit": scene.authority.name, "ref": str(scene.file.ref)}
    assert sent(browser, **{by: means[by]}).status_code == 302
    assert browser.get(address).status_code == 404
    assert scene.person.name not in browser.get(reverse("staff:files")).text
    assert sees(scene.reviewer, scene.file)  # nobody else loses anything


@pytest.fixture
def kin(scene: Province) -> Account:
    """The officer who handles the clerk's own file is on file as well: `scene.person`."""
    account = scene.reviewer_of_other_authority
    account.subject, scene.subject_himself.subject = scene.person, None
    with recording(by=None, reason="测试"):
        scene.subject_himself.save()
        account.save()
    return account


@pytest.mark.parametrize("by", ["number", "unit", "ref"])
def test_whoever_is_on_file_shuts_no_officer_out_alone(
    scene: Province, own_file: IntegrityFile, kin: Account, by: str
) -> None:
    """Planted before: the officer's next request was 404, by the word of the person whose file it is."""
    numbered(scene.person, NUMBER)
    means = {"number": NUMBER, "unit": scene.authority.name, "ref": str(scene.file.ref)}
    sent(signed_in(scene.clerk), **{by: means[by]})
    assert not sees(scene.clerk, scene.file)  # the own direction at once
    assert sees(kin, own_file)
    draft = scenes.submitted(replace(scene, file=own_file, clerk=scene.clerk_of_other_authority))
    assert decisions.approve(row=draft, by=kin).state == "in_force"


@pytest.mark.parametrize("way", ["declared", "imposed"])
def test_the_other_direction_takes_the_officer_or_an_administrator(
    scene: Province, own_file: IntegrityFile, kin: Account, way: str
) -> None:
    sent(signed_in(scene.clerk), ref=str(scene.file.ref))
    assert sees(kin, own_file)
    if way == "declared":
        sent(signed_in(kin), name="才旦卓玛", ref=str(own_file.ref))
    else:
        recusals.impose(account=kin, by=scene.security_admin, reason="亲属关系属实", ref=own_file.ref)
    assert not sees(kin, own_file)


def test_kin_that_personnel_recorded_counts_both_ways(scene: Province, own_file: IntegrityFile, kin: Account) -> None:
    factories.saved(Kinship(subject=own_file.subject, relative=scene.person, declared_on=scenes.TODAY))
    assert not sees(kin, own_file)
    assert not sees(scene.clerk, scene.file)


def test_all_namesakes_of_one_unit_are_closed(scene: Province) -> None:
    """Planted before: the first three were, and the fourth stayed open without a word."""
    rows = [
        factories.file(scene.authority, by=scene.second_clerk, subject=factories.subject("扎西多杰"))
        for _one in range(4)
    ]
    sent(signed_in(scene.clerk), unit=scene.authority.name)
    assert not any(sees(scene.clerk, row) for row in (*rows, scene.file))
    assert all(sees(scene.second_clerk, row) for row in rows)


def test_on_file_or_not_the_answer_and_the_list_are_the_same(scene: Province) -> None:
    """No oracle: not by the answer, not by one's own list, not by the administrators' list."""
    numbered(scene.person, NUMBER)
    pages = []
    for account, number in ((scene.clerk, NUMBER), (scene.second_clerk, OTHER)):
        browser = signed_in(account)
        answer = sent(browser, number=number)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("staff:own_recusals"))
        page = main_of(browser.get(answer.headers["Location"]))
        pages.append(page.replace(mask_identity_number(number), "*"))
    assert pages[0] == pages[1]
    assert "扎西多杰" in pages[0]
    assert Recusal.objects.filter(account=scene.clerk).count() == 1
    assert not Recusal.objects.filter(account=scene.second_clerk).exists()
    listed = signed_in(scene.security_admin).get(reverse("staff:recusals")).text
    assert listed.count("亲属关系") == 2
    assert "扎西多杰" not in listed


def test_a_conflict_and_what_is_imposed_are_no_oracle_either(scene: Province) -> None:
    """Planted before: the lists showed the rows that recusal reads, and there was one only for whoever is on file."""
    for account, name in ((scene.clerk, scene.person.name), (scene.second_clerk, "无此人")):
        page = signed_in(account)
        sent_now = {"kind": "conflict", "name": name, "unit": scene.authority.name, "reason": "同学"}
        assert page.post(reverse("staff:recusal_declare"), sent_now).status_code == 302
        assert name in page.get(reverse("staff:own_recusals")).text
        recusals.impose(account=account, by=scene.security_admin, reason="举报", name=name, unit=scene.authority.name)
    listed = signed_in(scene.security_admin).get(reverse("staff:recusals")).text
    assert listed.count("责令回避</td>") == 2
    own = signed_in(scene.clerk).get(reverse("staff:own_recusals")).text
    assert own.count(scene.person.name) == 1  # what others imposed does not say before whom


def main_of(answer: Any) -> str:
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found
    return re.sub(r'(?:nonce|value)="[^"]*"', "", found[0])


def test_the_number_is_not_kept(scene: Province) -> None:
    sent(signed_in(scene.clerk), number=NUMBER)
    row = RecusalDeclaration.objects.get()
    kept = [getattr(one, field.attname) for one in (row, row.history.get()) for field in one._meta.concrete_fields]
    assert NUMBER not in str(kept)
    assert row.number_masked[0] == NUMBER[0]
    assert NUMBER not in signed_in(scene.clerk).get(reverse("staff:own_recusals")).text


@pytest.mark.parametrize(
    ("columns", "code"),
    [({}, "nobody_named"), ({"number": NUMBER[:-1] + "0"}, "checksum"), ({"number": "12"}, "length")],
)
def test_what_identifies_nobody_is_refused_and_kept_nowhere(scene: Province, columns: Any, code: str) -> None:
    with pytest.raises(ActRefused) as refusal:
        recusals.declare_relative(by=scene.clerk, relation=KinRelation.SPOUSE, name="扎西多杰", **columns)
    assert refusal.value.code == code
    answer = sent(signed_in(scene.clerk), **columns)
    assert answer.status_code == 422
    assert not RecusalDeclaration.objects.exists()


def test_ending_takes_two_administrators(scene: Province, own_file: IntegrityFile) -> None:
    sent(signed_in(scene.clerk), ref=str(scene.file.ref))
    row = RecusalDeclaration.objects.get()
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    one, other = signed_in(scene.security_admin), signed_in(second)
    asked = one.post(reverse("staff:recusal_end", args=[row.pk]), {"reason": "已离婚"})
    assert asked.status_code == 302
    change = scene.clerk.changes.get()
    confirm = reverse("staff:change_confirm", args=[change.ref])
    assert "扎西多杰" not in one.get(reverse("staff:change", args=[change.ref])).text
    assert one.post(confirm, {}).status_code == 422
    assert signed_in(scene.clerk).post(confirm, {}).status_code == 404
    assert not sees(scene.clerk, scene.file)
    assert Kinship.objects.filter(subject=own_file.subject, relative=scene.person).exists()
    assert other.post(confirm, {}).status_code == 302
    assert sees(scene.clerk, scene.file)
    assert not Kinship.objects.exists()
    entry = row.history.order_by("-history_id")[0]
    assert (entry.history_user, entry.history_acting_for, entry.history_change_reason) == (
        second, scene.security_admin, "已离婚",
    )  # fmt: skip


def test_what_another_declaration_covers_stays_closed(scene: Province, own_file: IntegrityFile) -> None:
    browser = signed_in(scene.clerk)
    sent(browser, ref=str(scene.file.ref))
    sent(browser, unit=scene.authority.name)
    first = RecusalDeclaration.objects.order_by("pk")[0]
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    change = recusals.ask_to_end(declaration=first, by=scene.security_admin, reason="重复申报")
    accounts.confirm(change=change, by=second)
    assert not sees(scene.clerk, scene.file)
    assert Kinship.objects.filter(subject=own_file.subject, relative=scene.person).exists()


def test_whoever_comes_on_file_later_is_met_by_the_nightly_job(scene: Province) -> None:
    sent(signed_in(scene.clerk), name="索南", unit=scene.authority.name)
    person = factories.subject("索南")
    file = factories.file(scene.authority, by=scene.second_clerk, subject=person, unit=scene.authority)
    assert SubjectName.objects.filter(subject=person).exists()
    assert sees(scene.clerk, file)
    call_command("expire_due")
    assert not sees(scene.clerk, file)
    before = Recusal.objects.count()
    call_command("expire_due")  # again: nobody new
    assert Recusal.objects.count() == before


def test_a_relative_declared_before_the_own_file_is_linked_is_written_down_then(
    scene: Province, own_file: IntegrityFile
) -> None:
    own = scene.clerk.subject
    scene.clerk.subject = None
    with recording(by=None, reason="测试"):
        scene.clerk.save()
    sent(signed_in(scene.clerk), ref=str(scene.file.ref))
    assert not sees(scene.clerk, scene.file)
    assert not Kinship.objects.exists()
    second = assigned(factories.account("second", organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    change = accounts.propose(
        kind=ChangeKind.LINK, by=scene.security_admin, account=scene.clerk, reason="关联",
        subject=accounts.person_of(own_file.ref),
    )  # fmt: skip
    accounts.confirm(change=change, by=second)
    assert Kinship.objects.filter(subject=own, relative=scene.person).exists()

"""Personas 角色: who uses the archive, each with the assignments a real one has. Used by tests of every chapter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from integrity.choices import Grade, Level, OrganKind, Role
from integrity.models import Account, Assignment, Case, IntegrityFile, Organisation, Profession, Subject
from tests import factories
from tests.factories import saved
from tests.kept_scene import put_back_or_build


def assigned(account: Account, role: str, authority: Organisation, **columns: Any) -> Account:
    """Give an account a role, by two other persons as the rule asks."""
    first = Account.objects.filter(username="granting").first() or factories.account("granting")
    second = Account.objects.filter(username="seconding").first() or factories.account("seconding")
    columns.setdefault("clearance", Grade.STRICT)
    saved(Assignment(account=account, role=role, authority=authority, granted_by=first, seconded_by=second, **columns))
    return account


def signed_in(account: Account, *, purpose: str = "", case: str = "") -> Client:
    """A browser of this person; purpose and case as an inspector states them."""
    client = Client()
    client.force_login(account)
    if purpose or case:
        client.post("/staff/purpose/", {"purpose": purpose, "case": case})
    return client


@dataclass
class Province:
    """One managing authority with its people, another beside it, and everybody who may or may not look.

    The file is `person`'s; `subject_himself` is that person's account. Accounts are named after what they are.
    """

    authority: Organisation
    other_authority: Organisation
    inspection: Organisation
    clerk: Account
    second_clerk: Account
    reviewer: Account
    second_reviewer: Account
    organisation_officer: Account
    clerk_of_other_authority: Account
    reviewer_of_other_authority: Account
    low_clearance_clerk: Account
    inspector_with_case: Account
    inspector_without_case: Account
    second_inspector: Account
    regulator: Account
    second_regulator: Account
    secrecy_reviewer: Account
    publisher: Account
    objection_officer: Account
    request_officer: Account
    request_head: Account
    editor: Account
    subject_himself: Account
    superuser: Account
    system_admin: Account
    security_admin: Account
    audit_admin: Account
    nobody: Account
    person: Subject
    file: IntegrityFile
    profession: Profession
    case: Case
    purpose: str = "审查调查"
    extra: dict[str, Any] = field(default_factory=dict)

    def browser(self, name: str) -> Client:
        """The browser of a persona, purpose and case stated where that persona has them."""
        account: Account = getattr(self, name)
        if name == "inspector_with_case":
            return signed_in(account, purpose=self.purpose, case=self.case.reference)
        return signed_in(account)

    @property
    def bureau(self) -> Organisation:
        """The regulators' office."""
        assert self.regulator.organisation is not None
        return self.regulator.organisation

    #: Those who see the file of this authority, and those who do not.
    SEE = ("clerk", "reviewer", "organisation_officer", "inspector_with_case", "subject_himself")
    DO_NOT_SEE = (
        "clerk_of_other_authority", "reviewer_of_other_authority", "inspector_without_case", "regulator",
        "secrecy_reviewer", "publisher", "objection_officer",
        "request_officer", "request_head",
        "editor", "superuser", "system_admin", "security_admin",
        "audit_admin", "nobody",
    )  # fmt: skip


def province() -> Province:
    """The whole scene (about sixty rows); a test that has seen it gets its rows put back."""
    return put_back_or_build(_province)


def _province() -> Province:
    authority = factories.organisation("海东市委组织部", level=Level.PREFECTURE)
    other = factories.organisation("玉树州委组织部", level=Level.PREFECTURE)
    inspection = factories.organisation("省监察委员会", kind=OrganKind.DISCIPLINE_INSPECTION)
    bureau = factories.organisation("省司法厅", kind=OrganKind.GOVERNMENT_DEPARTMENT)
    profession = factories.profession()

    def person(username: str, role: str, where: Organisation, **columns: Any) -> Account:
        account = factories.account(username, organisation=where)
        return assigned(account, role, where, **columns)

    clerk = person("clerk", Role.CLERK, authority)
    second_inspector = person("second_inspector", Role.INSPECTOR, inspection)
    inspector = person("inspector_with_case", Role.INSPECTOR, inspection)
    subject = factories.subject("扎西多杰")
    file = factories.file(authority, by=clerk, subject=subject)
    case = factories.case(inspection)
    factories.case_grant(case, inspector=inspector, file=file, granted_by=second_inspector)
    return Province(
        authority=authority,
        other_authority=other,
        inspection=inspection,
        clerk=clerk,
        second_clerk=person("second_clerk", Role.CLERK, authority),
        reviewer=person("reviewer", Role.REVIEWER, authority),
        second_reviewer=person("second_reviewer", Role.REVIEWER, authority),
        organisation_officer=person("organisation_officer", Role.ORGANISATION_OFFICER, authority),
        clerk_of_other_authority=person("clerk_of_other_authority", Role.CLERK, other),
        reviewer_of_other_authority=person("reviewer_of_other_authority", Role.REVIEWER, other),
        low_clearance_clerk=person("low_clearance_clerk", Role.CLERK, authority, clearance=Grade.INTERNAL),
        inspector_with_case=inspector,
        inspector_without_case=person("inspector_without_case", Role.INSPECTOR, inspection),
        second_inspector=second_inspector,
        regulator=person("regulator", Role.REGULATOR, bureau, profession=profession),
        second_regulator=person("second_regulator", Role.REGULATOR, bureau, profession=profession),
        secrecy_reviewer=person("secrecy_reviewer", Role.SECRECY_REVIEWER, bureau),
        publisher=person("publisher", Role.PUBLISHER, bureau),
        objection_officer=person("objection_officer", Role.OBJECTION_OFFICER, authority),
        request_officer=person("request_officer", Role.REQUEST_OFFICER, bureau),
        request_head=person("request_head", Role.REQUEST_HEAD, bureau),
        editor=person("editor", Role.EDITOR, bureau),
        subject_himself=factories.account("subject_himself", subject=subject),
        superuser=factories.account("superuser", is_superuser=True, is_staff=True),
        system_admin=person("system_admin", Role.SYSTEM_ADMIN, authority),
        security_admin=person("security_admin", Role.SECURITY_ADMIN, authority),
        audit_admin=person("audit_admin", Role.AUDIT_ADMIN, authority),
        nobody=factories.account("nobody"),
        person=subject,
        file=file,
        profession=profession,
        case=case,
    )

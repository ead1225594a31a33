"""A small province for imports 导入测试: one managing authority, its clerk, its regulator."""

from __future__ import annotations

from typing import Any

import pytest

from integrity.choices import Grade, Level, OrganKind, Role, StatusBasis
from integrity.models import Account, Assignment, Division, Organisation, Profession, recording


@pytest.fixture
def authority(db: None) -> Organisation:
    with recording(by=None, reason="测试准备"):
        division = Division.objects.filter(code="630000").first() or Division.objects.create(
            code="630000", name="青海省", level=Level.PROVINCE
        )
        return Organisation.objects.create(
            code="63-ORG",
            name="省委组织部",
            kind=OrganKind.ORGANISATION_DEPARTMENT,
            level=Level.PROVINCE,
            division=division,
        )


def _account(name: str, role: str, authority: Organisation) -> Account:
    with recording(by=None, reason="测试准备"):
        granter, _ = Account.objects.get_or_create(username="granter")
        second, _ = Account.objects.get_or_create(username="second")
        account: Account = Account.objects.create(username=name, display_name=name, organisation=authority)
        Assignment.objects.create(
            account=account,
            role=role,
            authority=authority,
            clearance=Grade.STRICT,
            granted_by=granter,
            seconded_by=second,
        )
    return account


@pytest.fixture
def clerk(authority: Organisation) -> Account:
    return _account("clerk", Role.CLERK, authority)


@pytest.fixture
def regulator(authority: Organisation) -> Account:
    return _account("regulator", Role.REGULATOR, authority)


@pytest.fixture
def physician(db: None) -> Any:
    with recording(by=None, reason="测试准备"):
        profession, _ = Profession.objects.get_or_create(
            code="physician", defaults={"name": "医师", "status_basis": StatusBasis.LICENCE}
        )
    return profession

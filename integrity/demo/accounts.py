"""One account per persona 演示账户. Their password is public: they exist in a demonstration only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from integrity.choices import Grade, Role
from integrity.demo.professions import REGULATOR
from integrity.demo.province import Province
from integrity.models import Account, Assignment, Organisation, Profession, recording

PASSWORD = "qinghai-demo"  # noqa: S105  shown on the demonstration's sign-in page
XINING = "630100"
PROVINCE = "630000"


@dataclass(frozen=True, slots=True)
class Persona:
    """A role with a face: user name, name, role, office, clearance."""

    username: str
    name: str
    role: Role | None
    division: str
    office: str
    clearance: int = Grade.STRICT


PERSONAS: tuple[Persona, ...] = (
    Persona("clerk", "李春梅", Role.CLERK, XINING, "organisation"),
    Persona("reviewer", "才让多杰", Role.REVIEWER, XINING, "organisation"),
    Persona("organisation_officer", "马文华", Role.ORGANISATION_OFFICER, PROVINCE, "organisation"),
    Persona("clerk_haixi", "巴图", Role.CLERK, "632800", "organisation"),
    Persona("inspector", "王志刚", Role.INSPECTOR, XINING, "inspection"),
    Persona("inspector_second", "卓玛央金", Role.INSPECTOR, XINING, "inspection"),
    Persona("inspector_no_case", "韩木沙", Role.INSPECTOR, XINING, "inspection"),
    Persona("regulator", "张立新", Role.REGULATOR, XINING, "justice", Grade.STRICT),
    Persona("regulator_second", "祁存福", Role.REGULATOR, XINING, "justice", Grade.STRICT),
    Persona("editor", "赵晓燕", Role.EDITOR, PROVINCE, "government", Grade.INTERNAL),
    Persona("secrecy_reviewer", "冶占祥", Role.SECRECY_REVIEWER, XINING, "justice", Grade.SENSITIVE),
    Persona("publisher", "索南彭措", Role.PUBLISHER, XINING, "justice", Grade.SENSITIVE),
    Persona("objection_officer", "周丽华", Role.OBJECTION_OFFICER, XINING, "organisation"),
    Persona("subject", "", None, XINING, "organisation"),
    Persona("system_admin", "陈振宏", Role.SYSTEM_ADMIN, PROVINCE, "government", Grade.INTERNAL),
    Persona("security_admin", "拉毛", Role.SECURITY_ADMIN, PROVINCE, "government", Grade.INTERNAL),
    Persona("security_second", "冯国栋", Role.SECURITY_ADMIN, PROVINCE, "government", Grade.INTERNAL),
    Persona("reviewer_second", "完么措", Role.REVIEWER, XINING, "organisation"),
    Persona("audit_admin", "杨启明", Role.AUDIT_ADMIN, PROVINCE, "government", Grade.INTERNAL),
)
#: Accounts that nobody signs in with: they stand for the office that migrated the older records.
MIGRATION = (("migration", "历史数据录入"), ("migration_check", "历史数据复核"))


def migration_accounts(*, reason: str) -> tuple[Account, Account]:
    """Enterer and approver of the older rows."""
    made = []
    for username, name in MIGRATION:
        account = Account(username=username, display_name=name, is_active=False, password=make_password(None))
        with recording(by=None, reason=reason):
            account.save()
        made.append(account)
    return made[0], made[1]


def build_accounts(
    province: Province, *, makers: tuple[Account, Account], today: date, reason: str
) -> dict[str, Account]:
    """Every persona with its assignment, granted by one account and seconded by another."""
    password = make_password(PASSWORD)  # hashed once: seventeen slow hashes would be a fifth of the loading time
    accounts: dict[str, Account] = {}
    with recording(by=None, reason=reason):
        for persona in PERSONAS:
            office = province.office(persona.division, persona.office)
            account = Account(
                username=persona.username, display_name=persona.name, organisation=office, password=password
            )
            account.save()
            accounts[persona.username] = account
            for authority in _authorities(province, persona, office):
                for profession in _professions(persona, authority, today):
                    Assignment(
                        account=account,
                        role=persona.role or "",
                        authority=authority,
                        profession=profession,
                        clearance=persona.clearance,
                        granted_by=makers[0],
                        seconded_by=makers[1],
                        valid_from=today - timedelta(days=400),
                    ).save()
    return accounts


def _professions(persona: Persona, authority: Organisation, today: date) -> list[Profession | None]:
    """A regulator serves the professions of the own department, each by an assignment; others name none."""
    if persona.role != Role.REGULATOR:
        return [None]
    department = authority.code.partition("-")[2]
    codes = [code for code, key in REGULATOR.items() if key == department]
    return list(Profession.objects.on(today).filter(code__in=codes)) or [None]


def _authorities(province: Province, persona: Persona, office: Organisation) -> list[Organisation]:
    """The authority of the assignment; the capital's regulators and publishers also serve three other trades."""
    if persona.role is None:
        return []
    if persona.role in (Role.SECRECY_REVIEWER, Role.PUBLISHER):
        return [province.office(XINING, key) for key in ("justice", "health", "education", "tourism")]
    return [office]

"""The access rule a second time 访问规则的另一陈述 (domain §10): over the facts of a world, in the words of the domain.

Nothing of `integrity.access` is asked here, so that the two can disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from integrity.choices import Act
from integrity.models import (
    Account,
    Assignment,
    BreakGlass,
    CaseGrant,
    IntegrityFile,
    Kinship,
    Objection,
    Recusal,
)
from tests.access.worlds import Fact
from tests.integrity import scenes

READING = frozenset({Act.LIST, Act.READ, Act.SEARCH})
FILE_OFFICES = frozenset({"clerk", "reviewer", "organisation_officer"})
PRACTITIONERS = frozenset({"practitioner", "penalty", "licence"})
#: Acts beyond reading → the roles that have them.
FURTHER = {
    Act.ENTER: frozenset({"clerk", "organisation_officer", "regulator"}),
    Act.APPROVE: frozenset({"reviewer", "organisation_officer", "regulator"}),
    Act.EXPORT: frozenset({"reviewer", "organisation_officer", "regulator"}),
    Act.ERASE: frozenset({"reviewer", "organisation_officer", "regulator"}),
}
#: Leading posts of the own unit, by its level: its leaders are managed one level up (公务员法 76).
LEADERS_UP_TO = {1: 6, 2: 8, 3: 10, 4: 10, 5: 10}
#: S5 is nobody's here, not even of whom it tells.
HIGHEST_READ = 4
_OPEN = ("received", "supplement_asked", "accepted", "marked", "checking")
_WHY = "测试"


@dataclass
class Office:
    """One assignment of today."""

    role: str
    authority: int
    profession: int | None
    clearance: int
    disputed: frozenset[tuple[str, int]] = frozenset()


@dataclass
class Reader:
    """What is true of one account, case and purpose as stated in its browser."""

    account: int
    subject: UUID | None
    offices: list[Office]
    recused: frozenset[UUID]
    granted: frozenset[int] = frozenset()
    #: File → the authority of the duty it was asked in, and its grade.
    urgent: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def administrator(self) -> bool:
        return any(office.role.endswith("_admin") for office in self.offices)


def reader_of(account: Account, *, case: Any = None) -> Reader:
    """Read the facts of an account as they stand in the tables."""
    held = [row for row in Assignment.objects.filter(account=account) if _today(row)]
    offices = [Office(row.role, row.authority_id, row.profession_id, row.clearance) for row in held]
    for office in offices:
        if office.role == "objection_officer":
            office.disputed = _disputed(account, office)
    bodies = {office.authority for office in offices if office.role == "inspector"}
    granted = CaseGrant.objects.filter(user=account, case=case, cut_on=None, ends_on__gte=scenes.TODAY) if case else []
    urgent = BreakGlass.objects.filter(asked_by=account, state="opened", closes_at__gt=timezone.now())
    return Reader(
        account=account.pk,
        subject=account.subject_id,
        offices=offices,
        recused=_recused(account),
        granted=frozenset(row.content_object_id for row in granted if row.case.organisation_id in bodies),
        urgent={row.file_id: (row.office_id, row.max_grade) for row in urgent},
    )


def _today(row: Any) -> bool:
    begun = row.valid_from is None or row.valid_from <= scenes.TODAY
    return begun and (row.valid_to is None or row.valid_to >= scenes.TODAY)


def _disputed(account: Account, office: Office) -> frozenset[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for row in Objection.objects.unscoped(reason=_WHY).filter(authority_id=office.authority, state__in=_OPEN):
        about = row.decision or row.penalty
        if about is None or about.entered_by_id != account.pk:
            found.add(("objection", row.pk))
            if about is not None:
                found.add((str(about._meta.model_name), about.pk))
    return frozenset(found)


def _recused(account: Account) -> frozenset[UUID]:
    """Oneself, one's relatives (none that others declared), declared conflicts, the leaders of one's own unit (H18)."""
    found = {row.subject_id for row in Recusal.objects.filter(account=account) if _today(row)}
    if account.subject_id is not None:
        found.add(account.subject_id)
        for tie in Kinship.objects.all():
            if account.subject_id == tie.subject_id:
                found.add(tie.relative_id)
            elif account.subject_id == tie.relative_id and tie.declaration is None:
                found.add(tie.subject_id)  # recorded by personnel; what others declared closes nothing here
    unit = account.organisation
    if unit is not None:
        lowest = LEADERS_UP_TO[unit.level]
        for file in IntegrityFile.objects.unscoped(reason=_WHY).filter(unit=unit):
            if file.leading_post is not None and file.leading_post <= lowest:
                found.add(file.subject_id)
    return frozenset(found)


def clearance(reader: Reader, fact: Fact, act: Act = Act.READ, *, draft: bool | None = None) -> int:
    """The highest clearance with which something lets this reader in; 0 when nothing does."""
    draft = fact.draft if draft is None else draft
    found = [0]
    own = fact.kind != "publication" and fact.subject == reader.subject and fact.grade <= HIGHEST_READ
    if own and act in (Act.LIST, Act.READ) and not draft:
        found.append(4)  # oneself, everything but drafts
    if fact.subject not in reader.recused and not reader.administrator:
        found += [office.clearance for office in reader.offices if _lets_in(reader, office, fact, act, draft)]
        urgent = _urgent(reader, fact)
        if act == Act.READ and _of_a_file(fact) and fact.grade <= urgent and not draft:
            found.append(urgent)
    return max(found)


def admits(reader: Reader, fact: Fact, act: Act = Act.READ, *, draft: bool | None = None) -> bool:
    return clearance(reader, fact, act, draft=draft) > 0


def _urgent(reader: Reader, fact: Fact) -> int:
    """The grade an emergency opens: its own, and no more than the duty it was asked in has today."""
    where, highest = reader.urgent.get(fact.file or 0, (0, 0))
    duty = [one.clearance for one in reader.offices if one.role in FILE_OFFICES and one.authority == where]
    return min(highest, max(duty, default=0))


def _of_a_file(fact: Fact) -> bool:
    return fact.kind != "publication" and fact.file is not None


def _lets_in(reader: Reader, office: Office, fact: Fact, act: Act, draft: bool) -> bool:
    if act not in READING and office.role not in FURTHER[act]:
        return False
    if fact.kind == "publication":
        if office.role not in ("regulator", "secrecy_reviewer", "publisher"):
            return False
        return office.authority == fact.authority and office.profession in (None, fact.profession)
    if fact.grade > office.clearance:
        return False
    if office.role == "objection_officer":
        return (fact.label, fact.pk) in office.disputed and not draft
    if office.role == "inspector":
        return _of_a_file(fact) and fact.file in reader.granted and not draft
    if office.authority != fact.authority:
        return False
    if office.role in FILE_OFFICES:
        return _of_a_file(fact) and (not draft or office.role != "clerk" or fact.author == reader.account)
    return office.role == "regulator" and not _of_a_file(fact) and office.profession in (None, fact.profession)

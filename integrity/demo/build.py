"""Build the made-up province 生成演示数据: the same seed gives the same people each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from integrity import access, case_terms, cases
from integrity.choices import RecordState
from integrity.demo.accounts import build_accounts, migration_accounts
from integrity.demo.administration import build_administration
from integrity.demo.professions import build_penalties, build_practitioners, build_publications
from integrity.demo.province import build_province
from integrity.demo.rulings import build_decisions
from integrity.demo.servants import Makers, build_servants
from integrity.models import Account, Case, Decision, IntegrityFile, Kinship, recording

SEED = 20150121
REASON = "演示数据"
SERVANTS, PRACTITIONERS, DECISIONS, PENALTIES = 3000, 800, 260, 140
CASE_REFERENCE = "青纪办〔2026〕17号"
CASE_FILES = 5
_CASE_STATES = (RecordState.IN_FORCE, RecordState.LIFTED, RecordState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, in numbers."""

    offices: int
    servants: int
    practitioners: int
    decisions: int
    penalties: int
    publications: int


def already_built() -> bool:
    """Whether the demonstration's first persona is there."""
    return bool(Account.objects.filter(username="clerk").exists())


@transaction.atomic
def build(*, tell: Callable[[str], None]) -> Built:
    """Everything in one transaction: a failure leaves nothing half-made."""
    random = Random(SEED)  # noqa: S311  made-up people, no secret
    today = timezone.localdate()
    migration = migration_accounts(reason=REASON)
    makers = Makers(*migration)
    province = build_province(today=today, by=makers.enterer, reason=REASON)
    accounts = build_accounts(province, makers=migration, today=today, reason=REASON)
    tell(f"机构 {len(province.offices)}，账户 {len(accounts)}")
    files = build_servants(random, province, amount=SERVANTS, makers=makers, today=today, reason=REASON)
    tell(f"公务员档案 {len(files)}")
    decisions = build_decisions(
        random, province, files, amount=DECISIONS, makers=makers, accounts=accounts, today=today, reason=REASON
    )
    tell(f"处分决定 {len(decisions)}")
    records = build_practitioners(random, province, amount=PRACTITIONERS, makers=makers, today=today, reason=REASON)
    penalties = build_penalties(
        random, records, amount=PENALTIES, makers=makers, accounts=accounts, today=today, reason=REASON
    )
    publications = build_publications(random, penalties, makers=makers, accounts=accounts, today=today, reason=REASON)
    tell(f"执业记录 {len(records)}，处罚 {len(penalties)}，公示 {len(publications)}")
    _own_subjects(accounts, files, decisions)
    case = _case(accounts, decisions)
    build_administration(accounts, files, case)
    return Built(len(province.offices), len(files), len(records), len(decisions), len(penalties), len(publications))


def _own_subjects(accounts: dict[str, Account], files: list[IntegrityFile], decisions: list[Decision]) -> None:
    """The subject persona has a file with a decision in it; the clerk has a file and a relative in the same office."""
    office = accounts["clerk"].organisation_id
    near = [file for file in files if file.authority_id == office and file.established_on and not file.closed_on]
    disputed = [row.file for row in decisions if row.file.authority_id == office and row.state == "in_force"]
    subject_file = disputed[0]
    taken = {row.file_id for row in decisions}
    clerk_file, relative_file = [file for file in near if file.pk not in taken][:2]
    with recording(by=None, reason=REASON):
        subject = accounts["subject"]
        subject.subject, subject.display_name = subject_file.subject, subject_file.name
        subject.save()
        clerk = accounts["clerk"]
        clerk.subject = clerk_file.subject
        clerk.save()
        Kinship(subject=clerk_file.subject, relative=relative_file.subject, declared_on=timezone.localdate()).save()


def _case(accounts: dict[str, Account], decisions: list[Decision]) -> Case:
    """An open case with five files, each step asked by one officer and decided by the other."""
    second = accounts["inspector_second"]
    office = second.organisation
    assert office is not None  # noqa: S101  every persona has an office
    asked = case_terms.ask_opening(
        by=second,
        reference=CASE_REFERENCE,
        organisation=office,
        reason="核查有关问题（演示）",
        ends_on=timezone.localdate() + timedelta(days=60),
    )
    case = case_terms.decide(request=asked, by=accounts["inspector"], agreed=True, answer="同意登记").case
    assert case is not None  # noqa: S101  agreed just now
    local = accounts["clerk"].organisation_id
    kept_away = access.recused_subjects(accounts["inspector"], timezone.localdate())  # leaders of the own unit
    standing = [row for row in decisions if row.state in _CASE_STATES and row.file.authority_id == local]
    standing = [row for row in standing if row.subject_id not in kept_away]
    standing.sort(key=lambda row: _CASE_STATES.index(row.state))
    chosen = [row.file for row in standing[:CASE_FILES]]
    wanted = cases.ask_files(case=case, by=accounts["inspector"], files=chosen, reason="办案需要（演示）")
    cases.decide_request(request=wanted, by=second, chosen=[file.pk for file in chosen], answer="同意查阅")
    return case

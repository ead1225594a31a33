"""Administration in the demonstration 演示：授权申请、查阅申请、紧急查阅、异常查阅; so that no page opens empty."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from integrity import access, accounts, case_terms, cases, emergencies, readlog, recusals
from integrity.choices import Act, ChangeKind, Grade, RecusalKind, Role
from integrity.models import Account, Case, IntegrityFile

#: More files than an hour of work asks for: what the rule of rate finds.
MANY = 60


def build_administration(people: dict[str, Account], files: list[IntegrityFile], case: Case) -> None:
    """Requests that wait, a running emergency, readings and what was found in them."""
    _requests(people)
    established = [file for file in files if file.status == "established" and not file.leading_post]
    _case_request(people, established, case)
    _emergency(people, established)
    recusals.declare(by=people["clerk"], kind=RecusalKind.CONFLICT, reason="大学同学", ref=established[-1].ref)
    _readings(people, established)
    readlog.review_day(timezone.localdate())


def _requests(people: dict[str, Account]) -> None:
    asker = people["security_admin"]
    accounts.propose(
        kind=ChangeKind.ASSIGN, by=asker, account=people["clerk"], role=Role.REVIEWER,
        authority=people["clerk"].organisation, clearance=Grade.SENSITIVE, reason="岗位轮换",
        document="青组通〔2026〕21号",
    )  # fmt: skip
    accounts.propose(
        kind=ChangeKind.OPEN, by=asker, username="danzeng", display_name="旦增尼玛",
        organisation=people["clerk"].organisation, reason="新录用经办人",
    )  # fmt: skip


def _case_request(people: dict[str, Account], files: list[IntegrityFile], case: Case) -> None:
    own = [file for file in files if file.authority_id == people["clerk"].organisation_id]
    cases.ask_files(case=case, by=people["inspector_no_case"], files=own[:2], reason="核查任职回避情况")
    today = timezone.localdate()
    case_terms.ask_extension(
        case=case, by=people["inspector_second"], ends_on=today + timedelta(days=75), reason="有关事项尚未核查完毕"
    )
    case_terms.ask_opening(
        by=people["inspector_no_case"], organisation=case.organisation, reference="青纪核〔2026〕31号（演示）",
        reason="核查任职资格有关问题", ends_on=today + timedelta(days=90),
    )  # fmt: skip


def _emergency(people: dict[str, Account], files: list[IntegrityFile]) -> None:
    """Asked by a clerk of another prefecture; one is open, one waits."""
    own = [file for file in files if file.authority_id == people["reviewer"].organisation_id]
    for number, file in enumerate(own[2:4]):
        row = emergencies.ask(
            by=people["clerk_haixi"], ref=file.ref, reason="抗震救灾临时任用核查，夜间无法联系主管机关"
        )
        if number == 0:
            emergencies.decide(row=row, by=people["reviewer"], opened=True, reason="情况属实")


def _readings(people: dict[str, Account], files: list[IntegrityFile]) -> None:
    """A working day in the log, and one reader who opened too much."""
    clerk = people["clerk"]
    scope = access.scope_for(clerk, Act.READ)
    own = [file for file in files if scope.admits(file)]
    for file in own[:MANY]:
        access.log_read(scope, door="staff.FilePage", model=IntegrityFile, rows=[file])
    refused = access.scope_for(people["clerk_haixi"], Act.READ)
    access.log_read(refused, door="staff.FilePage", model=IntegrityFile, ids=[str(own[0].ref)], outcome="refused")

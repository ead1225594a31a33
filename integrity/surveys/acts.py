"""Making a survey 编制与发布 (H18): an editor writes and proposes, a publisher publishes; dates open and close it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from integrity import access
from integrity.asking.intake import ALPHABET, BLOCK, normalised
from integrity.choices import Act, SurveyMode, SurveyState
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import keyed_digest
from integrity.lifecycle.engine import move
from integrity.lifecycle.survey import SURVEY
from integrity.models import (
    Account,
    Organisation,
    Survey,
    SurveyCode,
    SurveyCount,
    SurveyGroup,
    SurveyOption,
    recording,
)

CODE_LENGTH, MOST_CODES = 12, 5000
#: The group of those who are not asked to which one they belong.
EVERYBODY = "全部答卷人"


@transaction.atomic
def make(
    *, by: Account, authority: Organisation, year: int, title: str, introduction: str, question: str, sample: str,
    population: int | None, mode: str, opens_on: date, closes_on: date, options: Sequence[tuple[str, str]],
    groups: Sequence[str], reason: str,
) -> Survey:  # fmt: skip
    """Write a survey with its options and groups 编制调查; once published nothing of it changes."""
    row = Survey(
        authority=authority, year=year, title=title, introduction=introduction, question=question, sample=sample,
        population=population, mode=mode, opens_on=opens_on, closes_on=closes_on, entered_by=by,
    )  # fmt: skip
    if not access.may(by, Act.COMPOSE, row):
        raise NotAdmitted
    if closes_on < opens_on:
        raise ActRefused("dates", _("截止日期不能早于开始日期"), field="closes_on")
    if len(options) < 2 or len({text for text, _counts in options}) < len(options):
        raise ActRefused("options", _("请填写至少两个互不相同的选项"), field="options")
    with recording(by=by, reason=reason or "编制调查"):
        row.save()
        made = [SurveyOption(survey=row, position=n, text=t, counts=c) for n, (t, c) in enumerate(options)]
        kinds = [SurveyGroup(survey=row, position=n, text=t) for n, t in enumerate(groups or [EVERYBODY])]
        for one in (*made, *kinds):
            one.save()
    # Every cell stands there from the beginning: which one is first says nothing then.
    SurveyCount.objects.bulk_create(
        SurveyCount(survey=row, option=option, group=group) for option in made for group in kinds
    )
    return row


def _moved(name: str, act: Act, *, survey: Survey, by: Account, reason: str, **changes: Any) -> Survey:
    access.require(by, act, survey)
    return move(SURVEY, survey, name, by=by, reason=reason, changes=changes)


def propose(*, survey: Survey, by: Account, reason: str = "") -> Survey:
    return _moved("propose", Act.COMPOSE, survey=survey, by=by, reason=reason or "提交发布")


def publish(*, survey: Survey, by: Account, reason: str = "") -> Survey:
    return _moved("publish", Act.PUBLISH, survey=survey, by=by, reason=reason or "发布", published_by=by)


def send_back(*, survey: Survey, by: Account, reason: str) -> Survey:
    return _moved("return", Act.PUBLISH, survey=survey, by=by, reason=reason)


def withdraw(*, survey: Survey, by: Account, reason: str) -> Survey:
    return _moved("withdraw", Act.PUBLISH, survey=survey, by=by, reason=reason)


@transaction.atomic
def hand_out(*, survey: Survey, by: Account, number: int) -> list[str]:
    """New codes 发放代码, shown this once: the archive keeps digests, and not to whom a code was given."""
    access.require(by, Act.COMPOSE, survey)
    if survey.mode != SurveyMode.CODE or survey.state == SurveyState.WITHDRAWN:
        raise ActRefused("mode", _("该调查不凭代码作答"))
    if not 1 <= number <= MOST_CODES:
        raise ActRefused("number", _("每次最多发放%(most)s个代码") % {"most": MOST_CODES}, field="number")
    made = ["".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH)) for _one in range(number)]
    # Sorted by digest: the order in the table is not the order on the list.
    digests = sorted(digest_of(survey, code) for code in made)
    SurveyCode.objects.bulk_create(SurveyCode(digest=digest, survey=survey) for digest in digests)
    return ["-".join(code[start : start + BLOCK] for start in range(0, CODE_LENGTH, BLOCK)) for code in made]


def digest_of(survey: Survey, code: str) -> str:
    return keyed_digest(f"{survey.ref} {normalised(code)}", purpose="survey-code")

"""Figures of a survey 满意度结果 (domain §17): satisfied ÷ valid answers, margin of error, by group, by year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import sqrt

from django.db.models import Sum

from integrity.choices import RuleKind, Satisfaction
from integrity.models import RuleSet, Survey, SurveyCount
from integrity.rules import rule
from integrity.surveys.suppression import Table, suppressed


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group 类别: satisfied, not satisfied, valid; None is a number that is not printed."""

    text: str
    satisfied: int | None
    unsatisfied: int | None
    valid: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be told of a closed survey. Numbers are None where printing them would tell of few people."""

    survey: Survey
    satisfied: int | None
    valid: int | None
    percent: float | None
    margin: float | None
    groups: tuple[GroupLine, ...]
    options: tuple[tuple[str, int], ...]
    least: int


def _parameter(key: str, name: str, on: date) -> int:
    return int(rule(RuleKind.SURVEY, key, on).parameters[name])


def margin_of(satisfied: int, valid: int, population: int | None, on: date) -> float | None:
    """z·√(p(1−p)/n), with √((N−n)/(N−1)) where the population is known; nothing for a small sample."""
    if valid < _parameter("margin", "least_sample", on):
        return None
    share = satisfied / valid
    half = _parameter("margin", "z_hundredths", on) / 100 * sqrt(share * (1 - share) / valid)
    if population is not None and population > 1 and population >= valid:
        half *= sqrt((population - valid) / (population - 1))
    return round(100 * half, 1)


def figures_of(survey: Survey, on: date) -> Figures:
    """The figures of one survey; the caller has asked whether it is over."""
    least = _parameter("small_cell", "least", on)
    groups = list(survey.groups.all())
    kinds = (Satisfaction.SATISFIED, Satisfaction.UNSATISFIED)
    rows = SurveyCount.objects.filter(survey=survey)
    cells = {
        (told["group"], told["option__counts"]): told["number"]
        for told in rows.values("group", "option__counts").annotate(number=Sum("number"))
    }
    table = suppressed([[cells.get((group.pk, kind), 0) for kind in kinds] for group in groups], least=least)
    if table is None or len(groups) == 1:
        total = [sum(cells.get((group.pk, kind), 0) for group in groups) for kind in kinds]
        whole = suppressed([total], least=least)
        last: list[int | None] = whole[-1] if whole is not None else [None, None, None]
        lines: Table = []
    else:
        last, lines = table[-1], table[:-1]
    satisfied, _unsatisfied, valid = last
    percent: float | None = None
    margin: float | None = None
    if satisfied is not None and valid:
        percent, margin = round(100 * satisfied / valid, 1), margin_of(satisfied, valid, survey.population, on)
    return Figures(
        survey=survey,
        satisfied=satisfied,
        valid=valid,
        percent=percent,
        margin=margin,
        groups=tuple(GroupLine(group.text, *line) for group, line in zip(groups, lines, strict=False)),
        options=_options(survey, least) if percent is not None else (),
        least=least,
    )


def _options(survey: Survey, least: int) -> tuple[tuple[str, int], ...]:
    """How often each option was chosen, where none of them is small; else none of them."""
    rows = SurveyCount.objects.filter(survey=survey).values_list("option__position", "option__text")
    told = [(text, number) for _at, text, number in rows.annotate(number=Sum("number")).order_by("option__position")]
    if any(0 < number < least for _text, number in told):
        return ()
    return tuple(told)


def targets(on: date) -> list[tuple[int, int, RuleSet]]:
    """Year, percent and rule of each target of the plan, in order 规划目标."""
    rows = RuleSet.objects.filter(kind=RuleKind.SURVEY, key__startswith="target|").select_related("basis")
    return sorted(
        ((int(row.key.partition("|")[2]), int(row.parameters["percent"]), row) for row in rows), key=lambda one: one[0]
    )


def trend(on: date) -> list[Figures]:
    """Every survey that is over and may be told of, oldest first 历年结果."""
    rows = Survey.objects.over(on).select_related("authority").order_by("year", "closes_on", "pk")
    return [figures_of(row, on) for row in rows]

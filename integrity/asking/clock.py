"""The clock of a request 期限计算 (信息公开条例 30–33; domain §16): working days from dated rows, with pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from integrity.choices import RuleKind
from integrity.models import InformationRequest, RuleSet
from integrity.rules import rule
from integrity.workdays import Calendar, calendar_for, deadline, deadline_with_pauses


def limit(key: str, on: date) -> RuleSet:
    """The rule row of a limit, as it stood on that day."""
    return rule(RuleKind.DISCLOSURE_LIMIT, key, on)


def calendar_of(request: InformationRequest) -> Calendar:
    """Working days where the asked organ sits: prefectures have holidays of their own."""
    return calendar_for(request.authority.division.code)


def after(request: InformationRequest, key: str, start: date) -> date:
    """The last day of a limit that begins on `start`."""
    return deadline(start, workdays=int(limit(key, start).parameters["workdays"]), calendar=calendar_of(request))


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time limit stands, with the rule it comes from."""

    due: date | None
    days: int
    rule: RuleSet
    #: The year of the end has no holiday notice yet, so the end is provisional.
    provisional: bool


def clock_of(request: InformationRequest) -> Clock:
    """The reply's last day, computed from the rows as they are now."""
    row, calendar = limit("reply", request.clock_from), calendar_of(request)
    days = int(row.parameters["workdays"]) + (request.extension_days or 0)
    pauses = list(request.pauses.values_list("from_on", "to_on"))
    due = deadline_with_pauses(request.clock_from, days, pauses, calendar)
    return Clock(due, days, row, provisional=due is not None and not calendar.covers(due))

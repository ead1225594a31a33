"""The remedies against a decision 救济途径, with the deadlines that can be known (domain §5, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from integrity.choices import DecisionFamily, DecisionKind, PenaltyKind, RemedyKind, RuleKind
from integrity.models import LegalBasis, Organisation
from integrity.rules import basis_of, rules_of
from integrity.workdays import calendar_for, deadline


@dataclass(frozen=True, slots=True)
class RemedyStep:
    """One step of the remedies 救济途径; `deadline` None = it runs from the decision on the step before."""

    kind: RemedyKind
    to: str
    deadline: date | None
    decided_in_days: int | None
    decided_in_months: int | None
    basis: LegalBasis
    text: str

    @property
    def label(self) -> str:
        return str(self.kind.label)


def remedies_for(
    family: DecisionFamily | str,
    kind: DecisionKind | PenaltyKind | None,
    authority: Organisation,
    *,
    decided_on: date,
    received_on: date,
) -> list[RemedyStep]:
    """The remedies in order, with the deadlines that can be known 救济途径 (监察法 56; 公务员法 95–96; 行政复议法).

    `family`: a DecisionFamily or "penalty". The rows of the deciding organ's kind outrank the general ones.
    """
    name = str(getattr(family, "value", family))
    rows = rules_of(RuleKind.REMEDY, f"{name}|{authority.kind}", decided_on) or rules_of(
        RuleKind.REMEDY, f"{name}|*", decided_on
    )
    calendar = calendar_for(authority.division.code) if rows else None
    steps = []
    for row in rows:
        p = row.parameters
        due = None
        if calendar is not None and p["from"] != "previous" and ("days" in p or "months" in p):
            due = deadline(received_on, days=p.get("days"), months=p.get("months"), calendar=calendar)
        steps.append(
            RemedyStep(
                kind=RemedyKind(p["remedy"]),
                to=p["to"],
                deadline=due,
                decided_in_days=p.get("decided_in_days"),
                decided_in_months=p.get("decided_in_months"),
                basis=basis_of(row, decided_on),
                text=row.text,
            )
        )
    return steps

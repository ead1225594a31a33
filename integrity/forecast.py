"""What the law makes of a decision 法律后果测算: period, end date, competence, remedies, each with its article.

Forms show it while they are filled in; the needs of `approve` ask the same rules again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from integrity import competence, remedies, rules
from integrity.choices import DecisionKind, PenaltyKind
from integrity.exceptions import ReasonedRefusal
from integrity.models import Decision, LegalBasis, Organisation, Profession, ProfessionSanction


@dataclass(frozen=True, slots=True)
class Line:
    """One computed value, its article and, where it refuses, the reason."""

    label: str
    value: str
    article: str = ""
    refused: bool = False
    warning: bool = False


@dataclass(slots=True)
class Forecast:
    """The whole of what follows from kind, date and authority 测算结果."""

    effective_from: date | None = None
    effective_to: date | None = None
    period_months: int | None = None
    permanent: bool = False
    bases: list[LegalBasis] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.refused]


def forecast_decision(
    *,
    kind: DecisionKind,
    decided_on: date,
    authority: Organisation | None,
    managing: Organisation | None,
    months: int | None = None,
    received_on: date | None = None,
) -> Forecast:
    """Period, end, competence, remedies and restrictions of a decision on a civil servant (domain §5)."""
    result = Forecast()
    _dates(result, decided_on, received_on)
    _window(result, kind, decided_on, months)
    if authority is not None:
        _competence(result, kind, authority, decided_on, managing)
        _remedies(result, kind, authority, decided_on, received_on)
    for text, basis in rules.restrictions_for(kind, decided_on):
        result.lines.append(Line(_("期间限制"), text, str(basis)))
    return result


def _dates(result: Forecast, decided_on: date, received_on: date | None) -> None:
    """What the needs of approval refuse of the two dates is said while they are typed (H2)."""
    today = timezone.localdate()
    if decided_on > today:
        result.lines.append(Line(_("决定日期"), _("决定日期不能晚于今天"), refused=True))
    if received_on is not None and received_on < decided_on:
        result.lines.append(Line(_("送达日期"), _("送达日期不能早于决定日期"), refused=True))
    if received_on is not None and received_on > today:
        result.lines.append(Line(_("送达日期"), _("送达日期不能晚于今天；未送达的决定不得入档"), refused=True))


def _window(result: Forecast, kind: DecisionKind, decided_on: date, months: int | None) -> None:
    try:
        period = rules.period_for(kind, decided_on)
        start, end = rules.effect_window(kind, decided_on=decided_on, months=months)
        if months is not None:  # what is typed is checked while it is typed, as it will be at approval
            stated = Decision(kind=kind, decided_on=decided_on, period_months=months)
            stated.effective_from, stated.effective_to = start, end
            rules.check_period(stated)
    except ReasonedRefusal as refused:
        result.lines.append(Line(_("影响期"), refused.message, refused.article, refused=True))
        return
    result.effective_from, result.effective_to = start, end
    result.period_months = months or period.months
    result.permanent = period.permanent
    result.bases.append(period.basis)
    article = str(period.basis)
    if period.permanent:
        result.lines.append(Line(_("影响期"), _("无期限"), article))
    elif end is None:
        result.lines.append(Line(_("影响期"), _("由决定文书载明"), article))
    else:
        result.lines.append(Line(_("影响期"), _("%(n)s 个月") % {"n": result.period_months}, article))
        result.lines.append(Line(_("届满日（含当日）"), _in_words(end), article))


def _competence(
    result: Forecast, kind: DecisionKind, authority: Organisation, on: date, managing: Organisation | None
) -> None:
    found = competence.competent(kind, authority, on, managing=managing)
    if found.basis is not None and found.basis not in result.bases:
        result.bases.append(found.basis)
    text = str(authority) if found.ok else found.reason
    result.lines.append(Line(_("决定机关"), text, str(found.basis or ""), refused=not found.ok))


def _remedies(
    result: Forecast, kind: DecisionKind, authority: Organisation, decided_on: date, received_on: date | None
) -> None:
    for step in remedies.remedies_for(
        kind.family, kind, authority, decided_on=decided_on, received_on=received_on or decided_on
    ):
        value = step.text or step.label
        if step.deadline is not None:
            value = _("%(text)s，期限至 %(day)s") % {"text": value, "day": _in_words(step.deadline)}
        result.lines.append(Line(_("救济：%s") % step.label, value, str(step.basis)))


def forecast_penalty(
    *,
    kind: PenaltyKind,
    decided_on: date,
    profession: Profession,
    authority: Organisation | None,
    months: int | None = None,
    amount: Decimal | None = None,
    managing: Organisation | None = None,
    received_on: date | None = None,
) -> Forecast:
    """Range, end, competence of a decision on a practitioner (domain §6); ranges warn, they never block."""
    result = Forecast(effective_from=decided_on, period_months=months)
    _dates(result, decided_on, received_on)
    if months:
        from integrity.workdays import effect_end

        result.effective_to = effect_end(decided_on, months)
        result.lines.append(Line(_("届满日（含当日）"), _in_words(result.effective_to)))
    sanctions = competence.sanctions_for(profession, kind, decided_on)
    for sanction in sanctions:
        result.bases.append(sanction.basis)
        result.lines.append(Line(_("罚则"), competence.range_text(sanction), str(sanction.basis)))
    _range_warnings(result, sanctions, months, amount)
    if authority is not None:
        found = competence.competent_for_penalty(profession, kind, authority, decided_on, managing=managing)
        text = str(authority) if found.ok else found.reason
        result.lines.append(Line(_("决定机关"), text, str(found.basis or ""), refused=not found.ok))
    return result


def _range_warnings(
    result: Forecast, sanctions: Sequence[ProfessionSanction], months: int | None, amount: Decimal | None
) -> None:
    if not sanctions:
        result.lines.append(Line(_("罚则"), _("目录中没有该职业的此种处理，请核对依据"), warning=True))
        return
    warnings = [competence.check_range(sanction, months, amount) for sanction in sanctions]
    if all(warnings):
        for text in warnings[0]:
            result.lines.append(Line(_("提示"), text.text, str(text.basis), warning=True))


def _in_words(day: date) -> str:
    return date_format(day, _("Y年n月j日"))

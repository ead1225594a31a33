"""Readers of the law rows 规则读取: periods, restrictions, publication by the law in force on a day (H2).

Who may decide is in `competence.py`, what remedies follow in `remedies.py`.

No number of the law stands here: every one is a `RuleSet` parameter with its article. A day without a row is
refused (`RuleMissing`), never guessed. `on` is the decision date: a decision is judged by the law of its date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity.choices import DecisionKind, LeadingPost, PublicationClass, RuleKind
from integrity.exceptions import ReasonedRefusal
from integrity.models import Decision, LegalBasis, Penalty, RuleSet
from integrity.workdays import effect_end


class RuleMissing(ReasonedRefusal):
    """No row of the law for that matter on that day 无有效规则: the law must be loaded first."""

    remedy = gettext_lazy("请由管理员核对并装载该日期有效的法律依据与规则")

    def __init__(self, message: str, *, field: str = "") -> None:
        text = _("%(message)s。%(remedy)s") % {"message": message, "remedy": self.remedy}
        super().__init__("rule_missing", text, field=field)


class PeriodNotStated(ReasonedRefusal):
    """The law gives a range; the document must state the period 期限须由决定文书载明."""


@dataclass(frozen=True, slots=True)
class Period:
    """Effect period of a kind 影响期, in months; `then_months` follow the stated period (留党察看)."""

    basis: LegalBasis
    text: str
    months: int | None = None
    min_months: int | None = None
    max_months: int | None = None
    then_months: int = 0
    permanent: bool = False
    from_document: bool = False
    severity: int = 0
    starts: str = "decided_on"


class Window(NamedTuple):
    """An effect window, both ends inclusive; `to` None = without end or stated by the document."""

    start: date
    to: date | None


class MergedSanction(NamedTuple):
    """Several acts, one sanction (政务处分法 15): the kind and the range of months it may last."""

    kind: DecisionKind
    min_months: int | None
    max_months: int | None
    basis: LegalBasis


class Restriction(NamedTuple):
    """A restriction as the law words it 期间限制 (quoted, never imposed: H11)."""

    text: str
    basis: LegalBasis


class PublicationPeriod(NamedTuple):
    """How long a penalty of a class may be shown 公示期限, in months."""

    min_months: int
    max_months: int
    basis: LegalBasis
    publishable: bool
    text: str


# ---------------------------------------------------------------- rows


def basis_in_force(code: str, on: date) -> LegalBasis:
    """The article, in the version in force on that day 有效条文."""
    found = LegalBasis.objects.on(on).filter(code=code).order_by("-valid_from").first()
    if found is None:
        raise RuleMissing(_("%(code)s 在 %(on)s 没有已装载的有效条文") % {"code": code, "on": on}, field="bases")
    return found


def rules_of(kind: RuleKind, key: str, on: date) -> list[RuleSet]:
    """The rows in force for a subject, in order; empty when there are none."""
    rows = RuleSet.objects.on(on).filter(kind=kind, key=key).select_related("basis")
    return list(rows.order_by("ordinal", "-valid_from"))


def rule(kind: RuleKind, key: str, on: date) -> RuleSet:
    """The one row in force; refused when there is none."""
    rows = rules_of(kind, key, on)
    if not rows:
        message = _("%(kind)s「%(key)s」在 %(on)s 没有有效规则")
        raise RuleMissing(message % {"kind": RuleKind(kind).label, "key": key, "on": on})
    return rows[0]


def basis_of(row: RuleSet, on: date) -> LegalBasis:
    """A rule outlives versions of its law: cite the same article as it stood on that day."""
    if (row.basis.valid_to or date.max) >= on >= (row.basis.valid_from or date.min):
        return row.basis
    try:
        return basis_in_force(row.basis.code, on)
    except RuleMissing:
        return row.basis


def lowest_leading_post(level: int, on: date) -> int:
    """The lowest leading post that leads a unit of this level 领导成员; every leading post where no rule says (§3)."""
    rows = rules_of(RuleKind.ACCESS_LIMIT, f"unit_leaders|{level}", on)
    return int(rows[0].parameters["leading_post_up_to"]) if rows else int(max(LeadingPost))


# ---------------------------------------------------------------- periods (domain §5)


def period_for(kind: DecisionKind, on: date) -> Period:
    """Effect period of a kind under the law of that day 影响期 (政务处分法 8; 纪律处分条例; 组织处理规定)."""
    row = rule(RuleKind.EFFECT_PERIOD, str(kind.value), on)
    return Period(basis=basis_of(row, on), text=row.text, **row.parameters)


def effect_window(kind: DecisionKind, *, decided_on: date, months: int | None = None) -> Window:
    """First and last day, both inclusive; `months` are those of the document where the law gives a range."""
    period = period_for(kind, decided_on)
    if period.permanent:
        return Window(decided_on, None)
    stated = months or period.months
    if stated is None:
        if period.from_document:
            return Window(decided_on, None)
        raise PeriodNotStated(
            "period_not_stated", _("请按决定文书填写期限（月）"), article=str(period.basis), field="period_months"
        )
    return Window(decided_on, effect_end(decided_on, stated + period.then_months))


def check_period(row: Decision) -> None:
    """Refuse a period the law of the decision date does not know; dates of the document win within it (H2).

    One decision, one act: the sum of several equal sanctions (政务处分法 15) is `merged`, never a single period.
    """
    if row.decided_on is None:
        raise PeriodNotStated("decided_on_missing", _("请填写决定日期"), field="decided_on")
    period = period_for(DecisionKind(row.kind), row.decided_on)
    shortest, longest = period.months or period.min_months, period.months or period.max_months
    if row.period_months is not None and not _in_range(row.period_months, shortest, longest):
        raise _period_refused(period, _("期限不在法定幅度内"), "period_months")
    if period.from_document:
        return
    if period.permanent:
        if row.effective_to is not None:
            raise _period_refused(period, _("该种决定没有期限，不应填写届满日"), "effective_to")
        return
    start = row.effective_from or row.decided_on
    months = row.period_months or period.months
    if row.effective_to is None or months is None:
        raise _period_refused(period, _("请按决定文书填写期限和届满日"), "effective_to")
    # a document may count from its own day although the effect begins later: the shorter end is from the decision
    first = effect_end(row.decided_on, (shortest or months) + period.then_months)
    last = effect_end(start, (longest or months) + period.then_months)
    if not first <= row.effective_to <= last:
        raise _period_refused(period, _("届满日超出法定期限"), "effective_to")


def _in_range(months: int, shortest: int | None, longest: int | None) -> bool:
    return (shortest is None or months >= shortest) and (longest is None or months <= longest)


def _period_refused(period: Period, message: str, field: str) -> ReasonedRefusal:
    return ReasonedRefusal("period_unlawful", message, article=str(period.basis), field=field)


def _severity(kind: DecisionKind, on: date) -> int:
    return period_for(kind, on).severity


# ---------------------------------------------------------------- several decisions


def merged(kinds: Sequence[DecisionKind], on: date) -> MergedSanction:
    """Several acts decided at once 数错并处 (政务处分法 15): the heaviest; equal kinds one period up to their sum."""
    row = rule(RuleKind.EFFECT_PERIOD, f"several|{kinds[0].family.value}", on)
    heaviest = max(kinds, key=lambda kind: _severity(kind, on))
    period = period_for(heaviest, on)
    if period.months is None:
        return MergedSanction(heaviest, None, None, basis_of(row, on))
    count = sum(kind == heaviest for kind in kinds)
    longest = period.months
    if _severity(heaviest, on) <= _severity(DecisionKind(row.parameters["equal_kinds_sum_up_to"]), on):
        longest = min(period.months * count, max(period.months, int(row.parameters["limit_months"])))
    return MergedSanction(heaviest, period.months, longest, basis_of(row, on))


def several(windows: Iterable[Window]) -> Window:
    """Parallel restrictions 并行限制: from the first day to the longest end (None = without end)."""
    rows = [Window(*window) for window in windows]
    ends = [window.to for window in rows]
    return Window(
        min(window.start for window in rows),
        None if None in ends else max(end for end in ends if end is not None),
    )


def added_to_running(running: Window, kind: DecisionKind, *, decided_on: date, months: int | None = None) -> Window:
    """A new sanction inside a running one: what remains plus the new period, capped (处分条例 10)."""
    new = effect_window(kind, decided_on=decided_on, months=months)
    rows = rules_of(RuleKind.EFFECT_PERIOD, f"running|{kind.family.value}", decided_on)
    if not rows or new.to is None or running.to is None or running.to < decided_on:
        return several([new, running]) if running.to is None or running.to >= decided_on else new
    length = months or period_for(kind, decided_on).months or 0
    joined = effect_end(running.to + timedelta(days=1), length)
    cap = effect_end(decided_on, int(rows[0].parameters["limit_months"]))
    return Window(decided_on, min(joined, cap))


# ---------------------------------------------------------------- restrictions


def restrictions_for(kind: DecisionKind, on: date) -> list[Restriction]:
    """What the law restricts while the decision has effect 期间限制 (政务处分法 19)."""
    rows = rules_of(RuleKind.RESTRICTION, str(kind.value), on)
    return [Restriction(row.text, basis_of(row, on)) for row in rows]


# ---------------------------------------------------------------- publication (domain §8)


def publication_period(
    publication_class: PublicationClass, on: date, *, decided_on: date | None = None
) -> PublicationPeriod:
    """How long that class may be shown 公示期限; with `decided_on` the rule more favourable to the subject."""
    found = _publication_rule(publication_class, on)
    if decided_on is not None and decided_on < on:
        try:
            older = _publication_rule(publication_class, decided_on)
        except RuleMissing:
            return found
        return min(found, older, key=lambda period: (period.publishable, period.max_months))
    return found


def _publication_rule(publication_class: PublicationClass, on: date) -> PublicationPeriod:
    row = rule(RuleKind.PUBLICATION_PERIOD, str(publication_class.value), on)
    p = row.parameters
    return PublicationPeriod(
        p.get("min_months", 0), p.get("max_months", 0), basis_of(row, on), p["publishable"], row.text
    )


def penalty_class(penalty: Penalty) -> PublicationClass:
    """The class a penalty is proposed for 拟定失信等级: by procedure, kind and fine; the sector's standard decides."""
    on = penalty.decided_on or timezone.localdate()
    key = "class|simple_procedure" if penalty.simple_procedure else f"class|{penalty.kind}"
    p = rule(RuleKind.PUBLICATION_PERIOD, key, on).parameters
    small = p.get("minor_up_to_yuan")
    if small is not None and penalty.fine_amount is not None and penalty.fine_amount <= Decimal(small):
        return PublicationClass.MINOR
    return PublicationClass(p["publication_class"])

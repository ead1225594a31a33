"""Readers of the law rows 规则读取: period, competence, remedies, limits of the law in force on a day (H2).

No number of the law stands here: every one is a `RuleSet` parameter with its article. A day without a row is
refused (`RuleMissing`), never guessed. `on` is the decision date: a decision is judged by the law of its date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity.choices import DecisionFamily, DecisionKind, PenaltyKind, PublicationClass, RemedyKind, RuleKind
from integrity.exceptions import ReasonedRefusal
from integrity.models import Decision, LegalBasis, Organisation, Penalty, Profession, ProfessionSanction, RuleSet
from integrity.workdays import calendar_for, deadline, effect_end


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


class Competence(NamedTuple):
    """Whether an authority may decide, why not, and the article 决定权限."""

    ok: bool
    reason: str
    basis: LegalBasis | None


class Restriction(NamedTuple):
    """A restriction as the law words it 期间限制 (quoted, never imposed: H11)."""

    text: str
    basis: LegalBasis


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


class PublicationPeriod(NamedTuple):
    """How long a penalty of a class may be shown 公示期限, in months."""

    min_months: int
    max_months: int
    basis: LegalBasis
    publishable: bool
    text: str


class RangeWarning(NamedTuple):
    """A value outside a sanction's range: it warns, it never blocks 幅度提示."""

    text: str
    basis: LegalBasis

    def __str__(self) -> str:
        return _("%(message)s（%(article)s）") % {"message": self.text, "article": self.basis}


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


def _basis(row: RuleSet, on: date) -> LegalBasis:
    """A rule outlives versions of its law: cite the same article as it stood on that day."""
    if (row.basis.valid_to or date.max) >= on >= (row.basis.valid_from or date.min):
        return row.basis
    try:
        return basis_in_force(row.basis.code, on)
    except RuleMissing:
        return row.basis


# ---------------------------------------------------------------- periods (domain §5)


def period_for(kind: DecisionKind, on: date) -> Period:
    """Effect period of a kind under the law of that day 影响期 (政务处分法 8; 纪律处分条例; 组织处理规定)."""
    row = rule(RuleKind.EFFECT_PERIOD, str(kind.value), on)
    return Period(basis=_basis(row, on), text=row.text, **row.parameters)


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
    """Refuse a period the law of the decision date does not know; dates of the document win within it (H2)."""
    if row.decided_on is None:
        raise PeriodNotStated("decided_on_missing", _("请填写决定日期"), field="decided_on")
    kind = DecisionKind(row.kind)
    period = period_for(kind, row.decided_on)
    if period.from_document:
        return
    if period.permanent:
        if row.effective_to is not None:
            raise _period_refused(period, _("该种决定没有期限，不应填写届满日"), "effective_to")
        return
    start = row.effective_from or row.decided_on
    longest = _longest(kind, period, row.decided_on)
    months = row.period_months or period.months
    if row.effective_to is None or months is None:
        raise _period_refused(period, _("请按决定文书填写期限和届满日"), "effective_to")
    if months > longest or months < (period.months or period.min_months or 0):
        raise _period_refused(period, _("期限不在法定幅度内"), "period_months")
    if not start <= row.effective_to <= effect_end(start, longest + period.then_months):
        raise _period_refused(period, _("届满日超出法定期限"), "effective_to")


def _period_refused(period: Period, message: str, field: str) -> ReasonedRefusal:
    return ReasonedRefusal("period_unlawful", message, article=str(period.basis), field=field)


def _longest(kind: DecisionKind, period: Period, on: date) -> int:
    """The longest lawful period in months: its own, or that of several equal sanctions (政务处分法 15)."""
    own = period.months or period.max_months or 0
    rows = rules_of(RuleKind.EFFECT_PERIOD, f"several|{kind.family.value}", on)
    if not rows or _severity(kind, on) > _severity(DecisionKind(rows[0].parameters["equal_kinds_sum_up_to"]), on):
        return own
    return max(own, int(rows[0].parameters["limit_months"]))


def _severity(kind: DecisionKind, on: date) -> int:
    return period_for(kind, on).severity


# ---------------------------------------------------------------- several decisions


def merged(kinds: Sequence[DecisionKind], on: date) -> MergedSanction:
    """Several acts decided at once 数错并处 (政务处分法 15): the heaviest; equal kinds one period up to their sum."""
    row = rule(RuleKind.EFFECT_PERIOD, f"several|{kinds[0].family.value}", on)
    heaviest = max(kinds, key=lambda kind: _severity(kind, on))
    period = period_for(heaviest, on)
    if period.months is None:
        return MergedSanction(heaviest, None, None, _basis(row, on))
    count = sum(kind == heaviest for kind in kinds)
    longest = period.months
    if _severity(heaviest, on) <= _severity(DecisionKind(row.parameters["equal_kinds_sum_up_to"]), on):
        longest = min(period.months * count, max(period.months, int(row.parameters["limit_months"])))
    return MergedSanction(heaviest, period.months, longest, _basis(row, on))


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


# ---------------------------------------------------------------- competence (H2a)


def competent(
    kind: DecisionKind, authority: Organisation, on: date, managing: Organisation | None = None
) -> Competence:
    """Whether the authority may decide that kind on a person managed by `managing` 决定权限 (政务处分法 3).

    Without `managing` only the kind of organ is judged.
    """
    rows = rules_of(RuleKind.COMPETENCE, str(kind.value), on)
    if not rows:
        return Competence(False, _("该种决定在决定日期没有已装载的权限规则"), None)
    fitting = [row for row in rows if authority.kind in row.parameters["organ_kinds"]]
    if not fitting:
        reason = _("%(organ)s 无权作出「%(kind)s」：%(text)s")
        values = {"organ": authority.get_kind_display(), "kind": kind.label, "text": rows[0].text}
        return Competence(False, reason % values, _basis(rows[0], on))
    for row in fitting:
        if managing is None or not row.parameters["managing"] or _reaches(row.parameters, authority, managing):
            return Competence(True, row.text, _basis(row, on))
    reason = _("%(authority)s 对 %(managing)s 管理的人员没有管理权限")
    return Competence(False, reason % {"authority": authority, "managing": managing}, _basis(fitting[0], on))


def _reaches(parameters: dict[str, Any], authority: Organisation, managing: Organisation) -> bool:
    if parameters["reach"] == "appointing" and authority.kind not in parameters["general_kinds"]:
        return authority.pk == managing.pk or managing.parent_id == authority.pk or authority.parent_id == managing.pk
    return authority.level <= managing.level and _stem(managing.division.code).startswith(
        _stem(authority.division.code)
    )


def _stem(code: str) -> str:
    """A division code without its filling zeros, so that a wider division is a prefix of what lies in it."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def competent_for_penalty(profession: Profession, kind: PenaltyKind, authority: Organisation, on: date) -> Competence:
    """Whether the authority's level may impose that kind in that profession 处罚权限 (domain §6).

    A kind the catalogue does not list for the day cannot be judged: the organ is admitted and the range warns.
    """
    rows = sanctions_for(profession, kind, on)
    for row in rows:
        if row.lowest_level is None or authority.level <= row.lowest_level:
            return Competence(True, row.imposed_by, row.basis)
    if not rows:
        return Competence(True, "", None)
    reason = _("%(authority)s 层级不足：应由%(by)s决定")
    return Competence(False, reason % {"authority": authority, "by": rows[0].imposed_by}, rows[0].basis)


# ---------------------------------------------------------------- remedies and restrictions


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
                basis=_basis(row, decided_on),
                text=row.text,
            )
        )
    return steps


def restrictions_for(kind: DecisionKind, on: date) -> list[Restriction]:
    """What the law restricts while the decision has effect 期间限制 (政务处分法 19)."""
    rows = rules_of(RuleKind.RESTRICTION, str(kind.value), on)
    return [Restriction(row.text, _basis(row, on)) for row in rows]


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
        p.get("min_months", 0), p.get("max_months", 0), _basis(row, on), p["publishable"], row.text
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


# ---------------------------------------------------------------- sanctions of a profession (domain §6)


def sanctions_for(profession: Profession, kind: PenaltyKind, on: date) -> list[ProfessionSanction]:
    """The rows of the catalogue for that kind on that day 罚则."""
    rows = ProfessionSanction.objects.on(on).filter(profession=profession, kind=kind).select_related("basis")
    return list(rows.order_by("pk"))


def check_range(
    sanction: ProfessionSanction, months: int | None = None, amount: Decimal | None = None
) -> list[RangeWarning]:
    """What lies outside the range of one sanction; several rows of a kind: one that fits is enough."""
    found = []
    if months is not None and not _within(months, sanction.min_months, sanction.max_months):
        found.append(RangeWarning(_("期限 %(n)s 个月不在幅度内") % {"n": months}, sanction.basis))
    if amount is not None and not _within(amount, sanction.min_amount, sanction.max_amount):
        found.append(RangeWarning(_("金额 %(n)s 元不在幅度内") % {"n": amount}, sanction.basis))
    return found


def _within(value: Decimal | int, low: Decimal | int | None, high: Decimal | int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def range_text(sanction: ProfessionSanction) -> str:
    """The range in words 幅度: months, amount, for life."""
    parts = [
        str(sanction.get_kind_display()),
        _span(sanction.min_months, sanction.max_months, _("个月")),
        _span(sanction.min_amount, sanction.max_amount, _("元")),
        _("可为终身") if sanction.permanent else "",
        sanction.imposed_by,
        sanction.note,
    ]
    return _("，").join(part for part in parts if part)


def _span(low: Decimal | int | None, high: Decimal | int | None, unit: str) -> str:
    if low is None and high is None:
        return ""
    if low == high or high is None:
        return _plain(low) + (f" {unit}" if low == high else _(" %(unit)s以上") % {"unit": unit})
    if low is None:
        return _("%(high)s %(unit)s以下") % {"high": _plain(high), "unit": unit}
    return f"{_plain(low)}–{_plain(high)} {unit}"


def _plain(value: Decimal | int | None) -> str:
    return f"{Decimal(value or 0).normalize():f}"

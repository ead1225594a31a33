"""Who may decide what 决定权限 (H2a), and the sanctions of a profession with their ranges 罚则 (domain §6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from integrity.choices import DecisionKind, PenaltyKind, RuleKind
from integrity.models import LegalBasis, Organisation, Profession, ProfessionSanction
from integrity.rules import basis_of, rules_of


class Competence(NamedTuple):
    """Whether an authority may decide, why not, and the article 决定权限."""

    ok: bool
    reason: str
    basis: LegalBasis | None


class RangeWarning(NamedTuple):
    """A value outside a sanction's range: it warns, it never blocks 幅度提示."""

    text: str
    basis: LegalBasis

    def __str__(self) -> str:
        return _("%(message)s（%(article)s）") % {"message": self.text, "article": self.basis}


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
        return Competence(False, reason % values, basis_of(rows[0], on))
    for row in fitting:
        if managing is None or not row.parameters["managing"] or _reaches(row.parameters, authority, managing):
            return Competence(True, row.text, basis_of(row, on))
    reason = _("%(authority)s 对 %(managing)s 管理的人员没有管理权限")
    return Competence(False, reason % {"authority": authority, "managing": managing}, basis_of(fitting[0], on))


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

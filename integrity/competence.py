"""Who may decide what 决定权限 (H2a), and the sanctions of a profession with their ranges 罚则 (domain §6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from integrity.choices import DecisionKind, OrganKind, PenaltyKind, RuleKind
from integrity.models import Decision, LegalBasis, Organisation, Penalty, Profession, ProfessionSanction, RuleSet
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


#: Kinds that are no punishment of the profession's law: its catalogue need not name them (行政处罚法 9).
_UNLISTED = frozenset({PenaltyKind.REGULATORY_MEASURE, PenaltyKind.INDUSTRY_SANCTION, PenaltyKind.JUDGMENT})


def competent_for_penalty(
    profession: Profession, kind: PenaltyKind, authority: Organisation, on: date, managing: Organisation | None = None
) -> Competence:
    """Whether the authority may impose that kind in that profession 处罚权限 (domain §6; H2a; 行政处罚法 17).

    Only a regulator of the profession, in one line with `managing` (who keeps the record), at the level the
    catalogue asks for. Without `managing` only the organ itself is judged.
    """
    rows = sanctions_for(profession, kind, on) or _of_other_days(profession, kind)
    basis = rows[0].basis if rows else profession.basis
    if kind is PenaltyKind.JUDGMENT:
        ok = authority.kind == OrganKind.COURT
        return Competence(ok, "" if ok else _("刑事判决由人民法院作出"), basis)
    if not rows and kind not in _UNLISTED:
        return Competence(False, _("目录中没有该职业的此种处理"), basis)
    if kind is PenaltyKind.INDUSTRY_SANCTION and _is_association_of(profession, authority):
        return Competence(True, rows[0].imposed_by if rows else "", basis)
    if not _regulates(profession, authority):
        reason = _("%(authority)s 不是%(profession)s的监管机关，无权作出「%(kind)s」")
        values = {"authority": authority, "profession": profession, "kind": kind.label}
        return Competence(False, reason % values, basis)
    if managing is not None and authority.pk != managing.pk and not _in_one_line(authority, managing):
        reason = _("%(authority)s 对 %(managing)s 监管的人员没有管辖权")
        return Competence(False, reason % {"authority": authority, "managing": managing}, basis)
    for row in rows:
        if row.lowest_level is None or authority.level <= row.lowest_level:
            return Competence(True, row.imposed_by, row.basis)
    if not rows:
        return Competence(True, "", basis)
    reason = _("%(authority)s 层级不足：应由%(by)s决定")
    return Competence(False, reason % {"authority": authority, "by": rows[0].imposed_by}, basis)


def _of_other_days(profession: Profession, kind: PenaltyKind) -> list[ProfessionSanction]:
    """The law of the day is not loaded, but the profession knows the kind: who imposes it is judged by that."""
    return list(ProfessionSanction.objects.filter(profession=profession, kind=kind).select_related("basis"))


def _regulates(profession: Profession, authority: Organisation) -> bool:
    """A department of the profession by its name; a profession without named departments: any department."""
    if authority.kind not in (OrganKind.GOVERNMENT_DEPARTMENT, OrganKind.OTHER):
        return False
    return _named(authority, profession.regulators.get("departments", []))


def _is_association_of(profession: Profession, authority: Organisation) -> bool:
    return authority.kind == OrganKind.PROFESSION_ASSOCIATION and _named(
        authority, profession.regulators.get("associations", [])
    )


def _named(authority: Organisation, words: Iterable[str]) -> bool:
    words = tuple(words)
    return not words or any(word in authority.name for word in words)


def _in_one_line(authority: Organisation, managing: Organisation) -> bool:
    """One place lies in the other: the province above a city's record, the city whose lawyer the province keeps."""
    one, other = _stem(authority.division.code), _stem(managing.division.code)
    return one.startswith(other) or other.startswith(one)


def laws_of_decision(kind: DecisionKind, on: date) -> set[str]:
    """The laws a decision of that kind may rest on: those of its period and of who decides it (H2b)."""
    laws: set[str] = set()
    for of in (RuleKind.EFFECT_PERIOD, RuleKind.COMPETENCE):
        for row in rules_of(of, str(kind.value), on):
            laws |= {basis_of(row, on).law, *_laws_named(row)}
    return laws


def laws_of_penalty(profession: Profession, kind: PenaltyKind, on: date) -> set[str]:
    """The laws a decision on that profession may rest on: its sanctions' own, and the general ones (H2b)."""
    laws = set(ProfessionSanction.objects.filter(profession=profession).values_list("basis__law", flat=True))
    if profession.basis is not None:
        laws.add(profession.basis.law)
    general = DecisionKind.JUDGMENT.value if kind is PenaltyKind.JUDGMENT else "penalty"
    for row in rules_of(RuleKind.COMPETENCE, general, on):
        laws |= {row.basis.law, *_laws_named(row)}
    return laws


def _laws_named(row: RuleSet) -> set[str]:
    named = row.parameters.get("laws", [])
    return set(LegalBasis.objects.filter(short_title__in=named).values_list("law", flat=True)) if named else set()


def basis_fits(row: Decision | Penalty, bases: Iterable[LegalBasis]) -> bool:
    """Whether at least one basis belongs to a law that knows this kind 依据相符 (H2b).

    An undated row, or a day whose law is not loaded, cannot be judged here: other needs refuse it.
    """
    if row.decided_on is None:
        return True
    if isinstance(row, Decision):
        laws = laws_of_decision(DecisionKind(row.kind), row.decided_on)
    else:
        laws = laws_of_penalty(row.record.profession, PenaltyKind(row.kind), row.decided_on)
    return not laws or any(basis.law in laws for basis in bases)


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

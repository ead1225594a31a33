"""The readers of the law rows: each test names the article or hard rule it holds the code to (domain §5–§8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from integrity import competence, remedies, rules
from integrity.choices import (
    DecisionFamily,
    DecisionKind,
    Level,
    OrganKind,
    PenaltyKind,
    PublicationClass,
    RemedyKind,
    RuleKind,
)
from integrity.exceptions import ReasonedRefusal
from integrity.models import (
    Decision,
    Division,
    LegalBasis,
    Organisation,
    Penalty,
    PractitionerRecord,
    Profession,
    RuleSet,
)
from integrity.models.tracked import recording
from integrity.rules import PeriodNotStated, RuleMissing, Window

pytestmark = pytest.mark.usefixtures("reference")

K = DecisionKind
DAY = date(2024, 9, 2)


def organ(kind: OrganKind, division: str, level: Level, parent: Organisation | None = None) -> Organisation:
    """An organ of Qinghai, made for the test."""
    with recording(by=None, reason="测试机构"):
        return Organisation.objects.create(
            code=f"{kind}-{division}-{Organisation.objects.count()}",
            name=f"{division}{kind.label}",
            kind=kind,
            level=level,
            division=Division.objects.on(DAY).get(code=division),
            parent=parent,
        )


@pytest.fixture
def provincial_inspection() -> Organisation:
    return organ(OrganKind.DISCIPLINE_INSPECTION, "630000", Level.PROVINCE)


@pytest.fixture
def xining_inspection() -> Organisation:
    return organ(OrganKind.DISCIPLINE_INSPECTION, "630100", Level.PREFECTURE)


@pytest.fixture
def xining_organisation_department() -> Organisation:
    return organ(OrganKind.ORGANISATION_DEPARTMENT, "630100", Level.PREFECTURE)


# ---------------------------------------------------------------- effect periods


@pytest.mark.parametrize(
    ("kind", "months"),
    [
        (K.WARNING, 6), (K.DEMERIT, 12), (K.MAJOR_DEMERIT, 18), (K.DEMOTION, 24), (K.REMOVAL, 24),  # 政务处分法 8
        (K.PARTY_WARNING, 12), (K.PARTY_SERIOUS_WARNING, 18), (K.PARTY_REMOVAL, 24), (K.PARTY_EXPULSION, 60),
        (K.TRANSFER_OF_POST, 12), (K.ORDERED_RESIGNATION, 24), (K.REMOVAL_FROM_POST, 24), (K.REDUCTION_IN_RANK, 24),
        (K.ADMONITION, 6),
    ],
)  # fmt: skip
def test_effect_period_of_each_kind(kind: DecisionKind, months: int) -> None:
    """政务处分法 8; 纪律处分条例 10–13; 组织处理规定; 诫勉 (domain §5)."""
    period = rules.period_for(kind, DAY)
    assert (period.months, period.permanent) == (months, False)
    assert period.basis.article


@pytest.mark.parametrize(
    ("kind", "decided_on", "last"),
    [
        (K.WARNING, date(2024, 8, 31), date(2025, 2, 28)),
        (K.WARNING, date(2023, 8, 31), date(2024, 2, 29)),
        (K.WARNING, date(2024, 3, 1), date(2024, 8, 31)),
        (K.DEMERIT, date(2024, 2, 29), date(2025, 2, 28)),
        (K.MAJOR_DEMERIT, date(2024, 1, 15), date(2025, 7, 14)),
        (K.REMOVAL, date(2024, 1, 1), date(2025, 12, 31)),
        (K.PARTY_EXPULSION, date(2024, 5, 10), date(2029, 5, 9)),
    ],
)
def test_the_window_is_inclusive_and_ends_with_the_month(kind: DecisionKind, decided_on: date, last: date) -> None:
    """政务处分法 8: it begins on the day of the decision; start + N months − 1 day (domain §5)."""
    assert rules.effect_window(kind, decided_on=decided_on) == Window(decided_on, last)


def test_expulsion_has_no_period() -> None:
    """政务处分法 26."""
    assert rules.period_for(K.EXPULSION, DAY).permanent
    assert rules.effect_window(K.EXPULSION, decided_on=DAY).to is None


def test_party_probation_takes_its_months_from_the_document_and_two_more_years_follow() -> None:
    """纪律处分条例 12: one or two years, then two after the rights are restored."""
    with pytest.raises(PeriodNotStated):
        rules.effect_window(K.PARTY_PROBATION, decided_on=DAY)
    assert rules.effect_window(K.PARTY_PROBATION, decided_on=DAY, months=12).to == date(2027, 9, 1)


def test_a_judgment_lasts_as_its_document_says() -> None:
    assert rules.effect_window(K.JUDGMENT, decided_on=DAY) == Window(DAY, None)
    assert rules.effect_window(K.JUDGMENT, decided_on=DAY, months=6).to == date(2025, 3, 1)


def test_a_day_before_every_loaded_law_is_refused_not_guessed() -> None:
    """H2: a decision is judged by the row in force on its date."""
    with pytest.raises(RuleMissing) as refused:
        rules.period_for(K.WARNING, date(1999, 1, 1))
    assert "装载" in refused.value.message
    with pytest.raises(RuleMissing):
        rules.period_for(K.UNCLASSIFIED, DAY)


def test_a_changed_row_changes_the_answer() -> None:
    """Planted fault: were the period a constant in code, this would stay six months."""
    row = RuleSet.objects.on(DAY).get(kind=RuleKind.EFFECT_PERIOD, key="gd_warning")
    with recording(by=None, reason="试验"):
        row.parameters = row.parameters | {"months": 7}
        row.save()
    assert rules.effect_window(K.WARNING, decided_on=date(2024, 1, 1)).to == date(2024, 7, 31)


# ---------------------------------------------------------------- the law of the date


def test_periods_rest_on_the_law_of_the_decision_date() -> None:
    """政务处分法 in force from 2020-07-01; before it 行政机关公务员处分条例 7."""
    assert rules.period_for(K.WARNING, date(2020, 6, 30)).basis.code == "公务员处分条例#7"
    assert rules.period_for(K.WARNING, date(2020, 7, 1)).basis.code == "政务处分法#8"
    assert rules.period_for(K.PARTY_WARNING, date(2017, 1, 1)).basis.valid_to == date(2018, 9, 30)
    assert rules.period_for(K.PARTY_WARNING, date(2024, 1, 1)).basis.valid_from == date(2024, 1, 1)


@pytest.mark.parametrize(("on", "code"), [(date(2025, 5, 31), "监察法#49"), (date(2025, 6, 1), "监察法#56")])
def test_review_rests_on_the_supervision_law_of_the_date(xining_inspection: Organisation, on: date, code: str) -> None:
    """监察法 2018 art. 49, from 2025-06-01 art. 56."""
    steps = remedies.remedies_for(K.WARNING.family, K.WARNING, xining_inspection, decided_on=on, received_on=on)
    assert {step.basis.code for step in steps} == {code}


def test_an_article_reads_in_the_version_in_force() -> None:
    assert rules.basis_in_force("监察法#11", date(2025, 5, 31)).valid_from == date(2018, 3, 20)
    assert rules.basis_in_force("监察法#11", date(2025, 6, 1)).valid_from == date(2025, 6, 1)
    with pytest.raises(RuleMissing):
        rules.basis_in_force("监察法#56", date(2024, 1, 1))


# ---------------------------------------------------------------- remedies


def test_remedies_against_a_supervisory_organ(xining_inspection: Organisation) -> None:
    """监察法 56: 复审 within a month of receipt, decided in one; 复核 one level up, decided in two."""
    steps = remedies.remedies_for(
        K.DEMERIT.family, K.DEMERIT, xining_inspection, decided_on=date(2025, 9, 1), received_on=date(2025, 9, 3)
    )
    assert [step.kind for step in steps] == [RemedyKind.REEXAMINATION, RemedyKind.REVIEW]
    assert steps[0].deadline == date(2025, 10, 9)  # 3 October lies in the national holiday, 9 is the next workday
    assert (steps[0].decided_in_months, steps[1].decided_in_months) == (1, 2)
    assert (steps[1].to, steps[1].deadline) == ("upper", None)


def test_remedies_against_an_appointing_organ(xining_organisation_department: Organisation) -> None:
    """公务员法 95–96: 复核 in 30 days, 申诉 directly in 30; decided in 30 and in 60 (+30)."""
    steps = remedies.remedies_for(
        K.DEMERIT.family, K.DEMERIT, xining_organisation_department, decided_on=DAY, received_on=date(2024, 10, 11)
    )
    assert [step.kind for step in steps] == [RemedyKind.REVIEW, RemedyKind.APPEAL, RemedyKind.FURTHER_APPEAL]
    assert [step.deadline for step in steps] == [date(2024, 11, 11), date(2024, 11, 11), None]
    assert (steps[0].decided_in_days, steps[1].decided_in_days) == (30, 60)


def test_remedies_against_a_penalty(xining_organisation_department: Organisation) -> None:
    """行政复议法 20 (60 days), 行政诉讼法 46 (six months)."""
    steps = remedies.remedies_for(
        "penalty", None, xining_organisation_department, decided_on=DAY, received_on=date(2024, 9, 2)
    )
    assert [step.kind for step in steps] == [RemedyKind.RECONSIDERATION, RemedyKind.SUIT]
    assert [step.deadline for step in steps] == [date(2024, 11, 1), date(2025, 3, 3)]


def test_every_family_of_the_law_has_a_remedy(xining_organisation_department: Organisation) -> None:
    for family in (DecisionFamily.PARTY_DISCIPLINE, DecisionFamily.ORGANISATIONAL, DecisionFamily.ADMONITION):
        assert remedies.remedies_for(family, None, xining_organisation_department, decided_on=DAY, received_on=DAY), (
            family
        )


# ---------------------------------------------------------------- competence


def test_inspection_decides_within_its_level(
    provincial_inspection: Organisation,
    xining_inspection: Organisation,
    xining_organisation_department: Organisation,
) -> None:
    """监察法 11, 16; 政务处分法 3: by management authority; the higher organ may take a case of a lower one."""
    for authority in (provincial_inspection, xining_inspection):
        assert competence.competent(K.REMOVAL, authority, DAY, managing=xining_organisation_department).ok


def test_a_lower_or_a_foreign_inspection_is_refused(
    xining_organisation_department: Organisation, provincial_inspection: Organisation
) -> None:
    """H2a."""
    county = organ(OrganKind.DISCIPLINE_INSPECTION, "630121", Level.COUNTY)
    haidong = organ(OrganKind.DISCIPLINE_INSPECTION, "630200", Level.PREFECTURE)
    provincial = organ(OrganKind.ORGANISATION_DEPARTMENT, "630000", Level.PROVINCE)
    for authority, managing in (
        (county, xining_organisation_department),
        (haidong, xining_organisation_department),
        (haidong, provincial),
    ):
        found = competence.competent(K.WARNING, authority, DAY, managing=managing)
        assert not found.ok
        assert found.basis is not None
        assert str(managing) in found.reason


@pytest.mark.parametrize(
    ("kind", "organ_kind"),
    [
        (K.WARNING, OrganKind.PROFESSION_ASSOCIATION),
        (K.WARNING, OrganKind.VILLAGE_COMMITTEE),
        (K.PARTY_WARNING, OrganKind.GOVERNMENT_DEPARTMENT),
        (K.SUSPENSION_FOR_REVIEW, OrganKind.DISCIPLINE_INSPECTION),
        (K.JUDGMENT, OrganKind.PROCURATORATE),
        (K.ADMONITION, OrganKind.VILLAGE_COMMITTEE),
    ],
)
def test_an_organ_of_the_wrong_kind_is_refused(kind: DecisionKind, organ_kind: OrganKind) -> None:
    """H2a, H3: an association or a procuratorate gives no discipline and no judgment."""
    found = competence.competent(kind, organ(organ_kind, "630100", Level.PREFECTURE), DAY)
    assert not found.ok
    assert found.reason


def test_an_appointing_organ_decides_on_its_own_people_only() -> None:
    """公务员法 63: another department of the same level has no management authority."""
    bureau = organ(OrganKind.GOVERNMENT_DEPARTMENT, "630100", Level.PREFECTURE)
    other = organ(OrganKind.GOVERNMENT_DEPARTMENT, "630100", Level.PREFECTURE)
    branch = organ(OrganKind.GOVERNMENT_DEPARTMENT, "630100", Level.PREFECTURE, parent=bureau)
    government = organ(OrganKind.GOVERNMENT, "630100", Level.PREFECTURE)
    assert competence.competent(K.DEMERIT, bureau, DAY, managing=bureau).ok
    assert competence.competent(K.DEMERIT, bureau, DAY, managing=branch).ok
    assert competence.competent(K.DEMERIT, government, DAY, managing=bureau).ok
    assert not competence.competent(K.DEMERIT, other, DAY, managing=bureau).ok


def test_before_the_supervision_law_inspection_gave_no_government_discipline(
    xining_inspection: Organisation,
) -> None:
    """监察法 in force from 2018-03-20."""
    assert not competence.competent(K.WARNING, xining_inspection, date(2018, 3, 19)).ok
    assert competence.competent(K.WARNING, xining_inspection, date(2018, 3, 20)).ok


@pytest.mark.parametrize(
    ("profession", "kind", "level", "ok"),
    [
        ("lawyer", PenaltyKind.SUSPENSION, Level.PREFECTURE, True),  # 律师法 47–49
        ("lawyer", PenaltyKind.SUSPENSION, Level.COUNTY, False),  # 律师法 52: the county only proposes
        ("lawyer", PenaltyKind.REVOCATION, Level.PREFECTURE, False),  # 律师法 49: province
        ("lawyer", PenaltyKind.REVOCATION, Level.PROVINCE, True),
        ("notary", PenaltyKind.REVOCATION, Level.PREFECTURE, True),  # 公证法 42
        ("physician", PenaltyKind.BAN, Level.COUNTY, False),  # 医师法 58: province
        ("physician", PenaltyKind.WARNING, Level.COUNTY, True),
        ("guide", PenaltyKind.REVOCATION, Level.PREFECTURE, False),  # 导游条例 22: province
    ],
)
def test_level_of_the_authority_on_practitioners(profession: str, kind: PenaltyKind, level: Level, ok: bool) -> None:
    code = {Level.PROVINCE: "630000", Level.PREFECTURE: "630100", Level.COUNTY: "630121"}[level]
    row = Profession.objects.get(code=profession)
    authority = department(row.regulators["departments"][0], code, level)
    assert competence.competent_for_penalty(row, kind, authority, DAY).ok is ok


def department(
    words: str, division: str, level: Level, kind: OrganKind = OrganKind.GOVERNMENT_DEPARTMENT
) -> Organisation:
    """An organ whose name says what it regulates."""
    made = organ(kind, division, level)
    made.name = f"{division}{words}局"
    return made


@pytest.mark.parametrize(
    ("words", "kind", "organ_kind", "ok"),
    [
        ("司法", PenaltyKind.SUSPENSION, OrganKind.GOVERNMENT_DEPARTMENT, True),
        ("卫生健康", PenaltyKind.SUSPENSION, OrganKind.GOVERNMENT_DEPARTMENT, False),
        ("司法", PenaltyKind.SUSPENSION, OrganKind.DISCIPLINE_INSPECTION, False),
        ("司法", PenaltyKind.CRITICISM, OrganKind.GOVERNMENT_DEPARTMENT, False),  # not in the catalogue
        ("司法", PenaltyKind.REGULATORY_MEASURE, OrganKind.GOVERNMENT_DEPARTMENT, True),
        ("卫生健康", PenaltyKind.REGULATORY_MEASURE, OrganKind.GOVERNMENT_DEPARTMENT, False),
        ("律师", PenaltyKind.INDUSTRY_SANCTION, OrganKind.PROFESSION_ASSOCIATION, True),
        ("医师", PenaltyKind.INDUSTRY_SANCTION, OrganKind.PROFESSION_ASSOCIATION, False),
        ("律师", PenaltyKind.SUSPENSION, OrganKind.PROFESSION_ASSOCIATION, False),
        ("", PenaltyKind.JUDGMENT, OrganKind.COURT, True),
        ("司法", PenaltyKind.JUDGMENT, OrganKind.GOVERNMENT_DEPARTMENT, False),
    ],
)
def test_h2a_only_a_regulator_of_the_profession_decides_on_a_lawyer(
    words: str, kind: PenaltyKind, organ_kind: OrganKind, ok: bool
) -> None:
    """H2a, 律师法 47–52; a judgment is a court's, an industry sanction the association's."""
    found = competence.competent_for_penalty(
        Profession.objects.get(code="lawyer"), kind, department(words, "630100", Level.PREFECTURE, organ_kind), DAY
    )
    assert found.ok is ok
    assert found.ok or (found.reason and found.basis)


def test_h2a_the_regulator_of_the_record_or_one_above_it() -> None:
    """律师法 52: the bureau of another prefecture has nothing to do with this lawyer."""
    lawyer, kind = Profession.objects.get(code="lawyer"), PenaltyKind.SUSPENSION
    here = department("司法", "630100", Level.PREFECTURE)
    elsewhere = department("司法", "630200", Level.PREFECTURE)
    province = department("司法", "630000", Level.PROVINCE)
    assert competence.competent_for_penalty(lawyer, kind, here, DAY, managing=here).ok
    assert competence.competent_for_penalty(lawyer, kind, province, DAY, managing=here).ok
    assert not competence.competent_for_penalty(lawyer, kind, elsewhere, DAY, managing=here).ok


def test_h2b_a_decision_rests_on_a_law_that_knows_its_kind() -> None:
    """H2b: 政务处分 on 政务处分法, 公务员法 or 监察法; a lawyer's suspension on 律师法 or 行政处罚法."""
    law = {row.code: row for row in LegalBasis.objects.on(DAY)}
    row = Decision(kind=K.WARNING, decided_on=DAY)
    assert competence.basis_fits(row, [law["政务处分法#8"]])
    assert competence.basis_fits(row, [law["律师法#47"], law["政务处分法#8"]])
    assert not competence.basis_fits(row, [law["律师法#47"]])
    assert not competence.basis_fits(row, [])
    assert competence.basis_fits(Decision(kind=K.JUDGMENT, decided_on=DAY), [law["政务处分法#14"]])
    record = PractitionerRecord(profession=Profession.objects.get(code="lawyer"))
    penalty = Penalty(record=record, kind=PenaltyKind.SUSPENSION, decided_on=DAY)
    assert competence.basis_fits(penalty, [law["律师法#48"]])
    assert competence.basis_fits(penalty, [law["行政处罚法#9"]])
    assert not competence.basis_fits(penalty, [law["医师法#55"]])


# ---------------------------------------------------------------- restrictions and several decisions


def test_no_pay_step_from_a_demerit_on() -> None:
    """政务处分法 19: no promotion; from 记过 no pay-step rise."""
    warning = [text for text, _ in rules.restrictions_for(K.WARNING, DAY)]
    demerit = [text for text, _ in rules.restrictions_for(K.DEMERIT, DAY)]
    assert not any("工资档次" in text for text in warning)
    assert any("工资档次" in text for text in demerit)


def test_several_acts_the_heaviest_sanction() -> None:
    """政务处分法 15."""
    found = rules.merged([K.WARNING, K.MAJOR_DEMERIT, K.DEMERIT], DAY)
    assert (found.kind, found.min_months, found.max_months) == (K.MAJOR_DEMERIT, 18, 18)


def test_equal_sanctions_one_period_up_to_their_sum_and_never_over_48_months() -> None:
    """政务处分法 15."""
    assert rules.merged([K.DEMERIT, K.DEMERIT], DAY)[1:3] == (12, 24)
    assert rules.merged([K.REMOVAL, K.REMOVAL, K.REMOVAL], DAY)[1:3] == (24, 48)


def test_parallel_restrictions_the_longest_end_counts() -> None:
    """domain §5."""
    party = rules.effect_window(K.PARTY_WARNING, decided_on=date(2024, 3, 1))
    government = rules.effect_window(K.MAJOR_DEMERIT, decided_on=date(2024, 4, 1))
    assert rules.several([party, government]) == Window(date(2024, 3, 1), date(2025, 9, 30))
    assert rules.several([party, Window(DAY, None)]).to is None


def test_a_new_sanction_inside_a_running_one_adds_up_to_the_cap() -> None:
    """行政机关公务员处分条例 10(2), (3): what remains plus the new period, at most 48 months."""
    running = rules.effect_window(K.DEMERIT, decided_on=date(2024, 1, 1))
    joined = rules.added_to_running(running, K.WARNING, decided_on=date(2024, 7, 1))
    assert joined == Window(date(2024, 7, 1), date(2025, 6, 30))
    long = Window(date(2024, 1, 1), date(2027, 12, 31))
    capped = rules.added_to_running(long, K.REMOVAL, decided_on=date(2024, 7, 1))
    assert capped.to == date(2028, 6, 30)
    over = rules.added_to_running(running, K.WARNING, decided_on=date(2025, 7, 1))
    assert over == Window(date(2025, 7, 1), date(2025, 12, 31))


# ---------------------------------------------------------------- the period a document states


def decision(kind: DecisionKind, **values: object) -> Decision:
    return Decision(kind=kind, decided_on=DAY, effective_from=DAY, **values)


@pytest.mark.parametrize(
    "row",
    [
        {"kind": K.WARNING, "period_months": 6, "effective_to": date(2025, 3, 1)},
        {"kind": K.DEMERIT, "period_months": 12, "effective_to": date(2025, 9, 1)},
        {"kind": K.EXPULSION},
        {"kind": K.JUDGMENT},
        {"kind": K.PARTY_PROBATION, "period_months": 24, "effective_to": date(2028, 9, 1)},
    ],
)
def test_a_lawful_period_passes(row: dict[str, object]) -> None:
    rules.check_period(decision(**row))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "row",
    [
        {"kind": K.WARNING, "period_months": 3, "effective_to": date(2024, 12, 1)},
        {"kind": K.WARNING, "period_months": 60, "effective_to": date(2029, 9, 1)},
        {"kind": K.WARNING, "period_months": 40, "effective_to": date(2028, 1, 1)},  # 15 sums several acts only
        {"kind": K.DEMERIT, "period_months": 20, "effective_to": date(2026, 5, 1)},
        {"kind": K.WARNING, "period_months": 6, "effective_to": date(2024, 10, 1)},
        {"kind": K.WARNING, "period_months": 6},
        {"kind": K.EXPULSION, "effective_to": date(2029, 9, 1)},
        {"kind": K.PARTY_WARNING, "period_months": 24, "effective_to": date(2026, 9, 1)},
        {"kind": K.PARTY_PROBATION, "effective_to": date(2026, 9, 1)},
    ],
)
def test_a_period_the_law_does_not_know_is_refused(row: dict[str, object]) -> None:
    """政务处分法 8, 15, 26; H2."""
    with pytest.raises(ReasonedRefusal):
        rules.check_period(decision(**row))  # type: ignore[arg-type]


# ---------------------------------------------------------------- publication


def test_publication_period_changes_with_the_order_of_2026() -> None:
    """信用修复管理办法 (order 36) in force from 2026-04-01; the trial version before."""
    before = rules.publication_period(PublicationClass.GENERAL, date(2026, 3, 31))
    after = rules.publication_period(PublicationClass.GENERAL, date(2026, 4, 1))
    assert (before.min_months, before.max_months) == (3, 36)
    assert (after.min_months, after.max_months) == (3, 12)
    serious = rules.publication_period(PublicationClass.SERIOUS, date(2026, 4, 1))
    assert (serious.min_months, serious.max_months, serious.publishable) == (12, 36, True)
    assert not rules.publication_period(PublicationClass.MINOR, date(2026, 4, 1)).publishable
    with pytest.raises(RuleMissing):
        rules.publication_period(PublicationClass.GENERAL, date(2020, 1, 1))


def test_an_older_decision_keeps_the_more_favourable_period() -> None:
    """domain §8."""
    found = rules.publication_period(PublicationClass.GENERAL, date(2026, 6, 1), decided_on=date(2025, 6, 1))
    assert found.max_months == 12


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": PenaltyKind.WARNING}, PublicationClass.MINOR),
        ({"kind": PenaltyKind.REVOCATION, "simple_procedure": True}, PublicationClass.MINOR),
        ({"kind": PenaltyKind.FINE, "fine_amount": Decimal(200)}, PublicationClass.MINOR),  # 行政处罚法 51
        ({"kind": PenaltyKind.FINE, "fine_amount": Decimal(201)}, PublicationClass.GENERAL),
        ({"kind": PenaltyKind.FINE}, PublicationClass.GENERAL),
        ({"kind": PenaltyKind.SUSPENSION}, PublicationClass.GENERAL),
        ({"kind": PenaltyKind.REVOCATION}, PublicationClass.SERIOUS),
        ({"kind": PenaltyKind.BAN}, PublicationClass.SERIOUS),
    ],
)
def test_class_a_penalty_is_proposed_for(values: dict[str, object], expected: PublicationClass) -> None:
    assert rules.penalty_class(Penalty(decided_on=DAY, **values)) == expected


def test_an_industry_sanction_has_no_class_of_its_own() -> None:
    with pytest.raises(RuleMissing):
        rules.penalty_class(Penalty(decided_on=DAY, kind=PenaltyKind.INDUSTRY_SANCTION))


# ---------------------------------------------------------------- ranges warn


def test_a_lawyers_suspension_fits_one_of_four_ranges() -> None:
    """律师法 47 (≤3), 48 (3–6), 49 (6–12), 51 (3–12 months)."""
    rows = competence.sanctions_for(Profession.objects.get(code="lawyer"), PenaltyKind.SUSPENSION, DAY)
    assert [row.max_months for row in rows] == [3, 6, 12, 12]
    assert not all(competence.check_range(row, 2, None) for row in rows)
    assert all(competence.check_range(row, 18, None) for row in rows)


def test_an_amount_outside_the_range_warns_with_its_article() -> None:
    """公证法 41: a notary's fine is 1,000 to 5,000 yuan."""
    row = competence.sanctions_for(Profession.objects.get(code="notary"), PenaltyKind.FINE, DAY)[0]
    assert competence.check_range(row, None, Decimal(3000)) == []
    (warning,) = competence.check_range(row, None, Decimal(9000))
    assert "《公证法》第四十一条" in str(warning)
    assert "1000–5000 元" in competence.range_text(row)


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("kind", "key", "parameters"),
    [
        (RuleKind.REPORT_DUE, "yearly", {"month": 1, "day": 31}),
        (RuleKind.REPORT_DUE, "change", {"days": 30}),
        (RuleKind.COMMITMENT_PERIOD, "leader", {"months": 36}),  # 公务员法 107
        (RuleKind.COMMITMENT_PERIOD, "other", {"months": 24}),
        (RuleKind.OBJECTION_LIMIT, "mark", {"workdays": 1}),
        (RuleKind.OBJECTION_LIMIT, "withdraw_publication", {"workdays": 3}),  # 行政处罚法 48, 85; H6
        (RuleKind.OBJECTION_LIMIT, "repair_decide", {"workdays": 7, "extension_workdays": 10}),
        (RuleKind.DISCLOSURE_LIMIT, "reply", {"workdays": 20, "extension_workdays": 20}),  # 信息公开条例 33
        (RuleKind.DISCLOSURE_LIMIT, "third_party", {"workdays": 15}),  # 32
        (RuleKind.DISCLOSURE_LIMIT, "supplement", {"workdays": 7}),  # 30
    ],
)
def test_limits_are_rows(kind: RuleKind, key: str, parameters: dict[str, int]) -> None:
    assert rules.rule(kind, key, date(2026, 6, 1)).parameters == parameters

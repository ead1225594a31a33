"""The loader and the data files: the catalogue is complete, loads twice without a change, and cites what it holds."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from integrity.choices import (
    DecisionKind,
    LawLevel,
    Level,
    PenaltyKind,
    PublicationClass,
    RemedyKind,
    RuleKind,
    StatusBasis,
)
from integrity.models import (
    Division,
    Holiday,
    LegalBasis,
    ListType,
    Measure,
    Profession,
    ProfessionSanction,
    RuleSet,
)
from integrity.models.tracked import recording
from integrity.reference import loader
from integrity.reference.loader import ReferenceFault, load_reference

DATA = Path(loader.__file__).parent

#: Every row of the plan's table (domain §6): code → enabled.
CATALOGUE = {
    **dict.fromkeys(
        [
            "lawyer", "notary", "forensic_examiner", "grassroots_legal", "legal_aid", "accountant", "cpa",
            "statistician", "auditor", "tax_agent", "appraiser", "certification", "inspection_testing", "securities",
            "listed_officer", "insurance_broker", "physician", "nurse", "teacher", "researcher", "patent_agent",
            "project_manager", "construction_registered", "journalist", "guide", "veterinarian",
        ],
        True,
    ),
    **dict.fromkeys(
        [
            "legal_representative", "eia", "bid_evaluator", "procurement_expert", "energy_reviewer", "bidding_agent",
            "surveyor_designer", "cost_testing", "real_estate_agent", "transport", "culture_sport_tourism",
            "financial_staff", "credit_service",
        ],
        False,
    ),
}  # fmt: skip


def toml(name: str) -> dict[str, list[dict[str, object]]]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


# ---------------------------------------------------------------- loading


def test_a_second_load_writes_nothing_and_no_history(reference: None) -> None:
    before = LegalBasis.history.count()
    report = load_reference(None, "再次装载")
    assert report.written == 0
    assert LegalBasis.history.count() == before


def test_a_row_that_was_changed_by_hand_comes_back_with_history(reference: None) -> None:
    row = RuleSet.objects.on(date(2024, 1, 1)).get(kind=RuleKind.EFFECT_PERIOD, key="gd_warning")
    with recording(by=None, reason="误改"):
        row.parameters = {"months": 60}
        row.save()
    report = load_reference(None, "复原")
    row.refresh_from_db()
    assert report.tallies["RuleSet"].changed == 1
    assert row.parameters["months"] == 6
    assert row.history.first().history_change_reason == "复原"


def test_a_row_the_files_do_not_name_is_counted_not_deleted(reference: None) -> None:
    before = load_reference(None, "装载").tallies["LegalBasis"].unnamed
    with recording(by=None, reason="手工录入"):
        LegalBasis.objects.create(code="地方条例#1", law="地方条例", level=LawLevel.LOCAL, article="第一条")
    report = load_reference(None, "再次装载")
    assert report.tallies["LegalBasis"].unnamed == before + 1
    assert LegalBasis.objects.filter(code="地方条例#1").exists()


def test_a_basis_no_row_names_stops_the_load() -> None:
    with pytest.raises(ReferenceFault, match="无此法#1"):
        loader._Bases().get("无此法#1", None)


# ---------------------------------------------------------------- closed vocabularies and citations


def test_every_code_in_the_files_is_of_the_vocabulary() -> None:
    kinds = {str(kind.value) for kind in DecisionKind}
    for rule in toml("rules.toml")["effect_period"]:
        assert all(key in kinds or "|" in key for key in rule["keys"])  # type: ignore[attr-defined]
    assert set(toml("rules.toml")) <= set(RuleKind.values)
    for law in toml("legal_bases.toml")["law"]:
        assert law["level"] in LawLevel.values
    for row in toml("professions.toml")["profession"]:
        assert row["status_basis"] in StatusBasis.values
        for sanction in row.get("sanctions", []):  # type: ignore[attr-defined]
            assert sanction["kind"] in PenaltyKind.values
    for rule in toml("rules.toml")["remedy"]:
        assert rule["parameters"]["remedy"] in RemedyKind.values  # type: ignore[index]


def test_every_kind_of_decision_has_period_competence_and_law(reference: None) -> None:
    """H2: without these rows no decision of the kind could be approved today."""
    today = date(2026, 6, 1)
    for kind in set(DecisionKind) - {DecisionKind.UNCLASSIFIED}:
        for rule_kind in (RuleKind.EFFECT_PERIOD, RuleKind.COMPETENCE):
            assert RuleSet.objects.on(today).filter(kind=rule_kind, key=kind.value).exists(), (kind, rule_kind)
    for name in PublicationClass.values:
        assert RuleSet.objects.on(today).filter(kind=RuleKind.PUBLICATION_PERIOD, key=name).count() == 1


def test_rules_of_one_key_do_not_overlap(reference: None) -> None:
    spans: dict[tuple[str, str, int], list[tuple[date, date]]] = defaultdict(list)
    for row in RuleSet.objects.all():
        spans[row.kind, row.key, row.ordinal].append((row.valid_from or date.min, row.valid_to or date.max))
    for key, dates in spans.items():
        dates.sort()
        assert all(first[1] < second[0] for first, second in pairwise(dates)), key


def test_versions_of_one_article_do_not_overlap(reference: None) -> None:
    spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for row in LegalBasis.objects.all():
        spans[row.code].append((row.valid_from or date.min, row.valid_to or date.max))
    for code, dates in spans.items():
        dates.sort()
        assert all(first[1] < second[0] for first, second in pairwise(dates)), code


def test_checked_means_the_text_is_held(reference: None) -> None:
    for basis in LegalBasis.objects.filter(checked=True):
        assert basis.text, basis.code
    assert not LegalBasis.objects.filter(checked=False).exclude(text="").exists()


@pytest.mark.real_data
def test_checked_texts_stand_in_the_published_statutes(reference: None) -> None:
    """The articles that matter most, word for word against the plain copies of the statutes."""
    plain = Path(settings.INTEGRITY_DATA) / "cn-laws" / "plain"
    files = {
        "政务处分法": "公职人员政务处分法(2020-06-20).md",
        "公务员法": "公务员法(2018-12-29).md",
        "信息公开条例": "政府信息公开条例(2019-04-03).md",
        "医师法": "医师法(2021-08-20).md",
        "公务员处分条例": "行政机关公务员处分条例(2007-04-22).md",
    }
    for short, name in files.items():
        published = "".join((plain / name).read_text(encoding="utf-8").split())
        for basis in LegalBasis.objects.filter(code__startswith=f"{short}#", checked=True):
            assert "".join(basis.text.split()) in published, basis.code


# ---------------------------------------------------------------- professions (domain §6)


def test_every_profession_of_the_plan_is_there_with_its_state(reference: None) -> None:
    found = dict(Profession.objects.filter(code__in=CATALOGUE).values_list("code", "enabled"))
    assert found == CATALOGUE
    assert {row["code"] for row in toml("professions.toml")["profession"]} == set(CATALOGUE)


def test_disabled_professions_say_why_and_enabled_ones_rest_on_law(reference: None) -> None:
    for row in Profession.objects.filter(code__in=CATALOGUE):
        assert row.enabled or row.disabled_reason, row.code
        assert not row.enabled or row.basis_id, row.code


def test_sanction_ranges_are_ranges(reference: None) -> None:
    for row in ProfessionSanction.objects.all():
        assert row.min_months is None or row.max_months is None or row.min_months <= row.max_months
        assert row.min_amount is None or row.max_amount is None or row.min_amount <= row.max_amount


def test_the_guides_revocation_must_be_announced(reference: None) -> None:
    """旅游法 108."""
    assert "revocation_notice" in Profession.objects.get(code="guide").public_items


def test_lists_and_measures_rest_on_a_basis(reference: None) -> None:
    """国办发〔2020〕49号: nobody may add a type without a basis."""
    assert ListType.objects.filter(enabled=True).count() >= 6
    assert all(row.basis_id and row.criteria for row in ListType.objects.all())
    assert Measure.objects.filter(incentive=True).exists()


# ---------------------------------------------------------------- divisions (GB/T 2260)


def current(level: Level, on: date = date(2026, 1, 1)) -> set[str]:
    rows = Division.objects.on(on).filter(level=level, code__startswith="63")
    return set(rows.values_list("code", flat=True))


def test_qinghai_has_eight_prefectures_forty_five_counties_and_its_townships(reference: None) -> None:
    assert current(Level.PREFECTURE) >= {"630100", "630200", "632200", "632300", "632500", "632600", "632700", "632800"}
    assert len({code for code in current(Level.COUNTY) if len(code) == 6}) >= 45
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as handle:
        assert sum(row["level"] == "4" for row in csv.DictReader(handle)) == 422


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("630121", date(1984, 1, 1), "大通县"),
        ("630121", date(2020, 1, 1), "大通回族土族自治县"),
        ("632100", date(2012, 1, 1), "海东地区"),
        ("630200", date(2014, 1, 1), "海东市"),
        ("632721", date(2012, 1, 1), "玉树县"),
        ("632701", date(2014, 1, 1), "玉树市"),
        ("630221", date(2014, 1, 1), "平安县"),
        ("630203", date(2016, 1, 1), "平安区"),
    ],
)
def test_a_code_reads_with_its_date(reference: None, code: str, on: date, name: str) -> None:
    assert Division.objects.on(on).get(code=code).name == name


def test_an_abolished_code_is_kept_but_not_current(reference: None) -> None:
    assert "632100" not in current(Level.PREFECTURE)
    assert Division.objects.get(code="632126").parent.code == "632100"  # type: ignore[union-attr]


# ---------------------------------------------------------------- holidays (domain §16)


def test_make_up_days_are_weekends_and_years_unknown_stay_absent(reference: None) -> None:
    rows = Holiday.objects.filter(division_code="", notice__startswith="国务院办公厅")
    assert all(row.on.weekday() >= 5 for row in rows.filter(is_workday=True))
    assert {row.on.year for row in rows} == {2023, 2024, 2025, 2026}


def test_a_make_up_day_pairs_with_a_free_weekday(reference: None) -> None:
    """A notice moves days, it gives only the statutory ones: 11 a year until 2024, 13 from 2025 (国令795号)."""
    for year, statutory in ((2023, 11), (2024, 11), (2025, 13), (2026, 13)):
        rows = Holiday.objects.filter(on__year=year, division_code="")
        free_weekdays = sum(row.on.weekday() < 5 for row in rows.filter(is_workday=False))
        made_up = rows.filter(is_workday=True).count()
        assert free_weekdays - made_up <= statutory, year
        assert free_weekdays - made_up >= statutory - 4, year

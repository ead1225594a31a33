"""Made-up offices of a real map 虚构机构: Qinghai's divisions with departments at three levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from integrity.choices import Level, OrganKind, RelationKind
from integrity.importing.writer import write_rows
from integrity.models import Account, Division, Organisation, OrganisationRelation

_KIND = OrganKind
#: key, kind, name below the province, name at the province
_DEPARTMENTS: tuple[tuple[str, OrganKind, str, str], ...] = (
    ("organisation", _KIND.ORGANISATION_DEPARTMENT, "委组织部", "委组织部"),
    ("inspection", _KIND.DISCIPLINE_INSPECTION, "纪委监委", "纪委监委"),
    ("government", _KIND.GOVERNMENT, "人民政府", "人民政府"),
    ("justice", _KIND.GOVERNMENT_DEPARTMENT, "司法局", "司法厅"),
    ("finance", _KIND.GOVERNMENT_DEPARTMENT, "财政局", "财政厅"),
    ("education", _KIND.GOVERNMENT_DEPARTMENT, "教育局", "教育厅"),
    ("health", _KIND.GOVERNMENT_DEPARTMENT, "卫生健康委员会", "卫生健康委员会"),
    ("statistics", _KIND.GOVERNMENT_DEPARTMENT, "统计局", "统计局"),
    ("audit", _KIND.GOVERNMENT_DEPARTMENT, "审计局", "审计厅"),
    ("construction", _KIND.GOVERNMENT_DEPARTMENT, "住房和城乡建设局", "住房和城乡建设厅"),
    ("tourism", _KIND.GOVERNMENT_DEPARTMENT, "文化和旅游局", "文化和旅游厅"),
    ("market", _KIND.GOVERNMENT_DEPARTMENT, "市场监督管理局", "市场监督管理局"),
    ("agriculture", _KIND.GOVERNMENT_DEPARTMENT, "农业农村局", "农业农村厅"),
    ("court", _KIND.COURT, "人民法院", "高级人民法院"),
    ("procuratorate", _KIND.PROCURATORATE, "人民检察院", "人民检察院"),
)
_PROVINCE_ONLY: tuple[tuple[str, str], ...] = (
    ("science", "青海省科学技术厅"),
    ("tax", "国家税务总局青海省税务局"),
    ("securities", "中国证监会青海监管局"),
    ("insurance", "国家金融监督管理总局青海监管局"),
    ("patents", "青海省知识产权局"),
    ("press", "青海省新闻出版局"),
)
_REGISTRAR = "11"


@dataclass(slots=True)
class Province:
    """Every office by (division code, department key)."""

    offices: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    divisions: list[Division] = field(default_factory=list)

    def office(self, code: str, key: str) -> Organisation:
        return self.offices[code, key]

    def managing(self, office: Organisation, *, leader_of_government: bool) -> Organisation:
        """Who manages a post there: the organisation department of its level, for leaders the one above."""
        code = office.division.code
        if leader_of_government and office.division.parent is not None:
            code = office.division.parent.code
        return self.office(code, "organisation")

    def near(self, code: str, key: str) -> Organisation:
        """The department of that division, or of the next one above that has it."""
        while (code, key) not in self.offices:
            code = code[:4] + "00" if not code.endswith("00") else code[:2] + "0000"
        return self.offices[code, key]


def short_name(division: Division) -> str:
    """大通回族土族自治县 → 大通县, 海西蒙古族藏族自治州 → 海西州: as offices write it."""
    name = division.name
    if name.endswith("自治州"):
        return name[:2] + "州"
    if name.endswith("自治县"):
        return name[:2] + "县"
    return name.replace("行政委员会", "行委")


def build_province(*, today: date, by: Account | None, reason: str) -> Province:
    """Departments of the province, its 8 prefectures and 45 counties, with their dated managing authority."""
    province = Province()
    rows = Division.objects.on(today).filter(code__startswith="63", level__lte=Level.COUNTY).order_by("level", "code")
    province.divisions = list(rows.select_related("parent"))
    made: list[Organisation] = []
    for division in province.divisions:
        for key, kind, below, top in _DEPARTMENTS:
            office = _office(division, key, kind, top if division.level == Level.PROVINCE else below)
            province.offices[division.code, key] = office
            made.append(office)
    capital = province.divisions[0]
    for key, name in _PROVINCE_ONLY:
        office = _office(capital, key, OrganKind.GOVERNMENT_DEPARTMENT, "")
        office.name = office.short_name = name
        province.offices[capital.code, key] = office
        made.append(office)
    write_rows(Organisation, made, by=by, reason=reason)
    _relations(province, made, by=by, reason=reason)
    return province


def _office(division: Division, key: str, kind: OrganKind, suffix: str) -> Organisation:
    place = short_name(division)
    party = "中共" if kind == OrganKind.ORGANISATION_DEPARTMENT else ""
    return Organisation(
        code=f"{division.code}-{key}",
        credit_code=_credit_code(division.code, key),
        name=f"{party}{place}{suffix}",
        short_name=f"{place}{suffix}",
        kind=kind,
        level=division.level,
        division=division,
        valid_from=date(2019, 1, 1),
    )


def _credit_code(code: str, key: str) -> str:
    """A made-up credit code with a right check character; the body says that it is a demonstration."""
    from integrity.identifiers import credit_check_character

    order = [row[0] for row in _DEPARTMENTS] + [row[0] for row in _PROVINCE_ONLY]
    body = f"{_REGISTRAR}{code}DEM0{order.index(key):05d}"
    return body + credit_check_character(body)


def _relations(province: Province, offices: list[Organisation], *, by: Account | None, reason: str) -> None:
    rows = []
    for office in offices:
        for leaders in (False, True):
            target = province.managing(office, leader_of_government=leaders)
            if target.pk == office.pk and office.division.parent is not None:
                target = province.office(office.division.parent.code, "organisation")
            rows.append(
                OrganisationRelation(
                    source=office,
                    target=target,
                    kind=RelationKind.MANAGING_AUTHORITY,
                    applies_to_leaders=leaders,
                    valid_from=office.valid_from,
                )
            )
    write_rows(OrganisationRelation, rows, by=by, reason=reason)

"""Made-up disclosures of Qinghai 演示公开信息: one of every kind. Nobody and nothing here is real."""

# ruff: noqa: E501  rows of texts
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cms import models as kinds
from cms.models import DisclosureIndexPage, DisclosurePage
from cms.vocabulary import Subject

ISSUER = "青海省海东市某县人民政府"


def load_disclosures() -> int:
    """Add what is missing; answers with how many were added."""
    catalogue = DisclosureIndexPage.objects.get()
    before = DisclosurePage.objects.count()
    today = timezone.localdate()
    for name, values in _pages(today):
        _page(catalogue, getattr(kinds, name), values)
    _correction(catalogue, today)
    return DisclosurePage.objects.count() - before


def _page(catalogue: DisclosureIndexPage, kind: type[DisclosurePage], values: dict[str, Any]) -> DisclosurePage:
    existing: DisclosurePage | None = DisclosurePage.objects.filter(slug=values["slug"]).first()
    if existing is not None:
        return existing
    number = f"QHDEMO-{DisclosurePage.objects.count():04d}"
    values = {field: value() if callable(value) else value for field, value in values.items()}
    fields = {"issuer": ISSUER, "index_number": number, "generated_on": date(2026, 3, 2)}
    page = kind(locale=catalogue.locale, **fields | values)
    catalogue.refresh_from_db()
    catalogue.add_child(instance=page)
    page.save_revision().publish()
    return page


def _rows(name: str, *rows: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, row) for row in rows]


def _milestone(title: str, due: date, done: date | None = None, evidence: str = "") -> dict[str, Any]:
    return {"title": title, "due_on": due, "done_on": done, "evidence": evidence, "documents": []}


def _pages(today: date) -> list[tuple[str, dict[str, Any]]]:
    return [
        *_offices(),
        *_decision(today),
        *_pledges(today),
        *_enforcement(),
        *_finances(),
        *_people(today),
        *_yearly(),
    ]


def _offices() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("GuidePage", {
            "slug": "demo-guide", "title": "某县人民政府信息公开指南", "summary": "信息的分类、获取方式和工作机构。",
            "office": "某县政务公开办公室", "address": "青海省海东市某县文化街1号", "hours": "工作日9:00—18:00",
            "phone": "0972-0000000", "web": "本站“依申请公开”栏目",
            "ways": _rows(
                "way",
                {"kind": "规范性文件", "way": "本站目录查询、下载", "place": "本站", "hours": "全天"},
                {"kind": "全部主动公开信息", "way": "查阅点查阅、复制", "place": "某县档案馆", "hours": "工作日"},
            ),
        }),
        ("DisclosurePage", {
            "slug": "demo-notice", "title": "某县政务诚信建设实施办法", "document_number": "某政发〔2026〕3号",
            "subject": Subject.RULES, "summary": "明确承诺事项公开、兑现和失信责任。", "in_force_from": date(2026, 4, 1),
            "body": [("paragraph", "<p>各部门作出的承诺应当公开标准、期限和责任单位，并按期公布兑现情况。</p>")],
        }),
        ("DisclosurePage", {
            "slug": "demo-notice-bo", "title": "སྲིད་གཞུང་གི་ཡིད་རྟོན་འཛུགས་སྐྲུན་ལག་བསྟར་ཐབས་ཤེས།", "language": "bo",
            "subject": Subject.RULES, "summary": "ཁས་ལེན་དོན་ཚན་མངོན་གསལ་དུ་འདོན་དགོས།", "translation_of": _notice,
            "body": [("paragraph", "<p>སྡེ་ཁག་སོ་སོས་ཁས་ལེན་མངོན་གསལ་དུ་འདོན་དགོས།</p>")],
        }),
        ("DisclosurePage", {
            "slug": "demo-notice-en", "title": "Measures for government integrity in a county of Qinghai", "language": "en",
            "subject": Subject.RULES, "summary": "Promises are published with standard, term and unit.",
            "translation_of": _notice,
            "body": [("paragraph", "<p>Each department publishes what it promises, and whether it was kept.</p>")],
        }),
    ]  # fmt: skip


def _notice() -> DisclosurePage | None:
    found: DisclosurePage | None = DisclosurePage.objects.filter(slug="demo-notice").first()
    return found


def _decision(today: date) -> list[tuple[str, dict[str, Any]]]:
    steps = _rows(
        "step",
        {"step": "consultation", "begins_on": today - timedelta(5), "ends_on": today + timedelta(25),
         "outcome": "", "not_held": "", "documents": []},
        {"step": "hearing", "begins_on": None, "ends_on": None, "outcome": "",
         "not_held": "不涉及依法应当听证的事项", "documents": []},
        {"step": "experts", "begins_on": today - timedelta(30), "ends_on": today - timedelta(28),
         "outcome": "五名专家论证，认为线路方案可行，建议增加牧区站点。", "not_held": "", "documents": []},
    )  # fmt: skip
    return [
        ("MajorDecisionPage", {
            "slug": "demo-bus", "title": "某县城乡公交一体化方案", "summary": "拟调整六条线路，延伸至三个牧区乡镇。",
            "unit": "某县交通运输局", "matter": "城乡公交线路、票价和补贴", "basis": "重大行政决策程序暂行条例",
            "comments_from": today - timedelta(5), "comments_to": today + timedelta(25), "steps": steps,
            "generated_on": today - timedelta(5),
        }),
    ]  # fmt: skip


def _pledges(today: date) -> list[tuple[str, dict[str, Any]]]:
    early, late = today - timedelta(60), today + timedelta(60)
    return [
        ("ServiceCommitmentPage", {
            "slug": "demo-commitment", "title": "企业开办一日办结承诺", "summary": "材料齐全的，当日办结。",
            "service": "企业开办", "channel": "政务服务大厅投诉窗口", "owner_unit": "某县市场监督管理局",
            "standard": "材料齐全、符合法定形式的，受理之日办结，不收费。",
            "milestones": _rows(
                "milestone", _milestone("窗口设置", early, early - timedelta(3), "窗口已开放，见公告"),
                _milestone("系统联通", early, early - timedelta(1), "验收单已归档"),
            ),
        }),
        ("LivelihoodProjectPage", {
            "slug": "demo-water", "title": "牧区饮水安全工程", "summary": "三个乡镇十二个村的供水管网。", "year": today.year - 1,
            "ordinal": 3, "owner_unit": "某县水利局", "standard": "十二个村全部通水，水质达标。", "funding": Decimal("860.00"),
            "milestones": _rows(
                "milestone", _milestone("管网铺设", early, early, "监理报告"), _milestone("通水验收", today - timedelta(10)),
            ),
        }),
        ("LivelihoodProjectPage", {
            "slug": "demo-school", "title": "寄宿制学校供暖改造", "summary": "五所学校清洁供暖。", "year": today.year,
            "ordinal": 1, "owner_unit": "某县教育局", "standard": "供暖季前完成，室温不低于18摄氏度。",
            "milestones": _rows(
                "milestone", _milestone("设备招标", early, early, "中标公告"), _milestone("安装调试", late),
            ),
        }),
    ]  # fmt: skip


def _enforcement() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("DiscretionPage", {
            "slug": "demo-discretion", "title": "违反导游执业规定行政处罚裁量基准", "summary": "三个阶次的情形和幅度。",
            "matter": "导游未佩戴导游证", "organ": "某县文体旅游局", "basis": "导游人员管理条例第二十一条",
            "standards": _rows(
                "standard",
                {"degree": "轻微", "circumstances": "首次发现，当场改正", "measure": "责令改正，不予罚款"},
                {"degree": "一般", "circumstances": "一年内再次发现", "measure": "罚款二百元以下"},
                {"degree": "较重", "circumstances": "拒不改正", "measure": "罚款二百元以上五百元以下"},
            ),
        }),
        ("EnforcementPage", {
            "slug": "demo-enforcement", "title": "2025年度市场监管执法结果统计", "summary": "检查数、发现问题数和处理结果。",
            "organ": "某县市场监督管理局", "stage": "after",
            "items": _rows(
                "item",
                {"item": "食品经营检查", "basis": "食品安全法", "target": "经营单位", "frequency": "每季度",
                 "checked": 420, "found": 31, "result": "全部责令改正"},
            ),
        }),
    ]  # fmt: skip


def _finances() -> list[tuple[str, dict[str, Any]]]:
    def figure(part: str, name: str, now: str, before: str) -> dict[str, Any]:
        return {"part": part, "name": name, "amount": Decimal(now), "before": Decimal(before), "note": ""}

    return [
        ("FinancePage", {
            "slug": "demo-budget", "title": "某县2026年部门预算", "summary": "收入、支出预算。", "account": "budget",
            "unit": "某县政务公开办公室", "year": 2026,
            "figures": _rows(
                "figure", figure("收入", "一般公共预算拨款", "1280.50", "1210.00"), figure("收入", "其他收入", "36.00", "40.00"),
                figure("支出", "人员经费", "830.20", "801.00"), figure("支出", "公用经费", "215.30", "222.00"),
                figure("支出", "项目支出", "271.00", "227.00"),
            ),
        }),
    ]  # fmt: skip


def _people(today: date) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("RecruitmentPage", {
            "slug": "demo-call", "title": "某县2026年公务员招录公告", "summary": "招录四名。", "notice": "call",
            "unit": "某县公务员局", "apply_from": today - timedelta(3), "apply_to": today + timedelta(7),
            "ends_on": today + timedelta(60),
            "posts": _rows("post", {"name": "综合管理", "code": "0101", "unit": "某县水利局", "places": 4,
                                    "conditions": "大学本科以上，水利类专业"}),
        }),
        ("RecruitmentPage", {
            "slug": "demo-candidates", "title": "某县拟录用公务员公示", "summary": "两名拟录用人员。", "notice": "candidates",
            "unit": "某县公务员局", "objections": "某县公务员局监督科", "ends_on": today + timedelta(5),
            "candidates": _rows(
                "candidate", {"name": "卓玛措", "post": "综合管理", "ticket": "0417", "result": "拟录用"},
                {"name": "扎西·多杰", "post": "综合管理", "ticket": "0922", "result": "拟录用"},
            ),
        }),
        ("HonourPage", {
            "slug": "demo-honour", "title": "诚信示范单位公示", "summary": "拟认定诚信示范单位。", "honour": "诚信示范单位",
            "unit": "某县供水公司", "awarding_body": "某县人民政府", "deeds": "三年承诺事项全部兑现。",
            "notice_from": today - timedelta(2), "notice_to": today + timedelta(5), "channel": "某县信用办公室窗口",
        }),
    ]  # fmt: skip


def _yearly() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("AnnualReportPage", {
            "slug": "demo-report", "title": "某县2025年政府信息公开工作年度报告", "summary": "六个部分。", "organ": ISSUER,
            "year": 2025, "general": "全年主动公开信息有序开展。", "problems": "个别信息公开不够及时，已制定改进措施。",
            "generated_on": date(2026, 1, 20),
            "entered": _rows("figure", {"key": "fees.fees.collected", "value": Decimal("12.50"), "source": "财政局决算"}),
        }),
        ("InspectionPage", {
            "slug": "demo-inspection", "title": "政务诚信专项督查通报", "summary": "督查承诺兑现情况。", "organ": "某县人民政府督查室",
            "inspected": "十二个部门的公开承诺", "begins_on": date(2026, 2, 2), "held_to": date(2026, 2, 13),
            "conclusion": "总体较好，一项承诺逾期。",
            "findings": _rows(
                "finding", {"problem": "饮水工程节点逾期", "owner": "某县水利局", "due_on": date(2026, 3, 31),
                            "done_on": date(2026, 3, 20), "evidence": "已补充进度并公开", "documents": []},
            ),
        }),
        ("EducationPage", {
            "slug": "demo-education", "title": "诚信宣传月活动", "summary": "宣讲进机关、进乡镇。", "theme": "诚信在身边",
            "organiser": "某县信用办公室", "begins_on": date(2026, 3, 1), "held_to": date(2026, 3, 31),
            "sessions": _rows("session", {"held_on": date(2026, 3, 6), "theme": "诚信宣讲", "place": "县政务大厅",
                                          "audience": "窗口人员", "people": 86}),
        }),
    ]  # fmt: skip


def _correction(catalogue: DisclosureIndexPage, today: date) -> None:
    from cms.models import CorrectionPage

    wrong = DisclosurePage.objects.get(slug="demo-notice")
    _page(catalogue, CorrectionPage, {
        "slug": "demo-correction", "title": "关于更正一件规范性文件施行日期的公告", "summary": "施行日期有误。",
        "target": wrong, "ground": "error", "effective_on": today, "wrong": "自2026年3月1日起施行",
        "right": "自2026年4月1日起施行", "generated_on": today,
    })  # fmt: skip

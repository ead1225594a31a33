"""Closed vocabularies of the public site 代码表: subjects of disclosures, their validity, content languages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.choices import Role

#: Groups of the editors' admin: which roles there are, and what each group is called.
GROUPS: dict[Role, str] = {
    Role.EDITOR: "信息采编",
    Role.SECRECY_REVIEWER: "保密审查",
    Role.PUBLISHER: "信息发布",
}


class Subject(models.TextChoices):
    """Subject of a disclosure 主题分类 (政府信息公开条例 20; the latter part: integrity of government itself)."""

    RULES = "rules", _("行政法规、规章和规范性文件")
    ORGAN = "organ", _("机关职能与机构设置")
    PLANS = "plans", _("发展规划与相关政策")
    FIGURES = "figures", _("国民经济和社会发展统计")
    LICENSING = "licensing", _("行政许可与对外管理服务")
    PENALTIES = "penalties", _("行政处罚与行政强制")
    BUDGET = "budget", _("财政预算、决算与债务")
    FEES = "fees", _("行政事业性收费")
    PROCUREMENT = "procurement", _("政府集中采购")
    PROJECTS = "projects", _("重大建设项目")
    LIVELIHOOD = "livelihood", _("教育、医疗、社会保障与就业")
    EMERGENCIES = "emergencies", _("突发公共事件")
    SUPERVISION = "supervision", _("环境、卫生、安全生产、食品药品与产品质量监督检查")
    RECRUITMENT = "recruitment", _("公务员招考与录用")
    OTHER = "other", _("其他依法应当主动公开的信息")
    GUIDE = "guide", _("政府信息公开指南")
    YEARLY_REPORT = "yearly_report", _("政府信息公开年度报告")
    ON_REQUEST = "on_request", _("依申请公开")
    DECISIONS = "decisions", _("重大决策（征询、听证、论证、结果）")
    PLEDGES = "pledges", _("服务承诺与民生实事践诺")
    DISCRETION = "discretion", _("行政裁量权基准")
    ENFORCEMENT = "enforcement", _("行政执法公示")
    GOVERNMENT_BREACHES = "government_breaches", _("政务失信治理")
    MODELS = "models", _("诚信典型")
    REPORTING = "reporting", _("举报渠道")
    CORRECTIONS = "corrections", _("撤回与更正公告")
    SATISFACTION = "satisfaction", _("政务诚信满意度")


class Validity(models.TextChoices):
    """Validity of a document on a day 有效性: computed from its dates, never stored."""

    PENDING = "pending", _("尚未施行")
    IN_FORCE = "in_force", _("有效")
    ENDED = "ended", _("已失效")


class ContentLanguage(models.TextChoices):
    """Language of a page's text 正文语言 (BCP 47), whatever language the site around it speaks."""

    CHINESE = "zh-Hans", _("汉文")
    TIBETAN = "bo", _("藏文")

"""What the site starts with 初始内容: home, catalogue, the plan, plain pages, the review workflow. May be repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from wagtail.models import (
    GroupApprovalTask,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.models import (
    ChapterPage,
    DisclosureIndexPage,
    DisclosurePage,
    HomePage,
    SecondPersonTask,
    StandardPage,
)
from cms.official_text import blocks_of
from cms.permissions import set_up_groups
from cms.vocabulary import Chapter, Subject
from integrity.choices import Role
from integrity.models.door import writing

P = TypeVar("P", bound=Page)

CONTENT = Path(__file__).resolve().parent / "content"
HOST = "localhost"
SITE_NAME = "青海省政务诚信公开"
WORKFLOW = "信息发布流程"
STEPS = (("保密与个人信息审查", Role.SECRECY_REVIEWER), ("发布", Role.PUBLISHER))
# Wagtail's first migrations bring groups that publish without review, and a workflow of one step.
WAGTAIL_GROUPS = ("Moderators", "Editors")
WAGTAIL_WORKFLOW = "Moderators approval"


@dataclass(frozen=True)
class PlainPage:
    """A plain page whose text is a file of the content folder."""

    slug: str
    title: str
    lede: str
    in_menu: bool = False


PLAIN_PAGES = (
    PlainPage("about", "关于本站", "本站公开什么，不公开什么，依据是什么。", in_menu=True),
    PlainPage("accessibility", "无障碍说明", "怎样使用本站，遇到障碍向谁反映。"),
    PlainPage("privacy", "个人信息保护", "本站收集什么，公示信息中的个人信息如何处理。"),
)


#: Chapters of the site, in the order in which they are offered: slug, chapter, what it holds.
CHAPTERS: tuple[tuple[Chapter, str], ...] = (
    (Chapter.STATUTORY, "按《政府信息公开条例》第二十条逐项列出，每一项可到目录中查看全部文件。"),
    (Chapter.GUIDE, "信息的分类、编排和获取方式，工作机构的地址、时间和联系方式。"),
    (Chapter.DECISIONS, "公众参与征询、听证、专家论证、合法性审查、结果五个环节；征求意见期间可以直接提意见。"),
    (Chapter.COMMITMENTS, "承诺内容、标准、责任单位、期限和佐证；是否兑现按期限和佐证计算。"),
    (Chapter.LIVELIHOOD, "年度民生实事的标准、节点、佐证和兑现情况。"),
    (Chapter.DISCRETION, "行政裁量的阶次、适用情形和幅度。"),
    (Chapter.ENFORCEMENT, "执法主体、依据、检查计划和结果统计；个案决定见执业信用公示。"),
    (Chapter.FINANCES, "预算、决算和政府债务，合计由系统计算。"),
    (Chapter.RECRUITMENT, "招录公告和拟录用公示；公开期满即不再显示，人员姓名脱敏。"),
    (Chapter.HONOURS, "诚信典型和示范单位的公示、授予和撤销。"),
    (Chapter.CASES, "只引用公示中的案件；公示终止，案例随之不再显示。"),
    (Chapter.CORRECTIONS, "撤回和更正了哪些文件，为什么。"),
    (Chapter.REPORTS, "政府信息公开工作年度报告。"),
    (Chapter.INSPECTIONS, "专项督查发现的问题和整改情况。"),
    (Chapter.EDUCATION, "诚信宣传教育活动。"),
)


@transaction.atomic
def load_site(*, port: int = 80) -> HomePage:
    """Bring the site to its starting state without touching what editors have written since."""
    home = _home()
    _site(home, port)
    catalogue = _child(
        home,
        DisclosureIndexPage,
        slug="disclosures",
        title="政府信息公开目录",
        show_in_menus=True,
        introduction="依照《中华人民共和国政府信息公开条例》第十二条编制。可按主题分类、生成年份和有效性筛选。",
    )
    _plan(catalogue)
    for chapter, introduction in CHAPTERS:
        _child(
            home,
            ChapterPage,
            slug=f"open-{chapter.value}",
            title=str(chapter.label),
            chapter=chapter.value,
            introduction=introduction,
        )
    for plain in PLAIN_PAGES:
        _plain(home, plain)
    _workflow(home)
    return home


def _home() -> HomePage:
    existing: HomePage | None = HomePage.objects.first()
    if existing is not None:
        return existing
    root = Page.get_first_root_node()
    Site.objects.filter(root_page__depth=2, root_page__slug="home").delete()
    root.get_children().filter(slug="home").delete()  # Wagtail's welcome page
    root.refresh_from_db()
    home = HomePage(
        title=SITE_NAME,
        slug="home",
        locale=_locale(),
        organisation="青海省社会信用体系建设联席会议办公室",
        introduction="这里公开政务诚信文件和依法应当公示的执业许可、行政处罚信息。公务员诚信档案不在公开范围内。",
    )
    root.add_child(instance=home)
    home.save_revision().publish()
    return home


def _locale() -> Locale:
    return Locale.objects.get_or_create(language_code="zh-hans")[0]


def _site(home: HomePage, port: int) -> None:
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname=HOST, port=port, root_page=home, is_default_site=True, site_name=SITE_NAME)
    elif site.root_page_id != home.pk:
        site.root_page = home
        site.site_name = site.site_name or SITE_NAME
        site.save()


def _child(parent: Page, kind: type[P], *, slug: str, **values: Any) -> P:
    existing: P | None = kind.objects.child_of(parent).filter(slug=slug).first()
    if existing is not None:
        return existing
    page: P = kind(slug=slug, locale=_locale(), **values)
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _stream(name: str) -> str:
    text = (CONTENT / f"{name}.txt").read_text(encoding="utf-8")
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks_of(text)], ensure_ascii=False)


def _plan(catalogue: DisclosureIndexPage) -> DisclosurePage:
    return _child(
        catalogue,
        DisclosurePage,
        slug="social-credit-plan-2014-2020",
        title="青海省社会信用体系建设规划（2014—2020年）",
        index_number="QH-2015-00011",
        document_number="青政发〔2015〕11号",
        issuer="青海省人民政府",
        subject=Subject.PLANS,
        generated_on=date(2015, 1, 21),
        published_on=timezone.localdate(),
        in_force_from=date(2015, 2, 21),
        in_force_to=date(2020, 12, 31),
        summary=(
            "提出2014—2020年全省政务诚信、商务诚信、社会诚信和司法公信建设的目标、任务和保障措施，"
            "其中要求建立公务员诚信档案和重点人群职业信用记录，附五个分年度重点工作任务栏。"
        ),
        body=_stream("plan"),
    )


def _plain(home: HomePage, plain: PlainPage) -> StandardPage:
    return _child(
        home,
        StandardPage,
        slug=plain.slug,
        title=plain.title,
        lede=plain.lede,
        show_in_menus=plain.in_menu,
        body=_stream(plain.slug),
    )


def _workflow(home: HomePage) -> Workflow:
    """Author → secrecy and personal-data review → publisher, on every page of the site (政府信息公开条例 17)."""
    groups = set_up_groups(home)
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW)
    for order, (name, role) in enumerate(STEPS):
        task = SecondPersonTask.objects.filter(name=name).first() or SecondPersonTask.objects.create(name=name)
        task.groups.set([groups[role]])
        WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": order})
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})
    _retire_wagtail_defaults()
    return workflow


def _retire_wagtail_defaults() -> None:
    WorkflowPage.objects.filter(workflow__name=WAGTAIL_WORKFLOW).delete()
    Workflow.objects.filter(name=WAGTAIL_WORKFLOW).update(active=False)
    GroupApprovalTask.objects.filter(name=WAGTAIL_WORKFLOW).update(active=False)
    with writing():  # memberships go with the group; its rights are nobody's, see cms.permissions
        Group.objects.filter(name__in=WAGTAIL_GROUPS).delete()

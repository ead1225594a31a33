"""An inspector's day: with purpose and case the files of that case, and nothing else; without a case nothing at all."""

from __future__ import annotations

import uuid

from integrity.demo.build import CASE_REFERENCE
from tests.journeys.conftest import Arrive
from tests.journeys.scene import Site
from tests.journeys.visitor import Visitor

PURPOSE = "核查有关问题"
GRANTED = """
    SELECT f.name, f.ref FROM integrity_integrityfile f
    JOIN integrity_casegrant g ON g.content_object_id = f.id ORDER BY f.id
"""
STRANGER = """
    SELECT f.name, f.ref FROM integrity_integrityfile f
    WHERE f.status = 'established' AND f.id NOT IN (SELECT content_object_id FROM integrity_casegrant)
      AND f.name NOT IN (SELECT name FROM integrity_integrityfile WHERE id IN
        (SELECT content_object_id FROM integrity_casegrant))
    ORDER BY f.id LIMIT 1
"""


def file_of(site: Site, statement: str) -> tuple[str, str]:
    """Name and address of the first file that a question finds."""
    name, ref = site.ask(statement)[0]
    return str(name), f"/staff/files/{uuid.UUID(str(ref))}/"


def search(visitor: Visitor, words: str, *, case: str) -> None:
    visitor.open("/staff/search/")
    visitor.fill({"检索内容": words})
    form = visitor.page.get_by_role("main").get_by_role("search")
    form.get_by_label("用途").fill(PURPOSE)
    form.get_by_label("案件编号").fill(case)
    visitor.press("检索")


def test_an_inspector_with_a_case_finds_the_person_and_reads_the_file(arrive: Arrive, site: Site) -> None:
    name, address = file_of(site, GRANTED)
    stranger, elsewhere = file_of(site, STRANGER)
    inspector = arrive("inspector")

    # Before purpose and case are stated, even a granted file is as absent as any other.
    assert inspector.status(address) == 404

    search(inspector, name, case=CASE_REFERENCE)
    inspector.reads(name)
    with inspector.page.expect_navigation():
        inspector.page.locator(f'main a[href="{address}"]').click()
    inspector.reads(name, "基本信息")
    inspector.reads_not("录入处分决定")  # an inspector reads and enters nothing
    inspector.follow("处分决定", within=".tabs")
    inspector.reads("处分决定")

    # The same case opens no other file, by no way.
    search(inspector, stranger, case=CASE_REFERENCE)
    inspector.reads("本系统无记录")
    assert inspector.status(elsewhere) == 404


def test_without_a_case_the_search_finds_nothing_and_the_file_is_not_there(arrive: Arrive, site: Site) -> None:
    name, address = file_of(site, GRANTED)
    inspector = arrive("inspector_no_case")
    inspector.reads("没有已授权且未截止的案件")

    for case in (CASE_REFERENCE, "青纪办〔2020〕1号"):
        search(inspector, name, case=case)
        inspector.reads("没有可检索的档案")
        inspector.reads_not(address)

    answers = []
    for path in (address, f"/staff/files/{uuid.uuid4()}/"):
        status = inspector.status(path)
        answers.append((status, inspector.page.inner_text("main")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_a_grant_ends_at_once_when_the_second_officer_cuts_it(arrive: Arrive, site: Site) -> None:
    name, address = file_of(site, GRANTED)
    inspector, second = arrive("inspector"), arrive("inspector_second")
    inspector.press("按此案件查阅")
    inspector.open(address)

    second.open("/staff/cases/")
    second.follow(CASE_REFERENCE)
    granted = second.page.locator("tr", has_text=name).filter(has_text="王志刚")
    with second.page.expect_navigation():
        granted.get_by_role("link", name="终止").click()
    second.fill({"事由": "核查完毕"})
    second.press("终止授权")
    second.reads("授权已终止")
    assert inspector.status(address) == 404

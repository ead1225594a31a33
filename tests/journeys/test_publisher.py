"""A penalty's way to the public and its end: propose, review, notice with proof, a third person publishes; when the
term is over it is gone although no job has run (H4, H5, H18)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from tests.journeys.conftest import Arrive
from tests.journeys.scene import Site

# A fine that the regulator has entered and submitted: nobody has approved it yet.
SUBMITTED = """
    SELECT p.ref, r.name FROM integrity_penalty p JOIN integrity_practitionerrecord r ON r.id = p.record_id
    JOIN integrity_account a ON a.organisation_id = p.authority_id AND a.username = 'regulator'
    JOIN integrity_profession t ON t.id = r.profession_id
    WHERE p.state = 'submitted' AND p.entered_by_id = a.id AND t.name = '律师' ORDER BY p.decided_on DESC LIMIT 1
"""
PROPOSED = "SELECT ref, ends_on FROM integrity_publication WHERE name = ? AND penalty_id IS NOT NULL"


def test_from_the_decision_to_the_public_and_to_the_end_of_its_term(arrive: Arrive, site: Site) -> None:
    ref, name = (str(value) for value in site.ask(SUBMITTED)[0])
    penalty = f"/staff/penalties/{uuid.UUID(ref)}/"
    regulator, second = arrive("regulator"), arrive("regulator_second")
    reviewer, publisher, public = arrive("secrecy_reviewer"), arrive("publisher"), arrive()

    # Only what is in force may be proposed, and its author does not approve it.
    regulator.open(penalty)
    regulator.reads(name)
    assert not regulator.page.get_by_role("link", name="提出公示").count()
    assert not regulator.page.get_by_role("link", name="审核", exact=False).count()
    second.open(penalty)
    second.page.get_by_role("main").get_by_role("link", name="审核", exact=False).first.click()
    second.press("审核通过")

    # The regulator proposes; period and class come from the rules, with their article.
    regulator.open(penalty)
    regulator.follow("提出公示")
    regulator.reads("公示期限", "信用修复管理办法")
    regulator.fill({"失信等级": "一般", "公示理由": "依法公示处罚结果"})
    regulator.press("提交公示审查")
    regulator.reads("公众将看到的全部内容", "不公开的内容", "身份证件号码")
    publication = regulator.path()
    stored, ends = site.ask(PROPOSED, name)[-1]
    shown_at = f"/register/p/{uuid.UUID(str(stored))}/"
    assert public.status(shown_at) == 404

    # The review of law, secrecy and personal data.
    reviewer.open("/staff/publications/?state=proposed")
    reviewer.follow(name, exact=False)
    assert reviewer.path() == publication
    reviewer.follow("审查通过")
    reviewer.fill({"事由": "依据、内容和个人信息已核对"})
    reviewer.press("审查通过")

    # Without proof of service it stays where it is (H4).
    assert not publisher.page.get_by_role("link", name="发布", exact=True).count()
    regulator.open(publication)
    regulator.follow("告知当事人")
    regulator.reads("拟在青海省政务诚信公开网站公示", name)
    with regulator.refusal(422):
        regulator.press("登记送达")
    regulator.reads("请填写送达证明编号", "H4")
    regulator.fill({"送达证明编号": "送达回证〔2026〕88号"})
    regulator.press("登记送达")
    regulator.reads("送达回证〔2026〕88号")
    assert not regulator.page.get_by_role("main").get_by_role("link", name="发布", exact=True).count()  # H18
    assert public.status(shown_at) == 404

    # A third person publishes.
    publisher.open("/staff/publications/?state=noticed")
    publisher.follow(name, exact=False)
    publisher.follow("发布")
    publisher.press("发布")
    publisher.reads("公示中")

    # The public finds it in the register and by search, and opens it.
    public.open("/register/")
    public.reads_not(name)  # no list to browse through
    public.fill({"姓名": name, "职业": "律师"})
    public.press("查询")
    with public.page.expect_navigation():
        public.page.locator(f'main a[href="{shown_at}"]').click()
    public.reads(name, "公示期", "认为公示有误")
    public.check_accessible()
    public.open("/search/")
    public.fill({"检索内容": name})
    public.press("检索")
    public.reads(name)

    # The last day it is still there; the day after it is not, and nothing but the date has moved.
    last = date.fromisoformat(str(ends))
    later = arrive(at=site.start(last))
    assert later.open(shown_at).status == 200
    later.leave()
    after = arrive(at=site.start(last + timedelta(days=1)))
    assert after.status(shown_at) == 410
    after.reads("公示已终止")
    after.reads_not(name)
    after.open("/register/")
    after.fill({"姓名": name, "职业": "律师"})
    after.press("查询")
    assert not after.page.locator(f'a[href="{shown_at}"]').count()
    after.open("/search/")
    after.fill({"检索内容": name})
    after.press("检索")
    assert not after.page.locator(f'a[href="{shown_at}"]').count()
    assert site.ask("SELECT state FROM integrity_publication WHERE ref = ?", str(stored)) == [("published",)]

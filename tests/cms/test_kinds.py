"""Every kind of disclosure 各类公开页面: shown, listed, found, gone on its day (H5, H7)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Revision

from cms import comments, figures
from cms.blocks_rows import CandidateBlock
from cms.catalogue import items_on
from cms.demo_content import load_disclosures
from cms.masking import masked_name
from cms.models import (
    DISCLOSURE_KINDS,
    AnnualReportPage,
    ChapterPage,
    ConsultationComment,
    CorrectionPage,
    DisclosureIndexPage,
    DisclosurePage,
    HomePage,
    HonourPage,
    LivelihoodProjectPage,
    MajorDecisionPage,
    RecruitmentPage,
    ServiceCommitmentPage,
    TypicalCasePage,
)
from cms.models import pledges as promised
from cms.models.catalogue import KINDS
from integrity.choices import Role, WithdrawalReason
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.models import Publication
from integrity.publications import withdraw
from search.documents import SOURCES
from search.models import Kind
from tests.cms.conftest import Staff
from tests.cms.test_pages import _document
from tests.integrity import scenes
from tests.integrity.conftest import clock
from tests.personas import Province, province

__all__ = ["clock"]


@pytest.fixture
def pages(site: HomePage) -> list[DisclosurePage]:
    load_disclosures()
    return [page.specific for page in DisclosurePage.objects.all()]


def everywhere(client: Client, page: DisclosurePage) -> dict[str, bool]:
    """By which public doors a page is met now."""
    address = page.url
    return {
        "page": client.get(address).status_code == 200,
        "catalogue": address in client.get("/disclosures/").content.decode(),
        "home": address in client.get("/").content.decode(),
        "sitemap": address in client.get("/sitemap.xml").content.decode(),
        "feed": address in client.get("/feed.atom").content.decode(),
        "csv": address in client.get("/catalogue.csv").getvalue().decode(),
        "json": address in client.get("/catalogue.json").getvalue().decode(),
        "search": SOURCES[Kind.DISCLOSURE].rows_for(None).filter(pk=page.pk).exists(),
    }


def test_the_kinds_are_named_alike_wherever_they_are_listed(db: None) -> None:
    assert {f"cms.{kind.__name__}" for kind in DISCLOSURE_KINDS} == set(KINDS)
    assert all(not f.related_model or f.related_model._meta.app_label != "integrity" or f.name.endswith("_by")
               for kind in DISCLOSURE_KINDS for f in kind._meta.local_fields)  # fmt: skip


def test_every_kind_has_its_page_chapter_words_and_no_inline_code(pages: list[DisclosurePage], client: Client) -> None:
    seen = set()
    for page in pages:
        answer = client.get(page.url)
        body = answer.content.decode()
        assert answer.status_code == 200, page
        assert page.title in body
        assert " style=" not in body
        assert not answer.cookies
        for table in page.tables(timezone.localdate()):
            assert str(table.caption) in body
            assert {len(row) for row in table.rows} <= {len(table.columns)}
        seen.add(type(page))
    assert seen == set(DISCLOSURE_KINDS) - {TypicalCasePage}
    for chapter in ChapterPage.objects.all():
        assert client.get(chapter.url).status_code == 200, chapter
    assert len(items_on(timezone.localdate())) == 15
    assert items_on(date(2018, 1, 1)) == []


def test_loading_the_demo_twice_adds_nothing(pages: list[DisclosurePage]) -> None:
    assert load_disclosures() == 0


def test_words_in_fields_are_found_and_candidates_are_not(pages: list[DisclosurePage]) -> None:
    source = SOURCES[Kind.DISCLOSURE]
    texts = {row.slug: "\n".join(str(text) for _label, text in source.read(row).texts) for row in source.rows_for(None)}
    assert "罚款二百元以下" in texts["demo-discretion"]
    assert "项目支出" in texts["demo-budget"]
    assert "水利类专业" in texts["demo-call"]
    assert "*" not in texts["demo-candidates"]
    assert "0417" not in texts["demo-candidates"]


# --- H5: dates are asked at the time of reading --------------------------------------------------


def test_h5_a_notice_is_gone_by_every_door_the_day_after_its_last(pages: list[DisclosurePage], client: Client) -> None:
    page = RecruitmentPage.objects.get(slug="demo-candidates")
    with time_machine.travel(f"{page.ends_on.isoformat()} 23:59:30+08:00"):
        assert all({k: v for k, v in everywhere(client, page).items() if k != "home"}.values())
    with time_machine.travel(f"{(page.ends_on + timedelta(1)).isoformat()} 00:00:30+08:00"):
        assert not any(everywhere(client, page).values())
        gone = client.get(page.url)
        assert gone.status_code == 410
        assert page.title not in gone.content.decode()
        assert "卓" not in gone.content.decode()


def test_before_its_day_a_page_is_as_absent_as_what_does_not_exist(
    catalogue: DisclosureIndexPage, client: Client
) -> None:
    page = _document(catalogue, 5, generated_on=timezone.localdate(), published_on=timezone.localdate() + timedelta(1))
    assert client.get(page.url).status_code == 404
    assert not any(everywhere(client, page).values())


def test_a_recruitment_notice_without_a_last_day_is_refused(catalogue: DisclosureIndexPage) -> None:
    with pytest.raises(ValidationError, match="公开至"):
        RecruitmentPage(title="公告", slug="x", notice="call", index_number="1", issuer="局", unit="局",
                        generated_on=date(2026, 1, 1), summary="略", locale=catalogue.locale,
                        path="0001", depth=1).full_clean()  # fmt: skip


def test_a_withdrawal_empties_every_door_and_repeats_nothing(
    pages: list[DisclosurePage], catalogue: DisclosureIndexPage, client: Client
) -> None:
    page = DisclosurePage.objects.get(slug="demo-budget").specific
    today = timezone.localdate()
    notice = CorrectionPage(
        title="撤回公告", slug="withdrawal", index_number="W-1", issuer="某县", generated_on=today, summary="撤回一件文件",
        withdraws=True, target=page, ground="privacy", effective_on=today,
    )  # fmt: skip
    assert everywhere(client, page)["page"]
    catalogue.refresh_from_db()
    catalogue.add_child(instance=notice)
    assert not any(everywhere(client, page).values())
    gone = client.get(page.url)
    assert (gone.status_code, page.title in gone.content.decode()) == (410, False)
    assert notice.url in gone.content.decode()
    told = client.get(notice.url).content.decode()
    assert page.index_number in told
    assert page.title not in told
    assert page.url not in told
    notice.title = f"撤回《{page.title}》"
    with pytest.raises(ValidationError, match="不重复"):
        notice.full_clean()


def test_a_correction_is_told_on_the_page_it_corrects(pages: list[DisclosurePage], client: Client) -> None:
    body = client.get(DisclosurePage.objects.get(slug="demo-notice").url).content.decode()
    assert "本件内容自" in body
    assert "关于更正一件规范性文件施行日期的公告" in body


# --- promises ----------------------------------------------------------------------------------

DUE = date(2026, 5, 10)


@pytest.mark.parametrize(
    ("done", "evidence", "day", "standing"),
    [
        (None, "", DUE, promised.AHEAD),
        (None, "", DUE + timedelta(1), promised.MISSED),
        (DUE, "验收单", DUE, promised.ON_TIME),
        (DUE, "", DUE + timedelta(1), promised.MISSED),  # without evidence nothing is done
        (DUE + timedelta(2), "验收单", DUE + timedelta(1), promised.MISSED),  # a day to come proves nothing
        (DUE + timedelta(2), "验收单", DUE + timedelta(2), promised.LATE),
    ],
)
def test_a_milestone_stands_by_dates_and_evidence(
    done: date | None, evidence: str, day: date, standing: promised.Standing
) -> None:
    value = {"due_on": DUE, "done_on": done, "evidence": evidence, "documents": []}
    assert promised.milestone_standing(value, day) == standing


def test_promises_are_kept_broken_or_under_way(pages: list[DisclosurePage]) -> None:
    today = timezone.localdate()
    assert ServiceCommitmentPage.objects.get().standing(today) == promised.KEPT
    broken, under_way = LivelihoodProjectPage.objects.order_by("year")
    assert (broken.standing(today), under_way.standing(today)) == (promised.BROKEN, promised.UNDER_WAY)
    assert under_way.standing(today + timedelta(61)) == promised.BROKEN
    assert promised.pledge_standing([promised.LATE, promised.ON_TIME]) == promised.KEPT_LATE


# --- H7: nobody arises from what was typed -------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "masked"),
    [("卓玛措", "卓**"), ("李明", "李*"), ("扎西·多杰", "扎**"), ("卓**", "卓**"), ("丹", "丹*"), ("", "")],
)
def test_names_are_masked_once_and_for_all(name: str, masked: str) -> None:
    assert masked_name(name) == masked
    assert CandidateBlock().child_blocks["name"].get_prep_value(name) == masked


def test_h7_a_candidates_name_is_in_no_row_and_no_revision(pages: list[DisclosurePage], client: Client) -> None:
    page = RecruitmentPage.objects.get(slug="demo-candidates")
    body = client.get(page.url).content.decode()
    assert "卓**" in body
    kept = json.dumps([row.content for row in Revision.objects.for_instance(page)], ensure_ascii=False, default=str)
    with connection.cursor() as cursor:
        cursor.execute("SELECT candidates FROM cms_recruitmentpage WHERE disclosurepage_ptr_id = %s", [page.pk])
        kept += str(cursor.fetchone()[0])
    for plain in ("卓玛措", "多杰", "\\u5353\\u739b"):
        assert plain not in kept + body


@pytest.fixture
def published(reference: None, site: HomePage, clock: Any) -> tuple[Province, Publication]:
    scene = province()
    return scene, scenes.published(scene)


def _case(catalogue: DisclosureIndexPage, ref: Any, **values: Any) -> TypicalCasePage:
    page = TypicalCasePage(**{
        "title": "一起典型案例", "slug": "case", "index_number": "C-1", "issuer": "省厅", "generated_on": date(2026, 1, 5),
        "summary": "违规执业被处罚。", "publication_ref": str(ref), "points": "违规事实清楚。", "lesson": "应当依法执业。",
    } | values)  # fmt: skip
    catalogue.refresh_from_db()
    catalogue.add_child(instance=page)
    return page


def test_a_typical_case_goes_with_its_publication(
    published: tuple[Province, Publication], catalogue: DisclosureIndexPage, client: Client
) -> None:
    scene, row = published
    page = _case(catalogue, row.ref)
    body = client.get(page.url).content.decode()
    assert row.title in body
    assert everywhere(client, page)["catalogue"]
    assert not everywhere(client, page)["home"] or page.url in client.get("/").content.decode()
    kept = json.dumps(page.serializable_data(), ensure_ascii=False, default=str)
    assert row.name not in kept
    withdraw(publication=row, by=scene.publisher, cause=WithdrawalReason.ERROR, reason="复核")
    assert not any(everywhere(client, page).values())
    gone = client.get(page.url)
    assert gone.status_code == 410
    assert "违规事实" not in gone.content.decode()


@pytest.mark.parametrize("field", ["title", "summary", "points", "lesson"])
def test_the_name_of_a_cited_record_may_not_be_typed(
    published: tuple[Province, Publication], catalogue: DisclosureIndexPage, field: str
) -> None:
    _scene, row = published
    with pytest.raises(ValidationError, match="不写当事人姓名"):
        _case(catalogue, row.ref, **{field: f"{row.name}违规案"})
    with pytest.raises(ValidationError, match="没有公示中"):
        _case(catalogue, "11111111-1111-4111-8111-111111111111")


def test_h15_an_honour_has_its_notice_and_can_be_revoked(pages: list[DisclosurePage], client: Client) -> None:
    page = HonourPage.objects.get()
    page.conferred_on, page.decision_number = page.notice_to, "某政发〔2026〕9号"
    with pytest.raises(ValidationError, match="公示期满"):
        page.full_clean()
    page.conferred_on = page.notice_to + timedelta(1)
    page.revoked_on = page.notice_to + timedelta(10)
    with pytest.raises(ValidationError, match="撤销须有"):
        page.full_clean()
    page.revocation_number, page.revocation_reason = "某政发〔2026〕20号", "弄虚作假"
    page.save()
    with time_machine.travel(f"{page.revoked_on.isoformat()} 12:00+08:00"):
        body = client.get(page.url).content.decode()
    assert "已撤销" in body
    assert "弄虚作假" in body
    assert page.deeds not in body
    page.person_ref = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(ValidationError, match="二者取一"):
        page.full_clean()


# --- the yearly report ---------------------------------------------------------------------------


def test_figures_come_from_whoever_registers_and_stand_still_after(pages: list[DisclosurePage], client: Client) -> None:
    report = AnnualReportPage.objects.get()
    assert report.computed["rules.documents.made"] == "0"
    assert not [key for key in report.computed if key.startswith("requests.")]
    body = client.get(report.url).content.decode()
    assert "没有统计，不等于零" in body
    assert "12.5 ※" in body
    figures.register("test", lambda asked: {"requests.new.person": asked.year})
    try:
        assert "2,025" not in client.get(report.url).content.decode()  # published is published
        report.save_revision().publish()
        assert "2,025" in client.get(report.url).content.decode()
        figures.register("twice", lambda asked: {"requests.new.person": 1})
        with pytest.raises(ValueError, match="counted twice"):
            report.full_clean()
    finally:
        figures.forget("test")
        figures.forget("twice")


# --- comments ------------------------------------------------------------------------------------


@pytest.fixture
def consultation(pages: list[DisclosurePage]) -> MajorDecisionPage:
    page: MajorDecisionPage = MajorDecisionPage.objects.get()
    return page


def _sent(client: Client, consultation: MajorDecisionPage, text: str, *, wait: int = 10, **more: str) -> Any:
    address = f"/comments/{consultation.pk}/"
    now = timezone.now()
    with time_machine.travel(now):
        opened = client.get(address).context["form"].fields["opened"].initial
    with time_machine.travel(now + timedelta(seconds=wait)):
        return client.post(address, {"standpoint": "resident", "text": text, "opened": opened, "website": ""} | more)


def test_a_comment_without_account_leaves_no_trace_of_the_sender(
    consultation: MajorDecisionPage, client: Client
) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = _sent(strict, consultation, "希望增加牧区站点。")
    assert answer.status_code == 200
    assert not answer.cookies
    row = ConsultationComment.objects.get()
    columns = {field.name for field in ConsultationComment._meta.fields}
    assert not columns & {"ip", "address", "name", "contact", "user_agent", "session"}
    assert row.code_hash not in answer.content.decode()
    assert "希望增加牧区站点。" not in client.get(consultation.url).content.decode()  # not before it is read


@pytest.mark.parametrize(
    ("text", "more", "wait"),
    [
        ("我的号码是110101199003077758请联系", {}, 10),
        ("电话 138 0013 8000 请联系我", {}, 10),
        ("可以", {}, 10),
        ("一条正常的意见", {"website": "http://spam.example"}, 10),
        ("一条正常的意见", {"opened": "forged"}, 10),
        ("一条正常的意见", {}, 1),
        ("一条正常的意见", {}, 13 * 3600),
        ("字" * 2001, {}, 10),
    ],
)
def test_comments_that_are_not_taken(
    consultation: MajorDecisionPage, client: Client, text: str, more: dict[str, str], wait: int
) -> None:
    assert _sent(client, consultation, text, wait=wait, **more).status_code == 422
    assert not ConsultationComment.objects.exists()


def test_comments_are_taken_within_the_days_alone(consultation: MajorDecisionPage, client: Client) -> None:
    address = f"/comments/{consultation.pk}/"
    assert consultation.comments_from
    assert consultation.comments_to
    for day, status in (
        (consultation.comments_from - timedelta(1), 404),
        (consultation.comments_from, 200),
        (consultation.comments_to, 200),
        (consultation.comments_to + timedelta(1), 404),
    ):
        with time_machine.travel(f"{day.isoformat()} 23:59+08:00"):
            assert client.get(address).status_code == status, day
    consultation.unpublish()
    assert client.get(address).status_code == 404


def test_h18_a_comment_is_shown_with_its_answer_by_a_second_person(
    consultation: MajorDecisionPage, staff: Staff, client: Client
) -> None:
    _sent(client, consultation, "希望增加<b>牧区</b>站点。")
    row, today = ConsultationComment.objects.get(), timezone.localdate()
    both = staff.account(Role.EDITOR, Role.PUBLISHER)
    publisher = staff.account(Role.PUBLISHER)
    with pytest.raises(ReasonedRefusal, match="须先拟写"):
        comments.show(comment=row, by=publisher, on=today)
    comments.answer(comment=row, by=both, reply="已采纳，增加三个站点。", unit="某县交通运输局")
    with pytest.raises(ReasonedRefusal, match="不得办理公开"):
        comments.show(comment=row, by=both, on=today)
    with pytest.raises(NotAdmitted):
        comments.show(comment=row, by=staff.account(Role.EDITOR), on=today)
    comments.show(comment=row, by=publisher, on=today)
    body = client.get(consultation.url).content.decode()
    assert "已采纳，增加三个站点。" in body
    assert "希望增加&lt;b&gt;牧区" in body
    comments.set_aside(comment=row, by=publisher, on=today, reason="含有他人信息")
    assert "已采纳" not in client.get(consultation.url).content.decode()


def test_a_comment_is_taken_back_by_its_receipt_and_deleted_by_rule(
    consultation: MajorDecisionPage, staff: Staff, client: Client
) -> None:
    codes = [_sent(client, consultation, f"第{n}条意见内容").context["code"] for n in range(2)]
    editor, publisher, today = staff.account(Role.EDITOR), staff.account(Role.PUBLISHER), timezone.localdate()
    for row in ConsultationComment.objects.all():
        comments.answer(comment=row, by=editor, reply="收到。", unit="某局")
        comments.show(comment=row, by=publisher, on=today)
    assert client.get(consultation.url).content.decode().count("条意见内容") == 2
    told = [client.post("/comments/back/", {"code": code}).content for code in ("ABCD-2345", codes[0].lower())]
    assert told[0] == told[1]  # nobody learns whether there was one
    assert client.get(consultation.url).content.decode().count("条意见内容") == 1
    assert comments.delete_due(on=today) == 1
    last = ConsultationComment.objects.get().keep_until
    assert comments.delete_due(on=last) == 0
    with time_machine.travel(f"{(last + timedelta(1)).isoformat()} 00:01+08:00"):
        assert "条意见内容" not in client.get(consultation.url).content.decode()  # before any job
        assert comments.delete_due() == 1


def test_the_desk_of_comments_is_for_those_who_answer(
    consultation: MajorDecisionPage, editor: Client, publisher: Client, client: Client
) -> None:
    _sent(client, consultation, "一条待办的意见")
    row = ConsultationComment.objects.get()
    assert "一条待办的意见" in editor.get("/cms/comments/").content.decode()
    assert client.get("/cms/comments/").status_code == 302
    answer = f"/cms/comments/{row.pk}/answer/"
    assert client.post(answer, {"reply": "x", "unit": "y"}).status_code == 302
    assert editor.post(answer, {"reply": "已研究。", "unit": "某局"}).status_code == 302
    assert publisher.post(f"/cms/comments/{row.pk}/show/").status_code == 302
    row.refresh_from_db()
    assert (row.reply, row.shown_on) == ("已研究。", timezone.localdate())


# --- catalogue -----------------------------------------------------------------------------------


def test_facets_filters_and_files_agree(pages: list[DisclosurePage], client: Client) -> None:
    page = client.get("/disclosures/", {"issuer": "某县"})
    told = {facet.value: facet.count for facet in page.context["facets"]}
    assert told["rules"] == 3
    assert page.context["count"] == sum(told.values())
    narrow = {"subject": "rules", "language": "bo"}
    assert [row.language for row in client.get("/disclosures/", narrow).context["documents"]] == ["bo"]
    assert len(json.loads(client.get("/catalogue.json", narrow).getvalue())["documents"]) == 1
    assert client.get("/catalogue.csv", narrow).getvalue().decode().count("\r\n") == 2
    found = client.get("/disclosures/", {"number": "某政发[2026]3号"}).context["documents"]
    assert [row.slug for row in found] == ["demo-notice"]


def test_no_cell_of_the_file_is_a_formula(catalogue: DisclosureIndexPage, client: Client) -> None:
    _document(catalogue, 1, title="=HYPERLINK(1)", summary="+1")
    lines = client.get("/catalogue.csv").getvalue().decode()
    assert "'=HYPERLINK(1)" in lines
    assert ",'+1," in lines


def test_versions_in_other_languages_lead_to_each_other(pages: list[DisclosurePage], client: Client) -> None:
    slugs = ("demo-notice", "demo-notice-bo", "demo-notice-en")
    for slug in slugs:
        body = client.get(f"/disclosures/{slug}/").content.decode()
        assert [f'href="/disclosures/{other}/" lang=' in body for other in slugs if other != slug] == [True, True]
    assert 'lang="bo"' in client.get("/disclosures/demo-notice-bo/").content.decode()


@pytest.mark.parametrize("place", ["", "2026-01-01.x", "x.1", "2026-13-01.1", "2026-01-01.99999999999999999999", "."])
def test_an_unreadable_place_is_the_beginning(catalogue: DisclosureIndexPage, client: Client, place: str) -> None:
    assert len(client.get("/disclosures/", {"after": place}).context["documents"]) == 1


def test_the_catalogue_asks_as_often_for_many_as_for_few(catalogue: DisclosureIndexPage, client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/disclosures/")
        return len(seen)

    client.get("/disclosures/")
    few = asked()
    for number in range(30):
        _document(catalogue, number)
    assert asked() == few

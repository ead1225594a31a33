"""Pages for paper 打印页: opened like the page on the screen, with a line of their own and a foot on every sheet."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrity.choices import Act, Grade, ObjectionKind, RecordState
from integrity.models import Appraisal, Decision, Objection, ReadEntry
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.personas import Province, province

pytestmark = pytest.mark.django_db
ABSENT = "00000000-0000-4000-8000-000000000000"
EVERYBODY = (*Province.SEE, *Province.DO_NOT_SEE, "low_clearance_clerk", "second_clerk")


@pytest.fixture
def scene(reference: None, clock: time_machine.Traveller) -> Province:
    scene = province()
    factories.identifier(scene.person)
    factories.appraisal(scene.file, by=scene.clerk, body="考核机关甲")
    return scene


def papers(scene: Province) -> tuple[str, str]:
    decision = scenes.in_force(scene)
    return f"/staff/files/{scene.file.ref}/print/", f"/staff/decisions/{decision.ref}/print/"


def test_paper_is_for_those_who_read_and_absent_for_the_rest(scene: Province) -> None:
    for paper in papers(scene):
        for name in EVERYBODY:
            browser = scene.browser(name)
            screen, answer = browser.get(paper.removesuffix("print/")), browser.get(paper)
            assert answer.status_code == screen.status_code, (name, paper)
            if answer.status_code != 200:
                absent = browser.get(paper.replace(paper.split("/")[3], ABSENT))
                assert (answer.status_code, answer.content) == (404, absent.content)
            else:
                assert f'href="{paper}"' in screen.text
                assert "no-store" in answer.headers["Cache-Control"]


def test_it_carries_who_when_what_for_and_the_grade(scene: Province) -> None:
    file, decision = papers(scene)
    for paper in (file, decision):
        text = scene.browser("reviewer").get(paper).text
        for words in (str(scene.reviewer), str(scene.reviewer.organisation), "2026年6月1日 10:00", "档案审核",
                      str(Grade.STRICT.label)):  # fmt: skip
            assert words in text, (paper, words)
        foot = text.split('class="paper-foot"')[1].split("</footer>")[0]
        assert str(scene.reviewer) in foot
        assert "查阅日志" in foot
        assert "sidenav" not in text
        assert "topbar" not in text
    text = scene.browser("inspector_with_case").get(file).text
    assert scene.purpose in text
    assert scene.case.reference in text


def test_paper_leaves_out_what_its_reader_may_not_see(scene: Province) -> None:
    raw(scene.file, last_appraisal_year=1987, service_status="suspended")
    decision = scenes.in_force(scene)
    address = f"/staff/files/{scene.file.ref}/print/"
    low, full = (scene.browser(name).get(address).text for name in ("low_clearance_clerk", "reviewer"))
    for words in ("1987", "停职", "考核机关甲", decision.document_no):
        assert words in full, words
        assert words not in low, words
    assert "超出可接触级别" in low
    assert str(Grade.INTERNAL.label) in low
    assert str(Grade.STRICT.label) not in low
    draft = scenes.draft(scene, document_no="青监政处〔2026〕77号")
    assert draft.state == RecordState.DRAFT
    assert draft.document_no not in scene.browser("second_clerk").get(address).text
    assert draft.document_no in scene.browser("clerk").get(address).text


def test_no_number_of_a_person_is_on_paper_not_even_masked(scene: Province) -> None:
    identifier = scene.person.identifiers.unscoped(reason="测试").get()
    for paper in papers(scene):
        text = scene.browser("reviewer").get(paper).text
        assert identifier.masked not in text
        assert identifier.number() not in text


def test_an_open_objection_is_on_the_paper(scene: Province) -> None:
    decision = scenes.in_force(scene)
    saved(
        Objection(
            file=scene.file, decision=decision, subject=scene.person, authority=scene.authority,
            kind=ObjectionKind.WRONG_TEXT, text="有误", lodged_on=scenes.TODAY, entered_by=scene.clerk,
        )
    )  # fmt: skip
    for paper in (f"/staff/files/{scene.file.ref}/print/", f"/staff/decisions/{decision.ref}/print/"):
        assert "有在办异议" in scene.browser("reviewer").get(paper).text


def test_printing_is_told_from_reading_in_the_log(scene: Province) -> None:
    file, decision = papers(scene)
    browser = scene.browser("reviewer")
    browser.get(file)
    lines = ReadEntry.objects.filter(door="staff.FilePrint").order_by("pk")
    told = {(line.model, line.act, tuple(line.ids)) for line in lines}
    appraisal = Appraisal.objects.unscoped(reason="测试").get()
    row = Decision.objects.unscoped(reason="测试").get()
    assert told == {
        ("integrityfile", Act.READ, (scene.file.pk,)),
        ("appraisal", Act.READ, (appraisal.pk,)),
        ("decision", Act.READ, (row.pk,)),
    }
    assert all(line.subject_ids == [str(scene.person.pk)] and line.purpose for line in lines)
    browser.get(decision)
    assert ReadEntry.objects.filter(door="staff.DecisionPrint", ids=[row.pk]).count() == 1


def test_without_the_log_no_paper(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when only the line about a part cannot be written."""
    addresses, write = papers(scene), ReadEntry.save
    browser = scene.browser("reviewer")

    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        if self.model in broken:
            raise OSError("disk full")
        write(self, *args, **kwargs)

    monkeypatch.setattr(ReadEntry, "save", full)
    for broken, paper in ((("integrityfile",), addresses[0]), (("appraisal",), addresses[0]),
                          (("decision",), addresses[1])):  # fmt: skip
        answer = browser.get(paper)
        assert answer.status_code == 503, broken
        assert scene.person.name not in answer.text


def test_a_paper_asks_a_fixed_number_of_queries(scene: Province) -> None:
    file, decision = papers(scene)
    browser = scene.browser("reviewer")
    browser.get(file)
    few = queries(browser, file)
    for number in range(30):
        factories.appraisal(scene.file, by=scene.clerk, year=1960 + number)
    assert queries(browser, file) == few
    assert few <= 70
    assert queries(browser, decision) <= 40


def queries(browser: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert browser.get(url).status_code == 200
    return len(found)

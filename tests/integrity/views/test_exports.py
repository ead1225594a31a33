"""Exports of lists 列表导出: rows, order, columns of the list; logged before the first byte, asked again after it."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from integrity.choices import Act, Grade, ReadOutcome, Role
from integrity.models import Assignment, IntegrityFile, ReadEntry, Recusal
from integrity.views import exports
from integrity.views.columns import LISTS
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.personas import Province, assigned, province, signed_in

pytestmark = pytest.mark.django_db
FILES, DECISIONS = "/staff/files/export/", "/staff/decisions/export/"
PRACTITIONERS, PUBLICATIONS = "/staff/practitioners/export/", "/staff/publications/export/"
MAY = ("reviewer", "second_reviewer", "organisation_officer")
MAY_NOT = (
    "clerk", "low_clearance_clerk", "inspector_with_case", "inspector_without_case", "objection_officer",
    "subject_himself", "superuser", "system_admin", "security_admin", "audit_admin", "nobody",
    "secrecy_reviewer", "publisher",
)  # fmt: skip


@pytest.fixture
def scene(reference: None, clock: time_machine.Traveller) -> Province:
    return province()


def asked(browser: Client, url: str, *, kind: str = "csv", purpose: str = "季度核对") -> Any:
    return browser.post(url, {"purpose": purpose, "format": kind})


def lines_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.status_code
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def sheet_of(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200, answer.status_code
    sheet: Any = load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def heads_on(page: str) -> list[str]:
    """The headings of the list as a browser shows them."""
    cells = re.findall(r"<th scope=\"col\".*?>(.*?)</th>", page.split("<thead")[1].split("</thead>")[0], re.S)
    return [re.sub(r"<span class=\"vh\">.*?</span>|<svg.*?</svg>|<[^>]+>", "", cell, flags=re.S).strip()
            for cell in cells]  # fmt: skip


def lists(scene: Province) -> list[tuple[str, str]]:
    """Each list with somebody who exports it, something in it."""
    scenes.in_force(scene)
    scenes.published(scene)
    return [("reviewer", FILES), ("reviewer", DECISIONS), ("regulator", PRACTITIONERS), ("regulator", PUBLICATIONS)]


@pytest.mark.parametrize("name", MAY)
def test_who_checks_exports_what_the_list_shows(scene: Province, name: str) -> None:
    foreign = factories.file(scene.other_authority, by=scene.clerk_of_other_authority, name="外单位人")
    browser = scene.browser(name)
    lines = lines_of(asked(browser, FILES))
    assert [line[0] for line in lines[1:]] == [row.name for row in browser.get("/staff/files/").context["rows"]]
    assert foreign.name not in str(lines)


@pytest.mark.parametrize("name", MAY_NOT)
def test_who_may_not_export_finds_nothing_and_the_log_says_so(scene: Province, name: str) -> None:
    browser, account = scene.browser(name), getattr(scene, name)
    for url in (FILES, DECISIONS, PRACTITIONERS, PUBLICATIONS):
        for answer in (browser.get(url), asked(browser, url), asked(browser, url, kind="xlsx")):
            absent = browser.get("/staff/nothing/")
            assert (answer.status_code, answer.content) == (404, absent.content)
            line = ReadEntry.objects.filter(account=account).order_by("-pk")[0]
            assert (line.act, line.outcome, line.ids) == (Act.EXPORT, ReadOutcome.REFUSED, [])
    for page in ("/staff/files/", "/staff/decisions/"):
        assert "/export/" not in browser.get(page).text


def test_not_signed_in_is_led_to_the_form() -> None:
    assert Client().post(FILES, {"purpose": "核对", "format": "csv"}).status_code == 302


def test_every_list_has_its_button_its_columns_and_its_rows(scene: Province) -> None:
    """The columns are said once more for machines: they and the page's must not drift apart."""
    for name, url in lists(scene):
        browser, page = scene.browser(name), url.removesuffix("export/")
        shown = browser.get(page)
        assert f'action="{url}"' in shown.text, url
        table, heads = shown.text.split("<table")[1], heads_on(shown.text)
        for kind, read in (("csv", lines_of), ("xlsx", sheet_of)):
            lines = read(asked(browser, url, kind=kind))
            assert lines[0] == heads, (url, kind)
            assert len(lines) == 1 + len(shown.context["rows"])
            for cell in (cell for line in lines[1:] for cell in line):
                assert all(part in table for part in str(cell).split("、")), (url, cell)


def test_filters_and_sort_of_the_list_hold_and_a_place_in_it_does_not(scene: Province) -> None:
    for number in range(7):
        factories.file(scene.authority, by=scene.clerk, name=f"马{number}", unit=scene.authority)
    browser = scene.browser("reviewer")
    query = "?name=马&sort=-name"
    listed = browser.get(f"/staff/files/{query}")
    names = [row.name for row in listed.context["rows"]]
    assert len(names) == 7
    assert listed.context["export_url"].startswith(FILES + "?")
    assert [line[0] for line in lines_of(asked(browser, FILES + query))[1:]] == names
    assert "after" not in browser.get("/staff/files/?after=x&name=马").context["export_url"]


def test_many_chunks_lose_and_double_no_row(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK_ROWS", 3)
    for number in range(10):
        factories.file(scene.authority, by=scene.clerk, name=f"同名{number % 2}", unit=scene.authority)
    before = ReadEntry.objects.count()
    lines = lines_of(asked(scene.browser("reviewer"), FILES))
    assert len(lines) == 12
    written = ReadEntry.objects.filter(act=Act.EXPORT).order_by("pk")
    assert written.count() == ReadEntry.objects.count() - before == 4
    expected = IntegrityFile.objects.unscoped(reason="测试").filter(authority=scene.authority)
    assert sorted(pk for line in written for pk in line.ids) == sorted(row.pk for row in expected)
    assert {one for line in written for one in line.subject_ids} == {str(row.subject_id) for row in expected}


def test_the_line_names_door_purpose_grade_and_persons(scene: Province) -> None:
    answer = asked(scene.browser("reviewer"), FILES, purpose="年度抽查")
    line = ReadEntry.objects.get(act=Act.EXPORT)  # before anything of the answer was read
    assert (line.door, line.purpose, line.ids) == ("staff.FileExport", "年度抽查", [scene.file.pk])
    assert (line.grade, line.count, line.address) == (Grade.INTERNAL, 1, "127.0.0.1")
    assert line.subject_ids == [str(scene.person.pk)]
    answer.close()


@pytest.mark.parametrize("purpose", ["", "   "])
def test_no_purpose_no_export(scene: Province, purpose: str) -> None:
    answer = asked(scene.browser("reviewer"), FILES, purpose=purpose)
    assert answer.status_code == 422
    assert scene.file.name not in answer.text
    assert 'href="#id_purpose"' in answer.text


def test_a_limit_refuses_and_says_what_to_do(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORT_ROWS", 1)
    browser = scene.browser("reviewer")
    assert len(lines_of(asked(browser, FILES))) == 2
    factories.file(scene.authority, by=scene.clerk, name="第二人")
    answer = asked(browser, FILES)
    assert answer.status_code == 422
    assert "缩小范围" in answer.text
    assert "第二人" not in answer.text
    assert len(lines_of(asked(browser, FILES + "?name=第二"))) == 2


def test_nothing_to_export_says_so(scene: Province) -> None:
    answer = asked(scene.browser("regulator"), PUBLICATIONS)
    assert answer.status_code == 422
    assert "没有可以导出的记录" in answer.text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_without_the_log_nothing_leaves(scene: Province, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """N11; also when the last of several lines fails: no byte of the first rows has left."""
    monkeypatch.setattr(exports, "CHUNK_ROWS", 1)
    factories.file(scene.authority, by=scene.clerk, name="第二人")
    browser, write = scene.browser("reviewer"), ReadEntry.save
    written: list[ReadEntry] = []

    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        if written:
            raise OSError("disk full")
        write(self, *args, **kwargs)
        written.append(self)

    monkeypatch.setattr(ReadEntry, "save", full)
    answer = asked(browser, FILES, kind=kind)
    assert (answer.status_code, answer.streaming) == (503, False)
    assert scene.file.name not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert browser.get(FILES).status_code == 503


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_becomes_a_formula(scene: Province, text: str, kind: str) -> None:
    """D2."""
    raw(scene.file, post_title=text)
    answer = asked(scene.browser("reviewer"), FILES, kind=kind)
    cell = lines_of(answer)[1][2] if kind == "csv" else sheet_of(answer)[1][2]
    assert str(cell).startswith("'")
    if kind == "xlsx":
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        assert "f" not in {one.data_type for row in sheet.iter_rows() for one in row}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_identity_number_leaves(scene: Province, kind: str) -> None:
    """Neither the person's own nor one that somebody typed into a wrong column."""
    number = factories.identity_number(7)
    identifier = factories.identifier(scene.person, number)
    raw(scene.file, post_title=f"科长 {number}")
    answer = asked(scene.browser("reviewer"), FILES, kind=kind)
    told = str(lines_of(answer) if kind == "csv" else sheet_of(answer))
    assert "科长" in told
    assert number not in told
    assert identifier.masked not in told.replace(f"{number[0]}{'*' * 16}{number[-1]}", "", 1)


def test_hidden_columns_stay_hidden(scene: Province) -> None:
    """S2 reads the list without the year of appraisal, and exports it without; the filter tells nothing either."""
    raw(scene.file, last_appraisal_year=1987)
    low = assigned(
        factories.account("low_reviewer", organisation=scene.authority), Role.REVIEWER, scene.authority,
        clearance=Grade.INTERNAL,
    )  # fmt: skip
    lines = lines_of(asked(signed_in(low), FILES))
    assert "1987" not in str(lines)
    assert "2025 年度考核" not in str(lines)
    assert lines[1][6] == "超出可接触级别"
    assert asked(signed_in(low), FILES + "?missing=appraisal").status_code == 422
    assert asked(signed_in(low), DECISIONS).status_code == 422
    assert lines_of(asked(scene.browser("reviewer"), FILES))[1][6] == "1987"


def test_an_export_reaches_only_where_its_own_office_does(scene: Province) -> None:
    """Clerk here and reviewer there: the list has both, the export what the reviewer checks."""
    foreign = factories.file(scene.other_authority, by=scene.clerk_of_other_authority, name="外单位人")
    assigned(scene.clerk, Role.REVIEWER, scene.other_authority)
    browser = scene.browser("clerk")
    assert {row.name for row in browser.get("/staff/files/").context["rows"]} == {scene.file.name, foreign.name}
    assert [line[0] for line in lines_of(asked(browser, FILES))[1:]] == [foreign.name]


def test_the_file_carries_a_date_and_no_cache_keeps_it(scene: Province) -> None:
    for kind in ("csv", "xlsx"):
        answer = asked(scene.browser("reviewer"), FILES, kind=kind)
        assert "2026%E5%B9%B46%E6%9C%881%E6%97%A5" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].endswith(f".{kind}")
        assert {"private", "no-store"} <= {one.strip() for one in answer.headers["Cache-Control"].split(",")}


# --- what is taken away while the file is on its way -------------------------------------------------------------


def half_read(scene: Province, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """An export of three rows, one a chunk, of which the headings and the first row have left."""
    monkeypatch.setattr(exports, "CHUNK_ROWS", 1)
    for name in ("一二", "一三"):
        factories.file(scene.authority, by=scene.clerk, name=name, unit=scene.authority)
    answer = asked(scene.browser("reviewer"), FILES)
    parts = iter(answer.streaming_content)
    assert "姓名" in next(parts).decode()
    assert "一三" in next(parts).decode()
    return answer, parts


@pytest.mark.parametrize("end", ["duty", "role", "account"])
def test_a_right_that_ends_ends_the_file_and_the_file_says_so(
    scene: Province, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    _answer, parts = half_read(scene, monkeypatch)
    row = Assignment.objects.get(account=scene.reviewer)
    if end == "duty":
        raw(row, valid_to=scenes.TODAY - timedelta(days=1))
    elif end == "role":
        raw(row, role=Role.CLERK)
    else:
        raw(scene.reviewer, is_active=False)
    rest = [part.decode() for part in parts]
    assert len(rest) == 1
    assert "导出到此中断" in rest[0]
    assert scene.file.name not in rest[0]
    assert ReadEntry.objects.filter(act=Act.EXPORT, outcome=ReadOutcome.REFUSED).count() == 1


@pytest.mark.parametrize("end", ["recusal", "moved", "sealed"])
def test_a_row_that_is_taken_away_does_not_come(scene: Province, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    _answer, parts = half_read(scene, monkeypatch)
    if end == "recusal":
        saved(Recusal(account=scene.reviewer, subject=scene.person, reason="同学"))
    elif end == "moved":
        raw(scene.file, authority=scene.other_authority)
    else:
        raw(scene.file, grade=Grade.SEALED)
    rest = b"".join(parts).decode()
    assert scene.file.name not in rest
    assert "一二" in rest
    assert "中断" not in rest


def test_a_workbook_is_made_whole_or_not_at_all(
    scene: Province, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def then_taken(self: Any, ids: list[int]) -> Any:
        raw(Assignment.objects.get(account=scene.reviewer), role=Role.CLERK)
        taken.extend(ids)
        return lines(self, ids)

    lines = exports.Export.lines
    monkeypatch.setattr(exports.Export, "lines", then_taken)
    assert asked(scene.browser("reviewer"), FILES, kind="xlsx").status_code == 404
    assert taken == [scene.file.pk]
    assert list(tmp_path.glob("openpyxl.*")) == []  # nor is half of it left on the disk


# --- cost --------------------------------------------------------------------------------------------------------


def queries(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        lines_of(asked(browser, url))
    return len(found)


def test_an_export_asks_as_often_for_one_row_as_for_fifty(scene: Province) -> None:
    for name, url in lists(scene):
        browser = scene.browser(name)
        queries(browser, url)
        few = queries(browser, url)
        assert few <= 90, (url, few)
    browser = scene.browser("reviewer")
    few = queries(browser, FILES)
    for number in range(49):
        factories.file(scene.authority, by=scene.clerk, name=f"某某{number}", unit=scene.authority)
    assert queries(browser, FILES) == few


def test_every_exported_list_has_columns() -> None:
    views = (exports.FileExport, exports.DecisionExport, exports.PractitionerExport, exports.PublicationExport)
    assert {view.model for view in views} == set(LISTS)
    assert {view.act for view in views} == {Act.EXPORT}

"""Batch check 批量核对: what is exact, what is proposed, what is never told; closed files, one line of log a row."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from integrity import cases
from integrity.access import scope_for
from integrity.choices import Act, FileStatus, Grade, NameKind, ReadOutcome, Role
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.importing.refusal import ImportRefused
from integrity.models import Account, Case, IntegrityFile, Organisation, ReadEntry, ReadSubject, recording
from search.desk import checks, closed_files, standing
from search.desk.lists import MAX_ROWS, Listed, read_list
from search.desk.matching import MAX_PROPOSALS, Outcome, compare
from search.models import BatchCheck, Standing
from tests.factories import identity_number
from tests.search import factories as make

pytestmark = pytest.mark.django_db
URL = "/staff/search/checks/"
NUMBER, OTHER_NUMBER = identity_number(1), identity_number(2)


def sheet(*rows: tuple[Any, ...], header: tuple[str, ...] = ("姓名", "公民身份号码", "单位")) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(header)
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def kept(folder: Path, content: bytes, name: str = "拟任人选.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def found(reader: Account, *listed: Listed) -> dict[str, list[tuple[str, str]]]:
    """Outcome of each row by its name, with the records and their reasons."""
    answers = compare(listed, scope_for(reader, Act.SEARCH, purpose="任前核查"))
    return {
        one.listed.name: [(one.outcome, "")] + [(match.row.name, "+".join(match.reasons)) for match in one.matches]
        for one in answers
    }


def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def upload(client: Client, content: bytes, name: str = "拟任人选.xlsx", **fields: str) -> Any:
    data = {"file": SimpleUploadedFile(name, content), "purpose": "任前核查"} | fields
    return client.post(f"{URL}new/", data)


# --- identity ------------------------------------------------------------------------------------------------


def test_the_same_number_is_exact_whatever_the_unit_says(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    make.identifier(of.subject, NUMBER)
    reader = make.officer(Role.REVIEWER, authority)
    row = Listed(2, "扎西多杰", NUMBER, "别的单位")
    assert found(reader, row) == {"扎西多杰": [(Outcome.EXACT, ""), ("扎西多杰", "number")]}


def test_a_fifteen_digit_number_meets_the_new_one(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    make.identifier(of.subject, NUMBER)
    old = NUMBER[:6] + NUMBER[8:17]
    assert found(make.officer(Role.REVIEWER, authority), Listed(2, "扎西多杰", old))["扎西多杰"][0][0] == Outcome.EXACT


def test_a_name_that_differs_is_said_beside_the_number(authority: Organisation) -> None:
    """Numbers are mistyped (错号): the row is exact, and whoever reads it is told what does not fit."""
    of = make.file("扎西多杰", authority)
    make.identifier(of.subject, NUMBER)
    row = Listed(2, "李援朝", NUMBER)
    assert found(make.officer(Role.REVIEWER, authority), row)["李援朝"][1] == ("扎西多杰", "number+name_differs")


def test_a_number_that_two_persons_have_names_both(authority: Organisation) -> None:
    for name in ("扎西多杰", "才让卓玛"):
        make.identifier(make.file(name, authority).subject, NUMBER)
    answer = found(make.officer(Role.REVIEWER, authority), Listed(2, "扎西多杰", NUMBER))["扎西多杰"]
    assert answer[0][0] == Outcome.EXACT
    assert [reasons for _name, reasons in answer[1:]] == ["number+shared_number", "number+name_differs+shared_number"]


def test_a_number_that_was_corrected_is_only_proposed(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    old = make.identifier(of.subject, NUMBER)
    old.retired_on = timezone.localdate()
    with recording(by=None, reason="更正"):
        old.save()
    make.identifier(of.subject, OTHER_NUMBER)
    answer = found(make.officer(Role.REVIEWER, authority), Listed(2, "李援朝", NUMBER))["李援朝"]
    assert answer == [(Outcome.PROPOSED, ""), ("扎西多杰", "old_number+name_differs")]


def test_whoever_may_not_see_a_number_gets_no_answer_about_it(authority: Organisation) -> None:
    """A filter's answer is an answer about the column: below S3 the number is as if it were not given (domain §9)."""
    of = make.file("扎西多杰", authority)
    make.identifier(of.subject, NUMBER)
    low = make.officer(Role.CLERK, authority, clearance=Grade.INTERNAL)
    assert found(low, Listed(2, "李援朝", NUMBER))["李援朝"] == [(Outcome.NONE, "")]
    for number in (NUMBER, OTHER_NUMBER):
        assert found(low, Listed(2, "扎西多杰", number))["扎西多杰"] == [(Outcome.PROPOSED, ""), ("扎西多杰", "name")]


# --- proposals -----------------------------------------------------------------------------------------------


def test_a_name_alone_never_identifies(authority: Organisation) -> None:
    make.file("扎西多杰", authority)
    answer = found(make.officer(Role.CLERK, authority), Listed(2, "扎西多杰", unit=authority.name))
    assert answer == {"扎西多杰": [(Outcome.PROPOSED, ""), ("扎西多杰", "name+unit")]}


def test_each_proposal_says_why(authority: Organisation) -> None:
    make.file("扎西多杰", authority, others={NameKind.FORMER.value: "李建国"})
    make.file("張學友", authority)
    make.identifier(make.file("马秀英", authority).subject, NUMBER)
    reader = make.officer(Role.REVIEWER, authority)
    rows = [Listed(2, "李建国"), Listed(3, "张学友", unit="甲县财政局"), Listed(4, "马秀英", OTHER_NUMBER)]
    answer = found(reader, *rows)
    assert answer["李建国"][1] == ("扎西多杰", "former")
    assert answer["张学友"][1] == ("張學友", "key+unit_differs")
    assert answer["马秀英"] == [(Outcome.PROPOSED, ""), ("马秀英", "name+number_differs")]


@pytest.mark.parametrize(
    ("on_file", "given", "reason"),
    [
        ("次仁卓玛", "才让卓玛", "elements"),
        ("阿卜杜拉", "Abdullah", "elements"),
        ("曾志强", "Zeng Zhiqang", "slip"),
        ("李兰生", "李南生", "near_sound"),
    ],
)
def test_alike_names_are_proposed_with_the_reason_within_the_named_unit_alone(
    authority: Organisation, on_file: str, given: str, reason: str
) -> None:
    make.file(on_file, authority)
    clerk = make.officer(Role.CLERK, authority)
    matches = found(clerk, Listed(2, given, unit=authority.name))[given]
    assert matches[0][0] == Outcome.PROPOSED
    assert matches[1:] == [(on_file, f"{reason}+unit")]
    assert found(clerk, Listed(2, given))[given] == [(Outcome.NONE, "")]


def test_the_same_sound_is_proposed_within_the_named_unit_alone(authority: Organisation) -> None:
    elsewhere = make.organisation("甲县财政局")
    make.file("张维", authority)
    make.file("章伟", authority, unit=elsewhere)
    clerk = make.officer(Role.CLERK, authority)
    assert found(clerk, Listed(2, "张伟"))["张伟"] == [(Outcome.NONE, "")]
    assert found(clerk, Listed(2, "张伟", unit=authority.name))["张伟"][1:] == [("张维", "sound+unit")]


def test_the_namesake_of_the_same_unit_comes_first_and_a_crowd_is_not_listed(authority: Organisation) -> None:
    for place in range(MAX_PROPOSALS + 2):
        make.file("张伟", authority, unit=make.organisation(f"第{place}局"))
    make.file("张伟", authority, post_title="科长")
    rows = [Listed(2, "张伟", unit=authority.name)]
    [finding] = compare(rows, scope_for(make.officer(Role.CLERK, authority), Act.SEARCH, purpose="任前核查"))
    first = finding.matches[0].row
    assert isinstance(first, IntegrityFile)
    assert first.post_title == "科长"
    assert (len(finding.matches), finding.more) == (MAX_PROPOSALS, 3)


def test_practitioners_are_compared_as_files_are(authority: Organisation) -> None:
    law = make.profession()
    record = make.practitioner("韩梅", authority, law, unit_name="某某律师事务所")
    make.identifier(record.subject, NUMBER)
    regulator = make.officer(Role.REGULATOR, authority, profession=law)
    assert found(regulator, Listed(2, "韩梅", NUMBER))["韩梅"][0][0] == Outcome.EXACT
    assert found(regulator, Listed(2, "韩梅", unit="某某律师事务所"))["韩梅"][1] == ("韩梅", "name+unit")


# --- the scope -----------------------------------------------------------------------------------------------


def test_records_outside_the_scope_are_as_if_they_were_not(
    authority: Organisation, other_authority: Organisation
) -> None:
    make.identifier(make.file("扎西多杰", other_authority).subject, NUMBER)
    make.identifier(make.file("才让卓玛", authority, grade=Grade.STRICT).subject, OTHER_NUMBER)
    draft = make.file("马秀英", authority, status=FileStatus.DRAFT)
    reader = make.officer(Role.CLERK, authority, clearance=Grade.SENSITIVE)
    rows = [Listed(2, "扎西多杰", NUMBER), Listed(3, "才让卓玛", OTHER_NUMBER), Listed(4, draft.name)]
    assert {outcome for answer in found(reader, *rows).values() for outcome, _ in answer} == {Outcome.NONE}


def test_recusal_closes_the_record_here_too(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    make.identifier(of.subject, NUMBER)
    reader = make.officer(Role.REVIEWER, authority)
    make.recusal(reader, of.subject)
    assert found(reader, Listed(2, "扎西多杰", NUMBER)) == {"扎西多杰": [(Outcome.NONE, "")]}


def test_an_inspector_checks_against_the_files_of_the_case(authority: Organisation, tmp_path: Path) -> None:
    granted, other = make.file("扎西多杰", authority), make.file("才让卓玛", authority)
    inspector = make.inspector(granted, body=authority, reference="案1")
    path = kept(tmp_path, sheet(("扎西多杰",), ("才让卓玛",)))
    row = checks.check_list(path, by=inspector, purpose="核查线索", case="案1")
    assert (row.proposed, row.absent) == (1, 1)
    lines = ReadEntry.objects.filter(account=inspector, door=checks.DOOR)
    assert {(line.purpose, line.case) for line in lines} == {("核查线索", row.case)}
    assert not ReadSubject.objects.filter(entry__in=lines, subject_id=other.subject_id).exists()
    for purpose, case in (("", "案1"), ("核查线索", ""), ("核查线索", "案2")):
        with pytest.raises(ActRefused):
            checks.check_list(path, by=inspector, purpose=purpose, case=case)


def test_administrators_and_reviewers_of_publications_have_no_desk(authority: Organisation, tmp_path: Path) -> None:
    path = kept(tmp_path, sheet(("扎西多杰",)))
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.PUBLISHER, Role.OBJECTION_OFFICER):
        account = make.officer(role, authority)
        assert browser(account).get(URL).status_code == 404
        with pytest.raises(ActRefused):
            checks.check_list(path, by=account, purpose="任前核查")
        assert ReadEntry.objects.filter(account=account, outcome=ReadOutcome.REFUSED).exists()
    assert BatchCheck.objects.count() == 0


# --- the log -------------------------------------------------------------------------------------------------


def test_each_row_is_a_line_of_the_log_found_or_not(authority: Organisation, tmp_path: Path) -> None:
    of = make.file("扎西多杰", authority)
    make.identifier(of.subject, NUMBER)
    clerk = make.officer(Role.CLERK, authority)
    path = kept(tmp_path, sheet(("扎西多杰", NUMBER), ("查无此人", OTHER_NUMBER), ("扎西多杰", ""), ("？？？", "")))
    checks.check_list(path, by=clerk, purpose="任前核查")
    lines = list(ReadEntry.objects.filter(account=clerk, door=checks.DOOR).order_by("pk"))
    assert [line.count for line in lines] == [1, 0, 1, 0]
    assert {line.purpose for line in lines} == {"任前核查"}
    assert len({line.query_hash for line in lines}) == 4
    about = ReadSubject.objects.filter(entry__in=lines, subject_id=of.subject_id)
    assert set(about.values_list("entry_id", flat=True)) == {lines[0].pk, lines[2].pk}


def test_a_log_that_cannot_be_written_shows_nothing(
    authority: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrity.exceptions import ReadLogUnavailable

    def broken(*args: object, **kwargs: object) -> None:
        raise ReadLogUnavailable

    monkeypatch.setattr(checks, "log_read", broken)
    with pytest.raises(ReadLogUnavailable):
        checks.check_list(
            kept(tmp_path, sheet(("扎西多杰",))), by=make.officer(Role.CLERK, authority), purpose="任前核查"
        )
    assert BatchCheck.objects.count() == 0
    assert closed_files.names() == set()


# --- the list ------------------------------------------------------------------------------------------------


def test_headings_of_many_offices_are_understood_and_others_are_not_read(tmp_path: Path) -> None:
    content = f"拟提拔人选名单,,,\n序号,姓 名,身份证号,民族\n1,扎西·多杰,{NUMBER.lower()},藏族\n"
    listed = read_list(kept(tmp_path, content.encode("gb18030"), "名单.csv"))
    assert listed.rows == [Listed(3, "扎西·多杰", NUMBER)]
    assert listed.ignored == ["序号", "民族"]


def test_a_number_that_cannot_be_right_leaves_the_name(tmp_path: Path, authority: Organisation) -> None:
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    rows = read_list(
        kept(tmp_path, sheet(("扎西多杰", wrong), ("才让卓玛", 630102198001010012), ("马秀英", "护照")))
    ).rows
    assert [row.number for row in rows] == ["", "", ""]
    assert "校验码" in rows[0].note
    assert "数字格式" in rows[1].note
    assert not any(wrong in row.note for row in rows)


def test_the_same_number_twice_is_said(tmp_path: Path) -> None:
    rows = read_list(kept(tmp_path, sheet(("扎西多杰", NUMBER), ("才让卓玛", NUMBER)))).rows
    assert rows[0].note == ""
    assert "第 2 行" in rows[1].note


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("单位,职务\n甲,乙\n".encode(), "no_name_column"),
        ("姓名,名字\n甲,乙\n".encode(), "duplicate_header"),
        ("姓名\n".encode(), "empty"),
        (("姓名\n" + "张伟\n" * (MAX_ROWS + 1)).encode(), "too_many_rows"),
        (b"\x00\x01\x02binary", "binary"),
    ],
)
def test_a_list_that_cannot_be_taken_is_refused_with_a_remedy(
    tmp_path: Path, authority: Organisation, content: bytes, code: str
) -> None:
    clerk = make.officer(Role.CLERK, authority)
    with pytest.raises(ImportRefused) as refused:
        checks.check_list(kept(tmp_path, content, "名单.csv"), by=clerk, purpose="任前核查")
    assert refused.value.code == code
    assert refused.value.remedy
    assert not ReadEntry.objects.filter(account=clerk).exists()


# --- the pages -----------------------------------------------------------------------------------------------


def scene(authority: Organisation) -> tuple[Account, IntegrityFile]:
    """A clerk, a person on file by number, two namesakes."""
    of = make.file("扎西多杰", authority, post_title="科长")
    make.identifier(of.subject, NUMBER)
    make.file("张伟", authority)
    return make.officer(Role.CLERK, authority), of


LIST = (
    ("扎西多杰", NUMBER, ""),
    ("张伟", "", "甲县委组织部"),
    ("=2+5", "", ""),
    ("查无此人", OTHER_NUMBER, ""),
    ("？", "", ""),
)


def test_a_list_in_the_browser_and_its_workbook(authority: Organisation) -> None:
    clerk, of = scene(authority)
    client = browser(clerk)
    answer = upload(client, sheet(*LIST))
    assert answer.status_code == 302
    page = client.get(answer.url)
    html = page.content.decode()
    assert f'href="/staff/files/{of.ref}/"' in html
    assert "证件号码一致" in html
    assert page.headers["Cache-Control"] == "private, no-store" or "no-store" in page.headers["Cache-Control"]
    assert "姓名一致；单位一致" in client.get(f"{answer.url}?of=proposed").content.decode()
    assert "本系统无记录" in client.get(f"{answer.url}?of=none").content.decode()
    book = load_workbook(io.BytesIO(client.get(f"{answer.url}workbook/").content))
    assert book.sheetnames == ["说明", "证件号码一致", "待核实的建议", "范围内无记录", "未能核对"]
    exact = [cell.value for cell in book["证件号码一致"][2]]
    assert exact[:2] == ["2", "扎西多杰"]
    assert exact[5:] == ["诚信档案", "扎西多杰", "甲县委组织部", "科长", str(of.ref)]
    assert [row[1].value for row in book["范围内无记录"].iter_rows(min_row=2)] == ["查无此人"]
    assert [row[1].value for row in book["未能核对"].iter_rows(min_row=2)] == [None, "？"]
    assert "公式" in book["未能核对"]["E2"].value


def test_nothing_of_a_list_runs_in_a_spreadsheet(authority: Organisation) -> None:
    clerk, _of = scene(authority)
    client = browser(clerk)
    address = upload(client, "姓名,单位\n=甲+乙,@单位\n".encode(), name="名单.csv").url
    book = load_workbook(io.BytesIO(client.get(f"{address}workbook/").content))
    [row] = book["范围内无记录"].iter_rows(min_row=2)
    assert [(cell.value, cell.data_type) for cell in (row[1], row[3])] == [("'=甲+乙", "s"), ("'@单位", "s")]


def test_the_workbook_tells_who_is_on_file_never_what(authority: Organisation) -> None:
    clerk, of = scene(authority)
    make.decision(of, "某监政处〔2024〕17号", facts="违规收受礼金")
    client = browser(clerk)
    answer = upload(client, sheet(*LIST))
    book = load_workbook(io.BytesIO(client.get(f"{answer.url}workbook/").content))
    told = "\n".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row)
    told += client.get(answer.url).content.decode()
    for closed in ("17号", "礼金", "警告", NUMBER, OTHER_NUMBER, NUMBER[6:14]):
        assert closed not in told


def test_a_result_is_its_uploaders_alone(authority: Organisation) -> None:
    clerk, _of = scene(authority)
    address = upload(browser(clerk), sheet(*LIST)).url
    colleague, unknown = browser(make.officer(Role.REVIEWER, authority)), f"{URL}00000000-0000-4000-8000-000000000000/"
    for door in ("", "workbook/", "away/"):
        refused, absent = colleague.get(f"{address}{door}"), colleague.get(f"{unknown}{door}")
        assert (refused.status_code, absent.status_code) == (404, 404)
        assert refused.content == absent.content
    assert "扎西多杰" not in colleague.get(URL).content.decode()
    assert "<tbody>" not in colleague.get(URL).content.decode()


def test_what_lies_on_the_disk_and_in_the_table_tells_nothing(authority: Organisation) -> None:
    clerk, of = scene(authority)
    upload(browser(clerk), sheet(*LIST), name="扎西多杰等人.xlsx")
    files = [path for path in Path(settings.CLOSED_ROOT).rglob("*") if path.is_file()]
    assert len(files) == 1, "the upload itself is gone"
    assert oct(files[0].stat().st_mode & 0o777) == "0o600"
    row = BatchCheck.objects.get()
    stored = files[0].read_bytes() + str(BatchCheck.objects.values().get()).encode()
    for closed in ("扎西多杰", NUMBER, "张伟", str(of.ref)):
        assert closed.encode() not in stored
    other = BatchCheck(account=clerk, purpose="任前核查", path="x")
    with pytest.raises(Exception, match="changed or belongs to another"):
        other.opened("path", files[0].read_bytes())
    assert row.opened("path", files[0].read_bytes())["file"] == "扎西多杰等人.xlsx"


def test_a_broken_upload_is_kept_nowhere(authority: Organisation) -> None:
    clerk, _of = scene(authority)
    answer = upload(browser(clerk), b"PK\x03\x04broken")
    assert answer.status_code == 422
    assert [path for path in Path(settings.CLOSED_ROOT).rglob("*") if path.is_file()] == []


def test_a_right_that_ended_takes_its_lines_along(authority: Organisation, other_authority: Organisation) -> None:
    clerk, of = scene(authority)
    client = browser(clerk)
    address = upload(client, sheet(*LIST)).url
    of.authority = other_authority
    with recording(by=None, reason="调出"):
        of.save()
    html = client.get(f"{address}?of=exact").content.decode()
    assert str(of.ref) not in html
    assert "扎西多杰" in client.get(f"{address}?of=none").content.decode()
    book = load_workbook(io.BytesIO(client.get(f"{address}workbook/").content))
    assert book["证件号码一致"].max_row == 1


def test_each_look_is_in_the_log(authority: Organisation) -> None:
    clerk, of = scene(authority)
    client = browser(clerk)
    address = upload(client, sheet(*LIST)).url
    for door in ("", "workbook/"):
        before = ReadSubject.objects.filter(subject_id=of.subject_id).count()
        client.get(f"{address}{door}")
        assert ReadSubject.objects.filter(subject_id=of.subject_id).count() == before + 1
    assert set(ReadEntry.objects.filter(account=clerk).values_list("purpose", flat=True)) == {"任前核查"}


def test_those_with_their_number_on_file_are_watched_in_one_step(authority: Organisation) -> None:
    clerk, of = scene(authority)
    client = browser(clerk)
    address = upload(client, sheet(*LIST)).url
    assert f"{address}watch/" in client.get(address).content.decode()
    answer: Any = client.post(f"{address}watch/", {"title": "拟任人选"})
    assert answer.status_code == 302
    row = Standing.objects.get()
    assert standing.content_of(row).persons == (str(of.subject_id),), "a namesake is proposed, and watched by nobody"
    assert row.purpose == "任前核查"
    assert row.news == 0


def test_a_watch_of_nobody_is_not_begun(authority: Organisation) -> None:
    client = browser(scene(authority)[0])
    address = upload(client, sheet(("张伟", "", ""))).url
    assert client.post(f"{address}watch/", {"title": "空"}).status_code == 422
    assert Standing.objects.count() == 0


def test_a_result_is_gone_after_its_days(authority: Organisation) -> None:
    clerk, _of = scene(authority)
    client = browser(clerk)
    address = upload(client, sheet(*LIST)).url
    with time_machine.travel(timezone.now() + checks.KEPT + timedelta(minutes=1)):
        assert browser(clerk).get(address).status_code == 404
        assert checks.throw_away_old() == 1
    assert closed_files.names() == set()
    assert BatchCheck.objects.count() == 0


def test_a_result_ends_with_its_case(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    inspector = make.inspector(of, body=authority, reference="案1")
    client = browser(inspector)
    address = upload(client, sheet(("扎西多杰",)), purpose="核查线索", case="案1").url
    assert (client.session["purpose"], client.session["case"]) == ("核查线索", "案1")
    assert client.get(address).status_code == 200
    cases.close_case(case=Case.objects.get(reference="案1"), by=inspector, reason="办结")
    assert client.get(address).status_code == 404
    assert client.get(f"{address}workbook/").status_code == 404
    assert checks.throw_away_old() == 1
    assert closed_files.names() == set()


def test_a_grant_that_was_cut_closes_the_result(authority: Organisation) -> None:
    of = make.file("扎西多杰", authority)
    inspector = make.inspector(of, body=authority, reference="案1")
    client = browser(inspector)
    address = upload(client, sheet(("扎西多杰",)), purpose="核查线索", case="案1").url
    grant = Case.objects.get(reference="案1").grants.get()
    cases.cut_grant(grant=grant, by=make.officer(Role.INSPECTOR, authority), reason="终止")
    assert client.get(address).status_code == 404
    row = BatchCheck.objects.get()
    with pytest.raises(NotAdmitted):
        checks.open_result(row, door="test", request=None)


def test_the_owner_throws_a_result_away(authority: Organisation) -> None:
    clerk, _of = scene(authority)
    client = browser(clerk)
    address = upload(client, sheet(*LIST)).url
    assert client.get(f"{address}away/").status_code == 200
    assert client.post(f"{address}away/", {}).status_code == 302
    assert closed_files.names() == set()
    assert client.get(address).status_code == 404


def test_a_file_without_a_row_is_thrown_away_a_day_later(authority: Organisation) -> None:
    name = closed_files.store(b"left by a crash")
    fresh = closed_files.store(b"being written")
    path = Path(settings.CLOSED_ROOT) / closed_files.FOLDER / name
    yesterday = time.time() - 2 * 24 * 3600
    os.utime(path, (yesterday, yesterday))
    checks.throw_away_old()
    assert closed_files.names() == {fresh}


def test_the_template_is_a_list_that_can_be_read(authority: Organisation, tmp_path: Path) -> None:
    clerk, _of = scene(authority)
    book = load_workbook(io.BytesIO(browser(clerk).get(f"{URL}template/").content))
    page = book.active
    assert page is not None
    page["A2"], page["B2"] = "扎西多杰", NUMBER
    assert page["B2"].number_format == "@"
    book.save(tmp_path / "名单.xlsx")
    assert read_list(tmp_path / "名单.xlsx").rows == [Listed(2, "扎西多杰", NUMBER)]


def test_the_questions_do_not_grow_with_the_list(authority: Organisation, django_assert_num_queries: Any) -> None:
    scope = scope_for(make.officer(Role.CLERK, authority), Act.SEARCH, purpose="任前核查")
    for name in ("扎西多杰", "才让卓玛", "马秀英"):
        make.identifier(make.file(name, authority).subject, identity_number(len(name)))
    rows = [Listed(n, "扎西多杰", NUMBER, authority.name) for n in range(100)]
    for some in (rows[:1], rows):
        with django_assert_num_queries(6):
            compare(some, scope)

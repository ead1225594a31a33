"""Spreadsheets that are written for a test 测试表格; all people in them are made up."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from integrity.identifiers import identity_check_character
from integrity.importing import Profile, parse_profile

PROFILE = """
name = "test-people"
title = "测试人员"
target = "servants"
[person]
key = ["编号"]
source = "TEST"
[[columns]]
header = "编号"
required = true
[[columns]]
header = "姓名"
to = "person.name"
type = "name"
required = true
[[columns]]
header = "职务"
to = "file.post_title"
[[columns]]
header = "考核年度"
to = "appraisal.year"
type = "number"
[[columns]]
header = "等次"
to = "appraisal.result"
type = "choice"
codes = { "优秀" = "excellent", "称职" = "competent" }
[[columns]]
header = "机关"
to = "appraisal.body"
[[columns]]
header = "通知日期"
to = "appraisal.notice_on"
type = "date"
formats = ["%Y-%m-%d"]
[[ignored]]
header = "民族"
reason = "不得采集（H8）"
[[records]]
name = "appraisal"
model = "appraisal"
key = ["year"]
when = [{ columns = ["考核年度"], filled = true }]
"""
HEADER = ["编号", "姓名", "民族", "职务", "考核年度", "等次", "机关", "通知日期"]


def people_profile() -> Profile:
    return parse_profile(PROFILE)


def person(number: int, **changes: str) -> list[str]:
    row = {
        "编号": f"P{number:05d}", "姓名": f"示例{chr(0x4E00 + number % 5000)}{chr(0x5200 + number % 3000)}",
        "民族": "某族", "职务": "科员", "考核年度": "2025", "等次": "称职", "机关": "某局", "通知日期": "2026-01-15",
    }  # fmt: skip
    return list((row | changes).values())


def csv_file(path: Path, rows: list[list[str]], header: list[str] | None = None) -> Path:
    import csv

    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([HEADER if header is None else header, *rows])
    return path


def workbook(path: Path, rows: list[list[Any]], title: str = "数据") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def identity_number(sequence: int = 1) -> str:
    """A made-up number with a right check digit."""
    first = f"63010119800101{sequence:03d}"
    return first + identity_check_character(first)


def bomb(path: Path) -> Path:
    """Few bytes that claim and hold hundreds of megabytes."""
    workbook(path, [["编号"]])
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as part,
    ):
        piece = b"0" * (1 << 20)
        for _megabyte in range(64):
            part.write(piece)
    return path

"""An uploaded list of persons 待核名单: names, identity numbers, units. Read once, whole, within limits.

The readers are those of the bulk import: the bytes decide what a file is, a workbook is read by a process with limits,
and a broken file is refused before its first row is looked at. Other columns are not read (H8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.identifiers import IdentifierError, check_identity_number, numeric_cell_error
from integrity.importing.cells import FormulaCell, NumberCell, SourceRow
from integrity.importing.mapping import clean_header
from integrity.importing.readers import Layout, Source, open_source
from integrity.importing.refusal import ImportRefused
from integrity.names import NameRefused, normalise_name

MAX_ROWS = 2_000
MAX_BYTES = 10 * 1024 * 1024
#: Lists of personnel offices carry a title above the header.
_HEADER_ROWS = (1, 2, 3)
_TITLES = {
    "name": ("姓名", "人员姓名", "名字", "name"),
    "number": (
        "公民身份号码", "身份证号", "身份证号码", "身份号码", "居民身份证号码", "证件号码", "证件号", "id number",
        "identity number",
    ),
    "unit": ("单位", "工作单位", "现单位", "所在单位", "现工作单位", "执业单位", "单位名称", "unit"),
}  # fmt: skip
#: The columns of our own template, in order.
TEMPLATE = ("姓名", "公民身份号码", "单位")


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of the list 待核人员. `problem`: why the row cannot be compared; `note`: why its number cannot."""

    place: int
    name: str
    number: str = ""
    unit: str = ""
    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PersonList:
    """What was read: the rows, and the headings of the columns that were left unread."""

    rows: list[Listed]
    ignored: list[str]


def read_list(path: Path) -> PersonList:
    """Read the list; `ImportRefused` with place and remedy when the file cannot be taken."""
    for header_row in _HEADER_ROWS:
        try:
            with open_source(path, Layout(header_row=header_row)) as source:
                columns = _columns(source.header, path.name)
                if "name" not in columns:
                    continue
                return _read(source, columns, path.name)
        except ImportRefused as refused:
            if refused.code != "no_header":
                raise
    raise ImportRefused(
        "no_name_column", _("没有“姓名”列"), place=path.name,
        remedy=_("表头须在前三行之内，至少有“姓名”一列；可以下载名单模板填写"),
    )  # fmt: skip


def _columns(header: list[str], file: str) -> dict[str, int]:
    """Field → its place in the row; two columns of one kind are refused, for nobody can tell which is meant."""
    known = {title: field for field, titles in _TITLES.items() for title in titles}
    found: dict[str, int] = {}
    for place, text in enumerate(header):
        field = known.get(clean_header(text).replace(" ", "")) or known.get(clean_header(text).casefold())
        if field is None:
            continue
        if field in found:
            raise ImportRefused(
                "duplicate_header", _("“%(first)s”和“%(second)s”是同一种列")
                % {"first": clean_header(header[found[field]]), "second": clean_header(text)},
                place=file, remedy=_("请只保留其中一列"),
            )  # fmt: skip
        found[field] = place
    return found


def _read(source: Source, columns: dict[str, int], file: str) -> PersonList:
    if source.total > MAX_ROWS:
        raise ImportRefused(
            "too_many_rows", _("名单有 %(rows)s 行，一次最多核对 %(most)s 行")
            % {"rows": source.total, "most": MAX_ROWS}, place=file, remedy=_("请分成几份名单"),
        )  # fmt: skip
    rows = [_listed(row, columns) for row in source.rows if any(map(_filled, row.cells))]
    if not rows:
        raise ImportRefused("empty", _("名单中没有人员"), place=file, remedy=_("请在表头之下每行填写一人"))
    ignored = [clean_header(text) for place, text in enumerate(source.header) if place not in columns.values()]
    return PersonList(_with_doubles(rows), [title for title in ignored if title])


def _filled(cell: str) -> bool:
    return bool(cell.strip()) or isinstance(cell, FormulaCell)


def _listed(row: SourceRow, columns: dict[str, int]) -> Listed:
    cells = {field: row.cells[place] if place < len(row.cells) else "" for field, place in columns.items()}
    raw, unit = cells["name"].strip(), cells.get("unit", "").strip()[:160]
    if isinstance(cells["name"], FormulaCell):
        # What it showed when it was saved may be old, or not be there at all.
        return Listed(row.number, raw[:100], unit=unit, problem=_("姓名是公式；请复制后粘贴为数值，再上传。"))
    try:
        name = normalise_name(raw)
    except NameRefused as refused:
        return Listed(row.number, raw[:100], unit=unit, problem=refused.message)
    number, note = _number(cells.get("number", ""))
    return Listed(row.number, name, number, unit, note=note)


def _number(cell: str) -> tuple[str, str]:
    """The number in its one written form, or why it cannot be used; the name is compared all the same."""
    if not cell.strip():
        return "", ""
    broken = numeric_cell_error(1) if isinstance(cell, NumberCell) else None
    if broken is not None:
        return "", broken.message
    try:
        return check_identity_number(cell, today=timezone.localdate()).number, ""
    except IdentifierError as refused:
        return "", refused.message


def _with_doubles(rows: Iterable[Listed]) -> list[Listed]:
    """A number that stands in the list twice: one of the two is wrong, and only the office can tell which."""
    first: dict[str, int] = {}
    marked = []
    for row in rows:
        earlier = first.setdefault(row.number, row.place) if row.number else row.place
        if earlier != row.place:
            row = Listed(row.place, row.name, row.number, row.unit, row.problem,
                         _("与第 %(place)s 行号码相同，请核对名单") % {"place": earlier})  # fmt: skip
        marked.append(row)
    return marked

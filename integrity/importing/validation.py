"""Validation 校验: one cell's text becomes a value, or a problem with its rule and its remedy. Never a guess."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.identifiers import (
    IdentifierError,
    adult_on,
    check_credit_code,
    check_identity_number,
    mask_identity_number,
    numeric_cell_error,
)
from integrity.importing.cells import DateCell, FormulaCell, NumberCell
from integrity.importing.profiles import Column
from integrity.names import NameRefused, normalise_name, split_disambiguator

#: How long a value a rejection quotes.
_QUOTED = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused 拒收原因: column, value as received (masked where it identifies), rule, remedy."""

    column: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of which only the year or the month is known 不完整日期; never completed."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in words 刑期: months, or for life; neither when the words are not certain."""

    months: int | None = None
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its stored form, beside the text as received."""

    text: str
    raw: str


class CellRefused(Exception):
    """A cell that cannot be taken over: rule and remedy."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.remedy = remedy


def convert(column: Column, cell: str, text: str) -> Any:
    """The value of one filled cell; raises CellRefused."""
    if isinstance(cell, FormulaCell):
        raise CellRefused(_("单元格是公式"), _("请复制该列，用“粘贴为数值”代替公式后再导入"))
    if "\x00" in text:
        raise CellRefused(_("含有空字符（NUL）"), _("请删除该字符"))
    return _CONVERTERS[column.type](column, cell, text)


def _text(column: Column, cell: str, text: str) -> Any:
    return text.lstrip("0") or "0" if column.strip_zeros and text.isdecimal() else text


def _name(column: Column, cell: str, text: str) -> PersonName:
    if isinstance(cell, NumberCell | DateCell):
        raise CellRefused(_("姓名是数字或日期"), _("请核对是否填错了列"))
    bare, note = split_disambiguator(text) if column.drop_note else (text, "")
    try:
        return PersonName(normalise_name(bare if note else text), text)
    except NameRefused as refused:
        raise CellRefused(_("姓名不符合要求"), refused.message) from None


def _date(column: Column, cell: str, text: str) -> date | Partial:
    formats: tuple[str, ...]
    if isinstance(cell, DateCell):
        text, formats = text[:10], ("%Y-%m-%d",)
    elif isinstance(cell, NumberCell) and len(text) != 4:
        raise CellRefused(_("日期存成了数字"), _("请把该单元格设为日期或文本格式后重新填写"))
    else:
        formats = column.formats
    for pattern in formats:
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007  a calendar date, not a moment
        except ValueError:
            continue
        if "%d" not in pattern:
            return Partial(f"{found:%Y-%m}" if "%m" in pattern else f"{found.year:04d}")
        return Partial(f"{found.year:04d}-{found:%m}") if found.day == column.month_when_day else found
    shape = "、".join(_example(pattern) for pattern in formats)
    raise CellRefused(_("不是真实存在的日期，或格式不符"), _("请填写真实日期，格式为 %s") % shape)


def _example(pattern: str) -> str:
    names = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD"}
    return re.sub("%[Yymd]", lambda found: names[found[0]], pattern)


def _choice(column: Column, cell: str, text: str) -> str:
    if text in column.codes:
        return column.codes[text]
    found = {pattern.value for pattern in column.patterns if re.search(pattern.match, text, re.IGNORECASE)}
    if len(found) == 1:
        return found.pop()
    if column.otherwise:
        return column.otherwise
    allowed = "、".join(list(column.codes)[:20])
    raise CellRefused(_("不在可填内容之中"), _("请改填：%s") % allowed if allowed else _("请在方案的 codes 中补充"))


def _number(column: Column, cell: str, text: str) -> Decimal:
    try:
        value = Decimal(unicodedata.normalize("NFKC", text).replace(",", ""))
    except InvalidOperation:
        raise CellRefused(_("不是数字"), _("请填写阿拉伯数字")) from None
    if not value.is_finite() or (column.max is not None and value > Decimal(str(column.max))):
        raise CellRefused(_("数字超出范围"), _("请核对数值"))
    return value


def _money(column: Column, cell: str, text: str) -> Decimal:
    value = parse_money(text)
    if value is None or (column.max is not None and value > Decimal(str(column.max))):
        raise CellRefused(_("金额无法确定"), _("请填写以元为单位的数字，例如 12000.00"))
    return value


def _flag(column: Column, cell: str, text: str) -> bool:
    return text.casefold() in {"x", "1", "true", "是", "y", "yes", "√"}


def _identity_number(column: Column, cell: str, text: str) -> str:
    if isinstance(cell, NumberCell):
        error = numeric_cell_error(1)
        raise CellRefused(_("证件号码存成了数字"), error.message if error else "")
    try:
        checked = check_identity_number(text, today=timezone.localdate())
    except IdentifierError as refused:
        raise CellRefused(_("公民身份号码不符（GB 11643）"), refused.message) from None
    if not adult_on(checked.number, timezone.localdate()):
        raise CellRefused(_("未满十八周岁（公务员法 13）"), _("请核对号码；未成年人不是档案对象"))
    return checked.number


def _credit_code(column: Column, cell: str, text: str) -> str:
    if isinstance(cell, NumberCell):
        raise CellRefused(_("统一社会信用代码存成了数字"), _("请把该列设为文本格式后重新填写"))
    try:
        return check_credit_code(text)
    except IdentifierError as refused:
        raise CellRefused(_("统一社会信用代码不符（GB 32100）"), refused.message) from None


def _sentence(column: Column, cell: str, text: str) -> Sentence:
    """Certain words only; 死缓 and the rest stay raw text, and the reviewer decides."""
    found = re.fullmatch(r"(\d+(?:\.5)?)年有期徒刑|有期徒刑(\d+(?:\.5)?)年", text)
    if found:
        return Sentence(months=int(Decimal(found[1] or found[2]) * 12))
    return Sentence(permanent=text == "无期徒刑")


_CONVERTERS = {
    "text": _text, "name": _name, "date": _date, "choice": _choice, "number": _number, "money": _money, "flag": _flag,
    "identity_number": _identity_number, "credit_code": _credit_code, "organisation": _text, "sentence": _sentence,
}  # fmt: skip

_MONEY = re.compile(
    r"(?:人民币|RMB|￥|¥)?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(亿|万)?\s*(?:元|圆)?(?:人民币)?", re.IGNORECASE
)
_UNIT = {None: 1, "": 1, "万": 10_000, "亿": 100_000_000}
#: Above this a sum in prose is more likely a slip of the pen (亿 for 万) than a fact.
_DOUBTFUL = Decimal(10) ** 10


def parse_money(text: str) -> Decimal | None:
    """One sum in yuan, or None where the words hold several, another currency, 「余」, or a doubtful size."""
    found = _MONEY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    amount = Decimal(found[1].replace(",", "") + (found[2] or "")) * _UNIT[found[3]]
    return amount.quantize(Decimal("0.01")) if amount < _DOUBTFUL else None


def shown_value(column: Column | None, text: str) -> str:
    """What a rejection or the raw text may quote: identity numbers masked."""
    if column is not None and column.type == "identity_number":
        return mask_identity_number(text.strip())[:40]
    return text[:_QUOTED].replace("\x00", "�")

"""Identity numbers 公民身份号码 (GB 11643-1999), credit codes 统一社会信用代码 (GB 32100-2015): check, seal.

Decisions and their reasons: docs/decisions/0002-identity-numbers.md. Sex and birthplace are never inferred;
the birth date serves the ≥18 check only (domain §2). No message repeats the number or a part of it.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import numbers
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrity.exceptions import ReasonedRefusal

# GB 11643: ISO 7064 MOD 11-2.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
# GB 32100: MOD 31, without I O S V Z.
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# GB/T 2260, first two digits; 81 82 83 are the residence permits of Hong Kong, Macao and Taiwan residents.
_PROVINCES = frozenset(
    str(code)
    for codes in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82, 83),
    )
    for code in codes
)
_PERMIT_DIVISIONS = frozenset({"810000", "820000", "830000"})
_HISTORIC_CENTURY = "19"
# A registry error, not a rule: beyond this a birth date is shown to the clerk as doubtful.
_DOUBTFUL_AGE = 120
ADULT_AGE = 18  # 民法典 17, 公务员法 13; callers may pass the rule row's figure instead

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_TOKEN_VERSION = 1
_MASK = "*"

_SPREADSHEET_NUMBER = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")
_IDENTITY_18 = re.compile(r"[0-9]{17}[0-9X]")
_DIGITS_15 = re.compile(r"[0-9]{15}")

_MESSAGES: dict[str, Promise] = {
    "empty": _("没有填写号码；请按证件填写。"),
    "numeric": _(
        "号码所在单元格是数字格式，第15位以后的数字已经丢失，无法恢复；请把该列设为“文本”格式，按证件重新填写。"
    ),
    "length": _("公民身份号码应为18位（1999年以前的旧号码为15位），长度不符；请按证件核对。"),
    "characters": _("公民身份号码只能由数字组成，仅最后一位可以是X；请删除其他字符。"),
    "date": _("公民身份号码第7位起的出生日期不是真实日期；请按证件核对。"),
    "future": _("公民身份号码第7位起的出生日期晚于今天；请按证件核对。"),
    "checksum": _("公民身份号码最后一位校验码不符，号码中有错位或错字；请按证件逐位核对。"),
    "division": _("15位旧号码前两位不是省级行政区划代码，且旧号码没有校验码，不能采用；请改填18位号码。"),
    "credit_empty": _("没有填写统一社会信用代码；请按登记证书填写。"),
    "credit_length": _("统一社会信用代码应为18位，长度不符；请按登记证书核对。"),
    "credit_letters": _("统一社会信用代码不使用字母I、O、S、V、Z；请核对是否应为数字1、0、5、2。"),
    "credit_characters": _("统一社会信用代码只能由数字和大写字母组成；请删除其他字符。"),
    "credit_division": _("统一社会信用代码第3至8位登记管理机关行政区划码应为数字；请按登记证书核对。"),
    "credit_checksum": _("统一社会信用代码最后一位校验码不符；请按登记证书逐位核对。"),
}
_WARNINGS: dict[str, Promise] = {
    "unknown_division": _("前6位不是已知的行政区划代码（可能为已撤销或新设的区划），请核对证件。"),
    "historic_number": _("15位旧号码没有校验码，只作为历史号码保存；请补充18位号码。"),
    "doubtful_age": _("出生日期距今过久，请核对证件。"),
}


class IdentifierError(ReasonedRefusal, ValueError):
    """A number that cannot be accepted 号码不符: a stable `code` and a message with place and remedy."""


def _refusal(code: str) -> IdentifierError:
    return IdentifierError(code, str(_MESSAGES[code]))


class IdentityKind(StrEnum):
    """What a number says of itself 号码种类."""

    CITIZEN = "citizen"
    HISTORIC = "historic"
    RESIDENCE_PERMIT = "residence_permit"


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """An accepted identity number 校验结果; `warnings` are codes, `warning_texts` their words."""

    number: str
    kind: IdentityKind
    warnings: tuple[str, ...] = ()

    @property
    def historical(self) -> bool:
        """True for 15 digits: to be kept as a former number only, never as the current one."""
        return self.kind is IdentityKind.HISTORIC

    @property
    def warning_texts(self) -> tuple[str, ...]:
        return tuple(str(_WARNINGS[code]) for code in self.warnings)

    def __repr__(self) -> str:
        # The default would print the number into logs and tracebacks.
        return f"IdentityCheck(kind={self.kind.value!r}, warnings={self.warnings!r})"


# --- checks ------------------------------------------------------------------------------------------------


def normalise_identity_number(raw: str) -> str:
    """One written form 规范写法: NFKC, no blanks, no invisible characters (from pasting), capital X."""
    text = unicodedata.normalize("NFKC", raw)
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"}).upper()


def check_identity_number(
    raw: str, *, today: date, known_division: Callable[[str], bool] | None = None
) -> IdentityCheck:
    """Accept or refuse an identity number 校验公民身份号码 (GB 11643); raises IdentifierError.

    Check digit and a real birth date not after `today` decide. An unknown division is a warning: codes are
    abolished and made while numbers live on. `known_division(code6)` may ask the dated rows; without it only
    the province is looked at.
    """
    number = normalise_identity_number(raw)
    if not number:
        raise _refusal("empty")
    if _SPREADSHEET_NUMBER.fullmatch(number):
        raise _refusal("numeric")
    if len(number) not in {15, 18}:
        raise _refusal("length")
    if len(number) == 15:
        return _check_historic(number, today)
    if not _IDENTITY_18.fullmatch(number):
        raise _refusal("characters")
    born = _born_by(today, number)
    if identity_check_character(number[:17]) != number[17]:
        raise _refusal("checksum")
    permit = number[:6] in _PERMIT_DIVISIONS
    known = permit or (known_division(number[:6]) if known_division else number[:2] in _PROVINCES)
    warnings = [] if known else ["unknown_division"]
    if today.year - born.year > _DOUBTFUL_AGE:
        warnings.append("doubtful_age")
    return IdentityCheck(number, IdentityKind.RESIDENCE_PERMIT if permit else IdentityKind.CITIZEN, tuple(warnings))


def identity_check_character(first17: str) -> str:
    """The 18th character 校验码 of 17 digits by ISO 7064 MOD 11-2."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def adult_on(number: str, day: date, *, age: int = ADULT_AGE) -> bool:
    """Whether the holder is of age on that day 年满十八周岁 (公务员法 13).

    From the birthday on; someone born on 29 February from 1 March on.
    """
    born = _birth_date(normalise_identity_number(number))
    if born is None:
        raise _refusal("date")
    return (day.year - born.year, day.month, day.day) >= (age, born.month, born.day)


def check_credit_code(raw: str) -> str:
    """Accept or refuse a credit code 校验统一社会信用代码 (GB 32100); returns its written form.

    Own code, not python-stdnum's: that one refuses letters in the first two places, which are lawful
    (N1 rural collectives, Y1 others); the tests hold both against the same codes.
    """
    code = normalise_identity_number(raw).replace("-", "")
    if not code:
        raise _refusal("credit_empty")
    if len(code) != 18:
        raise _refusal("credit_length")
    if any(c in "IOSVZ" for c in code):
        raise _refusal("credit_letters")
    if any(c not in _CREDIT_ALPHABET for c in code):
        raise _refusal("credit_characters")
    if not code[2:8].isdecimal():
        raise _refusal("credit_division")
    if credit_check_character(code[:17]) != code[17]:
        raise _refusal("credit_checksum")
    return code


def credit_check_character(first17: str) -> str:
    """The 18th character 校验码 of a credit code by GB 32100 (MOD 31)."""
    pairs = zip(first17, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in pairs)
    return _CREDIT_ALPHABET[-total % 31]


def mask_identity_number(number: str) -> str:
    """For staff lists 掩码: first and last character only (domain §2); the public sees no part."""
    if len(number) <= 2:
        return _MASK * len(number)
    return number[0] + _MASK * (len(number) - 2) + number[-1]


def numeric_cell_error(value: object) -> IdentifierError | None:
    """The error of a number cell in an identity column 数字单元格: spreadsheets keep 15 digits."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, numbers.Number):
        return _refusal("numeric")
    if isinstance(value, str) and _SPREADSHEET_NUMBER.fullmatch(normalise_identity_number(value)):
        return _refusal("numeric")
    return None


def _born_by(today: date, number: str) -> date:
    """The birth date, refused when there is none or it is yet to come."""
    born = _birth_date(number)
    if born is None:
        raise _refusal("date")
    if born > today:
        raise _refusal("future")
    return born


def _check_historic(number: str, today: date) -> IdentityCheck:
    if not _DIGITS_15.fullmatch(number):
        raise _refusal("characters")
    _born_by(today, number)
    # Nothing else protects 15 digits, so here the province must exist.
    if number[:2] not in _PROVINCES:
        raise _refusal("division")
    return IdentityCheck(number, IdentityKind.HISTORIC, ("historic_number",))


def _birth_date(number: str) -> date | None:
    if _IDENTITY_18.fullmatch(number):
        digits = number[6:14]
    elif _DIGITS_15.fullmatch(number):
        digits = _HISTORIC_CENTURY + number[6:12]
    else:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# --- encryption and keyed hash -----------------------------------------------------------------------------


class DecryptionError(Exception):
    """A stored value that cannot be opened 解密失败; says nothing of the value."""


class UnknownKeyError(DecryptionError):
    """The token names a key that settings.FIELD_KEYS does not hold 密钥不存在."""


class TamperedError(DecryptionError):
    """The token was changed, cut, or moved to another record 密文被改动或移位."""


def current_key_id() -> str:
    """The key new values are encrypted with 当前密钥: the first of settings.FIELD_KEYS."""
    for key_id in settings.FIELD_KEYS:
        return str(key_id)
    raise ImproperlyConfigured("FIELD_KEYS is empty")


def key_id_of(token: bytes | memoryview) -> str:
    """The key a stored value was encrypted with 所用密钥 (for key rotation); raises TamperedError."""
    return _split(bytes(token))[0]


def encrypt(plaintext: str, *, aad: str) -> bytes:
    """Encrypt a field 字段加密, AES-256-GCM. `aad` names model, field and record, so a value cannot be moved.

    Token: version (1 byte), length of key id (1 byte), key id, nonce (12 bytes), ciphertext with tag.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key_id = current_key_id()
    name = key_id.encode()
    if not 0 < len(name) < 256:
        raise ImproperlyConfigured("a key id of FIELD_KEYS must have 1 to 255 bytes")
    header = bytes([_TOKEN_VERSION, len(name)]) + name
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_field_key(key_id)).encrypt(nonce, plaintext.encode(), header + aad.encode())
    return header + nonce + sealed


def decrypt(token: bytes | memoryview, *, aad: str) -> str:
    """Open an encrypted field 字段解密; raises UnknownKeyError or TamperedError (memoryview: psycopg)."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key_id, header, nonce, sealed = _split(bytes(token))
    try:
        opened = AESGCM(_field_key(key_id)).decrypt(nonce, sealed, header + aad.encode())
    except InvalidTag:
        raise TamperedError("the stored value was changed or belongs to another record") from None
    return opened.decode()


def keyed_digest(text: str, *, purpose: str) -> str:
    """Keyed hash of any text 带密钥摘要, hexadecimal: equal texts are seen as equal, none can be guessed back."""
    return hmac.new(settings.BLIND_INDEX_KEY, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def blind_index(value: str, *, purpose: str) -> bytes:
    """Keyed hash for equality search 等值检索散列: HMAC-SHA-256 over purpose and normalised value, 32 bytes.

    15 digits are raised to 18 so that old and new number of one person meet, assuming the century 19.
    Never in an API, export, log or index: equal values stay visible as equal.
    """
    key = settings.BLIND_INDEX_KEY
    if len(key) < _KEY_BYTES:
        raise ImproperlyConfigured("BLIND_INDEX_KEY must have at least 32 bytes")
    if not purpose or "\0" in purpose:
        raise ValueError("purpose must be a non-empty text without NUL")
    canonical = _raised_to_18(normalise_identity_number(value))
    return hmac.new(key, f"{purpose}\0{canonical}".encode(), hashlib.sha256).digest()


def _raised_to_18(number: str) -> str:
    if not _DIGITS_15.fullmatch(number) or _birth_date(number) is None:
        return number
    first17 = number[:6] + _HISTORIC_CENTURY + number[6:]
    return first17 + identity_check_character(first17)


def _field_key(key_id: str) -> bytes:
    key: bytes | None = settings.FIELD_KEYS.get(key_id)
    if key is None:
        raise UnknownKeyError(f"no field key {key_id!r}")
    if len(key) != _KEY_BYTES:
        raise ImproperlyConfigured(f"field key {key_id!r} must have 32 bytes")
    return key


def _split(token: bytes) -> tuple[str, bytes, bytes, bytes]:
    """Key id, header, nonce, sealed part of a token."""
    head = 2 + (token[1] if len(token) > 1 else 0)
    if len(token) < head + _NONCE_BYTES + _TAG_BYTES or token[0] != _TOKEN_VERSION:
        raise TamperedError("not an encrypted value of a known version")
    try:
        key_id = token[2:head].decode()
    except UnicodeDecodeError:
        raise TamperedError("the stored value was changed") from None
    return key_id, token[:head], token[head : head + _NONCE_BYTES], token[head + _NONCE_BYTES :]

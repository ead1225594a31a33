"""Identity numbers and credit codes (GB 11643, GB 32100): check, mask, encrypt. Own numbers are made up."""

from __future__ import annotations

import contextlib
import csv
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest_django import Settings

from integrity.identifiers import (
    IdentifierError,
    IdentityKind,
    TamperedError,
    UnknownKeyError,
    adult_on,
    blind_index,
    check_credit_code,
    check_identity_number,
    credit_check_character,
    current_key_id,
    decrypt,
    encrypt,
    identity_check_character,
    key_id_of,
    mask_identity_number,
    normalise_identity_number,
    numeric_cell_error,
)

TODAY = date(2026, 11, 24)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VECTORS = (
    Path(os.environ.get("INTEGRITY_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
    / "conformance-vectors"
    / "id-numbers"
)
KEY_ONE, KEY_TWO = bytes(range(32)), bytes(range(32, 64))


def with_check_digit(first17: str) -> str:
    return first17 + identity_check_character(first17)


def refusal_of(raw: str) -> IdentifierError | None:
    try:
        check_identity_number(raw, today=TODAY)
    except IdentifierError as refusal:
        return refusal
    return None


def vectors(name: str) -> list[dict[str, str]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"NOT RUN: the peers' vectors are absent ({name}); set INTEGRITY_DATA to their folder")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    division = draw(st.integers(min_value=110000, max_value=659999))
    born = draw(st.dates(min_value=date(1910, 1, 1), max_value=TODAY))
    return with_check_digit(f"{division}{born:%Y%m%d}{draw(st.integers(min_value=0, max_value=999)):03d}")


# --- the peers' vectors ------------------------------------------------------------------------------------


def test_validator_js_agrees_on_every_number() -> None:
    for row in vectors("cn_identity_validatorjs.csv"):
        refusal = refusal_of(row["number"])
        assert row["expected"] == ("invalid" if refusal else "valid"), (row["number"], refusal)


def test_stdnum_and_its_disagreement_on_identity_numbers() -> None:
    """That library refuses numbers whose division is unknown or younger than the birth: here a warning."""
    only_there_refused = set()
    for row in vectors("cn_ric_stdnum.csv"):
        if row["call"] != "validate":
            continue
        try:
            accepted = check_identity_number(row["number"], today=TODAY)
        except IdentifierError:
            assert row["error"], row["number"]
            continue
        if row["error"]:
            only_there_refused.add(row["number"])
            assert accepted.warnings == ("unknown_division",)
        else:
            assert accepted.number == row["expected"].strip("'")
            assert accepted.warnings == ()
    assert only_there_refused == {"990426199112010074"}


def test_stdnum_agrees_on_credit_codes() -> None:
    rows = vectors("cn_uscc_stdnum.csv")
    assert len(rows) > 200
    for row in rows:
        if row["error"] or row["expected"] == "False":
            with pytest.raises(IdentifierError):
                check_credit_code(row["number"])
        else:
            assert check_credit_code(row["number"]) == row["number"].replace(" ", "")


# --- own vectors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind", "warnings"),
    [
        (with_check_digit("63010119800229001"), IdentityKind.CITIZEN, ()),
        (with_check_digit("63262119991231123"), IdentityKind.CITIZEN, ()),
        (with_check_digit("81000019900101001"), IdentityKind.RESIDENCE_PERMIT, ()),
        (with_check_digit("82000019900101001"), IdentityKind.RESIDENCE_PERMIT, ()),
        (with_check_digit("83000019900101001"), IdentityKind.RESIDENCE_PERMIT, ()),
        (with_check_digit("99010119800101001"), IdentityKind.CITIZEN, ("unknown_division",)),
        (with_check_digit("63010118800101001"), IdentityKind.CITIZEN, ("doubtful_age",)),
        ("630101800228001", IdentityKind.HISTORIC, ("historic_number",)),
    ],
)
def test_accepted_numbers(number: str, kind: IdentityKind, warnings: tuple[str, ...]) -> None:
    check = check_identity_number(number, today=TODAY)
    assert (check.number, check.kind, check.warnings) == (number, kind, warnings)
    assert check.historical is (kind is IdentityKind.HISTORIC)
    assert len(check.warning_texts) == len(warnings)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        (" \u3000\u200b", "empty"),
        ("6301011980", "length"),
        ("63010119800101001A", "characters"),
        ("6301011980X1010015", "characters"),
        ("\u0666" * 18, "characters"),
        ("63010119800101001\u0425", "characters"),
        (with_check_digit("63010119800230001"), "date"),
        (with_check_digit("63010119000229001"), "date"),
        (with_check_digit("63010120261125001"), "future"),
        (with_check_digit("63010120990101001"), "future"),
        ("630101800230001", "date"),
        ("63010180022800X", "characters"),
        ("990101800228001", "division"),
        ("6.30101E+17", "numeric"),
    ],
)
def test_refused_numbers_name_place_and_remedy_but_not_the_number(raw: str, code: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        check_identity_number(raw, today=TODAY)
    assert refused.value.code == code
    assert "请" in refused.value.message
    number = normalise_identity_number(raw)
    assert not number or number not in refused.value.message


def test_written_forms_meet() -> None:
    number = with_check_digit("63010119800101001")
    wide = number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"})
    for raw in (f" {number}\n", wide, f"{number[:6]} {number[6:14]} {number[14:]}", f"\ufeff{number}\u202c"):
        assert check_identity_number(raw, today=TODAY).number == number
    with_x = next(n for i in range(100) if (n := with_check_digit(f"63010119800101{i:03d}")).endswith("X"))
    assert check_identity_number(with_x.lower(), today=TODAY).number == with_x


def test_the_dated_rows_may_judge_the_division() -> None:
    number = with_check_digit("63012119800101001")
    asked: list[str] = []

    def abolished(code: str) -> bool:
        asked.append(code)
        return False

    check = check_identity_number(number, today=TODAY, known_division=abolished)
    assert check.warnings == ("unknown_division",)
    assert asked == ["630121"]


def test_a_check_does_not_print_the_number() -> None:
    check = check_identity_number(with_check_digit("63010119800101001"), today=TODAY)
    assert check.number not in repr(check)


@given(identity_numbers())
def test_any_made_number_is_accepted(number: str) -> None:
    assert check_identity_number(number, today=TODAY).number == number


@given(identity_numbers(), st.integers(min_value=0, max_value=17), st.sampled_from("0123456789X"))
def test_every_single_wrong_character_is_found(number: str, place: int, other: str) -> None:
    assume(number[place] != other)
    with pytest.raises(IdentifierError):
        check_identity_number(number[:place] + other + number[place + 1 :], today=TODAY)


@given(identity_numbers(), st.integers(min_value=0, max_value=16))
def test_every_swap_of_neighbours_is_found(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(IdentifierError):
        check_identity_number(swapped, today=TODAY)


@given(st.text(max_size=40))
def test_no_text_makes_the_checks_fail_otherwise(text: str) -> None:
    refusal = refusal_of(text)
    assert refusal is None or refusal.message
    with contextlib.suppress(IdentifierError):
        check_credit_code(text)


def test_of_age_on_the_birthday_itself() -> None:
    """公务员法 13: 年满十八周岁."""
    number = with_check_digit("63010120081124001")
    assert adult_on(number, TODAY)
    assert not adult_on(number, TODAY - timedelta(days=1))
    leap = with_check_digit("63010120080229001")
    assert not adult_on(leap, date(2026, 2, 28))
    assert adult_on(leap, date(2026, 3, 1))
    assert adult_on("630101800228001", TODAY)
    with pytest.raises(IdentifierError):
        adult_on("E12345678", TODAY)


def test_masks_keep_first_and_last_character_only() -> None:
    number = with_check_digit("63010119800101001")
    assert mask_identity_number(number) == number[0] + "*" * 16 + number[-1]
    assert mask_identity_number("AB") == "**"
    assert mask_identity_number("") == ""


@pytest.mark.parametrize(
    "value", [630101198001010015, 6.30101198001010e17, True, Decimal(1), float("inf"), "6.30101E+17"]
)
def test_a_number_cell_is_refused_because_digits_are_lost(value: object) -> None:
    error = numeric_cell_error(value)
    assert error is not None
    assert error.code == "numeric"


@pytest.mark.parametrize("value", [None, float("nan"), "", "630101198001010015", "E12345678", date(2020, 1, 1)])
def test_a_text_cell_or_an_empty_one_is_not_a_number_cell(value: object) -> None:
    assert numeric_cell_error(value) is None


# --- credit codes ------------------------------------------------------------------------------------------


def credit_code(first17: str) -> str:
    return first17 + credit_check_character(first17)


def test_credit_codes_of_all_registrars() -> None:
    for first17 in ("11630000MB0X12345", "12630100710000001", "31630000MD0000001", "N1632621MF0000001"):
        code = credit_code(first17)
        assert check_credit_code(f" {code[:8].lower()}-{code[8:]} ") == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "credit_empty"),
        ("1163", "credit_length"),
        ("11630000MB0I12345X", "credit_letters"),
        ("11630000MB0O12345X", "credit_letters"),
        ("11630000MB0S12345X", "credit_letters"),
        ("11630000MB0V12345X", "credit_letters"),
        ("11630000MB0Z12345X", "credit_letters"),
        ("11630000MB0#12345X", "credit_characters"),
        ("116300A0MB0X123451", "credit_division"),
    ],
)
def test_refused_credit_codes(raw: str, code: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        check_credit_code(raw)
    assert refused.value.code == code


@given(
    st.text(CREDIT_ALPHABET, min_size=9, max_size=9),
    st.integers(min_value=8, max_value=17),
    st.sampled_from(CREDIT_ALPHABET),
)
def test_every_single_wrong_character_of_a_credit_code_is_found(body: str, place: int, other: str) -> None:
    code = credit_code(f"11630000{body}")
    assert check_credit_code(code) == code
    assume(code[place] != other)
    with pytest.raises(IdentifierError):
        check_credit_code(code[:place] + other + code[place + 1 :])


# --- encryption --------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> Settings:
    settings.FIELD_KEYS = {"k2": KEY_TWO, "k1": KEY_ONE}
    settings.BLIND_INDEX_KEY = bytes(range(64, 96))
    return settings


def test_round_trip_and_key_id() -> None:
    for plain in ("630101198001010015", "", "扎西多杰 བཀྲ་ཤིས།", "x" * 5000):
        token = encrypt(plain, aad="Subject:1")
        assert decrypt(token, aad="Subject:1") == plain
        assert decrypt(memoryview(token), aad="Subject:1") == plain
        assert key_id_of(memoryview(token)) == current_key_id() == "k2"
        assert not plain or plain.encode() not in token


def test_the_same_value_never_looks_the_same() -> None:
    assert encrypt("1", aad="a") != encrypt("1", aad="a")


def test_an_old_key_still_opens_and_a_missing_one_is_named(keys: Settings) -> None:
    old = encrypt("1", aad="a")
    keys.FIELD_KEYS = {"k3": bytes(32), **keys.FIELD_KEYS}
    assert decrypt(old, aad="a") == "1"
    assert key_id_of(encrypt("1", aad="a")) == "k3"
    keys.FIELD_KEYS = {"k3": bytes(32)}
    with pytest.raises(UnknownKeyError, match="k2"):
        decrypt(old, aad="a")


def test_a_value_moved_to_another_record_does_not_open() -> None:
    with pytest.raises(TamperedError):
        decrypt(encrypt("1", aad="Subject:1"), aad="Subject:2")


def test_every_changed_byte_and_every_cut_is_found() -> None:
    token = encrypt("630101198001010015", aad="a")
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1
        with pytest.raises((TamperedError, UnknownKeyError)):
            decrypt(bytes(changed), aad="a")
        with pytest.raises((TamperedError, UnknownKeyError)):
            decrypt(token[:place], aad="a")


def test_relabelling_the_key_is_found(keys: Settings) -> None:
    """The header is authenticated, so even two ids of one key cannot be exchanged."""
    keys.FIELD_KEYS = {"k2": KEY_TWO, "k1": KEY_TWO}
    token = encrypt("1", aad="a")
    with pytest.raises(TamperedError):
        decrypt(token.replace(b"k2", b"k1", 1), aad="a")


def test_blind_index_meets_written_forms_and_old_numbers() -> None:
    new = with_check_digit("63010119800228001")
    index = blind_index(new, purpose="identity")
    assert len(index) == 32
    assert blind_index(f" {new.lower()} ", purpose="identity") == index
    assert blind_index("630101800228001", purpose="identity") == index, "15 digits of the same person"
    assert blind_index(with_check_digit("63010119800228002"), purpose="identity") != index


def test_blind_index_depends_on_purpose_and_key(keys: Settings) -> None:
    index = blind_index("E12345678", purpose="identity")
    assert blind_index("E12345678", purpose="passport") != index
    assert blind_index("3", purpose="12") != blind_index("23", purpose="1")
    keys.BLIND_INDEX_KEY = bytes(32)
    assert blind_index("E12345678", purpose="identity") != index
    with pytest.raises(ValueError, match="purpose"):
        blind_index("1", purpose="a\0b")

"""The bytes of a leaf: one way to write a value, commitments that hide and bind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.ledger.entry import SALT_BYTES, EntryError, Head, canonical, commitment, differing, leaf_data, leaf_of

HEAD = Head("integrity_subject", "7", 12, "~", "2026-04-01T02:00:00.000000Z")
SALT = bytes(range(SALT_BYTES))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        ("扎西·多杰", '"扎西·多杰"'),
        ("é", '"é"'),
        ("e\u0301", '"e\u0301"'),
        (Decimal("1.50"), '{"decimal":"1.50"}'),
        (Decimal("1E+3"), '{"decimal":"1000"}'),
        (date(2026, 4, 1), '{"date":"2026-04-01"}'),
        (datetime(2026, 4, 1, 10, tzinfo=timezone(timedelta(hours=8))), '{"moment":"2026-04-01T02:00:00.000000Z"}'),
        (UUID(int=5), '{"uuid":"00000000-0000-0000-0000-000000000005"}'),
        (b"\x00\xff", '{"bytes":"AP8="}'),
        ({"b": 1, "a": [1, "x"]}, '{"object":{"a":[1,"x"],"b":1}}'),
    ],
)
def test_one_way_to_write_a_value(value: Any, written: str) -> None:
    assert canonical(value).decode() == written


@pytest.mark.parametrize("value", [1.5, float("nan"), datetime(2026, 4, 1), object(), {1.5}])  # noqa: DTZ001
def test_what_has_no_one_way_is_refused(value: Any) -> None:
    with pytest.raises(EntryError):
        canonical(value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.uuids() | st.binary(max_size=20)
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VALUES, VALUES)
def test_two_values_have_two_writings(one: Any, other: Any) -> None:
    same = repr(_typed(one)) == repr(_typed(other))
    assert (canonical(one) == canonical(other)) is same


def _typed(value: Any) -> Any:
    """What makes two values the same one: a list is a list however it came, True is not 1."""
    if isinstance(value, dict):
        return {"object": sorted((key, repr(_typed(item))) for key, item in value.items())}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return (type(value).__name__, value)


def test_a_commitment_hides_without_the_salt_and_binds_name_and_value() -> None:
    base = commitment(SALT, "name", canonical("扎西"))
    assert base != commitment(bytes(SALT_BYTES), "name", canonical("扎西"))
    assert base != commitment(SALT, "nam", b"e" + canonical("扎西"))
    assert base != commitment(SALT, "name", canonical("扎西 "))
    with pytest.raises(EntryError):
        commitment(b"short", "name", b"")


def test_the_head_is_bound() -> None:
    names, kept = ["a", "b"], [bytes(32), bytes([1]) * 32]
    leaf = leaf_of(HEAD, names, kept)
    others = [
        Head("other", "7", 12, "~", HEAD.at), Head(HEAD.table, "8", 12, "~", HEAD.at),
        Head(HEAD.table, "7", 13, "~", HEAD.at), Head(HEAD.table, "7", 12, "-", HEAD.at),
        Head(HEAD.table, "7", 12, "~", "2026-04-01T02:00:00.000001Z"), Head(HEAD.table, "7", 12, "~", HEAD.at, "ff"),
    ]  # fmt: skip
    assert leaf not in {leaf_of(head, names, kept) for head in others}
    assert leaf != leaf_of(HEAD, names, kept[::-1])


def test_names_and_commitments_belong_together() -> None:
    for names, kept in ((["b", "a"], [bytes(32)] * 2), (["a"], []), (["a", "a"], [bytes(32)] * 2), (["a"], [b"x"])):
        with pytest.raises(EntryError):
            leaf_data(HEAD, names, kept)


def test_the_field_that_differs_is_named_and_an_erased_one_is_not() -> None:
    names = ["a", "b", "c"]
    values = [canonical(1), canonical("x"), canonical(None)]
    salts = [SALT, SALT, SALT]
    kept = [commitment(SALT, name, value) for name, value in zip(names, values, strict=True)]
    assert differing(names, values, salts, kept) == []
    assert differing(names, [values[0], canonical("y"), values[2]], salts, kept) == ["b"]
    assert differing(names, [values[0], None, values[2]], [SALT, bytes(SALT_BYTES), SALT], kept) == []
    assert differing(names, [values[0], None, values[2]], salts, kept) == ["b"]

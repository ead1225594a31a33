"""Names that are alike, and why 姓名相似: proposals with a reason, and no proposal without one (H17)."""

from __future__ import annotations

import pytest

from integrity.syllables import confused_with, cuts, slips, within_one_slip
from integrity.transliterations import element_key
from search.likeness import Likeness, likeness

ALIKE = [
    ("张伟", "张伟", Likeness.SAME),
    ("張學友", "张学友", Likeness.WRITTEN),
    ("买买提·吐尔逊", "买买提吐尔逊", Likeness.WRITTEN),
    ("才让卓玛", "次仁·卓玛", Likeness.ELEMENTS),
    ("才让卓玛", "Tsering Drolma", Likeness.ELEMENTS),
    ("才让卓玛", "ཚེ་རིང་སྒྲོལ་མ་", Likeness.ELEMENTS),
    ("三智加", "桑珠加", Likeness.ELEMENTS),
    ("麦麦提吐尔逊", "买买提·托尔逊", Likeness.ELEMENTS),
    ("琪木格", "其木格", Likeness.ELEMENTS),
    ("Sergey Lavrov", "Lavrov Sergey", Likeness.ORDER),
    ("Olaf Scholz", "Olaf Scholze", Likeness.SLIP),
    ("章玮", "张伟", Likeness.READING),
    ("cengguofan", "曾国藩", Likeness.READING),
    ("zengguofan", "曾国藩", Likeness.READING),
    ("张真", "章珍", Likeness.READING),
    ("兰建平", "南建平", Likeness.SOUND),
    ("张志强", "臧自强", Likeness.SOUND),
    ("zengguofna", "曾国藩", Likeness.SLIP),
    ("zhangwi", "张伟", Likeness.SLIP),
]


@pytest.mark.parametrize(("one", "other", "reason"), ALIKE)
def test_the_strongest_reason_is_named_whichever_name_comes_first(one: str, other: str, reason: Likeness) -> None:
    assert likeness(one, other) == reason
    assert likeness(other, one) == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "张伟明"),
        ("李伟", "李文"),
        ("习近朋", "习近平"),
        ("扎西", "多杰"),
        ("Viktor Orban", "Boris Orban"),
        ("Ali", "Eli"),
        ("张", "章伟"),
        ("", "张伟"),
        ("张某", "李某"),
    ],
)
def test_without_a_reason_nothing_is_proposed(one: str, other: str) -> None:
    assert likeness(one, other) is None


def test_syllables_are_cut_every_way_that_can_be_read() -> None:
    assert cuts("xian") == (("xian",), ("xi", "an"))
    assert cuts("zhangwei") == (("zhang", "wei"),)
    assert cuts("zhangwi") == ()


def test_what_is_confused_in_speech_is_confused_both_ways() -> None:
    for one in ("zhang", "lan", "shen", "hu", "ling", "rong"):
        for other in confused_with(one):
            assert one in confused_with(other)


def test_a_slip_is_one_key_and_can_be_read() -> None:
    found = list(slips("zhangwie"))
    assert "zhangwei" in found
    assert all(cuts(word) and within_one_slip("zhangwie", word) for word in found)


def test_a_name_without_a_known_element_has_no_element_key() -> None:
    assert element_key("张伟") == ""
    assert element_key("Smith") == ""
    assert element_key("道吉才旦") == element_key("多杰次旦") != ""

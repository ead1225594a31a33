"""Folding and tokens: a part of a text is found by the tokens of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import Field, fold, latin_key, name_tokens, number_key, parse, safe, text_tokens

HAN = st.text(alphabet="张三丰四李行政处罚许可公开目录", min_size=1, max_size=20)


@given(HAN, st.data())
def test_every_substring_has_its_tokens_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    indexed = set(text_tokens(text))
    (word,) = parse(text[start:end]).words
    (term,) = [term for term in word.terms if term.field == Field.TEXT]
    *exact, last = term.tokens
    assert all(Field.TEXT + token in indexed for token in exact)
    assert any(token.startswith(Field.TEXT + last) if term.prefix else token == Field.TEXT + last for token in indexed)


@pytest.mark.parametrize("dot", "·•‧・･⋅")
def test_interpunct_variants_fold_to_one_form(dot: str) -> None:
    assert fold(f"买买提{dot}吐尔逊") == fold("买买提吐尔逊")


@pytest.mark.parametrize(
    "written",
    [
        "青监〔2024〕12号",
        "青监[2024]12号",
        "青监［2024］12号",
        "青监（2024）12 号",
        "青监【２０２４】12号",
        "青監〔2024〕12號",
    ],
)
def test_document_numbers_in_every_bracket_have_one_key(written: str) -> None:
    assert number_key(written) == "青监202412号"


@pytest.mark.parametrize(
    ("typed", "key"), [("Lü", "lv"), ("Zhāng", "zhang"), ("xi'an", "xian"), ("张", ""), ("a1", "")]
)
def test_typed_pinyin_is_folded(typed: str, key: str) -> None:
    assert latin_key(typed) == key


@given(st.text(max_size=40))
def test_tokens_are_letters_of_every_query_language(text: str) -> None:
    for token in [*text_tokens(text), *name_tokens(text)]:
        assert token
        assert all(character.isalnum() for character in token)
    for word in parse(text).words:
        for term in word.terms:
            assert all(token and token.isalnum() for token in term.tokens)


def test_rare_characters_become_their_number() -> None:
    assert safe("𠮷a") == "x20bb7za"


def test_quotes_hold_words_together() -> None:
    assert [word.raw for word in parse('"行政 处罚" 张三 “李 四”').words] == ["行政 处罚", "张三", "李 四"]

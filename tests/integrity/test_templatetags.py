"""Template tags of the design system: dates, amounts, masks and links in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from integrity.choices import LicenceState, RecordState
from integrity.templatetags import archive


def test_dates_are_written_out_in_the_active_language() -> None:
    assert archive.date_zh(date(2026, 11, 24)) == "2026年11月24日"
    with override("en"):
        assert archive.date_zh(date(2026, 11, 4)) == "4 November 2026"
    assert archive.date_zh(None) == ""


def test_an_instant_is_shown_as_its_day_in_shanghai() -> None:
    assert archive.date_zh(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)) == "2026年11月24日"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Decimal("1223"), "1,223.00 元", "¥1,223.00"),
        ("12230000.5", "12,230,000.50 元", "¥12,230,000.50"),
        (0, "0.00 元", "¥0.00"),
        (Decimal("-5"), "-5.00 元", "-¥5.00"),
        (None, "", ""),
        ("不详", "不详", "不详"),
    ],
)
def test_amounts_are_yuan_with_thousands_separators(value: Any, zh: str, en: str) -> None:
    assert archive.amount(value) == zh
    with override("en"):
        assert archive.amount(value) == en


@pytest.mark.parametrize(("value", "shown"), [("123456789012345672", "1****************2"), ("123", "***"), (None, "")])
def test_a_masked_number_shows_its_ends_only(value: str | None, shown: str) -> None:
    assert archive.masked(value) == shown


def render(source: str, query: str = "", **context: Any) -> str:
    request = RequestFactory().get(f"/files/{query}")
    return Template("{% load archive %}" + source).render(Context({"request": request, **context}))


def test_query_replace_keeps_the_other_parameters() -> None:
    assert render('{% query_replace after="x" before=None %}', "?unit=1&before=y") == "?unit=1&amp;after=x"


def test_sort_link_turns_round_and_starts_paging_anew() -> None:
    first = render('{% sort_link "姓名" "name" current %}', "?after=abc&unit=1", current="")
    assert "unit=1&amp;sort=name" in first
    assert "after=" not in first
    assert "sort=-name" in render('{% sort_link "姓名" "name" current %}', current="name")
    assert "sort=name" in render('{% sort_link "姓名" "name" current %}', current="-name")


@pytest.mark.parametrize("state", RecordState)
def test_every_state_of_a_record_has_a_look_of_its_own(state: RecordState) -> None:
    assert state.value in archive.LOOKS
    look = archive.look_of(state)
    assert str(look.label) == str(state.label)


def test_a_state_says_its_own_words_and_never_colour_alone() -> None:
    shown = render("{% state_badge state %}", state=LicenceState.REVOKED)
    assert "吊销" in shown
    assert "<svg" in shown
    assert "tone-danger" in shown
    assert "别处的状态" in render('{% state_badge "别处的状态" %}')


class OneForm(forms.Form):
    number = forms.CharField(label="文号", help_text="与决定书一致。")
    kind = forms.ChoiceField(choices=[("a", "甲")])
    sure = forms.BooleanField()


def test_a_control_is_tied_to_its_help_and_its_errors() -> None:
    form = OneForm({})
    shown = render("{% control form.number %}", form=form)
    assert 'aria-describedby="id_number_helptext id_number_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert "is-invalid" in shown
    assert 'class="form-select' in render("{% control form.kind %}", form=form)
    assert 'class="form-check-input' in render("{% control form.sure %}", form=form)


def test_what_people_typed_is_escaped() -> None:
    assert "<b>" not in render("{% state_badge label %}", label="<b>")

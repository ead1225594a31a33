"""Every component renders with the parameters its head documents, in Chinese and in English."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

COMPONENTS = Path(__file__).parents[2] / "templates" / "components"


class SampleForm(forms.Form):
    number = forms.CharField(label="决定文号", help_text="与决定书一致。")
    how = forms.ChoiceField(label="程序", choices=[("a", "一般程序")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="已宣布")


SAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "confirm_dialog": (
        {"id": "void", "trigger": "作废", "title": "作废？", "action": "/x", "reason": True},
        'href="#void"',
    ),
    "copy_button": ({"text": "示监处〔2026〕12号"}, "data-copy="),
    "data_table": (
        {
            "table": {
                "caption": "账户",
                "columns": ["姓名"],
                "lines": [[("姓名", {"text": "索南", "url": "/x"})]],
                "empty": "无",
            }
        },
        'data-label="姓名"',
    ),
    "definition_list": (
        {"items": [{"label": "单位", "value": ""}, {"label": "职级", "value": "科员"}]},
        "未登记",
    ),
    "empty_state": ({"title": "没有待办", "url": "/x", "action": "去列表"}, "没有待办"),
    "error_summary": ({"form": SampleForm({})}, 'href="#id_number"'),
    "export_menu": ({"export_url": "/x/export/?name=a"}, 'action="/x/export/?name=a"'),
    "field": ({"field": SampleForm({})["number"]}, "id_number_error"),
    "filter_bar": (
        {"form": SampleForm(), "chips": [{"label": "状态", "value": "在职", "url": "?"}]},
        "去掉条件",
    ),
    "flags": ({"under_objection": True, "under_appeal": True}, "申诉中"),
    "form": ({"form": SampleForm({}), "cancel_url": "/"}, 'role="alert"'),
    "keys_dialog": ({"nav": [{"key": "f", "label": "诚信档案"}]}, "诚信档案"),
    "keyset_pager": ({"before": "", "after": "abc", "count": 3000, "shown": 50}, "?after=abc"),
    "language_switch": ({}, "English"),
    "law_note": ({"label": "影响期", "value": "12个月", "basis": "某法", "article": "第八条"}, "第八条"),
    "masked": ({"value": "6****2", "reveal_url": "/r", "purpose": "核查"}, "查看全号"),
    "messages": ({"messages": [SimpleNamespace(level_tag="error")]}, 'role="alert"'),
    "notice": ({"tone": "warning", "text": "请留意"}, "请留意"),
    "progress": (
        {
            "job": SimpleNamespace(done=1, total=4, message="", state="running"),
            "running": True,
            "poll_url": "/p",
        },
        "25%",
    ),
    "purpose_bar": ({"states_purpose": True, "stated_purpose": "核查", "stated_case": "案1"}, "结束查阅"),
    "purpose_form": ({"case_required": True, "purposes": [("a", "核查")], "cases": ["案1"]}, "required"),
    "sort_link": ({"label": "姓名", "url": "?sort=name", "ascending": True}, "aria-current"),
    "stat_tile": ({"label": "已逾期", "value": 3, "unit": "件", "url": "/x", "tone": "danger"}, "is-danger"),
    "state_badge": ({"label": "草稿", "icon": "pencil-square", "tone": "neutral"}, "草稿"),
    "tabs": ({"tabs": [{"url": "#", "label": "概况", "active": True, "count": 2}]}, 'aria-current="page"'),
    "timeline": (
        {"entries": [{"on": date(2026, 11, 24), "title": "记过", "state": "in_force"}]},
        "2026年11月24日",
    ),
}


def show(name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"components/{name}.html", context, request=RequestFactory().get("/"))


def test_every_component_has_a_sample() -> None:
    # error_page is the frame of the three error pages, tried below.
    assert {path.stem for path in COMPONENTS.glob("*.html")} == SAMPLES.keys() | {"error_page"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_component_renders_its_sample(name: str) -> None:
    context, expected = SAMPLES[name]
    assert expected in show(name, context)
    with override("en"):
        assert show(name, context).strip()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_component_documents_its_parameters(name: str) -> None:
    assert (COMPONENTS / f"{name}.html").read_text(encoding="utf-8").startswith("{% comment %}")


def test_an_empty_file_reads_no_record_and_never_good() -> None:
    """H16: an empty file says what the system holds, not what the person is."""
    assert "本系统无记录" in show("timeline", {"entries": []})


@pytest.mark.parametrize("code", ["403", "404", "500"])
def test_error_pages_need_no_context(code: str) -> None:
    shown = render_to_string(f"{code}.html")
    assert code in shown
    assert 'id="main"' in shown


def test_the_public_frame_asks_for_no_cookie() -> None:
    shown = render_to_string("base_public.html", request=RequestFactory().get("/"))
    assert "csrf" not in shown.lower()


def test_the_staff_frame_shows_the_navigation_it_is_given() -> None:
    nav = [{"url": "/files/", "label": "诚信档案", "icon": "folder2-open", "active": True, "count": 3}]
    shown = render_to_string("base_staff.html", {"nav": nav, "user": SimpleNamespace(is_authenticated=False)})
    assert 'href="/files/" aria-current="page"' in shown
    assert 'class="skip-link" href="#main"' in shown

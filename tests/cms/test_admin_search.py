"""Editors find their pages by any part of a Chinese title, in the search and in the chooser (Wagtail's own doors)."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.models import DisclosurePage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [2, 4, 7])
def test_a_part_of_a_title_finds_the_page(editor: Client, plan: DisclosurePage, size: int) -> None:
    part = plan.title[3 : 3 + size]
    for address in ("/cms/pages/search/", "/cms/pages/search/results/", "/cms/choose-page/search/"):
        answer = editor.get(address, {"q": part})
        assert answer.status_code == 200, address
        assert plan.title in answer.content.decode(), (address, part)


def test_what_no_title_holds_finds_nothing(editor: Client, plan: DisclosurePage) -> None:
    answer = editor.get("/cms/pages/search/results/", {"q": "没有这样的标题"})
    assert plan.title not in answer.content.decode()

"""Whole pages kept (H5): a withdrawal, an end, a midnight is known to the next request; nobody's page is everybody's."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from wagtail.models import Page

from cms.generation import current_generation, watched
from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from integrity.choices import PublicationState
from integrity.models import Publication
from integrity.wall.database_roles import PUBLIC_TABLES
from tests.cms.test_personal_data import _body, _page
from tests.cms.test_register import _change, _publish


def test_a_page_is_made_once_and_then_costs_one_question(
    plan: DisclosurePage, client: Client, django_assert_num_queries: Any
) -> None:
    first = client.get(plan.url)
    with django_assert_num_queries(1):
        second = client.get(plan.url)
    assert first.content == second.content
    assert first.headers["Content-Security-Policy"] == second.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in second.headers
    assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_known_page_is_answered_without_its_text(plan: DisclosurePage, client: Client) -> None:
    mark = client.get(plan.url).headers["ETag"]
    again = client.get(plan.url, headers={"If-None-Match": f"W/{mark}"})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", mark)
    assert client.get(plan.url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_every_way_of_writing_a_page_is_another_generation(plan: DisclosurePage, client: Client) -> None:
    client.get(plan.url)
    plan.save_revision()
    for write in (
        lambda: DisclosurePage.objects.filter(pk=plan.pk).update(summary="改过的概述甲"),
        lambda: DisclosurePage.objects.bulk_update([_with(plan, summary="改过的概述乙")], ["summary"]),
        lambda: _with(plan, summary="改过的概述丙").save(),
    ):
        before = current_generation()
        write()
        assert current_generation() != before
        assert DisclosurePage.objects.get(pk=plan.pk).summary in client.get(plan.url).text


def _with(page: DisclosurePage, **values: Any) -> DisclosurePage:
    fresh: DisclosurePage = DisclosurePage.objects.get(pk=page.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    return fresh


def test_unpublishing_and_deleting_close_the_page_at_once(plan: DisclosurePage, client: Client) -> None:
    assert client.get(plan.url).status_code == 200
    plan.unpublish()
    assert client.get(plan.url).status_code == 404
    plan.get_latest_revision().publish()
    assert client.get(plan.url).status_code == 200
    url = plan.url
    plan.delete()
    assert client.get(url).status_code == 404


def test_a_page_past_its_own_hour_is_gone_without_any_job(plan: DisclosurePage, client: Client) -> None:
    now = timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    with time_machine.travel(now, tick=False) as clock:
        Page.objects.filter(pk=plan.pk).update(expire_at=now + timedelta(minutes=5))
        assert client.get(plan.url).status_code == 200
        assert int(client.get(plan.url).headers["X-Accel-Expires"][1:]) <= (now + timedelta(seconds=1)).timestamp()
        clock.shift(timedelta(minutes=5))
        assert client.get(plan.url).status_code == 404


@pytest.fixture
def citing(catalogue: DisclosureIndexPage) -> tuple[DisclosurePage, Publication]:
    """A live page that cites a publication ending today."""
    row = _publish(ends_on=timezone.localdate())
    page = _page(catalogue, _body(("publication", {"ref": str(row.ref)})))
    page.save_revision().publish()
    return page, row


def test_h5_a_kept_page_does_not_outlive_the_last_day(
    citing: tuple[DisclosurePage, Publication], client: Client
) -> None:
    page, row = citing
    evening = timezone.make_aware(datetime.combine(row.ends_on, time(23, 59, 59)))
    with time_machine.travel(evening, tick=False) as clock:
        assert str(row.ref) in client.get(page.url).text
        kept = client.get(page.url)
        assert str(row.ref) in kept.text
        assert kept.headers["X-Accel-Expires"] == "0"  # nobody in front keeps it
        clock.shift(timedelta(seconds=1))
        assert str(row.ref) not in client.get(page.url).text


def test_h5_a_withdrawal_empties_the_kept_page_with_the_next_request(
    citing: tuple[DisclosurePage, Publication], client: Client
) -> None:
    page, row = citing
    assert str(row.ref) in client.get(page.url).text
    _change(row, state=PublicationState.SUSPENDED)
    assert str(row.ref) not in client.get(page.url).text


def test_languages_hosts_and_questions_are_kept_apart(plan: DisclosurePage) -> None:
    chinese, english = Client(), Client()
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert chinese.get(plan.url).text != english.get(plan.url).text
    assert chinese.get("/disclosures/").text != chinese.get("/disclosures/?year=1999").text
    assert "a.example" in chinese.get(plan.url, headers={"host": "a.example"}).text
    assert "a.example" not in chinese.get(plan.url).text


def test_who_is_signed_in_gets_nothing_kept_and_leaves_nothing(
    editor: Client, plan: DisclosurePage, client: Client
) -> None:
    assert "X-Accel-Expires" not in editor.get(plan.url).headers
    assert "X-Accel-Expires" in client.get(plan.url).headers
    assert "X-Accel-Expires" not in client.get("/register/?name=x").headers  # private, no-store stays so


def test_every_table_of_the_public_role_is_watched() -> None:
    assert PUBLIC_TABLES - watched() <= {"django_content_type", "search_searchdocument", "cms_sitegeneration"}


def test_a_write_of_something_else_changes_no_generation(site: HomePage, client: Client) -> None:
    before = current_generation()
    client.get(f"/{get_random_string(8)}/")
    assert current_generation() == before

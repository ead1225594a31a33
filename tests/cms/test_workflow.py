"""A page's way to the public: author, secrecy reviewer, publisher, three different people (H18)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, TaskState
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.models import DisclosureIndexPage, DisclosurePage, HomePage
from cms.permissions import GROUPS, sync_groups
from integrity.choices import Role
from integrity.models import Account, Assignment, recording
from tests.cms.conftest import Staff
from tests.integrity.scenes import raw
from tests.shadow import tampering


def _form(title: str = "政务诚信年度报告", **extra: str) -> dict[str, Any]:
    form: dict[str, Any] = nested_form_data(
        {
            "title": title,
            "slug": "yearly-report",
            "index_number": "T-2026-1",
            "document_number": "",
            "issuer": "某县人民政府",
            "issuer_code": "",
            "subject": "yearly_report",
            "language": "zh-Hans",
            "generated_on": "2026-01-10",
            "published_on": "",
            "in_force_from": "",
            "in_force_to": "",
            "summary": "上一年度工作情况。",
            "body": streamfield([("paragraph", rich_text("<p>正文。</p>"))]),
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "comments-MIN_NUM_FORMS": "0",
            "comments-MAX_NUM_FORMS": "0",
            "seo_title": "",
            "search_description": "",
            "go_live_at": "",
            "expire_at": "",
        }
        | extra
    )
    return form


def _create(browser: Client, catalogue: DisclosureIndexPage, **extra: str) -> DisclosurePage:
    address = reverse("wagtailadmin_pages:add", args=["cms", "disclosurepage", catalogue.pk])
    response = browser.post(address, _form(**extra))
    assert response.status_code == 302, response.context and response.context["form"].errors
    page: DisclosurePage = DisclosurePage.objects.get(index_number="T-2026-1")
    return page


def _act(browser: Client, page: Page, action: str) -> int:
    """Approve or reject the step the page is at; returns the status."""
    state = TaskState.objects.filter(workflow_state__object_id=str(page.pk), status=TaskState.STATUS_IN_PROGRESS).get()
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return browser.post(address, {"comment": "已看"}).status_code


def _live(page: Page) -> bool:
    return bool(Page.objects.get(pk=page.pk).live)


def _open_step(page: Page) -> str | None:
    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    return state.task.name if state else None


def test_author_reviewer_publisher_and_the_public_reads(
    editor: Client, secrecy_reviewer: Client, publisher: Client, client: Client, catalogue: DisclosureIndexPage
) -> None:
    page = _create(editor, catalogue, **{"action-submit": "1"})
    assert not _live(page)
    assert client.get("/disclosures/yearly-report/").status_code == 404
    assert _open_step(page) == "保密与个人信息审查"
    assert page.title in secrecy_reviewer.get("/cms/").content.decode()

    _act(secrecy_reviewer, page, "approve")
    assert not _live(page)
    assert _open_step(page) == "发布"

    _act(publisher, page, "approve")
    assert _live(page)
    assert "正文。" in client.get("/disclosures/yearly-report/").content.decode()


def test_a_rejected_page_goes_back_to_its_author(
    editor: Client, secrecy_reviewer: Client, catalogue: DisclosureIndexPage
) -> None:
    page = _create(editor, catalogue, **{"action-submit": "1"})
    _act(secrecy_reviewer, page, "reject")
    assert _open_step(page) is None
    assert not _live(page)


def test_nobody_skips_a_step(
    editor: Client, publisher: Client, secrecy_reviewer: Client, catalogue: DisclosureIndexPage
) -> None:
    page = _create(editor, catalogue, **{"action-submit": "1"})
    for browser in (editor, publisher):
        _act(browser, page, "approve")
        assert _open_step(page) == "保密与个人信息审查"
    _act(secrecy_reviewer, page, "approve")
    _act(secrecy_reviewer, page, "approve")
    assert _open_step(page) == "发布"


def test_h18_with_all_three_roles_one_still_cannot_pass_the_own_text(
    staff: Staff, catalogue: DisclosureIndexPage, secrecy_reviewer: Client
) -> None:
    person = staff.account(Role.EDITOR, Role.SECRECY_REVIEWER, Role.PUBLISHER)
    browser = staff.browser(account=person)
    page = _create(browser, catalogue, **{"action-submit": "1"})
    _act(browser, page, "approve")
    assert _open_step(page) == "保密与个人信息审查"

    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, person, "approve")

    _act(secrecy_reviewer, page, "approve")
    _act(browser, page, "approve")
    assert _open_step(page) == "发布"
    assert not _live(page)


def test_h18_who_wrote_but_did_not_submit_is_barred_too(
    staff: Staff, catalogue: DisclosureIndexPage, editor: Client
) -> None:
    writer = staff.account(Role.EDITOR, Role.SECRECY_REVIEWER)
    page = _create(staff.browser(account=writer), catalogue)
    editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), _form(**{"action-submit": "1"}))
    _act(staff.browser(account=writer), page, "approve")
    assert _open_step(page) == "保密与个人信息审查"


def test_h18_the_reviewer_does_not_publish(staff: Staff, catalogue: DisclosureIndexPage, editor: Client) -> None:
    both = staff.browser(Role.SECRECY_REVIEWER, Role.PUBLISHER)
    page = _create(editor, catalogue, **{"action-submit": "1"})
    _act(both, page, "approve")
    assert _open_step(page) == "发布"
    _act(both, page, "approve")
    assert not _live(page)


def test_the_text_stands_still_during_review(
    editor: Client, secrecy_reviewer: Client, catalogue: DisclosureIndexPage
) -> None:
    page = _create(editor, catalogue, **{"action-submit": "1"})
    before = Page.objects.get(pk=page.pk).latest_revision_id
    for browser in (editor, secrecy_reviewer):
        browser.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), _form(title="改过的标题"))
        assert Page.objects.get(pk=page.pk).latest_revision_id == before


@pytest.mark.parametrize("roles", [(Role.EDITOR,), (Role.PUBLISHER,), (Role.EDITOR, Role.PUBLISHER)])
def test_nobody_publishes_past_the_workflow(
    staff: Staff, editor: Client, catalogue: DisclosureIndexPage, roles: tuple[str, ...]
) -> None:
    page = _create(editor, catalogue)
    browser = staff.browser(*roles)
    browser.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), _form(**{"action-publish": "1"}))
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    browser.post(f"{bulk}?id={page.pk}", {})
    copy = {"new_title": "复制", "new_slug": "copy", "new_parent_page": catalogue.pk, "publish_copies": "on"}
    browser.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), copy)
    assert not _live(page)
    assert not Page.objects.filter(slug="copy", live=True).exists()


def test_editors_may_write_and_publishers_may_take_down(site: HomePage) -> None:
    given = {
        (row.group.name, row.permission.codename)
        for row in GroupPagePermission.objects.select_related("group", "permission")
    }
    assert given == {("信息采编", "add_page"), ("信息采编", "change_page"), ("信息发布", "publish_page")}


@pytest.mark.parametrize("role", [*Role.administrators(), Role.CLERK, Role.INSPECTOR])
def test_other_roles_have_no_way_into_the_editors_admin(staff: Staff, role: str) -> None:
    account = staff.account(role)
    assert not account.groups.exists()
    assert staff.browser(account=account).get("/cms/").status_code == 302


def test_groups_follow_the_assignment_and_its_dates(staff: Staff) -> None:
    account = staff.account(Role.EDITOR)
    assert list(account.groups.values_list("name", flat=True)) == [GROUPS[Role.EDITOR]]
    row = Assignment.objects.get(account=account)
    row.valid_to = timezone.localdate() - timedelta(days=1)
    with recording(by=None, reason="岗位调整"):
        row.save()
    assert not account.groups.exists()


def test_a_group_of_another_kind_is_left_alone(staff: Staff) -> None:
    account: Account = staff.account(Role.EDITOR)
    other = Group.objects.create(name="其他")
    with tampering():
        account.groups.add(other)
    sync_groups(account)
    assert set(account.groups.values_list("name", flat=True)) == {"其他", "信息采编"}


def test_accounts_are_not_changed_in_the_editors_admin(staff: Staff) -> None:
    account = staff.account(Role.EDITOR)
    browser = staff.browser(account=account)
    assert "first_name" not in browser.get(reverse("wagtailadmin_account")).content.decode()
    assert browser.get(reverse("wagtailusers_users:edit", args=[account.pk])).status_code == 302


def test_the_editors_admin_speaks_chinese_and_calls_nobody(editor: Client) -> None:
    body = editor.get("/cms/").content.decode()
    assert 'lang="zh-hans"' in body
    for host in ("releases.wagtail.org", "gravatar", "https://docs.wagtail"):
        assert host not in body


def test_an_editors_duty_that_ended_by_its_date_is_over_with_the_next_request(staff: Staff) -> None:
    """No row changes that day and nobody signs in anew (assurance A5)."""
    editor = staff.account(Role.EDITOR)
    browser = staff.browser(account=editor)
    assert browser.get("/cms/").status_code == 200
    row = editor.assignments.get()
    raw(row, valid_to=timezone.localdate() - timedelta(days=1))
    assert browser.get("/cms/").status_code in (302, 403)


def test_an_open_session_leaves_the_editors_admin_at_midnight(staff: Staff, catalogue: DisclosureIndexPage) -> None:
    """The clock alone moves past the end date: the session goes on, the duty does not."""
    editor = staff.account(Role.EDITOR)
    evening = timezone.make_aware(datetime.combine(timezone.localdate(), time(23, 50)))
    row = editor.assignments.get()
    raw(row, valid_to=evening.date())
    address = reverse("wagtailadmin_pages:add", args=["cms", "disclosurepage", catalogue.pk])
    with time_machine.travel(evening, tick=False) as clock:
        browser = staff.browser(account=editor)
        assert browser.get(address).status_code == 200
        clock.shift(timedelta(minutes=20))
        assert browser.get(address).status_code in (302, 403)
        assert browser.get("/cms/").status_code in (302, 403)
        assert browser.get("/staff/").status_code == 200  # still signed in

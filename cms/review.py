"""Reviewing a page on the page itself 页面审查: the text stands still, the decision is offered beside it (H18)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin.action_menu import WorkflowMenuItem

from cms.models import SecondPersonTask
from cms.personal_data.checking import PersonalDataFound

if TYPE_CHECKING:
    from wagtail.models import Page

ICONS = {"approve": "success", "reject": "redirect"}
# Wagtail offers a reviewer to cancel the whole review; whoever may decide here either passes or returns.
NOT_FOR_REVIEWERS = frozenset({"action-cancel-workflow", "action-page-locked"})


class ReviewMenuItem(WorkflowMenuItem):
    """A decision on the open step 审查办理. Wagtail hides it on a locked page; here the page is always locked."""

    def is_shown(self, context: dict[str, Any]) -> bool:
        return bool(context["view"] == "edit")


def decisions_of(page: Page, user: Any) -> list[tuple[str, str, bool]]:
    """What this person may do about the open step: name, label, whether a comment is asked for."""
    task = page.current_workflow_task
    if not isinstance(task, SecondPersonTask):
        return []
    found: list[tuple[str, str, bool]] = task.get_actions(page, user)
    return found


def offer_decisions(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Before everything else in the page's menu: the first one is the button that is always in sight."""
    page = context.get("page")
    if context["view"] != "edit" or page is None:
        return
    decisions = decisions_of(page, request.user)
    if not decisions:
        return
    kept = [item for item in items if item.name not in NOT_FOR_REVIEWERS and not isinstance(item, WorkflowMenuItem)]
    offered = [ReviewMenuItem(name, label, ask, icon_name=ICONS[name]) for name, label, ask in decisions]
    items[:] = [*offered, *kept]


def decide_on_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Takes the decision without the form: Wagtail saves the page together with it, and a locked page never saves."""
    if request.method != "POST":
        return None
    decisions = {name for name, _label, _ask in decisions_of(page, request.user)}
    if decisions and request.POST.get("action-cancel-workflow"):
        raise PermissionDenied(_("审查人不能取消流程：请通过或者退回。"))
    action = request.POST.get("workflow-action-name", "")
    if not request.POST.get("action-workflow-action") or action not in decisions:
        return None
    state = page.current_workflow_task_state
    if request.POST.get("loaded_revision_id") != str(state.revision_id):
        messages.error(request, _("打开页面以后正文有变动，未办理。请重新查看。"))
        return redirect("wagtailadmin_pages:edit", page.pk)
    task = state.task.specific
    form = task.get_form_for_action(action)(_extra_data(request))
    if not form.is_valid():
        messages.error(request, _("意见填写不符合要求，未办理。"))
        return redirect("wagtailadmin_pages:edit", page.pk)
    try:
        task.on_action(state, request.user, action, **form.cleaned_data)
    except PersonalDataFound as found:
        messages.error(request, _("本页有 %(count)d 处未处理的个人信息，未办理。") % {"count": len(found.findings)})
        return redirect("personal_data", page.pk)
    done = _("已退回采编。") if action == "reject" else _("已通过本环节。")
    messages.success(request, f"{page.get_admin_display_title()}：{done}")
    return redirect("wagtailadmin_home")  # the page is no longer this person's to open


def _extra_data(request: HttpRequest) -> dict[str, Any]:
    """What the comment's dialogue collected; an unreadable answer is an empty one."""
    try:
        data = json.loads(request.POST.get("workflow-action-extra-data") or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}

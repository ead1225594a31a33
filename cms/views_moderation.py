"""Comments in the editors' admin 意见办理: an editor drafts the answer, a publisher shows both."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import comments
from cms.comment_forms import ReplyForm, SetAsideForm
from cms.models import ConsultationComment
from integrity import access
from integrity.choices import Role
from integrity.exceptions import NotAdmitted, ReasonedRefusal

PER_PAGE = 20
READERS = (Role.EDITOR, Role.SECRECY_REVIEWER, Role.PUBLISHER)


def _roles(request: HttpRequest) -> set[str]:
    """The roles of today; without one of these three the pages are not there."""
    roles = set(access.roles_of(request.user))  # type: ignore[arg-type]  # the admin lets nobody else in
    if not roles & {role.value for role in READERS}:
        raise NotAdmitted
    return roles


@require_safe
def comments_list(request: HttpRequest) -> HttpResponse:
    """What waits first, then what was shown; what was set aside last."""
    roles = _roles(request)
    rows = ConsultationComment.objects.standing(timezone.localdate()).select_related("consultation")
    rows = rows.order_by("removed_on", "shown_on", "received_on", "ref")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    told = {
        "page_obj": page,
        "editor": Role.EDITOR.value in roles,
        "publisher": Role.PUBLISHER.value in roles,
        "reviewer": bool(roles & {Role.PUBLISHER.value, Role.SECRECY_REVIEWER.value}),
        "reply_form": ReplyForm(),
        "aside_form": SetAsideForm(),
    }
    return render(request, "cms/admin/comments.html", told)


@require_POST
def act_on_comment(request: HttpRequest, ref: Any, act: str) -> HttpResponse:
    _roles(request)
    comment = get_object_or_404(ConsultationComment, pk=ref)
    try:
        _do(request, comment, act)
    except ReasonedRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已办理。"))
    return redirect("consultation_comments")


def _do(request: HttpRequest, comment: ConsultationComment, act: str) -> None:
    by: Any = request.user
    day = timezone.localdate()
    if act == "show":
        comments.show(comment=comment, by=by, on=day)
        return
    form = ReplyForm(request.POST) if act == "answer" else SetAsideForm(request.POST)
    if not form.is_valid():
        raise ReasonedRefusal("form", _("填写不完整，未办理。"))
    if act == "answer":
        comments.answer(comment=comment, by=by, **form.cleaned_data)
    else:
        comments.set_aside(comment=comment, by=by, on=day, **form.cleaned_data)


urlpatterns: list[URLPattern] = [
    path("comments/", comments_list, name="consultation_comments"),
    *(
        path(f"comments/<uuid:ref>/{act}/", act_on_comment, {"act": act}, name=f"consultation_comment_{act}")
        for act in ("answer", "show", "aside")
    ),
]

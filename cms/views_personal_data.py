"""Pages of the check in the editors' admin 个人信息检查页面: findings of a page, and the reviewed list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from cms.models import ReviewedText
from cms.permissions import sections_of
from cms.personal_data.checking import findings_of
from cms.personal_data.deciding import decide_text, end_text, let_stand, may_decide, propose_text, under_review
from integrity import access
from integrity.choices import Role
from integrity.exceptions import ActRefused

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[ReviewedText]
else:
    _ModelForm = forms.ModelForm


def _readable(request: HttpRequest, page: Page) -> bool:
    """Whoever may edit the page or has a step of it to take."""
    if page.permissions_for_user(request.user).can_edit():
        return True
    task = page.current_workflow_task
    return bool(task and task.specific.get_actions(page, request.user))


@require_http_methods(["GET", "POST"])
def findings(request: HttpRequest, page_id: int) -> HttpResponse:
    """Findings of the text under review, each with its place; the secrecy reviewer decides here."""
    page = Page.objects.filter(pk=page_id).first()
    if page is None or not _readable(request, page):
        raise Http404
    page = page.specific
    account: Any = request.user
    if request.method == "POST":
        given = request.POST
        try:
            let_stand(
                page=page,
                kind=given.get("kind", ""),
                key=given.get("key", ""),
                by=account,
                reason=given.get("reason", ""),
            )
            messages.success(request, _("已放行，理由已保存。"))
        except ActRefused as refused:
            messages.error(request, str(refused))
        return redirect("personal_data", page.pk)
    context = {"page": page, "findings": findings_of(under_review(page)), "decides": may_decide(page, account)}
    return render(request, "cms/admin/findings.html", context)


class ProposalForm(_ModelForm):
    """A proposed entry; where it holds is one of the proposer's own sections."""

    below = forms.ModelChoiceField(queryset=Page.objects.none(), label=gettext_lazy("适用的栏目"), empty_label=None)

    class Meta:
        model = ReviewedText
        fields = ("kind", "text", "office", "reason", "below", "valid_to")
        widgets = {"valid_to": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, pages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = self.fields["below"]
        if isinstance(below, forms.ModelChoiceField):
            below.queryset = pages


@require_http_methods(["GET", "POST"])
def reviewed_list(request: HttpRequest) -> HttpResponse:
    """The reviewed list of the own sections: propose, accept, end."""
    account: Any = request.user
    pages = Page.objects.filter(pk__in=[section.page_id for section in sections_of(account)])
    form = ProposalForm(request.POST if "propose" in request.POST else None, pages=pages)
    if request.method == "POST":
        try:
            if _act(request, account, form, pages):
                return redirect("personal_data_list")
        except ActRefused as refused:
            messages.error(request, str(refused))
    roles = access.roles_of(account)
    context = {
        "entries": ReviewedText.objects.filter(below__in=pages).select_related("proposed_by", "decided_by", "below"),
        "form": form if Role.EDITOR in roles else None,
        "decides": Role.SECRECY_REVIEWER in roles,
    }
    return render(request, "cms/admin/reviewed_list.html", context)


def _act(request: HttpRequest, account: Any, form: ProposalForm, pages: Any) -> bool:
    if "propose" in request.POST:
        if not form.is_valid():
            return False
        propose_text(**form.cleaned_data, by=account)
        messages.success(request, _("已提出，待另一人核准。"))
        return True
    entry = get_object_or_404(ReviewedText, pk=request.POST.get("entry") or 0, below__in=pages)
    if "end" in request.POST:
        end_text(entry=entry, by=account)
    else:
        decide_text(entry=entry, accepted="accept" in request.POST, by=account)
    return True

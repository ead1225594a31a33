"""Comments on major decisions for everybody 公众意见: a form without account or trace; a receipt, shown once."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms import comments
from cms.comment_forms import CommentForm, TakeBackForm
from cms.frame import public_frame
from cms.models import MajorDecisionPage
from integrity.exceptions import ReasonedRefusal


def _open(pk: int) -> MajorDecisionPage:
    """The consultation, while the public may read it and comments are asked for; otherwise there is none."""
    day = timezone.localdate()
    row: MajorDecisionPage | None = MajorDecisionPage.objects.shown(day).filter(pk=pk).first()
    if row is None or not row.takes_comments(day):
        raise Http404
    return row


@csrf_exempt  # there is no session whose rights a foreign page could use, and no cookie to hold a token
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    consultation, day = _open(pk), timezone.localdate()
    form = CommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = {name: form.cleaned_data[name] for name in ("standpoint", "text")}
            _row, code = comments.receive(consultation=consultation, on=day, **given)
        except ReasonedRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _page(request, "cms/comment_received.html", consultation=consultation, code=code)
    told = {"consultation": consultation, "form": form, "keep_months": comments.keep_months(day)}
    return _page(request, "cms/comment_form.html", status=422 if form.errors else 200, **told)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether there was such a comment or not."""
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        comments.take_back(code=form.cleaned_data["code"], on=timezone.localdate())
    return _page(request, "cms/comment_back.html", form=TakeBackForm() if asked else form, asked=asked)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, template, public_frame(request) | context, status=status)
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response

"""Surveys for the public 满意度调查: the questionnaire, and the figures once a survey is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.frame import public_frame
from cms.service.forms import AnswerForm
from integrity.choices import SurveyMode
from integrity.exceptions import ReasonedRefusal
from integrity.identifiers import keyed_digest
from integrity.models import Survey
from integrity.surveys.answers import answer
from integrity.surveys.chart import chart_of
from integrity.surveys.figures import figures_of, targets, trend

#: Answers of one address in an hour, counted in memory alone: an office shares one, a program has enough of it.
MOST_AN_HOUR = 60
_ANSWERED = "1"  # the same in every browser: the cookie says that this device has answered, and nothing else


def _render(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"cms/service/{template}.html", public_frame(request) | context, status=status)


@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """Open surveys, and the satisfaction of the years with the plan's targets 历年满意度."""
    today = timezone.localdate()
    shown = list(Survey.objects.shown(today).select_related("authority"))
    told, goals = trend(today), targets(today)
    context = {
        "open_ones": [one for one in shown if one.open_on(today)],
        "over": list(reversed(told)),
        "targets": goals,
        "chart": chart_of(told, [(year, percent) for year, percent, _row in goals]),
    }
    return _render(request, "surveys", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One survey: its questions while it is open, its figures when it is over 问卷与结果."""
    today = timezone.localdate()
    row = Survey.objects.shown(today).select_related("authority").filter(ref=ref).first()
    if row is None:
        raise Http404
    if row.over_on(today):
        figures = figures_of(row, today)
        return _render(request, "survey_result", {"survey": row, "figures": figures, "targets": targets(today)})
    name = f"survey-{row.ref.hex[:12]}"
    if row.mode == SurveyMode.DEVICE and request.COOKIES.get(name) == _ANSWERED:
        return _render(request, "survey_thanks", {"survey": row, "again": True})
    form = AnswerForm(request.POST or None, survey=row)
    if request.method != "POST" or not form.is_valid():
        return _render(request, "survey", {"survey": row, "form": form}, 422 if request.method == "POST" else 200)
    try:
        _slow_down(request)
        answer(survey=row, **form.cleaned_data)
    except ReasonedRefusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _render(request, "survey", {"survey": row, "form": form}, 422)
    response = _render(request, "survey_thanks", {"survey": row, "again": False}, 201)
    if row.mode == SurveyMode.DEVICE:
        left = row.closes_on - today + timedelta(days=1)
        response.set_cookie(
            name, _ANSWERED, max_age=left, path=request.path, secure=settings.CSRF_COOKIE_SECURE, httponly=True,
            samesite="Lax",
        )  # fmt: skip
    return response


def _slow_down(request: HttpRequest) -> None:
    """A program that answers by itself is stopped; the address is a digest in memory for an hour, never stored."""
    key = "survey:" + keyed_digest(request.META.get("REMOTE_ADDR", ""), purpose="survey-address")
    cache.add(key, 0, 3600)
    if cache.incr(key) > MOST_AN_HOUR:
        raise ReasonedRefusal("too_many", _("来自同一网络的答卷过多，请一小时后再试"))

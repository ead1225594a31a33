"""The register 执业信用公示: one question, and one published record; everything asked of the rows as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.asking import wait_of
from cms.frame import public_frame
from cms.register_search import RegisterSearchForm
from cms.statistics import SMALL_CELL, published_counts
from integrity import projection
from integrity.choices import PublicationState, WithdrawalReason
from integrity.models import Publication
from integrity.removals import GROUNDS_TOLD


def _about_persons(response: HttpResponse) -> HttpResponse:
    """Not for search engines, not for caches: a copy would outlive the term (H5)."""
    response["X-Robots-Tag"] = "noindex, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Without a question: what is public, in figures. With one: the records that fit it."""
    asked = bool({"name", "licence_no", "document_no", "unit", "profession"} & set(request.GET))
    form = RegisterSearchForm(request.GET if asked else None)
    context: dict[str, Any] = public_frame(request) | {"form": form, "small_cell": SMALL_CELL}
    wait = 0
    if asked and form.is_valid():
        wait = wait_of(request)
        if not wait:
            context["answer"] = form.answer(timezone.localdate())
    else:
        context["counts"] = published_counts()
    context["wait_minutes"] = -(-wait // 60)
    response = _about_persons(render(request, "cms/register.html", context, status=429 if wait else 200))
    if wait:
        response["Retry-After"] = str(wait)
    return response


@require_safe
def publication(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One published record 公示页, while its term runs; afterwards a tombstone that names nobody."""
    today = timezone.localdate()
    row = Publication.objects.current(today).select_related("authority", "profession").filter(ref=ref).first()
    if row is None:
        return _about_persons(_tombstone(request, ref))
    context = public_frame(request) | {
        "publication": row,
        "fields": [
            {"label": label, "value": value, "wide": key in {"content", "basis", "note"}}
            for key, label, value in projection.shown(row.projection)
        ],
        "is_penalty": row.penalty_id is not None,
    }
    return _about_persons(render(request, "cms/publication.html", context))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is told of a record no longer public 撤下说明: nobody's name, no ground that tells of a person."""

    reason: str
    suspended: bool


def tombstone_of(ref: UUID) -> Tombstone | None:
    """Of what was public once; what never was is as absent as what does not exist."""
    today = timezone.localdate()
    once_public = Q(published_by__isnull=False, starts_on__lte=today)
    row = (
        Publication.objects.filter(once_public, ref=ref)
        .values("state", "ends_on", "withdrawn_at", "withdrawal_reason")
        .first()
    )
    if row is None:
        return None
    reason = ""
    if row["state"] in PublicationState.shown():
        reason = str(WithdrawalReason.EXPIRED.label)  # the job has not run yet; the date has passed all the same
    elif row["withdrawal_reason"] in GROUNDS_TOLD:
        reason = str(WithdrawalReason(row["withdrawal_reason"]).label)
    return Tombstone(reason, suspended=row["state"] == PublicationState.SUSPENDED)


def _tombstone(request: HttpRequest, ref: UUID) -> HttpResponse:
    """410 for what was public once, else 404."""
    stone = tombstone_of(ref)
    if stone is None:
        raise Http404
    context = public_frame(request) | {"reason": stone.reason, "suspended": stone.suspended}
    return render(request, "cms/publication_gone.html", context, status=410)

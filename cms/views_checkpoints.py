"""Checkpoints of the ledger 检查点公示: every reader is a witness. Numbers and signatures, no person."""

from __future__ import annotations

from typing import Any

from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.frame import public_frame
from integrity.ledger.checkpoints import trusted_keys
from integrity.models import LedgerCheckpoint, LedgerTimestamp

PAGE_SIZE = 50
IN_FEED = 100


@require_safe
@cache_control(max_age=60)
def checkpoints(request: HttpRequest) -> HttpResponse:
    """What was signed and when, the newest first, with the public keys to check it by."""
    page = Paginator(LedgerCheckpoint.objects.order_by("-id").select_related("timestamp"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "cms/checkpoints.html", public_frame(request) | {"page": page, "keys": trusted_keys()})


@require_safe
@cache_control(max_age=3600)
def one_checkpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """A checkpoint with the proof that it grows out of the one before."""
    row = LedgerCheckpoint.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    before = LedgerCheckpoint.objects.filter(pk__lt=pk).order_by("-id").first()
    told: dict[str, Any] = {"checkpoint": row.note, "previous": before.note if before else None, "proof": row.proof}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
@cache_control(max_age=3600)
def one_timestamp(request: HttpRequest, pk: int) -> HttpResponse:
    """The authority's token over a checkpoint's note, for `openssl ts -verify`."""
    kept = LedgerTimestamp.objects.filter(checkpoint_id=pk).first()
    if kept is None:
        raise Http404
    return HttpResponse(bytes(kept.token), content_type="application/timestamp-reply")


class CheckpointFeed(Feed[LedgerCheckpoint, None]):
    """The same as a feed, for those who keep copies."""

    feed_type = Atom1Feed
    title = gettext_lazy("存证检查点")
    description_template = None

    def link(self) -> str:
        return reverse("site:checkpoints")

    def items(self) -> Any:
        return LedgerCheckpoint.objects.order_by("-id")[:IN_FEED]

    def item_title(self, item: LedgerCheckpoint) -> str:
        return _("%(size)d 条存证") % {"size": item.size}

    def item_description(self, item: LedgerCheckpoint) -> str:
        return item.note

    def item_link(self, item: LedgerCheckpoint) -> str:
        return reverse("site:checkpoint_proof", args=[item.pk])

    def item_updateddate(self, item: LedgerCheckpoint) -> Any:
        return item.at

"""The newest checkpoint 最新检查点, for machines: `/.well-known/integrity-checkpoint`. No session, no person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from integrity.models import LedgerCheckpoint
from integrity.views.frame import absent


@require_safe
@cache_control(max_age=60)
def newest(request: HttpRequest) -> HttpResponse:
    """The signed note as it is; absent before the first one was signed."""
    note = LedgerCheckpoint.objects.order_by("-id").values_list("note", flat=True).first()
    return HttpResponse(note, content_type="text/plain; charset=utf-8") if note else absent(request)

"""Deletion by rule 按期限删除 (H7; 个人信息保护法 47): the key of a request goes, and with it its words everywhere."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from integrity.choices import RuleKind
from integrity.models import InformationRequest, LookupAttempt, RequestKey, recording
from integrity.rules import rule
from integrity.workdays import years_before


@transaction.atomic
def delete_due(day: date) -> int:
    """Requests whose time is over lose their contents; dates, kinds and states stay for the figures."""
    row = rule(RuleKind.RETENTION, "information_request", day)
    last = years_before(day, int(row.parameters["years"]))
    rows = InformationRequest.objects.unscoped(reason="按保存期限删除申请人信息")
    due = list(rows.filter(done_on__lte=last, erased_on__isnull=True))
    for request in due:
        RequestKey.objects.filter(request=request).delete()
        request.sealed, request.reply_sealed, request.erased_on = b"", None, day
        with recording(by=None, reason=f"按期限删除：{row.text}"[:300], document=str(row.basis)):
            request.save()
    return len(due)


def forget_attempts() -> int:
    """Failed look-ups of more than a day ago say nothing to anybody any more."""
    gone, _by_model = LookupAttempt.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()
    return gone

"""The signer is away 签名中断: told to the system administrator, and after a while no closed file is written (B8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.exceptions import ActRefused
from integrity.models import LedgerEntry


def waiting_since() -> datetime | None:
    """How long the oldest leaf has had no place, None when every leaf has one."""
    oldest: datetime | None = (
        LedgerEntry.objects.filter(position__isnull=True).order_by("id").values_list("at", flat=True).first()
    )
    return oldest


def alarm() -> str:
    """Words for the status page when leaves have waited longer than the signer should take, else empty."""
    since = waiting_since()
    if since is None or timezone.now() - since <= timedelta(minutes=settings.LEDGER_ALARM_MINUTES):
        return ""
    return _("签名程序未运行：有存证自 %(since)s 起未进入检查点") % {
        "since": f"{timezone.localtime(since):%Y-%m-%d %H:%M}"
    }


def refuse_when_unsigned() -> None:
    """Stop writing closed files once nobody has signed for too long; asked whenever a leaf of one is written."""
    hours = settings.LEDGER_STOP_AFTER_HOURS
    if not hours:
        return
    since = waiting_since()
    if since is not None and timezone.now() - since > timedelta(hours=hours):
        raise ActRefused("ledger_unsigned", _("存证签名已停止超过规定时间，暂停办理；请联系系统管理员"))

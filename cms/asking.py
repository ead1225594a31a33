"""Limit of questions for persons 查询频次限制 (domain §14): by network address, which is kept nowhere.

Page, register and interface count alike, and a question that finds nobody counts as one that does: names are not to be
tried out one after another. Disclosures are asked for without limit.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from datetime import date
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from cms.models.asking import AskingCount
from integrity.identifiers import keyed_digest

log = logging.getLogger("cms")
#: Of IPv6 a household or an office has a whole network, and may change the rest of the address at will.
_IPV6_NETWORK = 64


def wait_of(request: HttpRequest) -> int:
    """Count one question for persons; the seconds to wait before it may be answered, or 0."""
    now, waits = time.time(), [0]
    for seconds, most in settings.PERSON_SEARCH_LIMITS:
        if most and _count(digest_of(request, seconds, now)) > most:
            waits.append(int(seconds - now % seconds) + 1)
    return max(waits)


def network_of(address: str) -> str:
    """The address, or the network that one subscriber has; what is no address counts as it is written."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return str(ip_network((known, _IPV6_NETWORK), strict=False)) if isinstance(known, IPv6Address) else str(known)


def digest_of(request: HttpRequest, seconds: int, now: float) -> str:
    """What a question counts under, in this stretch of so many seconds."""
    key = keyed_digest(timezone.localdate().isoformat(), purpose="asking-day")
    told = f"{seconds} {int(now // seconds)} {network_of(request.META.get('REMOTE_ADDR', ''))}"
    return hmac.new(bytes.fromhex(key), told.encode(), hashlib.sha256).hexdigest()


def _count(digest: str) -> int:
    """One more under this digest: in the database, so that every process counts alike."""
    try:
        return _counted(digest, timezone.localdate())
    except DatabaseError:
        # A process that may not write (a copy of the database) counts by itself: less strict, never without a limit.
        log.exception("questions for persons are counted in this process alone")
        cache.add(digest, 0, 24 * 3600)
        return int(cache.incr(digest))


def _counted(digest: str, today: date) -> int:
    row = AskingCount.objects.filter(digest=digest)
    with transaction.atomic():
        if not row.update(count=F("count") + 1):
            _begin(digest, today)
            row.update(count=F("count") + 1)
        return int(row.values_list("count", flat=True).get())


def _begin(digest: str, today: date) -> None:
    """A new address or a new stretch; what was counted before today is forgotten, no job needs to run."""
    AskingCount.objects.filter(day__lt=today).delete()
    try:
        with transaction.atomic():
            AskingCount.objects.create(digest=digest, day=today)
    except IntegrityError:
        pass  # another process was first

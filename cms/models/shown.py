"""What of the disclosures is public at this moment 公开中: one predicate, asked by every door when it is read (H5)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from cms.vocabulary import Validity


class DisclosureQuerySet(PageQuerySet):
    """Disclosures by what a reader asks for; all that depends on a day is a predicate, so that no job can be late."""

    def shown(self, day: date | None = None) -> Self:
        """Live, for everybody, begun and not over, not withdrawn, and what it cites still published."""
        today = day or timezone.localdate()
        found: Self = self.live().public().filter(due(today)).filter(still_cited(today)).exclude(withdrawn(today))
        return found

    def valid_as(self, validity: str, day: date) -> Self:
        not_yet = Q(in_force_from__gt=day)
        over = Q(in_force_to__lt=day)
        condition = {
            Validity.PENDING.value: not_yet,
            Validity.ENDED.value: over & ~not_yet,
            Validity.IN_FORCE.value: ~(Q(in_force_from__isnull=False) & not_yet)
            & (Q(in_force_to__isnull=True) | Q(in_force_to__gte=day)),
        }[validity]
        found: Self = self.filter(condition)
        return found

    def latest_first(self) -> Self:
        ordered: Self = self.order_by("-generated_on", "-page_ptr_id")
        return ordered


DisclosureManager = PageManager.from_queryset(DisclosureQuerySet)


def due(day: date) -> Q:
    """Days and moments written on the page itself."""
    now = timezone.now()
    return (
        (Q(published_on__isnull=True) | Q(published_on__lte=day))
        & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        & (Q(go_live_at__isnull=True) | Q(go_live_at__lte=now))
        & (Q(expire_at__isnull=True) | Q(expire_at__gt=now))
    )


def still_cited(day: date) -> Q:
    """A page that stands and falls with one publication goes with it (design §2)."""
    from integrity.models import Publication  # the pages load before the records

    current = Publication.objects.current(day).filter(ref=OuterRef("cited_ref"))
    return Q(cited_ref__isnull=True) | Q(Exists(current.order_by()))


def withdrawn(day: date) -> Exists:
    """A live notice of withdrawal takes its document away from every door, from its day on."""
    notices = apps.get_model("cms", "CorrectionPage").objects.live()
    return Exists(notices.filter(withdraws=True, effective_on__lte=day, target=OuterRef("pk")).order_by())

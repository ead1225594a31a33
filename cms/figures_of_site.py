"""What this site can count itself for the yearly report 本站统计: documents of the catalogue, published records."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from cms.figures import Asked, Number, register
from cms.vocabulary import Subject


def documents_on_rules(asked: Asked) -> dict[str, Number]:
    """Normative documents of the catalogue: made and ended within the year, and in force at its end."""
    from cms.models import DisclosurePage

    first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
    rows = DisclosurePage.objects.live().public().filter(subject=Subject.RULES, issuer=asked.issuer)
    rows = rows.filter(translation_of__isnull=True)  # a translation is no second document
    begun = rows.filter(Q(in_force_from__isnull=True) | Q(in_force_from__lte=last), generated_on__lte=last)
    return {
        "rules.documents.made": rows.filter(generated_on__range=(first, last)).count(),
        "rules.documents.repealed": rows.filter(in_force_to__range=(first, last)).count(),
        "rules.documents.valid": begun.filter(Q(in_force_to__isnull=True) | Q(in_force_to__gt=last)).count(),
    }


def published_records(asked: Asked) -> dict[str, Number]:
    """Records that this organ published in the year; withdrawn since or not, the decision was made public."""
    from integrity.models import Publication

    told = Publication.objects.filter(published_at__year=asked.year, authority__name=asked.issuer)
    return {
        "licensing.licences.decided": told.filter(licence__isnull=False).count(),
        "penalties.penalties.decided": told.filter(penalty__isnull=False).count(),
    }


def connect() -> None:
    register("cms.documents", documents_on_rules)
    register("cms.publications", published_records)

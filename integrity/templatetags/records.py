"""Template tags of the record pages: addresses of rows by what they are."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.simple_tag
def work_url(item: Any) -> str:
    """Where a row of the worklist opens; empty while that part of the site is not installed."""
    try:
        if item.label == "integrityfile":
            return reverse("staff:file", args=[item.ref])
        if item.label in ("decision", "penalty"):
            return reverse(f"staff:{item.label}", args=[item.ref])
        return reverse("staff:part", args=[item.label, item.ref])
    except NoReverseMatch:
        return ""

"""The tab of history 历史 of a file and of a practitioner's record, and what it lends to their timelines."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.choices import Act
from integrity.models import PARTS, IntegrityFile
from integrity.versions import Version, versions_of
from integrity.views.base import StaffView
from integrity.views.paging import make_place, read_place


def history_tab(view: StaffView, holder: Any) -> dict[str, Any]:
    """A page of the versions that this reader may see, each with its row's page and, of a file, its receipt."""
    place = read_place(view.request.GET.get("after", ""))
    found, older = versions_of(holder, view.scope(Act.READ), place)
    kind, receipts = ("file", True) if isinstance(holder, IntegrityFile) else ("practitioner", False)
    return {
        "versions": [
            (
                version,
                row_url(version.label, version.ref),
                reverse("staff:file_receipt", args=[holder.ref, version.table, version.history_id]) if receipts else "",
            )
            for version in found
        ],
        "later": place is not None,
        "older": make_place(older) if older is not None else "",
        "compared_url": reverse(f"staff:{kind}_compared", args=[holder.ref]),
        "on_day_url": reverse(f"staff:{kind}_on_day", args=[holder.ref]),
    }


def row_url(label: str, ref: Any) -> str:
    """The page of a row named by its model."""
    if label in ("decision", "penalty"):
        return reverse(f"staff:{label}", args=[ref])
    if label in {str(model._meta.model_name) for model, _grade in PARTS}:
        return reverse("staff:part", args=[label, ref])
    return ""


def proof_entry(version: Version) -> dict[str, Any]:
    """An exchanged basis or document on a timeline 依据与文书变更."""
    (change,) = version.changes
    day = timezone.localtime(version.at).date()
    words = {"old": change.old or "—", "new": change.new or "—"}
    return {
        "on": day, "title": _("%(what)s变更：%(decision)s") % {"what": change.label, "decision": version.what},
        "text": _("%(old)s → %(new)s") % words, "icon": "arrow-repeat", "actor": version.by,
        "document": version.document or version.reason, "url": row_url(version.label, version.ref),
    }  # fmt: skip

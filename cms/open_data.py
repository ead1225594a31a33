"""Open data 开放数据: built from the rows of this moment; what was withdrawn is in no file of the next request."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import override

from cms import compliance
from cms.feeds import due, without_names
from integrity.choices import WithdrawalReason
from integrity.models.removals import Removal, RemovalKind

Row = dict[str, Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
OTHER_GROUND = "其他法定事由"


def disclosures() -> Iterator[Row]:
    """The catalogue 政府信息公开目录 (条例 12); entries that name a cited person stay out."""
    for page in without_names(list(due().latest_first())):
        yield {
            "index_number": page.index_number,
            "title": page.title,
            "document_number": page.document_number,
            "issuer": page.issuer,
            "subject": page.subject,
            "generated_on": _iso(page.generated_on),
            "published_on": _iso(page.published_on),
            "in_force_from": _iso(page.in_force_from),
            "in_force_to": _iso(page.in_force_to),
            "summary": page.summary,
        }


def removal_lines() -> Any:
    """The removal log by day, kind, ground and unit, newest first."""
    return (
        Removal.objects.values("removed_on", "kind", "ground", "authority__name")
        .annotate(count=Count("id"))
        .order_by("-removed_on", "kind", "ground", "authority__name")
    )


def ground_words(ground: str) -> str:
    return str(WithdrawalReason(ground).label) if ground else OTHER_GROUND


def removals() -> Iterator[Row]:
    with override("zh-hans"):
        for line in removal_lines():
            yield {
                "removed_on": _iso(line["removed_on"]),
                "kind": str(RemovalKind(line["kind"]).label),
                "ground": ground_words(line["ground"]),
                "authority": line["authority__name"],
                "count": line["count"],
            }


def timeliness() -> Iterator[Row]:
    for measure, figures in (
        ("double_publicity", compliance.double_publicity()),
        ("disclosures", compliance.disclosures()),
    ):
        for figure in figures:
            yield {
                "measure": measure,
                "unit": figure.unit,
                "items": figure.items,
                "in_time": figure.in_time,
                "percent": figure.percent,
            }


#: Name of the file → its columns and its rows; nothing about a natural person is among them (domain §14).
DUMPS: dict[str, tuple[tuple[str, ...], Callable[[], Iterator[Row]]]] = {
    "disclosures": (
        ("index_number", "title", "document_number", "issuer", "subject", "generated_on", "published_on",
         "in_force_from", "in_force_to", "summary"), disclosures),
    "removals": (("removed_on", "kind", "ground", "authority", "count"), removals),
    "timeliness": (("measure", "unit", "items", "in_time", "percent"), timeliness),
}  # fmt: skip
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


def dump(name: str, form: str) -> bytes:
    """One file as it is now."""
    columns, rows = DUMPS[name]
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()).encode()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows():
        writer.writerow([_cell(row[column]) for column in columns])
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # spreadsheets of offices read UTF-8 by this mark alone


def digests() -> dict[str, str]:
    """File → SHA-256 of its bytes, for the manifest."""
    return {
        f"{name}.{form}": hashlib.sha256(dump(name, form)).hexdigest() for name in sorted(DUMPS) for form in FORMATS
    }


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""

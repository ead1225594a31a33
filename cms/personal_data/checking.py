"""Findings of a page 检查结果: what is in it, what the reviewed list lets pass, what a reviewer has decided already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models.personal_data import FindingDecision, ReviewedText
from cms.personal_data.names import heads_names, names_in, names_in_cell
from cms.personal_data.patterns import Hit, Kind, digits, masked, numbers_in, telephone
from cms.personal_data.pieces import Piece, own_pieces, pieces_of
from integrity.identifiers import keyed_digest
from integrity.models import Publication

#: Words around a finding that are shown with it, and that bind a decision: the same name elsewhere is asked anew.
AROUND = 24
TELEPHONES = frozenset({Kind.LANDLINE, Kind.OFFICE_PHONE})
#: Authors that programs write of themselves.
_PROGRAMS = frozenset({
    "administrator", "admin", "user", "microsoft", "microsoft office user", "microsoft corporation", "wps",
    "wps office", "kingsoft", "openpyxl", "python-docx", "unknown",
    "libreoffice", "chromium", "skia/pdf", "作者", "用户", "管理员",
})  # fmt: skip


@dataclass(slots=True)
class Finding:
    """Something found, where, and what was decided about it. `text` is shown to those who may read the page and is
    kept nowhere; `key` is its keyed digest."""

    kind: Kind
    text: str
    before: str
    after: str
    key: str
    places: list[str] = field(default_factory=list)
    decision: FindingDecision | None = None

    @property
    def hard(self) -> bool:
        return self.kind in Kind.hard()

    @property
    def open(self) -> bool:
        """Whether it still stands in the way."""
        return self.hard or self.decision is None

    @property
    def masked(self) -> str:
        return self.text if self.kind is Kind.UNREADABLE else masked(self.text)


class PersonalDataFound(PermissionDenied):
    """A page was refused for what it holds (政府信息公开条例 15); the words name places, never the data."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("；".join(told(findings)))


def told(findings: Iterable[Finding]) -> list[str]:
    """One line a finding: kind, masked, place."""
    return [
        _("%(kind)s %(masked)s：%(places)s")
        % {"kind": finding.kind.label, "masked": finding.masked, "places": "、".join(finding.places[:6])}
        for finding in findings
    ]


def findings_of(page: Page, rows: Iterable[Model] = ()) -> list[Finding]:
    """All findings of a page as it stands in memory (a form's, a revision's), the hard ones first."""
    allowed = _Allowed(page)
    found: dict[tuple[Kind, str], Finding] = {}
    for piece in pieces_of(page, rows):
        for finding in _of_piece(piece, allowed):
            known = found.setdefault((finding.kind, finding.key), finding)
            known.places.append(piece.place)
    decided = {(row.kind, row.key): row for row in FindingDecision.objects.filter(page_ref=page.pk or 0).order_by("pk")}
    for finding in found.values():
        if not finding.hard:
            finding.decision = decided.get((finding.kind.value, finding.key))
    return sorted(found.values(), key=lambda finding: (not finding.hard, finding.kind.value))


def refuse_numbers(page: Page) -> None:
    """At submission: what nobody may let pass stops the page here."""
    hard = [finding for finding in findings_of(page) if finding.hard]
    if hard:
        raise PersonalDataFound(hard)


def refuse_undecided(page: Page) -> None:
    """At the secrecy review and whatever follows it: nothing open may be left."""
    still_open = [finding for finding in findings_of(page) if finding.open]
    if still_open:
        raise PersonalDataFound(still_open)


class _Allowed:
    """What may stand on this page: reviewed telephones and officials; names of publications it cites as current."""

    def __init__(self, page: Page) -> None:
        today = timezone.localdate()
        self.today = today
        reviewed = list(ReviewedText.objects.in_force(page, today))
        self.phones = {telephone(row.text) for row in reviewed if row.kind == ReviewedText.Kind.PHONE}
        self.names = {row.text for row in reviewed if row.kind == ReviewedText.Kind.OFFICIAL}
        self.names |= set(_cited_names(page, today))
        self.once_shown = _names_once_shown(self.names)

    def admits(self, hit: Hit) -> bool:
        if hit.kind in TELEPHONES:
            return telephone(hit.text) in self.phones
        return hit.kind is Kind.NAME and hit.text in self.names


def _cited_names(page: Page, today: date) -> Iterator[str]:
    refs = set(_references(page))
    if refs:
        yield from Publication.objects.current(today).filter(ref__in=refs).values_list("name", flat=True)


def _references(page: Page) -> Iterator[UUID]:
    """References of publications in any block of any field: they are the only UUIDs that a piece consists of."""
    for piece in own_pieces(page):
        if len(piece.text) in (32, 36):
            with suppress(ValueError):
                yield UUID(piece.text)


def _names_once_shown(allowed: set[str]) -> set[str]:
    """Names of records that were public once; whoever types one is asked why (H5)."""
    shown = Publication.objects.filter(published_by__isnull=False).exclude(name="").values_list("name", flat=True)
    return {name for name in shown.iterator() if len(name) > 1} - allowed


def _of_piece(piece: Piece, allowed: _Allowed) -> Iterator[Finding]:
    if piece.unread:
        yield _finding(Hit(Kind.UNREADABLE, f"{piece.place} {piece.text}".strip(), 0, 0), Piece("", piece.place))
        return
    if not piece.text.strip() or _is_reference(piece.text):
        return
    for hit in _hits(piece, allowed):
        if not allowed.admits(hit):
            yield _finding(hit, piece)


def _is_reference(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _hits(piece: Piece, allowed: _Allowed) -> Iterator[Hit]:
    for hit in numbers_in(piece.text, today=allowed.today):
        if piece.office and hit.kind is Kind.LANDLINE:
            hit = Hit(Kind.OFFICE_PHONE, hit.text, hit.start, hit.end)
        yield hit
    if piece.author:
        name = piece.text.strip()
        if name.lower() not in _PROGRAMS:
            yield Hit(Kind.NAME, name, 0, len(name))
        return
    once_shown = {name for name in allowed.once_shown if name in piece.text}
    hits = names_in(piece.text, known=once_shown)
    if piece.column and heads_names(piece.column) and len(piece.text) <= 60:
        covered = [(hit.start, hit.end) for hit in hits]
        hits += [hit for hit in names_in_cell(piece.text) if not any(a < hit.end and hit.start < b for a, b in covered)]
    yield from hits


def _finding(hit: Hit, piece: Piece) -> Finding:
    before = piece.text[max(hit.start - AROUND, 0) : hit.start].replace("\n", " ")
    after = piece.text[hit.end : hit.end + AROUND].replace("\n", " ")
    same = hit.text if hit.kind in {Kind.NAME, Kind.UNREADABLE} else digits(hit.text)
    bound = f"{hit.kind}\0{same}\0{before}\0{after}"
    return Finding(hit.kind, hit.text, before, after, keyed_digest(bound, purpose="finding"))

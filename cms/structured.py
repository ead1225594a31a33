"""What a disclosure says in fields 结构化内容: facts, tables, a standing and a chart, one shape for every kind of page.

A page type says what it holds; one template shows it, the search reads it, and nobody types markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.templatetags.archive import date_zh

NONE = "—"


@dataclass(frozen=True)
class Standing:
    """How something stands on a day 状态: computed when it is read, never stored."""

    code: str
    label: Any
    tone: str = "neutral"
    icon: str = "circle"


@dataclass(frozen=True)
class Linked:
    """A cell that leads to a document or a page."""

    text: str
    url: str


@dataclass(frozen=True)
class Several:
    """A cell that leads to several documents."""

    links: tuple[Linked, ...]


Cell = Any  # str, Standing, Linked or Several; the template asks which


@dataclass(frozen=True)
class Fact:
    """One line of a page's head 要素: a label and what is said under it."""

    label: Any
    value: Cell
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """A table 表格 with caption and named columns. `searched`: its words may be found; people's rows never are (H7)."""

    caption: Any
    columns: Sequence[Any]
    rows: Sequence[Sequence[Cell]]
    row_heads: bool = True
    note: Any = ""
    searched: bool = True
    numeric: bool = False

    def labelled(self) -> list[list[tuple[Any, Cell]]]:
        """Each cell with its column's name, for a narrow screen where the head is out of sight."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, with its place on the drawing in whole units."""

    label: str
    value: Decimal
    words: str
    y: int
    width: int


@dataclass(frozen=True)
class Chart:
    """A bar chart 条形图 drawn from figures: the same figures stand in a table beside it, and in words within it."""

    title: Any
    unit: Any
    bars: Sequence[Bar]
    height: int = field(default=0)

    @property
    def words(self) -> str:
        """The text alternative 文字说明: every bar with its figure."""
        told = "；".join(f"{bar.label} {bar.words}" for bar in self.bars)
        return _("%(title)s，单位：%(unit)s。%(bars)s。") % {"title": self.title, "unit": self.unit, "bars": told}


LONGEST = 360  # of a drawing 640 wide, with the label above each bar and the figure behind it
STEP = 46


def chart(title: Any, unit: Any, figures: Iterable[tuple[str, Decimal]]) -> Chart | None:
    """Bars in proportion to the largest; nothing to draw without a positive figure."""
    given = [(label, value) for label, value in figures if value >= 0]
    most = max((value for _label, value in given), default=Decimal(0))
    if most <= 0:
        return None
    bars = [
        Bar(label, value, amount(value), STEP * place, max(1, int(value / most * LONGEST)))
        for place, (label, value) in enumerate(given)
    ]
    return Chart(title, unit, bars, STEP * len(bars))


def amount(value: Decimal | None) -> str:
    """A figure with separators and its own decimals: 12,345.60."""
    return NONE if value is None else f"{value:,}"


def day(value: date | None) -> str:
    return date_zh(value) or NONE


def span(start: date | None, end: date | None) -> str:
    """From–to, both inclusive 起止."""
    if start and end and start != end:
        return _("%(start)s至%(end)s") % {"start": day(start), "end": day(end)}
    return day(start or end)


def backwards(start: date | None, end: date | None) -> bool:
    """Whether both are given and the end comes first; a form that is not filled in yet has neither."""
    return start is not None and end is not None and end < start


def documents(chosen: Iterable[Any]) -> Cell:
    """The papers of a row as links; a paper that was deleted since is left out."""
    found = tuple(Linked(document.title, document.url) for document in chosen if document is not None)
    return Several(found) if found else NONE


def words_of(facts: Iterable[Fact], tables: Iterable[Table]) -> str:
    """The searchable words of facts and tables, one line each."""
    lines = [f"{fact.label} {said(fact.value)}" for fact in facts]
    for table in tables:
        if table.searched:
            lines.append(str(table.caption))
            lines += ["\t".join(said(cell) for cell in row) for row in table.rows]
    return "\n".join(lines)


def said(cell: Cell) -> str:
    """A cell in words, wherever no markup can stand."""
    if isinstance(cell, Standing):
        return str(cell.label)
    if isinstance(cell, Linked):
        return cell.text
    if isinstance(cell, Several):
        return " ".join(link.text for link in cell.links)
    return str(cell)


def today() -> date:
    return timezone.localdate()

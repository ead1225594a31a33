"""The outline of a text 目录: chapters and headings with stable addresses, computed from the blocks' order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.html import strip_tags

NAVIGATED_LEVELS = 2  # chapters and 一、: with the finer ones the list would be longer than the text's own pages


@dataclass
class Heading:
    """A heading with its address on the page; `tag` is its rank below the page's own title."""

    level: int
    anchor: str
    number: str
    text: str
    tag: str
    under: list[Heading] = field(default_factory=list)

    @property
    def title(self) -> str:
        gap = " " if self.number.endswith(("章", "节")) else ""
        return f"{self.number}{gap}{self.text}"


@dataclass
class Chapter:
    """A chapter: its heading (none before the first), its blocks in order, its neighbours."""

    heading: Heading | None
    parts: list[Part] = field(default_factory=list)
    previous: Heading | None = None
    next: Heading | None = None


@dataclass(frozen=True)
class Part:
    """One thing to show: a heading or a block."""

    heading: Heading | None = None
    block: Any = None


def outline(stream: Iterable[Any]) -> list[Chapter]:
    """Chapters of a stream of blocks; addresses are `s4-1-2`, the place of the heading among its like."""
    blocks = list(stream)
    levels = [int(block.value["level"]) for block in blocks if block.block_type == "heading"]
    top = min(levels, default=1)
    chapters = [Chapter(heading=None)]
    counts: list[int] = []
    open_headings: list[Heading] = []
    for block in blocks:
        if block.block_type != "heading":
            chapters[-1].parts.append(Part(block=block))
            continue
        depth = int(block.value["level"]) - top
        counts = [*counts[: depth + 1], *[0] * (depth + 1 - len(counts))]
        counts[depth] += 1
        heading = Heading(
            level=depth + 1,
            anchor="s" + "-".join(str(count) for count in counts),
            number=block.value["number"] or "",
            text=block.value["text"],
            tag=f"h{min(depth + 2, 6)}",
        )
        open_headings = [above for above in open_headings if above.level < heading.level]
        if open_headings and heading.level <= NAVIGATED_LEVELS:
            open_headings[-1].under.append(heading)
        open_headings.append(heading)
        if depth == 0:
            chapters.append(Chapter(heading=heading))
        else:
            chapters[-1].parts.append(Part(heading=heading))
    if not chapters[0].parts:
        del chapters[0]
    _link(chapters)
    return chapters


def _link(chapters: list[Chapter]) -> None:
    for before, after in pairwise(chapters):
        before.next = after.heading
        after.previous = before.heading


def plain_text(stream: Iterable[Any]) -> str:
    """The words of a stream of blocks, one block a line, without markup and without cited publications."""
    return "\n".join(words for block in stream for words in _words(block))


def _words(block: Any) -> Iterator[str]:
    value = block.value
    if block.block_type == "heading":
        yield f"{value['number'] or ''}{value['text']}"
    elif block.block_type == "paragraph":
        yield strip_tags(value.source)
    elif block.block_type == "table":
        yield value["caption"]
        yield "\t".join(value["columns"])
        for row in value["rows"]:
            yield "\t".join(row)
    elif block.block_type == "quotation":
        yield value["text"]
        if value["source"]:
            yield value["source"]
    elif block.block_type == "attachments":
        yield value["title"]
        for document in value["documents"]:
            if document is not None:
                yield document.title

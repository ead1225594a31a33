"""Every text of a page with its place 页面文字与位置: whatever its type, its blocks and its files are.

Nothing here knows a page type. Fields are walked by what they are, StreamField values by what they hold, child rows by
Wagtail's own list of them, and files by Wagtail's reference index: a page type that is added tomorrow is read too.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from PIL import Image, UnidentifiedImageError
from wagtail.blocks import ListBlock, StreamBlock, StructBlock
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.rich_text import RichText

from cms.personal_data.documents import Extract, extracts_of

#: Fields of Wagtail's own that no editor fills with prose; `title`, `slug` and the two for search engines are read.
_READ_OF_WAGTAIL = frozenset({"title", "slug", "seo_title", "search_description"})
_OFFICE = re.compile(
    r"(?:联系|咨询|监督|举报|投诉|值班|服务|办公|受理|公开)[^ ]{0,4}(?:电话|热线|方式|传真)|^(?:电话|传真|热线)$"
)


NOT_SHOWN = "wagtail_admin_comments"  # editors' notes to each other


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of the page. `column`: the head above it; `office`: an office's own field for its telephone;
    `author`: by its place a person's name; `unread`: nothing a machine can read, the text says why."""

    text: str
    place: str
    column: str = ""
    office: bool = False
    author: bool = False
    unread: bool = False


def pieces_of(page: Page, rows: Iterable[models.Model] = ()) -> Iterator[Piece]:
    """All of them: fields, blocks, child rows, then files. `rows` are child rows that a form holds and no table yet."""
    yield from own_pieces(page)
    children = [*_children(page), *rows]
    counts: Counter[str] = Counter()
    for row in children:
        label = str(row._meta.verbose_name)
        counts[label] += 1
        yield from _fields(row, f"{label} {counts[label]} › ", own=True)
    yield from _files([page, *rows])


def own_pieces(page: Page) -> Iterator[Piece]:
    """Fields and blocks alone."""
    yield from _fields(page, "", own=False)


def _children(page: Page) -> Iterator[models.Model]:
    for relation in get_all_child_relations(type(page)):
        if relation.get_accessor_name() != NOT_SHOWN:
            yield from getattr(page, relation.get_accessor_name()).all()


def _fields(row: models.Model, before: str, *, own: bool) -> Iterator[Piece]:
    wagtails = {field.name for field in Page._meta.get_fields()} - _READ_OF_WAGTAIL
    for field in row._meta.get_fields():
        if not isinstance(field, models.Field) or field.is_relation or (not own and field.name in wagtails):
            continue
        label = str(field.verbose_name)
        value = getattr(row, field.name, None)
        if hasattr(value, "stream_block"):
            yield from _stream(value, f"{before}{label}")
        elif isinstance(field, models.JSONField):
            yield from _anything(value, f"{before}{label}")
        elif isinstance(field, (models.CharField, models.TextField)) and isinstance(value, str) and not field.choices:
            text = plain(value) if "<" in value else value
            yield Piece(text, f"{before}{label}", column=label, office=bool(_OFFICE.search(label)))


# --- blocks ------------------------------------------------------------------------------------------------


def _stream(value: Any, before: str) -> Iterator[Piece]:
    for number, child in enumerate(value, start=1):
        label = str(child.block.label or child.block_type)
        where = _("%(before)s › 第 %(number)d 块 %(label)s") % {"before": before, "number": number, "label": label}
        yield from _block(child.block, child.value, where, label)


def _block(block: Any, value: Any, place: str, label: str, column: str = "") -> Iterator[Piece]:
    if value is None:
        return
    if isinstance(block, StructBlock):
        yield from _struct(block, value, place)
    elif isinstance(block, ListBlock):
        for number, item in enumerate(value, start=1):
            yield from _block(block.child_block, item, f"{place} {number}", label, column)
    elif isinstance(block, StreamBlock):
        yield from _stream(value, place)
    elif isinstance(value, RichText):
        yield Piece(plain(value.source), place, column=column)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        text = plain(str(value)) if "<" in str(value) else str(value)
        yield Piece(text, place, column=column or label, office=bool(_OFFICE.search(label)) and not column)
    elif not isinstance(value, models.Model):  # what a chooser chose is read as a file, or by its own page
        yield from _anything(_raw(block, value), place)


def _raw(block: Any, value: Any) -> Any:
    """What would be stored: of blocks nobody here has heard of, and of Wagtail's own tables."""
    return block.get_prep_value(value)


def _struct(block: StructBlock, value: Any, place: str) -> Iterator[Piece]:
    heads = [str(head) for head in value["columns"]] if {"columns", "rows"} <= set(block.child_blocks) else []
    for name, child in block.child_blocks.items():
        label = str(child.label or name)
        if heads and name == "rows":
            yield from _rows(value[name], heads, place)
        else:
            yield from _block(child, value.get(name), f"{place} › {label}", label)


def _rows(rows: Any, heads: list[str], place: str) -> Iterator[Piece]:
    """Cells of a table by row and column."""
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            where = _("%(place)s › 第 %(row)d 行第 %(column)d 列") % {"place": place, "row": number, "column": column}
            head = heads[column - 1] if column <= len(heads) else ""
            yield Piece(str(cell or ""), f"{where}（{head}）" if head else where, column=head)


def _anything(value: Any, place: str) -> Iterator[Piece]:
    """Every text in stored data, by its path; a list of lists is a table whose first line are its heads."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"id", "type"}:
                yield from _anything(inner, f"{place} › {key}")
    elif isinstance(value, (list, tuple)):
        lines = [line for line in value if isinstance(line, list)]
        if lines and len(lines) == len(value):
            yield from _rows(value, [str(head or "") for head in value[0]], place)
            return
        for number, inner in enumerate(value, start=1):
            yield from _anything(inner, f"{place} {number}")
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield Piece(plain(str(value)), place)


def plain(markup: str) -> str:
    """Words of rich text and the addresses of its links (tel:, mailto:); a tag between digits hides nothing."""
    links = " ".join(re.findall(r'href="((?:tel|mailto|https?|sms):[^"]*)"', markup))
    text = re.sub(r"</(?:p|li|h\d|td|th|tr|div)>|<br\s*/?>", "\n", markup)
    return unescape(re.sub(r"<[^>]+>", "", text) + (f"\n{links}" if links else ""))


# --- files -------------------------------------------------------------------------------------------------


def _files(rows: Iterable[models.Model]) -> Iterator[Piece]:
    """Documents and pictures that the page uses, in whatever field or block."""
    kinds = {ContentType.objects.get_for_model(model).pk: model for model in (get_document_model(), get_image_model())}
    seen: set[tuple[int, str]] = set()
    references = (found for row in rows for found in ReferenceIndex._extract_references_from_object(row))
    for kind, number, _model_path, _content_path in references:
        if kind in kinds and (kind, str(number)) not in seen:
            seen.add((kind, str(number)))
            file = kinds[kind].objects.filter(pk=number).first()
            if file is not None:
                yield from file_pieces(file)


def file_pieces(file: Any) -> Iterator[Piece]:
    """Title, name, words and metadata of one file."""
    name = str(file.filename)
    place = _("附件《%(title)s》") % {"title": file.title}
    yield Piece(str(file.title), f"{place} {_('标题')}")
    yield Piece(name.rpartition(".")[0], f"{place} {_('文件名')}")
    description = getattr(file, "description", "")
    if description:
        yield Piece(str(description), f"{place} {_('说明')}")
    for extract in _read(file, name):
        yield replace(_of_file(extract), place=f"{place} {extract.place}".strip())


def _of_file(extract: Extract) -> Piece:
    return Piece(extract.text, "", extract.column, author=extract.author, unread=extract.unread)


def _read(file: Any, name: str) -> list[Extract]:
    try:
        with file.file.open("rb") as handle:
            data: bytes = handle.read()
    except OSError:
        return [Extract(_("文件不在存储中"), "", unread=True)]
    if isinstance(file, get_image_model()):
        return _picture(data)
    return extracts_of(data, name)


def _picture(data: bytes) -> list[Extract]:
    """A picture is looked at by a person; its metadata a machine can read."""
    found = [Extract(_("图片须由人查看"), "", unread=True)]
    try:
        with Image.open(io.BytesIO(data)) as picture:
            told = picture.getexif()
    except (UnidentifiedImageError, OSError, ValueError):
        return found
    artist, described = told.get(0x013B), told.get(0x010E)
    if artist:
        found.append(Extract(str(artist), _("图片属性 作者"), author=True))
    if described:
        found.append(Extract(str(described), _("图片属性 说明")))
    if told.get_ifd(0x8825):
        found.append(Extract(_("图片属性含拍摄地点坐标"), "", unread=True))
    return found

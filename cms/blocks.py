"""Blocks of a page's text 正文组件: real headings and real tables, no free markup.

No block takes HTML, class names or styles from an editor: what a block can say is what its template says.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)
from wagtail.documents.blocks import DocumentChooserBlock

LEVELS = [
    ("1", _("章（第一章）")),
    ("2", _("节（一、）")),
    ("3", _("目（（一））")),
    ("4", _("条（1.）")),
    ("5", _("款（（1））")),
]
RICH_TEXT = ["bold", "link", "ol", "ul"]


class HeadingBlock(StructBlock):
    """A heading 标题 with its number as the document gives it; its address on the page follows from its place."""

    level = ChoiceBlock(choices=LEVELS, default="2", label=_("层级"))
    number = CharBlock(required=False, max_length=12, label=_("编号"), help_text=_("如：第一章、一、（一）"))
    text = CharBlock(max_length=200, label=_("标题文字"))

    class Meta:
        icon = "title"
        label = _("标题")


class TableBlock(StructBlock):
    """A table 表格 with a caption and named columns; cells are plain text."""

    caption = CharBlock(max_length=200, label=_("表题"))
    columns = ListBlock(CharBlock(max_length=60), min_num=1, max_num=8, label=_("列名"))
    rows = ListBlock(ListBlock(TextBlock(required=False, rows=2), label=_("单元格")), label=_("行"))
    row_heads = BooleanBlock(required=False, default=True, label=_("第一列是行标题"))

    class Meta:
        icon = "table"
        label = _("表格")
        template = "cms/blocks/table.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        width = len(cleaned["columns"])
        for position, row in enumerate(cleaned["rows"], start=1):
            if len(row) != width:
                message = _("第 %(row)d 行有 %(cells)d 格，应与列数 %(width)d 相同。") % {
                    "row": position,
                    "cells": len(row),
                    "width": width,
                }
                raise StructBlockValidationError(block_errors={"rows": ValidationError(message)})
        return cleaned


class QuotationBlock(StructBlock):
    """A quotation 引文 with its source."""

    text = TextBlock(label=_("引文"))
    source = CharBlock(required=False, max_length=200, label=_("出处"))

    class Meta:
        icon = "openquote"
        label = _("引文")
        template = "cms/blocks/quotation.html"


class AttachmentsBlock(StructBlock):
    """Attachments 附件: served to the public only while a live page lists them."""

    title = CharBlock(default=_("附件"), max_length=60, label=_("标题"))
    documents = ListBlock(DocumentChooserBlock(), min_num=1, label=_("文件"))

    class Meta:
        icon = "doc-full"
        label = _("附件")
        template = "cms/blocks/attachments.html"


def a_reference(value: str) -> None:
    """Refuse anything but the reference of a publication."""
    try:
        uuid.UUID(value)
    except ValueError as error:
        raise ValidationError(_("请填写公示编号（36 位，见公示页地址）。")) from error


class PublicationBlock(StructBlock):
    """A citation of a published record 引用公示: the page keeps the reference, never the name (design §2).

    What is shown is asked at the time of reading, so a withdrawal empties every page at once, and no revision of a
    page keeps what was withdrawn.
    """

    ref = CharBlock(min_length=32, max_length=36, validators=[a_reference], label=_("公示编号"))

    class Meta:
        icon = "link"
        label = _("引用公示")
        template = "cms/blocks/publication.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        from integrity.models import Publication  # the blocks are read while models load

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["publication"] = (
            Publication.objects.current(timezone.localdate())
            .select_related("authority", "profession")
            .filter(ref=value["ref"])
            .first()
        )
        return context


def prose_blocks() -> list[tuple[str, Any]]:
    """Blocks of a plain page."""
    return [
        ("heading", HeadingBlock()),
        ("paragraph", RichTextBlock(features=RICH_TEXT, label=_("段落"), icon="pilcrow")),
        ("table", TableBlock()),
        ("quotation", QuotationBlock()),
    ]


def disclosure_blocks() -> list[tuple[str, Any]]:
    """Blocks of a disclosed document."""
    return [
        *prose_blocks(),
        ("attachments", AttachmentsBlock()),
        ("publication", PublicationBlock()),
    ]

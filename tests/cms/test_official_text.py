"""The plan of 2014–2020 as a page: its chapters, its task tables, all of its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from cms.models import DisclosurePage
from cms.official_text import blocks_of
from cms.outline import outline

CHAPTERS = [
    "第一章 总则",
    "第二章 现状和形势",
    "第三章 指导思想和目标原则",
    "第四章 推进重点领域诚信体系建设",
    "第五章 加快信用信息系统建设",
    "第六章 促进社会信用体系运行机制建设",
    "第七章 加强专项工程和示范工程建设",
    "第八章 保障措施",
]
# Characters that the repost had lost, put back in cms/content/plan.txt.
RESTORED = {"6?14": "6·14", "12?4": "12·4", "\n二)流通": "\n(二)流通", "\n2)依据": "\n(2)依据", "\n2)建立": "\n(2)建立"}


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_headings_follow_the_numbering_of_official_documents() -> None:
    text = "第一章 总则\n一、目的\n(一)范围\n1.对象\n(1)公务员。包括参公人员。\n——依法推进。坚持。\n没有编号的一段。"
    blocks = blocks_of(text)
    assert [value["level"] for kind, value in blocks if kind == "heading"] == ["1", "2", "3", "4"]
    assert blocks[4] == ("paragraph", "<p><b>(1)公务员。</b>包括参公人员。</p>")
    assert blocks[5] == ("paragraph", "<p><b>——依法推进。</b>坚持。</p>")
    assert blocks[6] == ("paragraph", "<p>没有编号的一段。</p>")


def test_a_task_table_ends_where_the_years_end() -> None:
    (kind, table), after = blocks_of("专栏1 任务\n年份\n工作任务\n2015年\n甲\n2016年\n乙\n二、以后")
    assert kind == "table"
    assert table["columns"] == ["年份", "工作任务"]
    assert table["rows"] == [["2015年", "甲"], ["2016年", "乙"]]
    assert after[0] == "heading"


def test_a_decimal_is_no_heading() -> None:
    assert blocks_of("2.13万户企业建立了信用档案")[0][0] == "paragraph"


def test_markup_in_a_document_is_text() -> None:
    assert blocks_of("<script>")[0] == ("paragraph", "<p>&lt;script&gt;</p>")


def test_eight_chapters(plan: DisclosurePage) -> None:
    chapters = outline(plan.body)
    assert [chapter.heading.title for chapter in chapters if chapter.heading] == CHAPTERS
    anchors = [part.heading.anchor for chapter in chapters for part in chapter.parts if part.heading]
    assert len(anchors) == len(set(anchors))
    assert chapters[4].previous == chapters[3].heading
    assert chapters[-1].next is None


def test_five_task_tables_of_six_years(plan: DisclosurePage) -> None:
    tables = [block.value for block in plan.body if block.block_type == "table"]
    assert [table["caption"][:3] for table in tables] == ["专栏1", "专栏2", "专栏3", "专栏4", "专栏5"]
    years = [f"{year}年" for year in range(2015, 2021)]
    for table in tables:
        assert [row[0] for row in table["rows"]] == years
        assert all(len(row) == len(table["columns"]) and row[1] for row in table["rows"])


def test_no_word_of_the_content_file_is_lost(plan: DisclosurePage) -> None:
    source = (Path(settings.BASE_DIR) / "cms" / "content" / "plan.txt").read_text(encoding="utf-8")
    assert _letters(plan.full_text) == _letters(source)


@pytest.mark.real_data
def test_no_word_of_the_source_is_lost(plan: DisclosurePage) -> None:
    """Against the repost itself: its navigation lines and its link label go, nothing else."""
    source = (Path(settings.INTEGRITY_DATA) / "seed-plan" / "plan.txt").read_text(encoding="utf-8")
    for lost, restored in RESTORED.items():
        assert lost in source
        source = source.replace(lost, restored)
    navigation = re.compile(r"^(您所在的位置|发布时间|分享到|相关文章)")
    lines = [line for line in source.splitlines() if not navigation.match(line.strip())]
    assert _letters(plan.full_text) == _letters("".join(lines))

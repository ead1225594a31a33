"""Names of persons in a text 姓名: proposed by form, decided by a person.

Nobody is looked up among those on file: a check that knew them would tell an editor who is. Proposed are names beside
words that stand with names (姓名：, 同志), cells below a column of names, lists of names, names with an interpunct, and
names of publications that were shown once and that the page does not cite as current.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from cms.personal_data.patterns import Hit, Kind
from integrity.names import HAN, INTERPUNCT

_CUES_BEFORE = (
    "姓名|当事人|相对人|申请人|被申请人|投诉人|举报人|信访人|报告人|联系人|负责人|经办人|承办人|办案人员|执法人员|"
    "法定代表人|委托代理人|代理人|受害人|被害人|证人|患者|考生|学生|家长|监护人|录用人员|拟录用人员|当事医师|律师|"
    "作者|撰稿|审核人|签发人|处罚对象|被处罚人|户主|村民|居民|职工|嫌疑人|被告人|罪犯|会计|教师|医师|护士|导游|记者"
)
_CUES_AFTER = (
    "同志|先生|女士|同学|老师|医生|医师|护士|律师|教授|书记|局长|县长|市长|州长|省长|镇长|乡长|厅长|处长|科长|"
    "主任|院长|校长|队长|所长|会计|法官|检察官|公证员|等人|之妻|之夫|之子|之女|本人"
)
_COLUMNS = re.compile(
    r"姓\s*名|联系人|当事人|相对人(?:名称)?|申请人|负责人|经办人|法定代表人|考生|人员|户主|name", re.IGNORECASE
)
_MASKED = re.compile(r"[某×*＊○〇□■X]")


@cache
def words() -> frozenset[str]:
    """Words that begin like a surname and stand in officialese 并非姓名的词: found in real texts, read by a person."""
    return frozenset((Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split())


@cache
def surnames() -> frozenset[str]:
    """Surnames 姓氏 (单姓 and 复姓), one list beside this module."""
    return frozenset((Path(__file__).parent / "surnames.txt").read_text(encoding="utf-8").split())


@cache
def _name() -> str:
    """A Han name: a surname and one or two characters, or parts joined by the interpunct."""
    double = "|".join(sorted(word for word in surnames() if len(word) > 1))
    single = "".join(sorted(word for word in surnames() if len(word) == 1))
    return rf"(?:(?:{double})[{HAN}]{{1,2}}|[{single}][{HAN}]{{1,2}}|[{HAN}]{{2,6}}{INTERPUNCT}[{HAN}]{{1,6}})"


@cache
def _before() -> re.Pattern[str]:
    """After a cue and a mark, any two to five characters are a name: 扎西多杰 has no surname."""
    return re.compile(rf"(?:{_CUES_BEFORE})\s*(?:[:：为是]\s*|[（(]\s*)({_name()}|[{HAN}]{{2,5}})(?![{HAN}])")


@cache
def _after() -> re.Pattern[str]:
    """A surname and a given name before any such word; four characters (扎西多杰) before the personal ones alone."""
    return re.compile(rf"(?<![{HAN}])({_name()}(?=\s?(?:{_CUES_AFTER}))|[{HAN}]{{4}}(?=\s?(?:同志|先生|女士)))")


_DOTTED = re.compile(rf"(?<![{HAN}])([{HAN}]{{2,6}}[{INTERPUNCT}•‧・･][{HAN}]{{1,8}})(?![{HAN}])")


def names_in(text: str, *, known: Iterable[str] = ()) -> list[Hit]:
    """Names that the text seems to hold; `known` are names to look for letter for letter."""
    found: dict[tuple[int, int], Hit] = {}
    for start, end in _places(text, known):
        name = text[start:end]
        if not _MASKED.search(name) and name not in words():
            found.setdefault((start, end), Hit(Kind.NAME, name, start, end))
    return sorted(found.values(), key=lambda hit: hit.start)


def _places(text: str, known: Iterable[str]) -> Iterator[tuple[int, int]]:
    for pattern in (_before(), _after(), _DOTTED):
        for match in pattern.finditer(text):
            yield match.start(1), match.end(1)
    for name in known:
        for match in re.finditer(re.escape(name), text):
            yield match.start(), match.end()
    yield from _listed(text)


def _listed(text: str) -> Iterator[tuple[int, int]]:
    """Names side by side: 参加人有张三丰、李四光、王五常. Of three or more the first may end a phrase."""
    name = re.compile(_name())
    for match in re.finditer(rf"[{HAN}{INTERPUNCT}]{{2,}}(?:、[{HAN}{INTERPUNCT}]{{2,13}})+(?![{HAN}])", text):
        parts = match[0].split("、")
        first = re.search(rf"{_name()}$", parts[0]) if len(parts) > 2 else name.fullmatch(parts[0])
        if first is None or not all(name.fullmatch(part) and part not in words() for part in parts[1:]):
            continue
        place = match.start() + first.start()
        for word in [first[0], *parts[1:]]:
            yield place, place + len(word)
            place += len(word) + 1


def heads_names(column: str) -> bool:
    """Whether below this head of a column stand names."""
    return bool(_COLUMNS.search(column)) and not re.search(r"人员(?:数|类别|范围|编制)|数量|代码|单位名称", column)


def names_in_cell(text: str) -> list[Hit]:
    """A cell below a column of names: the whole of it, or each of several, is one."""
    hits = []
    for match in re.finditer(rf"[{HAN}{INTERPUNCT}•‧・\u0f00-\u0fff]{{2,16}}", text):
        word = match[0]
        if not _MASKED.search(word) and not re.search(r"公司|中心|局$|厅$|院$|所$|村$|委员会|合计|小计|人民政府", word):
            hits.append(Hit(Kind.NAME, word, match.start(), match.end()))
    return hits

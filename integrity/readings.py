"""Readings of Han names 姓名读音: pinyin with the surname's own reading first, and folded Latin letters.

pypinyin has no surname mode (曾 gives ceng, 仇 chou), so the readings a surname really has stand here, before
the everyday one: people type either. Syllables are without tones, ü is v.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations, islice, product
from typing import Any

MAX_READINGS = 8


def _table(text: str) -> dict[str, tuple[str, ...]]:
    pairs = (entry.split(":") for entry in text.split())
    return {character: tuple(readings.split("/")) for character, readings in pairs}


# Surname: its own reading, then others in use. The everyday reading is added by `readings_of`.
_SURNAMES = _table(
    "曾:zeng 单:shan/chan 仇:qiu 查:zha 朴:piao 区:ou 解:xie 盖:gai/ge 乐:yue/le/lao "
    "缪:miao/mou 员:yun 翟:zhai/di 尉:wei/yu 种:chong 冼:xian/sheng 洗:xian/xi 任:ren 华:hua "
    "秘:bi/mi 召:shao/zhao 祭:zhai/ji 郇:xun/huan 繁:po 覃:qin/tan 折:she/zhe 隗:wei/kui "
    "句:gou 佴:nai 眭:sui 乜:nie 仉:zhang 逯:lu 车:che 卜:bu 薄:bo/bao 柏:bai/bo 牟:mou/mu "
    "谌:chen/shen 晟:cheng/sheng 褚:chu 阚:kan 都:du 费:fei/bi 盛:sheng 宿:su 呙:guo 冯:feng "
    "相:xiang 长:chang/zhang 降:jiang 占:zhan 沈:shen 郗:xi/chi 郄:qie/xi 莘:shen/xin 藏:zang "
    "黑:he/hei 哈:ha 那:na 能:nai 撒:sa 石:shi 曲:qu 角:jue 幺:yao 应:ying 宁:ning 尹:yin "
    "过:guo 葛:ge 贾:jia 燕:yan 纪:ji 艾:ai 陆:lu 俞:yu 於:yu 殷:yin 瞿:qu 戚:qi 亓:qi 妫:gui "
    "逄:pang 郜:gao 郏:jia 郦:li 爨:cuan 厍:she 麴:qu 仝:tong 佟:tong 笪:da 沓:ta 适:kuo/shi "
    "不:fou 弗:fei 洺:ming 哱:bo 钭:tou 咸:xian 伏:fu 宓:mi 蔚:yu 訾:zi 禚:zhuo 褟:ta "
    "奇:ji/qi 尕:ga 噶:ga 嘎:ga 拓:tuo/ta 行:xing/hang 参:shen/can 教:jiao 强:qiang 兴:xing "
    "尧:yao 遇:yu 粘:nian 缴:jiao"
)
_COMPOUND_SURNAMES = {
    "尉迟": (("yu", "wei"), ("chi",)),
    "万俟": (("mo", "wan"), ("qi", "si")),
    "长孙": (("zhang", "chang"), ("sun",)),
    "单于": (("chan", "shan"), ("yu",)),
    "澹台": (("tan", "dan"), ("tai",)),
    "令狐": (("ling",), ("hu",)),
    "鲜于": (("xian",), ("yu",)),
    "宰父": (("zai",), ("fu",)),
    "亓官": (("qi",), ("guan",)),
    "夏侯": (("xia",), ("hou",)),
    "皇甫": (("huang",), ("fu",)),
    "濮阳": (("pu",), ("yang",)),
    "乐正": (("yue", "le"), ("zheng",)),
    "漆雕": (("qi",), ("diao",)),
    "中行": (("zhong",), ("hang", "xing")),
}
# Characters of given names, and of Tibetan, Tu or Salar names in Chinese writing, that are read both ways.
_GIVEN = _table(
    "乐:le/yue 长:chang/zhang 朝:chao/zhao 行:xing/hang 重:zhong/chong 晟:sheng/cheng "
    "茜:qian/xi 娜:na/nuo 藏:zang/cang 扎:zha/za 什:shi/shen 色:se/shai 卜:bu/bo 参:can/shen "
    "盛:sheng/cheng 和:he 曾:zeng/ceng 单:dan/shan 伯:bo/bai 柏:bai/bo 少:shao 的:de/di "
    "勒:le/lei 噶:ga 尕:ga 拓:tuo/ta 俊:jun 卓:zhuo 觉:jue/jiao 得:de 呷:ga/xia 阿:a/e "
    "南:nan/na 哦:e/o 大:da/dai 夏:xia 洛:luo 索:suo 曲:qu 折:zhe/she 陆:lu/liu 度:du 兴:xing "
    "吁:yu/xu 亚:ya 粘:nian/zhan 莎:sha/suo 佛:fo/fu 哈:ha 喇:la 夯:hang 贲:ben 瑜:yu "
    "奇:qi/ji 宿:su/xiu 隽:jun/juan 颉:jie/xie 祎:yi 亶:dan 晁:chao"
)
# Passports write LYU and NYU since 2012.
_PASSPORT = {"lv": "lyu", "nv": "nyu", "lve": "lyue", "nve": "nyue"}

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "ng"}
)
_UMLAUT = re.compile("(?<=[ln])u\u0308")
_MARKS = re.compile("[\u0300-\u036f]")


def readings_of(han: str, *, starts_name: bool) -> list[tuple[str, ...]]:
    """Plausible readings of a run of simplified Han characters 读音, likeliest first, MAX_READINGS at most.

    `starts_name`: the run opens the name, so its first characters may be a surname. Characters of unknown
    reading are left out.
    """
    from pypinyin import Style, pinyin

    everyday = [syllables[0] for syllables in pinyin(han, style=Style.NORMAL, errors=_one_blank_each)]
    options: list[list[str]] = []
    compound = _COMPOUND_SURNAMES.get(han[:2], ()) if starts_name and len(han) > 2 else ()
    for place, (character, usual) in enumerate(zip(han, everyday, strict=True)):
        if place < len(compound):
            listed = [*compound[place], usual]
        elif place == 0 and starts_name:
            listed = [*_SURNAMES.get(character, ()), usual, *_GIVEN.get(character, ())]
        else:
            listed = [usual, *_GIVEN.get(character, ())]
        known = [syllable for syllable in dict.fromkeys(listed) if syllable]
        options.append(known + [_PASSPORT[syllable] for syllable in known if syllable in _PASSPORT])
    return likeliest([choices for choices in options if choices])


def _one_blank_each(rest: str) -> Any:
    # Any: the library's annotation says str, its documentation a list, which keeps the places aligned.
    return [[""] for _ in rest]


def likeliest(options: list[list[str]]) -> list[tuple[str, ...]]:
    """Combinations of one choice a place, fewest departures from the first choices first."""
    if not options:
        return []
    return list(islice(_combined(options), MAX_READINGS))


def _combined(options: list[list[str]]) -> Iterator[tuple[str, ...]]:
    first = [choices[0] for choices in options]
    open_places = [place for place, choices in enumerate(options) if len(choices) > 1]
    for departures in range(len(open_places) + 1):
        for places in combinations(open_places, departures):
            for others in product(*(options[place][1:] for place in places)):
                reading = list(first)
                for place, syllable in zip(places, others, strict=True):
                    reading[place] = syllable
                yield tuple(reading)


def fold_latin(text: str) -> str:
    """Latin letters without accents, lower case 去声调、小写; ü after l and n is v (lü → lv), elsewhere u."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    folded = _MARKS.sub("", _UMLAUT.sub("v", text)).translate(_LETTERS)
    return unicodedata.normalize("NFC", folded)

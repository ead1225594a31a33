"""Made-up persons 虚构人员: Han, Tibetan, Hui, Tu, Salar and Mongol names, numbers of a division that does not exist.

Nothing says which name is of which people: ethnicity is never recorded (H8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from integrity.identifiers import identity_check_character

_HAN_SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
_HAN_FIRST = "建国文海志明晓春玉秀永庆振宏立新俊丽红雪金世德兆启万延兴长存生占尚成正光国"
_HAN_SECOND = "军华平英伟芳强敏涛燕辉霞斌梅峰莉勇娟杰琴刚兰波玲鹏洁亮艳龙静福昌寿元花德年林邦"

#: Chinese spelling and Tibetan script of name elements.
_TIBETAN = (
    ("扎西", "བཀྲ་ཤིས"), ("多杰", "རྡོ་རྗེ"), ("卓玛", "སྒྲོལ་མ"), ("才让", "ཚེ་རིང"), ("央金", "དབྱངས་ཅན"),
    ("桑杰", "སངས་རྒྱས"), ("仁青", "རིན་ཆེན"), ("索南", "བསོད་ནམས"), ("拉毛", "ལྷ་མོ"), ("彭措", "ཕུན་ཚོགས"),
    ("达瓦", "ཟླ་བ"), ("旦增", "བསྟན་འཛིན"), ("尼玛", "ཉི་མ"), ("洛桑", "བློ་བཟང"), ("贡布", "མགོན་པོ"),
    ("白玛", "པདྨ"), ("格桑", "སྐལ་བཟང"), ("昂毛", "དབང་མོ"), ("班玛", "པད་མ"), ("久美", "འཇིགས་མེད"),
)  # fmt: skip
_HUI_SURNAMES = "马马马冶喇妥铁丁沙白哈"
_HUI_GIVEN = ("文华", "占祥", "忠明", "尔沙", "麦燕", "进福", "成林", "玉兰", "德海", "生彪", "明善", "小燕", "国良")
_TU_SURNAMES = "李祁鲍东麻辛吕席"
_TU_GIVEN = ("存福", "才让", "国花", "生德", "玉柱", "发祥", "金花", "才吉", "万寿", "延寿", "长命", "全保")
_SALAR_GIVEN = ("阿乙草", "木沙", "玉布", "尕西木", "阿卜杜", "乙四夫", "哈三", "索菲亚", "麦日燕", "者麻录", "二布都")
_MONGOL = ("巴图", "苏和", "乌兰", "其其格", "道尔吉", "才仁", "额尔登", "朝鲁", "宝音", "娜仁", "孟和", "布和")

#: A division code nobody was ever given: such a number cannot be a real person's.
_NO_DIVISION = "639999"


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person: name, Tibetan script where there is one, former name, birth date, number."""

    name: str
    tibetan: str
    former: str
    born: date
    number: str


def people(random: Random, amount: int, *, today: date) -> list[Person]:
    """`amount` persons of working age; names repeat as they do in life, numbers never."""
    return [_person(random, ordinal, today) for ordinal in range(amount)]


def _person(random: Random, ordinal: int, today: date) -> Person:
    name, tibetan = _name(random)
    former = _han(random) if random.random() < 0.02 else ""
    born = today - timedelta(days=random.randint(24 * 366, 59 * 365))
    body = f"{_NO_DIVISION}{born:%Y%m%d}{ordinal % 1000:03d}"
    return Person(name, tibetan, former, born, body + identity_check_character(body))


def _name(random: Random) -> tuple[str, str]:
    draw = random.random()
    if draw < 0.52:
        return _han(random), ""
    if draw < 0.76:
        (one, one_bo), (two, two_bo) = random.sample(_TIBETAN, 2)
        return one + two, f"{one_bo}་{two_bo}"
    if draw < 0.88:
        return random.choice(_HUI_SURNAMES) + random.choice(_HUI_GIVEN), ""
    if draw < 0.93:
        return random.choice(_TU_SURNAMES) + random.choice(_TU_GIVEN), ""
    if draw < 0.97:
        return "韩" + random.choice(_SALAR_GIVEN), ""
    one, two = random.sample(_MONGOL, 2)
    return (f"{one}·{two}" if random.random() < 0.4 else one + two), ""


def _han(random: Random) -> str:
    given = random.choice(_HAN_FIRST) + (random.choice(_HAN_SECOND) if random.random() < 0.8 else "")
    return random.choice(_HAN_SURNAMES) + given

"""Written forms of one name element 译名写法: Tibetan, Mongol and Turkic names as Chinese and Latin texts write them.

One Tibetan name has many Chinese spellings (domain §2): 才让, 次仁 and 泽仁 are ཚེ་རིང་. A row lists the spellings of
one element, in Chinese, Latin and Tibetan script; the first is its name. That two people's names have one key is a
reason to look, never to link (H17). Sources: the everyday spellings of Qinghai, Tibet, Sichuan, Xinjiang and Inner
Mongolia; the Latin forms are the usual English ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from integrity.names import HAN, is_tibetan, name_key, tibetan_key
from integrity.readings import fold_latin, readings_of

_ELEMENTS = """
tashi 扎西 札西 扎喜 བཀྲ་ཤིས tashi zhaxi trashi
dorje 多杰 多吉 道吉 多结 道杰 རྡོ་རྗེ dorje dorjee dorji duojie
tsering 才让 次仁 泽仁 慈仁 才仁 次任 策仁 车仁 ཚེ་རིང tsering cering
drolma 卓玛 珠玛 志玛 卓么 སྒྲོལ་མ drolma dolma
dondrup 东智 顿珠 端智 东珠 当知 登珠 顿主 དོན་གྲུབ dondrup dhondup dondrub thondup
gyatso 加措 嘉措 江措 甲措 རྒྱ་མཚོ gyatso gyamtso
gyaltsen 坚赞 尖参 江村 坚参 嘉灿 降村 རྒྱལ་མཚན gyaltsen gyaltshen
sonam 索南 索朗 索郎 索兰 བསོད་ནམས sonam
tenzin 丹增 旦增 登增 单增 旦真 丹真 བསྟན་འཛིན tenzin tendzin
nyima 尼玛 尼马 娘玛 ཉི་མ nyima nima
dawa 达瓦 达娃 ཟླ་བ dawa
pasang 巴桑 帕桑 华桑 པ་སངས pasang
kelsang 格桑 噶桑 嘎桑 尕桑 སྐལ་བཟང kelsang kalsang
rinchen 仁青 仁钦 仁庆 仁真 རིན་ཆེན rinchen
pema 白玛 贝玛 班玛 万玛 完么 完玛 པད་མ པདྨ pema padma
lhamo 拉姆 拉毛 拉莫 拉么 ལྷ་མོ lhamo
yangchen 央金 羊金 央珍 དབྱངས་ཅན yangchen
sangye 桑杰 桑吉 桑结 སངས་རྒྱས sangye sanggye
lobsang 洛桑 罗桑 洛藏 罗藏 鲁桑 བློ་བཟང lobsang losang
phuntsok 平措 彭措 朋措 彭错 平错 ཕུན་ཚོགས phuntsok phuntsog
tsomo 措姆 措毛 错毛 མཚོ་མོ tsomo
tseten 才旦 次旦 泽登 才丹 次登 ཚེ་བརྟན tseten
palden 华旦 班旦 巴登 班丹 དཔལ་ལྡན palden paldan
choyang 切羊 曲央 却央 ཆོས་དབྱངས choyang choeyang
samdrup 三智 桑珠 桑智 三知 བསམ་གྲུབ samdrup samdrub
wangchuk 旺秀 旺修 旺许 昂秀 旺久 དབང་ཕྱུག wangchuk wangchug
wangdu 旺堆 旺都 དབང་འདུས wangdu wangdue
norbu 诺布 罗布 罗吾 洛布 ནོར་བུ norbu
thupten 土登 图登 土旦 ཐུབ་བསྟན thupten thubten
jampa 强巴 江巴 香巴 降巴 བྱམས་པ jampa
kunga 贡嘎 贡噶 贡尕 更嘎 公尕 ཀུན་དགའ kunga
karma 嘎玛 噶玛 尕玛 尕马 ཀརྨ karma
ngawang 阿旺 昂旺 安旺 ངག་དབང ngawang
lhundrup 隆珠 伦珠 楞智 龙珠 ལྷུན་གྲུབ lhundrup lhundup
sherab 西热 喜饶 协饶 希热 ཤེས་རབ sherab
trinley 赤列 成来 成林 赤来 འཕྲིན་ལས trinley thinley
jigme 晋美 久美 久么 吉美 འཇིགས་མེད jigme jigmed
namgyal 南加 朗杰 南杰 南木加 རྣམ་རྒྱལ namgyal
yeshe 益西 意西 依西 也西 ཡེ་ཤེས yeshe
tsewang 才旺 次旺 泽旺 ཚེ་དབང tsewang
chodrak 曲扎 却扎 却智 ཆོས་གྲགས chodrak chodrag
drakpa 扎巴 札巴 གྲགས་པ drakpa dragpa
muhammad 穆罕默德 买买提 买合买提 默罕默德 麦麦提 马合麦提 muhammad mohammed mohammad muhemmed mehmet
abdullah 阿卜杜拉 阿不都拉 阿布都拉 阿布杜拉 阿布都拉合 abdullah abdulla
abdurahman 阿卜杜热合曼 阿不都热合曼 阿布都热合曼 阿卜杜拉赫曼 abdurahman abdurehman abdulrahman
ahmad 艾买提 艾合买提 阿合买提 艾哈迈德 艾麦提 ahmad ahmed ehmet
ibrahim 伊布拉音 依布拉音 易卜拉欣 伊卜拉欣 伊布拉欣 依布拉依木 伊布热依木 ibrahim ibrayim
yusuf 玉素甫 优素福 玉苏甫 尤素夫 玉素普 yusuf yusup
isa 尔撒 艾萨 尔萨 isa eysa
fatima 法蒂玛 帕提玛 法图麦 法土麦 帕提曼 fatima fatma patime
aisha 阿伊莎 阿依莎 阿依夏 阿一舍 aisha ayshe
tursun 吐尔逊 托尔逊 吐逊 吐尔孙 tursun
guli 古丽 古力 gul guli
hasan 哈桑 艾山 hasan hassan
husayn 侯赛因 胡赛因 玉山江 husayn hussein hussain
ismail 伊斯玛仪 司马义 斯马义 伊斯马依力 依斯马义 ismail ismayil
musa 穆萨 木沙 慕萨 musa
umar 奥马尔 欧麦尔 吾买尔 欧玛尔 omar umar
uthman 奥斯曼 吾斯曼 乌斯曼 uthman osman
ali 阿里 艾力 阿力 ali
salih 萨利赫 沙力 萨里 salih
dawud 达吾提 达伍德 达吾德 达乌德 dawud dawut
yaqub 亚库甫 牙库甫 叶尔孤白 亚库普 yaqub yakup
batar 巴特尔 巴图尔 巴特日 巴塔尔 baatar batar bator
chimeg 其木格 琪木格 齐木格 其莫格 chimeg qimuge
gerel 格日勒 格日乐 格热勒 高日勒 gerel gerile
suhe 苏和 苏赫 苏克 suhe sukh
tuya 图雅 托娅 托雅 图娅 tuya tuyaa
secen 斯琴 色琴 斯钦 彻辰 secen sechen
mongke 孟和 蒙和 蒙克 孟克 mongke monkh
bukhe 布和 宝和 布赫 布和尔 bukhe
ochir 敖其尔 奥其尔 敖其日 奥其日 ochir
bayar 巴雅尔 巴依尔 巴雅日 bayar
enkh 恩和 恩克 enkh enhe
ganbold 甘宝 甘布 ganbold
tsetseg 其其格 齐齐格 琪琪格 tsetseg chicheg
naran 娜仁 纳仁 那仁 naran
altan 阿拉坦 阿拉腾 阿勒坦 altan
"""
_LATIN_WORD = re.compile("[a-z]+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN_APOSTROPHES = re.compile("['’ʼ`]")


@cache
def _spellings() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Spelling → element, for Han, Latin (with the pinyin of every Han spelling) and Tibetan script."""
    han: dict[str, str] = {}
    latin: dict[str, str] = {}
    tibetan: dict[str, str] = {}
    for line in _ELEMENTS.split("\n"):
        element, *spellings = line.split() or [""]
        for spelling in spellings:
            if is_tibetan(spelling):
                tibetan[tibetan_key(spelling)] = element
            elif _LATIN_WORD.fullmatch(spelling):
                latin.setdefault(spelling, element)
            elif _HAN_RUN.fullmatch(spelling):
                han.setdefault(spelling, element)
                # The everyday reading alone: 阿里 read as "eli" would be half the world's Ellies.
                latin.setdefault("".join(readings_of(spelling, starts_name=False)[0]), element)
        if element:
            latin.setdefault(element, element)
    return han, latin, tibetan


@lru_cache(maxsize=8192)
def element_key(name: str) -> str:
    """The key of a name by its elements 译名键, the same for every spelling of them; empty without a known element.

    What is no element stays in it as it is read (三智加: samdrup, jia), so that both parts must meet.
    """
    key = name_key(name)
    if is_tibetan(key):
        return _tibetan_key(key)
    if _HAN_RUN.fullmatch(key):
        return _han_key(key)
    words = _LATIN_WORD.findall(_LATIN_APOSTROPHES.sub("", fold_latin(name)))
    return _latin_key("".join(words)) if words and fold_latin(name).isascii() else ""


def _han_key(key: str) -> str:
    spellings = _spellings()[0]
    parts: list[str] = []
    rest = ""
    known = False
    place = 0
    while place < len(key):
        length = next((size for size in (6, 5, 4, 3, 2) if key[place : place + size] in spellings), 0)
        if not length:
            rest += key[place]
            place += 1
            continue
        parts += [*_read(rest), spellings[key[place : place + length]]]
        rest, known, place = "", True, place + length
    return "-".join([*parts, *_read(rest)]) if known else ""


def _read(rest: str) -> Iterator[str]:
    if rest:
        reading = next(iter(readings_of(rest, starts_name=False)), ())
        yield "".join(reading) or rest


def _latin_key(word: str) -> str:
    """Latin letters that are elements from the first to the last, the longest first."""
    spellings = _spellings()[1]
    cut: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(end):
            before, element = cut[start], spellings.get(word[start:end])
            if before is not None and element is not None:
                cut[end] = (*before, element)
                break
    return "-".join(cut[-1] or ())


def _tibetan_key(key: str) -> str:
    spellings = _spellings()[2]
    syllables = [part for part in key.split("\u0f0b") if part]
    parts: list[str] = []
    place = 0
    while place < len(syllables):
        length = next((size for size in (3, 2, 1) if "\u0f0b".join(syllables[place : place + size]) in spellings), 0)
        if not length:
            return ""
        parts.append(spellings["\u0f0b".join(syllables[place : place + length])])
        place += length
    return "-".join(parts)

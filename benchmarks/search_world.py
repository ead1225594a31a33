"""Made-up documents to search: files with names by a long-tailed frequency, and a decision with a text on each.

Half of the documents are files, half decisions; a text has four sentences, of common words and of words that a few
texts alone have. The rest of a file (authority, grade, state, unit) is as in `benchmarks.million`.
"""

# ruff: noqa: S608  statements made of numbers and of our own tables
from __future__ import annotations

import random
from typing import Any

from django.db import connection, models, transaction

from benchmarks.million import World, load
from integrity.choices import DecisionKind, Grade, RecordState
from integrity.models import Decision, Document, IntegrityFile, Organisation, recording
from integrity.models.door import writing

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢冶扎才索旦桑尕华仁切公"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文玉建国春海燕志红华辉云生梅兰卓玛多措东珠存福才让永成"
    "宝林光德山松柏年庆龙凤祥瑞清河江湖源远方圆正义仁礼智信安康宁乐天心思齐贤良俊彦博学"
)
RARE = (
    "璟珩骁翀祎堃垚彧旻昉晗晔曦杪棣槿樾沄泠洧淇渌滢潇澍濛炜焱煊熠珂珣琛琦瑀璇璞甯畅皓睿祺禛稷竑筠翊翎臻芃"
    "芮苒茉荻莛菁萱葳蓁蕊薇蘅衍谌赟轩逸郅铖锜霁韬颀馨骅鸢麒黛"
)
NAMES, SENTENCES, STEP = 200_000, 4_000, 100_000
FRAMES = (
    "在担任{post}期间，违反{rule}规定，{act}，涉及{word}{word2}项目",
    "经{organ}核查，其{act}，情节{degree}，造成{result}",
    "{year}年{month}月，当事人利用职务便利，{act}，收受{word}{word2}公司礼品",
    "对{word}{word2}工程的{duty}未尽职责，{result}",
    "依照{rule}第{article}条，并考虑其{attitude}，决定如上",
)
WORDS = {
    "post": ("科长", "副局长", "乡镇长", "会计", "执法队员", "项目负责人", "窗口工作人员", "副主任"),
    "rule": ("公务员法", "公职人员政务处分法", "行政机关公务员处分条例", "招标投标法", "财政违法行为处罚处分条例"),
    "act": (
        "违规审批用地",
        "虚报冒领补贴",
        "泄露工作秘密",
        "挪用专项资金",
        "接受宴请",
        "未按规定报告事项",
        "篡改执法记录",
    ),
    "organ": ("县纪委监委", "市监察委员会", "上级主管机关", "审计机关"),
    "degree": ("较轻", "较重", "严重", "轻微"),
    "result": ("不良影响", "国家财产损失", "群众权益受损", "工程延误", "资金流失"),
    "duty": ("监督检查", "质量验收", "资金管理", "安全生产管理"),
    "attitude": ("主动说明情况", "积极退缴所得", "认错态度", "配合调查"),
}


def loaded(documents: int) -> World:
    """The world of `million` with names and decisions of its own; again only finds them."""
    world = load(documents // 2)
    missing = documents // 2 - Decision.objects.unscoped(reason="benchmark").count()
    if missing > 0:
        dice = random.Random(20261127)  # noqa: S311  the same world each time
        with recording(by=None, reason="benchmark"), transaction.atomic():
            document = Document(number="甲", title="甲", path="bench", content_type="application/pdf", size=1,
                                sha256="0" * 64, uploaded_by=world.accounts["first"])  # fmt: skip
            document.save()
        with writing(), transaction.atomic(), connection.cursor() as cursor:
            _words(cursor, dice)
            table = IntegrityFile._meta.db_table
            cursor.execute(f"UPDATE {table} SET name = (SELECT text FROM bench_name WHERE i = id % {NAMES})")
            _decide(cursor, world, document)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return world


def _words(cursor: Any, dice: random.Random) -> None:
    for table, rows in (("bench_name", _names(dice)), ("bench_sentence", _sentences(dice))):
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (i integer PRIMARY KEY, text varchar(200))")
        cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", list(enumerate(rows)))


def _names(dice: random.Random) -> list[str]:
    """Two or three characters; common ones often, rare ones seldom, as in life."""

    def drawn(letters: str) -> str:
        return letters[min(int(dice.expovariate(4 / len(letters))), len(letters) - 1)]

    def given() -> str:
        return dice.choice(RARE) if dice.random() < 0.15 else drawn(GIVEN)

    return [drawn(SURNAMES) + given() + (given() if dice.random() < 0.75 else "") for _number in range(NAMES)]


def _sentences(dice: random.Random) -> list[str]:
    def word() -> str:
        return dice.choice(RARE) + dice.choice(GIVEN)

    return [
        FRAMES[number % len(FRAMES)].format(
            year=dice.randrange(2010, 2026), month=dice.randrange(1, 13), article=dice.randrange(1, 113),
            word=word(), word2=word(), **{name: dice.choice(choices) for name, choices in WORDS.items()},
        ) + "。"
        for number in range(SENTENCES)
    ]  # fmt: skip


def _decide(cursor: Any, world: World, document: Document) -> None:
    """One approved decision on each file, in one statement a step."""
    body = Organisation.objects.get(pk=world.offices[11].pk)
    mixed = [f"(SELECT text FROM bench_sentence WHERE i = CAST((CAST(id AS bigint) * {factor} / 65536) % {SENTENCES}"
             " AS integer))" for factor in (2654435761, 2246822519, 3266489917, 668265263)]  # fmt: skip
    values = {
        "ref": "md5('decision ' || id)", "file": "id", "subject": "subject_id", "authority": "authority_id",
        "entered_by": f"{world.accounts['first'].pk}", "approved_by": f"{world.accounts['second'].pk}",
        "document": f"{document.pk}", "deciding_authority": f"{body.pk}", "grade": f"{Grade.STRICT:d}",
        "kind": f"'{DecisionKind.WARNING}'", "state": f"'{RecordState.IN_FORCE}'",
        "document_no": "'甲监政处〔' || (2015 + id % 11) || '〕' || id || '号'", "facts": " || ".join(mixed),
        "decided_on": _day("id % 3650"), "served_on": _day("id % 3650 + 5"), "recorded_at": "CURRENT_TIMESTAMP",
    }  # fmt: skip
    chosen = _columns(Decision, values)
    columns = ", ".join(f'"{column}"' for column in chosen)
    top = IntegrityFile.objects.unscoped(reason="benchmark").order_by("-pk").values_list("pk", flat=True)[0]
    known = f"SELECT file_id FROM {Decision._meta.db_table}"
    for start in range(0, top + 1, STEP):
        cursor.execute(
            f"INSERT INTO {Decision._meta.db_table} ({columns}) SELECT {', '.join(chosen.values())}"
            f" FROM {IntegrityFile._meta.db_table} WHERE id > {start} AND id <= {start + STEP} AND id NOT IN ({known})"
        )


def _day(number: str) -> str:
    if connection.vendor == "postgresql":
        return f"CAST(date '2015-01-01' + ({number}) * interval '1 day' AS date)"
    return f"date('2015-01-01', ({number}) || ' days')"


def _columns(model: type[models.Model], values: dict[str, str]) -> dict[str, str]:
    """Column → expression; what is not stated has its field's default."""
    chosen: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        if field.name in values:
            kind = field.db_type(connection)
            text = values[field.name]
            chosen[str(field.column)] = (
                f"CAST({text} AS {kind})" if connection.vendor == "postgresql" and kind else text
            )
        elif not field.primary_key and not field.null:
            default = field.get_db_prep_save(field.get_default(), connection)
            chosen[str(field.column)] = f"{default:d}" if isinstance(default, int) else f"'{default}'"
            if isinstance(default, bool) and connection.vendor == "postgresql":
                chosen[str(field.column)] = str(default).lower()
    return chosen

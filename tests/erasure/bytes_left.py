"""A process of its own on a database of its own: writes words, erases them, counts them in the bytes of the files.

Run by test_bytes.py with DATABASE_URL and CLOSED_ROOT; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

NAME, TEXT, LINE, PAPER = "拉毛措姆才", "甲子乙丑丙寅", "丁卯戊辰己巳", "庚午辛未壬申"
WORDS = (NAME, TEXT, LINE, PAPER)


def files() -> list[Path]:
    from django.conf import settings
    from django.db import connection

    closed = list(Path(settings.CLOSED_ROOT).glob("*"))
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return closed + [path for path in (Path(name), Path(name + "-wal"), Path(name + "-shm")) if path.exists()]
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        root = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        folder = root / "base" / str(cursor.fetchone()[0])
        cursor.execute("CHECKPOINT")
    return closed + [path for path in folder.iterdir() if path.is_file()] if os.access(folder, os.R_OK) else closed


def in_bytes() -> dict[str, int]:
    contents = [path.read_bytes() for path in files()]
    return {word: sum(one.count(word.encode()) for one in contents) for word in WORDS}


def place(path: Path) -> str:
    """The table or index that a file belongs to."""
    from django.db import connection

    if connection.vendor == "sqlite" or not path.name.split(".")[0].isdecimal():
        return path.name
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_filenode_relation(0, %s)::regclass::text", [int(path.name.split(".")[0])])
        return f"{path.name} {cursor.fetchone()[0]}"


def in_tables() -> int:
    """Rows of any table of which some column, as text, has one of the words."""
    from django.db import connection

    found = 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            names = [one.name for one in connection.introspection.get_table_description(cursor, table)]
            told = " || ' ' || ".join(f"coalesce(CAST(\"{name}\" AS TEXT), '')" for name in names)
            for word in WORDS:
                cursor.execute(f'/*wall open*/ SELECT count(*) FROM "{table}" WHERE ({told}) LIKE %s', [f"%{word}%"])  # noqa: S608
                found += int(cursor.fetchone()[0])
    return found


def without_shadow() -> None:
    """The tests' own log holds every value."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'shadow%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'shadow%'")
            for name, table in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
        cursor.execute("DROP TABLE IF EXISTS tests_shadow_log")


def lived() -> Any:
    """A person with a name, a training, a decision in force with its scanned document, read from a sheet."""
    from integrity.documents import store_document, with_its_documents
    from integrity.models import ImportBatch, ImportedRow, SubjectName, Training
    from tests import factories, personas
    from tests.integrity import scenes

    scene = personas.province()
    subject = factories.subject(NAME)
    file = factories.file(scene.authority, by=scene.clerk, subject=subject, name=NAME)
    if not SubjectName.objects.filter(subject=subject).exists():
        factories.saved(SubjectName(subject=subject, text=NAME, key=NAME))
    factories.identifier(subject)
    scene.file = file
    with with_its_documents():
        paper = store_document(content=BytesIO(b"%PDF-" + PAPER.encode()), number="1号", title=PAPER, by=scene.clerk,
                               reason="录入")  # fmt: skip
    scenes.in_force(scene, facts=TEXT, document=paper)
    row = factories.part(Training, file, by=scene.clerk, title=TEXT, theme="integrity", hours=1, raw=LINE)
    for hours in range(2, 40):
        row.hours = hours
        factories.saved(row)
    batch = factories.saved(
        ImportBatch(
            profile="p", profile_digest="", file_name="x", digest="", started_by=scene.clerk, authority=scene.authority
        )
    )  # fmt: skip
    ImportedRow.objects.create(batch=batch, number=1, raw={"原文": LINE}, outcome="created", target_model="training",
                               target_id=str(row.pk))  # fmt: skip
    return scene


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    from integrity import erasures
    from integrity.ledger import checking, checkpoints
    from integrity.models import RuleSet
    from search import worker
    from search.models import SearchDocument

    settings.CLOSED_ROOT = os.environ["CLOSED"]
    without_shadow()
    call_command("load_reference", verbosity=0, stdout=sys.stderr)
    with transaction.atomic():
        scene = lived()
    worker.drain()
    checkpoints.sign_now(private=settings.LEDGER_KEY)
    told: dict[str, Any] = {"before": in_bytes(), "rows_before": in_tables(), "files": len(files())}
    told["indexed"] = SearchDocument.objects.filter(names__contains=NAME).count()
    ground = RuleSet.objects.get(kind="erasure_ground", key="unlawful")
    asked = erasures.ask(
        row=scene.file, field="", ground=ground, by=scene.reviewer, reason="不属于本系统对象", document="1号"
    )
    erasures.decide(erasure=asked, by=scene.second_reviewer, approved=True, reason="核实")
    call_command("erase_due", stdout=sys.stderr)
    told |= {"after": in_bytes(), "rows_after": in_tables(), "waiting": [str(one) for one in checking.verify().breaks]}
    checkpoints.sign_now(private=settings.LEDGER_KEY)
    told["where"] = [place(path) for path in files() if any(word.encode() in path.read_bytes() for word in WORDS)]
    told["breaks"] = [str(one) for one in checking.verify().breaks]
    sys.stdout.write(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()

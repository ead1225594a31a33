"""The bulk door 批量写入: as many history rows as rows, with actor, reason and document (N3)."""

from __future__ import annotations

from typing import Any

import pytest

from integrity.choices import Grade
from integrity.exceptions import ClosedDoor, UnrecordedWrite
from integrity.importing.writer import write_rows
from integrity.models import Account, IntegrityFile, Organisation, Subject
from integrity.signals import records_changed


def test_every_row_gets_its_history_row(clerk: Account) -> None:
    people = write_rows(
        Subject, [Subject(name=f"示例{n}") for n in range(1200)], by=clerk, reason="导入", document="批次1"
    )
    assert Subject.objects.count() == 1200
    history = Subject.history.all()
    assert history.count() == 1200
    first = history.get(id=people[0].pk)
    assert (first.history_type, first.history_user, first.history_change_reason, first.history_document) == (
        "+",
        clerk,
        "导入",
        "批次1",
    )
    assert first.name == "示例0"


def test_history_equals_the_row_in_every_column(clerk: Account, authority: Organisation) -> None:
    person = write_rows(Subject, [Subject(name="示例")], by=clerk, reason="导入")[0]
    file = IntegrityFile(subject=person, authority=authority, entered_by=clerk, name="示例", grade=Grade.INTERNAL)
    write_rows(IntegrityFile, [file], by=clerk, reason="导入")
    written = IntegrityFile.history.get()
    for field in IntegrityFile._meta.concrete_fields:
        assert getattr(written, field.attname) == getattr(file, field.attname), field.name


def test_receivers_are_told_once(clerk: Account, authority: Organisation) -> None:
    heard: list[Any] = []

    def hear(sender: object, **kwargs: Any) -> None:
        heard.append((kwargs["label"], kwargs["ids"]))

    records_changed.connect(hear)
    try:
        people = write_rows(Subject, [Subject(name="示例一"), Subject(name="示例二")], by=clerk, reason="导入")
        files = [IntegrityFile(subject=p, authority=authority, entered_by=clerk, name=p.name) for p in people]
        write_rows(IntegrityFile, files, by=clerk, reason="导入")
    finally:
        records_changed.disconnect(hear)
    assert heard == [("integrityfile", [file.pk for file in files])]


def test_a_reason_is_required_and_nothing_else_is_let_in(clerk: Account) -> None:
    with pytest.raises(UnrecordedWrite):
        write_rows(Subject, [Subject(name="示例")], by=clerk, reason=" ")
    with pytest.raises(ClosedDoor):
        write_rows(Subject, [clerk], by=clerk, reason="导入")  # type: ignore[type-var]
    assert Subject.objects.count() == 0

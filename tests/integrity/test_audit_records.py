"""Changes of records for the audit administrator 记录变更 (三员分立): who, when, which kind, whose; no content."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrity.models import Honour, SubjectName, Training, recording
from integrity.models.kinds import recorded_kinds, told_of_changes
from integrity.models.tracked import history_model
from integrity.views.audit_records import records_page
from tests import factories
from tests.integrity.conftest import clock, scene
from tests.personas import Province

__all__ = ["clock", "scene"]
pytestmark = pytest.mark.django_db


def training(scene: Province, title: str) -> Any:
    return factories.part(Training, scene.file, by=scene.clerk, title=title, theme="integrity", hours=2)


def seen(scene: Province, **asked: Any) -> Any:
    return scene.browser("audit_admin").get(reverse("staff:audit_records"), asked)


def lines(scene: Province, **asked: Any) -> list[dict[str, Any]]:
    return [dict(line) for line in seen(scene, **asked).context["tables"][0].lines]


def test_it_tells_who_changed_what_kind_of_which_authority_and_no_content(scene: Province) -> None:
    row = training(scene, "绝密课程名")
    row.organiser = "绝密主办单位"
    with recording(by=scene.reviewer, reason="绝密事由", document="绝密〔2026〕1号"):
        row.save()
    page = seen(scene, kind="integrity.training")
    newest = dict(page.context["tables"][0].lines[0])
    assert (newest["记录类别"], newest["行为"], newest["管理机关"], newest["办理人"], newest["记录编号"]["text"]) == (
        "教育培训", "修改", str(scene.authority), str(scene.reviewer), str(row.ref),
    )  # fmt: skip
    assert "绝密" not in page.text
    assert scene.file.name not in page.text


def test_the_database_is_not_even_asked_for_content(scene: Province) -> None:
    training(scene, "课程")
    with CaptureQueriesContext(connection) as asked:
        seen(scene)
    statements = [one["sql"] for one in asked if '"integrity_historicaltraining"' in one["sql"]]
    assert statements
    for column in ("title", "organiser", "history_change_reason", "history_document"):
        assert not any(f'"{column}"' in sql.split(" FROM ")[0] for sql in statements), column


def test_it_can_be_asked_by_kind_person_authority_and_day(scene: Province) -> None:
    row = training(scene, "课程")
    with recording(by=scene.clerk, reason="更正"):
        row.save()
    factories.part(Honour, scene.file, by=scene.reviewer, kind="model", body="省委", awarded_on="2022-01-01")
    assert {line["记录类别"] for line in lines(scene, kind="integrity.honour")} == {"奖励"}
    assert {line["办理人"] for line in lines(scene, person="clerk")} == {str(scene.clerk)}
    assert {line["管理机关"] for line in lines(scene, authority=scene.authority.code)} == {str(scene.authority)}
    assert lines(scene, authority=scene.other_authority.code, kind="integrity.training") == []
    assert lines(scene, to_on="2001-01-01") == []
    assert seen(scene, kind="readentry").status_code == 400


def test_what_a_person_on_file_changes_of_the_own_records_is_left_out(scene: Province) -> None:
    """The line would tell whose account it is."""
    row = training(scene, "课程")
    before = len(lines(scene, kind="integrity.training"))
    with recording(by=scene.subject_himself, reason="更正"):
        row.save()
    assert len(lines(scene, kind="integrity.training")) == before


def test_pages_lose_and_repeat_nothing(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrity.views.audit_changes.PAGE_SIZE", 4)
    for number in range(6):
        training(scene, f"课{number}")
    found, after = [], ""
    while True:
        page = records_page({}, after=after, before="")
        found += [(one.rank, one.history_id) for one in page.rows]
        after = page.after
        if not after:
            break
    there = {
        (rank, key)
        for rank, model in enumerate(recorded_kinds())
        for key in own_left_out(model).values_list("history_id", flat=True)
    }
    assert len(found) == len(set(found))
    assert set(found) == there


def own_left_out(model: Any) -> Any:
    """All entries; nobody in this scene changes rows about himself, and nobody signed in."""
    return history_model(model)._default_manager.all()


def test_every_kind_with_a_history_is_there_under_a_name_of_its_own(scene: Province) -> None:
    kinds = recorded_kinds()
    names = [str(model._meta.verbose_name) for model in kinds]
    tracked = {model for model in apps.get_models() if hasattr(model, "history")}
    assert set(kinds) == tracked
    assert len(names) == len(set(names)) > 50
    assert [name for name in names if name.isascii()] == []
    offered = dict(seen(scene).context["form"].fields["kind"].choices)
    assert {str(model._meta.label_lower) for model in kinds} == set(offered) - {""}


def test_kinds_without_a_scope_are_told_without_contents(scene: Province) -> None:
    with recording(by=scene.reviewer, reason="绝密事由"):
        SubjectName(subject=scene.person, text="绝密曾用名", key="绝密曾用名").save()
    newest = lines(scene, kind="integrity.subjectname")[0]
    assert (newest["记录类别"], newest["办理人"], newest["管理机关"]) == ("姓名", str(scene.reviewer), "")
    assert "绝密" not in seen(scene).text
    for model in recorded_kinds():
        assert len(told_of_changes(model)) <= 8
        assert not {"history_change_reason", "history_document", "name", "text", "title"} & set(told_of_changes(model))


def test_only_the_audit_administrator_opens_it(scene: Province) -> None:
    for name in ("clerk", "reviewer", "system_admin", "security_admin", "subject_himself", "nobody"):
        assert scene.browser(name).get(reverse("staff:audit_records")).status_code == 404, name

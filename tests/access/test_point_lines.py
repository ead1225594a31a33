"""Points of enforcement by themselves 执行点逐条: each was once taken away and nothing fell (docs/mutation.md)."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from integrity import worklist
from integrity.access import scope_for
from integrity.choices import Act, Grade, ReadOutcome
from integrity.models import ImportBatch, PractitionerRecord, ReadEntry
from integrity.views import import_jobs, practitioners
from search import engines, query, worker
from search.models import World
from tests import factories
from tests.access.test_rule_lines import PAST_DRAFT, objection
from tests.integrity import scenes
from tests.integrity.scenes import raw
from tests.integrity.test_case_requests import asked
from tests.integrity.views.test_imports import filled, person, uploaded
from tests.personas import Province

pytestmark = pytest.mark.django_db
ABOVE = Grade.STRICT + 1  # above everybody, the person on file included


def line(door: str, **about: Any) -> Any:
    return ReadEntry.objects.filter(door=door, **about).latest("pk")


# --- rows within the scope --------------------------------------------------------------------------------------------


def test_an_own_objection_above_every_clearance_is_not_shown(scene: Province) -> None:
    row = objection(scene)
    browser = scene.browser("subject_himself")
    assert browser.get("/staff/my/reads/").context["objections"]
    raw(row, grade=ABOVE)
    assert not browser.get("/staff/my/reads/").context["objections"]


def test_who_reads_an_own_file_is_told_of_a_file_one_reads(scene: Province) -> None:
    browser = scene.browser("subject_himself")
    assert browser.get("/staff/my/readers/").context["tables"]
    raw(scene.file, grade=ABOVE)
    assert not browser.get("/staff/my/readers/").context["tables"]


def test_the_profession_of_an_own_record_is_offered_while_one_reads_it(scene: Province) -> None:
    record = scenes.practitioner(scene)
    raw(scene.nobody, subject=record.subject)
    scene.nobody.refresh_from_db()
    assert list(practitioners.professions_in(scope_for(scene.nobody, Act.LIST))) == [record.profession]
    raw(record, grade=ABOVE)
    assert isinstance(record, PractitionerRecord)
    assert not practitioners.professions_in(scope_for(scene.nobody, Act.LIST)).exists()


def test_a_disputed_decision_beyond_the_scope_is_not_listed(scene: Province) -> None:
    row = factories.decision(scene.file, by=scene.clerk, state=PAST_DRAFT)
    objection(scene, decision=row)
    scope = scope_for(scene.objection_officer, Act.LIST)
    keys = frozenset({("decision", row.pk)})
    assert [one for _model, found in worklist.under_objection(scope, keys) for one in found] == [row]
    raw(row, grade=ABOVE)
    assert not [one for _model, found in worklist.under_objection(scope, keys) for one in found]


def test_the_index_is_asked_within_the_scope(scene: Province) -> None:
    """Hits are read again in any case; but "more than a thousand" counts what the index proposed."""
    factories.file(scene.other_authority, by=scene.clerk, name=scene.file.name)
    worker.drain()
    proposed: list[Any] = []
    engine = engines.engine()
    find = engine.find

    def told(*args: Any, **given: Any) -> Any:
        proposed.extend(found := find(*args, **given))
        return found

    with patch.object(query, "engine", lambda: engine), patch.object(type(engine), "find", staticmethod(told)):
        query.search(World.STAFF, scene.file.name, scope=scope_for(scene.clerk, Act.SEARCH))
    assert {one.object_id for one in proposed} == {scene.file.pk}


# --- lines in the log ------------------------------------------------------------------------------------------------


def test_the_lines_taken_away_as_a_table_are_a_line(scene: Province) -> None:
    assert scene.browser("audit_admin").get("/staff/audit/lines.csv").status_code == 200
    assert line("staff.ExportLines", account=scene.audit_admin).model == "readentry"


def test_who_decides_a_request_reads_its_files(scene: Province) -> None:
    request = asked(scene)
    address = reverse("staff:request_decide", args=[scene.case.pk, request.ref])
    assert scene.browser("second_inspector").get(address).status_code == 200
    assert line("staff.DecideRequest", account=scene.second_inspector).ids == [scene.file.pk]


def test_asking_in_an_emergency_is_on_record_though_refused(scene: Province) -> None:
    form = {"ref": str(scene.file.ref), "reason": "紧急", "document": ""}
    scene.browser("clerk").post(reverse("staff:emergency_ask"), form)
    assert line("staff.AskEmergency", account=scene.clerk).ids == [str(scene.file.ref)]


def test_a_preview_and_the_rejected_rows_of_an_import_are_lines(
    scene: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "start", lambda key, job: import_jobs.carry_out(key, job))
    browser = scene.browser("clerk")
    file = filled(browser, [person(scene, "韩梅", "630102198001010000")])
    preview = uploaded(browser, scene, file).url
    assert browser.get(preview).status_code == 200
    assert line("staff.PreviewImport", account=scene.clerk).count == 1
    browser.post(f"{preview}apply/")
    batch = ImportBatch.objects.get()
    assert browser.get(reverse("staff:import_rejected", args=[batch.ref])).status_code == 200
    assert line("staff.RejectedRows", account=scene.clerk).ids == [batch.pk]


@pytest.mark.parametrize(("name", "door"), [("own_usage", "FindUsage"), ("own_usage_heartbeat", "Heartbeat")])
def test_asking_who_read_ones_own_by_machine_is_a_line(scene: Province, name: str, door: str) -> None:
    assert scene.browser("subject_himself").get(reverse(f"staff:{name}")).status_code == 200
    entry = line(f"staff.{door}", account=scene.subject_himself)
    assert (entry.model, entry.outcome) == ("readentry", ReadOutcome.SHOWN)

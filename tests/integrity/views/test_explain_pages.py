"""Pages of explaining access 访问解释: for the security administrator of the area alone; no content; in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from integrity.choices import Grade, Level, Role
from integrity.models import ReadEntry
from tests import factories
from tests.integrity import scenes
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
PAGES = ("readers", "reach", "why_not")


def asked(scene: Province, page: str, persona: str = "security_admin", **query: Any) -> Any:
    return scene.browser(persona).get(reverse(f"staff:{page}"), query)


def test_these_pages_are_the_security_administrators_alone(scene: Province) -> None:
    for name in (*scene.SEE, "system_admin", "audit_admin", "superuser", "nobody", "regulator"):
        for page in PAGES:
            query = {"ref": scene.file.ref, "who": "clerk"}
            assert asked(scene, page, name, **query).status_code == 404, (name, page)
    for page in PAGES:
        assert asked(scene, page).status_code == 200


def test_no_page_shows_content(scene: Province) -> None:
    scenes.in_force(scene)
    for page, query in (
        ("readers", {"ref": scene.file.ref}), ("reach", {"who": "clerk"}), ("reach", {"who": "subject_himself"}),
        ("why_not", {"ref": scene.file.ref, "who": "nobody"}),
    ):  # fmt: skip
        text = asked(scene, page, **query).text
        for word in (scene.person.name, scene.file.post_title, "违反工作纪律", "青监政处"):
            assert word not in text, (page, word)


def test_the_own_account_is_listed_without_its_name(scene: Province) -> None:
    """Whose account it is would be whose file it is."""
    page = asked(scene, "readers", ref=scene.file.ref)
    assert "subject_himself" in {reader.account.username for reader in page.context["readers"]}
    assert "subject_himself" not in page.text
    assert "本人" in page.text


def test_every_question_is_a_line_in_the_log(scene: Province) -> None:
    before = ReadEntry.objects.count()
    asked(scene, "readers", ref=scene.file.ref)
    asked(scene, "reach", who="clerk")
    asked(scene, "why_not", ref=scene.file.ref, who="nobody")
    lines = list(ReadEntry.objects.order_by("pk")[before:])
    assert [line.account_id for line in lines] == [scene.security_admin.pk] * 3
    assert lines[0].ids == [str(scene.file.ref)]
    assert lines[1].ids == [scene.clerk.pk]
    assert [line.purpose for line in lines] == ["谁能看", "某人能看什么", "为何不能看"]


@pytest.mark.parametrize("kind", ["decision", "practitioner", "penalty", "publication"])
def test_any_kind_of_record_is_found_by_its_number(clock: Any, scene: Province, kind: str) -> None:
    scenes.raw(scene.bureau, level=Level.PREFECTURE)
    make: dict[str, Any] = {
        "decision": scenes.in_force, "practitioner": scenes.practitioner, "penalty": scenes.penalty_draft,
        "publication": scenes.proposed,
    }  # fmt: skip
    row = make[kind](scene)
    page = asked(scene, "readers", ref=row.ref)
    named = {reader.account.username for reader in page.context["readers"]}
    expected = {"decision": {"clerk", "reviewer", "subject_himself"}}.get(kind, {"regulator"})
    assert expected <= named
    assert str(row._meta.verbose_name) in page.text


def test_a_record_outside_the_area_is_absent(scene: Province) -> None:
    """分级管理: an administrator of a prefecture is told nothing of the province's records, nor of its accounts."""
    above = factories.organisation("省委组织部", level=Level.PROVINCE)
    file = factories.file(above, by=scene.clerk)
    assigned(factories.account("of_province", organisation=above), Role.CLERK, above)
    there = asked(scene, "readers", ref=file.ref)
    nowhere = asked(scene, "readers", ref="00000000-0000-4000-8000-000000000000")
    assert there.context.get("readers") is None
    assert "没有此编号的档案" in there.text
    assert "没有此编号的档案" in nowhere.text
    assert "reach" not in asked(scene, "reach", who="of_province").context
    assert asked(scene, "why_not", ref=scene.file.ref, who="of_province").context["absent"]


def test_reach_counts_and_names_the_capacity(scene: Province) -> None:
    page = asked(scene, "reach", who="reviewer")
    assert "档案审核" in page.text
    assert dict(page.context["reach"].counts.kinds)["诚信档案"] == 1
    chosen = asked(scene, "reach", who="second_")
    assert "?who=second_clerk" in chosen.text


def test_why_not_says_what_is_missing(scene: Province) -> None:
    strict = factories.file(scene.authority, by=scene.clerk, grade=Grade.STRICT)
    page = asked(scene, "why_not", ref=strict.ref, who="low_clearance_clerk")
    assert [one.code for one in page.context["obstacles"]] == ["clearance"]
    assert "S4" in page.text
    assert "可以" in asked(scene, "why_not", ref=scene.file.ref, who="clerk").text
    bare = asked(scene, "why_not", ref=scene.file.ref)
    assert str(scene.file.ref) in bare.text


def test_a_public_notice_is_said_to_be_public(clock: Any, scene: Province) -> None:
    scenes.raw(scene.bureau, level=Level.PREFECTURE)
    row = scenes.proposed(scene)
    words = "任何人都可以在公开网站看到"
    assert words not in asked(scene, "readers", ref=row.ref).text
    today = timezone.localdate()
    scenes.raw(
        row, state="published", starts_on=today, ends_on=today, published_by=scene.publisher,
        reviewed_by=scene.secrecy_reviewer,
    )  # fmt: skip
    assert words in asked(scene, "readers", ref=row.ref).text


def test_the_person_on_file_sees_roles_and_units_and_no_name(scene: Province) -> None:
    page = signed_in(scene.subject_himself).get(reverse("staff:own_readers"))
    assert "档案审核" in page.text
    for word in ("second_reviewer", scene.case.reference, "inspector", "纪检监察", "案件"):
        assert word not in page.text, word
    assert scene.browser("nobody").get(reverse("staff:own_readers")).status_code == 404

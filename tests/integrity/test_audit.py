"""The audit administrator finds every line about a record, and never whose account the person's is (H19; 三员分立)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from integrity import accounts, readlog
from integrity.access import log_read, scope_for
from integrity.choices import Act, ReadOutcome, Role
from integrity.models import IntegrityFile, ReadEntry, ReadFinding, Recusal, recording
from integrity.views import audit_words
from integrity.views.audit_changes import changes_page
from tests import factories
from tests.factories import saved
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db


def seen(scene: Province, route: str, **query: Any) -> Any:
    return scene.browser("audit_admin").get(reverse(f"staff:{route}"), query)


def last(account: Any) -> ReadEntry:
    line: ReadEntry = ReadEntry.objects.filter(account=account).order_by("-pk")[0]
    return line


def test_a_refused_attempt_is_found_by_the_number_that_was_asked_for(scene: Province) -> None:
    scene.browser("nobody").get(f"/staff/files/{scene.file.ref}/")
    for page in (
        seen(scene, "audit_file", ref=scene.file.ref),
        seen(scene, "audit_lines", ref=scene.file.ref, outcome="refused"),
        seen(scene, "audit_export", ref=scene.file.ref),
    ):  # fmt: skip
        text = page.getvalue().decode() if page.streaming else page.text
        assert str(scene.nobody) in text
        assert str(scene.file.ref) in text


def test_a_question_who_can_see_it_is_found_too(scene: Province) -> None:
    scene.browser("security_admin").get(reverse("staff:readers"), {"ref": str(scene.file.ref)})
    assert str(scene.security_admin) in seen(scene, "audit_file", ref=scene.file.ref).text


def test_every_line_says_which_record_and_no_name(scene: Province) -> None:
    scene.browser("clerk").get(f"/staff/files/{scene.file.ref}/")
    page = seen(scene, "audit_person", person="clerk").text
    assert str(scene.file.ref) in page
    assert scene.person.name not in page
    for word in ("integrityfile", "FilePage"):
        assert word not in page.split("<tbody")[1]


def test_a_finding_names_each_record_once_with_its_lines(scene: Province) -> None:
    browser = scene.browser("clerk")
    for _ in range(3):
        browser.get(f"/staff/files/{scene.file.ref}/")
    lines = list(ReadEntry.objects.filter(account=scene.clerk, model="integrityfile").values_list("pk", flat=True))
    with recording(by=None, reason="试"):
        finding = ReadFinding(rule="rate", account=scene.clerk, day=timezone.localdate(), count=3, entries=lines)
        finding.save()
    page = scene.browser("audit_admin").get(reverse("staff:audit_finding", args=[finding.pk]))
    (records, _lines) = page.context["tables"]
    cells = {line[0][1]["text"]: line[1][1] for line in records.lines}
    assert cells == {str(scene.file.ref): len(lines)}


def test_readings_of_the_own_file_are_counted_by_day_and_never_listed(scene: Province) -> None:
    """No filter, no combination, no order and no export brings a line back that would name the account."""
    own = scene.browser("subject_himself")
    own.get(f"/staff/files/{scene.file.ref}/")
    assert last(scene.subject_himself).clause == readlog.OWN
    number = ReadEntry.objects.filter(account=scene.subject_himself, clause=readlog.OWN).count()
    (_lines, days) = seen(scene, "audit_file", ref=scene.file.ref).context["tables"]
    assert [[cell for _head, cell in line] for line in days.lines] == [[timezone.localdate().isoformat(), number]]
    for query in ({"ref": scene.file.ref, "person": "subject_himself"}, {"ref": str(scene.file.ref)}, {}):
        page = seen(scene, "audit_lines", **query)
        assert not any(str(scene.file.ref) in str(line) and str(scene.subject_himself) in str(line)
                       for table in page.context["tables"] for line in table.lines)  # fmt: skip
    table = seen(scene, "audit_export", ref=scene.file.ref).getvalue().decode()
    assert str(scene.subject_himself) not in table
    assert "本人" not in table


def test_an_own_record_in_a_list_does_not_hide_the_list(scene: Province) -> None:
    assigned(scene.subject_himself, Role.CLERK, scene.authority)
    other = factories.file(scene.authority, by=scene.second_clerk)
    line = log_read(scope_for(scene.subject_himself, Act.LIST), door="t", model=IntegrityFile, rows=[scene.file, other])
    assert line.clause != readlog.OWN
    assert line.refs == sorted([str(scene.file.ref), str(other.ref)])


def in_area(scene: Province) -> None:
    with recording(by=None, reason="试"):
        scene.subject_himself.organisation = scene.authority
        scene.subject_himself.save()


def test_why_not_is_silent_about_the_person(scene: Province) -> None:
    in_area(scene)
    page = scene.browser("security_admin").get(
        reverse("staff:why_not"), {"ref": str(scene.file.ref), "who": "subject_himself"}
    )
    assert "因回避或者本人关系，不予说明。" in page.text
    assert "依据" not in page.text.split("不予说明")[-1]


def test_a_conflict_is_answered_in_the_same_words(scene: Province) -> None:
    in_area(scene)
    saved(Recusal(account=scene.clerk, subject=scene.person, reason="同学"))
    browser = scene.browser("security_admin")
    answers = [
        browser.get(reverse("staff:why_not"), {"ref": str(scene.file.ref), "who": who}).context
        for who in ("subject_himself", "clerk")
    ]
    for answer in answers:
        assert answer["untold"]
        assert "obstacles" not in answer


@pytest.mark.parametrize(
    ("persona", "address"),
    [
        ("subject_himself", "/staff/my/usage/?from=0001-01-01"),
        ("subject_himself", "/staff/my/usage/?to=9999-12-31"),
        ("subject_himself", "/staff/my/usage/?offset=99999999999999999999999"),
        ("audit_admin", "/staff/audit/?from_on=0001-01-01"),
        ("audit_admin", "/staff/audit/?to_on=9999-12-31"),
        ("audit_admin", "/staff/audit/lines.csv?to_on=9999-12-31"),
        ("audit_admin", "/staff/audit/changes/?from_on=0001-01-01"),
    ],
)
def test_values_beyond_bounds_are_refused_in_words(scene: Province, persona: str, address: str) -> None:
    assert scene.browser(persona).get(address).status_code == 400


@pytest.mark.parametrize("tab", ["parts", "history"])
@pytest.mark.parametrize("ref", ["a" * 36, "-" * 36])
def test_what_is_no_number_is_no_file(scene: Province, ref: str, tab: str) -> None:
    assert scene.browser("clerk").get(f"/staff/files/{ref}/{tab}/").status_code == 404


@pytest.mark.parametrize(("who", "purpose"), [("clerk", ""), ("low_clearance_clerk", "核实")])
def test_a_refused_reveal_is_no_line_of_something_shown(scene: Province, who: str, purpose: str) -> None:
    row = factories.identifier(scene.person)
    address = reverse("staff:file_reveal", args=[scene.file.ref, row.ref])
    assert scene.browser(who).post(address, {"purpose": purpose}).status_code == 404
    lines = ReadEntry.objects.filter(account=getattr(scene, who), act=Act.REVEAL)
    assert [line.outcome for line in lines] == [ReadOutcome.REFUSED]
    assert last(getattr(scene, who)).subject_ids == []
    assert str(scene.file.ref) in last(getattr(scene, who)).refs


def test_an_address_states_no_purpose_for_a_search(scene: Province) -> None:
    query = {"q": scene.person.name, "purpose": "审查调查", "case": scene.case.reference}
    assert signed_in(scene.inspector_with_case).get("/staff/search/", query).status_code == 400  # it must be stated
    assert not ReadEntry.objects.filter(account=scene.inspector_with_case, case=scene.case).exists()


def test_purposes_of_the_system_are_chinese_whatever_the_page_says(scene: Province) -> None:
    browser = scene.browser("security_admin")
    browser.get(reverse("staff:readers"), {"ref": str(scene.file.ref)}, headers={"accept-language": "en"})
    assert last(scene.security_admin).purpose == "谁能看"


def test_whose_account_was_opened_is_on_record(scene: Province) -> None:
    scene.browser("security_admin").get(reverse("staff:account", args=[scene.clerk.pk]))
    line = last(scene.security_admin)
    assert (line.model, line.ids, line.purpose) == ("account", [scene.clerk.pk], "查看账户及其授权")


def test_sign_ins_do_not_crowd_out_what_administrators_did(scene: Province) -> None:
    for number in range(60):
        scene.clerk.last_login = timezone.now() + timedelta(seconds=number)
        scene.clerk.save(update_fields=["last_login"])
    accounts.suspend(account=scene.reviewer, by=scene.security_admin, reason="离岗", document="青组〔2026〕1号")
    page = seen(scene, "audit_changes")
    assert "离岗" in page.text
    assert "登录或修改口令" not in page.text.split("<tbody")[1]
    assert "登录或修改口令" in seen(scene, "audit_changes", what="sign_in").text.split("<tbody")[1]
    mine = seen(scene, "audit_changes", account="reviewer", person="security_admin").context["tables"][0]
    assert len(mine.lines) == 1


def test_changes_are_paged_without_loss_forwards_and_back(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrity.views.audit_changes.PAGE_SIZE", 3)
    with recording(by=scene.security_admin, reason="更正"):
        for _ in range(4):
            scene.clerk.save()
            scene.reviewer.save()
    forwards, after, pages = [], "", []
    while True:
        page = changes_page({}, after=after, before="")
        pages.append(page)
        forwards += [(one.rank, one.history_id) for one in page.rows]
        after = page.after
        if not after:
            break
    whole = changes_page({}, after="", before="")
    assert len(set(forwards)) == len(forwards) > 6
    assert [(one.rank, one.history_id) for one in whole.rows] == forwards[:3]
    back = changes_page({}, after="", before=pages[1].before)
    assert [one.history_id for one in back.rows] == [one.history_id for one in pages[0].rows]


def test_every_door_and_kind_in_the_log_has_words(scene: Province) -> None:
    for name in ("clerk", "security_admin", "audit_admin"):
        for address in (
            "/staff/",
            "/staff/files/",
            f"/staff/files/{scene.file.ref}/",
            "/staff/accounts/",
            "/staff/audit/",
        ):
            scene.browser(name).get(address)
    for line in ReadEntry.objects.all():
        assert audit_words.door_in_words(line.door) != line.door.removeprefix("staff."), line.door
        assert audit_words.kind_in_words(line.model) != line.model, line.model


def test_start_pages_show_what_waits(scene: Province) -> None:
    with recording(by=None, reason="试"):
        ReadFinding(rule="rate", account=scene.clerk, day=timezone.localdate(), count=3, entries=[]).save()
    page = scene.browser("audit_admin").get("/staff/").context
    assert [tile["value"] for tile in page["tiles"]][:1] == [1]
    assert len(page["tables"][0].lines) == 1
    assert len(scene.browser("security_admin").get("/staff/").context["tiles"]) == 3

"""Every page of files and decisions opens for those who may, and is absent alike for the rest."""

import re
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrity.choices import Act, DecisionKind, Grade, RecordState, Role
from integrity.models import PARTS, Appraisal, Decision, IntegrityFile, ReadEntry
from tests import factories
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
TABS = ("parts", "decisions", "timeline", "objections", "history", "readers")
ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def filled(scene: Province) -> Province:
    """The person's file with an appraisal in force and a decision under way."""
    factories.identifier(scene.person)
    factories.appraisal(scene.file, by=scene.clerk)
    factories.decision(scene.file, by=scene.clerk, state=RecordState.SUBMITTED, submitted_by=scene.clerk)
    return scene


@pytest.mark.parametrize("name", [*Province.SEE, *Province.DO_NOT_SEE])
def test_list_and_page_agree(scene: Province, name: str) -> None:
    """Design §3: what a list shows can be opened, and nothing else."""
    browser = scene.browser(name)
    listed = scene.file in browser.get("/staff/files/").context["rows"]
    opened = browser.get(reverse("staff:file", args=[scene.file.ref])).status_code == 200
    assert listed == opened == (name in Province.SEE)


@pytest.mark.parametrize("name", Province.DO_NOT_SEE)
def test_refused_and_absent_look_alike(scene: Province, name: str) -> None:
    browser = scene.browser(name)
    for route in ("staff:file", "staff:file_establish", "staff:file_move", "staff:decision_new"):
        refused = browser.get(reverse(route, args=[scene.file.ref]))
        absent = browser.get(reverse(route, args=[ABSENT]))
        assert (refused.status_code, refused.content) == (absent.status_code, absent.content) == (404, refused.content)


def test_every_tab_opens_and_says_as_of_when_empty(filled: Province) -> None:
    """H16."""
    browser = filled.browser("reviewer")
    for tab in TABS:
        answer = browser.get(reverse("staff:file_tab", args=[filled.file.ref, tab]))
        assert answer.status_code == 200, tab
    empty = browser.get(reverse("staff:file_tab", args=[filled.file.ref, "objections"])).text
    assert "本系统无记录" in empty
    assert "良好" not in empty


def test_who_may_read_is_for_reviewers(filled: Province) -> None:
    url = reverse("staff:file_tab", args=[filled.file.ref, "readers"])
    assert filled.browser("clerk").get(url).status_code == 404
    text = filled.browser("reviewer").get(url).text
    assert filled.reviewer.display_name in text
    assert filled.case.reference not in text  # an open case is nobody's to learn of here (N9)


def test_every_form_opens(filled: Province) -> None:
    clerk, reviewer = filled.browser("clerk"), filled.browser("reviewer")
    for model, _grade in PARTS:
        url = reverse("staff:part_new", args=[filled.file.ref, model._meta.model_name])
        assert clerk.get(url).status_code == 200, model
    for route in ("staff:file_identity", "staff:file_inform", "staff:decision_new"):
        assert clerk.get(reverse(route, args=[filled.file.ref])).status_code == 200, route
    for route in ("staff:file_move", "staff:file_freeze"):
        assert reviewer.get(reverse(route, args=[filled.file.ref])).status_code == 200, route
    row = Decision._base_manager.get()
    for step in ("approve", "return", "void"):
        assert reviewer.get(reverse(f"staff:decision_{step}", args=[row.ref])).status_code == 200, step
    assert reviewer.get(reverse("staff:decision", args=[row.ref])).status_code == 200
    assert reviewer.get("/staff/decisions/").context["count"] == 1
    assert reviewer.get("/staff/approvals/").context["queue"].count == 1
    assert clerk.get("/staff/approvals/").status_code == 404
    assert clerk.get("/staff/files/new/").status_code == 200
    assert filled.browser("inspector_with_case").get("/staff/files/new/").status_code == 404


def test_a_draft_is_seen_by_author_and_reviewer_only(filled: Province) -> None:
    """H2."""
    row = Decision._base_manager.get()
    url = reverse("staff:decision", args=[row.ref])
    seen = {name for name in (*Province.SEE, *Province.DO_NOT_SEE, "second_clerk", "low_clearance_clerk")
            if filled.browser(name).get(url).status_code == 200}  # fmt: skip
    assert seen == {"clerk", "reviewer", "organisation_officer"}


def test_history_keeps_drafts_and_grades_to_those_who_saw_them(filled: Province) -> None:
    """H2: the subject reads what was decided, not what was once drafted; S3 is not shown below clearance S3."""
    url = reverse("staff:file_tab", args=[filled.file.ref, "history"])
    own = filled.browser("subject_himself").get(url).text
    assert "记过" not in own
    assert "年度考核" in own
    assert "年度考核" not in filled.browser("low_clearance_clerk").get(url).text
    assert "记过" in filled.browser("reviewer").get(url).text


def test_reading_is_logged_with_purpose_and_case(filled: Province) -> None:
    """H19."""
    filled.browser("inspector_with_case").get(reverse("staff:file", args=[filled.file.ref]))
    entry = ReadEntry.objects.filter(door="staff.FilePage").get()
    assert (entry.account, entry.case, entry.purpose) == (filled.inspector_with_case, filled.case, filled.purpose)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only on SQLite: the other one plans by itself")
def test_a_list_sorted_by_unit_walks_the_units(scene: Province) -> None:
    """And stops when the page is full, where SQLite would sort every file in reach."""
    factories.file(scene.authority, by=scene.clerk, unit=scene.authority)
    browser = scene.browser("clerk")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/staff/files/?sort=unit")
    (page,) = [query["sql"] for query in asked if "CROSS JOIN" in query["sql"]]
    with closing(connection.connection.cursor()) as cursor:
        plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {page}")]
    assert any(step.startswith("SCAN") and "integrity_organisation_name" in step for step in plan)


def test_pages_neither_lose_nor_double_a_row(scene: Province) -> None:
    for number in range(23):
        factories.file(
            scene.authority, by=scene.clerk, name=f"同名{number % 3}", unit=None if number % 4 else scene.authority
        )
    browser = scene.browser("clerk")
    expected = set(IntegrityFile._base_manager.filter(authority=scene.authority).values_list("pk", flat=True))
    from integrity.views.files import FileList

    size, FileList.page_size = FileList.page_size, 5
    try:
        for sort in ("name", "-name", "unit", "-unit", "level", "recorded", "-recorded"):
            seen: list[int] = []
            context = browser.get(f"/staff/files/?sort={sort}").context
            seen += [row.pk for row in context["rows"]]
            pages = [seen[:]]
            while context["after"]:
                context = browser.get("/staff/files/", {"sort": sort, "after": context["after"]}).context
                pages.append([row.pk for row in context["rows"]])
                seen += pages[-1]
            assert sorted(seen) == sorted(expected), sort
            while context["before"]:
                context = browser.get("/staff/files/", {"sort": sort, "before": context["before"]}).context
                pages.pop()
                assert [row.pk for row in context["rows"]] == pages[-1], sort
            assert len(pages) == 1
    finally:
        FileList.page_size = size


def test_a_cursor_shows_no_name_and_a_forged_one_leads_to_the_first_page(scene: Province) -> None:
    from integrity.views.paging import make_cursor

    assert "扎西" not in make_cursor(scene.file, "name")
    assert scene.browser("clerk").get("/staff/files/?after=%00forged").context["rows"] == [scene.file]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=西多", 1),
        ("name=无", 0),
        ("status=frozen", 0),
        ("missing=none", 0),
        ("missing=identity", 1),
        ("level=2", 1),
        ("unit=999999", 0),
    ],
)
def test_filters(scene: Province, query: str, found: int) -> None:
    assert len(scene.browser("clerk").get(f"/staff/files/?{query}").context["rows"]) == found


def test_lists_and_pages_ask_a_fixed_number_of_queries(filled: Province) -> None:
    """Design §10.7: equal for one row and for fifty."""
    browser, page = filled.browser("clerk"), reverse("staff:file", args=[filled.file.ref])
    browser.get("/staff/files/")
    few = _queries(browser, "/staff/files/")
    for number in range(49):
        factories.file(filled.authority, by=filled.clerk, name=f"某某{number}")
        factories.appraisal(filled.file, by=filled.clerk, year=1960 + number)
    assert _queries(browser, "/staff/files/") == few
    assert few <= 16
    assert _queries(browser, page) <= 40
    assert _queries(filled.browser("reviewer"), reverse("staff:file_tab", args=[filled.file.ref, "parts"])) <= 40


#: Statements of one list of files, and those among them that ask for files: whose leaders one is kept from (for the
#: list, and for the button "new file"), the units of the filter, the count, the page. An inspector enters no file; one
#: without a role is kept from nobody; a scope without a clause asks for no file at all.
LIST_COSTS = {
    "clerk": (16, 5), "organisation_officer": (16, 5), "inspector_with_case": (15, 4), "subject_himself": (10, 3),
    "system_admin": (8, 0), "nobody": (7, 0),
}  # fmt: skip


def test_every_reader_pays_the_same_for_a_list(scene: Province) -> None:
    """Narrow or wide, one authority or three, the first page or a later one: the number of queries stays."""
    wide = scene.organisation_officer
    for place in (scene.other_authority, scene.inspection):
        assigned(wide, Role.CLERK, place, clearance=Grade.INTERNAL)
    assert _list_costs(scene) == LIST_COSTS
    for number in range(60):
        place = (scene.authority, scene.other_authority, scene.inspection)[number % 3]
        factories.file(place, by=scene.clerk, name=f"某某{number}")
    assert _list_costs(scene) == LIST_COSTS
    after = scene.browser("organisation_officer").get("/staff/files/").context["after"]
    assert after
    assert _statements(scene.browser("organisation_officer"), {"after": after}) == LIST_COSTS["organisation_officer"]


def _list_costs(scene: Province) -> dict[str, tuple[int, int]]:
    return {name: _statements(scene.browser(name), {}) for name in LIST_COSTS}


def _statements(browser: Client, query: dict[str, str]) -> tuple[int, int]:
    """All statements of the list of files, and those that read from the table of files."""
    browser.get("/staff/files/", query)  # what is asked once a process is asked
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/staff/files/", query).status_code == 200
    texts = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return len(texts), sum('FROM "integrity_integrityfile"' in text for text in texts)


def _queries(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


def test_numbers_are_masked_and_revealed_by_a_logged_act(filled: Province) -> None:
    identifier = factories.identifier(filled.person, factories.identity_number(77))
    page, url = (
        reverse("staff:file", args=[filled.file.ref]),
        reverse("staff:file_reveal", args=[filled.file.ref, identifier.ref]),
    )
    number = identifier.number()
    assert number not in filled.browser("clerk").get(page).text
    assert filled.browser("clerk").post(url, {"purpose": ""}).status_code == 404
    assert number in filled.browser("clerk").post(url, {"purpose": "核实身份"}).text
    assert filled.browser("inspector_with_case").post(url, {"purpose": "核实身份"}).status_code == 404
    assert ReadEntry.objects.filter(act=Act.REVEAL, model="subjectidentifier", purpose="核实身份").exists()


def test_the_model_of_a_page_must_be_guarded() -> None:
    from integrity.models import Organisation
    from integrity.views.base import ScopedDetail, ScopedList
    from integrity.views.paging import Sort

    with pytest.raises(TypeError, match="guarded"):
        type("Planted", (ScopedList,), {"model": Organisation, "sorts": {"n": Sort("name")}, "default_sort": "n"})
    with pytest.raises(TypeError, match="guarded"):
        type("Planted", (ScopedDetail,), {"model": Organisation})


def test_htmx_gets_the_table_alone(scene: Province) -> None:
    answer = signed_in(scene.clerk).get("/staff/files/", headers={"HX-Request": "true", "HX-Target": "results"})
    assert "<html" not in answer.text
    assert "扎西多杰" in answer.text


def test_kinds_are_written_in_words(filled: Province) -> None:
    assert str(DecisionKind.DEMERIT.label) in filled.browser("reviewer").get("/staff/decisions/").text
    assert (
        str(Appraisal._meta.verbose_name)
        in filled.browser("reviewer").get(reverse("staff:file_tab", args=[filled.file.ref, "parts"])).text
    )


def test_every_page_has_a_title_of_its_own(filled: Province) -> None:
    """WCAG 2.4.2: tabs of one file and acts on one record are told apart in the window's title."""
    row = Decision.objects.unscoped(reason="test").get()
    ref = [filled.file.ref]
    names = ("worklist", "files", "decisions", "approvals")
    addresses = [reverse(f"staff:{name}") for name in names]
    addresses += [reverse("staff:file", args=ref), *(reverse("staff:file_tab", args=[*ref, tab]) for tab in TABS)]
    addresses += [reverse(f"staff:file_{act}", args=ref) for act in ("identity", "inform", "move", "freeze")]
    addresses += [reverse(f"staff:decision_{act}", args=[row.ref]) for act in ("approve", "return", "void")]
    browser = filled.browser("reviewer")
    titles: dict[str, str] = {}
    for address in addresses:
        page = browser.get(address)
        if page.status_code == 404:
            continue
        title = page.text.split("<title>")[1].split("</title>")[0]
        assert title not in titles, (address, titles.get(title))
        assert title.split(" · ")[0]
        titles[title] = address
    assert len(titles) > 10


def test_an_error_leads_to_its_field(filled: Province) -> None:
    """WCAG 3.3.1: each error of the summary is a link to a control that exists."""
    page = filled.browser("clerk").post(reverse("staff:decision_new", args=[filled.file.ref]), {"kind": "x"}).text
    summary = page.split('class="error-summary"')[1].split("</div>")[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets
    assert [target for target in targets if f'id="{target}"' not in page] == []

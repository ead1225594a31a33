"""Import in the browser: our own template filled in, previewed, applied, accounted for; bad files stored nowhere."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from integrity import matching
from integrity.choices import BatchState, Role
from integrity.exceptions import NotAdmitted
from integrity.models import ImportBatch, IntegrityFile, MatchProposal, ReadEntry
from integrity.views import import_jobs
from tests import factories
from tests.factories import identity_number, saved
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
PROFILE = "template-servants"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of an import would not see the test's transaction: the job runs in the request."""
    monkeypatch.setattr(import_jobs, "start", lambda key, job: import_jobs.carry_out(key, job))


def filled(browser: Any, rows: list[dict[str, str]]) -> SimpleUploadedFile:
    """The template as the page offers it, with these rows in it."""
    answer = browser.get(f"/staff/imports/templates/{PROFILE}.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["数据"]
    titles = [cell.value for cell in sheet[1]]
    for number, row in enumerate(rows, start=2):
        for title, value in row.items():
            sheet.cell(row=number, column=titles.index(title) + 1, value=value)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def person(scene: Province, name: str, number: str) -> dict[str, str]:
    return {
        "姓名": name, "公民身份号码": number, "单位": scene.authority.name, "职务": "科员", "人员类别": "公务员",
        "人员状态": "在职",
    }  # fmt: skip


def uploaded(browser: Any, scene: Province, file: SimpleUploadedFile, **changes: Any) -> Any:
    data = {"file": file, "profile": PROFILE, "authority": scene.authority.pk} | changes
    return browser.post("/staff/imports/new/", data)


def kept_files() -> list[Path]:
    return [path for path in Path(settings.CLOSED_ROOT).rglob("*") if path.is_file()]


def test_our_template_previewed_applied_and_accounted_for(scene: Province) -> None:
    """The sum of the outcomes is the number of rows read; every imported row is a draft (H2)."""
    browser = scene.browser("clerk")
    wrong = identity_number(7)[:-1] + ("0" if identity_number(7)[-1] != "0" else "1")
    file = filled(browser, [person(scene, "赵青山", identity_number(5)), person(scene, "韩梅", wrong)])
    answer = uploaded(browser, scene, file)
    assert answer.status_code == 302, answer.context["form"].errors
    preview = browser.get(answer.url)
    assert preview.status_code == 200
    assert (preview.context["seen"].total, preview.context["seen"].counts["rejected"]) == (2, 1)
    assert "赵青山" in preview.text
    assert identity_number(5) not in preview.text
    assert not ImportBatch.objects.exists()
    started = browser.post(answer.url + "apply/", follow=True)
    batch = ImportBatch.objects.get()
    assert started.redirect_chain[-1][0] == f"/staff/imports/{batch.ref}/"
    assert (batch.state, batch.read, batch.created, batch.rejected) == (BatchState.DONE, 2, 1, 1)
    assert started.context["proof"] is True
    assert kept_files() == []
    file_row = IntegrityFile.objects.unscoped(reason="test").get(name="赵青山")
    assert file_row.status == "draft"
    rejected = browser.get(f"/staff/imports/{batch.ref}/rejected.xlsx")
    book = load_workbook(io.BytesIO(b"".join(rejected) if rejected.streaming else rejected.content))
    assert any("公民身份号码" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert ReadEntry.objects.filter(account=scene.clerk, model="importbatch").exists()


def test_the_same_file_again_writes_nothing(scene: Province) -> None:
    browser = scene.browser("clerk")
    rows = [person(scene, "赵青山", identity_number(5))]
    file = filled(browser, rows)
    content = file.read()
    pages = [uploaded(browser, scene, SimpleUploadedFile("名册.xlsx", content)).url for _time in (1, 2)]
    for page in pages:
        browser.post(page + "apply/")
    assert ImportBatch.objects.count() == 1
    assert "已按同一方案导入过" in browser.get(pages[-1]).text or kept_files() == []


def truncated() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()[:-200]


@pytest.mark.parametrize("content", [truncated(), b"name,unit\nA,B\n", b"", b"\x00\x01\x02"])
def test_a_file_that_cannot_be_read_is_refused_with_place_and_remedy_and_stored_nowhere(
    scene: Province, content: bytes
) -> None:
    """Truncated workbook, wrong profile, empty, binary."""
    answer = uploaded(scene.browser("clerk"), scene, SimpleUploadedFile("坏.xlsx", content))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert kept_files() == []
    assert not ImportBatch.objects.exists()


def test_only_the_own_authority_and_family_can_be_chosen(scene: Province) -> None:
    """Forged POST: another authority's code, a practitioners' profile."""
    browser = scene.browser("clerk")
    file = filled(browser, [person(scene, "赵青山", identity_number(5))])
    assert uploaded(browser, scene, file, authority=scene.other_authority.pk).status_code == 422
    file.seek(0)
    assert uploaded(browser, scene, file, profile="template-practitioners").status_code == 422
    assert browser.get("/staff/imports/templates/template-practitioners.xlsx").status_code == 404


def test_who_may_not_import_finds_no_page(scene: Province) -> None:
    for name in ("inspector_with_case", "publisher", "subject_himself", "superuser", "system_admin", "reviewer"):
        browser = scene.browser(name)
        for address in ("/staff/imports/", "/staff/imports/new/", f"/staff/imports/templates/{PROFILE}.xlsx"):
            assert browser.get(address).status_code == 404, (name, address)


def test_a_batch_is_seen_in_its_authority_and_family_alone(scene: Province) -> None:
    browser = scene.browser("clerk")
    answer = uploaded(browser, scene, filled(browser, [person(scene, "赵青山", identity_number(5))]))
    token_page = answer.url
    browser.post(token_page + "apply/")
    batch = ImportBatch.objects.get()
    # The same body as regulator of a profession: another family, although the authority is the same.
    regulator = assigned(factories.account("both"), Role.REGULATOR, scene.authority, profession=scene.profession)
    for account, seen in (
        (scene.second_clerk, True), (scene.clerk_of_other_authority, False), (scene.regulator, False),
        (regulator, False),
    ):  # fmt: skip
        other = signed_in(account)
        assert (batch.file_name in other.get("/staff/imports/").text) is seen
        for address in ("", "progress/", "rejected.xlsx"):
            assert (other.get(f"/staff/imports/{batch.ref}/{address}").status_code == 200) is seen, (account, address)
    assert signed_in(scene.second_clerk).get(token_page).status_code == 404


def test_rows_as_they_were_read_need_a_clearance_for_all_they_may_hold(scene: Province) -> None:
    """A colleague's batch shows identity numbers and whatever else stood in a row: not to a clearance of S2."""
    batch = saved(
        ImportBatch(profile=PROFILE, profile_digest="0" * 64, digest="1" * 64, file_name="名册.csv", rejected=1, read=1,
                    authority=scene.authority, started_by=scene.clerk, state=BatchState.DONE)
    )  # fmt: skip
    batch.rejections.create(number=3, column="公民身份号码", value=identity_number(5), rule="重号", remedy="核对")
    pages = [f"/staff/imports/{batch.ref}/{rest}" for rest in ("", "rejected.xlsx", "progress/")]
    for page in pages:
        assert scene.browser("second_clerk").get(page).status_code == 200
        assert scene.browser("low_clearance_clerk").get(page).status_code == 404
    assert "名册.csv" not in scene.browser("low_clearance_clerk").get("/staff/imports/").text


def test_progress_ends_by_sending_the_browser_to_the_report(scene: Province) -> None:
    batch = saved(
        ImportBatch(
            profile=PROFILE, profile_digest="x", file_name="大.csv", digest="y", authority=scene.authority,
            started_by=scene.clerk, state=BatchState.RUNNING, total=10, read=4,
        )
    )  # fmt: skip
    browser = scene.browser("clerk")
    half = browser.get(f"/staff/imports/{batch.ref}/progress/")
    assert "4 / 10" in half.text
    assert "HX-Redirect" not in half.headers
    batch.state = BatchState.DONE
    saved(batch)
    assert browser.get(f"/staff/imports/{batch.ref}/progress/").headers["HX-Redirect"].endswith(f"{batch.ref}/")


def test_namesakes_are_proposed_and_a_person_decides(scene: Province) -> None:
    """H17: a name alone links nobody."""
    browser = scene.browser("clerk")
    answer = uploaded(browser, scene, filled(browser, [person(scene, scene.person.name, identity_number(5))]))
    browser.post(answer.url + "apply/")
    batch = ImportBatch.objects.get()
    assert IntegrityFile.objects.unscoped(reason="test").filter(name=scene.person.name).count() == 2
    proposal = MatchProposal.objects.filter(batch=batch).first()
    if proposal is None:
        pytest.fail("a namesake within scope must be proposed")
    address = f"/staff/imports/{batch.ref}/matches/{proposal.pk}/"
    assert scene.browser("clerk_of_other_authority").get(address).status_code == 404
    with pytest.raises(NotAdmitted):  # the act asks itself, whichever page leads to it
        matching.decide(proposal=proposal, by=scene.clerk_of_other_authority, same_person=True, reason="x")
    for page in (address, f"/staff/imports/{batch.ref}/"):  # both name two persons
        since = ReadEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        assert browser.get(page).status_code == 200
        lines = ReadEntry.objects.filter(account=scene.clerk, pk__gt=since)
        named = {person for line in lines for person in line.subject_ids}
        assert {str(proposal.subject_id), str(proposal.candidate_id)} <= named
    assert browser.post(address, {"same": "different"}).status_code == 422
    assert browser.post(address, {"same": "different", "reason": "出生年份不同"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.decided_by, proposal.same_person) == (scene.clerk, False)
    assert browser.get(address).status_code == 404

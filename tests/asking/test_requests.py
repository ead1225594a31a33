"""Requests for information 依申请公开: applicants are no subjects (H7), two persons answer, nothing hidden leaks."""

from __future__ import annotations

import io
import uuid
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client

from integrity import access
from integrity.asking import deleting, handling, intake, redaction, replying
from integrity.asking.sealing import sealer_of
from integrity.asking.statistics import LINES, request_statistics
from integrity.choices import Act, Grade, ReplyKind, RequestState, Role
from integrity.exceptions import ActRefused, NotAdmitted, UnscopedQuery
from integrity.models import InformationRequest, LookupAttempt, ReadEntry, ReleasedAnswer, Subject
from integrity.models.guarded import OPEN_MARK
from tests import factories
from tests.asking import scenes
from tests.integrity.scenes import refused
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
TABLES = {"informationrequest", "requestkey", "requestentry", "requestpause", "releasedfile", "releasedanswer"}


def everything_stored() -> str:
    """Every column of every row of every table, as the database has it: histories, ledger, index, logs."""
    told: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'{OPEN_MARK}SELECT * FROM "{table}"')  # noqa: S608  the tables' own names
            for row in cursor.fetchall():
                for value in row:
                    told.append(
                        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
    return "\n".join(told)


# --- H7 ------------------------------------------------------------------------------------------------------


def keys_from(model: type[Any]) -> set[type[Any]]:
    return {field.related_model for field in model._meta.get_fields() if field.is_relation and field.related_model}


def test_no_key_leads_from_a_request_to_a_person_on_file_or_back() -> None:
    """H7: by no number of steps that does not pass through an office or an account."""
    ours = {model for model in apps.get_app_config("integrity").get_models() if model._meta.model_name in TABLES}
    assert len(ours) == len(TABLES)
    subjects = {
        model for model in apps.get_app_config("integrity").get_models()
        if model is Subject or any(field.name == "subject" for field in model._meta.fields)
    } - {apps.get_model("integrity", "Account")}  # fmt: skip
    for model in ours:
        assert not keys_from(model) & subjects, model
    for model in subjects:
        assert not keys_from(model) & ours, model


def test_a_request_makes_no_subject_and_nothing_searchable(scene: Province) -> None:
    before = Subject.objects.count()
    scenes.replied(scene, ReplyKind.PARTIAL)
    assert Subject.objects.count() == before
    assert scenes.NAME not in everything_stored()


# --- sealed, counted, deleted --------------------------------------------------------------------------------


def test_nothing_an_applicant_wrote_stands_anywhere_in_clear(scene: Province) -> None:
    receipt = scenes.lodged(scene)
    row = handling.ask_supplement(request=receipt.request, by=scene.request_officer, text="请写明令牌年度")
    intake.supplement(request=row, text="令牌补正内容")
    stored = everything_stored()
    number = factories.identity_number(77)
    for word in (scenes.NAME, scenes.CONTACT, scenes.WANTED, number, "令牌", receipt.passphrase):
        assert word not in stored, word
    assert intake.normalised(receipt.passphrase) not in stored
    sealer = sealer_of(row)
    assert sealer is not None
    assert sealer.open("application", row.sealed)["name"] == scenes.NAME


def test_a_number_the_law_does_not_ask_for_is_not_kept(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "asks_identity", lambda kind, day: False)
    row = scenes.lodged(scene, number="随便写的").request
    sealer = sealer_of(row)
    assert sealer is not None
    assert sealer.open("application", row.sealed)["number"] == ""


def test_a_form_sent_twice_is_one_request_and_tells_no_passphrase_again(scene: Province) -> None:
    once = uuid.uuid4().hex
    first, second = scenes.lodged(scene, once=once), scenes.lodged(scene, once=once)
    assert first.request.pk == second.request.pk
    assert first.passphrase
    assert not second.passphrase


def test_after_its_term_a_request_cannot_be_opened_any_more_and_still_counts(scene: Province) -> None:
    with time_machine.travel(datetime(2020, 3, 2, 2, tzinfo=UTC)):
        row = scenes.replied(scene, ReplyKind.PARTIAL)
    done = row.done_on
    assert done is not None
    assert deleting.delete_due(date(done.year + 5, done.month, done.day - 1)) == 0
    before = [line.total for line in request_statistics(2020, scene.bureau)]
    ciphertexts = [bytes(one) for one in InformationRequest.history.values_list("sealed", flat=True)]
    assert deleting.delete_due(date(done.year + 5, done.month, done.day)) == 1
    stored = InformationRequest.objects.unscoped(reason="测试读取").get(pk=row.pk)
    assert sealer_of(stored) is None
    assert bytes(stored.sealed) == b""
    assert any(ciphertexts)  # history still has them, and no key opens them
    assert [line.total for line in request_statistics(2020, scene.bureau)] == before
    page = signed_in(scene.request_officer).get(f"/staff/requests/{row.ref}/")
    assert page.status_code == 200
    assert "已按期限删除" in page.text


def test_the_nightly_command_does_all_of_it_and_again_nothing(scene: Province) -> None:
    with time_machine.travel(datetime(2020, 3, 2, 2, tzinfo=UTC)):
        scenes.replied(scene)
    call_command("requests_due", verbosity=0)
    stored = InformationRequest.objects.unscoped(reason="测试读取").get()
    assert stored.erased_on is not None
    entries = InformationRequest.history.count()
    call_command("requests_due", verbosity=0)
    assert InformationRequest.history.count() == entries


# --- looking up ----------------------------------------------------------------------------------------------


def test_code_and_passphrase_open_the_request_however_they_are_typed(scene: Province) -> None:
    receipt = scenes.lodged(scene)
    typed = receipt.passphrase.lower().replace("-", " ")
    found = intake.look_up(code=receipt.request.code.replace("-", ""), passphrase=typed, address="10.0.0.1")
    assert found == receipt.request


def test_a_wrong_code_and_a_wrong_passphrase_are_one_answer_and_are_counted(scene: Province) -> None:
    receipt = scenes.lodged(scene)
    for code in ("AAAA-AAAA-AA", receipt.request.code):
        assert intake.look_up(code=code, passphrase="WRONG", address="10.0.0.1") is None
    assert LookupAttempt.objects.count() == 2
    for _time in range(4):
        intake.look_up(code=receipt.request.code, passphrase="WRONG", address="10.0.0.2")
    with refused("too_many"):  # the fifth was the last one; the right passphrase waits too
        intake.look_up(code=receipt.request.code, passphrase=receipt.passphrase, address="10.0.0.3")
    assert "10.0.0." not in everything_stored()


# --- access --------------------------------------------------------------------------------------------------


def test_a_request_answers_nobody_without_a_scope(scene: Province) -> None:
    scenes.lodged(scene)
    with pytest.raises(UnscopedQuery):
        list(InformationRequest.objects.all())


OUTSIDE = (
    "clerk", "reviewer", "regulator", "secrecy_reviewer", "publisher", "editor", "superuser", "system_admin",
    "security_admin", "audit_admin", "nobody", "subject_himself", "inspector_with_case",
)  # fmt: skip


def test_only_the_units_request_office_opens_a_request(scene: Province) -> None:
    row = scenes.lodged(scene).request
    elsewhere = assigned(factories.account("elsewhere"), Role.REQUEST_OFFICER, scene.authority)
    low = assigned(factories.account("low"), Role.REQUEST_OFFICER, scene.bureau, clearance=Grade.INTERNAL)
    address, absent = f"/staff/requests/{row.ref}/", f"/staff/requests/{uuid.uuid4()}/"
    for browser in (*map(scene.browser, OUTSIDE), signed_in(elsewhere), signed_in(low)):
        refused_page, absent_page = browser.get(address), browser.get(absent)
        assert refused_page.status_code == absent_page.status_code == 404
        assert refused_page.content == absent_page.content
    before = ReadEntry.objects.count()
    page = scene.browser("request_officer").get(address)
    assert scenes.NAME in page.text
    line = ReadEntry.objects.order_by("pk").last()
    assert ReadEntry.objects.count() == before + 1
    assert line is not None
    assert (line.model, line.ids, line.grade) == ("informationrequest", [row.pk], None)


def test_the_queue_shows_numbers_and_no_applicant(scene: Province) -> None:
    scenes.lodged(scene)
    page = scene.browser("request_officer").get("/staff/requests/").text
    assert scenes.NAME not in page
    assert scenes.WANTED not in page


def test_who_handles_does_not_sign_and_who_signs_does_not_handle(scene: Province) -> None:
    row = scenes.accepted(scene)
    with pytest.raises(NotAdmitted):
        handling.consult(request=row, by=scene.request_head, text="意见")
    replying.draft(request=row, by=scene.request_officer, kind="not_exist", number="1号", text="无")
    with pytest.raises(NotAdmitted):
        replying.sign(request=row, by=scene.request_officer)
    both = assigned(scene.request_officer, Role.REQUEST_HEAD, scene.bureau)  # both duties, and still another person
    with refused("second_person"):
        replying.sign(request=row, by=both)
    assert replying.sign(request=row, by=scene.request_head).state == RequestState.REPLIED


def test_list_admits_and_scope_agree(scene: Province) -> None:
    row = scenes.lodged(scene).request
    for name in (*OUTSIDE, "request_officer", "request_head"):
        for act in Act:
            scope = access.scope_for(getattr(scene, name), act)
            listed = InformationRequest.objects.within(scope).filter(pk=row.pk).exists()
            assert (
                listed
                == scope.admits(row)
                == (
                    name.startswith("request_")
                    and act in {Act.LIST, Act.READ, Act.HANDLE if name == "request_officer" else Act.SIGN}
                )
            ), (name, act)


@pytest.mark.postgres
def test_the_wall_and_the_rule_agree_on_requests(scene: Province) -> None:
    from tests.integrity import wall
    from tests.integrity.test_wall import reading

    row = scenes.lodged(scene).request
    elsewhere = assigned(factories.account("elsewhere"), Role.REQUEST_OFFICER, scene.authority)
    for account in (scene.request_officer, scene.request_head, elsewhere, scene.clerk, scene.publisher):
        scope = access.scope_for(account, Act.READ)
        with reading(scope):
            assert (row.pk in wall.ids(InformationRequest)) == scope.admits(row), account


# --- partial release -----------------------------------------------------------------------------------------


def test_hidden_words_are_in_no_byte_of_what_is_kept_or_given(scene: Province) -> None:
    """条例 37: released file, its name, headers, pages of both sides, database with histories, index."""
    row = scenes.replied(scene, ReplyKind.PARTIAL)
    (file,) = replying.released_of(row)
    officer = scene.browser("request_officer")
    page, letter = officer.get(f"/staff/requests/{row.ref}/"), officer.get(f"/staff/requests/{row.ref}/letter/")
    download = officer.get(f"/staff/requests/{row.ref}/files/{file['ref']}/")
    assert download.content == replying.file_bytes(file)
    texts = [page.text, letter.text, str(download.headers), download.content.decode(), everything_stored(), str(file)]
    for text in texts:
        assert redaction.spans(text, scenes.HIDDEN) == []
    assert file["text"].count(redaction.MARK) == 3
    assert "经费共一百万元" in file["text"]


def test_an_uploaded_original_leaves_nothing_behind(scene: Province, tmp_path: Any, settings: Any) -> None:
    row = scenes.accepted(scene)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in ("经办人王", "小", "明，其余公开"))
        made.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body><w:p>{runs}</w:p></w:body></w:document>'
        )
        made.writestr("docProps/core.xml", "<x>王小明</x>")
        made.writestr("word/comments.xml", "<x>王小明的批注</x>")
    packed.seek(0)
    packed.name = "王小明的档案.docx"
    answer = scene.browser("request_officer").post(
        f"/staff/requests/{row.ref}/release/", {"title": "说明", "original": packed, "withheld": "王小明"}
    )
    assert answer.status_code == 302
    (file,) = replying.released_of(row)
    assert file["text"] == f"经办人{redaction.MARK}，其余公开"
    assert redaction.spans(everything_stored() + file["file_name"], ["王小明"]) == []
    kept = [path.read_bytes() for root in (settings.MEDIA_ROOT, settings.CLOSED_ROOT)
            for path in Path(root).rglob("*") if path.is_file()]  # fmt: skip
    assert not any("王小明".encode() in data for data in kept)


@pytest.mark.parametrize(
    ("text", "word"),
    [("甲 乙\n丙", "甲乙丙"), ("ＡＢＣ１２３", "abc123"), ("王\u200b小\u2060明", "王小明"), ("扎西·多杰", "扎西多杰"),
     ("a\u0301b", "áb")],
)  # fmt: skip
def test_a_word_is_found_however_it_is_written(text: str, word: str) -> None:
    made = redaction.redact(f"前{text}后", [word])
    assert made.text == f"前{redaction.MARK}后"


def test_words_that_overlap_leave_no_rest() -> None:
    assert redaction.redact("天地玄黄宇宙", ["地玄", "玄黄"]).text == f"天{redaction.MARK}宇宙"


def test_a_word_that_is_not_there_or_stands_in_the_title_is_refused(scene: Province) -> None:
    row = scenes.accepted(scene)
    for title, withheld, code in (
        ("说明", ["没有的词"], "word_missing"),
        ("李某某的说明", ["李某某"], "word_elsewhere"),
    ):
        with refused(code):
            replying.release(
                request=row, by=scene.request_officer, title=title, original=scenes.ORIGINAL, withheld=withheld
            )


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", b"PK\x03\x04 broken", b"\x00\x01\x02", b"x" * (5 * 1024 * 1024 + 1)])
def test_what_cannot_be_read_as_text_is_refused(data: bytes) -> None:
    with pytest.raises(ActRefused):
        redaction.text_of(io.BytesIO(data))


def test_kind_and_release_fit_each_other(scene: Province) -> None:
    row = scenes.accepted(scene)
    with refused("nothing_released"):
        replying.draft(request=row, by=scene.request_officer, kind="partial", number="1号", text="理由")
    replying.release(request=row, by=scene.request_officer, title="说明", original=scenes.ORIGINAL, withheld=["李某某"])
    for kind, code in (("open", "withheld"), ("not_exist", "released_though_refused")):
        replying.draft(request=row, by=scene.request_officer, kind=kind, number="1号", text="理由")
        with refused(code):
            replying.sign(request=row, by=scene.request_head)


def test_a_release_after_the_draft_takes_the_draft_back(scene: Province) -> None:
    row = scenes.accepted(scene)
    replying.draft(request=row, by=scene.request_officer, kind="open", number="1号", text="予以公开")
    replying.release(request=row, by=scene.request_officer, title="后加", original="文字", withheld=[])
    with refused("no_draft"):
        replying.sign(request=row, by=scene.request_head)


def test_an_answer_made_public_does_not_lead_back_to_who_asked(scene: Province) -> None:
    row = scenes.replied(scene, ReplyKind.PARTIAL)
    (file,) = replying.released_of(row)
    with refused("names_applicant"):
        replying.offer(request=row, by=scene.request_officer, ref=file["ref"], title=f"答{scenes.NAME}")
    answer = replying.offer(request=row, by=scene.request_officer, ref=file["ref"], title="经费说明")
    assert answer.text == file["text"]
    assert not {field.related_model for field in ReleasedAnswer._meta.fields if field.related_model} & {
        InformationRequest
    }


# --- figures -------------------------------------------------------------------------------------------------


def test_the_yearly_table_adds_up_and_counts_each_kind_once(scene: Province) -> None:
    with time_machine.travel(datetime(2025, 12, 29, 2, tzinfo=UTC)) as now:
        carried = scenes.accepted(scene, kind="charity", number="91350100M000100Y43")
        now.move_to(datetime(2026, 2, 3, 2, tzinfo=UTC))
        replying.draft(request=carried, by=scene.request_officer, kind="other_body", number="1号", text="理由")
        replying.sign(request=carried, by=scene.request_head)
        for kind in (ReplyKind.PARTIAL, ReplyKind.NOT_EXIST, ReplyKind.REPEATED):
            scenes.replied(scene, kind)
        intake.withdraw(request=scenes.lodged(scene).request, reason="")
        late = scenes.lodged(scene).request
        handling.ask_supplement(request=late, by=scene.request_officer, text="请补")
        now.move_to(datetime(2026, 6, 1, 2, tzinfo=UTC))
        scenes.accepted(scene)
        lines = {line.code: line for line in request_statistics(2026, scene.bureau)}
        before = {line.code: line.total for line in request_statistics(2025, scene.bureau)}
        handling.lapse_due(date(2026, 6, 1))
        assert [line.total for line in request_statistics(2026, scene.bureau)] == [one.total for one in lines.values()]
    totals = {code: line.total for code, line in lines.items()}
    assert totals == dict.fromkeys(dict(LINES), 0) | {
        "new": 6, "carried": 1, "2": 1, "4.1": 2, "5.2": 1, "6.1": 1, "6.3": 1, "total": 6, "forward": 1,
    }  # fmt: skip
    assert lines["4.1"].counts == (1, 0, 0, 1, 0, 0)
    assert totals["new"] + totals["carried"] == totals["total"] + totals["forward"]
    assert (before["new"], before["forward"]) == (1, 1)
    assert request_statistics(2026, scene.authority)[0].total == 0


@pytest.mark.parametrize("kind", ReplyKind.values)
def test_every_kind_has_words_an_article_and_a_line(scene: Province, kind: str) -> None:
    row = replying.reply_rule(kind, date(2026, 1, 1))
    assert row.text
    assert row.parameters["row"] in dict(LINES)
    assert row.basis.article


# --- pages ---------------------------------------------------------------------------------------------------


def test_the_whole_way_of_an_applicant_by_pages(scene: Province) -> None:
    public = Client(enforce_csrf_checks=False)
    form = {
        "authority": scene.bureau.pk, "kind": "natural", "name": scenes.NAME, "contact": scenes.CONTACT,
        "number": factories.identity_number(78), "wanted": scenes.WANTED, "delivery": "online",
        "once": uuid.uuid4().hex,
    }  # fmt: skip
    missing = public.post("/service/requests/apply/", form | {"number": "123"})
    assert missing.status_code == 422
    receipt = public.post("/service/requests/apply/", form)
    assert receipt.status_code == 201
    assert "no-store" in receipt["Cache-Control"]
    row = InformationRequest.objects.unscoped(reason="测试读取").get()
    passphrase = receipt.text.partition("data-passphrase>")[2].partition("<")[0]
    page = public.post("/service/requests/status/", {"code": row.code, "passphrase": passphrase})
    assert scenes.WANTED in page.text
    assert scenes.NAME not in page.text  # the status says what was asked, not who
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    assert public.post("/service/requests/withdraw/", {"token": token + "x"}).status_code == 403
    assert public.get("/service/requests/withdraw/").status_code == 405
    done = public.post("/service/requests/withdraw/", {"token": token})
    assert "已撤回" in done.text
    wrong = public.post("/service/requests/status/", {"code": row.code, "passphrase": "WRONG"})
    assert wrong.status_code == 422
    assert scenes.WANTED not in wrong.text


def test_the_applicant_reads_the_letter_and_not_the_third_partys_words(scene: Province) -> None:
    receipt = scenes.lodged(scene)
    row = handling.accept(request=receipt.request, by=scene.request_officer)
    row = handling.consult(request=row, by=scene.request_officer, text="令牌征求")
    row = handling.hear(request=row, by=scene.request_officer, text="令牌意见", received_on=row.received_on)
    replying.draft(request=row, by=scene.request_officer, kind="third_party", number="青〔2026〕9号", text="商业秘密")
    before = Client().post("/service/requests/status/", {"code": row.code, "passphrase": receipt.passphrase}).text
    assert "商业秘密" not in before
    replying.sign(request=row, by=scene.request_head)
    page = Client().post("/service/requests/status/", {"code": row.code, "passphrase": receipt.passphrase}).text
    assert "令牌" not in page
    for words in ("青〔2026〕9号", "商业秘密", "第三十二条", "60 日内申请行政复议", "应当先申请行政复议"):
        assert words in page, words

"""Pages of erasure and legal hold 删除与保全: what each person sees and does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from integrity.erasing import act
from integrity.ledger import checkpoints
from integrity.ledger.verifier import main, verify_receipt
from integrity.models import Erasure, LegalHold, ReadEntry, Training
from tests.erasure.conftest import CANARY, approved, asked, ground, signed
from tests.personas import Province

pytestmark = pytest.mark.django_db
LIST = "/staff/erasures/"


def sent(browser: Client, address: str, **values: Any) -> Any:
    return browser.post(address, values)


def test_asked_and_decided_on_pages_and_told_to_the_person(scene: Province, training: Training) -> None:
    first, second = scene.browser("reviewer"), scene.browser("second_reviewer")
    told = sent(first, f"{LIST}new/", ref=training.ref, what="erase")
    assert told.status_code == 302
    assert CANARY not in first.get(LIST).content.decode()
    answer = sent(first, told.url, field="title", ground=ground().pk, reason="目的已实现", document="1号")
    assert (answer.status_code, answer.url) == (302, LIST)
    erasure = Erasure.objects.get()
    decide = f"{LIST}{erasure.ref}/decide/"
    assert "2 项内容" in second.get(decide).content.decode()
    assert sent(first, decide, approved="yes", reason="可以").status_code == 422
    assert sent(second, decide, approved="yes", reason="核实").status_code == 302
    act.carry_out_due()
    page = scene.browser("subject_himself").get("/staff/my/reads/").content.decode()
    assert "依法删除的内容" in page
    assert "第四十七条" in page
    assert "2026年6月1日" in page


def test_an_approved_request_is_taken_back_before_it_is_carried_out(scene: Province, training: Training) -> None:
    erasure = approved(scene, training)
    address = f"{LIST}{erasure.ref}/withdraw/"
    page = scene.browser("reviewer").get(address)
    assert page.status_code == 200
    assert "项内容" in page.content.decode()
    assert sent(scene.browser("reviewer"), address, reason="误报").status_code == 302
    assert act.carry_out_due().done == []
    training.refresh_from_db()
    assert training.title == CANARY


@pytest.mark.parametrize("who", [*Province.DO_NOT_SEE, "clerk", "inspector_with_case", "subject_himself"])
def test_nobody_else_asks_decides_or_learns_of_it(scene: Province, training: Training, who: str) -> None:
    erasure = asked(scene, training)
    browser = scene.browser(who)
    for address in (
        f"{LIST}ask/training/{training.ref}/", f"{LIST}hold/training/{training.ref}/", f"{LIST}{erasure.ref}/decide/",
        f"{LIST}{erasure.ref}/withdraw/",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404, address
        assert sent(browser, address, approved="yes", reason="可以").status_code == 404, address
    listed = browser.get(LIST)
    assert listed.status_code == 404 or str(training.ref) not in listed.content.decode()
    named = sent(browser, f"{LIST}new/", ref=training.ref, what="erase")
    assert named.status_code in (404, 422)


def test_a_number_of_another_authority_reads_as_unknown_and_is_logged(scene: Province, training: Training) -> None:
    browser = scene.browser("reviewer_of_other_authority")
    there = sent(browser, f"{LIST}new/", ref=training.ref, what="erase")
    absent = sent(browser, f"{LIST}new/", ref=scene.person.pk, what="erase")
    assert there.status_code == absent.status_code == 422
    assert all("没有可以办理的此编号记录" in answer.content.decode() for answer in (there, absent))
    assert ReadEntry.objects.filter(account=scene.reviewer_of_other_authority, outcome="refused").count() == 2


def test_a_hold_on_pages(scene: Province, training: Training) -> None:
    first, second = scene.browser("reviewer"), scene.browser("second_reviewer")
    told = sent(first, f"{LIST}new/", ref=training.ref, what="hold")
    answer = sent(first, told.url, ground="诉讼保全", case_reference="〔2026〕青01行初1号", from_on="2026-06-01")
    assert answer.status_code == 302
    ask = f"{LIST}ask/training/{training.ref}/"
    refused = sent(first, ask, field="title", ground=ground().pk, reason="目的已实现", document="1号")
    assert refused.status_code == 422
    assert "法律保全中" in refused.content.decode()
    hold = LegalHold.objects.get()
    assert sent(first, f"{LIST}holds/{hold.ref}/lift/", words="案件审结").status_code == 302
    assert sent(first, f"{LIST}holds/{hold.ref}/decide/", approved="yes", reason="可以").status_code == 422
    assert sent(second, f"{LIST}holds/{hold.ref}/decide/", approved="yes", reason="可以").status_code == 302
    hold.refresh_from_db()
    assert hold.state == "lifted"


def test_a_receipt_says_erased_on_which_day_and_ground(
    scene: Province, training: Training, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Training.history.filter(id=training.pk).order_by("history_id").first()
    approved(scene, training)
    act.carry_out_due()
    signed()
    address = f"/staff/files/{scene.file.ref}/receipts/integrity_historicaltraining/{first.pk}/"
    receipt = scene.browser("subject_himself").get(address).json()
    key = checkpoints.public_line_of(settings.LEDGER_KEY)
    assert verify_receipt(receipt, [key]) == []
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt), encoding="utf-8")
    assert main([str(file), "--receipt", "--key", key]) == 0
    said = capsys.readouterr().out
    assert "title: erased on 2026-06-01" in said
    assert "第四十七条" in said
    # An erasure of something else, or one that was made up, is no answer.
    for change in ("field", "basis", "salt"):
        forged = json.loads(json.dumps(receipt))
        told = forged["erased"][0]
        if change == "field":
            told["field"] = "organiser"
        elif change == "basis":
            entry = told["erasure"]["entry"]
            entry["values"][entry["names"].index("basis")] = '"别的依据"'
        else:
            told["item"]["entry"]["salts"][0] = "11" * 16
        assert verify_receipt(forged, [key]) != [], change

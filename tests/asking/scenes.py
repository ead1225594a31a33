"""Scenes of requests for information 依申请公开的场景: every word of them a token that can be looked for."""

from __future__ import annotations

import uuid
from typing import Any

from integrity.asking import handling, intake, replying
from integrity.choices import ReplyKind
from integrity.models import InformationRequest
from tests import factories
from tests.personas import Province

NAME, CONTACT, WANTED = "申请人卓玛吉", "13900009999", "二〇二五年全省诚信档案建设经费明细"
ORIGINAL = "经费共一百万元。经办人李 某某，电话 0971-555\n6666，账号６２２２０２０００１１１２２２３３３４。其余照常。"
HIDDEN = ["李某某", "0971-5556666", "6222020001112223334"]


def lodged(scene: Province, **changes: Any) -> intake.Receipt:
    given: dict[str, Any] = {
        "authority": scene.bureau, "kind": "natural", "name": NAME, "contact": CONTACT, "address": "",
        "number": factories.identity_number(77), "wanted": WANTED, "delivery": "online", "once": uuid.uuid4().hex,
    }  # fmt: skip
    return intake.lodge(**given | changes)


def accepted(scene: Province, **changes: Any) -> InformationRequest:
    return handling.accept(request=lodged(scene, **changes).request, by=scene.request_officer)


def replied(scene: Province, kind: str = ReplyKind.NOT_EXIST, **changes: Any) -> InformationRequest:
    row = accepted(scene, **changes)
    if kind == ReplyKind.PARTIAL:
        replying.release(request=row, by=scene.request_officer, title="经费说明", original=ORIGINAL, withheld=HIDDEN)
    replying.draft(request=row, by=scene.request_officer, kind=kind, number="青司公开〔2026〕1号", text="理由如下")
    return replying.sign(request=row, by=scene.request_head)

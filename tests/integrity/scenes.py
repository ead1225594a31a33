"""Scenes 场景: lawful drafts and what the acts make of them, on one fixed day, under the law as it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import models

from integrity import case_terms, cases, decisions, notices, publications
from integrity.choices import DecisionKind, LicenceState, NoticeChannel, PenaltyKind, RecordState
from integrity.exceptions import ReasonedRefusal
from integrity.lifecycle.engine import move
from integrity.lifecycle.record import RECORD
from integrity.models import (
    Account,
    Case,
    CaseGrant,
    Decision,
    IntegrityFile,
    LegalBasis,
    Licence,
    Penalty,
    PractitionerRecord,
    Publication,
)
from tests import factories
from tests.personas import Province
from tests.shadow import tampering

TODAY = date(2026, 6, 1)


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The act is refused, and by this reason."""
    with pytest.raises(ReasonedRefusal) as caught:
        yield
    assert caught.value.code == code, f"{caught.value.code}: {caught.value}"


def raw(row: models.Model, **columns: Any) -> int:
    """An update behind the back of acts and history, as somebody with a database prompt would write it."""
    with tampering():
        return int(models.QuerySet(type(row)).filter(pk=row.pk).update(**columns))


def opened_case(scene: Province, *, by: Account | None = None, second: Account | None = None, **changes: Any) -> Case:
    """A case asked for by one officer of the provincial body and agreed to by another."""
    given: dict[str, Any] = {
        "reference": "青纪立〔2026〕20号", "organisation": scene.inspection, "reason": "审查调查",
        "ends_on": date(2026, 7, 31),
    }  # fmt: skip
    request = case_terms.ask_opening(by=by or scene.second_inspector, **given | changes)
    case = case_terms.decide(
        request=request, by=second or scene.inspector_with_case, agreed=True, answer="同意登记"
    ).case
    assert case is not None
    return case


def let_in(
    case: Case, inspector: Account, files: list[IntegrityFile], *, by: Account, ends_on: date | None = None
) -> list[CaseGrant]:
    """Files an inspector asked for, all of them granted by another officer."""
    request = cases.ask_files(case=case, by=inspector, files=files, reason="办案需要", ends_on=ends_on)
    cases.decide_request(request=request, by=by, chosen=[file.pk for file in files], answer="同意")
    return list(CaseGrant.objects.filter(case=case, user=inspector, content_object__in=files).order_by("pk"))


def article(code: str) -> LegalBasis:
    return LegalBasis.objects.filter(code=code).order_by("-valid_from")[0]


def values(scene: Province, **changes: Any) -> dict[str, Any]:
    """A 记过 by the provincial supervisory commission that lacks nothing."""
    return {
        "kind": DecisionKind.DEMERIT,
        "deciding_authority": scene.inspection,
        "document": factories.document(scene.clerk),
        "document_no": "青监政处〔2026〕3号",
        "decided_on": date(2026, 3, 2),
        "served_on": date(2026, 3, 5),
        "facts": "违反工作纪律。",
    } | changes


def draft(scene: Province, *, bases: tuple[str, ...] = ("政务处分法#8",), **changes: Any) -> Decision:
    return decisions.enter_decision(
        file=scene.file,
        by=scene.clerk,
        values=values(scene, **changes),
        bases=[article(code) for code in bases],
        matter_title="某事项",
        reason="录入",
    )


def submitted(scene: Province, **changes: Any) -> Decision:
    """Handed in as it is; `decisions.submit` would send what contradicts the law back to its author first."""
    by = scene.clerk
    return move(RECORD, draft(scene, **changes), "submit", by=by, reason="提交审核", changes={"submitted_by": by})


def in_force(scene: Province, **changes: Any) -> Decision:
    return decisions.approve(row=submitted(scene, **changes), by=scene.reviewer)


def practitioner(scene: Province, **columns: Any) -> PractitionerRecord:
    assert scene.regulator.organisation is not None
    row: PractitionerRecord = factories.practitioner(
        scene.regulator.organisation, by=scene.regulator, of=scene.profession, name="才让卓玛", **columns
    )
    return row


def licence(record: PractitionerRecord, scene: Province, **columns: Any) -> Licence:
    return factories.saved(
        Licence(
            **{
                "record": record, "subject": record.subject, "authority": record.authority, "grade": record.grade,
                "entered_by": scene.regulator, "title": "律师执业证书", "number": "16301202610000001",
                "licence_state": LicenceState.VALID, "state": RecordState.IN_FORCE, "document_no": "青司许〔2020〕1号",
                "approved_by": scene.second_regulator,
            } | columns
        )
    )  # fmt: skip


def penalty_draft(scene: Province, record: PractitionerRecord | None = None, **changes: Any) -> Penalty:
    """A suspension of three months by the provincial department of justice that lacks nothing."""
    record = record or practitioner(scene)
    return decisions.enter_penalty(
        record=record,
        by=scene.regulator,
        values={
            "kind": PenaltyKind.SUSPENSION,
            "period_months": 3,
            "deciding_authority": record.authority,
            "document": factories.document(scene.regulator, number="青司罚〔2026〕9号"),
            "document_no": "青司罚〔2026〕9号",
            "decided_on": date(2026, 5, 6),
            "served_on": date(2026, 5, 8),
            "violation": "同时在两个律师事务所执业",
            "content": "停止执业三个月",
        }
        | changes,
        bases=[article("律师法#47")],
        reason="录入",
    )


def penalty_in_force(scene: Province, record: PractitionerRecord | None = None, **changes: Any) -> Penalty:
    row = decisions.submit(row=penalty_draft(scene, record, **changes), by=scene.regulator)
    return decisions.approve(row=row, by=scene.second_regulator)


def proposed(scene: Province, penalty: Penalty | None = None) -> Publication:
    return publications.propose(by=scene.regulator, penalty=penalty or penalty_in_force(scene), reason="提出")


def reviewed(scene: Province, penalty: Penalty | None = None) -> Publication:
    return publications.review(publication=proposed(scene, penalty), by=scene.secrecy_reviewer, reason="可公开")


def noticed(scene: Province, penalty: Penalty | None = None) -> Publication:
    row = reviewed(scene, penalty)
    notices.serve_notice(
        publication=row, by=scene.regulator, served_on=TODAY, channel=NoticeChannel.POST, proof="EMS1", reason="告知"
    )
    row.refresh_from_db()
    return row


def published(scene: Province, penalty: Penalty | None = None) -> Publication:
    return publications.publish(publication=noticed(scene, penalty), by=scene.publisher, reason="发布")

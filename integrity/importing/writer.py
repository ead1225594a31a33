"""THE bulk door 批量写入: the one place where many tracked rows are inserted at once, each with its history row.

`bulk_create` of a tracked model leaves no history and is closed there (N3); here rows and history are written
together in one transaction, the history rows out of the very columns that went into the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models.expressions import BaseExpression
from django.utils.translation import gettext as _

from integrity.access import Scope
from integrity.choices import Grade, RowOutcome
from integrity.exceptions import ClosedDoor, UnrecordedWrite
from integrity.importing.planning import Outcome, Plan
from integrity.importing.refusal import ImportRefused
from integrity.insertion import Written, insert, insert_columns, prepare, take_keys
from integrity.ledger.appending import Leaf, append
from integrity.matching import propose
from integrity.models import (
    Account,
    Decision,
    GuardedModel,
    ImportBatch,
    ImportedRow,
    IntegrityFile,
    Licence,
    MatchProposal,
    Penalty,
    PractitionerRecord,
    Rejection,
    Subject,
    SubjectIdentifier,
    SubjectName,
    TrackedModel,
    recording,
)
from integrity.models.door import writing
from integrity.names import name_key
from integrity.signals import tell_decisions, tell_records

Row = TypeVar("Row", bound=TrackedModel)


def write_rows(
    model: type[Row], objs: Sequence[Row], *, by: Account | None, reason: str, document: str = ""
) -> list[Row]:
    """Insert new rows of one model and their history rows ('+') in one transaction; returns them with keys.

    Sends `records_changed` (and `decisions_changed`) once for all of them. `save()` is not called; what the
    models' own `save()` sets is set here.
    """
    if not reason.strip():
        raise UnrecordedWrite("a bulk write needs a reason")
    if not issubclass(model, TrackedModel):
        raise ClosedDoor(f"{model.__name__} is not a tracked model")
    rows = [_as_saved(obj) for obj in objs]
    if any(type(row) is not model for row in rows):
        raise ClosedDoor(f"write_rows({model.__name__}): a row of another model")
    if not rows:
        return []
    with transaction.atomic(), writing():
        _write_history(model, insert(model, rows), rows, by=by, reason=reason.strip(), document=document)
        _tell(model, rows)
    return rows


def _write_history(
    model: type[TrackedModel],
    written: Written,
    rows: Sequence[TrackedModel],
    *,
    by: Account | None,
    reason: str,
    document: str,
) -> None:
    """A history row '+' of every row, with the same prepared values."""
    history = model.history.model
    own = {
        "history_date": written.at,
        "history_type": "+",
        "history_change_reason": reason,
        "history_user_id": by.pk if by else None,
        "history_document": document,
        "history_acting_for_id": None,
    }
    kept = {field.attname for field in history._meta.concrete_fields} - {"history_id"}
    if kept != {*own, *written.columns}:
        raise ClosedDoor(
            f"{history.__name__}: columns that the bulk door cannot fill: {kept ^ {*own, *written.columns}}"
        )
    columns = written.columns | {name: prepare(history, name, value, len(rows)) for name, value in own.items()}
    keys = take_keys(history, len(rows))
    insert_columns(history, columns | {"history_id": keys})
    append(
        history,
        (Leaf(str(row.pk), key, "+", written.at, row.__dict__ | own) for row, key in zip(rows, keys, strict=True)),
    )


def _as_saved(obj: Row) -> Row:
    """What `save()` of the model would have set or refused."""
    for field in obj._meta.concrete_fields:
        if isinstance(obj.__dict__.get(field.attname), BaseExpression):
            raise ClosedDoor(f"{type(obj).__name__}.{field.name}: an expression cannot be recorded")
    if isinstance(obj, Decision):
        obj.grade = Grade.STRICT
    elif isinstance(obj, Penalty):
        obj.grade = max(obj.grade, Grade.SENSITIVE)
    return obj


def _tell(model: type[TrackedModel], rows: Sequence[Any]) -> None:
    label = str(model._meta.model_name)
    if issubclass(model, GuardedModel):
        tell_records(label, [row.pk for row in rows])
    if model in (Decision, Penalty):
        tell_decisions(label, [row.pk for row in rows])


# --- one chunk of an import --------------------------------------------------------------------

#: A part points to its file or record, a penalty to a licence: parents first.
_FIRST: tuple[type[TrackedModel], ...] = (
    Subject,
    SubjectName,
    SubjectIdentifier,
    IntegrityFile,
    PractitionerRecord,
    Licence,
)


def write_chunk(plan: Plan, batch: ImportBatch, *, by: Account, scope: Scope, reason: str) -> None:
    """One transaction: rows, history, imported rows, rejections, proposals, the batch's counts, the index queue.

    The importing account's own scope must contain every row written, else nothing of the chunk is.
    """
    document = f"import:{batch.ref}"
    with transaction.atomic():
        for model in [*_FIRST, *(model for model in plan.new if model not in _FIRST)]:
            write_rows(model, plan.new.get(model, []), by=by, reason=reason, document=document)
        with recording(by=by, reason=reason, document=document):
            for obj in plan.changed.values():
                obj.save()
                if isinstance(obj, GuardedModel):
                    _tell(type(obj), [obj])
        _tell_new_names(plan)
        _stay_within(plan, scope)
        rows = _imported_rows(plan.outcomes, batch)
        _write_proposals(plan, rows, batch, by=by, scope=scope, reason=reason, document=document)
        _count(plan.outcomes, batch)
        with recording(by=by, reason=reason, document=document):
            batch.save()


def _tell_new_names(plan: Plan) -> None:
    """A name added to somebody already on file: the index must find the person by it."""
    fresh = {subject.pk for subject in plan.new.get(Subject, ())}
    known = {name.subject_id for name in plan.new.get(SubjectName, ())} - fresh
    if known:
        tell_records("subject", sorted(known, key=str))


def _stay_within(plan: Plan, scope: Scope) -> None:
    written = [obj for objs in plan.new.values() for obj in objs] + list(plan.changed.values())
    for obj in written:
        if isinstance(obj, GuardedModel) and not scope.admits(obj):
            raise ImportRefused("outside_scope", _("有记录超出你的导入权限，本批未写入"), remedy=_("请核对管理机关"))


def _imported_rows(outcomes: Sequence[Outcome], batch: ImportBatch) -> dict[tuple[str, int], ImportedRow]:
    rows = [
        ImportedRow(
            batch=batch,
            sheet=item.row.sheet[:80],
            number=item.row.number,
            raw=item.row.raw,
            outcome=item.outcome,
            target_model=str(item.target._meta.model_name) if item.target else "",
            target_id=str(item.target.pk) if item.target else "",
            note=item.note,
        )
        for item in outcomes
    ]
    insert(ImportedRow, rows)
    insert(
        Rejection,
        [
            Rejection(
                batch=batch, sheet=item.row.sheet[:80], number=item.row.number, column=problem.column[:120],
                value=problem.value[:200], rule=problem.rule[:200], remedy=problem.remedy[:300],
            )
            for item in outcomes
            for problem in item.row.problems
        ],
    )  # fmt: skip
    return {(row.sheet, row.number): row for row in rows}


def _write_proposals(
    plan: Plan,
    rows: dict[tuple[str, int], ImportedRow],
    batch: ImportBatch,
    *,
    by: Account,
    scope: Scope,
    reason: str,
    document: str,
) -> None:
    """Namesakes of new people; somebody decides later (H17)."""
    row_of = {subject.pk: rows[(row.sheet[:80], row.number)] for subject, row in plan.new_people}
    likenesses = propose(
        [subject for subject, _row in plan.new_people],
        {subject.pk: name_key(subject.name)[:100] for subject, _row in plan.new_people},
        scope=scope,
    )
    proposals = [
        MatchProposal(
            batch=batch, row=row_of[item.subject.pk], subject=item.subject, candidate=item.candidate, reason=item.reason
        )
        for item in likenesses
    ]
    write_rows(MatchProposal, proposals, by=by, reason=reason, document=document)


def _count(outcomes: Sequence[Outcome], batch: ImportBatch) -> None:
    batch.read += len(outcomes)
    batch.created += sum(item.outcome == RowOutcome.CREATED for item in outcomes)
    batch.changed += sum(item.outcome == RowOutcome.CHANGED for item in outcomes)
    batch.unchanged += sum(item.outcome == RowOutcome.UNCHANGED for item in outcomes)
    batch.rejected += sum(item.outcome == RowOutcome.REJECTED for item in outcomes)

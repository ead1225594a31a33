"""Doors 入口: fetch, check and log in one call; the read log is written before the answer leaves (H19)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from integrity.access.clauses import Clause
from integrity.access.roles import EMERGENCY
from integrity.access.rule import scope_for
from integrity.access.scope import Scope
from integrity.choices import Act, Grade, ReadOutcome
from integrity.exceptions import NotAdmitted, ReadLogUnavailable
from integrity.identifiers import keyed_digest
from integrity.models import (
    Account,
    Case,
    GuardedModel,
    GuardedQuerySet,
    Publication,
    ReadEntry,
    ReadSubject,
    SubjectIdentifier,
)

log = logging.getLogger("integrity.readlog")


def open_one(
    account: Account | AnonymousUser,
    act: Act,
    rows: GuardedQuerySet[Any],
    *,
    door: str,
    purpose: str = "",
    case: Case | str | None = None,
    request: HttpRequest | None = None,
    **lookup: Any,
) -> Any:
    """Fetch, check and log in one call. Refused and absent are one answer: `NotAdmitted` (404)."""
    scope = scope_for(account, act, purpose=purpose, case=case)
    found = rows.within(scope).filter(**lookup).first()
    if found is None:
        log_read(
            scope, door=door, model=rows.model, ids=[str(value) for value in lookup.values()],
            request=request, outcome=ReadOutcome.REFUSED,
        )  # fmt: skip
        raise NotAdmitted
    log_read(scope, door=door, model=rows.model, rows=[found], request=request)
    return found


def purpose_for(scope: Scope, clause: Clause | None) -> str:
    """What a reading was for, as it is written down: stated, or said by what let it in.

    Words of the system's own are Chinese in the log, whatever language the reader's pages have.
    """
    return "紧急查阅" if clause is not None and clause.role == EMERGENCY else scope.purpose[:200]


def log_read(
    scope: Scope,
    *,
    door: str,
    model: type[Model],
    rows: Sequence[Any] = (),
    ids: Sequence[Any] = (),
    count: int | None = None,
    query: str = "",
    request: HttpRequest | None = None,
    outcome: str = ReadOutcome.SHOWN,
    about: Iterable[UUID] = (),
    refs: Iterable[UUID] = (),
) -> ReadEntry:
    """Write one line of the read log before the answer leaves (H19).

    `about` and `refs`: persons and numbers of records named beside those of the rows; a line is found by either.
    `ReadLogUnavailable` when it cannot be written: then nothing is shown, and nothing is said about what exists.
    """
    clause = _clause_of(scope, rows)
    grades = [row.grade for row in rows if isinstance(row, GuardedModel)]
    entry = ReadEntry(
        account_id=scope.account_id,
        act=scope.act,
        door=door,
        model=str(model._meta.model_name),
        ids=[row.pk for row in rows] or list(ids),
        grade=max(grades, default=None),
        count=len(rows) if count is None else count,
        clause=clause.why if clause else "",
        purpose=purpose_for(scope, clause),
        case=scope.case,
        query_hash=keyed_digest(query, purpose="read-log-query") if query else "",
        outcome=outcome,
        address=request.META.get("REMOTE_ADDR") or None if request else None,
        request_id=str(getattr(request, "request_id", "")) if request else "",
    )
    subjects = sorted(_persons(rows) | set(about))
    try:
        # In a transaction of somebody's, that one decides; else the line and its subjects are one.
        with nullcontext() if connection.in_atomic_block else transaction.atomic():
            entry.save()
            ReadSubject.written(entry, subjects, _records(rows, ids, refs))
    except (DatabaseError, OSError) as fault:
        log.critical("read log: not writable (%s); closed pages answer 503", type(fault).__name__)
        raise ReadLogUnavailable from fault
    return entry


def _clause_of(scope: Scope, rows: Sequence[Any]) -> Clause | None:
    """What let the first row in; the own record among others' does not make the line one about the own records."""
    first = scope.clause_for(rows[0]) if rows else None
    if first is None or first.subject_id is None:
        return first
    others = (scope.clause_for(row) for row in rows[1:])
    return next((clause for clause in others if clause is not None and clause.subject_id is None), first)


def _records(rows: Sequence[Any], ids: Sequence[Any], refs: Iterable[UUID]) -> list[tuple[UUID | None, UUID]]:
    """Persons and numbers of what was shown; of what was asked for in vain the number alone."""
    shown = [(getattr(row, "subject_id", None), row.ref) for row in rows if isinstance(getattr(row, "ref", None), UUID)]
    asked = [(None, number) for number in map(_number_in, ids) if number is not None]
    return list(dict.fromkeys([*shown, *asked, *((None, ref) for ref in refs)]))


def _number_in(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _persons(rows: Sequence[Any]) -> set[UUID]:
    """Whom rows are about; a publication is about the person of its source."""
    persons = {row.subject_id for row in rows if getattr(row, "subject_id", None)}
    shown = [row.pk for row in rows if isinstance(row, Publication)]
    if shown:
        person = Coalesce("penalty__subject_id", "licence__subject_id")
        persons |= set(Publication.objects.filter(pk__in=shown).values_list(person, flat=True))
    return persons


def reveal_identifier(
    account: Account, identifier: SubjectIdentifier, holder: GuardedModel, *, purpose: str, door: str,
    request: HttpRequest | None = None,
) -> str:  # fmt: skip
    """The full number, by a logged act with a stated purpose (domain §2). Needs clearance S3 on the holder's record."""
    scope = scope_for(account, Act.REVEAL, purpose=purpose)
    clause = scope.clause_for(holder)
    if not purpose.strip() or clause is None or clause.max_grade < Grade.SENSITIVE:
        log_read(
            scope,
            door=door,
            model=SubjectIdentifier,
            ids=[identifier.pk],
            refs=[holder.ref],
            request=request,
            outcome=ReadOutcome.REFUSED,
        )
        raise NotAdmitted
    if identifier.subject_id != holder.subject_id or not bytes(identifier.token):
        raise NotAdmitted  # another person's, or lawfully erased
    log_read(scope, door=door, model=SubjectIdentifier, rows=[identifier], refs=[holder.ref], request=request)
    return identifier.number()

"""The act of erasing 执行删除: value, history and salt go in one transaction, or nothing does.

Of the row of today by its own `save()`, whose history says who decided and on which ground; of the rows of history and
of their leaves by statements that the triggers let pass for this erasure alone. The newest leaf commits to the empty
value; of the older ones the salt of that column is zero, so nobody can try values against the commitment.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.choices import ErasureKind, ErasureState
from integrity.erasing import plan
from integrity.exceptions import MoveRefused
from integrity.ledger.entry import SALT_BYTES
from integrity.lifecycle.engine import move
from integrity.lifecycle.erasure import ERASURE
from integrity.models import (
    Account,
    Document,
    Erasure,
    ErasureItem,
    ImportedRow,
    LedgerEntry,
    LedgerShape,
    recording,
)
from integrity.models.door import writing
from integrity.models.erasable import ERASED, empty_value

log = logging.getLogger("integrity.erasing")
ZERO = bytes(SALT_BYTES)


@dataclass
class Report:
    """What was done, in numbers and tables."""

    done: list[Erasure] = field(default_factory=list)
    held: list[Erasure] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    columns: int = 0
    versions: int = 0
    documents: int = 0

    def take(self, other: Report) -> None:
        """Add what another one tells."""
        self.done += other.done
        self.tables |= other.tables
        self.columns += other.columns
        self.versions += other.versions


def carry_out_due() -> Report:
    """Every approved erasure that no hold stops; each in a transaction of its own, told only once it stands."""
    report = Report()
    for erasure in Erasure.objects.filter(state=ErasureState.APPROVED).order_by("pk"):
        try:
            report.take(carry_out(erasure))
        except MoveRefused as refusal:
            log.warning("erasure %s waits: %s", erasure.ref, refusal.code)
            report.held.append(erasure)
    report.documents = shred_documents()
    return report


@transaction.atomic
def carry_out(erasure: Erasure) -> Report:
    """Erase what the items of one approved request name 执行."""
    locked = Erasure.objects.select_for_update().get(pk=erasure.pk, state=ErasureState.APPROVED)
    report = Report(done=[locked])
    by_row: dict[tuple[str, str], list[ErasureItem]] = defaultdict(list)
    for item in locked.items.order_by("pk"):
        by_row[item.label, item.row_pk].append(item)
    _refuse_when_grown(locked, {(item.label, item.row_pk, item.name) for item in locked.items.all()})
    for (label, pk), items in by_row.items():
        _erase_row(plan.model_of(label), pk, items, locked, report)
    if locked.account is not None:
        _forget_sign_in(locked.account)
    move(
        ERASURE, locked, "carry_out", by=None, reason=reason_of(locked), document=locked.document,
        acting_for=locked.decided_by, changes={"done_at": timezone.now()},
    )  # fmt: skip
    return report


def _refuse_when_grown(erasure: Erasure, named: set[tuple[str, str, str]]) -> None:
    """A whole subject to which something was added since: nobody approved that, and half a person would be left."""
    if erasure.kind != ErasureKind.PERSON:
        return
    holder = plan.rows(plan.model_of(erasure.label)).filter(ref=erasure.row_ref).first()
    now = plan.of_whole(plan.everything_of(holder)) if holder is not None else []
    if any((str(one.model._meta.model_name), str(one.pk), one.name) not in named for one in now):
        raise MoveRefused("grown", _("批准后又录入了新的内容，须撤回后重新申请"))


def _forget_sign_in(account: Account) -> None:
    """What the sign-in libraries keep of an officer who left: addresses, identities, second factors."""
    for rows in (account.emailaddress_set, account.socialaccount_set, account.authenticator_set):  # type: ignore[attr-defined]
        rows.all().delete()


def reason_of(erasure: Erasure) -> str:
    """What the history of an emptied row says: which request, which ground."""
    return f"依法删除 {erasure.ref}：{erasure.basis}"


def _erase_row(model: type[Any], pk: str, items: Sequence[ErasureItem], erasure: Erasure, report: Report) -> None:
    values = {item.name: empty_value(_field(model, item.name), item.marker) for item in items}
    history: Any = model.history.model
    past = list(history.objects.filter(id=pk).order_by("history_id").values_list("history_id", flat=True))
    row = plan.rows(model).filter(pk=pk).first()
    if row is not None:
        for name, value in values.items():
            setattr(row, _field(model, name).attname, value)
        names = [_field(model, name).name for name in values]
        with recording(by=erasure.decided_by, reason=reason_of(erasure), document=erasure.document,
                       acting_for=erasure.asked_by):  # fmt: skip
            row.save(update_fields=names)
    with writing():
        models.QuerySet(history).filter(history_id__in=past).update(**{
            _field(model, name).attname: value for name, value in values.items()
        })  # fmt: skip
    _zero_salts(history._meta.db_table, past, set(values))
    _forget_import(model, pk)
    report.tables |= {model._meta.db_table, history._meta.db_table}
    report.columns += len(values)
    report.versions += len(past)


def _field(model: type[models.Model], column: str) -> Any:
    return next(one for one in model._meta.concrete_fields if one.column == column)


def _zero_salts(table: str, history_ids: Iterable[int], columns: set[str]) -> None:
    shapes: dict[str, list[str]] = {row.pk: list(row.names) for row in LedgerShape.objects.filter(table=table)}
    for leaf in LedgerEntry.objects.filter(table=table, history_id__in=list(history_ids)):
        salts = bytearray(leaf.salts)
        for place, name in enumerate(shapes[leaf.shape_id]):
            if name in columns:
                salts[place * SALT_BYTES : (place + 1) * SALT_BYTES] = ZERO
        models.QuerySet(LedgerEntry).filter(pk=leaf.pk).update(salts=bytes(salts))


def _forget_import(model: type[models.Model], pk: str) -> None:
    """The row as it was read from a spreadsheet says the same once more."""
    read = ImportedRow.objects.filter(target_model=model._meta.model_name, target_id=pk)
    read.update(raw={}, note="")


def shred_documents() -> int:
    """Scans whose rows were erased: overwritten, then gone; also those that a crash left.

    What the disk itself keeps of a file is for the disk's encryption.
    """
    gone = 0
    for name in Document.objects.filter(sha256=ERASED).values_list("path", flat=True):
        path = Path(settings.CLOSED_ROOT) / name
        if not path.is_file():
            continue
        with path.open("r+b") as opened:
            opened.write(bytes(path.stat().st_size))
            opened.flush()
            os.fsync(opened.fileno())
        path.unlink()
        gone += 1
    return gone

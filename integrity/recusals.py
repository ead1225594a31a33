"""Recusal 回避 (政务处分法 47; 公务员法 76; H18): declared by oneself or imposed, at once; ended by two persons."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import accounts, names
from integrity.choices import ChangeKind, RecusalKind
from integrity.exceptions import ActRefused
from integrity.models import AccessChange, Account, IntegrityFile, PractitionerRecord, Recusal, recording
from integrity.models import SubjectName as Name

#: More persons than this under one whole name and unit are not told apart by it.
MOST_PERSONS = 3


def declare(*, by: Account, kind: RecusalKind, reason: str, name: str = "", unit: str = "", ref: Any = None) -> int:
    """Declare a conflict 申报回避 with whoever is named; returns how many recusals were written.

    The caller shows the same answer whether such a person is on file or not: a declaration must not be a way to ask.
    """
    return len(_written(account=by, by=by, kind=kind, reason=reason, name=name, unit=unit, ref=ref))


def impose(*, account: Account, by: Account, reason: str, name: str = "", unit: str = "", ref: Any = None) -> int:
    """Keep an account away from a person 责令回避 (公务员法 77)."""
    if account.pk == by.pk:
        raise ActRefused("self", _("请改用申报回避"))
    written = _written(account=account, by=by, kind=RecusalKind.IMPOSED, reason=reason, name=name, unit=unit, ref=ref)
    return len(written)


@transaction.atomic
def _written(
    *, account: Account, by: Account, kind: RecusalKind, reason: str, name: str, unit: str, ref: Any
) -> list[Recusal]:
    if not reason.strip():
        raise ActRefused("reason", _("请写明回避事由"), field="reason")
    if not ref and not (name.strip() and unit.strip()):
        raise ActRefused("nobody_named", _("请填写档案编号，或者全名和单位"), field="name")
    today = timezone.localdate()
    rows = []
    with recording(by=by, reason=reason):
        for subject_id in _named(name, unit, ref):
            known = Recusal.objects.on(today).filter(account=account, subject_id=subject_id)
            if known.exists():
                continue
            row = Recusal(
                account=account, subject_id=subject_id, kind=kind, reason=reason, declared_by=by, valid_from=today
            )
            row.save()
            rows.append(row)
    return rows


def _named(name: str, unit: str, ref: Any) -> list[Any]:
    """Persons on file under a number, or under a whole name in a unit."""
    found: set[Any] = set()
    for model, place in ((IntegrityFile, ("unit__name", "unit__short_name")), (PractitionerRecord, ("unit_name",))):
        manager: Any = model.objects
        rows = manager.unscoped(reason="回避申报：按编号或全名和单位查找，不显示")
        if ref:
            found |= set(rows.filter(ref=ref).values_list("subject_id", flat=True))
            continue
        same = Name.objects.filter(key=names.name_key(names.normalise_name(name))).values("subject_id")
        for column in place:
            found |= set(
                rows.filter(subject_id__in=same, **{column: unit.strip()}).values_list("subject_id", flat=True)
            )
    return sorted(found, key=str)[:MOST_PERSONS]


def ask_to_end(*, recusal: Recusal, by: Account, reason: str) -> AccessChange:
    """Ask that a recusal ends 申请终止回避; a second administrator decides."""
    return accounts.propose(
        kind=ChangeKind.END_RECUSAL,
        by=by,
        reason=reason,
        account=recusal.account,
        subject=recusal.subject,
    )

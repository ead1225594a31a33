"""The rows that recusal reads 回避关系: made out of declarations, for whoever of those named is on file.

A declaration stands by itself; whether it met anybody shows in these rows alone, and they are listed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from integrity import names
from integrity.choices import RecusalKind
from integrity.models import (
    Account,
    IntegrityFile,
    Kinship,
    PractitionerRecord,
    Recusal,
    RecusalDeclaration,
    SubjectIdentifier,
    SubjectName,
    recording,
)

_WHY = "回避申报：按编号、证件或全名和单位查找，不显示"


def write(declaration: RecusalDeclaration) -> int:
    """Keep the account away from whoever the declaration names 即时回避; how many rows were new."""
    today = timezone.localdate()
    held = Recusal.objects.on(today).filter(account=declaration.account)
    known = set(held.values_list("subject_id", flat=True))
    fresh = [subject for subject in named(declaration) if subject not in known]
    for subject_id in fresh:
        Recusal(
            account=declaration.account, subject_id=subject_id, kind=declaration.kind, reason=declaration.reason,
            declared_by=declaration.declared_by, valid_from=today, declaration=declaration,
        ).save()  # fmt: skip
    _write_kinship(declaration)
    return len(fresh)


def _write_kinship(declaration: RecusalDeclaration) -> None:
    """The tie to the own person: it closes the relative to whoever declared, not the other way (`recused_subjects`).

    The relative's account stands back by its own declaration or by an administrator's act (责令回避): a person on file
    must not choose who handles the file.
    """
    own = declaration.account.subject_id
    if own is None or declaration.kind != RecusalKind.KINSHIP:
        return
    for relative in named(declaration):
        if relative != own and not Kinship.objects.filter(subject_id=own, relative_id=relative).exists():
            row = Kinship(subject_id=own, relative_id=relative, declared_on=timezone.localdate())
            row.declaration = declaration
            row.save()


def end(declaration: RecusalDeclaration) -> None:
    """End a declaration and its rows; what another declaration of the account covers stays closed."""
    today = timezone.localdate()
    declaration.valid_to = today - timedelta(days=1)
    declaration.save()
    for recusal in Recusal.objects.on(today).filter(declaration=declaration):
        recusal.valid_to = declaration.valid_to
        recusal.save()
    for kinship in Kinship.objects.filter(declaration=declaration):
        kinship.delete()
    write_all(declaration.account)


def write_all(account: Account) -> None:
    """The rows of every declaration of an account in force."""
    for declaration in RecusalDeclaration.objects.on(timezone.localdate()).filter(account=account).order_by("pk"):
        write(declaration)


def match_again() -> int:
    """Meet those who have come on file since they were named 补充匹配; once a day."""
    met = 0
    rows = RecusalDeclaration.objects.on(timezone.localdate()).select_related("account", "declared_by")
    for declaration in rows.order_by("pk"):
        with recording(by=None, reason="回避申报：新建档案后补充匹配"):
            met += write(declaration)
    return met


def named(declaration: RecusalDeclaration) -> list[UUID]:
    """Persons on file whom a declaration names: by number, by document, or by whole name in a unit."""
    found: set[UUID] = set()
    if declaration.number_index is not None:
        numbers = SubjectIdentifier.objects.unscoped(reason=_WHY)
        same = numbers.filter(index=bytes(declaration.number_index), retired_on__isnull=True)
        found |= set(same.values_list("subject_id", flat=True))
    for model, places in ((IntegrityFile, ("unit__name", "unit__short_name")), (PractitionerRecord, ("unit_name",))):
        manager: Any = model.objects
        found |= set(_on_file(manager.unscoped(reason=_WHY), places, declaration))
    return sorted(found, key=str)


def _on_file(rows: Any, places: Iterable[str], declaration: RecusalDeclaration) -> list[UUID]:
    if declaration.file_ref is not None:
        return list(rows.filter(ref=declaration.file_ref).values_list("subject_id", flat=True))
    if not declaration.name or not declaration.unit_name:
        return []
    key = names.name_key(names.normalise_name(declaration.name))
    same = SubjectName.objects.filter(key=key).values("subject_id")
    found: set[UUID] = set()
    for column in places:
        here = rows.filter(subject_id__in=same, **{column: declaration.unit_name})
        found |= set(here.values_list("subject_id", flat=True))
    return sorted(found, key=str)  # namesakes in one unit are not told apart: all of them are closed

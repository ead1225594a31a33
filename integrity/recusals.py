"""Recusal 回避 (政务处分法 47; 公务员法 76; H18): declared by oneself or imposed, at once; ended by two persons."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, accounts, recusal_rows
from integrity.choices import ChangeKind, IdentifierKind, KinRelation, RecusalKind
from integrity.exceptions import ActRefused
from integrity.identifiers import IdentifierError, check_identity_number, mask_identity_number
from integrity.models import AccessChange, Account, RecusalDeclaration, SubjectIdentifier, recording

KINSHIP_LAW = "《公务员法》第七十六条"


def declare(*, by: Account, kind: RecusalKind, reason: str, name: str = "", unit: str = "", ref: Any = None) -> int:
    """Declare a conflict 申报回避 with whoever is named; returns how many recusals were written.

    The caller shows the same answer whether such a person is on file or not: a declaration must not be a way to ask.
    """
    return _written(account=by, by=by, kind=kind, reason=reason, name=name, unit=unit, ref=ref)


def declare_relative(
    *,
    by: Account,
    relation: KinRelation,
    name: str,
    number: str = "",
    unit: str = "",
    ref: Any = None,
    reason: str = "",
) -> int:
    """Declare a relative 申报亲属 (公务员法 74, 76): closed to whoever declares from the next request on.

    The relative's own account is kept from the declaring person's records by its own declaration or by `impose`.
    """
    if not name.strip():
        raise ActRefused("nobody_named", _("请填写亲属姓名"), field="name")
    if not number and not ref and not unit.strip():
        words = _("请填写身份证号、档案编号或者工作单位，以便识别")
        raise ActRefused("nobody_named", words, article=KINSHIP_LAW, field="number")
    return _written(
        account=by, by=by, kind=RecusalKind.KINSHIP, relation=relation, reason=reason.strip() or str(relation.label),
        name=name, number=number, unit=unit, ref=ref,
    )  # fmt: skip


def impose(*, account: Account, by: Account, reason: str, name: str = "", unit: str = "", ref: Any = None) -> int:
    """Keep an account away from a person 责令回避 (公务员法 77)."""
    if account.pk == by.pk:
        raise ActRefused("self", _("请改用申报回避"))
    return _written(account=account, by=by, kind=RecusalKind.IMPOSED, reason=reason, name=name, unit=unit, ref=ref)


@transaction.atomic
def _written(
    *, account: Account, by: Account, kind: RecusalKind, reason: str, name: str, unit: str, ref: Any,
    relation: str = "", number: str = "",
) -> int:  # fmt: skip
    if not reason.strip():
        raise ActRefused("reason", _("请写明回避事由"), field="reason")
    if not ref and not number and not (name.strip() and unit.strip()):
        raise ActRefused("nobody_named", _("请填写档案编号，或者全名和单位"), field="name")
    row = RecusalDeclaration(
        account=account, kind=kind, relation=relation, name=name.strip(), unit_name=unit.strip(), file_ref=ref or None,
        reason=reason.strip(), declared_by=by, valid_from=timezone.localdate(),
    )  # fmt: skip
    if number:
        row.number_index, row.number_masked = _number(number)
    kept = access.recused_subjects(by, timezone.localdate())
    if kind == RecusalKind.IMPOSED and not kept.isdisjoint(recusal_rows.named(row)):
        # A person on file must not choose who handles the file.
        raise ActRefused("own_person", _("不得就本人或者自己应当回避的人责令他人回避"), field="name")
    with recording(by=by, reason=reason):
        row.save()
        return recusal_rows.write(row)


def _number(text: str) -> tuple[bytes, str]:
    """Index and mask of an identity number; the number itself is not kept."""
    try:
        number = check_identity_number(text, today=timezone.localdate()).number
    except IdentifierError as problem:
        raise ActRefused(problem.code, problem.message, field="number") from None
    index = SubjectIdentifier.index_of(number, kind=IdentifierKind.IDENTITY_NUMBER)
    return index, mask_identity_number(number)


def ask_to_end(*, declaration: RecusalDeclaration, by: Account, reason: str) -> AccessChange:
    """Ask that a recusal ends 申请终止回避; a second administrator decides."""
    return accounts.propose(
        kind=ChangeKind.END_RECUSAL, by=by, reason=reason, account=declaration.account, declaration=declaration
    )

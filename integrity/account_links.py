"""The link of an account to its own person 关联本人档案: to whom it may be made, what it opens, what it leaves behind.

An account stays with its person: a wrong link is ended by closing the account and opening a new one.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import administration, recusal_rows
from integrity.choices import RecusalKind
from integrity.exceptions import ActRefused
from integrity.models import AccessChange, Account, IntegrityFile, PractitionerRecord, Recusal, Subject

_MODELS: tuple[Any, ...] = (IntegrityFile, PractitionerRecord)
_WHY = "账户与本人关联：只取编号和管理机关"


def records_of(person: Subject) -> list[IntegrityFile | PractitionerRecord]:
    """The file and the practitioner's records of a person, for their numbers and managing authorities alone."""
    return [
        row
        for model in _MODELS
        for row in model.objects.unscoped(reason=_WHY)
        .filter(subject=person).select_related("authority__division").order_by("pk")
    ]  # fmt: skip


def check(change: AccessChange, *, by: Account) -> None:
    """Whether this account may be linked to this person; asked again when it is confirmed.

    Absent, outside the own area, and linked to an account in use are one answer: three would tell who is on file.
    """
    if change.account is not None and change.account.subject_id is not None:
        words = _("该账户已关联本人档案，不能改为他人；关联有误的，停用该账户，另行开设")
        raise ActRefused("account_linked", words)
    person = change.subject
    taken = Account.objects.filter(subject=person, is_active=True) if person is not None else Account.objects.none()
    within = person is not None and any(administration.administers(by, row.authority) for row in records_of(person))
    if not within or taken.exists():
        words = _("没有可以关联的档案：编号不存在、不在管理范围内，或者已与账户关联")
        raise ActRefused("no_person", words, field="ref")


def link(account: Account, change: AccessChange, *, by: Account) -> None:
    """Link them. A closed account that was linked before gives the link up and is kept from that person for good."""
    person = change.subject
    for closed in Account.objects.select_for_update().filter(subject=person, is_active=False):
        Recusal(
            account=closed, subject=person, kind=RecusalKind.IMPOSED, reason=_("曾与该人关联的账户"), declared_by=by,
            valid_from=timezone.localdate(),
        ).save()  # fmt: skip
        closed.subject = None
        closed.save()
    account.subject = person
    account.save()
    recusal_rows.write_all(account)  # relatives declared before the own file was known

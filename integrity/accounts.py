"""Acts on accounts and assignments 账户与岗位授权 (domain §10, H18): widening takes two administrators, narrowing one.

Delegated at each of the five levels: a security administrator acts for organisations of the own division and below.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import account_links, administration, recusal_rows
from integrity.choices import ChangeKind, ChangeState, ErasureKind, Grade, OrganKind, Role, RuleKind
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.lifecycle.engine import move
from integrity.lifecycle.requests import REQUEST
from integrity.models import (
    AccessChange,
    Account,
    Assignment,
    Erasure,
    IntegrityFile,
    Organisation,
    PractitionerRecord,
    Profession,
    recording,
)
from integrity.rules import rule

#: Roles that only a certain kind of organ can give (监察法 7; 公务员法 12).
FITTING_ORGANS: dict[str, frozenset[str]] = {
    Role.INSPECTOR: frozenset({OrganKind.DISCIPLINE_INSPECTION}),
    Role.ORGANISATION_OFFICER: frozenset({OrganKind.ORGANISATION_DEPARTMENT, OrganKind.PARTY_COMMITTEE}),
}
_ARTICLE = "H18"


def within_area(by: Account) -> QuerySet[Account]:
    """The accounts that a security administrator looks after: those of units in the own area 管理范围内的账户."""
    area = Q(pk__in=[])
    for stem, level in administration.areas_of(by):
        area |= Q(organisation__division__code__startswith=stem, organisation__level__gte=level)
    rows: QuerySet[Account] = Account.objects.filter(area)
    return rows


def waiting_for(by: Account) -> QuerySet[AccessChange]:
    """Requests of the own area that wait for a decision 待决定的申请."""
    area = Q(pk__in=[])
    for stem, level in administration.areas_of(by):
        for place in ("organisation", "authority", "account__organisation"):
            area |= Q(**{f"{place}__division__code__startswith": stem, f"{place}__level__gte": level})
    rows: QuerySet[AccessChange] = AccessChange.objects.waiting(timezone.localdate()).filter(area)
    return rows.distinct()


# --- asking for a change -------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *, kind: ChangeKind, by: Account, reason: str, document: str = "", account: Account | None = None, **columns: Any
) -> AccessChange:
    """Ask for a change of access 提出申请; nothing happens until another administrator confirms it.

    `columns` are those of `AccessChange`: role, authority, profession, clearance, valid_from, valid_to, assignment,
    organisation, subject, username, display_name.
    """
    days = rule(RuleKind.ACCESS_LIMIT, "request_lapses", timezone.localdate()).parameters["days"]
    change = AccessChange(
        kind=kind,
        account=account,
        reason=reason.strip(),
        document=document,
        proposed_by=by,
        lapses_on=timezone.localdate() + timedelta(days=days),
        **columns,
    )
    if account is not None and account.pk == by.pk:
        raise ActRefused("self_grant", _("不得为本人提出或批准授权"), article=_ARTICLE)
    _check(change, by=by)
    same = AccessChange.objects.waiting(timezone.localdate()).filter(
        kind=kind, account=account, role=change.role, authority=change.authority, assignment=change.assignment,
        username=change.username, provider_subject=change.provider_subject, declaration=change.declaration,
    )  # fmt: skip
    if same.exists():
        raise ActRefused("asked_already", _("同样的申请正在等待决定"))
    with recording(by=by, reason=change.reason, document=document):
        change.save()
    return change


def _check(change: AccessChange, *, by: Account) -> None:
    """Whether `by` may ask for or confirm this, and whether it is lawful at all; asked again when it is confirmed."""
    places = [place for place in (change.organisation, change.authority) if place is not None]
    if change.assignment is not None:
        places.append(change.assignment.authority)
    if change.account is not None and (change.account.organisation is not None or change.kind != ChangeKind.PLACE):
        if change.account.organisation is None:
            raise ActRefused("no_unit", _("账户还没有所在单位，请先办理变更所在单位"))
        places.append(change.account.organisation)
    if not places or not all(administration.administers(by, place) for place in places):
        words = _("超出您的管理范围：只能办理本级区划及以下、不高于本级的机构")
        raise ActRefused("outside_area", words, article="分级管理")
    _check_account(change)
    match change.kind:
        case ChangeKind.ASSIGN:
            _check_assignment(change)
        case ChangeKind.ALTER:
            _check_altered(change)
        case ChangeKind.OPEN:
            if not change.username or not change.display_name or change.organisation is None:
                raise ActRefused("incomplete", _("请填写登录名、姓名和单位"), field="username")
            if Account.objects.filter(username=change.username).exists():
                raise ActRefused("username_taken", _("登录名已被使用"), field="username")
        case ChangeKind.LINK:
            account_links.check(change, by=by)
        case ChangeKind.LINK_PROVIDER:
            _check_provider(change)


def _check_account(change: AccessChange) -> None:
    """A closed account is opened again and nothing else; an open one is not opened again."""
    if change.kind == ChangeKind.OPEN:
        return
    if change.account is None:
        raise ActRefused("incomplete", _("申请没有指明账户"))
    if change.kind == ChangeKind.REACTIVATE and change.account.is_active:
        raise ActRefused("account_in_use", _("账户没有停用"))
    if change.kind != ChangeKind.REACTIVATE and not change.account.is_active:
        raise ActRefused("account_closed", _("账户已停用"))


def _check_assignment(change: AccessChange) -> None:
    today = timezone.localdate()
    if change.role not in Role.values or change.authority is None or change.clearance is None:
        raise ActRefused("incomplete", _("请选择角色、管理机关和可接触级别"), field="role")
    if change.clearance > Grade.STRICT:
        raise ActRefused("sealed", _("S5 封存数据不能授权"), article="数据分级 S5", field="clearance")
    if (change.role == Role.REGULATOR) != (change.profession is not None):
        raise ActRefused("profession", _("行业监管须指明行业，其他角色不填行业"), field="profession")
    organs = FITTING_ORGANS.get(change.role)
    if organs and change.authority.kind not in organs:
        raise ActRefused("organ", _("该角色不能由这类机关授予"), field="authority")
    if change.valid_to is not None and change.valid_to < max(change.valid_from or today, today):
        raise ActRefused("ends_before", _("截止日期不能早于开始日期和今天"), field="valid_to")
    _check_separated(change)


def _check_separated(change: AccessChange) -> None:
    """三员分立: said when it is asked for, and again by the row itself when it is saved."""
    held = Assignment.objects.filter(account=change.account).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate())
    )
    roles = {row.role for row in held} - {change.role}
    administrators = set(Role.administrators())
    if roles and (change.role in administrators or roles & administrators):
        raise ActRefused("separated", _("三员分立：管理员岗位不得与其他岗位兼任"), article="GB/T 22239", field="role")


def _check_altered(change: AccessChange) -> None:
    row = change.assignment
    if row is None or row.account_id != (change.account.pk if change.account else None):
        raise ActRefused("incomplete", _("请选择要变更的授权"), field="assignment")
    _require_not_ended(row)
    if change.clearance is not None and change.clearance > Grade.STRICT:
        raise ActRefused("sealed", _("S5 封存数据不能授权"), article="数据分级 S5", field="clearance")
    if change.valid_to is not None and change.valid_to < timezone.localdate():
        raise ActRefused("ends_before", _("截止日期不能早于今天；终止授权可以直接办理"), field="valid_to")


def _require_not_ended(row: Assignment) -> None:
    """What has ended is not altered back into force; a new assignment is asked for."""
    if row.valid_to is not None and row.valid_to < timezone.localdate():
        raise ActRefused("ended", _("该授权已经终止"))


def _check_provider(change: AccessChange) -> None:
    """One person at the provider is one account of ours; nothing but the identifier decides."""
    if not change.provider_issuer:
        raise ActRefused("no_provider", _("本系统没有配置统一身份认证"))
    if not change.provider_subject:
        raise ActRefused("incomplete", _("请填写身份标识"), field="identifier")
    same = Account.objects.filter(
        provider_issuer=change.provider_issuer, provider_subject=change.provider_subject
    ).exclude(pk=change.account_id)
    if same.exists():
        raise ActRefused("linked", _("该身份标识已与另一账户关联"), field="identifier")


def person_of(ref: Any) -> Any:
    """The person of a file or a practitioner's record, by its number; nothing of the record is shown."""
    for model in (IntegrityFile, PractitionerRecord):
        rows: Any = model.objects.unscoped(reason="账户与本人关联：按编号查找，不显示内容")
        found = rows.filter(ref=ref).select_related("subject").first()
        if found is not None:
            return found.subject
    return None


# --- deciding ------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, change: AccessChange, by: Account, answer: str = "") -> AccessChange:
    """The second person confirms 批准: the change takes effect, as it was asked for."""
    locked = _locked(change, by=by)
    if by.pk == locked.proposed_by_id:
        raise ActRefused("same_person", _("须由另一名安全管理员批准"), article=_ARTICLE)
    _check(locked, by=by)
    asker = locked.proposed_by
    with recording(by=by, reason=locked.reason, document=locked.document, acting_for=asker):
        _apply(locked, by=by)
    decided = {"account": locked.account, "decided_by": by, "decided_at": timezone.now(), "answer": answer.strip()}
    return move(
        REQUEST, locked, "confirm", by=by, reason=locked.reason, document=locked.document, acting_for=asker,
        changes=decided,
    )  # fmt: skip


@transaction.atomic
def refuse(*, change: AccessChange, by: Account, answer: str) -> AccessChange:
    """The second person does not confirm 不予批准, with a reason."""
    locked = _locked(change, by=by)
    if by.pk == locked.proposed_by_id:
        raise ActRefused("same_person", _("本人提出的申请请撤回"), article=_ARTICLE)
    return _closed(locked, "refuse", by=by, answer=answer)


@transaction.atomic
def withdraw(*, change: AccessChange, by: Account, answer: str) -> AccessChange:
    """Whoever asked takes it back 撤回."""
    locked = AccessChange.objects.select_for_update().get(pk=change.pk)
    if by.pk != locked.proposed_by_id:
        raise NotAdmitted
    return _closed(locked, "withdraw", by=by, answer=answer)


def _locked(change: AccessChange, *, by: Account) -> AccessChange:
    locked = AccessChange.objects.select_for_update().get(pk=change.pk)
    if locked.account_id == by.pk:
        raise ActRefused("self_grant", _("不得为本人提出或批准授权"), article=_ARTICLE)
    if not locked.waits_on(timezone.localdate()):
        raise ActRefused("decided", _("该申请已经决定或者失效"))
    return locked


def _closed(locked: AccessChange, name: str, *, by: Account, answer: str) -> AccessChange:
    decided = {"decided_by": by, "decided_at": timezone.now(), "answer": answer.strip()}
    reason = answer.strip() or locked.reason
    return move(REQUEST, locked, name, by=by, reason=reason, document=locked.document, changes=decided)


def _apply(change: AccessChange, *, by: Account) -> None:
    """What was asked for, done."""
    match change.kind:
        case ChangeKind.OPEN:
            account = Account(
                username=change.username, display_name=change.display_name, organisation=change.organisation
            )
            account.set_unusable_password()  # the link to set one is given out apart, by one administrator
            account.save()
            change.account = account
        case ChangeKind.ASSIGN:
            assignment_of(change, seconded_by=by).save()
        case ChangeKind.ALTER:
            if change.assignment is None:
                raise ActRefused("incomplete", _("请选择要变更的授权"), field="assignment")
            row = Assignment.objects.select_for_update().get(pk=change.assignment.pk)
            _require_not_ended(row)  # asked of the locked row once more
            row.clearance = change.clearance if change.clearance is not None else row.clearance
            row.valid_to = change.valid_to
            row.granted_by, row.seconded_by = change.proposed_by, by
            row.save()
        case ChangeKind.PLACE:
            _changed(_account(change), organisation=change.organisation)
        case ChangeKind.LINK:
            account_links.link(_account(change), change, by=by)
        case ChangeKind.LINK_PROVIDER:
            _changed(
                _account(change),
                provider_issuer=change.provider_issuer,
                provider_subject=change.provider_subject,
            )
        case ChangeKind.REACTIVATE:
            if Erasure.objects.filter(account=_account(change), kind=ErasureKind.ACTOR).exists():
                raise ActRefused("pseudonymised", _("该账户已化名，不能重新启用，请新开账户"))
            _changed(_account(change), is_active=True)
        case ChangeKind.RESET_FACTOR:
            reset_second_factor(_account(change))
        case ChangeKind.END_RECUSAL:
            if change.declaration is not None:
                recusal_rows.end(change.declaration)


def assignment_of(change: AccessChange, *, seconded_by: Account | None = None) -> Assignment:
    """The assignment that a request would make, not saved."""
    return Assignment(
        account=change.account, role=change.role, authority=change.authority, profession=change.profession,
        clearance=change.clearance or Grade.INTERNAL, valid_from=change.valid_from, valid_to=change.valid_to,
        granted_by=change.proposed_by, seconded_by=seconded_by,
    )  # fmt: skip


def _account(change: AccessChange) -> Account:
    if change.account is None:
        raise ActRefused("incomplete", _("申请没有指明账户"))
    row: Account = Account.objects.select_for_update().get(pk=change.account.pk)
    return row


def _changed(account: Account, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(account, name, value)
    account.save()


# --- what one administrator does alone: narrowing -------------------------------------------------------------


@transaction.atomic
def end_assignment(*, assignment: Assignment, by: Account, reason: str, document: str = "") -> Assignment:
    """End an assignment at once 终止授权: from the next request on it lets nobody in."""
    _require_area(assignment.authority, by)
    if assignment.account_id == by.pk:
        raise ActRefused("self_grant", _("不得办理本人的授权"), article=_ARTICLE)
    _void(AccessChange.objects.filter(assignment=assignment), by=by, reason=_("授权已终止：%s") % reason)
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    if row.valid_to is not None and row.valid_to <= yesterday:
        raise ActRefused("ended", _("该授权已经终止"))
    row.valid_to = yesterday
    with recording(by=by, reason=reason, document=document):
        row.save()
    return row


@transaction.atomic
def suspend(*, account: Account, by: Account, reason: str, document: str = "") -> Account:
    """Close an account at once 停用账户: open sessions end with the next request."""
    row = _own_area(account, by)
    _void(AccessChange.objects.filter(account=row), by=by, reason=_("账户已停用：%s") % reason)
    with recording(by=by, reason=reason, document=document):
        _changed(row, is_active=False)
    return row


def _void(changes: QuerySet[AccessChange], *, by: Account, reason: str) -> None:
    """Requests about what has ended end with it 失效: confirmed later, they would bring it back."""
    words = reason[: AccessChange._meta.get_field("answer").max_length]
    for change in changes.filter(state=ChangeState.PROPOSED).select_for_update().order_by("pk"):
        move(REQUEST, change, "void", by=by, reason=words, changes={"decided_at": timezone.now(), "answer": words})


@transaction.atomic
def rename(*, account: Account, by: Account, display_name: str, reason: str) -> Account:
    """Correct the name of an account 更正姓名; what it did stays its own."""
    row = _own_area(account, by)
    with recording(by=by, reason=reason):
        _changed(row, display_name=display_name.strip())
    return row


@transaction.atomic
def unlink_provider(*, account: Account, by: Account, reason: str, document: str = "") -> Account:
    """Take an account's identifier at the provider away at once 解除统一身份: it signs in by password alone."""
    row = _own_area(account, by)
    if not row.provider_subject:
        raise ActRefused("not_linked", _("账户没有关联统一身份"))
    row.signed_out_at = timezone.now()
    with recording(by=by, reason=reason, document=document):
        _changed(row, provider_issuer="", provider_subject="")
    return row


@transaction.atomic
def end_sessions(*, account: Account, by: Account, reason: str) -> Account:
    """End every session of an account 终止全部登录: their next request is signed out."""
    row = _own_area(account, by)
    row.signed_out_at = timezone.now()
    with recording(by=by, reason=reason):
        row.save()
    return row


def _own_area(account: Account, by: Account) -> Account:
    if account.pk == by.pk:
        raise ActRefused("self_grant", _("不得办理本人的账户"), article=_ARTICLE)
    _require_area(account.organisation, by)
    row: Account = Account.objects.select_for_update().get(pk=account.pk)
    return row


def _require_area(organisation: Organisation | None, by: Account) -> None:
    if not administration.administers(by, organisation):
        raise NotAdmitted


def reset_second_factor(account: Account) -> None:
    """Take away every second factor of an account 重置第二因子; called when two administrators agreed."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user=account).delete()


def professions() -> QuerySet[Profession]:
    rows: QuerySet[Profession] = Profession.objects.filter(enabled=True).order_by("name")
    return rows


def ended(day: date) -> Q:
    """Assignments that are over on a day."""
    return Q(valid_to__lt=day)

"""Acts 办理: deciding on a finding; proposing and accepting entries of the reviewed list, by two persons (H18)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models import FindingDecision, ReviewedText
from cms.personal_data.checking import Finding, findings_of
from cms.personal_data.patterns import Kind, digits, numbers_in
from integrity import access
from integrity.choices import Role
from integrity.exceptions import ActRefused
from integrity.models import Account

SHORTEST_REASON = 4


def may_decide(page: Page, account: Account) -> bool:
    """Whether the page lies at the secrecy review and this person may take the step."""
    from cms.models import SecondPersonTask

    task = page.current_workflow_task
    if not isinstance(task, SecondPersonTask) or Role.SECRECY_REVIEWER not in access.roles_of(account):
        return False
    return bool(task.get_actions(page, account))


def under_review(page: Page) -> Page:
    """The text that is reviewed, else the newest draft."""
    state = page.current_workflow_task_state
    reviewed: Page = state.revision.as_object() if state else page.get_latest_revision_as_object()
    return reviewed


@transaction.atomic
def let_stand(*, page: Page, kind: str, key: str, by: Account, reason: str) -> FindingDecision:
    """放行: this finding, in these words and at this place, may be published, for this reason."""
    if not may_decide(page, by):
        raise ActRefused("not_reviewer", _("只有本页的保密审查人可以办理"), article="政府信息公开条例 17")
    finding = next((row for row in findings_of(under_review(page)) if (row.kind, row.key) == (kind, key)), None)
    if finding is None:
        raise ActRefused("gone", _("正文中已没有这一处，请刷新"))
    if finding.hard:
        raise ActRefused("hard", _("身份号码、电话、银行卡号不得放行，请退回采编"), article="政府信息公开条例 15")
    _asked_reason(reason)
    return _kept(page, finding, by, reason)


def _kept(page: Page, finding: Finding, by: Account, reason: str) -> FindingDecision:
    return FindingDecision.objects.create(
        page_ref=page.pk,
        revision_ref=page.latest_revision_id or 0,
        kind=finding.kind,
        key=finding.key,
        masked=finding.masked[:200],
        place="、".join(finding.places)[:300],
        reason=reason.strip(),
        decided_by=by,
    )


def _asked_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise ActRefused("reason", _("请写明理由"), field="reason")


@transaction.atomic
def propose_text(
    *, kind: str, text: str, office: str, reason: str, below: Page | None, by: Account, valid_to: date | None = None
) -> ReviewedText:
    """提出条目: an editor asks that a telephone or an official's name may stand on pages."""
    if not access.roles_of(by) & {Role.EDITOR, Role.SECRECY_REVIEWER}:
        raise ActRefused("not_editor", _("只有采编人员可以提出"))
    text = text.strip()
    if kind == ReviewedText.Kind.PHONE:
        _office_telephone(text)
    _asked_reason(reason)
    return ReviewedText.objects.create(
        kind=kind,
        text=text,
        office=office.strip(),
        reason=reason.strip(),
        below=below,
        proposed_by=by,
        valid_to=valid_to,
    )


def _office_telephone(text: str) -> None:
    """An office has a fixed or a short number; a mobile number is somebody's."""
    found = {hit.kind for hit in numbers_in(text, today=timezone.localdate())}
    if found - {Kind.LANDLINE} or not 3 <= len(digits(text)) <= 13:
        raise ActRefused("no_office_phone", _("只有单位的固定电话、服务热线可以列入清单"), field="text")


@transaction.atomic
def decide_text(*, entry: ReviewedText, accepted: bool, by: Account) -> ReviewedText:
    """核准或不予核准: by a secrecy reviewer who did not propose it."""
    entry = ReviewedText.objects.select_for_update().get(pk=entry.pk)
    if Role.SECRECY_REVIEWER not in access.roles_of(by) or entry.proposed_by_id == by.pk:
        raise ActRefused("second_person", _("须由未提出本条目的保密审查人办理"))
    if entry.accepted is not None:
        raise ActRefused("decided", _("本条目已经办理"))
    entry.accepted, entry.decided_by, entry.decided_at = accepted, by, timezone.now()
    entry.save(update_fields=["accepted", "decided_by", "decided_at"])
    return entry


@transaction.atomic
def end_text(*, entry: ReviewedText, by: Account) -> ReviewedText:
    """终止条目: from tomorrow on it lets nothing pass."""
    entry = ReviewedText.objects.select_for_update().get(pk=entry.pk)
    if Role.SECRECY_REVIEWER not in access.roles_of(by):
        raise ActRefused("not_reviewer", _("只有保密审查人可以终止"))
    today = timezone.localdate()
    if entry.accepted and (entry.valid_to is None or entry.valid_to > today):
        entry.valid_to = today
        entry.save(update_fields=["valid_to"])
    return entry

"""Acts on publications 公示行为 (domain §8, §15): propose, review, publish, suspend, withdraw.

A publication is a frozen, masked, whitelisted copy; a civil servant's file has no way here (H12).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from integrity import access, rules
from integrity.choices import Act, PublicationClass, PublicationState, RecordState, RuleKind, WithdrawalReason
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.lifecycle.engine import move
from integrity.lifecycle.publication import PUBLICATION
from integrity.models import Account, Licence, Penalty, Publication, recording
from integrity.projection import KEYS
from integrity.removals import log_removal
from integrity.signals import tell_publications
from integrity.workdays import effect_end


@transaction.atomic
def propose(
    *,
    by: Account,
    penalty: Penalty | None = None,
    licence: Licence | None = None,
    publication_class: str = "",
    months: int | None = None,
    reason: str,
) -> Publication:
    """Propose to publish a penalty or a licence 提出公示; class and period come from the rules in force."""
    source = penalty or licence
    if source is None or (penalty is not None and licence is not None):
        raise ActRefused("one_source", _("公示须来自一项处罚或一项执业证"))
    access.require(by, Act.PROPOSE, source)
    if source.state not in RecordState.effective():
        raise ActRefused("not_in_force", _("仅生效中的记录可以公示"), article="H2")
    if live_of(source).exists():
        raise ActRefused("already_proposed", _("该记录已有在办或公示中的公示"))
    projection = projection_of_penalty(penalty) if penalty is not None else projection_of_licence(source)  # type: ignore[arg-type]
    row = Publication(
        penalty=penalty,
        licence=licence,
        profession=source.record.profession,
        authority=source.authority,
        title=title_of(projection),
        name=projection["name"],
        projection=projection,
        digest=digest_of(projection),
        proposed_by=by,
    )
    if penalty is not None:
        _set_period(row, penalty, publication_class, months)
    else:
        row.starts_on, row.ends_on = timezone.localdate(), _licence_end(source)  # type: ignore[arg-type]
    with recording(by=by, reason=reason, document=source.document_no):
        row.save()
    tell_publications([row.pk])
    return row


def live_of(source: Penalty | Licence) -> QuerySet[Publication]:
    """The publications of a record that are under way or shown."""
    own = {"penalty": source} if isinstance(source, Penalty) else {"licence": source}
    return Publication.objects.filter(**own, state__in=_LIVE)


_LIVE = (
    PublicationState.PROPOSED,
    PublicationState.REVIEWED,
    PublicationState.NOTICED,
    PublicationState.SUSPENDED,
    *PublicationState.shown(),
)


def _set_period(row: Publication, penalty: Penalty, publication_class: str, months: int | None) -> None:
    """Period from the rule in force when the decision was made or now, whichever favours the subject (domain §8)."""
    row.publication_class = publication_class or rules.penalty_class(penalty)
    today = timezone.localdate()
    period = rules.publication_period(PublicationClass(row.publication_class), today, decided_on=penalty.decided_on)
    if not period.publishable:
        raise ActRefused("not_published", _("轻微失信信息不予公示"), article=str(period.basis))
    wanted = months if months is not None else period.max_months
    if not period.min_months <= wanted <= period.max_months:
        raise ActRefused(
            "period_out_of_range",
            _("公示期限须在 %(min)s 至 %(max)s 个月之间") % {"min": period.min_months, "max": period.max_months},
            article=str(period.basis),
            field="months",
        )
    row.starts_on = today
    # The term runs from the decision, not from the day somebody got round to publishing it.
    row.ends_on = effect_end(penalty.decided_on or today, wanted)
    if row.ends_on < today:
        raise ActRefused("period_over", _("按决定日期计算，公示期限已届满"), article=str(period.basis))


def _licence_end(licence: Licence) -> date:
    """The licence's own end; one without is shown for a term of the house and then looked at again."""
    if licence.valid_to is not None:
        return licence.valid_to
    today = timezone.localdate()
    months = rules.rule(RuleKind.PUBLICATION_PERIOD, "licence_without_end", today).parameters["months"]
    return effect_end(today, months)


@override(settings.LANGUAGE_CODE)  # official text, whatever the language of the officer
def projection_of_penalty(penalty: Penalty) -> dict[str, str]:
    """What the public may see of a penalty 处罚公示内容 (双公示): whitelisted, never an identity number."""
    record, licence = penalty.record, penalty.licence
    return _projection(
        name=record.name,
        profession=str(record.profession),
        unit=record.unit_name,
        licence_no=licence.number if licence else "",
        licence_title=licence.title if licence else "",
        document_no=penalty.document_no,
        decided_on=_iso(penalty.decided_on),
        authority=str(penalty.deciding_authority or ""),
        authority_code=penalty.deciding_authority.credit_code if penalty.deciding_authority else "",
        violation=penalty.violation,
        basis="；".join(str(link.basis) for link in penalty.bases.select_related("basis")),
        kind=penalty.get_kind_display(),
        content=penalty.content,
        fine_amount=str(penalty.fine_amount) if penalty.fine_amount is not None else "",
        confiscated_amount=str(penalty.confiscated_amount) if penalty.confiscated_amount is not None else "",
        valid_to=_iso(penalty.effective_to),
        source_unit=str(penalty.authority),
    )


@override(settings.LANGUAGE_CODE)
def projection_of_licence(licence: Licence) -> dict[str, str]:
    """What the public may see of a licence 执业证公示内容."""
    record = licence.record
    return _projection(
        name=record.name,
        profession=str(record.profession),
        unit=licence.unit_name or record.unit_name,
        licence_no=licence.number,
        licence_title=licence.title,
        licence_state=licence.get_licence_state_display(),
        valid_from=_iso(licence.valid_from),
        valid_to=_iso(licence.valid_to),
        authority=str(licence.issuer or licence.issuer_text),
        source_unit=str(licence.authority),
    )


def _projection(**fields: str) -> dict[str, str]:
    """Only whitelisted keys, only filled ones: what is not named here cannot be shown."""
    assert set(fields) <= KEYS  # noqa: S101  a new key must be named in projection.py first
    return {key: value for key, value in fields.items() if value}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def title_of(projection: dict[str, str]) -> str:
    """The heading of a publication, from its own projection."""
    if "kind" in projection:
        return f"{projection['name']}（{projection['profession']}）{projection['kind']}"
    return f"{projection['name']}（{projection['profession']}）{projection.get('licence_title', '')}"


def digest_of(projection: dict[str, Any]) -> str:
    """SHA-256 over the sorted UTF-8 JSON of the projection."""
    text = json.dumps(projection, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def review(*, publication: Publication, by: Account, reason: str) -> Publication:
    """Review of law, secrecy and personal data 公示审查 (信息公开条例 17)."""
    access.require(by, Act.REVIEW_PUBLICATION, publication)
    return _moved(publication, "review", by=by, reason=reason, changes={"reviewed_by": by})


@transaction.atomic
def refuse(*, publication: Publication, by: Account, reason: str) -> Publication:
    """Not to be published, with the reason 不予公示."""
    _require_any(by, (Act.REVIEW_PUBLICATION, Act.PUBLISH), publication)
    return _moved(publication, "refuse", by=by, reason=reason)


@transaction.atomic
def publish(*, publication: Publication, by: Account, reason: str) -> Publication:
    """A third person publishes, after notice 发布 (H4, H18)."""
    access.require(by, Act.PUBLISH, publication)
    return _moved(
        publication,
        "publish",
        by=by,
        reason=reason,
        changes={"published_by": by, "published_at": timezone.now()},
    )


@transaction.atomic
def suspend(*, publication: Publication, by: Account, reason: str) -> Publication:
    """Suspended, for instance while identity is in doubt 暂停公示."""
    _require_any(by, (Act.REVOKE, Act.PUBLISH), publication)
    return _moved(publication, "suspend", by=by, reason=reason)


@transaction.atomic
def resume(*, publication: Publication, by: Account, reason: str) -> Publication:
    """Shown again after a suspension 恢复公示."""
    access.require(by, Act.PUBLISH, publication)
    return _moved(publication, "resume", by=by, reason=reason)


@transaction.atomic
def withdraw(*, publication: Publication, by: Account | None, cause: WithdrawalReason, reason: str) -> Publication:
    """Taken down 撤下; a tombstone without personal data stays (H6). `by=None`: by the end of the term alone."""
    if by is not None:
        _require_any(by, (Act.REVOKE, Act.PUBLISH), publication)
    elif cause is not WithdrawalReason.EXPIRED and cause is not WithdrawalReason.REVOKED:
        raise ActRefused("actor_missing", _("撤下须有经办人"))
    return _moved(
        publication,
        "withdraw",
        by=by,
        reason=reason,
        changes={"withdrawn_at": timezone.now(), "withdrawal_reason": cause},
    )


def withdraw_expired(today: date | None = None) -> int:
    """Write down what the date has already done: readers never wait for this (H5)."""
    day = today or timezone.localdate()
    over = Publication.objects.filter(
        state__in=(*PublicationState.shown(), PublicationState.SUSPENDED), ends_on__lt=day
    )
    done = 0
    for publication in over:
        withdraw(publication=publication, by=None, cause=WithdrawalReason.EXPIRED, reason=_("公示期满"))
        done += 1
    return done


def withdraw_of(penalty: Penalty, *, cause: WithdrawalReason, reason: str) -> int:
    """Take down every publication of a decision that no longer stands (H6; 行政处罚法 48)."""
    done = 0
    for publication in Publication.objects.filter(
        penalty=penalty, state__in=(*PublicationState.shown(), PublicationState.SUSPENDED)
    ):
        _moved(
            publication,
            "withdraw",
            by=None,
            reason=reason,
            changes={"withdrawn_at": timezone.now(), "withdrawal_reason": cause},
        )
        done += 1
    return done


def _require_any(by: Account, acts: tuple[Act, ...], target: Publication) -> None:
    if not any(access.may(by, act, target) for act in acts):
        raise NotAdmitted


def _moved(
    publication: Publication,
    name: str,
    *,
    by: Account | None,
    reason: str,
    changes: dict[str, Any] | None = None,
) -> Publication:
    move(PUBLICATION, publication, name, by=by, reason=reason, changes=changes)
    if name == "withdraw":
        log_removal(publication)
    tell_publications([publication.pk])
    return publication

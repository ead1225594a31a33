"""Notices to the subject 告知书 (H4): what will be shown, where, how long, how to object and repair; with proof."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from integrity import access
from integrity.choices import Act, PublicationState
from integrity.exceptions import ActRefused
from integrity.lifecycle.engine import move
from integrity.lifecycle.publication import PUBLICATION
from integrity.models import Account, Notice, Publication, recording
from integrity.signals import tell_publications


@override(settings.LANGUAGE_CODE)  # official text, whatever the language of the officer
def notice_text(publication: Publication) -> str:
    """The text of the notice, from the publication itself; the officer may not shorten it."""
    start = publication.starts_on.isoformat() if publication.starts_on else ""
    end = publication.ends_on.isoformat() if publication.ends_on else ""
    return _(
        "%(name)s：\n"
        "%(authority)s拟在青海省政务诚信公开网站公示“%(title)s”，公示期自 %(start)s 至 %(end)s（含当日）。"
        "公示内容以所附公示事项为限，不含身份证件号码、联系方式和出生日期。\n"
        "您可以在公示前提出陈述意见；公示期间可以就信息有误、超期、不应公开提出异议，"
        "符合条件的可以申请信用修复。对决定本身不服的，请依法申请行政复议或者提起行政诉讼。"
    ) % {
        "name": publication.name,
        "authority": publication.authority,
        "title": publication.title,
        "start": start,
        "end": end,
    }


@transaction.atomic
def serve_notice(
    *, publication: Publication, by: Account, served_on: date, channel: str, proof: str, reason: str
) -> Notice:
    """Serve the notice and keep its proof 告知送达; without proof the publication stays where it is (H4)."""
    access.require(by, Act.SERVE, publication)
    if not proof.strip():
        raise ActRefused("proof_missing", _("请填写送达证明编号"), article="H4", field="proof")
    if served_on > timezone.localdate():
        raise ActRefused("served_in_future", _("送达日期不能晚于今天"), field="served_on")
    if publication.state != PublicationState.REVIEWED:
        raise ActRefused("not_reviewed", _("公示审查通过后方可告知当事人"))
    reviewed = publication.history.filter(state=PublicationState.REVIEWED).order_by("history_id").first()
    if reviewed is not None and served_on < timezone.localdate(reviewed.history_date):
        raise ActRefused("served_before_review", _("送达日期不能早于公示审查通过之日"), article="H4", field="served_on")
    notice = Notice(
        publication=publication,
        served_on=served_on,
        channel=channel,
        text=notice_text(publication),
        proof=proof.strip(),
        served_by=by,
    )
    with recording(by=by, reason=reason, document=proof):
        notice.save()
    move(PUBLICATION, publication, "notice", by=by, reason=reason, document=proof)
    tell_publications([publication.pk])
    return notice

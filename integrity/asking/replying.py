"""Replying 答复 (信息公开条例 36, 37): one drafts, another signs; what is released is text made anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.asking.intake import note, opened_sealer
from integrity.asking.redaction import MAX_TEXT, Redacted, redact, refuse_words, spans
from integrity.choices import Act, ReplyKind, RequestEntryKind, RequestState, RuleKind
from integrity.exceptions import ActRefused
from integrity.lifecycle.disclosure_request import ARTICLE_37, REQUEST_FOR_INFORMATION
from integrity.lifecycle.engine import move
from integrity.models import Account, InformationRequest, ReleasedAnswer, ReleasedFile, RuleSet, recording
from integrity.rules import basis_of, rule

_HANDLED = (RequestState.ACCEPTED, RequestState.EXTENDED)


def reply_rule(kind: str, on: Any) -> RuleSet:
    """The article and the words a kind of reply rests on, as they stand on a day."""
    return rule(RuleKind.REQUEST_REPLY, kind, on)


def _being_handled(request: InformationRequest) -> None:
    """Locked, and still in hand: nothing is added beside a letter that is being signed."""
    InformationRequest.objects.unscoped(reason="锁定申请后再改").select_for_update().get(pk=request.pk)
    request.refresh_from_db()
    if request.state not in _HANDLED:
        raise ActRefused("state", _("当前状态不能拟答复"))


@transaction.atomic
def release(
    *, request: InformationRequest, by: Account, title: str, original: str, withheld: list[str]
) -> ReleasedFile:
    """Add what goes out 提供的信息: the text without the withheld words. The original is not kept."""
    access.require(by, Act.HANDLE, request)
    _being_handled(request)
    title, words = title.strip(), [word for word in withheld if word.strip()]
    if not title or not original.strip():
        raise ActRefused("empty", _("请填写标题和原文"), field="title" if not title else "original_text")
    if len(original) > MAX_TEXT:
        raise ActRefused("too_long", _("原文过长，请分件处理"), field="original_text")
    refuse_words(title, words, field="title")
    made: Redacted = redact(original, words)
    taken = [file.number for file in request.released.all()]
    number = max(taken, default=0) + 1
    sealed = opened_sealer(request).seal(f"released/{number}", {"title": title, "text": made.text})
    row = ReleasedFile(request=request, number=number, sealed=sealed, withheld=made.places)
    with recording(by=by, reason="提供的信息"):
        row.save()
        _undraft(request)  # a signed letter names what it comes with
    return row


@transaction.atomic
def drop_released(*, request: InformationRequest, by: Account, ref: Any) -> None:
    """Take out what was prepared, before the reply is signed."""
    access.require(by, Act.HANDLE, request)
    _being_handled(request)
    with recording(by=by, reason="删去所附信息"):
        request.released.filter(ref=ref).delete()
        _undraft(request)


def _undraft(request: InformationRequest) -> None:
    if request.drafted_by_id is not None:
        request.drafted_by, request.reply_sealed = None, None
        request.save()


@transaction.atomic
def draft(*, request: InformationRequest, by: Account, kind: str, number: str, text: str) -> InformationRequest:
    """Draft the reply 拟答复: kind, number, reasons. A refusal says why (条例 36 第三项, 37)."""
    access.require(by, Act.HANDLE, request)
    _being_handled(request)
    reply_rule(kind, timezone.localdate())
    for value, field, words in ((number, "number", _("请填写答复书文号")), (text, "text", _("请写明答复内容和理由"))):
        if not value.strip():
            raise ActRefused(field, words, field=field)
    if kind in ReplyKind.releasing() and not request.released.exists() and kind == ReplyKind.PARTIAL:
        raise ActRefused("nothing_released", _("请先添加作区分处理后提供的信息"), article=ARTICLE_37, field="kind")
    request.reply_kind, request.reply_no, request.drafted_by = kind, number.strip(), by
    request.reply_sealed = opened_sealer(request).seal("reply", {"text": text.strip()})
    with recording(by=by, reason="拟答复"):
        request.save()
    return request


@transaction.atomic
def return_draft(*, request: InformationRequest, by: Account, text: str) -> InformationRequest:
    """The head sends the draft back 退回, with words."""
    access.require(by, Act.SIGN, request)
    if not text.strip():
        raise ActRefused("text", _("请写明退回的理由"), field="text")
    if request.drafted_by_id is None:
        raise ActRefused("no_draft", _("尚无答复稿"))
    with recording(by=by, reason="答复稿退回"):
        _undraft(request)
    note(request, RequestEntryKind.RETURNED, text, by=by)
    return request


@transaction.atomic
def sign(*, request: InformationRequest, by: Account, reason: str = "") -> InformationRequest:
    """Sign and send 签发: from now on the applicant reads it."""
    access.require(by, Act.SIGN, request)
    changes = {"signed_by": by, "done_on": timezone.localdate()}
    return move(
        REQUEST_FOR_INFORMATION, request, "reply", by=by, reason=reason.strip() or "签发答复",
        document=request.reply_no, changes=changes,
    )  # fmt: skip


@transaction.atomic
def close(*, request: InformationRequest, by: Account, reason: str = "") -> InformationRequest:
    access.require(by, Act.HANDLE, request)
    return move(REQUEST_FOR_INFORMATION, request, "close", by=by, reason=reason.strip() or "办结归档")


@transaction.atomic
def offer(*, request: InformationRequest, by: Account, ref: Any, title: str) -> ReleasedAnswer:
    """Offer a released text to everybody 转为主动公开 (条例 44), without the applicant and without a way back."""
    access.require(by, Act.HANDLE, request)
    file = request.released.filter(ref=ref).first()
    if file is None or request.signed_by_id is None:
        raise ActRefused("not_released", _("只有已经答复提供的信息可以转为主动公开"))
    sealer = opened_sealer(request)
    told = sealer.open("application", request.sealed)
    content = sealer.open(f"released/{file.number}", file.sealed)
    personal = [str(told[name]) for name in ("name", "contact", "address", "number") if told.get(name)]
    for text, field in ((title, "title"), (content["text"], "")):
        if spans(text, personal):
            raise ActRefused("names_applicant", _("标题或者正文写有申请人的信息，不得转为主动公开"), field=field)
    if not title.strip():
        raise ActRefused("title", _("请填写标题"), field="title")
    answer = ReleasedAnswer(
        authority=request.authority, title=title.strip(), text=content["text"], offered_on=timezone.localdate()
    )
    with recording(by=by, reason="转为主动公开"):
        answer.save()
        request.offered_on = answer.offered_on
        request.save()
    return answer


# --- reading -------------------------------------------------------------------------------------------------


def letter_of(request: InformationRequest) -> dict[str, Any]:
    """What the letter says 答复书: words, article, remedies of the day, what it comes with."""
    sealer = opened_sealer(request)
    day = request.done_on or timezone.localdate()
    row = reply_rule(request.reply_kind, day)
    remedy = rule(RuleKind.DISCLOSURE_LIMIT, "remedy", day)
    return {
        "name": sealer.open("application", request.sealed)["name"],
        "wanted": sealer.open("application", request.sealed)["wanted"],
        "opening": row.text,
        "basis": basis_of(row, day),
        "text": sealer.open("reply", request.reply_sealed)["text"] if request.reply_sealed else "",
        "remedy": remedy.parameters,
        "remedy_basis": basis_of(remedy, day),
        "refused": request.reply_kind not in (ReplyKind.OPEN, ReplyKind.ALREADY_PUBLIC),
        "files": released_of(request),
        "day": day,
    }


def released_of(request: InformationRequest) -> list[dict[str, Any]]:
    """What goes out, opened; the file's name is made of number and order alone."""
    sealer = opened_sealer(request)
    return [
        {
            "ref": file.ref,
            "number": file.number,
            "withheld": file.withheld,
            "file_name": f"{request.code}-{file.number}.txt",
            **sealer.open(f"released/{file.number}", file.sealed),
        }
        for file in request.released.all()
    ]


def file_bytes(file: dict[str, Any]) -> bytes:
    """The released file: plain UTF-8 text with a byte order mark, which every office program reads."""
    return b"\xef\xbb\xbf" + f"{file['title']}\n\n{file['text']}\n".encode()

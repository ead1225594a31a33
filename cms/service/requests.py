"""An applicant's pages 申请人页面: apply, look up, supplement, withdraw, fetch what was released.

Nothing is remembered between pages but a token in the form, which is good for half an hour: no session, no account.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.frame import public_frame
from cms.service.forms import ApplicationForm, LookUpForm, MissingForm
from integrity.asking import clock, intake, replying
from integrity.asking.sealing import sealer_of
from integrity.choices import RequestEntryKind, RequestState
from integrity.exceptions import ReasonedRefusal
from integrity.models import InformationRequest

_SALT, _SECONDS = "cms.service.requests", 1800
_FORM = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Nothing for caches and search engines: these pages are one applicant's."""
    response = render(request, f"cms/service/{template}.html", public_frame(request) | context, status=status)
    response["X-Robots-Tag"] = "noindex, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What may be asked for, how long it takes, what is kept 办事说明."""
    today = timezone.localdate()
    limits = [clock.limit(key, today) for key in ("reply", "supplement", "third_party")]
    return _page(request, "requests", {"limits": limits, "offices": list(intake.offices(today))})


@sensitive_post_parameters()
@never_cache
@_FORM
def apply(request: HttpRequest) -> HttpResponse:
    """The form 申请表, and the receipt in answer to it."""
    offices = intake.offices(timezone.localdate())
    if request.method != "POST":
        form = ApplicationForm(offices=offices, initial={"once": uuid.uuid4().hex})
        return _page(request, "apply", {"form": form})
    form = ApplicationForm(request.POST, offices=offices)
    if not form.is_valid():
        return _page(request, "apply", {"form": form}, status=422)
    receipt = intake.lodge(**form.cleaned_data)
    return _page(request, "receipt", {"receipt": receipt, "row": receipt.request}, status=201)


@sensitive_post_parameters("passphrase")
@never_cache
@_FORM
def status(request: HttpRequest) -> HttpResponse:
    """Look up by code and passphrase 查询办理情况; both go by POST, so no log of addresses has them."""
    form = LookUpForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "look_up", {"form": form}, status=422 if request.method == "POST" else 200)
    try:
        row = intake.look_up(address=request.META.get("REMOTE_ADDR", ""), **form.cleaned_data)
    except ReasonedRefusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, "look_up", {"form": form}, status=429)
    if row is None:
        form.add_error(None, _("编号或者口令不正确"))
        return _page(request, "look_up", {"form": form}, status=422)
    return _shown(request, row)


def _shown(request: HttpRequest, row: InformationRequest, *, form: Any = None, told: str = "") -> HttpResponse:
    sealer, today = sealer_of(row), timezone.localdate()
    state = row.state_on(today)
    answered = bool(row.signed_by_id) and sealer is not None
    entries = [
        {"title": RequestEntryKind(one.kind).label, "on": one.on,
         "text": sealer.open(f"entry/{one.kind}", one.sealed)["text"]}
        for one in row.entries.filter(kind__in=RequestEntryKind.told())
    ] if sealer else []  # fmt: skip
    context = {
        "row": row, "state": state, "told": told, "entries": entries, "clock": clock.clock_of(row),
        "wanted": sealer.open("application", row.sealed)["wanted"] if sealer else "",
        "letter": replying.letter_of(row) if answered else None,
        "form": form or MissingForm(), "asks": state == RequestState.SUPPLEMENT_ASKED,
        "open": state in RequestState.open(), "consulting": state == RequestState.CONSULTING,
        "token": signing.dumps(str(row.ref), salt=_SALT),
    }  # fmt: skip
    return _page(request, "status", context, status=422 if form is not None and form.errors else 200)


def _by_token(request: HttpRequest) -> InformationRequest | None:
    try:
        ref = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    return intake.request_of(ref)


def _again(request: HttpRequest) -> HttpResponse:
    form = LookUpForm()
    return _page(request, "look_up", {"form": form, "ended": True}, status=403)


@never_cache
@require_POST
def supplement(request: HttpRequest) -> HttpResponse:
    """The applicant completes the request 补正."""
    row = _by_token(request)
    if row is None:
        return _again(request)
    form = MissingForm(request.POST)
    if form.is_valid():
        try:
            row = intake.supplement(request=row, text=form.cleaned_data["text"])
            return _shown(request, row, told=_("补正已收到，答复期限自今日起重新计算。"))
        except ReasonedRefusal as refusal:
            form.add_error(None, str(refusal))
    return _shown(request, row, form=form)


@never_cache
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """The applicant takes it back 撤回."""
    row = _by_token(request)
    if row is None:
        return _again(request)
    try:
        row = intake.withdraw(request=row, reason="")
        return _shown(request, row, told=_("申请已撤回。"))
    except ReasonedRefusal as refusal:
        return _shown(request, row, told=str(refusal))


@never_cache
@require_POST
def released(request: HttpRequest) -> HttpResponse:
    """One released file 下载所附信息."""
    row = _by_token(request)
    if row is None:
        return _again(request)
    files = replying.released_of(row) if row.signed_by_id and sealer_of(row) else []
    file = next((one for one in files if str(one["ref"]) == request.POST.get("file")), None)
    if file is None:
        return _again(request)
    response = HttpResponse(replying.file_bytes(file), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file["file_name"]}"'
    response["Cache-Control"] = "private, no-store"
    return response

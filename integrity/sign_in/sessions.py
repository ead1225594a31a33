"""Sessions 会话: they end after idling, after a working day, and at once when somebody ends them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from integrity.models import Account
from integrity.problems import problem
from integrity.sign_in import (
    attempts,  # noqa: F401  its receivers write down each attempt
    browsers,
)
from integrity.sign_in.factors import lacks_second_factor

SINCE, SEEN = "signed_in_at", "seen_at"
#: How often the last request of a session is written down, in seconds.
SEEN_EVERY = 60
#: Where somebody without a second factor may go: to set one up, and out.
_OPEN_PATHS = ("/accounts/", "/staff/language/", "/i18n/", "/static/", "/health")
#: Where a program asks: it is told that nobody is signed in, and led to no form.
_MACHINES = "/staff/api/"


@receiver(user_logged_in)
def _begin(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None and hasattr(request, "session"):
        now = time.time()
        request.session[SINCE], request.session[SEEN] = now, now


class SessionMiddleware:
    """Ends sessions that are over; sends those without a needed second factor to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        account = request.user
        if isinstance(account, Account):
            words = _over(request, account)
            if words:
                logout(request)
                if request.path.startswith(_MACHINES):
                    return not_signed_in(words)
                messages.warning(request, words)
                return redirect_to_login(request.get_full_path())
            if not request.path.startswith(_OPEN_PATHS) and lacks_second_factor(account, request.session):
                words = _("您须使用第二因子登录，请先登记身份验证器或安全密钥。")
                if request.path.startswith(_MACHINES):
                    return not_signed_in(words)
                messages.warning(request, words)
                return HttpResponseRedirect(reverse("mfa_index"))
        response = self.get_response(request)
        browsers.send(request, response)
        return response


def not_signed_in(words: str = "") -> JsonResponse:
    """401 as JSON; the session of the staff site is the only way in."""
    answer = problem("not_signed_in", words or _("请先登录。"))
    answer.headers["WWW-Authenticate"] = 'Session realm="staff"'
    return answer


def _over(request: HttpRequest, account: Account) -> str:
    """Why this session is over, or nothing."""
    now = time.time()
    since = request.session.get(SINCE)
    if since is None:  # a session from before this was kept: it begins now
        request.session[SINCE] = since = now
    ended = account.signed_out_at
    if ended is not None and since <= ended.timestamp():
        return _("您的登录已被终止，请重新登录。")
    if now - since > settings.SESSION_ABSOLUTE_SECONDS:
        return _("登录已满最长时限，请重新登录。")
    seen = request.session.get(SEEN, since)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        return _("长时间未操作，请重新登录。")
    if now - seen > SEEN_EVERY:
        request.session[SEEN] = now
    return ""

"""Signing in by the department's identity provider 统一身份认证: there and back; it opens and links no account."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from integrity.choices import SignInOutcome
from integrity.models import Account
from integrity.settings.env import IdentityProvider
from integrity.sign_in import attempts, identity_provider
from integrity.sign_in.factors import BY_TWO_FACTORS
from integrity.sign_in.identity_provider import NotProven, Person, ProviderDown

log = logging.getLogger("integrity.sign_in")


@method_decorator(never_cache, name="dispatch")
class _ProviderView(View):
    """Absent where no provider is configured; says plainly when it does not answer."""

    chosen: IdentityProvider

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        chosen = identity_provider.configured()
        if chosen is None:
            raise Http404
        self.chosen = chosen
        try:
            return super().dispatch(request, *args, **kwargs)
        except ProviderDown as problem:
            log.warning("identity provider: %s", problem)
            words = _("暂时无法连接身份认证系统，请稍后再试，或者用本系统的账户登录。")
            return page(request, _("身份认证系统没有应答"), words, status=503)


class GoToProvider(_ProviderView):
    """To the provider's own sign-in page 前往统一身份认证."""

    http_method_names = ["post"]  # a link from elsewhere starts nothing

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("next", "")
        own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return identity_provider.go(request, self.chosen, next_url=wanted if own else "")


class ComeBack(_ProviderView):
    """Back from it 返回: whoever it vouches for signs in to the account that carries exactly this identifier."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        nobody = f"{self.chosen.issuer} "  # counted by address alone: all who fail share this name
        if attempts.address_refused(request):
            attempts.note(nobody, SignInOutcome.REFUSED, request)
            return refused(request)
        try:
            person, next_url = identity_provider.came_back(request, self.chosen)
        except NotProven as problem:
            log.warning("identity provider: %s", problem)
            attempts.note(nobody, SignInOutcome.FAILED, request)
            return refused(request)
        account = account_of(person)
        if account is None or not account.is_active:
            attempts.note(account.username if account else person.label, SignInOutcome.FAILED, request)
            return refused(request)
        return signed_in(request, account, person, next_url)


def account_of(person: Person) -> Account | None:
    """The account with this identifier at this provider, letter for letter; no name and no address is compared."""
    found = Account.objects.filter(provider_issuer=person.issuer, provider_subject=person.subject)
    return next((row for row in found if row.provider_subject == person.subject), None)


def signed_in(request: HttpRequest, account: Account, person: Person, next_url: str) -> HttpResponse:
    """An own second factor, where there is one, is asked for as always."""
    record_authentication(request, account, "provider", issuer=person.issuer)
    answer: HttpResponse = perform_login(request, Login(user=account, redirect_url=next_url or None))
    if person.by_two_factors and request.user == account:
        request.session[BY_TWO_FACTORS] = True
    return answer


def refused(request: HttpRequest) -> HttpResponse:
    """One answer for an unknown person, a closed account and a proof that does not hold."""
    words = _("没有可以用此身份登录的账户。如需开立或关联，请联系安全管理员。")
    return page(request, _("不能登录"), words, status=403)


def page(request: HttpRequest, heading: str, words: str, *, status: int) -> HttpResponse:
    return render(request, "account/provider.html", {"heading": heading, "words": words}, status=status)

"""Signing in (登录): the one form, nobody signs up, second-factor secrets are encrypted at rest."""

import time
from base64 import b64decode, b64encode
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseForbidden
from django.utils.translation import gettext as _

from integrity.choices import SignInOutcome
from integrity.identifiers import decrypt, encrypt
from integrity.models import Account
from integrity.sign_in import attempts
from integrity.sign_in.factors import factors_of, needs_second_factor
from integrity.sign_in.turns import turn

# Binds the ciphertext to its place: a token copied into another column does not open.
SECOND_FACTOR = "mfa.authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the security administrator, never by a visitor."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Attempts of one name wait for one another, so that each is counted before the next is looked at."""
        with turn(attempts.digest_for(str(credentials.get("username") or ""), request)):
            return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many failures refuse the attempt before the password is looked at; the words are the same for all."""
        username = str(credentials.get("username") or "")
        if attempts.refused(username, request):
            attempts.note(username, SignInOutcome.REFUSED, request)
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> Any:
        """Tell the owner what others tried meanwhile."""
        failed = attempts.failures_since_last(user)
        if failed:
            messages.warning(request, _("上次登录以后，您的账户有 %d 次未通过的登录尝试。") % failed)
        return super().post_login(request, user, **kwargs)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of the sign-in: allauth counts only a password typed a second time."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(self.request, self.request.user)
        return bool(required and not any(record["at"] > since for record in records))

    def set_password(self, user: Account, password: str) -> None:
        """The own password alone is written; any other column of an account is an administrator's act."""
        user.set_password(password)
        user.save(update_fields=["password"])


class NoThirdPartyAccounts(DefaultSocialAccountAdapter):
    """No third party opens an account here or is connected to one; its addresses are closed besides."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        raise ImmediateHttpResponse(HttpResponseForbidden())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factor (双因子): the shared secret and the recovery seed are stored as ciphertext."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whom the office obliges to have one keeps at least one; two administrators may take it off (重置第二因子)."""
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        if not settings.SECOND_FACTOR_REQUIRED or not needs_second_factor(authenticator.user):
            return True
        return bool(factors_of(authenticator.user).exclude(pk=authenticator.pk).exists())

    def generate_authenticator_name(self, user: Account, type: Any) -> str:
        known: int = Authenticator.objects.filter(user=user, type=type).count()
        return _("安全密钥 %d") % (known + 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What the key's own window calls us; the id is the host's name, so that a key answers no imitation."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER}

    def encrypt(self, text: str) -> str:
        return b64encode(encrypt(text, aad=SECOND_FACTOR)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(b64decode(encrypted_text), aad=SECOND_FACTOR)

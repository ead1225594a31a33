"""Signing in (登录): the one form, nobody signs up, second-factor secrets are encrypted at rest."""

from base64 import b64decode, b64encode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from integrity.identifiers import decrypt, encrypt

# Binds the ciphertext to its place: a token copied into another column does not open.
SECOND_FACTOR = "mfa.authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the security administrator, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factor (双因子): the shared secret and the recovery seed are stored as ciphertext."""

    def encrypt(self, text: str) -> str:
        return b64encode(encrypt(text, aad=SECOND_FACTOR)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(b64decode(encrypted_text), aad=SECOND_FACTOR)

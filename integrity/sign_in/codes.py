"""The second factor's code 动态口令: wrong ones count among the failed attempts at the account, as passwords do."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django import forms

from integrity.choices import SignInOutcome
from integrity.sign_in import attempts
from integrity.sign_in.turns import turn


class _Counted(BaseAuthenticateForm):
    """A code of six figures can be guessed by whoever has the password, unless the guesses are counted."""

    def clean_code(self) -> str:
        request, name = context.request, self.user.get_username()
        with turn(attempts.digest_for(name, request)):
            if attempts.refused(name, request):
                attempts.note(name, SignInOutcome.REFUSED, request)
                raise get_adapter().validation_error("too_many_login_attempts")
            try:
                return str(super().clean_code())
            except forms.ValidationError:
                attempts.note(name, SignInOutcome.FAILED, request)
                raise


class CodeForm(_Counted, AuthenticateForm):
    """At sign-in."""


class CodeAgainForm(_Counted, ReauthenticateForm):
    """Before an act that asks for it once more."""

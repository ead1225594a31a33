"""Password policy 口令要求: not one of the last few; the rest is Django's (length, common, like the name)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import check_password
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from integrity.models import Account, UsedPassword


class NotUsedLately:
    """Refuses the last `count` passwords of an account."""

    def __init__(self, count: int = 5) -> None:
        self.count = count

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, Account) or user.pk is None:
            return
        earlier = UsedPassword.objects.filter(account=user).order_by("-pk")[: self.count]
        if any(check_password(password, row.password) for row in earlier):
            raise ValidationError(self.get_help_text(), code="password_used")

    def password_changed(self, password: str, user: Any = None) -> None:
        if isinstance(user, Account) and user.pk is not None:
            UsedPassword(account=user, password=user.password).save()

    def get_help_text(self) -> str:
        return _("口令不能与最近 %(n)d 次用过的相同。") % {"n": self.count}


def link_path(account: Account) -> str:
    """The address at which the owner sets a password once 设置口令的链接; a new password or a sign-in spends it."""
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    return reverse("set_password", args=[uid, default_token_generator.make_token(account)])


class OwnPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """The password and nothing else of the account is written."""

    def save(self, commit: bool = True) -> Any:
        self.user.set_password(self.cleaned_data["new_password1"])
        self.user.save(update_fields=["password"])
        return self.user


class SetPassword(PasswordResetConfirmView):
    """Set the own password by the link an administrator handed over 设置口令."""

    form_class = OwnPasswordForm
    template_name = "account/set_password.html"
    success_url = reverse_lazy("account_login")
    title = _("设置口令")

"""Forms of security keys 安全密钥: allauth's, with our words."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddKeyForm(AddWebAuthnForm):
    name = forms.CharField(label=_("名称"), required=False, max_length=60, help_text=_("便于区分几把密钥。"))


class EditKeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("名称"), max_length=60)

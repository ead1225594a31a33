"""What all forms of acts share 办理表单: a key against double sending, refusals shown where they belong."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.exceptions import ReasonedRefusal


def fresh_key() -> str:
    """A new key for a form that has not been sent yet."""
    return uuid.uuid4().hex


class DateInput(forms.DateInput):
    """A date field of the browser; the value is ISO in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ActForm(forms.Form):
    """A form behind which stands one act. Fields that are not declared are never read (mass assignment)."""

    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def refuse(self, refusal: ReasonedRefusal) -> None:
        """Show why the act was refused, with its article, at the field it is about."""
        place = refusal.field if refusal.field in self.fields else None
        self.add_error(place, str(refusal))


class ReasonForm(ActForm):
    """An act that only asks why 事由."""

    reason = forms.CharField(
        label=_("事由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("记入历史，不能删改。")
    )


class ConfirmForm(ActForm):
    """An act that may be done with a note 说明."""

    reason = forms.CharField(label=_("说明"), max_length=300, required=False)

"""Form fields of the staff site 表单字段: organisations by name or code, without a list of thousands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity.models import Organisation

OPTIONS = 20


def number_choice(label: Any, choices: Any) -> forms.TypedChoiceField:
    """One of a numbered vocabulary, or none 无."""
    return forms.TypedChoiceField(
        label=label, required=False, coerce=int, empty_value=None, choices=[("", gettext_lazy("无")), *choices]
    )


def organisations_like(text: str) -> list[Organisation]:
    """Organisations of today whose name or code holds the text; names of offices are no personal content."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = Organisation.objects.on(timezone.localdate())
    return list(
        rows.filter(Q(name__icontains=wanted) | Q(short_name__icontains=wanted) | Q(code__startswith=wanted))[:OPTIONS]
    )


class OrganisationInput(forms.TextInput):
    """A text box with suggestions that htmx fetches while one types; without script one types name or code."""

    template_name = "integrity/organisation_input.html"

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        """Through the project's own templates; the form renderer knows only Django's."""
        return render_to_string(template_name, context)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:
            context["suggest_url"] = reverse("staff:organisations")
        except NoReverseMatch:
            context["suggest_url"] = ""
        return context


class OrganisationField(forms.CharField):
    """An organisation named by code, by full name, or as the suggestion writes it: name（code）."""

    widget = OrganisationInput
    default_error_messages = {
        "unknown": gettext_lazy("没有这个机构：%(text)s。请输入全称或机构代码。"),
        "ambiguous": gettext_lazy("有多个同名机构，请输入机构代码：%(codes)s"),
    }

    def prepare_value(self, value: Any) -> Any:
        return f"{value.name}（{value.code}）" if isinstance(value, Organisation) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        code = text.rpartition("（")[2].removesuffix("）") if text.endswith("）") else text
        exact = Organisation.objects.filter(code=code).first()
        if exact is not None:
            return exact
        named = list(Organisation.objects.on(timezone.localdate()).filter(Q(name=text) | Q(short_name=text))[:5])
        if len(named) == 1:
            return named[0]
        key = "ambiguous" if named else "unknown"
        words = {"text": text, "codes": _("、").join(row.code for row in named)}
        raise forms.ValidationError(self.error_messages[key] % words, code=key)

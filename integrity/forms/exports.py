"""Form of an export 导出表单: what for, and in which format."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ExportForm(forms.Form):
    """A purpose is stated each time: what leaves the system is out of its reach 用途."""

    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("记入查阅日志，当事人可以查到。"))
    format = forms.ChoiceField(label=_("格式"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])

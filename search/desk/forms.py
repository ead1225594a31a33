"""Forms of the desk 办案工具表单: they parse and show; whether one may is decided by the acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.forms.base import ActForm
from search.desk.lists import MAX_BYTES


class PurposeForm(ActForm):
    """A tool that is used for a stated purpose, by an inspector in a case 用途、案件编号 (domain §10)."""

    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("例如：任前核查。记入查阅日志。"))
    case = forms.CharField(
        label=_("案件编号"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("只核对本案授权的档案。"),
    )  # fmt: skip

    def __init__(self, *args: Any, states_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not states_case:
            del self.fields["case"]


class CheckForm(PurposeForm):
    """The list to check 待核名单."""

    file = forms.FileField(
        label=_("名单文件"),
        help_text=_("CSV、XLSX、XLS 或 ODS，最多 2,000 行；须有“姓名”列，可有“公民身份号码”“单位”列，其余列不读取。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods"}),
    )
    field_order = ("file", "purpose", "case")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB，请分成几份名单"))
        return file

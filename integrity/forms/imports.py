"""Forms of the bulk import 批量导入表单: which file, under which profile, for which authority."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from integrity.forms.base import ActForm
from integrity.models import Organisation

#: A larger file goes through the command line, which streams it without an upload.
MAX_UPLOAD = 200 * 1024 * 1024


class UploadForm(ActForm):
    """The file, its profile and its authority 选择文件."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV、XLSX、XLS 或 ODS；格式按内容识别，与扩展名无关。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods"}),
    )
    profile = forms.ChoiceField(label=_("映射方案"))
    authority = forms.ModelChoiceField(Organisation.objects.none(), label=_("管理机关"))

    def __init__(
        self, *args: Any, profiles: list[tuple[str, str]], authorities: QuerySet[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["profile"].choices = profiles
        fields["authority"].queryset = authorities
        only = list(authorities[:2])
        if len(only) == 1:
            fields["authority"].initial, fields["authority"].empty_label = only[0].pk, None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(_("文件超过 200 MB，请拆分，或由系统管理员用命令行导入"))
        return file


class MatchForm(ActForm):
    """Whether two rows are one person 同一人判断 (H17): decided by a person, with the reason."""

    same = forms.ChoiceField(
        label=_("判断"), choices=[("same", _("是同一人")), ("different", _("不是同一人"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("核实依据"), max_length=300, help_text=_("例如：核对的证件、单位或文书。"))

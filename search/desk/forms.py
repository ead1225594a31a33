"""Forms of the desk 办案工具表单: they parse and show; whether one may is decided by the acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.forms.base import ActForm
from search.desk.lists import MAX_BYTES
from search.documents import kinds_of
from search.forms import MAX_WORDS
from search.models import World


class PurposeForm(ActForm):
    """A tool that is used for a stated purpose, by an inspector in a case 用途、案件编号 (domain §10)."""

    purpose = forms.CharField(label=_("用途"), max_length=200, help_text=_("例如：任前核查。记入查阅日志。"))
    case = forms.CharField(
        label=_("案件编号"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("只限本案授权的档案。"),
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


class NotifiedForm(ActForm):
    """Something that is asked again, under a name; told by mail only where there is an address to write to."""

    title = forms.CharField(label=_("名称"), max_length=80, help_text=_("只有您本人能看到。"))
    by_mail = forms.BooleanField(
        label=_("有新命中时发邮件"), required=False, help_text=_("邮件只写有几条，不写检索内容，也不写姓名。")
    )

    def __init__(self, *args: Any, by_mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_mail:
            del self.fields["by_mail"]


class WatchCheckedForm(NotifiedForm):
    """A list of persons out of a batch check, whose purpose and case it takes over 关注名单."""


class MailForm(NotifiedForm, PurposeForm):
    """The same with a purpose, and a case."""


class SaveSearchForm(MailForm):
    """A search to keep 保存检索."""

    words = forms.CharField(
        label=_("检索内容"), max_length=MAX_WORDS, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    kind = forms.ChoiceField(label=_("类别"), required=False)
    field_order = ("title", "words", "kind", "purpose", "case", "by_mail")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [("", _("全部")), *((kind.value, kind.label) for kind in kinds_of(World.STAFF))]


class WatchForm(MailForm):
    """A list of persons to watch 关注名单."""

    field_order = ("title", "purpose", "case", "by_mail")


class PutOnForm(ActForm):
    """On which list 加入关注名单."""

    into = forms.ChoiceField(label=_("关注名单"))

    def __init__(self, *args: Any, lists: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.choices = lists


class NoteForm(ActForm):
    """A note for those of the case 办案备注."""

    note = forms.CharField(
        label=_("备注"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("本案办案人员可见，不进入档案（H3），结案时清除。"),
    )  # fmt: skip

    def __init__(self, *args: Any, optional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = not optional

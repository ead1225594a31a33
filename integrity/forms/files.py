"""Forms of integrity files 档案表单: filters of the list, a new file, a new post, the steps of establishing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.choices import FileStatus, LeadingPost, Level, PostCategory, Rank, ServantKind, ServiceStatus
from integrity.files import PostFacts
from integrity.forms.base import ActForm, DateInput, ReasonForm
from integrity.forms.fields import OrganisationField, number_choice
from integrity.models import Organisation

_ANY = ("", _("全部"))


def optional(choices: Any) -> list[Any]:
    return [_ANY, *choices]


class FileFilterForm(forms.Form):
    """Filters of the list 筛选."""

    name = forms.CharField(label=_("姓名"), required=False, max_length=60)
    unit = forms.ModelChoiceField(
        label=_("单位"), required=False, queryset=Organisation.objects.none(), empty_label=_("全部")
    )
    level = forms.TypedChoiceField(label=_("层级"), required=False, coerce=int, choices=optional(Level.choices))
    status = forms.ChoiceField(label=_("状态"), required=False, choices=optional(FileStatus.choices))
    missing = forms.ChoiceField(
        label=_("完整性"),
        required=False,
        choices=[
            _ANY,
            ("none", _("完整")),
            ("any", _("不完整")),
            ("identity", _("身份未核实")),
            ("base", _("基本信息不完整")),
            ("informed", _("未告知本人")),
            ("appraisal", _("缺年度考核")),
        ],
    )

    def __init__(self, data: Any, units: Any) -> None:
        super().__init__(data)
        field = self.fields["unit"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = units


class PostForm(ReasonForm):
    """A post as the appointment states it 任职."""

    unit = OrganisationField(label=_("单位"), max_length=180)
    authority = forms.ModelChoiceField(
        label=_("管理机关"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        help_text=_("干部管理权限所在机关；档案由其经办和审核"),
    )
    title = forms.CharField(label=_("职务"), max_length=120)
    category = forms.ChoiceField(label=_("职位类别"), choices=PostCategory.choices)
    leading_post = number_choice(_("领导职务层次"), LeadingPost.choices)
    rank = number_choice(_("职级"), Rank.choices)
    from_on = forms.DateField(label=_("任职自"), required=False, widget=DateInput())
    document_no = forms.CharField(label=_("任职文号"), required=False, max_length=80)

    def __init__(self, *args: Any, authorities: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        if isinstance(field, forms.ModelChoiceField) and authorities is not None:
            field.queryset = authorities

    def facts(self) -> PostFacts:
        names = ("unit", "authority", "title", "category", "leading_post", "rank", "from_on", "document_no")
        return PostFacts(**{name: self.cleaned_data[name] for name in names})


class NewFileForm(PostForm):
    """A new file 拟建档案: the person, the number that tells namesakes apart, the present post."""

    name = forms.CharField(label=_("姓名"), max_length=100, help_text=_("少数民族姓名的间隔号用“·”，不拆分姓和名。"))
    identity_number = forms.CharField(
        label=_("公民身份号码"),
        required=False,
        max_length=30,
        help_text=_("加密保存，仅以掩码显示；用于查重和核实身份。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    servant_kind = forms.ChoiceField(label=_("人员类别"), choices=ServantKind.choices)
    field_order = ["name", "identity_number", "servant_kind", "unit", "authority", "title"]


class MovePostForm(PostForm):
    """A new post of a person on file 职务变动."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_on"].required = True


class IdentityForm(ActForm):
    """That the identity was checked 核实身份 (H17)."""

    on = forms.DateField(label=_("核实日期"), widget=DateInput(), initial=timezone.localdate)
    document = forms.CharField(label=_("核实依据"), max_length=120, help_text=_("所核对的证件或文书"))
    reason = forms.CharField(label=_("说明"), required=False, max_length=300)


class InformForm(ActForm):
    """That the person was told of the file 告知本人 (个人信息保护法 17)."""

    on = forms.DateField(label=_("告知日期"), widget=DateInput(), initial=timezone.localdate)
    reason = forms.CharField(label=_("告知方式和内容"), max_length=300)


class FreezeForm(ReasonForm):
    """Leaving office 冻结."""

    service_status = forms.ChoiceField(
        label=_("人员状态"),
        choices=[
            (value, ServiceStatus(value).label)
            for value in (
                ServiceStatus.MOVED_OUT, ServiceStatus.RESIGNED, ServiceStatus.DISMISSED, ServiceStatus.EXPELLED,
                ServiceStatus.RETIRED, ServiceStatus.DECEASED,
            )
        ],
    )  # fmt: skip
    on = forms.DateField(label=_("日期"), widget=DateInput(), initial=timezone.localdate)
    field_order = ["service_status", "on", "reason"]

"""Forms of the security administrator 账户与授权表单: what they do not declare cannot be sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.choices import Grade, KinRelation, Role
from integrity.forms.base import ActForm, DateInput, ReasonForm
from integrity.forms.fields import OrganisationField
from integrity.models import Profession

_GRADES = [(value, label) for value, label in Grade.choices if value < Grade.SEALED]
DOCUMENT = _("依据文书")


class AccountFilterForm(forms.Form):
    """Filters of the list of accounts 账户筛选."""

    text = forms.CharField(label=_("登录名或姓名"), required=False, max_length=100)
    unit = forms.CharField(label=_("单位"), required=False, max_length=120)
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部")), *Role.choices])
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("active", _("启用")), ("closed", _("停用"))]
    )


class RequestForm(ReasonForm):
    """A request that a second administrator decides 申请: why, and on what document."""

    document = forms.CharField(label=DOCUMENT, max_length=120, required=False)
    field_order: Any = None


class OpenAccountForm(RequestForm):
    """A new account 开设账户; no password is typed for anybody."""

    username = forms.RegexField(
        r"^[a-z0-9._-]{3,60}$", label=_("登录名"), help_text=_("小写字母、数字和 . _ -，三位以上"), max_length=60
    )
    display_name = forms.CharField(label=_("姓名"), max_length=100)
    organisation = OrganisationField(label=_("单位"), max_length=180)
    field_order = ["username", "display_name", "organisation", "reason", "document"]


class AssignForm(RequestForm):
    """Role × authority × profession × clearance × dates 岗位授权."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    authority = OrganisationField(label=_("管理机关"), max_length=180)
    profession = forms.ModelChoiceField(
        Profession.objects.none(), label=_("行业"), required=False, help_text=_("只有行业监管须填。")
    )
    clearance = forms.TypedChoiceField(label=_("可接触级别"), coerce=int, choices=_GRADES, initial=int(Grade.INTERNAL))
    valid_from = forms.DateField(label=_("有效期自"), required=False, widget=DateInput())
    valid_to = forms.DateField(label=_("有效期至"), required=False, widget=DateInput())
    field_order = ["role", "authority", "profession", "clearance", "valid_from", "valid_to", "reason", "document"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["profession"]
        field.queryset = Profession.objects.filter(enabled=True).order_by("name")


class AlterForm(RequestForm):
    """Another clearance or end 变更级别或期限."""

    clearance = forms.TypedChoiceField(label=_("可接触级别"), coerce=int, choices=_GRADES)
    valid_to = forms.DateField(label=_("有效期至"), required=False, widget=DateInput(), help_text=_("空白为不定期。"))
    field_order = ["clearance", "valid_to", "reason", "document"]


class PlaceForm(RequestForm):
    organisation = OrganisationField(label=_("单位"), max_length=180)
    field_order = ["organisation", "reason", "document"]


class LinkForm(RequestForm):
    ref = forms.UUIDField(label=_("本人档案或执业记录的编号"), help_text=_("不显示档案内容。"))
    field_order = ["ref", "reason", "document"]


class ProviderForm(RequestForm):
    identifier = forms.CharField(
        label=_("身份标识（sub）"),
        max_length=255,
        help_text=_("由身份提供方的管理员提供，逐字填写；不是登录名或邮箱。"),
    )
    field_order = ["identifier", "reason", "document"]


class RenameForm(ReasonForm):
    display_name = forms.CharField(label=_("姓名"), max_length=100)
    field_order = ["display_name", "reason"]


class ConfirmChangeForm(ActForm):
    """Confirm what the page shows 批准."""

    answer = forms.CharField(label=_("说明"), max_length=300, required=False)


class AnswerForm(ActForm):
    """A decision with its reason 决定理由."""

    answer = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PersonForm(ReasonForm):
    """Somebody on file, by number or by whole name and unit 当事人; the answer does not say whether there is one."""

    ref = forms.UUIDField(label=_("档案编号"), required=False)
    name = forms.CharField(label=_("姓名（全名）"), max_length=100, required=False)
    unit = forms.CharField(label=_("单位名称"), max_length=160, required=False)
    field_order = ["ref", "name", "unit", "reason"]


class DeclareForm(PersonForm):
    kind = forms.ChoiceField(label=_("回避事由"), choices=[])
    field_order = ["kind", "ref", "name", "unit", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from integrity.choices import RecusalKind

        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        elsewhere = (RecusalKind.IMPOSED, RecusalKind.KINSHIP)  # relatives have a form of their own
        field.choices = [row for row in RecusalKind.choices if row[0] not in elsewhere]


class RelativeForm(ActForm):
    """A relative 亲属: the name, and one thing by which nobody else is meant."""

    relation = forms.ChoiceField(label=_("亲属关系"), choices=KinRelation.choices)
    name = forms.CharField(label=_("亲属姓名（全名）"), max_length=100)
    number = forms.CharField(
        label=_("亲属身份证号"), max_length=40, required=False, help_text=_("只用于识别，不保存号码，只保存掩码。")
    )
    unit = forms.CharField(label=_("亲属工作单位"), max_length=160, required=False)
    ref = forms.UUIDField(label=_("亲属档案编号"), required=False)
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)
    field_order = ["once", "relation", "name", "number", "unit", "ref", "reason"]


class RowForm(forms.Form):
    """A row by its number 编号: a file, a practitioner's record, a decision, a publication."""

    ref = forms.UUIDField(label=_("编号"), help_text=_("档案、执业记录、处分决定或处理决定的编号；不显示内容。"))


class WhyNotForm(RowForm):
    account = forms.CharField(label=_("登录名"), max_length=150)

"""Forms of explaining access 访问解释表单: a number of a record, an account, an act; nothing of content."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from integrity.choices import Act

#: What one asks about: reading first; administrators' acts have no rows.
_ASKED = [(act.value, act.label) for act in Act if act not in (Act.GRANT, Act.LIST, Act.SEARCH)]


class ReadersForm(forms.Form):
    """The record whose readers are asked for 谁能看."""

    ref = forms.UUIDField(label=_("编号"), help_text=_("档案、执业记录、决定、公示等页面上的编号；不显示其内容。"))


class ReachForm(forms.Form):
    """The account whose reach is asked for 能看什么."""

    who = forms.CharField(label=_("登录名或姓名"), max_length=100)


class WhyNotForm(forms.Form):
    """Why somebody does not see a record 为何不能看."""

    who = forms.CharField(label=_("登录名或姓名"), max_length=100)
    ref = forms.UUIDField(label=_("编号"))
    act = forms.ChoiceField(label=_("行为"), choices=_ASKED, initial=Act.READ.value, required=False)

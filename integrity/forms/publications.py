"""Forms of publications 公示表单 (domain §8): parse and show; the acts decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.choices import NoticeChannel, PublicationClass, PublicationState, WithdrawalReason
from integrity.forms.base import ActForm, DateInput, ReasonForm


class PublicationFilter(forms.Form):
    """Filters of the list of publications 筛选."""

    q = forms.CharField(label=_("姓名或标题"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *PublicationState.choices])
    publication_class = forms.ChoiceField(
        label=_("失信等级"), required=False, choices=[("", _("全部")), *PublicationClass.choices]
    )


class ProposeForm(ActForm):
    """Propose to publish a penalty 提出公示: class and period as the rules allow them."""

    publication_class = forms.ChoiceField(label=_("失信等级"), choices=PublicationClass.choices)
    months = forms.IntegerField(
        label=_("公示期限（月）"),
        required=False,
        min_value=1,
        help_text=_("自决定日期起算；不填按该等级的最长期限。"),
    )
    reason = forms.CharField(label=_("公示理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class NoticeForm(ActForm):
    """The proof that the subject was told 告知送达 (H4); the text itself is not typed."""

    served_on = forms.DateField(label=_("送达日期"), widget=DateInput())
    channel = forms.ChoiceField(label=_("送达方式"), choices=NoticeChannel.choices)
    proof = forms.CharField(
        label=_("送达证明编号"),
        max_length=120,
        required=False,  # the act refuses, with its article
        help_text=_("送达回证、邮政回执或电子送达回执的编号。"),
    )
    reason = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["served_on"].widget.attrs["max"] = timezone.localdate().isoformat()


class WithdrawForm(ReasonForm):
    """Take a publication down 撤下, for one of the causes of the law."""

    cause = forms.ChoiceField(
        label=_("撤下原因"),
        choices=[(value, label) for value, label in WithdrawalReason.choices if value != WithdrawalReason.EXPIRED],
    )
    field_order = ("cause", "reason")

"""Forms of requests for information 依申请公开表单: parse and show; the acts decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.asking import redaction
from integrity.choices import ReplyKind, RequestState
from integrity.exceptions import ActRefused
from integrity.forms.base import ActForm, DateInput


def _text(label: Any, rows: int = 4, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text
    )


class RequestFilter(forms.Form):
    """Filters of the queue 筛选."""

    q = forms.CharField(label=_("受理编号"), required=False, max_length=20)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *RequestState.choices])
    overdue = forms.BooleanField(label=_("仅看逾期"), required=False)


class WordsForm(ActForm):
    """An act with words of its own 内容."""

    text = _text(_("内容"))


class SupplementForm(ActForm):
    text = _text(_("需要补正的事项"), help_text=_("一次写全：缺什么、怎样补。申请人在查询页看到这段文字。"))


class ConsultForm(ActForm):
    text = _text(_("征求意见的对象和内容"), help_text=_("写明第三方名称、送达方式和征求意见书文号；不向申请人显示。"))


class OpinionForm(ActForm):
    received_on = forms.DateField(label=_("收到意见日期"), widget=DateInput())
    text = _text(_("第三方意见"), help_text=_("逾期未提出的，写明“逾期未提出意见”；不向申请人显示。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate().isoformat()
        self.fields["received_on"].initial = today
        self.fields["received_on"].widget.attrs["max"] = today


class AskExtensionForm(ActForm):
    text = _text(_("需要延期的理由"))


class DecideExtensionForm(ActForm):
    approved = forms.TypedChoiceField(
        label=_("决定"), coerce=lambda value: value == "yes", choices=[("yes", _("同意延期")), ("no", _("不同意"))]
    )
    workdays = forms.IntegerField(label=_("延长工作日数"), min_value=1, required=False, initial=20)
    text = _text(_("告知申请人的理由"), help_text=_("同意延期的，申请人在查询页看到这段文字。"))


class ReleaseForm(ActForm):
    """What goes out 提供的信息: the original by file or pasted, and the words that do not go out, one a line."""

    title = forms.CharField(label=_("标题"), max_length=200, help_text=_("不写原文件名；不含不予公开的内容。"))
    original = forms.FileField(
        label=_("原文件（文本或 DOCX）"), required=False, help_text=_("只在本次读取其文字，不保存；PDF 请粘贴文字。")
    )
    original_text = forms.CharField(
        label=_("原文"), required=False, widget=forms.Textarea(attrs={"rows": 10}), strip=False,
        help_text=_("已选文件的可以不填。原文不保存，只保存区分处理后的文字。"),
    )  # fmt: skip
    withheld = forms.CharField(
        label=_("不予公开的内容"), required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一行一项，照原文填写；原文中每一处都会替换。为空则全文提供。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("original"):
            try:
                cleaned["original_text"] = redaction.text_of(cleaned["original"])
            except ActRefused as refusal:
                self.refuse(refusal)
        return cleaned

    def words(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["withheld"].splitlines() if line.strip()]


class ReplyForm(ActForm):
    kind = forms.ChoiceField(label=_("答复类型"), choices=[("", _("请选择")), *ReplyKind.choices])
    number = forms.CharField(label=_("答复书文号"), max_length=60)
    text = _text(_("答复内容和理由"), rows=8, help_text=_("不予公开、部分公开的写明理由；不重复不予公开的内容。"))


class OfferForm(ActForm):
    title = forms.CharField(
        label=_("公开标题"), max_length=200, help_text=_("供采编使用；标题和正文不得写有申请人的信息。")
    )


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=2008, max_value=2200)

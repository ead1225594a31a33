"""Forms of decisions 处分决定表单: they read what was typed; what the law makes of it is asked of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from integrity import competence
from integrity.choices import DecisionKind, RecordState
from integrity.forms.base import ActForm, DateInput, ReasonForm
from integrity.forms.fields import OrganisationField
from integrity.forms.files import optional
from integrity.models import LegalBasis, Matter


class DecisionFilterForm(forms.Form):
    """Filters of the list of decisions 筛选."""

    document_no = forms.CharField(label=_("文号"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=optional(RecordState.choices))
    kind = forms.ChoiceField(label=_("种类"), required=False, choices=optional(DecisionKind.choices))
    since = forms.DateField(label=_("决定日期自"), required=False, widget=DateInput())
    until = forms.DateField(label=_("决定日期至"), required=False, widget=DateInput())


class BasisChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Legal bases in force on the decision date 法律依据 (H2b): one that is not is refused by its name and the date."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("所选依据不能作为此种决定的依据，请在所列依据中选择。")}
    day: date | None = None

    def offer(self, day: date, bases: Iterable[LegalBasis]) -> None:
        """Offer these, in this order, for a decision of that day."""
        rows = list(bases)
        self.day = day
        self.queryset = LegalBasis.objects.filter(pk__in=[basis.pk for basis in rows])
        self.choices = [(basis.pk, str(basis)) for basis in rows]

    def clean(self, value: Any) -> Any:
        chosen = [text for text in map(str, value or ()) if text.isdecimal()]
        if self.day is not None and chosen:
            in_force = LegalBasis.objects.on(self.day).values("pk")
            for basis in LegalBasis.objects.filter(pk__in=chosen).exclude(pk__in=in_force):
                message = _("%(basis)s 在决定日期 %(day)s 不具效力")
                raise forms.ValidationError(message, "not_in_force", {"basis": basis, "day": self.day})
        return super().clean(value)


class DecisionForm(ActForm):
    """Everything a decision carries (domain §5). A draft keeps what is known; approval asks for the rest (H2)."""

    #: Fields that are columns of a decision; the others are about the act.
    COLUMNS: ClassVar[tuple[str, ...]] = (
        "kind", "decided_on", "deciding_authority", "period_months", "document_no", "served_on",
        "capacity", "facts", "announcement", "execution", "remedies_told", "matter",
    )  # fmt: skip

    kind = forms.ChoiceField(label=_("种类"), choices=DecisionKind.choices)
    decided_on = forms.DateField(label=_("决定日期"), required=False, widget=DateInput())
    deciding_authority = OrganisationField(
        label=_("决定机关"), required=False, max_length=180, help_text=_("全称或机构代码")
    )
    period_months = forms.IntegerField(
        label=_("文书载明的期限（月）"), required=False, min_value=1, max_value=600, help_text=_("留空则按规则计算")
    )
    served_on = forms.DateField(label=_("送达日期"), required=False, widget=DateInput())
    document_no = forms.CharField(label=_("文号"), required=False, max_length=80)
    upload = forms.FileField(
        label=_("决定文书"), required=False, help_text=_("PDF、JPEG 或 PNG，不超过 20 MB；另行保管，查看留痕。")
    )
    bases = BasisChoices(label=_("法律依据"), required=False, queryset=LegalBasis.objects.none())
    capacity = forms.CharField(label=_("行为时职务"), required=False, max_length=200)
    facts = forms.CharField(
        label=_("事实"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("照文书摘录，删去第三人信息。"),
    )  # fmt: skip
    announcement = forms.CharField(label=_("宣布范围"), required=False, max_length=200)
    execution = forms.CharField(
        label=_("执行情况"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    remedies_told = forms.BooleanField(label=_("已告知救济途径"), required=False)
    matter = forms.ModelChoiceField(
        label=_("归入事项"), required=False, queryset=Matter.objects.none(), empty_label=_("不归入已有事项"),
        help_text=_("同一事实的党纪、政务、刑事和执业后果归为一事。"),
    )  # fmt: skip
    matter_title = forms.CharField(label=_("或新建事项"), required=False, max_length=200)
    reason = forms.CharField(label=_("录入说明"), required=False, max_length=300)

    def __init__(
        self, *args: Any, on: date | None = None, suggested: Iterable[LegalBasis] = (), matters: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.offer(on, suggested)
        field = self.fields["matter"]
        if isinstance(field, forms.ModelChoiceField) and matters is not None:
            field.queryset = matters

    def offer(self, on: date | None, suggested: Iterable[LegalBasis]) -> None:
        """Offer the bases in force on a date: the suggested ones first, then those of a law that knows the kind."""
        field = self.fields["bases"]
        if not isinstance(field, BasisChoices):
            return
        if on is None:
            field.queryset = LegalBasis.objects.all()
            field.choices = [(basis.pk, str(basis)) for basis in suggested]
            field.help_text = str(_("填写决定日期后列出当日有效的依据。"))
            return
        field.help_text = ""
        first, kind = {basis.pk for basis in suggested}, known(self, "kind")
        laws = competence.laws_of_decision(DecisionKind(kind), on) if kind else set()
        rows = list(LegalBasis.objects.on(on).exclude(level="design"))
        rows.sort(key=lambda basis: (basis.pk not in first, basis.law not in laws))
        field.offer(on, rows)

    def show_only(self, suggested: Iterable[LegalBasis]) -> None:
        """Shown with the law's lines and not checked: a preview says nothing of what is still missing."""
        data: Any = self.data
        data = data.copy()
        if not data.getlist("bases"):
            data.setlist("bases", [str(basis.pk) for basis in suggested])
        self.data = data
        self._errors: Any = ErrorDict()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.COLUMNS if name in self.cleaned_data}


class RevokeForm(ReasonForm):
    """Revocation by the organ that may 撤销."""

    document = forms.CharField(label=_("撤销文书文号"), max_length=80)
    field_order = ["document", "reason"]


def known(form: forms.Form, name: str) -> Any:
    """The value of one field as far as it can be read, for a forecast of a half-filled form."""
    field = form.fields[name]
    raw = form[name].value()
    try:
        return field.clean(field.prepare_value(raw) if raw not in (None, "") else raw)
    except forms.ValidationError:
        return None

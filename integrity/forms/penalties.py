"""Forms of decisions on practitioners 执业处理决定表单 (domain §6): what is typed; the law is computed beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity import competence
from integrity.choices import PenaltyKind
from integrity.documents import MAX_BYTES
from integrity.forms.base import ActForm, DateInput
from integrity.forms.decisions import BasisChoices, known
from integrity.forms.fields import OrganisationField
from integrity.models import (
    LegalBasis,
    Licence,
    Penalty,
    PractitionerRecord,
    Profession,
)

_OF_LAW = (
    "kind",
    "decided_on",
    "deciding_authority",
    "document_no",
    "served_on",
    "effective_from",
    "period_months",
    "fine_amount",
    "confiscated_amount",
    "permanent",
    "simple_procedure",
)
_OF_CONTENT = ("violation", "content", "facts", "remedies_told", "matter_title", "reason")


class PenaltyForm(ActForm):
    """A decision on a practitioner as its document says it 录入执业处理决定; a draft may be incomplete (H2)."""

    kind = forms.ChoiceField(label=_("种类"), choices=PenaltyKind.choices)
    decided_on = forms.DateField(label=_("决定日期"), required=False, widget=DateInput())
    deciding_authority = OrganisationField(
        label=_("决定机关"), required=False, max_length=120, help_text=_("填写全称或机构代码。")
    )
    document_no = forms.CharField(label=_("决定书文号"), max_length=80, required=False)
    served_on = forms.DateField(label=_("送达日期"), required=False, widget=DateInput())
    document = forms.FileField(
        label=_("决定文书"),
        required=False,
        help_text=_("PDF、JPEG 或 PNG，不超过 20 MB。提交审核前须上传。"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    violation = forms.CharField(label=_("违法行为类型"), max_length=200, required=False)
    content = forms.CharField(label=_("处理内容"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    facts = forms.CharField(
        label=_("事实（不含第三人信息）"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不公开。不写当事人以外的姓名、患者、举报人和未成年人信息。"),
    )
    fine_amount = forms.DecimalField(
        label=_("罚款金额（元）"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )
    confiscated_amount = forms.DecimalField(
        label=_("没收金额（元）"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )
    period_months = forms.IntegerField(
        label=_("期限（月）"), required=False, min_value=1, max_value=600, help_text=_("暂停执业、禁业的月数。")
    )
    effective_from = forms.DateField(
        label=_("生效日期"), required=False, widget=DateInput(), help_text=_("不填按决定日期。")
    )
    permanent = forms.BooleanField(label=_("长期（终身）"), required=False)
    simple_procedure = forms.BooleanField(label=_("适用简易程序"), required=False)
    remedies_told = forms.BooleanField(label=_("决定书已告知复议和诉讼途径"), required=False)
    licence = forms.ModelChoiceField(Licence._base_manager.none(), label=_("涉及证照"), required=False)
    bases = BasisChoices(label=_("法律依据"), required=False, queryset=LegalBasis.objects.none())
    matter_title = forms.CharField(
        label=_("所属事项"), max_length=200, required=False, help_text=_("同一事实的多项处理归为一事（H10）。")
    )
    reason = forms.CharField(label=_("录入说明"), max_length=300, help_text=_("记入历史，不能删改。"))

    COLUMNS = (
        "kind",
        "decided_on",
        "deciding_authority",
        "document_no",
        "served_on",
        "violation",
        "content",
        "facts",
        "fine_amount",
        "confiscated_amount",
        "period_months",
        "effective_from",
        "permanent",
        "simple_procedure",
        "remedies_told",
        "licence",
    )

    def __init__(
        self, *args: Any, record: PractitionerRecord, licences: QuerySet[Licence], day: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["licence"].queryset = licences
        on = known(self, "decided_on") or day  # the law of the decision date, not of today
        fields["bases"].offer(on, bases_of(record.profession, known(self, "kind"), on))
        for name in ("decided_on", "served_on"):
            fields[name].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document and document.size > MAX_BYTES:
            raise forms.ValidationError(_("文书超过 20 MB，请压缩后重新上传"))
        return document

    def of_law(self) -> list[forms.BoundField]:
        """What the law is asked about, first on the page."""
        return [self[name] for name in _OF_LAW]

    def of_content(self) -> list[forms.BoundField]:
        return [self[name] for name in _OF_CONTENT]

    def values(self) -> dict[str, Any]:
        """The columns an act may set; the document is stored by the view first."""
        return {column: self.cleaned_data[column] for column in self.COLUMNS}


def bases_of(profession: Profession, kind: str | None, day: date) -> list[LegalBasis]:
    """Articles in force a decision on this profession may rest on: those of the kind's sanctions first (H2b)."""
    of_kind = PenaltyKind(kind or PenaltyKind.UNCLASSIFIED)
    first = {sanction.basis_id for sanction in competence.sanctions_for(profession, of_kind, day)}
    laws = competence.laws_of_penalty(profession, of_kind, day)
    own = profession.basis.law if profession.basis else ""
    rows = list(LegalBasis.objects.on(day).filter(law__in=laws).order_by("law", "code"))
    return sorted(rows, key=lambda basis: (basis.pk not in first, basis.law != own))


def initial_of(penalty: Penalty) -> dict[str, Any]:
    """What a draft holds, for the form that changes it."""
    values: dict[str, Any] = {column: getattr(penalty, column) for column in PenaltyForm.COLUMNS}
    values["bases"] = [link.basis_id for link in penalty.bases.all()]
    values["matter_title"] = penalty.matter.title if penalty.matter else ""
    values["licence"] = penalty.licence_id
    return values

"""Case grants in force, as the security administrator sees them 有效的案件授权: no file, no name on file."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, cases
from integrity.forms.base import ActForm
from integrity.models import Account, CaseGrant
from integrity.views.administration import AdministrationAct, AdministrationView, link, table

SHOWN = 200


def in_force(by: Account) -> Any:
    """Grants to accounts of the own area: a case of a body above is not this administrator's to know (N9), and none
    about the own person or about one to keep away from."""
    today = timezone.localdate()
    rows = CaseGrant.objects.filter(Q(cut_on__isnull=True) | Q(cut_on__gt=today), ends_on__gte=today)
    rows = rows.filter(case__closed_on__isnull=True, user__in=accounts.within_area(by))
    rows = rows.exclude(content_object__subject_id__in=access.recused_subjects(by, today))
    return rows.select_related("user", "case__organisation", "granted_by")


class GrantList(AdministrationView):
    operation = "grants.list"
    heading = gettext_lazy("有效的案件授权")
    lede = gettext_lazy("不显示档案和当事人。")

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = [
            [row.case.reference, str(row.case.organisation), str(row.user), str(row.granted_by),
             row.ends_on.isoformat(), link(_("终止"), reverse("staff:grant_end", args=[row.pk]))]
            for row in in_force(self.account).order_by("ends_on", "pk")[:SHOWN]
        ]  # fmt: skip
        heads = [_("案件编号"), _("办案机关"), _("被授权人"), _("授权人"), _("截止"), _("办理")]
        return self.page(
            tables=[table(self.heading, heads, lines, empty=_("没有有效的案件授权"))], count_logged=len(lines)
        )


class EndGrant(AdministrationAct):
    """Cut a grant at once 终止案件授权."""

    operation = "grants.cut"
    row: CaseGrant
    heading = gettext_lazy("终止案件授权")
    lede = gettext_lazy("自下一次查阅起失效。")
    submit = gettext_lazy("终止授权")
    done = gettext_lazy("授权已终止。")
    danger = True

    def row_of(self, **kwargs: Any) -> CaseGrant:
        row: CaseGrant | None = in_force(self.account).filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def about(self) -> str:
        return str(self.row.case.reference)

    def perform(self, form: ActForm) -> CaseGrant:
        return cases.cut_grant(grant=self.row, by=self.account, reason=form.cleaned_data["reason"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:grants")

    def cancel_url(self) -> str:
        return reverse("staff:grants")

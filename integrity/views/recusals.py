"""Recusal 回避 (政务处分法 47; 公务员法 76): one's own declarations, and what the security administrator imposes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, recusals
from integrity.choices import Act, KinRelation, RecusalKind
from integrity.forms.accounts import DeclareForm, PersonForm, RelativeForm, RequestForm
from integrity.forms.base import ActForm
from integrity.models import Account, RecusalDeclaration
from integrity.views.accounts import one_account
from integrity.views.administration import AdministrationAct, AdministrationView, link, table
from integrity.views.base import ActView, StaffView


class OwnRecusals(StaffView):
    """One's own declarations 我的回避: relatives, other conflicts, what was imposed; never whether they met anybody."""

    template_name = "integrity/administration/page.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        held = RecusalDeclaration.objects.on(timezone.localdate()).filter(account=self.account)
        rows = list(held.select_related("declared_by").order_by("-valid_from", "-pk"))
        scope = access.scope_for(self.account, Act.LIST)
        ids = [row.pk for row in rows]
        access.log_read(scope, door=self.door, model=RecusalDeclaration, ids=ids, count=len(ids), request=request)
        relatives = [row for row in rows if row.kind == RecusalKind.KINSHIP]
        others = [row for row in rows if row.kind != RecusalKind.KINSHIP]
        kin = [[_since(row), row.get_relation_display(), *_whom(row, self.account), row.reason] for row in relatives]
        rest = [
            [_since(row), row.get_kind_display(), *_whom(row, self.account), row.reason, str(row.declared_by)]
            for row in others
        ]
        kin_heads = [_("自"), _("亲属关系"), _("姓名"), _("识别依据"), _("说明")]
        heads = [_("自"), _("事由"), _("姓名"), _("识别依据"), _("说明"), _("登记人")]
        return self.answer(
            {
                "heading": _("我的回避"),
                "lede": _("申报后立即生效：列表、检索、办理均不再显示该当事人。终止须由两名安全管理员办理。"),
                "actions": [
                    {"url": reverse("staff:relative_declare"), "label": _("申报亲属"), "icon": "people"},
                    {"url": reverse("staff:recusal_declare"), "label": _("申报回避"), "icon": "plus-lg"},
                ],
                "tables": [
                    table(_("申报的亲属"), kin_heads, kin, empty=_("没有申报亲属")),
                    table(_("其他有效的回避"), heads, rest, empty=_("没有其他有效的回避")),
                ],
            }
        )


def _since(row: RecusalDeclaration) -> str:
    return row.valid_from.isoformat() if row.valid_from else ""


def _whom(row: RecusalDeclaration, account: Account) -> tuple[str, str]:
    """Name and mark of whom a declaration is about, in one's own words; what others imposed does not say."""
    if row.declared_by_id != account.pk:
        return "", ""
    marks = [row.number_masked, row.unit_name, str(row.file_ref or "")]
    return row.name, " · ".join(mark for mark in marks if mark)


class DeclareRelative(ActView):
    """Declare a relative 申报亲属 (公务员法 74, 76); the answer is the same whether such a person is on file or not."""

    form_class = RelativeForm
    heading = gettext_lazy("申报亲属")
    lede = gettext_lazy(
        "夫妻、直系血亲、三代以内旁系血亲和近姻亲须申报。无论系统中有无此人，答复相同；申报不显示在任何档案中。"
    )
    submit = gettext_lazy("申报")
    done = gettext_lazy("申报已记录。如该亲属在档，自下一次请求起您对其回避；对方的回避由对方申报或者安全管理员责令。")

    def fetch(self, **kwargs: Any) -> Any:
        return None

    def perform(self, form: ActForm) -> int:
        given = form.cleaned_data
        return recusals.declare_relative(
            by=self.account, relation=KinRelation(given["relation"]), name=given["name"], number=given["number"],
            unit=given["unit"], ref=given["ref"], reason=given["reason"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:own_recusals")

    def cancel_url(self) -> str:
        return reverse("staff:own_recusals")


class DeclareRecusal(ActView):
    """Declare a conflict 申报回避; the answer is the same whether such a person is on file or not."""

    form_class = DeclareForm
    heading = gettext_lazy("申报回避")
    lede = gettext_lazy("填写档案编号，或者全名和单位。无论系统中有无此人，答复相同。")
    submit = gettext_lazy("申报")
    done = gettext_lazy("申报已记录。如该当事人在档，自下一次请求起回避。")

    def fetch(self, **kwargs: Any) -> Any:
        return None

    def perform(self, form: ActForm) -> int:
        given = form.cleaned_data
        return recusals.declare(
            by=self.account, kind=RecusalKind(given["kind"]), reason=given["reason"], name=given["name"],
            unit=given["unit"], ref=given["ref"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:own_recusals")

    def cancel_url(self) -> str:
        return reverse("staff:own_recusals")


class RecusalList(AdministrationView):
    """The recusals in the own area 回避登记: accounts and kinds, neither whom nor whether such a person is on file."""

    operation = "recusals.list"
    heading = gettext_lazy("回避登记")
    lede = gettext_lazy("不显示当事人。")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = _in_area(self.account).order_by("-valid_from", "-pk")[:200]
        lines = [
            [link(str(row.account), reverse("staff:account", args=[row.account_id])), row.get_kind_display(),
             row.reason, row.valid_from.isoformat() if row.valid_from else "", str(row.declared_by or ""),
             link(_("申请终止"), reverse("staff:recusal_end", args=[row.pk]))] for row in rows
        ]  # fmt: skip
        heads = [_("账户"), _("类别"), _("事由"), _("自"), _("登记人"), _("办理")]
        return self.page(tables=[table(self.heading, heads, lines, empty=_("没有有效的回避"))], count_logged=len(lines))


def _in_area(by: Account) -> Any:
    rows = RecusalDeclaration.objects.on(timezone.localdate()).filter(account__in=accounts.within_area(by))
    return rows.select_related("account", "declared_by")


class ImposeRecusal(AdministrationAct):
    """Keep an account away from somebody 责令回避."""

    operation = "recusals.impose"
    row: Account
    form_class: ClassVar[type[ActForm]] = PersonForm
    heading = gettext_lazy("责令回避")
    lede = gettext_lazy("填写档案编号，或者全名和单位。无论系统中有无此人，答复相同。")
    submit = gettext_lazy("责令回避")
    done = gettext_lazy("已记录。如该当事人在档，自下一次请求起回避。")

    def row_of(self, **kwargs: Any) -> Account:
        return one_account(self.account, kwargs["pk"])

    def perform(self, form: ActForm) -> int:
        given = form.cleaned_data
        return recusals.impose(
            account=self.row, by=self.account, reason=given["reason"], name=given["name"], unit=given["unit"],
            ref=given["ref"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:recusals")

    def cancel_url(self) -> str:
        return reverse("staff:account", args=[self.row.pk])


class EndRecusal(AdministrationAct):
    """Ask that a recusal ends 申请终止回避; a second administrator decides."""

    operation = "recusals.end"
    row: RecusalDeclaration
    form_class: ClassVar[type[ActForm]] = RequestForm
    heading = gettext_lazy("申请终止回避")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名安全管理员批准。")

    def row_of(self, **kwargs: Any) -> RecusalDeclaration:
        row: RecusalDeclaration | None = _in_area(self.account).filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def about(self) -> str:
        return str(self.row.account)

    def perform(self, form: ActForm) -> Any:
        return recusals.ask_to_end(declaration=self.row, by=self.account, reason=form.cleaned_data["reason"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:changes")

    def cancel_url(self) -> str:
        return reverse("staff:recusals")
